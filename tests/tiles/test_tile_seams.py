"""Neighbouring tiles drawn side by side: no gap, no step, no broken polygon, in either grid.

A coverage of wiggly cells, as a cadastre is one, is published and read back from the tiles around a corner.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from psycopg import sql

from gis.geometry import transform_geometry

if TYPE_CHECKING:
    from tiles.grid import Grid

pytestmark = pytest.mark.database

HERE = (508000.0, 136000.0)
EXTENT = 4096
STROKE_PIXELS = 24
PLACES = [("WebMercatorQuad", 18), ("WebMercatorQuad", 14), ("SI-D96", 12), ("SI-D96", 8)]

Drawn = dict[int, list[tuple[shapely.Polygon, shapely.Geometry]]]


@pytest.fixture(scope="module")
def workshop(shared_workshop: Any) -> Any:
    """One database for all tests of this file."""
    return shared_workshop


def _cells() -> list[shapely.Polygon]:
    """About ninety cells of a coverage around the point 0 0, in tile units; borders are shared exactly."""
    random = np.random.default_rng(20260301)
    points = shapely.MultiPoint(random.uniform(-1.2 * EXTENT, 1.2 * EXTENT, (90, 2)))
    region = shapely.box(-1.3 * EXTENT, -1.3 * EXTENT, 1.3 * EXTENT, 1.3 * EXTENT)
    cells = shapely.segmentize(shapely.voronoi_polygons(points, extend_to=region), 40)

    def wiggle(c: np.ndarray) -> np.ndarray:
        return c + 9 * np.column_stack([np.sin(c[:, 1] / 31), np.cos(c[:, 0] / 23)])

    return [shapely.transform(cell, wiggle) for cell in cells.geoms if cell.intersects(region)]


def _publish(workshop: Any, grid: Grid, z: int, column: int, row: int) -> list[shapely.Polygon]:
    """Publish the cells around the upper left corner of a tile; return them in tile units of that corner."""
    cells = [cell for cell in _cells() if cell.area > 50 * 50]
    workshop.publish("a", [_on_ground(cell, grid, z, column, row) for cell in cells])
    return cells


def _on_ground(shape: Any, grid: Grid, z: int, column: int, row: int) -> Any:
    """A shape in tile units from the upper left corner of a tile, in D96/TM."""
    unit = grid.unit(z)
    box = grid.tile_envelope(z, column, row)
    in_grid = shapely.transform(shape, lambda c: (box.west, box.north) + c * (unit, -unit))
    return transform_geometry(in_grid, grid.srid, 3794)


def _draw(workshop: Any, grid: Grid, z: int, column: int, row: int) -> Drawn:
    """What the four tiles around the corner hold of each feature, in units from the corner, with its tile."""
    drawn: Drawn = {}
    for x, y in [(column - 1, row - 1), (column, row - 1), (column - 1, row), (column, row)]:
        left, top = (x - column) * EXTENT, (y - row) * EXTENT
        frame = shapely.box(left, top, left + EXTENT, top + EXTENT)
        for feature in workshop.tile("a", grid.id, z, x, y)["a"]["features"]:
            shape = shapely.geometry.shape(feature["geometry"])
            moved = shapely.transform(shape, lambda c, at=(left, top): c + at)
            drawn.setdefault(feature["id"], []).append((frame, moved))
    return drawn


@pytest.mark.parametrize(("grid_id", "z"), PLACES)
def test_pieces_of_a_feature_join_at_the_seams(workshop: Any, grid_id: str, z: int) -> None:
    """Each cell, put together from the tiles it is in, differs from the original by no more than a unit."""
    grid, column, row = _corner(workshop, grid_id, z)
    cells = _publish(workshop, grid, z, column, row)

    drawn = _draw(workshop, grid, z, column, row)

    middle = shapely.box(-EXTENT, -EXTENT, EXTENT, EXTENT)
    assert len(drawn) > 60
    assert any(len(pieces) == 4 for pieces in drawn.values())
    for number, pieces in drawn.items():
        joined = shapely.union_all([shapely.intersection(shape, frame) for frame, shape in pieces])
        wanted = shapely.intersection(cells[number - 1], middle)
        assert shapely.symmetric_difference(joined, wanted).buffer(-1).is_empty, number


@pytest.mark.parametrize(("grid_id", "z"), PLACES)
def test_neighbours_agree_within_their_overlap(workshop: Any, grid_id: str, z: int) -> None:
    """Where two tiles both hold a feature, in their common buffer, they hold it within a unit alike."""
    grid, column, row = _corner(workshop, grid_id, z)
    _publish(workshop, grid, z, column, row)

    drawn = _draw(workshop, grid, z, column, row)

    compared = 0
    for pieces in drawn.values():
        for (frame, shape), (other_frame, other) in itertools.pairwise(pieces):
            overlap = frame.buffer(60, join_style="mitre").intersection(
                other_frame.buffer(60, join_style="mitre")
            )
            one, two = shape.intersection(overlap), other.intersection(overlap)
            assert one.symmetric_difference(two).buffer(-1).is_empty
            compared += 1
    assert compared > 20


@pytest.mark.parametrize(("grid_id", "z"), PLACES)
def test_lines_run_on_across_the_seams(workshop: Any, grid_id: str, z: int) -> None:
    """A winding line, put together from the tiles it passes, stays within a unit and a half of the original."""
    grid, column, row = _corner(workshop, grid_id, z)
    along = np.linspace(-1.2 * EXTENT, 1.2 * EXTENT, 400)
    line = shapely.LineString(np.column_stack([along, 700 * np.sin(along / 150)]))
    workshop.publish("a", [_on_ground(line, grid, z, column, row)], kind="line")

    drawn = _draw(workshop, grid, z, column, row)

    pieces = [shapely.intersection(shape, frame) for frame, shape in drawn[1]]
    wanted = shapely.intersection(line, shapely.box(-EXTENT, -EXTENT, EXTENT, EXTENT))
    assert len(pieces) == 4
    assert shapely.hausdorff_distance(shapely.union_all(pieces), wanted, densify=0.1) < 1.5


@pytest.mark.parametrize(("grid_id", "z"), PLACES)
def test_shared_borders_do_not_tear(workshop: Any, grid_id: str, z: int) -> None:
    """Cells that touch still touch: together they fill the middle without a hole wider than a unit."""
    grid, column, row = _corner(workshop, grid_id, z)
    _publish(workshop, grid, z, column, row)

    drawn = _draw(workshop, grid, z, column, row)

    pieces = [shapely.intersection(shape, frame) for each in drawn.values() for frame, shape in each]
    middle = shapely.box(-EXTENT, -EXTENT, EXTENT, EXTENT).buffer(-2)
    assert shapely.difference(middle, shapely.union_all(pieces)).buffer(-1).is_empty


@pytest.mark.parametrize(("grid_id", "z"), PLACES)
def test_every_polygon_is_valid_and_wound_right(workshop: Any, grid_id: str, z: int) -> None:
    """Polygons are valid, their outer rings have positive area and holes negative (MVT 2.1, 4.3.3.3)."""
    grid, column, row = _corner(workshop, grid_id, z)
    box = transform_geometry(shapely.box(*grid.tile_envelope(z, column, row).bounds), grid.srid, 3794)
    ring = box.centroid.buffer(box.length / 16)
    with_hole = ring.difference(box.centroid.buffer(box.length / 32))
    several = shapely.MultiPolygon([ring, shapely.affinity.translate(ring, box.length / 4)])
    workshop.publish("a", [with_hole, several])

    tile = workshop.tile("a", grid_id, z, column, row)

    geometries = [feature["geometry"] for feature in tile["a"]["features"]]
    assert len(geometries) == 2
    for geometry in geometries:
        shape = shapely.geometry.shape(geometry)
        assert shape.is_valid
        for polygon in getattr(shape, "geoms", [shape]):
            assert _signed_area(polygon.exterior) > 0
            assert all(_signed_area(hole) < 0 for hole in polygon.interiors)
    assert any(
        len(polygon.interiors) == 1
        for geometry in geometries
        for polygon in shapely.get_parts(shapely.geometry.shape(geometry))
    )


@pytest.mark.parametrize(("grid_id", "z"), PLACES)
def test_snapping_draws_what_clipping_draws(workshop: Any, grid_id: str, z: int) -> None:
    """The quick way for features that need no clipping gives the same shapes as the thorough way."""
    grid, column, row = _corner(workshop, grid_id, z)
    _publish(workshop, grid, z, column, row)
    quick = _draw(workshop, grid, z, column, row)
    with workshop.database.loading() as connection:
        table = sql.Identifier("data", workshop.table_name("a"))
        connection.execute(sql.SQL("UPDATE {} SET _safe_webmercatorquad = 99, _safe_si_d96 = 99").format(table))
    workshop.service.store.memory.purge(workshop.service.store.memory.lives)

    thorough = _draw(workshop, grid, z, column, row)

    assert quick.keys() == thorough.keys()
    assert quick != thorough
    for number, pieces in quick.items():
        one, other = _near_tiles(pieces), _near_tiles(thorough[number])
        assert one.keys() == other.keys()
        for frame, shape in one.items():
            assert shape.symmetric_difference(other[frame]).buffer(-1).is_empty


@pytest.mark.parametrize(("grid_id", "z"), PLACES)
@pytest.mark.parametrize("kind", ["polygon", "line"])
def test_wide_strokes_are_not_cut_at_the_seams(workshop: Any, grid_id: str, z: int, kind: str) -> None:
    """Strokes of 24 pixels, painted tile by tile, cover what one painting of the whole covers, and no more."""
    grid, column, row = _corner(workshop, grid_id, z)
    cells = [cell for cell in _cells()[::4] if cell.area > 50 * 50]
    shapes = cells if kind == "polygon" else [cell.exterior for cell in cells]
    shapes = [shape if kind == "polygon" else shapely.LineString(shape) for shape in shapes]
    style = {"default": {"line": "#000000", "line_width": STROKE_PIXELS}}
    on_ground = [_on_ground(shape, grid, z, column, row) for shape in shapes]
    workshop.publish("a", on_ground, kind=kind, style=style)
    units = STROKE_PIXELS / 2 * EXTENT / grid.tile_size

    drawn = _draw(workshop, grid, z, column, row)

    painted = shapely.union_all(
        [
            shapely.intersection(_outline(shape).buffer(units), frame)
            for pieces in drawn.values()
            for frame, shape in pieces
        ]
    )
    middle = shapely.box(-EXTENT, -EXTENT, EXTENT, EXTENT)
    wanted = shapely.union_all([_outline(shape).buffer(units) for shape in shapes]).intersection(middle)
    assert shapely.symmetric_difference(painted, wanted).buffer(-1).is_empty


@pytest.mark.parametrize(("grid_id", "z"), PLACES)
def test_polygon_stored_out_of_line_is_whole_at_the_seams(workshop: Any, grid_id: str, z: int) -> None:
    """A polygon of eight thousand vertices is cut to the surroundings of each tile, and no cut shows."""
    grid, column, row = _corner(workshop, grid_id, z)
    angles = np.linspace(0, 2 * np.pi, 8000, endpoint=False)
    radius = 3 * EXTENT + 200 * np.sin(90 * angles) + 15 * np.sin(1500 * angles)
    shell = np.column_stack([(radius - 5000) * np.cos(angles), (radius - 5000) * np.sin(angles)])
    clearings = [
        shapely.Point(x, y).buffer(150) for x in range(-3500, 4000, 700) for y in range(-3500, 4000, 700)
    ]
    forest = shapely.Polygon(shell).difference(shapely.union_all(clearings))
    workshop.publish("a", [_on_ground(forest, grid, z, column, row)])

    drawn = _draw(workshop, grid, z, column, row)

    joined = shapely.union_all([shapely.intersection(shape, frame) for frame, shape in drawn[1]])
    wanted = forest.intersection(shapely.box(-EXTENT, -EXTENT, EXTENT, EXTENT))
    assert len(drawn[1]) == 4
    assert shapely.symmetric_difference(joined, wanted).buffer(-1).is_empty


def _outline(shape: shapely.Geometry) -> shapely.Geometry:
    return shape if shape.geom_type.endswith("LineString") else shape.boundary


def _near_tiles(pieces: list[tuple[shapely.Polygon, shapely.Geometry]]) -> dict[str, shapely.Geometry]:
    """By tile, what of the pieces lies in it or at most sixty units beyond: without slivers at the clip."""
    near = {f.wkt: shape.intersection(f.buffer(60, join_style="mitre")) for f, shape in pieces}
    return {tile: shape for tile, shape in near.items() if shape.area > 0}


def _signed_area(ring: shapely.LinearRing) -> float:
    """The surveyor's formula on tile coordinates, y pointing down."""
    x, y = np.array(ring.coords).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


def _corner(workshop: Any, grid_id: str, z: int) -> tuple[Grid, int, int]:
    grid = workshop.grids[grid_id]
    x, y = shapely.get_coordinates(transform_geometry(shapely.Point(HERE), 3794, grid.srid))[0]
    place = grid.tile_at(z, x, y)
    assert place is not None
    return (grid, *place)
