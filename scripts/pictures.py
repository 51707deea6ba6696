"""Takes the pictures of the README and the guides from a running Prostor on the sample municipality.

    .venv/bin/python scripts/pictures.py http://127.0.0.1:8000 [NAME …]

Needs the test packages (playwright and Debian's chromium). A name is a file's without `.png`; all without any.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
QUIET = ["--disable-background-networking", "--disable-component-update"]
DESKTOP, GUIDE, PHONE = (1280, 800), (1100, 700), (390, 844)
PARCEL = "1104/3"
EMBED = f"/embed/builder?theme=planning&parcel=9001-{PARCEL}"
ANSWER = "#answer:not([aria-busy]) .answer__section"


def leave(page: Page) -> None:
    """Nothing more to do."""


def await_answer(page: Page) -> None:
    """Until the panel has said what is there."""
    page.wait_for_selector(ANSWER)


def type_parcel(page: Page) -> None:
    """What a citizen types first."""
    page.fill("#search-input", "9001 110")
    page.wait_for_selector("#search-results [role=option]")


def open_layer(page: Page) -> None:
    """What stands behind the arrow of a layer."""
    page.click("[data-layer=zoning] .layer__summary")
    page.locator("[data-layer=zoning]").scroll_into_view_if_needed()


def await_table(page: Page) -> None:
    """Until the selected parcels are listed."""
    page.wait_for_selector("#selecting table")


def draw_area(page: Page) -> None:
    """A building site, measured."""
    page.click("#map-tools .tool >> nth=4")
    page.click(".drawing__kind >> nth=2")
    for x, y in ((650, 300), (760, 330), (735, 430), (625, 400)):
        page.mouse.click(x, y)
        page.wait_for_timeout(350)
    page.mouse.click(650, 300)


def open_share(page: Page) -> None:
    """Link, letter and code of the view."""
    page.click("#share")
    page.wait_for_function("() => document.querySelector('.sharing__picture')?.naturalWidth > 0")


def open_print(page: Page) -> None:
    """The frame of the sheet on the map."""
    page.click("#map-tools .tool >> nth=5")


def await_preview(page: Page) -> None:
    """Until the frame beside the form has drawn its map."""
    page.frame_locator("#preview").locator("body.is-ready").wait_for()


def show_codes(page: Page) -> None:
    """The three forms of the code."""
    await_preview(page)
    page.locator("#codes-heading").evaluate("each => each.scrollIntoView()")


@dataclass(frozen=True)
class Picture:
    """An address, the size of the window, and what is done before the picture is taken."""

    path: str
    size: tuple[int, int] = GUIDE
    act: Callable[[Page], None] = leave
    is_map: bool = True


README = {
    "viewer": Picture(
        f"/?theme=planning&at=556090,142650&mpp=0.5&select=parcels:9001-{PARCEL}&lang=sl", DESKTOP, await_answer
    ),
    "utilities": Picture("/?theme=infrastructure&at=556330,142560&mpp=0.5&lang=en", DESKTOP),
    "phone": Picture("/?theme=cadastre&at=556000,142500&mpp=1&lang=sl", PHONE),
}
GUIDES = {
    "citizen-search": Picture("/?theme=cadastre&at=556090,142650&mpp=0.5", act=type_parcel),
    "citizen-answer": Picture(f"/?theme=planning&select=parcels:9001-{PARCEL}", act=await_answer),
    "citizen-parcel": Picture(f"/parcels/9001/{PARCEL}?", is_map=False),
    "citizen-sharing": Picture(f"/?theme=planning&select=parcels:9001-{PARCEL}", DESKTOP, open_share),
    "citizen-phone": Picture(f"/?theme=planning&select=parcels:9001-{PARCEL}", PHONE, await_answer),
    "planner-layers": Picture("/?theme=planning&at=556090,142650&mpp=1", act=open_layer),
    "planner-selecting": Picture(
        "/?theme=cadastre&parcels=9001:1104/1,1104/2,1104/3,1105,1106/1", act=await_table
    ),
    "planner-drawing": Picture("/?theme=cadastre&at=556090,142650&mpp=0.25", act=draw_area),
    "planner-printing": Picture("/?theme=planning&at=556090,142650&mpp=0.5", act=open_print),
    "embed-builder": Picture(EMBED, act=await_preview, is_map=False),
    "embed-codes": Picture(EMBED, act=show_codes, is_map=False),
}


def main() -> None:
    """Open each view, wait until it is drawn, and write the picture."""
    address, wanted = (
        (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else sys.exit("Say the address of a Prostor.")
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS + QUIET)
        for name, picture in list_pictures():
            if not wanted or name in wanted:
                take(browser, address, name, picture)
        browser.close()


def list_pictures() -> Iterator[tuple[str, Picture]]:
    """Names and pictures; those of guides in both languages."""
    yield from README.items()
    for name, picture in GUIDES.items():
        for language in ("sl", "en"):
            path = f"{picture.path}&lang={language}"
            yield f"{name}.{language}", Picture(path, picture.size, picture.act, picture.is_map)


def take(browser: Browser, address: str, name: str, picture: Picture) -> None:
    """One picture, as `docs/pictures/<name>.png`."""
    width, height = picture.size
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    page.goto(address + picture.path)
    if picture.is_map:
        page.wait_for_selector("body.is-ready")
    picture.act(page)
    page.wait_for_timeout(1500)
    target = FOLDER / f"{name}.png"
    page.screenshot(path=target)
    page.close()
    small = Image.open(target).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(target, optimize=True)


if __name__ == "__main__":
    main()
