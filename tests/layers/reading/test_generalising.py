"""Shapes for small scales: borders stay shared, nothing turns invalid, nothing vanishes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from layers.reading.generalising import generalise

SIDE = 12
TOLERANCE = 8.0


@pytest.fixture(scope="module")
def coverage() -> Any:
    """144 fields of 100 m whose borders wind by some metres, every vertex of a border in both its fields."""
    rng = np.random.default_rng(7)
    bends = rng.normal(0, 2.0, (SIDE * 10 + 1, SIDE * 10 + 1, 2))

    def corner(column: int, row: int) -> tuple[float, float]:
        x, y = bends[column, row]
        return (column * 10 + float(x), row * 10 + float(y))

    def field(column: int, row: int) -> Any:
        west, south, east, north = column * 10, row * 10, column * 10 + 10, row * 10 + 10
        ring = [corner(x, south) for x in range(west, east)] + [corner(east, y) for y in range(south, north)]
        ring += [corner(x, north) for x in range(east, west, -1)] + [
            corner(west, y) for y in range(north, south, -1)
        ]
        return shapely.Polygon(ring)

    return np.array([field(column, row) for row in range(SIDE) for column in range(SIDE)], dtype=object)


def test_no_gap_opens_between_neighbours(coverage: Any) -> None:
    """Thinned fields cover one piece of land without holes, each square metre once, with far fewer vertices."""
    thinned = generalise(coverage, "polygon", TOLERANCE)

    land = shapely.union_all(thinned)
    assert shapely.get_type_id(land) == 3
    assert shapely.get_num_interior_rings(land) == 0
    assert shapely.area(thinned).sum() == pytest.approx(shapely.area(land), abs=1e-6)
    assert shapely.get_num_coordinates(thinned).sum() < shapely.get_num_coordinates(coverage).sum() / 2
    assert shapely.coverage_is_valid(thinned)


def test_parts_of_a_layer_fit_together(coverage: Any) -> None:
    """Two halves that were thinned without knowing of each other still meet in every point of their border."""
    middle = len(coverage) // 2
    halves = (coverage[:middle], coverage[middle:])

    thinned = np.concatenate([generalise(half, "polygon", TOLERANCE) for half in halves])

    land = shapely.union_all(thinned)
    assert shapely.get_num_interior_rings(land) == 0
    assert shapely.area(thinned).sum() == pytest.approx(shapely.area(land), abs=1e-6)
    assert shapely.get_num_coordinates(thinned).sum() < shapely.get_num_coordinates(coverage).sum() * 0.6


def test_overlapping_shapes_are_thinned_one_by_one() -> None:
    """Protected areas that overlap lose vertices too, and a coverage beside them keeps its borders."""
    circles = shapely.buffer(shapely.points([(5000.0, 0.0), (5100.0, 0.0)]), 150, quad_segs=64)
    squares = np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])

    thinned = generalise(np.concatenate([circles, squares]), "polygon", TOLERANCE)

    assert (shapely.get_num_coordinates(thinned[:2]) < shapely.get_num_coordinates(circles) / 4).all()
    assert shapely.is_valid(thinned).all()
    assert shapely.equals(thinned[2:], squares).all()


def test_what_is_smaller_than_the_tolerance_stays() -> None:
    """A hut of two metres is still there: what is too small to be seen is decided when a tile is made."""
    hut = np.array([shapely.box(0, 0, 2, 2), None], dtype=object)

    thinned = generalise(hut, "polygon", TOLERANCE)

    assert shapely.area(thinned[0]) > 0
    assert thinned[1] is None


def test_a_line_keeps_its_ends_and_loses_what_nobody_sees() -> None:
    """What lies nearer to the line than the tolerance goes."""
    line = shapely.LineString([(0, 0), (50, 1), (100, 0), (150, 40), (200, 0)])

    thinned = generalise(np.array([line]), "line", TOLERANCE)[0]

    assert shapely.equals_exact(thinned, shapely.LineString([(0, 0), (100, 0), (150, 40), (200, 0)]))
