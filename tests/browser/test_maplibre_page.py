"""The page of docs/guides/maplibre.md, typed as it stands there, on another site with a strict CSP."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.looking import DESKTOP, PHONE, Watch
from tests.browser.maplibre_site import make_site
from tests.browser.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.database]

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "maplibre.md"
EXAMPLE = "https://prostor.example.si"
_FILE = re.compile(r"^`([a-z.]+)`:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_POLICY = re.compile(r"^```\n(default-src.*?)```$", re.DOTALL | re.MULTILINE)


def read_files() -> dict[str, str]:
    """The files that the guide shows, by the names it gives them."""
    return dict(_FILE.findall(GUIDE.read_text(encoding="utf-8")))


def read_policy() -> str:
    """The content security policy that the guide says is enough."""
    found = _POLICY.search(GUIDE.read_text(encoding="utf-8"))
    assert found is not None
    return " ".join(found[1].split())


@pytest.mark.parametrize(
    "viewport", [pytest.param(DESKTOP, marks=pytest.mark.slow), PHONE], ids=["desktop", "phone"]
)
def test_page_of_the_guide_works(
    webgl: Browser, address: str, watch: Watch, viewport: dict[str, int], tmp_path: Path
) -> None:
    """The map is drawn without a complaint, asks only its own site and the portal, and names the source."""
    files = {name: text.replace(EXAMPLE, address) for name, text in read_files().items()}
    with serving(make_site(files, read_policy().replace(EXAMPLE, address))) as site:
        context = webgl.new_context(viewport=viewport)
        page = context.new_page()
        watch.follow(page)
        page.goto(f"{site}/map.html")
        page.wait_for_selector("body.is-drawn", state="attached", timeout=30_000)
        picture = tmp_path / "page.png"
        page.screenshot(path=picture)
        credit = page.inner_text(".maplibregl-ctrl-attrib")
        context.close()

    assert sorted(files) == ["map.css", "map.html", "map.js"]
    assert {url.split("/")[2] for url in watch.requests if not url.startswith(("data:", "blob:"))} == {
        site.removeprefix("http://"),
        address.removeprefix("http://"),
    }
    assert watch.tiles() > 0
    assert "Vir: izmišljeni vzorčni podatki" in credit
    assert picture.stat().st_size > 60_000
