"""A portal with three layers in a database of its own, and what prints its sheets."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import shapely

from gis.database import Database
from tests.tiles.conftest import Workshop, build_workshop
from viewer.assets import read_assets
from viewer.paper.printing import ParcelPrinter
from viewer.printing.request import SheetRequest, parse_sheet_request
from viewer.printing.sheets import MapSheets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gis.cluster import EmbeddedCluster
    from viewer.paper.order import PaperOrder

ROOT = "https://karta.example.si"
EAST, NORTH = 508_000.0, 136_000.0
BASE_MAP = {
    "id": "photo",
    "title": {"sl": "Ortofoto", "en": "Orthophoto"},
    "kind": "xyz",
    "url": "https://tiles.example.si/{z}/{x}/{y}.png",
    "attribution": {"sl": "GURS"},
}


def box(width: float, height: float, *, east: float = 0.0, north: float = 0.0) -> shapely.Polygon:
    """A rectangle in metres whose middle is so far from the middle of the sheet."""
    x, y = EAST + east, NORTH + north
    return shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


@pytest.fixture(scope="module")
def workshop(cluster: EmbeddedCluster, _copy_template: Callable[[], str]) -> Iterator[Workshop]:
    """What publishes layers for the tests of one file; the theme draws a, b and c, from the bottom upwards."""
    database = Database(cluster.urls(_copy_template()))
    yield build_workshop(database, base_maps=[BASE_MAP])
    database.dispose()


@pytest.fixture(scope="module")
def printer(workshop: Workshop) -> Iterator[ParcelPrinter]:
    """What carries orders out."""
    with closing(ParcelPrinter(workshop.portal, read_assets(""))) as made:
        yield made


@pytest.fixture
def sheets(workshop: Workshop, printer: ParcelPrinter) -> MapSheets:
    """What prints the portal's views."""
    return MapSheets(workshop.portal, workshop.catalogue, workshop.database, printer, read_assets(""))


@pytest.fixture
def ask(workshop: Workshop, sheets: MapSheets) -> Callable[..., SheetRequest]:
    """What parameters ask for, around the middle unless they say otherwise."""

    def parse(given: Mapping[str, str]) -> SheetRequest:
        return parse_sheet_request({"at": f"{EAST},{NORTH}", **given}, workshop.portal, sheets.known_layers())

    return parse


@pytest.fixture
def order(sheets: MapSheets, ask: Callable[..., SheetRequest]) -> Callable[..., PaperOrder]:
    """The order of a sheet with these parameters."""
    return lambda **given: sheets.build_order(ask(given), given.items(), ROOT)
