"""One neutral style, three drawings: legend, our canvas and MapLibre show the same colours alike."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from gis import crs
from gis.database import Database
from gis.settings import Settings
from layers.portal import read_portal
from prostor.app import DATABASE, create_app
from prostor.sample import import_missing_layers
from tests.browser.every_feature import (
    CENTRE,
    NAME_COLOUR,
    NAMES,
    Square,
    list_squares,
    place_of_name,
    write_portal,
)
from tests.browser.looking import Watch, wait_for_tiles
from tests.browser.maplibre_site import launch_webgl, make_site
from tests.browser.serving import serving
from tiles.grid import built_in_grid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.database]

Pixels = np.ndarray[Any, np.dtype[np.float64]]

QUAD = built_in_grid("WebMercatorQuad")
ZOOM = 17
SIZE = {"width": 1000, "height": 460}
BOARD_JS = """
import { Map } from '/maplibre/maplibre-gl.mjs';
const [style, lon, lat, zoom] = decodeURIComponent(location.hash.slice(1)).split(' ');
window.map = new Map({
  container: 'map', style, center: [Number(lon), Number(lat)], zoom: Number(zoom),
  fadeDuration: 0, interactive: false, attributionControl: false,
});
window.map.on('idle', () => { document.body.dataset.state = 'idle'; });
"""
BOARD_CSS = "body { margin: 0 } #map { position: fixed; inset: 0; background: #f3f1ea }"
BOARD_HTML = """<!doctype html><html lang="sl"><meta charset="utf-8"><title>Board</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/maplibre/maplibre-gl.css">
<link rel="stylesheet" href="/board.css"><body><div id="map"></div>
<script type="module" src="/board.js"></script>"""


@dataclass(frozen=True)
class Look:
    """What a small window of a picture shows.

    `ink` is the colour farthest from the ground, `means` those of the whole, the upper and the lower third, and
    `slant` says by how much more it changes along falling lines than along rising ones: how a hatch leans.
    """

    ink: Pixels
    means: Pixels
    slant: float


@dataclass(frozen=True)
class Picture:
    """A drawing of the board: RGB, and the point of EPSG:3857 that is in its middle."""

    pixels: Pixels
    ground: Pixels
    middle: tuple[float, float]
    resolution: float

    def look(self, at: tuple[float, float], reach: tuple[int, int]) -> Look:
        """The window around a place of the portal's CRS, so many pixels to each side."""
        x, y = crs.transform(crs.D96, crs.WEB_MERCATOR, *at)
        column = self.pixels.shape[1] / 2 + (x - self.middle[0]) / self.resolution
        row = self.pixels.shape[0] / 2 - (y - self.middle[1]) / self.resolution
        across, down = reach
        window = self.pixels[
            round(row) - down : round(row) + down, round(column) - across : round(column) + across
        ]
        return see(window, self.ground)


def see(window: Pixels, ground: Pixels) -> Look:
    """Look at rows × columns × RGB."""
    colours = window.reshape(-1, 3)
    ink = colours[np.argmax(np.linalg.norm(colours - ground, axis=1))]
    upper, _, lower = np.array_split(window, 3)
    means = np.array([part.reshape(-1, 3).mean(axis=0) for part in (window, upper, lower)])
    falling = np.abs(window[2:, 2:] - window[:-2, :-2]).mean()
    rising = np.abs(window[:-2, 2:] - window[2:, :-2]).mean()
    return Look(ink, means, float(falling - rising))


def take_picture(page: Page, ground: Pixels, middle: tuple[float, float], zoom: int) -> Picture:
    """The map of a page as it is seen."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    image = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
    return Picture(np.asarray(image, dtype=float), ground, middle, QUAD.resolution(zoom))


@pytest.fixture(scope="module")
def board(
    cluster: Any, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where a service answers whose layers use everything that a style can say."""
    home = tmp_path_factory.mktemp("board")
    write_portal(home / "portal")
    database = Database(cluster.urls(_copy_template()))
    import_missing_layers(database, read_portal(home / "portal"), home, lambda _: None)
    app = create_app(Settings(home=home, portal=home / "portal"), database.urls)
    with serving(app) as address:
        yield address
    app.extensions[DATABASE].dispose()
    database.dispose()


@pytest.fixture(scope="module")
def webgl() -> Iterator[Browser]:
    """A browser with WebGL."""
    yield from launch_webgl()


@pytest.fixture
def new_page(webgl: Browser, watch: Watch) -> Iterator[Callable[[str], Page]]:
    """Opens watched pages of the size of the board."""
    context = webgl.new_context(viewport=SIZE)
    context.set_default_timeout(15_000)

    def open_page(address: str) -> Page:
        page = context.new_page()
        watch.follow(page)
        page.goto(address)
        return page

    yield open_page
    context.close()


@pytest.fixture
def board_site(board: str) -> Iterator[str]:
    """A site that shows the style named in its address."""
    files = {"board.html": BOARD_HTML, "board.js": BOARD_JS, "board.css": BOARD_CSS}
    policy = f"default-src 'self'; img-src 'self' data: {board}; connect-src {board}"
    with serving(make_site(files, policy)) as address:
        yield address


def draw_in_viewer(new_page: Callable[[str], Page], board: str) -> tuple[Page, Picture]:
    """The board as our own canvas draws it."""
    mpp = QUAD.ground_resolution(ZOOM, middle())
    page = new_page(f"{board}/embed?grid=WebMercatorQuad&at={CENTRE[0]},{CENTRE[1]}&mpp={mpp}")
    page.wait_for_selector("body.is-ready")
    wait_for_tiles(page)
    return page, take_picture(page, read_ground(page), middle(), ZOOM)


def draw_with_maplibre(new_page: Callable[[str], Page], site: str, style: str, ground: Pixels) -> Picture:
    """The board as MapLibre draws it; its zoom counts tiles of 512 pixels."""
    lon, lat = crs.transform(crs.D96, crs.WGS84, *CENTRE)
    page = new_page(f"{site}/board.html#{style}%20{lon}%20{lat}%20{ZOOM - 1}")
    page.evaluate(
        "(colour) => { document.querySelector('#map').style.background = colour }",
        f"rgb({','.join(map(str, ground))})",
    )
    page.wait_for_selector("body[data-state=idle]", state="attached")
    return take_picture(page, ground, middle(), ZOOM)


def middle() -> tuple[float, float]:
    """The middle of the board in EPSG:3857."""
    x, y = crs.transform(crs.D96, crs.WEB_MERCATOR, *CENTRE)
    return (float(x), float(y))


def read_ground(page: Page) -> Pixels:
    """The colour below everything."""
    text = page.evaluate("getComputedStyle(document.querySelector('#map')).backgroundColor")
    return np.array([float(part) for part in text.removeprefix("rgb(").removesuffix(")").split(",")])


def read_legend(page: Page, ground: Pixels) -> dict[tuple[str, str | None], Look]:
    """The swatches that the page has, by layer and class, drawn on the same ground."""
    entries = page.evaluate(
        """async (ground) => {
            const { layers } = JSON.parse(document.querySelector('#configuration').textContent);
            const canvas = new OffscreenCanvas(56, 36);
            const context = canvas.getContext('2d', { willReadFrequently: true });
            const found = [];
            for (const layer of Object.values(layers)) {
                for (const { value, swatch } of layer.legend) {
                    const image = new Image(56, 36);
                    image.src = swatch;
                    await image.decode();
                    context.fillStyle = `rgb(${ground})`;
                    context.fillRect(0, 0, 56, 36);
                    context.drawImage(image, 0, 0, 56, 36);
                    found.push([layer.id, value, [...context.getImageData(14, 10, 28, 16).data]]);
                }
            }
            return found;
        }""",
        ground.tolist(),
    )
    looks = {}
    for layer, value, flat in entries:
        looks[layer, value] = see(np.array(flat, dtype=float).reshape(16, 28, 4)[:, :, :3], ground)
    return looks


# How far the window around a place reaches, in pixels: inside of zones, around lines and points.
REACH = {"zones": (40, 40), "pipes": (40, 24), "signs": (20, 20)}
# Of 255: the same colour, give or take rounding; and as much of it, give or take smoothed edges. A hatch that
# leans the other way has a slant of the other sign, and those of the board are of 40 and more.
SAME_COLOUR, SAME_AMOUNT, SAME_SLANT = 3, 7, 20


def test_legend_canvas_and_maplibre_agree(new_page: Callable[[str], Page], board: str, board_site: str) -> None:
    """Fills, hatches, dashes, offsets, opacities, prefix classes and points have the same colours."""
    page, canvas = draw_in_viewer(new_page, board)
    legend = read_legend(page, canvas.ground)
    maplibre = draw_with_maplibre(new_page, board_site, f"{board}/tiles/board/style.json", canvas.ground)

    faults = [fault for square in list_squares() for fault in compare(square, canvas, maplibre, legend)]

    assert faults == []


def test_texts_stand_where_they_fit(new_page: Callable[[str], Page], board: str, board_site: str) -> None:
    """A text with č, š and ž is written in its shape, and one too long for its shape by neither."""
    _, canvas = draw_in_viewer(new_page, board)
    maplibre = draw_with_maplibre(new_page, board_site, f"{board}/tiles/names/style.json", canvas.ground)
    fitting, too_long = (place_of_name(name) for name in NAMES)

    for picture in (canvas, maplibre):
        written = picture.look(fitting, (45, 10))
        assert np.abs(written.ink - NAME_COLOUR).max() <= 40
        assert np.linalg.norm(written.means[0] - picture.ground) > 20
        assert np.array_equal(picture.look(too_long, (45, 10)).ink, picture.ground)


def compare(
    square: Square, canvas: Picture, maplibre: Picture, legend: dict[tuple[str, str | None], Look]
) -> Iterator[str]:
    """What differs in one square of the board."""
    place, reach = (square.east, square.north), REACH[square.layer]
    ours, theirs = canvas.look(place, reach), maplibre.look(place, reach)
    swatch = legend[square.layer, square.class_value]
    for name, one, other, tolerance in (
        ("legend and canvas", swatch.ink, ours.ink, SAME_COLOUR),
        ("legend and MapLibre", swatch.ink, theirs.ink, SAME_COLOUR),
        ("amounts in canvas and MapLibre", ours.means, theirs.means, SAME_AMOUNT),
        ("slants in canvas and MapLibre", ours.slant, theirs.slant, SAME_SLANT),
    ):
        if np.max(np.abs(one - other)) > tolerance:
            yield f"{square.layer} {square.value}, {name}: {np.round(one)} and {np.round(other)}"
