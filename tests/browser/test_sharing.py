"""The panel for sharing: the link, the letter, the code for phones, and the way in and out."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import segno
from PIL import Image, ImageOps

from tests.browser.accessibility import faults
from tests.browser.looking import PHONE, SCRIPT_PARTS, panel_heading, resting_box, wait_for_tiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from playwright.sync_api import Page

    from tests.browser.looking import Watch

pytestmark = [pytest.mark.browser, pytest.mark.database]

VIEW = "/?theme=planning&at=556000,142600&mpp=0.5&off=zoning&opacity=buildings:0.5"
SHARING_PARTS = "/css/sharing.css"
# A browser that has an app to share with, as telephones do.
WITH_APPS = """Object.defineProperty(navigator, 'share', {
    value: (what) => { window.sent = what; return Promise.resolve(); },
})"""


def open_panel(page: Page) -> str:
    """Open the panel by its button, wait for the code, answer the link."""
    page.click("#share")
    page.wait_for_function("() => document.querySelector('.sharing__picture')?.naturalWidth > 0")
    return page.input_value("#sharing-link")


def read_modules(page: Page) -> list[list[int]]:
    """The code as it is on the screen, dark modules as 1, without its quiet zone; found by its dark corners."""
    shot = Image.open(io.BytesIO(page.locator(".sharing__picture").screenshot(scale="device"))).convert("L")
    dark = shot.point([255 if level < 128 else 0 for level in range(256)])
    # Without the frame around the picture, which is dark in the dark; the quiet zone is wider.
    dark = ImageOps.crop(dark, 18)
    left, top, right, bottom = dark.getbbox()
    # A finder pattern is seven modules wide; its upper line is dark all along.
    width = next(x for x in range(left, right) if dark.getpixel((x, top + 1)) == 0) - left
    count = round((right - left) / (width / 7))
    side, height = (right - left) / count, (bottom - top) / count
    return [
        [
            int(dark.getpixel((int(left + (x + 0.5) * side), int(top + (y + 0.5) * height))) == 255)
            for x in range(count)
        ]
        for y in range(count)
    ]


def test_link_is_shown_marked_and_copied(open_page: Callable[..., Page], watch: Watch) -> None:
    """Nothing is loaded before; the link is the address, marked; the button copies and speaks."""
    page = open_page(VIEW, permissions=["clipboard-read", "clipboard-write"])
    assert not any(SHARING_PARTS in url for url in watch.requests)

    link = open_panel(page)
    marked = page.evaluate(
        "getSelection().toString() || document.activeElement.value.slice("
        "document.activeElement.selectionStart, document.activeElement.selectionEnd)"
    )
    page.click("text=Kopiraj povezavo")
    page.wait_for_function("() => document.getElementById('announcer').textContent !== ''")

    assert marked == link
    assert page.evaluate("navigator.clipboard.readText()") == link
    assert page.inner_text("#announcer") == "Povezava je kopirana."
    assert page.inner_text(".sharing__link .button") == "Povezava je kopirana."
    asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert (asked["theme"], asked["off"], asked["opacity"]) == ("planning", "zoning", "buildings:0.5")


def test_code_on_the_screen_says_the_link(open_page: Callable[..., Page]) -> None:
    """Its modules, read from the picture of the screen, are the link's; also in the dark, and after moving."""
    page = open_page(VIEW, color_scheme="dark", device_scale_factor=3)

    link = open_panel(page)
    first = read_modules(page)
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => document.getElementById('sharing-link').value !== before", arg=link)
    page.wait_for_timeout(700)
    moved = page.input_value("#sharing-link")
    second = read_modules(page)

    assert first == [list(row) for row in segno.make(link, error="l", micro=False).matrix]
    assert second == [list(row) for row in segno.make(moved, error="l", micro=False).matrix]
    assert page.url == moved


def test_the_link_opens_what_was_shared(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """Selected parcel, layers and language come back; the letter names the parcel in the reader's language."""
    page = open_page(f"/?lang=en&theme=planning&off=zoning&select=parcels:{parcel['id']}")
    panel_heading(page)

    link = open_panel(page)
    letter = parse_qs(urlsplit(page.get_attribute(".sharing a[href^=mailto]", "href") or "").query)
    second = open_page(urlsplit(link)._replace(scheme="", netloc="").geturl())

    assert letter["subject"] == [f"Parcel {parcel['title']} – Municipality of Jelšnica"]
    assert letter["body"][0].startswith("Hello,\r\n\r\n")
    assert f"\r\n{link}\r\n" in letter["body"][0]
    assert panel_heading(second) == f"Parcel {parcel['title']}"
    assert not second.is_checked("[data-layer=zoning] input[type=checkbox]")


def test_keyboard_opens_reads_and_returns(open_page: Callable[..., Page]) -> None:
    """Return opens, Tab goes through all ways, Escape closes, the button has the focus again."""
    page = open_page(VIEW)

    page.focus("#share")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sharing-link")
    reached = [page.evaluate("document.activeElement.id")]
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
    page.keyboard.press("Escape")

    ways = ["Kopiraj povezavo", "Pošlji po e-pošti", "Vgradi na svojo spletno stran", "Shrani kodo (SVG)"]
    assert reached == ["sharing-link", *ways]
    assert page.locator("#sharing").is_hidden()
    assert page.locator("#contents").is_visible()
    assert page.evaluate("document.activeElement.id") == "share"


@pytest.mark.parametrize(("language", "scheme"), [("sl", "light"), ("en", "dark")])
def test_phone_shares_with_its_apps(open_page: Callable[..., Page], language: str, scheme: str) -> None:
    """A sheet from below with targets for fingers, nothing for axe, nothing sticking out; apps get the link."""
    page = open_page(
        f"{VIEW}&lang={language}", ready=False, viewport=PHONE, has_touch=True, color_scheme=scheme
    )
    page.add_init_script(WITH_APPS)
    page.reload()
    page.wait_for_selector("body.is-ready")
    wait_for_tiles(page)

    link = open_panel(page)
    page.click(".sharing__ways button")
    sheet = resting_box(page, "#sidebar")
    low = page.evaluate(
        """() => [...document.querySelectorAll('#sharing :is(a, button, input)')]
            .filter((each) => each.getBoundingClientRect().height < 44).map((each) => each.textContent)"""
    )

    assert page.evaluate("window.sent.url") == link
    assert sheet["y"] > 200
    assert low == []
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_nothing_moves_while_the_code_comes(open_page: Callable[..., Page]) -> None:
    """The place of the code and of what the button says is kept free."""
    page = open_page(VIEW, permissions=["clipboard-read", "clipboard-write"])
    page.route("**/qr.svg?**", lambda route: (page.wait_for_timeout(500), route.continue_()))
    page.evaluate(
        """() => { window.shifts = [];
            const hear = (list) => window.shifts.push(
                ...list.getEntries().filter((each) => !each.hadRecentInput).map((each) => each.value));
            new PerformanceObserver(hear).observe({ type: 'layout-shift' }); }"""
    )

    page.click("#share")
    page.wait_for_selector("#sharing-link")
    before = page.locator(".sharing__code a").bounding_box()
    page.wait_for_function("() => document.querySelector('.sharing__picture').naturalWidth > 0")
    page.click("text=Kopiraj povezavo")
    page.wait_for_timeout(400)

    assert page.locator(".sharing__code a").bounding_box() == before
    assert sum(page.evaluate("window.shifts")) == 0


def test_a_link_with_much_in_it_has_no_code(open_page: Callable[..., Page]) -> None:
    """It is copied and sent like any other, and the panel says why there is no code; none is asked for."""
    many = ",".join(f"{number}/1" for number in range(1000, 1090))
    page = open_page(f"/?theme=cadastre&parcels=9001:{many}&at=556000,142600&mpp=0.5")

    page.click("#share")
    page.wait_for_selector("#sharing-link")

    assert len(page.input_value("#sharing-link")) > 600
    assert page.locator(".sharing__code").is_hidden()
    assert "predolga" in page.inner_text("#sharing")
    letter = unquote(page.get_attribute(".sharing a[href^=mailto]", "href") or "")
    assert "(90 parcel, Občina Jelšnica)" in letter


def test_other_tools_take_the_place_of_the_panel(open_page: Callable[..., Page]) -> None:
    """Printing and asking about a place close it."""
    page = open_page(VIEW)

    open_panel(page)
    page.click(".stage__tools [aria-label='Natisni v merilu']")
    page.wait_for_selector("#printing-heading")
    shared_beside_print = page.locator("#sharing").is_visible()
    open_panel(page)
    page.mouse.click(824, 416)
    panel_heading(page)

    assert not shared_beside_print
    assert page.locator("#sharing").is_hidden()


def test_a_panel_that_does_not_come_says_so(open_page: Callable[..., Page], watch: Watch) -> None:
    """Another try brings it when the network is back."""
    page = open_page(VIEW)
    page.route(SCRIPT_PARTS, lambda route: route.abort())
    page.click("#share")
    page.wait_for_selector("#sharing .answer__problem")
    told = page.inner_text("#sharing")
    page.unroute(SCRIPT_PARTS)

    page.click("#sharing >> text=Poskusi znova")
    page.wait_for_selector("#sharing-link")

    assert "Okna za deljenje ni bilo mogoče naložiti" in told
    watch.faults.clear()
