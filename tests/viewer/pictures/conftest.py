"""A portal with three layers in a database of its own, and what makes pictures of them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from PIL import Image

from gis.database import Database
from gis.workers import WorkerLimits
from tests.tiles.conftest import Workshop, build_workshop
from tiles.picture_store import PictureStore
from tiles.rendering.service import MapPainter
from viewer.pictures.pictures import Picture, Pictures
from viewer.pictures.request import parse_picture_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gis.cluster import EmbeddedCluster
    from viewer.printing.reading import ReadingLimits

EAST, NORTH = 508_000.0, 136_000.0
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def workshop(cluster: EmbeddedCluster, _copy_template: Callable[[], str]) -> Iterator[Workshop]:
    """What publishes layers for the tests of one file; the theme draws a, b and c, from the bottom upwards."""
    database = Database(cluster.urls(_copy_template()))
    yield build_workshop(database)
    database.dispose()


@pytest.fixture(scope="module")
def painter() -> Iterator[MapPainter]:
    """What draws."""
    made = MapPainter(WorkerLimits(seconds=60))
    yield made
    made.close()


@pytest.fixture
def make_pictures(workshop: Workshop, painter: MapPainter, tmp_path: Path) -> Callable[..., Pictures]:
    """Makes what another process would have: the same disk, nothing in memory."""

    def make(limits: ReadingLimits | None = None) -> Pictures:
        store = PictureStore(tmp_path / "pictures", MEGABYTE)
        look = workshop.service.look_after(store)
        more: dict[str, Any] = {"limits": limits} if limits else {}
        return Pictures(workshop.portal, workshop.catalogue, workshop.database, painter, store, look, **more)

    return make


@pytest.fixture
def pictures(make_pictures: Callable[..., Pictures]) -> Pictures:
    """What makes pictures."""
    return make_pictures()


@pytest.fixture
def picture(workshop: Workshop) -> Callable[..., Picture]:
    """A picture with these parameters, around the middle unless they say otherwise."""

    def make(pictures: Pictures, **given: str) -> Picture:
        asked = {"at": f"{EAST},{NORTH}", "mpp": "0.5", "width": "400", "height": "300", **given}
        parsed = parse_picture_request(asked, workshop.portal, pictures.known_layers())
        return pictures.make(parsed, asked.items())

    return make


def box(width: float, height: float, *, east: float = 0.0, north: float = 0.0) -> shapely.Polygon:
    """A rectangle in metres whose middle is so far from the middle of the picture."""
    x, y = EAST + east, NORTH + north
    return shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def pixels(content: bytes) -> Any:
    """Colours by row and column."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


def find(content: bytes, colour: str, *, tolerance: int = 12) -> tuple[int, int, int, int] | None:
    """West, north, east and south of all pixels of a colour, in pixels; None when there are none."""
    wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    rows, columns = np.nonzero((np.abs(pixels(content) - wanted) <= tolerance).all(axis=2))
    if not len(rows):
        return None
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
