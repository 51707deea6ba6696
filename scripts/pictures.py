"""Takes the pictures of the README and the guides from a running Prostor on the sample municipality.

    .venv/bin/python scripts/pictures.py http://127.0.0.1:8000

Needs the test packages (playwright and Debian's chromium).
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
QUIET = ["--disable-background-networking", "--disable-component-update"]
PICTURES = {
    "viewer": (1280, 800, "/?theme=planning&at=556090,142650&mpp=0.5&select=parcels:9001-{parcel}&lang=sl"),
    "utilities": (1280, 800, "/?theme=infrastructure&at=556330,142560&mpp=0.5&lang=en"),
    "phone": (390, 844, "/?theme=cadastre&at=556000,142500&mpp=1&lang=sl"),
}
PARCEL = "1104/3"


def main() -> None:
    """Open each view, wait until it is drawn, and write the picture."""
    address = sys.argv[1] if len(sys.argv) == 2 else sys.exit("Say the address of a running Prostor.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS + QUIET)
        for name, (width, height, path) in PICTURES.items():
            take(browser, f"{address}{path.format(parcel=PARCEL)}", name, width, height)
        browser.close()


def take(browser: Browser, address: str, name: str, width: int, height: int) -> None:
    """One picture, as `docs/pictures/<name>.png`."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    page.wait_for_selector("body.is-ready")
    if "select=" in address:
        page.wait_for_selector("#answer:not([aria-busy]) .answer__section")
    page.wait_for_timeout(1500)
    target = FOLDER / f"{name}.png"
    page.screenshot(path=target)
    page.close()
    small = Image.open(target).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(target, optimize=True)


if __name__ == "__main__":
    main()
