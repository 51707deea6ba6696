"""Lengths and areas in the national CRS: by mouse and by typing, against shapely and pyproj."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pyproj import Proj
from shapely import LineString, Polygon

from tests.browser.drawing_map import MIDDLE, MPP, ground_of, open_tool, rows, settled_address, type_shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database]

EAST, NORTH = MIDDLE
CORNERS = [(EAST - 60, NORTH - 40), (EAST + 70, NORTH - 35), (EAST + 55.5, NORTH + 48), (EAST - 31, NORTH + 40)]


def number_of(text: str) -> float:
    """The number at the start of a measure in Slovenian, such as 1.234,56 m."""
    return float(re.match(r"[\d.,]+", text)[0].replace(".", "").replace(",", "."))  # type: ignore[index]


def test_line_is_measured_while_it_is_drawn(open_page: Callable[..., Page]) -> None:
    """The bar tells the whole and the last stretch; a double click finishes, and the table has the length."""
    page = open_tool(open_page)
    page.uncheck("#drawing .drawing__check input")
    page.click("text=Črta >> nth=0")
    ground = ground_of(page)
    places = [ground.pixel(*corner) for corner in CORNERS]

    for x, y in places[:3]:
        page.mouse.click(x, y)
        page.wait_for_timeout(30)
    told = page.locator(".pen-bar__text span").all_inner_texts()
    page.mouse.move(*places[3])
    page.wait_for_timeout(100)
    beside_pointer = page.inner_text(".drawn-text--pointer span >> nth=0")
    page.mouse.dblclick(*places[3])
    page.wait_for_selector(".drawing__table tbody tr")

    assert number_of(told[0]) == pytest.approx(LineString(CORNERS[:3]).length, abs=1.5 * MPP)
    assert number_of(told[1].split()[-2]) == pytest.approx(LineString(CORNERS[1:3]).length, abs=1.5 * MPP)
    assert number_of(beside_pointer) == pytest.approx(LineString(CORNERS).length, abs=2 * MPP)
    assert number_of(rows(page)[0][1]) == pytest.approx(LineString(CORNERS).length, abs=2 * MPP)


def test_the_double_click_that_finishes_does_not_zoom(open_page: Callable[..., Page]) -> None:
    """Its second half comes when the pen is put away; the map stays, and later double clicks zoom again."""
    page = open_tool(open_page)
    page.uncheck("#drawing .drawing__check input")
    page.click("text=Črta >> nth=0")
    ground = ground_of(page)
    before = settled_address(page)

    page.mouse.click(*ground.pixel(*CORNERS[0]))
    page.wait_for_timeout(30)
    page.mouse.dblclick(*ground.pixel(*CORNERS[1]))
    page.wait_for_selector(".drawing__table tbody tr")
    page.wait_for_timeout(700)
    finished = settled_address(page)
    page.mouse.dblclick(*ground.pixel(EAST, NORTH + 60))
    page.wait_for_timeout(400)

    assert "mpp=0.5" in before
    assert "mpp=0.5" in finished
    assert "mpp=0.25" in settled_address(page)


def test_areas_and_lengths_are_those_of_shapely(open_page: Callable[..., Page]) -> None:
    """Typed coordinates give area, perimeter and the ways between points, to the last digit shown."""
    page = open_tool(open_page)

    type_shape(page, "area", CORNERS)
    measure = rows(page)[0][1]
    page.click("text=Točke in dolžine odsekov")
    table = page.locator(".drawing__table--points tbody tr")
    told = [number_of(row.locator("td").nth(1).inner_text()) for row in table.all()]

    polygon, ring = Polygon(CORNERS), [*CORNERS, CORNERS[0]]
    assert number_of(measure) == pytest.approx(polygon.area, abs=0.051)
    assert f"obseg {polygon.length:.2f} m".replace(".", ",") in measure
    assert told == pytest.approx([LineString(ring[at : at + 2]).length for at in range(4)], abs=0.006)


def test_what_a_measure_is_and_when_there_is_none(open_page: Callable[..., Page]) -> None:
    """The plane's scale is told as PROJ has it; a border that crosses itself has no area to speak of."""
    page = open_tool(open_page)

    sentence = page.inner_text("#drawing >> text=/merilo projekcije/")
    type_shape(page, "area", [CORNERS[0], CORNERS[2], CORNERS[1], CORNERS[3]])

    proj = Proj("EPSG:3794")
    factors = proj.get_factors(*proj(EAST, NORTH, inverse=True))
    assert f"merilo projekcije je tu {factors.meridional_scale:.6f}".replace(".", ",") in sentence
    assert f"v ravnini {factors.meridional_scale * 1000:.2f} m".replace(".", ",") in sentence
    assert "rob se križa" in rows(page)[0][1]


def test_measures_are_the_same_in_the_other_grid(open_page: Callable[..., Page]) -> None:
    """A map in Web Mercator, whose own pixels say 1.44 times as much, measures in the national CRS."""
    page = open_tool(open_page, f"at={EAST},{NORTH}&mpp=0.5&grid=WebMercatorQuad")

    type_shape(page, "line", CORNERS[:2])

    assert number_of(rows(page)[0][1]) == pytest.approx(LineString(CORNERS[:2]).length, abs=0.006)
