"""Tiles for clients that draw them 512 pixels wide and at every scale between two zooms, as MapLibre does."""

from __future__ import annotations

from typing import Any

import morecantile
import orjson
import pytest
import shapely

from gis import crs
from gis.errors import ConfigurationError
from layers.style import ScaleRange
from tests.tiles.conftest import make_portal
from tiles.grid import built_in_grid, read_grids

HERE = (508000.0, 136000.0)
QUAD = built_in_grid("WebMercatorQuad")


@pytest.fixture(scope="module")
def workshop(shared_workshop: Any) -> Any:
    """One database for the tests of this file."""
    return shared_workshop


def tile_here(workshop: Any, grid: str, z: int) -> Any:
    """The decoded tile of layer a that holds `HERE`: both grids count the same squares."""
    x, y = crs.transform(3794, 3857, *HERE)
    place = QUAD.tile_at(z, x, y)
    assert place is not None
    return workshop.tile("a", grid, z, *place)


def test_doubled_grid_covers_the_same_squares() -> None:
    """Each tile is the same square in the same units, with pixels half as large."""
    doubled = QUAD.doubled()

    assert doubled.tile_envelope(14, 8900, 5800) == QUAD.tile_envelope(14, 8900, 5800)
    assert doubled.unit(14) == QUAD.unit(14)
    assert doubled.resolution(14) == QUAD.resolution(15)


@pytest.mark.database
def test_doubled_grid_is_published_under_its_name(workshop: Any) -> None:
    """Whoever meets the name in an address finds a TileMatrixSet that morecantile reads."""
    document = workshop.client.get("/ogc/tileMatrixSets/WebMercatorQuad512").json

    read = morecantile.TileMatrixSet.model_validate(document)

    assert (read.id, read.tileMatrices[3].tileWidth) == ("WebMercatorQuad512", 512)
    assert read.tileMatrices[3].cellSize == pytest.approx(QUAD.resolution(4))


@pytest.mark.database
@pytest.mark.parametrize(("least", "most"), [(0, 1.7), (5, 40), (0.9, 1.1)])
def test_tiles_hold_a_layer_wherever_it_is_drawn(workshop: Any, least: float, most: float) -> None:
    """At every scale of the layer the tile that MapLibre then draws holds it, and no others do."""
    workshop.publish(
        "a", [shapely.box(507000, 135000, 509000, 137000)], style={"scale": {"min": least, "max": most}}
    )
    style = workshop.client.get("/tiles/a/style.json").json["layers"][0]
    first, last = style["minzoom"], style.get("maxzoom", 20)

    held = [z for z in range(19) if tile_here(workshop, "WebMercatorQuad512", z)]

    assert held == [z for z in range(19) if z + 1 > first and z < last]


@pytest.mark.database
def test_doubled_tiles_are_read_from_what_was_prepared(workshop: Any) -> None:
    """Geometry and safe zooms of WebMercatorQuad serve them too: a tile is as in the grid, byte by byte."""
    workshop.publish("a", [shapely.box(508001, 135980, 508020, 135999)])

    doubled, plain = (tile_here(workshop, grid, 18) for grid in ("WebMercatorQuad512", "WebMercatorQuad"))

    assert doubled["a"]["features"] == plain["a"]["features"] != []


@pytest.mark.parametrize("name", ["style", "sprite", "WebMercatorQuad512", "WebMercatorQuad"])
def test_portals_grid_cannot_take_a_name_of_ours(tmp_path: Any, name: str) -> None:
    """Names that addresses need for something else are refused, with the file named."""
    own = {**built_in_grid("SI-D96").document, "id": name}
    (tmp_path / "grid.json").write_bytes(orjson.dumps(own))

    with pytest.raises(ConfigurationError, match=r"grid\.json"):
        read_grids(make_portal(grid_files=["grid.json"], folder=tmp_path))


def test_range_meets_what_it_touches() -> None:
    """A range of scales is met from outside by a hair, not by more."""
    scale = ScaleRange(min=1, max=2)

    assert scale.meets(0.4, 1) is True
    assert scale.meets(0.4, 0.9) is False
    assert scale.meets(2, 4) is True
    assert scale.meets(2.1, 4) is False
