"""Tiles of small scales are drawn from geometry with less detail: much smaller, and nothing tears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from psycopg import sql

from layers.targets import BANDS

if TYPE_CHECKING:
    from tests.tiles.conftest import Workshop

pytestmark = pytest.mark.database

WEST, SOUTH, SIDE, FIELDS = 507_000.0, 136_000.0, 200.0, 6
MIDDLE = (WEST + SIDE * FIELDS / 2, SOUTH + SIDE * FIELDS / 2)
# The zoom of each grid that shows about 16 m per pixel there: the band of 8 m.
COARSE = {"SI-D96": 6, "WebMercatorQuad": 12}
FINE = {"SI-D96": 9, "WebMercatorQuad": 15}


@pytest.fixture(scope="module")
def fields() -> list[shapely.Polygon]:
    """36 fields whose borders wind by a metre every ten, each vertex of a border in both its fields."""
    steps = 40
    bends = np.random.default_rng(3).normal(0, 1.0, (FIELDS * steps + 1, FIELDS * steps + 1, 2))

    def corner(column: int, row: int) -> tuple[float, float]:
        x, y = bends[column, row]
        return (WEST + column * SIDE / steps + float(x), SOUTH + row * SIDE / steps + float(y))

    def field(column: int, row: int) -> shapely.Polygon:
        west, south, east, north = (steps * each for each in (column, row, column + 1, row + 1))
        ring = [corner(x, south) for x in range(west, east)] + [corner(east, y) for y in range(south, north)]
        ring += [corner(x, north) for x in range(east, west, -1)]
        ring += [corner(west, y) for y in range(north, south, -1)]
        return shapely.Polygon(ring)

    return [field(column, row) for row in range(FIELDS) for column in range(FIELDS)]


@pytest.fixture(scope="module")
def workshop(shared_workshop: Workshop, fields: list[shapely.Polygon]) -> Workshop:
    """With the fields as layer `a`."""
    shared_workshop.publish("a", fields)
    return shared_workshop


def source_at(workshop: Workshop, grid: str, zoom: int) -> Any:
    """The recipe for tiles of the layer."""
    return workshop.service.find_source(workshop.catalogue.find("a"), workshop.grids[grid], zoom)


def features_at(workshop: Workshop, grid: str, zoom: int) -> dict[int, Any]:
    """The features of the tile in the middle by id, as shapes in tile units."""
    tile = workshop.tile_at("a", grid, zoom, MIDDLE)["a"]
    return {each["id"]: shapely.geometry.shape(each["geometry"]) for each in tile["features"]}


def vertices(shapes: dict[int, Any]) -> int:
    """How many there are in all."""
    return int(shapely.get_num_coordinates(list(shapes.values())).sum())


@pytest.mark.parametrize("grid", ["SI-D96", "WebMercatorQuad"])
def test_the_band_belongs_to_the_scale(workshop: Workshop, grid: str) -> None:
    """Each tile takes the coarsest band that is no coarser than the map; detailed ones the geometry itself."""
    zooms = range(workshop.grids[grid].max_tile_zoom + 1)

    for zoom in zooms:
        source = source_at(workshop, grid, zoom)
        bands = [band for band in BANDS if band <= source.finest_resolution * 1.01]
        wanted = f"_geom_{source.srid}_{bands[-1]}m" if bands else None
        assert source.coarse == wanted

    assert source_at(workshop, grid, COARSE[grid]).coarse is not None
    assert source_at(workshop, grid, FINE[grid]).coarse is None


@pytest.mark.parametrize("grid", ["SI-D96", "WebMercatorQuad"])
def test_borders_stay_shared(workshop: Workshop, grid: str) -> None:
    """In the tile the fields cover the ground once: no gap and no overlap wider than rounding leaves."""
    shapes = features_at(workshop, grid, COARSE[grid])

    land = shapely.union_all([shape.buffer(0.75) for shape in shapes.values()])
    assert len(shapes) == FIELDS * FIELDS
    assert land.geom_type == "Polygon"
    assert not land.interiors
    twice = sum(shape.area for shape in shapes.values()) - shapely.union_all(list(shapes.values())).area
    assert abs(twice) < 0.001 * land.area


@pytest.mark.parametrize("grid", ["SI-D96", "WebMercatorQuad"])
def test_a_coarse_tile_is_near_the_shapes_it_shows(
    workshop: Workshop, grid: str, fields: list[shapely.Polygon]
) -> None:
    """No border is further off than half a pixel, and there is much less to draw and to read."""
    zoom = COARSE[grid]
    found = workshop.tile_at("a", grid, zoom, MIDDLE)["a"]["features"]
    pixel = source_at(workshop, grid, zoom).ground_resolution

    for each in found:
        drawn = workshop.on_ground(each["geometry"], grid, zoom, MIDDLE)
        assert shapely.hausdorff_distance(drawn, fields[each["id"] - 1]) < pixel / 2
    assert vertices(features_at(workshop, grid, zoom)) < sum(map(shapely.get_num_coordinates, fields)) / 2


def test_both_grids_show_the_same(workshop: Workshop) -> None:
    """The same features, in the same order."""
    ids = [list(features_at(workshop, grid, zoom)) for grid, zoom in COARSE.items()]

    assert ids[0] == ids[1]


def test_versions_of_before_are_drawn_as_they_are(make_workshop: Any, fields: list[shapely.Polygon]) -> None:
    """A version without bands, loaded before there were any, is drawn from its own geometry."""
    before: Workshop = make_workshop()
    before.publish("a", fields[:4])
    table = sql.Identifier("data", before.table_name("a"))
    with before.database.loading() as connection:
        connection.execute("UPDATE catalogue.layer_version SET bands = '{}'")
        for band in BANDS:
            column = sql.Identifier(f"_geom_3857_{band}m")
            connection.execute(sql.SQL("ALTER TABLE {} DROP COLUMN {}").format(table, column))
    workshop: Workshop = make_workshop()

    assert source_at(workshop, "WebMercatorQuad", 12).coarse is None
    assert len(features_at(workshop, "WebMercatorQuad", 12)) == 4
