"""Phones, keyboards, screen readers, and pages without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.accessibility import faults
from tests.browser.looking import PHONE, Watch, panel_heading, resting_box, wait_for_tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database]

TOUCH = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2}
SMALLEST = {"width": 320, "height": 640}


def test_phone_shows_map_and_sheet(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """On a phone a tap opens the sheet to half, the map stays beside it, and the grip steps it."""
    point = parcel["point"]
    page = open_page(f"/?at={point['e']},{point['n']}&mpp=0.5", viewport=PHONE, **TOUCH)
    assert page.get_attribute("#workspace", "data-sheet") == "low"

    page.touchscreen.tap(195, 350)
    panel_heading(page)

    assert page.get_attribute("#workspace", "data-sheet") == "half"
    assert page.locator(".stage").bounding_box()["height"] > 200  # type: ignore[index]
    page.click("#sheet-grip")
    assert page.get_attribute("#workspace", "data-sheet") == "tall"


def test_found_parcel_is_not_hidden_by_the_sheet(
    open_page: Callable[..., Page], parcel: dict[str, Any]
) -> None:
    """What the search found lies in the part of the map that the sheet leaves free."""
    page = open_page(viewport=PHONE, **TOUCH)

    page.fill("#search-input", parcel["title"])
    page.keyboard.press("Enter")
    panel_heading(page)

    outline = resting_box(page, ".leaflet-selection-pane path >> nth=1")
    stage = resting_box(page, ".stage")
    assert outline["y"] > stage["y"]
    assert outline["y"] + outline["height"] < stage["y"] + stage["height"]


def test_tapped_place_stays_in_sight(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """A tap near the bottom opens the sheet there, and the map makes room for the place."""
    point = parcel["point"]
    page = open_page(f"/?at={point['e']},{point['n']}&mpp=0.5", viewport=PHONE, **TOUCH)

    page.touchscreen.tap(195, 640)
    panel_heading(page)

    mark = resting_box(page, ".leaflet-selection-pane path >> nth=-1")
    stage = resting_box(page, ".stage")
    assert stage["y"] < mark["y"] < stage["y"] + stage["height"]


@pytest.mark.parametrize("viewport", [PHONE, SMALLEST])
def test_nothing_sticks_out_of_a_phone(
    open_page: Callable[..., Page], parcel: dict[str, Any], viewport: dict[str, int]
) -> None:
    """No sideways scrolling, down to 320 pixels."""
    point = parcel["point"]
    page = open_page(f"/?point={point['e']},{point['n']}", viewport=viewport, **TOUCH)
    panel_heading(page)

    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_targets_are_large_enough_for_fingers(open_page: Callable[..., Page]) -> None:
    """What is pressed on a phone is at least 44 pixels high and wide."""
    page = open_page(viewport=PHONE, **TOUCH)

    small = page.evaluate(
        """() => [...document.querySelectorAll(
                '.tool, .themes__choice, .search__input, .languages__link, #share')]
            .map((each) => [each.className, each.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44)
            .map(([name]) => name)"""
    )

    assert small == []


def test_keyboard_alone_finds_reads_and_returns(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """Skip link, search, arrow, Return, answer, Escape: no pointer is needed."""
    page = open_page()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type(parcel["title"])
    page.locator("[role=option]", has_text=parcel["title"]).first.wait_for()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    heading = panel_heading(page)
    page.focus(".answer__header button")
    page.keyboard.press("Escape")

    assert heading == f"Parcela {parcel['title']}"
    assert page.locator("#answer").is_hidden()
    assert page.evaluate("document.activeElement.id") == "map"


def test_map_is_asked_by_keyboard(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """Return on the map asks about its middle and moves the focus to the answer."""
    point = parcel["point"]
    page = open_page(f"/?at={point['e']},{point['n']}&mpp=0.25")
    page.focus("#map")

    page.keyboard.press("Enter")

    assert panel_heading(page) == f"Parcela {parcel['title']}"
    assert page.locator("#map").get_attribute("aria-label") == "Zemljevid občine"


@pytest.mark.parametrize(("language", "scheme"), [("sl", "dark"), ("en", "light")])
def test_axe_finds_nothing_in_the_main_states(
    open_page: Callable[..., Page], parcel: dict[str, Any], language: str, scheme: str
) -> None:
    """Contents, open search, answer: no fault of WCAG 2.2 AA nor of good practice."""
    point = parcel["point"]
    page = open_page(f"/?lang={language}&theme=planning", color_scheme=scheme)
    assert faults(page) == []
    page.fill("#search-input", parcel["title"])
    page.wait_for_selector("[role=option]")
    assert faults(page) == []

    answered = open_page(f"/?lang={language}&point={point['e']},{point['n']}", color_scheme=scheme)
    panel_heading(answered)

    assert faults(answered) == []


def test_axe_finds_nothing_on_a_phone_and_when_embedded(
    open_page: Callable[..., Page], parcel: dict[str, Any]
) -> None:
    """The sheet and the frame are as accessible as the desktop."""
    point = parcel["point"]
    page = open_page(f"/?point={point['e']},{point['n']}", viewport=PHONE, **TOUCH)
    panel_heading(page)
    embedded = open_page("/embed?theme=planning", viewport={"width": 600, "height": 400})

    assert faults(page) == []
    assert faults(embedded) == []


@pytest.mark.parametrize("path", ["/accessibility", "/privacy?lang=en"])
def test_axe_finds_nothing_on_pages_of_text(open_page: Callable[..., Page], path: str) -> None:
    """Statement and privacy page."""
    assert faults(open_page(path, ready=False)) == []


def test_page_without_script_still_tells(open_page: Callable[..., Page], watch: Watch) -> None:
    """Without JavaScript there is a search form, and every layer with description and source."""
    page = open_page(ready=False, java_script_enabled=False)

    assert page.locator("form[role=search]").get_attribute("action") == "/search"
    assert page.locator(".plain-layers li").count() >= 10
    assert "Parcele" in page.inner_text(".plain-layers")
    watch.faults.clear()  # chromium reports the modules it was told not to run


def test_still_people_see_no_movement(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """With reduced motion the map jumps instead of flying."""
    page = open_page(reduced_motion="reduce")
    page.click("[aria-label=Približaj]")
    page.wait_for_timeout(50)

    assert page.locator(".leaflet-zoom-anim").count() == 0
    wait_for_tiles(page)
