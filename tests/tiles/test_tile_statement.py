"""The statement behind a tile: that the index answers it, and that both grids hold the same."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
import shapely

from gis import crs
from gis.envelope import Envelope
from gis.prepared import Statement, read_rows
from tiles.statement import build_statement, build_values
from tiles.vector import find_query_envelope

pytestmark = pytest.mark.database

HERE = (508000.0, 136000.0)
REGION = shapely.box(507900, 135900, 508100, 136100)


@pytest.fixture(scope="module")
def workshop(shared_workshop: Any) -> Any:
    """One database for all tests of this file."""
    return shared_workshop


def _squares(count: int, *, side: float, spread: float) -> list[shapely.Polygon]:
    random = np.random.default_rng(7)
    corners = random.uniform(-spread, spread, (count, 2)) + HERE
    sides = random.uniform(side / 3, side, count)
    return [shapely.box(x, y, x + s, y + s) for (x, y), s in zip(corners, sides, strict=True)]


def _scans(plan: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Every scan of a plan: its kind and the index it uses."""
    own = [(plan["Node Type"], plan.get("Index Name"))] if "Scan" in plan["Node Type"] else []
    return own + [scan for child in plan.get("Plans", []) for scan in _scans(child)]


@pytest.mark.parametrize("grid_id", ["WebMercatorQuad", "SI-D96"])
@pytest.mark.parametrize("stored", [True, False])
def test_spatial_index_finds_the_features(workshop: Any, grid_id: str, stored: bool) -> None:
    """The features of a tile are found by the GiST index of the column, once, also when it is transformed."""
    grids = None if stored else ()
    style = {"label": {"column": "name"}}
    workshop.publish("a", _squares(3000, side=8, spread=2000), grids=grids, style=style)
    grid = workshop.grids[grid_id]
    layer = workshop.catalogue.find("a")
    source = workshop.service.find_source(layer, grid, grid.max_tile_zoom)
    x, y = grid.tile_at(grid.max_tile_zoom, *crs.transform(3794, grid.srid, *HERE))
    asked = find_query_envelope(source, x, y)

    with workshop.database.connection() as connection:
        values = build_values((source,), x, y, [asked])
        asked = build_statement((source,))
        explained = Statement(b"EXPLAIN (FORMAT JSON) " + asked.text, asked.names)
        plan = json.loads(read_rows(connection, explained, values)[0][0])[0]["Plan"]

    scans = [scan for scan in _scans(plan) if not scan[0].startswith(("CTE", "Subquery"))]
    column = "_geom_3857" if stored and grid_id == "WebMercatorQuad" else "_geom"
    assert {name for _, name in scans if name} == {f"{layer.table_name}_{column}_idx"}
    assert not [kind for kind, _ in scans if kind == "Seq Scan"]


def test_both_grids_hold_the_same(workshop: Any) -> None:
    """For the same ground, both grids have the same features with the same properties in the same order."""
    shapes = _squares(300, side=12, spread=150)
    workshop.publish("a", shapes, tiles={"columns": ["name", "code"]})
    order = workshop.order("a")
    wanted = {fid for fid in order if shapes[fid - 1].intersects(REGION)}

    mercator = _tiles_over_region(workshop, "WebMercatorQuad")
    national = _tiles_over_region(workshop, "SI-D96")

    assert len(wanted) > 50
    for tiles in (mercator, national):
        properties = {feature["id"]: feature["properties"] for tile in tiles for feature in tile}
        assert {fid: properties.get(fid) for fid in wanted} == {
            fid: {"name": str(fid), "code": fid} for fid in wanted
        }
        for tile in tiles:
            ids = [feature["id"] for feature in tile]
            assert ids == [fid for fid in order if fid in ids]


def _tiles_over_region(workshop: Any, grid_id: str) -> list[list[dict[str, Any]]]:
    """The features of every deepest tile over the region."""
    grid = workshop.grids[grid_id]
    z = grid.max_tile_zoom
    box = crs.transform_envelope(Envelope(*REGION.bounds, srid=3794), grid.srid)
    first_x, first_y, last_x, last_y = grid.tile_range(z, box)
    places = itertools.product(range(first_x, last_x + 1), range(first_y, last_y + 1))
    tiles = [workshop.tile("a", grid_id, z, x, y) for x, y in places]
    return [tile["a"]["features"] for tile in tiles if tile]
