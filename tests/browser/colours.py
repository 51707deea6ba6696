"""How tests look at maps as pictures: our canvas, MapLibre's, and the swatches of the legend."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from gis import crs
from tests.browser.looking import wait_for_tiles
from tiles.grid import built_in_grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

Pixels = np.ndarray[Any, np.dtype[np.float64]]

QUAD = built_in_grid("WebMercatorQuad")
# A page of another site that shows `style lon lat zoom` of its address, without labels when `bare` follows.
BOARD_FILES = {
    "board.html": """<!doctype html><html lang="sl"><meta charset="utf-8"><title>Board</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/maplibre/maplibre-gl.css">
<link rel="stylesheet" href="/board.css"><body><div id="map"></div>
<script type="module" src="/board.js"></script>""",
    "board.css": "body { margin: 0 } #map { position: fixed; inset: 0 }",
    "board.js": """
import { Map } from '/maplibre/maplibre-gl.mjs';
const [style, lon, lat, zoom, bare] = decodeURIComponent(location.hash.slice(1)).split(' ');
const map = new Map({
  container: 'map', style, center: [Number(lon), Number(lat)], zoom: Number(zoom),
  fadeDuration: 0, interactive: false, attributionControl: false,
});
map.on('load', () => {
  const labels = bare ? map.getStyle().layers.filter(({ type }) => type === 'symbol') : [];
  for (const { id } of labels) map.removeLayer(id);
});
map.on('idle', () => { document.body.dataset.state = 'idle'; });
window.go = (center) => {
  delete document.body.dataset.state;
  map.jumpTo({ center });
};
""",
}


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
        """See the window around a place of the portal's CRS, so many pixels to each side."""
        return see(self.window(at, reach), self.ground)

    def window(self, at: tuple[float, float], reach: tuple[int, int]) -> Pixels:
        """Cut out the window around a place."""
        x, y = crs.transform(crs.D96, crs.WEB_MERCATOR, *at)
        column = self.pixels.shape[1] / 2 + (x - self.middle[0]) / self.resolution
        row = self.pixels.shape[0] / 2 - (y - self.middle[1]) / self.resolution
        across, down = reach
        return self.pixels[
            round(row) - down : round(row) + down, round(column) - across : round(column) + across
        ]


def see(window: Pixels, ground: Pixels) -> Look:
    """Look at rows × columns × RGB."""
    colours = window.reshape(-1, 3)
    ink = colours[np.argmax(np.linalg.norm(colours - ground, axis=1))]
    upper, _, lower = np.array_split(window, 3)
    means = np.array([part.reshape(-1, 3).mean(axis=0) for part in (window, upper, lower)])
    falling = np.abs(window[2:, 2:] - window[:-2, :-2]).mean()
    rising = np.abs(window[:-2, 2:] - window[2:, :-2]).mean()
    return Look(ink, means, float(falling - rising))


def take_picture(page: Page, ground: Pixels, at: tuple[float, float], zoom: int) -> Picture:
    """The map of a page as it is seen; `at` is the place of the portal's CRS in its middle."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    image = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
    x, y = crs.transform(crs.D96, crs.WEB_MERCATOR, *at)
    resolution = QUAD.resolution(zoom) * box["width"] / image.width
    return Picture(np.asarray(image, dtype=float), ground, (float(x), float(y)), resolution)


def draw_in_viewer(
    new_page: Callable[[str], Page], portal: str, at: tuple[float, float], zoom: int, *, query: str = ""
) -> tuple[Page, Picture]:
    """A place as our own canvas draws it; without labels when a query says what to draw."""
    x, y = crs.transform(crs.D96, crs.WEB_MERCATOR, *at)
    mpp = QUAD.ground_resolution(zoom, (float(x), float(y)))
    page = new_page(f"{portal}/embed?grid=WebMercatorQuad&at={at[0]},{at[1]}&mpp={mpp}{query}")
    page.wait_for_selector("body.is-ready")
    wait_for_tiles(page)
    if query:
        page.evaluate("document.querySelector('.leaflet-labels-pane').style.display = 'none'")
    return page, take_picture(page, read_ground(page), at, zoom)


def board_address(site: str, style: str, at: tuple[float, float], zoom: int) -> str:
    """Where a site with `BOARD_FILES` shows a style at a place. MapLibre's zoom counts tiles of 512 pixels."""
    lon, lat = crs.transform(crs.D96, crs.WGS84, *at)
    return f"{site}/board.html#{style}%20{lon}%20{lat}%20{zoom - 1}"


def open_maplibre(new_page: Callable[[str], Page], address: str, ground: Pixels) -> Page:
    """The page at a `board_address`, drawn over a ground."""
    page = new_page(address)
    colour = f"rgb({','.join(map(str, ground))})"
    page.evaluate("(colour) => { document.querySelector('#map').style.background = colour }", colour)
    page.wait_for_selector("body[data-state=idle]", state="attached")
    return page


def read_ground(page: Page) -> Pixels:
    """The colour below everything."""
    text = page.evaluate("getComputedStyle(document.querySelector('#map')).backgroundColor")
    return np.array([float(part) for part in text.removeprefix("rgb(").removesuffix(")").split(",")])


def read_legend(page: Page, ground: Pixels, *, whole: bool = False) -> dict[tuple[str, str | None], Look]:
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
                    found.push([layer.id, value, [...context.getImageData(0, 0, 56, 36).data]]);
                }
            }
            return found;
        }""",
        ground.tolist(),
    )
    looks = {}
    for layer, value, flat in entries:
        swatch = np.array(flat, dtype=float).reshape(36, 56, 4)[:, :, :3]
        looks[layer, value] = see(swatch if whole else swatch[10:26, 14:42], ground)
    return looks
