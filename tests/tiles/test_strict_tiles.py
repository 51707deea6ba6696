"""Every tile keeps every rule of MVT 2.1, whatever the shapes are, in both grids and at all zooms."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from gis import crs
from gis.geometry import transform_geometry
from tests.tiles.nasty_shapes import nasty_lines, nasty_polygons
from tests.tiles.strict_reading import read_strictly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tiles.strict_reading import StrictFeature

pytestmark = pytest.mark.database

# A corner where four tiles of SI-D96 meet, at every zoom from 8 on.
HERE = (508240.0, 135488.0)
GRIDS = ["WebMercatorQuad", "SI-D96"]
LABELLED = {"label": {"column": "name", "max_metres_per_pixel": 200}}


@pytest.fixture(scope="module")
def workshop(shared_workshop: Any) -> Any:
    """One database for all tests of this file."""
    return shared_workshop


def _tiles(workshop: Any, name: str, grid_id: str, z: int) -> Iterator[dict[str, list[StrictFeature]]]:
    """Every tile of a zoom that the layer reaches, read strictly."""
    grid = workshop.grids[grid_id]
    box = crs.transform_envelope(workshop.catalogue.find(name).native_extent, grid.srid)
    first_x, first_y, last_x, last_y = grid.tile_range(z, box)
    for x, y in itertools.product(range(first_x, last_x + 1), range(first_y, last_y + 1)):
        response = workshop.client.get(f"/tiles/{name}/{grid_id}/{z}/{x}/{y}.mvt")
        yield read_strictly(response.data)


@pytest.mark.parametrize("grid_id", GRIDS)
def test_nasty_polygons_keep_the_rules(workshop: Any, grid_id: str) -> None:
    """Slivers, islands, sieves and hairlines are valid and wound right wherever they are shown."""
    workshop.publish("a", list(nasty_polygons(*HERE).values()), style=LABELLED)
    grid = workshop.grids[grid_id]

    shown = {
        z: {feature.id for tile in _tiles(workshop, "a", grid_id, z) for feature in tile.get("a", [])}
        for z in range(grid.max_tile_zoom + 1)
    }

    names = list(nasty_polygons(*HERE))
    assert shown[grid.max_tile_zoom] == set(range(1, len(names) + 1))


@pytest.mark.parametrize("grid_id", GRIDS)
def test_nasty_lines_keep_the_rules(workshop: Any, grid_id: str) -> None:
    """Lines that rounding would make points of are shown at the deepest zoom all the same."""
    workshop.publish("b", list(nasty_lines(*HERE).values()), kind="line", style=LABELLED)
    grid = workshop.grids[grid_id]

    shown = {
        z: {feature.id for tile in _tiles(workshop, "b", grid_id, z) for feature in tile.get("b", [])}
        for z in range(grid.max_tile_zoom + 1)
    }

    assert shown[grid.max_tile_zoom] == set(range(1, len(nasty_lines(*HERE)) + 1))


@pytest.mark.parametrize("grid_id", GRIDS)
@pytest.mark.parametrize("levels", [0, 2])
def test_line_that_comes_back_keeps_its_branches(workshop: Any, grid_id: str, levels: int) -> None:
    """A pipe drawn out to its end and back to where it began is there whole, within a unit and a half."""
    line = nasty_lines(*HERE)["there and back"]
    workshop.publish("b", [line], kind="line")
    grid = workshop.grids[grid_id]
    z = grid.max_tile_zoom - levels
    span = grid.resolution(z) * grid.tile_size
    end = transform_geometry(shapely.Point(line.coords[2]), 3794, grid.srid)
    x, y = grid.tile_at(z, end.x, end.y)
    box = grid.tile_envelope(z, x, y)

    response = workshop.client.get(f"/tiles/b/{grid_id}/{z}/{x}/{y}.mvt")
    (feature,) = read_strictly(response.data)["b"]

    tip = shapely.Point((end.x - box.west) / span * 4096, (box.north - end.y) / span * 4096)
    assert feature.geometry.distance(tip) < 1.5
