"""The list of layers: order, labels, legend of what is in sight, marks, and the documents of a theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.accessibility import faults
from tests.browser.looking import Watch, colours_on_map, wait_for_tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database]

ROWS = "[...document.querySelectorAll('.layers > .layer')].map((row) => row.dataset.layer)"
# How much of the labels' canvas is painted.
OPAQUE = """() => {
    const canvas = document.querySelector('.leaflet-labels-pane canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, at) => at % 4 === 3 && value > 200).length;
}"""


def planning_at(parcel: dict[str, Any], mpp: float, more: str = "") -> str:
    """A link to the spatial plan around a parcel."""
    return f"/?theme=planning&at={parcel['point']['e']},{parcel['point']['n']}&mpp={mpp}{more}"


def test_a_layer_is_moved_by_the_keyboard(
    open_page: Callable[..., Page], watch: Watch, parcel: dict[str, Any]
) -> None:
    """Row and drawing change places without a request, the keyboard stays, the place is told and linked."""
    page = open_page(planning_at(parcel, 0.5))
    before, asked = page.evaluate(ROWS), watch.tiles()
    page.click("[data-layer=zoning] .layer__summary")
    page.focus("[data-layer=zoning] .layer__place button >> nth=0")

    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    after = page.evaluate(ROWS)
    link, asked_again = page.evaluate("location.search"), watch.tiles()
    second = open_page("/" + link)

    assert after.index("zoning") == before.index("zoning") - 1
    assert page.evaluate("document.activeElement.closest('.layer').dataset.layer") == "zoning"
    assert "order=" in link
    assert "Namenska raba prostora:" in page.inner_text("#announcer")
    assert second.evaluate(ROWS) == after
    assert asked_again == asked


def test_the_uppermost_layer_goes_no_higher(open_page: Callable[..., Page]) -> None:
    """A button that leads nowhere says so and does nothing."""
    page = open_page("/?theme=planning")
    first = page.evaluate(ROWS)[0]
    page.click(f"[data-layer={first}] .layer__summary")

    page.click(f"[data-layer={first}] .layer__place button >> nth=0", force=True)

    assert page.evaluate(ROWS)[0] == first
    assert page.get_attribute(f"[data-layer={first}] .layer__place button >> nth=0", "aria-disabled") == "true"


def test_building_numbers_are_there_for_who_wants_them(
    open_page: Callable[..., Page], watch: Watch, parcel: dict[str, Any]
) -> None:
    """They start switched off; switched on they are drawn from the tiles that are there, and links keep it."""
    page = open_page(planning_at(parcel, 0.125))
    without, asked = page.evaluate(OPAQUE), watch.tiles()
    page.click("[data-layer=buildings] .layer__summary")

    page.click("[data-layer=buildings] .layer__labels")
    page.wait_for_timeout(600)

    assert page.evaluate(OPAQUE) > without
    assert "labels=buildings" in page.url
    assert watch.tiles() == asked


def test_the_legend_begins_with_what_is_in_sight(
    open_page: Callable[..., Page], parcel: dict[str, Any]
) -> None:
    """Near a parcel few uses of land are drawn: they stand first, all others behind a fold."""
    page = open_page(planning_at(parcel, 0.25))
    seen = page.locator("[data-layer=zoning] .layer__line ~ div > .legend > .legend__entry")
    near = seen.count()

    page.goto(page.url.replace("mpp=0.25", "mpp=8"))
    wait_for_tiles(page)

    assert 0 < near < seen.count()
    assert "Zunaj prikazanega območja" in page.inner_text("[data-layer=zoning] .legend-rest summary")


def test_a_theme_names_its_documents(open_page: Callable[..., Page]) -> None:
    """The act that a theme rests on is a link beside its description."""
    page = open_page("/?theme=planning")
    link = page.locator(".themes__description a")

    assert "ZUreP-3" in link.inner_text()
    assert (link.get_attribute("href") or "").startswith("https://www.uradni-list.si/")


def test_the_open_list_is_accessible(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """With every fold open axe finds nothing, and the map shows many colours still."""
    page = open_page(planning_at(parcel, 0.5))

    page.evaluate("document.querySelectorAll('.contents details').forEach((each) => { each.open = true; })")

    assert faults(page) == []
    assert colours_on_map(page) > 20


def test_an_empty_map_says_from_where_it_shows_something(
    open_page: Callable[..., Page], parcel: dict[str, Any]
) -> None:
    """With layers switched on that are drawn only from nearer on, the map says so and leads there."""
    page = open_page(f"/?theme=cadastre&at={parcel['point']['e']},{parcel['point']['n']}&mpp=32")
    assert page.locator("#map-message").is_hidden()

    for row in page.locator(".layers > .layer").all():
        if row.get_attribute("data-layer") != "parcels" and row.locator(".layer__switch").first.is_checked():
            row.locator(".layer__switch").first.click()
    told = page.inner_text("#map-message span")
    assert faults(page) == []
    page.click("#map-message button")
    page.wait_for_selector("#map-message", state="hidden")
    wait_for_tiles(page)

    assert "vidni od merila 1 : " in told
    assert colours_on_map(page) > 1
