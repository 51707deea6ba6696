"""Drawing by mouse, keyboard and finger: new shapes, changes, snapping, and the way back from each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.accessibility import faults
from tests.browser.drawing_map import (
    MIDDLE,
    VIEW,
    drawings_in_link,
    ground_of,
    open_tool,
    shapes_of,
    type_shape,
)
from tests.browser.looking import PHONE, Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database]

EAST, NORTH = MIDDLE
SQUARE = [
    (EAST - 20, NORTH - 20),
    (EAST + 20, NORTH - 20),
    (EAST + 20, NORTH + 20),
    (EAST - 20, NORTH + 20),
]
TOUCH = {"viewport": PHONE, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
SMALLEST_TARGET = 44


def test_area_is_drawn_changed_and_undone_by_mouse(open_page: Callable[..., Page]) -> None:
    """A click on the first corner closes; grips move a corner, make one and move the whole; undo goes back."""
    page = open_tool(open_page)
    page.uncheck("#drawing .drawing__check input")
    page.click("#drawing .drawing__kind >> nth=2")
    ground = ground_of(page)
    for corner in [*SQUARE, SQUARE[0]]:
        page.mouse.click(*ground.pixel(*corner))
        page.wait_for_timeout(30)
    drawn = shapes_of(page)[0]

    drag(page, ground.pixel(*SQUARE[2]), (30, -20))
    one_corner_moved = shapes_of(page)[0]
    drag(page, ground.pixel(EAST, NORTH - 20), (0, 25))
    corner_added = shapes_of(page)[0]
    box = page.locator(".grip--mover").bounding_box()
    assert box is not None
    drag(page, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), (-40, 10))
    moved = shapes_of(page)[0]
    for _ in range(3):
        page.click("text=Razveljavi >> nth=0")

    assert drawn == [pytest.approx(corner, abs=0.6) for corner in SQUARE]
    assert one_corner_moved[2] == pytest.approx((EAST + 35, NORTH + 30), abs=0.6)
    assert [one_corner_moved[at] for at in (0, 1, 3)] == [drawn[at] for at in (0, 1, 3)]
    assert len(corner_added) == 5
    assert corner_added[1] == pytest.approx((EAST, NORTH - 32.5), abs=0.6)
    steps = [(to[0] - was[0], to[1] - was[1]) for was, to in zip(corner_added, moved, strict=True)]
    assert steps == [pytest.approx((-20, -5), abs=0.6)] * 5
    assert steps == [pytest.approx(steps[0], abs=0.011)] * 5
    assert shapes_of(page) == [drawn]


def test_everything_is_possible_by_keyboard(open_page: Callable[..., Page]) -> None:
    """Return, Backspace and Escape draw; arrows and Delete on the grips change; the list deletes."""
    page = open_page(f"/?{VIEW}")
    page.focus(".stage__tools [aria-label='Meri in riši']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawing .drawing__kind")
    assert page.evaluate("document.activeElement.id") == "drawing-heading"
    page.focus("#drawing .drawing__kind >> nth=1")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "map"
    for key in ["Enter", "ArrowRight", "Enter", "ArrowUp", "Enter", "Backspace", "Enter", "Enter"]:
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    page.wait_for_selector(".drawing__table tbody tr")
    assert page.evaluate("document.activeElement.id") == "shape-text"
    line = shapes_of(page)[0]
    page.keyboard.type("Pot")
    page.keyboard.press("Tab")
    page.focus(".grip--corner >> nth=0")
    page.keyboard.press("Shift+ArrowLeft")
    shifted = shapes_of(page)[0]
    page.focus(".grip--corner >> nth=2")
    page.keyboard.press("Delete")
    shorter = shapes_of(page)[0]
    page.focus(".drawing__table tbody .tool")
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)

    assert len(line) == 3
    assert line[0][0] - shifted[0][0] == pytest.approx(5, abs=0.1)
    assert len(shorter) == 2
    assert shapes_of(page) == []
    assert page.evaluate("document.activeElement.id") == "drawing-heading"
    page.focus("#drawing .drawing__kind >> nth=0")
    page.keyboard.press("Enter")
    page.focus("#drawing .drawing__kind >> nth=1")
    page.keyboard.press("Escape")
    assert page.locator(".pen-bar").is_hidden()
    assert page.locator("#drawing").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#drawing").is_hidden()
    assert page.evaluate("document.activeElement.ariaLabel") == "Meri in riši"


def test_shape_is_typed_corrected_and_moved_by_coordinates(open_page: Callable[..., Page]) -> None:
    """Pasted coordinates make a shape, others replace them, two numbers move it; what is wrong is told."""
    page = open_tool(open_page)
    type_shape(page, "area", SQUARE)

    page.click("text=Popravi ali premakni s koordinatami")
    page.fill("#shape-points", f"{EAST:.0f} {NORTH:.0f}\n{EAST + 10},{NORTH}\n{EAST + 10}\t{NORTH + 10}")
    page.click(".drawing__typed:has(#shape-points) button")
    page.fill("#shape-move", "2.5, -1")
    page.click(".drawing__typed:has(#shape-move) button")
    moved = shapes_of(page)
    page.fill("#shape-points", f"{NORTH}, {EAST}\nhere")
    page.click(".drawing__typed:has(#shape-points) button")
    unreadable = page.inner_text("#shape-points-problem")
    page.fill("#shape-points", "\n".join(f"{north}, {east}" for east, north in SQUARE))
    page.click(".drawing__typed:has(#shape-points) button")
    swapped = page.inner_text("#shape-points-problem")

    assert moved == [[(EAST + 2.5, NORTH - 1), (EAST + 12.5, NORTH - 1), (EAST + 12.5, NORTH + 9)]]
    assert unreadable.startswith("Vrstice 2 ni mogoče prebrati.")
    assert swapped.startswith("Del risbe bi bil daleč zunaj občine.")
    assert shapes_of(page) == moved


def test_pointer_sticks_to_a_corner_of_a_parcel(
    open_page: Callable[..., Page], client: FlaskClient, parcel: dict[str, Any]
) -> None:
    """A ring shows where; the point lies on the cadastre's corner, and beside it once snapping is off."""
    corner = corner_nearest(client, parcel["id"], parcel["point"])
    page = open_tool(open_page, f"at={corner[0]:.1f},{corner[1]:.1f}&mpp=0.25")
    box = page.locator("#map").bounding_box()
    assert box is not None
    near = (box["x"] + box["width"] / 2 + 4, box["y"] + box["height"] / 2 + 3)

    page.click("#drawing .drawing__kind >> nth=0")
    page.mouse.move(*near)
    page.wait_for_selector(".snap-hint--corner")
    page.mouse.click(*near)
    page.wait_for_selector(".drawing__table tbody tr")
    page.uncheck("#drawing .drawing__check input")
    page.click("#drawing .drawing__kind >> nth=0")
    page.mouse.move(near[0] + 1, near[1])
    page.wait_for_timeout(100)
    rings = page.locator(".snap-hint").count()
    page.mouse.click(*near)
    page.wait_for_timeout(100)

    [[snapped], [free]] = shapes_of(page)
    assert snapped == pytest.approx(corner, abs=0.02)
    assert free != pytest.approx(corner, abs=0.5)
    assert rings == 0


def test_fingers_draw_on_a_phone(open_page: Callable[..., Page], watch: Watch) -> None:
    """The sheet makes room, taps set corners, the bar finishes; what is pressed is large; axe finds nothing."""
    page = open_tool(open_page, **TOUCH)
    page.tap("#drawing .drawing__check")
    page.tap("#drawing .drawing__kind >> nth=2")
    page.wait_for_timeout(500)
    assert page.get_attribute("#workspace", "data-sheet") == "low"
    for place in [(100, 380), (250, 390), (220, 560)]:
        page.touchscreen.tap(*place)
        page.wait_for_timeout(350)
    told = page.inner_text(".pen-bar__text")
    assert faults(page) == []
    small = too_small(page, ".pen-bar .button")

    page.tap(".pen-bar .button >> nth=0")
    page.wait_for_selector(".drawing__table tbody tr")

    assert "obseg" in told
    assert page.get_attribute("#workspace", "data-sheet") == "half"
    assert len(shapes_of(page)[0]) == 3
    controls = ".button, .tool, .colour, .drawing__check, .drawing__name, summary, textarea"
    assert small + too_small(page, "#drawing :is(" + controls + ")") + too_small(page, ".grip") == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert faults(page) == []


@pytest.mark.parametrize(("language", "scheme"), [("sl", "dark"), ("en", "light")])
def test_axe_finds_nothing_while_drawing(open_page: Callable[..., Page], language: str, scheme: str) -> None:
    """The empty panel, drawing, and a selected shape with everything unfolded."""
    page = open_tool(open_page, f"{VIEW}&lang={language}", color_scheme=scheme)
    assert faults(page) == []
    page.click("#drawing .drawing__kind >> nth=1")
    assert faults(page) == []
    page.keyboard.press("Escape")

    type_shape(page, "area", SQUARE)
    for summary in page.locator(".drawing__form summary").all():
        summary.click()

    assert faults(page) == []


def test_map_asks_nothing_while_somebody_draws(open_page: Callable[..., Page], watch: Watch) -> None:
    """Clicks belong to the tool until it is closed; what was drawn stays."""
    page = open_tool(open_page)
    page.click("#drawing .drawing__kind >> nth=0")
    ground = ground_of(page)
    page.mouse.click(*ground.pixel(EAST, NORTH))
    page.mouse.click(*ground.pixel(EAST + 50, NORTH + 50))
    page.wait_for_timeout(400)
    asked = [url for url in watch.requests if "/identify" in url]

    page.click("#drawing .answer__header button")
    page.mouse.click(*ground.pixel(EAST + 50, NORTH + 50))
    page.wait_for_selector("#answer:not([hidden])")

    assert asked == []
    assert len(drawings_in_link(page)) == 1
    assert page.locator(".leaflet-drawn-pane path").count() == 1


def test_tools_take_turns(open_page: Callable[..., Page]) -> None:
    """Whichever tool is opened last has the panel and the clicks; what the others made stays."""
    page = open_tool(open_page)
    type_shape(page, "area", SQUARE)
    selecting, drawing, printing = (page.locator(".stage__tools .tool").nth(at) for at in (3, 4, 5))

    selecting.click()
    page.wait_for_selector("#selecting:not([hidden])")
    drawing_left = page.locator("#drawing").is_hidden()
    page.click("#selecting >> text=Nariši črto")
    drawing.click()
    page.wait_for_selector("#drawing:not([hidden])")
    selecting_left = page.locator(".sketch-bar").is_hidden()
    printing.click()
    page.wait_for_selector("#printing:not([hidden])")
    drawing_left_again = page.locator("#drawing").is_hidden()
    drawing.click()
    page.wait_for_selector("#printing", state="hidden")

    assert [drawing_left, selecting_left, drawing_left_again] == [True] * 3
    assert page.locator("#drawing").is_visible()
    assert len(drawings_in_link(page)) == 1


def drag(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    """Press, move in steps as a hand does, release."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0] / 2, start[1] + by[1] / 2, steps=4)
    page.mouse.move(start[0] + by[0], start[1] + by[1], steps=4)
    page.mouse.up()
    page.wait_for_timeout(60)


def too_small(page: Page, selector: str) -> list[str]:
    """What can be pressed and is seen, but smaller than a finger."""
    found = page.evaluate(
        """([selector, least]) => [...document.querySelectorAll(selector)]
            .filter((each) => each.checkVisibility())
            .map((each) => [each.className || each.tagName, each.getBoundingClientRect()])
            .filter(([, box]) => box.width < least || box.height < least)
            .map(([name, box]) => `${name} ${box.width} ${box.height}`)""",
        [selector, SMALLEST_TARGET],
    )
    return [str(each) for each in found]


def corner_nearest(client: FlaskClient, parcel_id: str, point: dict[str, float]) -> tuple[float, float]:
    """The corner of a parcel in the national CRS that lies nearest to a point in it."""
    crs = "http://www.opengis.net/def/crs/EPSG/0/3794"
    found = client.get(f"/ogc/collections/parcels/items/{parcel_id}", query_string={"crs": crs}).get_json()
    rings = found["geometry"]["coordinates"]
    ring = rings[0][0] if found["geometry"]["type"] == "MultiPolygon" else rings[0]
    east, north = min(ring, key=lambda at: (at[0] - point["e"]) ** 2 + (at[1] - point["n"]) ** 2)
    return (east, north)
