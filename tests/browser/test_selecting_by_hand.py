"""Selecting parcels by hand: click, line and area, by mouse, keyboard and finger; steps back; failures."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.accessibility import faults
from tests.browser.chosen import (
    Plot,
    link_to,
    outline_of,
    place_of,
    read_plots,
    wait_for_rows,
)
from tests.browser.looking import PHONE, SCRIPT_PARTS, panel_heading

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flask.testing import FlaskClient
    from playwright.sync_api import Page

    from tests.browser.looking import Watch

pytestmark = [pytest.mark.browser, pytest.mark.database]

BUTTON = ".stage__tools [aria-label='Izbira parcel']"
TOUCH = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2}


@pytest.fixture
def middle(client: FlaskClient, parcel: dict[str, Any]) -> Plot:
    """A parcel in the town."""
    ko, number = parcel["id"].split("-", 1)
    (found,) = read_plots(client, parcels=f"{ko}:{number}")
    return found


@pytest.fixture
def neighbour(client: FlaskClient, middle: Plot) -> Plot:
    """The nearest of its neighbours."""
    found = read_plots(client, parcels=middle.written, neighbours="true")
    return min(found, key=lambda each: abs(each.east - middle.east) + abs(each.north - middle.north))


def names_in_link(page: Page) -> list[str] | None:
    """The parcels in the address bar; None without the parameter."""
    query = parse_qs(urlsplit(page.url).query, keep_blank_values=True)
    return query.get("parcels")


def test_clicks_add_and_take_out_and_back_undoes_each(
    open_page: Callable[..., Page], watch: Watch, middle: Plot, neighbour: Plot
) -> None:
    """A click adds a parcel, another takes it out; each is a step back. The tool comes when it is opened."""
    page = open_page(link_to(middle))
    loaded_at_first = watch.script_parts()
    page.click(BUTTON)
    page.mouse.click(*place_of(page, middle, middle))
    wait_for_rows(page, 1)
    page.mouse.click(*place_of(page, neighbour, middle))
    both = wait_for_rows(page, 2)
    outlined = outline_of(page)
    page.mouse.click(*place_of(page, middle, middle))
    alone = wait_for_rows(page, 1)

    assert watch.script_parts() > loaded_at_first
    assert set(both) == {middle.name, neighbour.name}
    assert alone == [neighbour.name]
    assert outline_of(page) != outlined
    page.go_back()
    assert set(wait_for_rows(page, 2)) == set(both)
    assert outline_of(page) == outlined
    page.go_back()
    page.go_back()
    page.wait_for_selector(".selecting__empty")
    assert names_in_link(page) == [""]
    page.go_back()
    page.wait_for_selector("#selecting", state="hidden")
    assert names_in_link(page) is None
    assert outline_of(page) is None
    page.go_forward()
    page.go_forward()
    assert wait_for_rows(page, 1) == [middle.name]


def test_parcels_stay_on_the_map_while_the_table_is_away(
    open_page: Callable[..., Page], middle: Plot, neighbour: Plot
) -> None:
    """Put away, the table leaves themes and answers free; its button says how many, and brings it again."""
    page = open_page(link_to(middle, parcels=middle.written))
    wait_for_rows(page, 1)
    page.click("#selecting .answer__header button")
    page.click("label:has([value=planning])")
    page.mouse.click(*place_of(page, neighbour, middle))
    answered = panel_heading(page)
    outlined = outline_of(page)

    page.click(".stage__tools [aria-label='Izbira parcel: 1 izbrana parcela']")

    assert answered == f"Parcela {neighbour.name}"
    assert outlined is not None
    assert wait_for_rows(page, 1) == [middle.name]
    assert page.locator("#answer").is_hidden()


def test_shift_click_goes_from_an_answer_to_a_selection(
    open_page: Callable[..., Page], middle: Plot, neighbour: Plot
) -> None:
    """With Shift or Ctrl a click selects at any time, and the table takes the place of the answer."""
    page = open_page(link_to(middle))
    page.mouse.click(*place_of(page, middle, middle))
    panel_heading(page)

    page.keyboard.down("Shift")
    page.mouse.click(*place_of(page, middle, middle))
    page.keyboard.up("Shift")
    wait_for_rows(page, 1)
    page.keyboard.down("Control")
    page.mouse.click(*place_of(page, neighbour, middle))
    page.keyboard.up("Control")

    assert set(wait_for_rows(page, 2)) == {middle.name, neighbour.name}
    assert page.locator("#answer").is_hidden()


def test_a_line_selects_what_it_runs_through(
    open_page: Callable[..., Page], client: FlaskClient, middle: Plot, neighbour: Plot
) -> None:
    """Two corners and a double click select what the server says lies on that line."""
    line = f"LINESTRING({middle.east} {middle.north}, {neighbour.east} {neighbour.north})"
    expected = {plot.name for plot in read_plots(client, geometry=line)}
    page = open_page(link_to(middle, parcels=""))
    page.click("text=Nariši črto")

    page.mouse.click(*place_of(page, middle, middle))
    page.mouse.dblclick(*place_of(page, neighbour, middle))
    names = wait_for_rows(page, len(expected))

    assert len(expected) >= 2
    assert set(names) == expected
    assert page.locator(".sketch-bar").is_hidden()
    assert page.evaluate("document.activeElement.id") == "selecting-heading"


def test_an_area_is_drawn_by_keyboard_alone(open_page: Callable[..., Page], middle: Plot) -> None:
    """Return sets a corner in the middle, arrows move the map, Backspace takes one back, Return twice ends."""
    page = open_page(link_to(middle, parcels=""))
    page.focus("text=Nariši območje")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sketch-bar")
    assert page.evaluate("document.activeElement.id") == "map"

    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press("Enter")
        page.keyboard.press(key)
        page.wait_for_timeout(100)
        page.wait_for_selector(".leaflet-pan-anim", state="detached")
    corners = page.input_value("#selecting-corners").split("\n")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector(".parcels:not([hidden])")

    assert len(corners) == 3
    assert middle.name in page.locator(".parcels tbody th").all_inner_texts()


def test_corners_may_be_typed_with_a_belt(
    open_page: Callable[..., Page], client: FlaskClient, middle: Plot, neighbour: Plot
) -> None:
    """Who knows the coordinates of a road writes them, and how wide it is; what cannot be read is told."""
    line = f"LINESTRING({middle.east:.1f} {middle.north:.1f}, {neighbour.east:.1f} {neighbour.north:.1f})"
    expected = {plot.name for plot in read_plots(client, geometry=line, distance="15")}
    page = open_page(link_to(middle, parcels=""))
    page.click("text=Nariši črto")
    page.fill("#selecting-belt", "15")
    page.fill("#selecting-corners", "508000; 136000")
    page.click("text=Izberi po teh ogliščih")
    told = page.eval_on_selector("#selecting-corners", "field => field.validationMessage")

    page.fill(
        "#selecting-corners",
        f"{middle.east:.1f}, {middle.north:.1f}\n{neighbour.east:.1f}, {neighbour.north:.1f}",
    )
    page.click("text=Izberi po teh ogliščih")

    assert "508000;136000" in told
    assert set(wait_for_rows(page, len(expected))) == expected


def test_map_takes_parcels_by_keyboard(open_page: Callable[..., Page], middle: Plot) -> None:
    """After Escape nothing is drawn any more; Return selects in the middle; a row goes, the focus stays."""
    page = open_page(link_to(middle, parcels=""))
    page.click("text=Nariši območje")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.wait_for_selector(".sketch-bar", state="hidden")
    page.focus("#map")
    page.keyboard.press("Enter")
    wait_for_rows(page, 1)

    page.focus(f"[aria-label='Odstrani parcelo {middle.name}']")
    page.keyboard.press("Enter")
    page.wait_for_selector(".selecting__empty")

    assert page.evaluate("document.activeElement.id") == "selecting-heading"
    assert page.inner_text("#announcer") == f"Parcela {middle.name} ni več izbrana."


def test_phone_draws_beside_a_low_sheet(open_page: Callable[..., Page], middle: Plot, neighbour: Plot) -> None:
    """Taps draw, the bar ends it, the sheet rises with the table; targets are large, nothing sticks out."""
    page = open_page(link_to(middle, parcels=""), viewport=PHONE, **TOUCH)
    page.tap("text=Nariši črto")
    page.wait_for_function("() => document.querySelector('#workspace').dataset.sheet === 'low'")
    page.wait_for_timeout(400)

    page.touchscreen.tap(*place_of(page, middle, middle))
    page.wait_for_timeout(400)
    page.touchscreen.tap(*place_of(page, neighbour, middle))
    page.wait_for_timeout(400)
    page.tap(".sketch-bar >> text=Končaj")
    page.wait_for_selector(".parcels:not([hidden])")

    names = page.locator(".parcels tbody th").all_inner_texts()
    assert {middle.name, neighbour.name} <= set(names)
    assert page.get_attribute("#workspace", "data-sheet") == "half"
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert small_targets(page) == []


def small_targets(page: Page) -> list[str]:
    """What is pressed in the panel and is smaller than a finger."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('#selecting button, #selecting a, .stage__tools button')]
            .filter((each) => each.offsetParent !== null)
            .map((each) => [each.textContent || each.title, each.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44)
            .map(([name, { width, height }]) => `${name} ${width} ${height}`)"""
    )
    return [str(each) for each in found]


def test_an_answer_that_does_not_come_can_be_asked_for_again(
    open_page: Callable[..., Page], watch: Watch, middle: Plot
) -> None:
    """What was drawn or clicked is not lost when the server is away."""
    page = open_page(link_to(middle, parcels=""))
    page.route("**/parcels/select**", lambda route: route.abort())
    page.mouse.click(*place_of(page, middle, middle))
    page.wait_for_selector(".selecting__warning")
    page.unroute("**/parcels/select**")

    page.click("#selecting >> text=Poskusi znova")

    assert wait_for_rows(page, 1) == [middle.name]
    watch.faults.clear()  # the aborted request


def test_a_tool_that_does_not_load_says_so_and_lets_go(open_page: Callable[..., Page], watch: Watch) -> None:
    """Without the network the panel says what is wrong, passes axe, and closing it gives the contents back."""
    page = open_page()
    page.route(SCRIPT_PARTS, lambda route: route.abort())
    page.click(BUTTON)
    page.wait_for_selector("#selecting .answer__problem")
    told = page.inner_text("#selecting")
    found = faults(page)

    page.click("[aria-label='Zapri izbiro parcel']")

    assert "ni bilo mogoče naložiti" in told
    assert found == []
    assert page.locator("#selecting").is_hidden()
    assert page.locator("#contents").is_visible()
    watch.faults.clear()  # the aborted request


@pytest.mark.parametrize(("language", "scheme"), [("sl", "dark"), ("en", "light")])
def test_axe_finds_nothing_while_selecting(
    open_page: Callable[..., Page], middle: Plot, language: str, scheme: str
) -> None:
    """Empty tool, table, form, drawing: no fault of WCAG 2.2 AA nor of good practice."""
    page = open_page(link_to(middle, parcels="", lang=language), color_scheme=scheme)
    page.wait_for_selector(".selecting__empty")
    assert faults(page) == []
    page.mouse.click(*place_of(page, middle, middle))
    wait_for_rows(page, 1)
    page.click("[aria-controls=selecting-list-form]")
    assert faults(page) == []

    page.locator(".selecting__choices button").nth(2).click()
    page.wait_for_selector(".sketch-bar")

    assert faults(page) == []
