"""The canvas map: both grids, over-zoom, layers, opacity, scales."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.looking import Watch, colours_on_map, view_of, wait_for_tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database]


def at(parcel: dict[str, Any], mpp: float, more: str = "") -> str:
    """A link to the surroundings of a parcel."""
    return f"/?at={parcel['point']['e']},{parcel['point']['n']}&mpp={mpp}{more}"


@pytest.mark.parametrize("grid", ["SI-D96", "WebMercatorQuad"])
def test_both_grids_draw_the_town(
    open_page: Callable[..., Page], watch: Watch, parcel: dict[str, Any], grid: str
) -> None:
    """Tiles of the chosen grid are asked for and drawn, and the place is the same."""
    page = open_page(at(parcel, 0.5, f"&theme=planning&grid={grid}"))

    assert colours_on_map(page) > 20
    assert any(f"/{grid}/" in url for url in watch.requests)
    assert view_of(page)["east"] == pytest.approx(parcel["point"]["e"], abs=0.6)
    assert view_of(page)["mpp"] == pytest.approx(0.5, rel=0.3)


@pytest.mark.parametrize(("grid", "deepest"), [("SI-D96", 12), ("WebMercatorQuad", 18)])
def test_past_the_deepest_tiles_we_draw_larger_ourselves(
    open_page: Callable[..., Page], watch: Watch, parcel: dict[str, Any], grid: str, deepest: int
) -> None:
    """No tile beyond the deepest zoom is asked for; canvases stay sharp, one pixel for one pixel."""
    page = open_page(at(parcel, 0.0625, f"&grid={grid}"))
    zooms = {int(found[1]) for url in watch.requests if (found := re.search(r"/(\d+)/\d+/\d+\.mvt", url))}

    assert zooms == {deepest}
    assert page.evaluate("document.querySelector('canvas.leaflet-tile').width") == 256
    assert colours_on_map(page) > 3


def test_retina_canvases_have_at_most_two_pixels_for_one(
    open_page: Callable[..., Page], parcel: dict[str, Any]
) -> None:
    """Three device pixels for one would cost more than anybody sees."""
    page = open_page(at(parcel, 0.5), device_scale_factor=3, viewport={"width": 800, "height": 600})

    assert page.evaluate("document.querySelector('canvas.leaflet-tile').width") == 512


def test_switching_a_layer_redraws_without_a_request(
    open_page: Callable[..., Page], watch: Watch, parcel: dict[str, Any]
) -> None:
    """Zoning is switched off and on again from the tiles that are there, and the address says so."""
    page = open_page(at(parcel, 0.5, "&theme=planning"))
    drawn, asked = colours_on_map(page), watch.tiles()

    page.click("[data-layer=zoning] .layer__label")
    page.wait_for_timeout(600)
    without = colours_on_map(page)
    page_address = page.url
    page.click("[data-layer=zoning] .layer__label")
    page.wait_for_timeout(600)

    assert without < drawn
    assert colours_on_map(page) == drawn
    assert "off=zoning" in page_address
    assert watch.tiles() == asked


def test_opacity_is_drawn_and_kept_in_the_address(
    open_page: Callable[..., Page], parcel: dict[str, Any]
) -> None:
    """A slider makes a layer see-through; the address carries the share."""
    page = open_page(at(parcel, 0.5, "&theme=planning"))
    page.click("[data-layer=zoning] .layer__summary")

    page.locator("[data-layer=zoning] .layer__slider").fill("40")
    page.wait_for_timeout(600)

    assert "opacity=zoning:0.4" in page.url
    assert page.inner_text("[data-layer=zoning] .layer__percent").startswith("40")


def test_layer_out_of_scale_says_from_where_it_shows(open_page: Callable[..., Page]) -> None:
    """From afar parcels are not drawn, and the list says at which scale they are."""
    page = open_page()
    page.evaluate("document.querySelector('#map').focus()")
    for _ in range(3):
        page.keyboard.press("-")
        page.wait_for_timeout(500)

    hint = page.locator("[data-layer=parcels] .layer__hint:not([hidden])")

    assert "Vidno od merila 1 :" in hint.inner_text()


def test_scale_bar_is_true_on_the_ground(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """Bar length times metres per pixel is what the bar says, in Web Mercator too."""
    for grid in ("SI-D96", "WebMercatorQuad"):
        page = open_page(at(parcel, 0.5, f"&grid={grid}"))
        text = page.inner_text(".scale-bar__text")
        width = page.evaluate("document.querySelector('.scale-bar__line').getBoundingClientRect().width")

        assert width * view_of(page)["mpp"] == pytest.approx(float(text.split()[0]), rel=0.02)


def test_themes_swap_layers_and_back_returns(open_page: Callable[..., Page]) -> None:
    """Another theme brings its own layers and tiles; the browser's back brings the first again."""
    page = open_page("/?theme=cadastre")

    page.click("label:has([value=infrastructure])")
    wait_for_tiles(page)
    utilities = page.locator(".layer[data-layer=water]").count()
    page.go_back()
    wait_for_tiles(page)

    assert utilities == 1
    assert page.locator(".layer[data-layer=water]").count() == 0
    assert page.locator("input[value=cadastre]").is_checked()


def test_labels_are_drawn_from_near_only(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """Parcel numbers stand on the label canvas from near and are gone from afar."""
    near = ink_of_labels(open_page(at(parcel, 0.25, "&theme=cadastre")))
    far = ink_of_labels(open_page(at(parcel, 4, "&theme=cadastre")))

    assert near > 500
    assert far < near / 5


def ink_of_labels(page: Page) -> int:
    """How many pixels of the label canvas are drawn on."""
    page.wait_for_timeout(300)
    return int(
        page.evaluate(
            """() => {
                const canvas = document.querySelector('.leaflet-labels-pane canvas');
                const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                let count = 0;
                for (let at = 3; at < pixels.length; at += 4) if (pixels[at] > 0) count += 1;
                return count;
            }"""
        )
    )
