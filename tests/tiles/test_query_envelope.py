"""The box a tile asks for holds the whole tile with its buffer, in whatever CRS the layer is stored. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pyproj.exceptions import ProjError

from gis import crs
from gis.envelope import Envelope
from layers.catalogue import PublishedLayer
from tests.tiles.conftest import make_manifest
from tiles.grid import BUILT_IN, built_in_grid
from tiles.source import TileSource
from tiles.vector import find_query_envelope

if TYPE_CHECKING:
    from collections.abc import Callable

# In and around Slovenia: transverse Mercator in three zones, Lambert conic and azimuthal equal-area.
CRSS = (3794, 3857, 32633, 25832, 31287, 3034, 3035)
DEGREES = Envelope(13.3, 45.4, 16.7, 46.9, srid=4326)


def _layer(srid: int) -> PublishedLayer:
    """A layer over the whole country, stored in one CRS and prepared for no grid."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    known: dict[str, Any] = {
        "id": "a",
        "version_id": 1,
        "number": 1,
        "token": "0" * 16,
        "table_name": "v1",
        "srid": srid,
        "manifest": make_manifest("a", style={"default": {"line": "#000000", "line_width": 20}}),
        "row_count": 1,
        "extent": DEGREES,
        "native_extent": crs.transform_envelope(DEGREES, srid),
        "state_date": date(2026, 3, 1),
        "loaded_at": now,
        "grids": (),
        "bands": (),
        "operation": "none",
        "operation_accuracy_m": None,
        "quality": {},
        "source_name": "made",
        "source_sha256": "0" * 64,
        "state": "published",
    }
    return PublishedLayer(**known)


LAYERS = {srid: _layer(srid) for srid in CRSS}


@st.composite
def _points_of_tiles(draw: Callable[..., Any]) -> tuple[TileSource, int, int, tuple[float, float]]:
    """A source, the numbers of a tile over the country, and a point of the grid in the tile or its buffer."""
    grid = built_in_grid(draw(st.sampled_from(BUILT_IN)))
    source = TileSource(
        LAYERS[draw(st.sampled_from(CRSS))], grid, draw(st.integers(0, grid.max_tile_zoom)), 1.0
    )
    lon, lat = draw(st.floats(13.4, 16.6)), draw(st.floats(45.5, 46.8))
    place = grid.tile_at(source.zoom, *crs.transform(4326, grid.srid, lon, lat))
    assert place is not None
    box = grid.tile_envelope(source.zoom, *place).grown(source.buffer * grid.unit(source.zoom))
    across, up = draw(st.floats(0, 1)), draw(st.floats(0, 1))
    return (source, *place, (box.west + across * box.width, box.south + up * box.height))


@settings(max_examples=300, deadline=None)
@given(_points_of_tiles())
def test_query_holds_every_point_of_tile_and_buffer(
    asked: tuple[TileSource, int, int, tuple[float, float]],
) -> None:
    """Where the layer has data, no point of the tile or of the stroke around it lies outside the box."""
    source, x, y, point = asked
    box = find_query_envelope(source, x, y)

    try:
        stored = crs.transform(source.grid.srid, source.srid, *point)
    except ProjError:  # the other side of the world, which a tile of zoom 0 also holds
        reject()

    assert box is not None
    assert box.srid == source.srid
    assert box.contains(*stored) or not source.layer.native_extent.contains(*stored)


@pytest.mark.parametrize("name", BUILT_IN)
def test_query_is_hardly_larger_than_the_tile(name: str) -> None:
    """In the CRS of the grid the box is the tile with its buffer, to the last bit: 160 units for 20 pixels."""
    grid = built_in_grid(name)
    srid = {"WebMercatorQuad": 3857, "SI-D96": 3794}[name]
    source = TileSource(LAYERS[srid], grid, 12, 1.0)
    x, y = grid.tile_at(12, *crs.transform(4326, srid, 15.0, 46.0))

    box = find_query_envelope(source, x, y)

    assert source.buffer == 160
    assert box == grid.tile_envelope(12, x, y).grown(160 * grid.unit(12))
