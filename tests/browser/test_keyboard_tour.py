"""Every tool of the viewer without a pointer: the way in, the work, and Escape back to where one came from."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.keyboard import Keyboard
from tests.browser.looking import panel_heading, view_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database]

VIEW = "/?theme=planning&at=556090,142650&mpp=0.5"
CLICKS = """addEventListener('pointerdown', () => { window.pointers = (window.pointers ?? 0) + 1; }, true);"""


@pytest.fixture
def keyboard(open_page: Callable[..., Page]) -> Keyboard:
    """A page that only ever hears keys."""
    page = open_page(VIEW, geolocation={"longitude": 15.7296, "latitude": 46.4216}, permissions=["geolocation"])
    page.evaluate(CLICKS)
    return Keyboard(page)


def link_of(page: Page) -> dict[str, str]:
    """The parameters of the address, once the page has written it."""
    page.wait_for_timeout(450)
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def tool(label: str) -> str:
    """A button on the map."""
    return f".stage__tools [aria-label^='{label}']"


def pointers(page: Page) -> int | None:
    """How often a pointer was pressed."""
    pressed: int | None = page.evaluate("window.pointers ?? 0")
    return pressed


def test_from_the_search_to_the_page_of_a_parcel(keyboard: Keyboard) -> None:
    """Search, list, answer read by Tab, Escape to the map, back, and the parcel's own page."""
    page = keyboard.page
    keyboard.press("Tab", "Enter")
    assert keyboard.has_focus("#search-input")
    keyboard.type("9001 1104/3")
    page.wait_for_selector("[role=option]")
    keyboard.press("ArrowDown", "Enter")
    heading = panel_heading(page)

    keyboard.go_to("#answer .tool--copy")
    keyboard.go_to("#answer .feature__gather button")
    keyboard.press("Escape")
    assert keyboard.has_focus("#map")
    keyboard.press("Shift+Tab")
    page.go_back()
    panel_heading(page)
    keyboard.go_to("#answer a[href*='/parcels/']")
    assert pointers(page) == 0
    keyboard.press("Enter")
    page.wait_for_url("**/parcels/9001/1104/3*")

    assert heading == "Parcela 9001 1104/3"
    assert "1104/3" in page.inner_text("h1")


def test_themes_layers_and_ground(keyboard: Keyboard) -> None:
    """A theme by arrows; layers off, fainter, lower; the grid of the map; all in the link."""
    page = keyboard.page
    keyboard.go_to(".themes__choice input")
    keyboard.press("ArrowDown")
    theme = link_of(page)["theme"]
    keyboard.press("ArrowUp")
    page.wait_for_selector("[data-layer=zoning]")

    keyboard.go_to("[data-layer=parcels] .layer__label input")
    keyboard.press("Space")
    keyboard.go_to("[data-layer=zoning] .layer__summary")
    keyboard.press("Enter")
    keyboard.go_to("[data-layer=zoning] .layer__slider")
    keyboard.press("ArrowLeft", "ArrowLeft")
    keyboard.go_to("[data-layer=zoning] .layer__place button:last-of-type")
    keyboard.press("Enter")
    assert keyboard.has_focus("[data-layer=zoning] .layer__place button")
    keyboard.go_to(".ground__select")
    keyboard.press("ArrowDown")
    link = link_of(page)

    assert theme == "infrastructure"
    assert link["off"] == "parcels"
    assert link["opacity"] == "zoning:0.9"
    assert "zoning" in link["order"]
    assert link["grid"] == "WebMercatorQuad"
    assert pointers(page) == 0


def test_the_map_is_moved_asked_and_located(keyboard: Keyboard) -> None:
    """Arrows and plus on the map, its buttons, Return to ask, Escape back to it, and where I am."""
    page = keyboard.page
    keyboard.go_to("#map")
    before = view_of(page)
    keyboard.press("ArrowRight")
    page.wait_for_timeout(600)
    moved = view_of(page)
    keyboard.press("+")
    page.wait_for_timeout(600)
    near = view_of(page)
    keyboard.press("Enter")
    asked = panel_heading(page)
    assert keyboard.has_focus("#answer-heading")
    keyboard.press("Escape")
    assert keyboard.has_focus("#map")

    keyboard.go_to(tool("Oddalji"))
    keyboard.press("Enter")
    page.wait_for_timeout(600)
    far = view_of(page)
    keyboard.go_to(tool("Cela občina"))
    keyboard.press("Enter")
    page.wait_for_timeout(900)
    whole = view_of(page)
    keyboard.go_to(tool("Moja lokacija"))
    keyboard.press("Enter")
    located = panel_heading(page)

    assert moved["east"] > before["east"] + 10
    assert near["mpp"] < moved["mpp"]
    assert asked.startswith("Parcela")
    assert far["mpp"] == pytest.approx(moved["mpp"])
    assert whole["mpp"] > 5
    assert located.startswith("Parcela")
    assert pointers(page) == 0


def test_parcels_are_selected_in_a_table(keyboard: Keyboard) -> None:
    """From the map and from a list; a row taken out keeps the focus in the table; Escape ends."""
    page = keyboard.page
    keyboard.go_to(tool("Izbira parcel"))
    keyboard.press("Enter")
    assert keyboard.has_focus("#selecting-heading")
    keyboard.go_to("#map")
    keyboard.press("Enter")
    page.wait_for_selector("#selecting tbody tr")
    keyboard.go_to("#selecting .selecting__choices button:first-child", backwards=True)
    keyboard.press("Enter")
    assert keyboard.has_focus("#selecting textarea")
    keyboard.type("9001 1104/1")
    keyboard.go_to("#selecting .selecting__form button")
    keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('#selecting tbody tr').length === 2")

    keyboard.go_to("#selecting tbody [data-removes]")
    keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('#selecting tbody tr').length === 1")
    assert keyboard.has_focus("#selecting [data-removes]")
    keyboard.press("Escape")
    page.wait_for_selector("#selecting", state="hidden")

    assert page.evaluate("document.activeElement !== document.body")
    assert pointers(page) == 0


def test_a_line_is_drawn_and_measured(keyboard: Keyboard) -> None:
    """Return sets points in the middle of the map, twice in one place ends; Escape closes."""
    page = keyboard.page
    keyboard.go_to(tool("Meri in riši"))
    keyboard.press("Enter")
    assert keyboard.has_focus("#drawing-heading")
    keyboard.go_to(".drawing__kind")
    keyboard.press("Tab", "Enter")
    assert keyboard.has_focus("#map")
    keyboard.press("Enter", "ArrowRight")
    page.wait_for_timeout(500)
    keyboard.press("Enter", "Enter")
    page.wait_for_selector("#drawing .drawing__table tbody tr")
    measure = page.inner_text("#drawing td.drawing__number >> nth=0")
    page.wait_for_timeout(200)
    assert page.evaluate("document.activeElement !== document.body")

    keyboard.go_to("#drawing .drawing__kind", backwards=True)
    keyboard.press("Escape")
    page.wait_for_selector("#drawing", state="hidden")

    assert measure.endswith("m")
    assert keyboard.has_focus(tool("Meri in riši"))
    assert pointers(page) == 0


def test_a_sheet_is_printed_and_the_view_shared(keyboard: Keyboard) -> None:
    """Scale by arrows, the PDF in a link, then the link to the view; Escape leads back to each."""
    page = keyboard.page
    keyboard.go_to(tool("Natisni v merilu"))
    keyboard.press("Enter")
    assert keyboard.has_focus("#printing-heading")
    keyboard.go_to("#printing-scale")
    scale = page.input_value("#printing-scale")
    keyboard.press("ArrowDown")
    chosen = page.input_value("#printing-scale")
    keyboard.go_to("#printing-title")
    keyboard.type("Moj list")
    keyboard.go_to(".printing__link")
    sheet = page.get_attribute(".printing__link", "href") or ""
    keyboard.press("Escape")
    assert keyboard.has_focus(tool("Natisni v merilu"))

    keyboard.go_to("#share", backwards=True)
    keyboard.press("Enter")
    assert keyboard.has_focus("#sharing-link")
    keyboard.go_to("#sharing a[href^=mailto]")
    keyboard.press("Escape")
    assert keyboard.has_focus("#share")

    assert chosen != scale
    assert f"scale={chosen}" in sheet
    assert "title=Moj%20list" in sheet
    assert pointers(page) == 0


def test_the_language_is_changed_and_the_view_stays(keyboard: Keyboard) -> None:
    """The link to English keeps theme and place."""
    page = keyboard.page
    keyboard.go_to("[data-language=en]")
    keyboard.press("Enter")
    page.wait_for_selector("html[lang=en] body.is-ready")
    link = link_of(page)

    assert (link["lang"], link["theme"]) == ("en", "planning")
    assert link["at"].startswith("556090")
