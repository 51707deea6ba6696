"""Large features are drawn from stored pieces, and no tile tells: it equals what the whole geometry gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from psycopg import sql

from gis.geometry import transform_geometry
from layers.targets import squares_around
from tests.tiles.conftest import decode
from tiles.source import find_source
from tiles.vector import LayerQuery, find_query_envelope, read_tiles

if TYPE_CHECKING:
    from layers.catalogue import PublishedLayer
    from tiles.grid import Grid

pytestmark = pytest.mark.database

MIDDLE = (508_000.0, 136_000.0)
SHALLOWEST = {"WebMercatorQuad": 11, "SI-D96": 5}


def _ring(radius: float, vertices: int, seed: int) -> Any:
    """A closed line around the middle that winds at every scale down to its own vertices."""
    random = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    waves = sum(np.sin(angles * 3**n + random.uniform(0, 6)) / 2**n for n in range(8))
    distance = radius * (1 + 0.15 * waves) + random.normal(0, radius / 4000, vertices)
    return MIDDLE + np.column_stack([distance * np.cos(angles), distance * np.sin(angles)])


def _forest() -> Any:
    """A wood of some ten thousand vertices with a lake of as many, two hundred clearings, and a second part."""
    random = np.random.default_rng(5)
    clearings = [
        shapely.Point(MIDDLE + random.uniform(-2500, 2500, 2)).buffer(random.uniform(5, 60)) for _ in range(200)
    ]
    wood = shapely.Polygon(_ring(3000, 12_000, 1)).buffer(0)
    lake = shapely.Polygon(_ring(900, 8_000, 2)).buffer(0)
    grove = shapely.affinity.translate(lake, 5500, 4000)
    return shapely.union_all([wood.difference(shapely.union_all([lake, *clearings])), grove])


def _river() -> Any:
    """A line of twenty thousand vertices that crosses itself and comes back to where it began."""
    return shapely.LineString(_ring(2500, 20_000, 3))


LARGE = {"a": _forest(), "b": _river()}


@pytest.fixture(scope="module")
def workshop(shared_workshop: Any) -> Any:
    """Layer `a` with the forest, a meadow around it and a hut; `b` with a long river and a short one."""
    x, y = MIDDLE
    meadow = shapely.box(x - 7000, y - 5500, x + 7000, y + 5500).difference(shapely.Point(MIDDLE).buffer(4500))
    hut = shapely.box(x + 3, y + 3, x + 15, y + 12)
    shared_workshop.publish("a", [LARGE["a"], meadow, hut])
    shared_workshop.publish("b", [LARGE["b"], shapely.LineString([(x, y), (x + 900, y + 300)])], kind="line")
    return shared_workshop


def _draw(workshop: Any, layer: PublishedLayer, grid: Grid, z: int, x: int, y: int) -> dict[int, Any]:
    """The features of a tile as an independent decoder reads them, by id, with its buffer."""
    source = find_source(layer, grid, z, _centre(grid))
    asked = find_query_envelope(source, x, y)
    if asked is None:
        return {}
    with workshop.database.connection() as connection:
        made = read_tiles(connection, [LayerQuery(source, asked)], x, y).made[layer.id]
    decoded = decode(made.body).get(layer.id, {"features": []})
    return {each["id"]: shapely.geometry.shape(each["geometry"]) for each in decoded["features"]}


def _centre(grid: Grid) -> Any:
    return shapely.get_coordinates(transform_geometry(shapely.Point(MIDDLE), 3794, grid.srid))[0]


def _tiles(grid: Grid, shape: Any, shallowest: int) -> list[tuple[int, int, int]]:
    """At every zoom down to the deepest about thirty tiles: on the outline, in the middle, all around."""
    random = np.random.default_rng(11)
    x, y = _centre(grid)
    outline = shapely.get_coordinates(transform_geometry(shape, 3794, grid.srid))
    around = np.add((x, y), random.uniform(-6500, 6500, (8, 2)))
    places = []
    for z in range(shallowest, grid.max_tile_zoom + 1):
        points = np.concatenate([[(x, y)], around, random.choice(outline, 24)])
        places += [(z, *grid.tile_at(z, *point)) for point in points]
    return list(dict.fromkeys(places))


@pytest.mark.parametrize("grid_id", ["SI-D96", "WebMercatorQuad"])
@pytest.mark.parametrize("layer_id", ["a", "b"])
def test_tiles_equal_those_of_the_whole_geometry(workshop: Any, layer_id: str, grid_id: str) -> None:
    """At every zoom, within the features and beside them: the same features and ground, buffer included."""
    grid = workshop.grids[grid_id]
    # Without bands, in which small scales are drawn, pieces serve every zoom.
    layer = replace(workshop.catalogue.find(layer_id), bands=())
    whole = replace(layer, has_pieces=False)
    places = _tiles(grid, LARGE[layer_id], SHALLOWEST[grid_id])

    drawn = [(_draw(workshop, layer, grid, *at), _draw(workshop, whole, grid, *at)) for at in places]

    assert len(drawn) > 140
    assert sum(1 in one for one, _ in drawn) > 100
    for at, (one, other) in zip(places, drawn, strict=True):
        assert list(one) == list(other), at
        assert all(one[fid].equals(other[fid]) for fid in one), at


@pytest.mark.parametrize("grid_id", ["SI-D96", "WebMercatorQuad"])
def test_pieces_reach_as_far_as_the_widest_stroke(workshop: Any, grid_id: str) -> None:
    """With strokes of 64 pixels, in tiles of 256 and of 512 pixels, nothing is cut off in the buffer."""
    style = {"default": {"line": "#000000", "line_width": 64}}
    workshop.publish("c", [LARGE["a"]], style=style)
    layer = workshop.catalogue.find("c")
    whole = replace(layer, has_pieces=False)

    for grid in (workshop.grids[grid_id], workshop.grids[grid_id].doubled()):
        places = _tiles(grid, LARGE["a"], grid.max_tile_zoom - 4)[::3]
        drawn = [(_draw(workshop, layer, grid, *at), _draw(workshop, whole, grid, *at)) for at in places]

        assert sum(1 in one for one, _ in drawn) > 15
        assert all(one.keys() == other.keys() for one, other in drawn)
        assert all(one[fid].equals(other[fid]) for one, other in drawn for fid in one)


@pytest.mark.parametrize(("grid_id", "z"), [("SI-D96", 11), ("WebMercatorQuad", 17)])
def test_a_tile_is_drawn_from_a_piece(workshop: Any, grid_id: str, z: int) -> None:
    """It reads the piece of its grid that holds it, and neither the whole geometry nor the piece of another."""
    workshop.publish("c", [LARGE["a"], shapely.box(0, 0, 1, 1)])
    layer, grid = workshop.catalogue.find("c"), workshop.grids[grid_id]
    middle = grid.tile_at(z, *_centre(grid))
    places = [(z, middle[0] + step, middle[1]) for step in range(-12, 13)]
    before = [at for at in places if 1 in _draw(workshop, layer, grid, *at)]

    with workshop.database.loading() as connection:
        connection.execute(
            sql.SQL("UPDATE {} SET _geom = 'POLYGON EMPTY' WHERE _grid = %s").format(
                sql.Identifier("data", f"{layer.table_name}_pieces")
            ),
            [grid_id],
        )

    assert len(before) > 5
    assert not any(1 in _draw(workshop, layer, grid, *at) for at in places)
    (other,) = [workshop.grids[name] for name in workshop.grids if name != grid_id]
    x, y = _centre(other)
    beside = other.tile_at(other.max_tile_zoom - 4, x, y + 2000)
    assert 1 in _draw(workshop, layer, other, other.max_tile_zoom - 4, *beside)


@pytest.mark.parametrize("grid_id", ["SI-D96", "WebMercatorQuad"])
def test_no_piece_is_much_larger_than_its_tile(workshop: Any, grid_id: str) -> None:
    """Wherever the forest is asked for, the piece has 256 vertices, or twice those around the tile, at most."""
    layer, grid = workshop.catalogue.find("a"), workshop.grids[grid_id]
    wood = transform_geometry(LARGE["a"], 3794, grid.srid)
    places = [
        at
        for at in _tiles(grid, LARGE["a"], SHALLOWEST[grid_id])
        if shapely.box(*wood.bounds).contains(shapely.box(*grid.tile_envelope(*at).bounds))
    ]
    pieces = sql.Identifier("data", f"{layer.table_name}_pieces")
    smallest = sql.SQL(
        "SELECT ST_NPoints(_geom) FROM {} WHERE _fid = 1 AND _grid = %s AND _cell = ANY(%s::bigint[]) "
        "ORDER BY _cell DESC LIMIT 1"
    ).format(pieces)

    with workshop.database.loading() as connection:
        found = [connection.execute(smallest, [grid_id, squares_around(*at)]).fetchone()[0] for at in places]

    surroundings = [grid.tile_envelope(*at).grown(100 * grid.unit(at[0])) for at in places]
    there = [shapely.get_num_coordinates(shapely.clip_by_rect(wood, *box.bounds)) for box in surroundings]
    assert len(places) > 100
    assert all(size <= max(256, 2 * seen + 8) for size, seen in zip(found, there, strict=True))
    assert max(found) < shapely.get_num_coordinates(wood) / 2
