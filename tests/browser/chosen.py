"""Parcels for tests of the selecting: one in the town, its neighbours, and where on the screen they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shapely.geometry import shape

from gis import crs

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from playwright.sync_api import Page

METRES_PER_PIXEL = 0.25


@dataclass(frozen=True)
class Plot:
    """A parcel of the sample: its name, a point inside it in the portal's CRS, and both areas."""

    ko: str
    number: str
    east: float
    north: float
    registered_m2: float
    drawn_m2: float

    @property
    def name(self) -> str:
        """As tables say it."""
        return f"{self.ko} {self.number}"

    @property
    def written(self) -> str:
        """As links write one parcel alone."""
        return f"{self.ko}:{self.number}"


def read_plots(client: FlaskClient, **question: str) -> list[Plot]:
    """What `/parcels/select` answers."""
    answer = client.get("/parcels/select", query_string=question).get_json(force=True)
    return [build_plot(feature) for feature in answer["features"]]


def build_plot(feature: dict[str, Any]) -> Plot:
    """One feature of the answer."""
    inside = shape(feature["geometry"]).representative_point()
    east, north = crs.transform(crs.WGS84, 3794, inside.x, inside.y)
    areas = (feature["registered_m2"], feature["drawn_m2"])
    return Plot(feature["ko"], feature["number"], east, north, *areas)


def link_to(plot: Plot, **more: str) -> str:
    """The viewer with the plot in the middle of the map."""
    rest = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/?theme=cadastre&at={plot.east:.1f},{plot.north:.1f}&mpp={METRES_PER_PIXEL}{rest}"


def place_of(page: Page, plot: Plot, middle: Plot) -> tuple[float, float]:
    """Where the plot is on the screen when `middle` is in the middle of the map."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2 + (plot.east - middle.east) / METRES_PER_PIXEL
    return x, box["y"] + box["height"] / 2 - (plot.north - middle.north) / METRES_PER_PIXEL


def wait_for_rows(page: Page, count: int) -> list[str]:
    """The names in the table, once it has so many rows."""
    page.wait_for_function(
        "count => document.querySelectorAll('.parcels tbody tr').length === count", arg=count
    )
    return page.locator(".parcels tbody th").all_inner_texts()


def outline_of(page: Page) -> str | None:
    """The path that outlines the selected parcels, or None."""
    path = page.locator(".leaflet-selection-pane path[fill='#d4003c']")
    return path.first.get_attribute("d") if path.count() else None
