"""Room inside polygons as GEOS measures it, and EWKB as GEOS writes it: the quick ways change nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from layers.reading.clearance import find_clearances
from layers.reading.ewkb import write_ewkb


def stars(corners: int, count: int = 40) -> Any:
    """Polygons of so many corners around a middle, valid and of every shape, far from the origin."""
    chance = np.random.default_rng(corners)
    angles = np.sort(chance.uniform(0, 2 * np.pi, (count, corners)), axis=1)
    reach = chance.uniform(1, 60, (count, corners))
    middle = chance.uniform((470_000, 60_000), (480_000, 70_000), (count, 1, 2))
    rings = middle + np.stack([reach * np.cos(angles), reach * np.sin(angles)], axis=2)
    made = shapely.polygons(rings)
    return made[shapely.is_valid(made)]


def odd_shapes() -> Any:
    """What is not put together by numpy, and nothing at all."""
    holed = shapely.box(0, 0, 100, 20).difference(shapely.box(30, 1, 50, 19))
    made = np.empty(11, dtype=object)
    made[:] = [
        None,
        shapely.Point(),
        shapely.Polygon(),
        shapely.Point(1, 2),
        shapely.Point(1, 2, 3),
        shapely.Polygon([(0, 0, 1), (1, 0, 2), (1, 1, 3)]),
        holed,
        shapely.MultiPolygon([holed, shapely.box(200, 0, 300, 10)]),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.MultiPoint([(0, 0), (1, 1)]),
        shapely.GeometryCollection([holed]),
    ]
    return made


@pytest.mark.parametrize("corners", [3, 4, 5, 9, 40, 41, 200])
def test_clearance_is_what_geos_measures(corners: int) -> None:
    """To a millionth, for rings measured at once and for those too large for that."""
    shapes = stars(corners)

    assert find_clearances(shapes) == pytest.approx(shapely.minimum_clearance(shapes), rel=1e-6)


def test_clearance_of_mixed_polygons_stands_in_their_places() -> None:
    """Rings of many sizes, one with a hole, several parts; a vertex that is there twice means no room."""
    twice = shapely.Polygon([(0, 0), (5, 0), (5, 0), (5, 5)])
    shapes = np.concatenate([odd_shapes()[6:8], *(stars(count, 5) for count in (7, 3, 60, 4)), [twice]])

    found = find_clearances(shapes)

    assert found[:-1] == pytest.approx(shapely.minimum_clearance(shapes[:-1]), rel=1e-6)
    assert found[-1] == 0


def test_polygons_of_thousands_of_vertices_are_not_measured() -> None:
    """They count as without any room, and are tried."""
    assert find_clearances(np.array([shapely.Point(0, 0).buffer(100, 600)])).tolist() == [0]


def test_ewkb_is_what_geos_writes() -> None:
    """Byte by byte: many sizes mixed, heights, holes, empty ones, and None where there is none."""
    shapes = np.concatenate([odd_shapes(), *(stars(count, 5) for count in (3, 8, 59, 60, 61))])
    np.random.default_rng(1).shuffle(shapes)

    assert (
        write_ewkb(shapes, 3794)
        == shapely.to_wkb(
            shapely.set_srid(shapes, 3794), output_dimension=3, byte_order=1, include_srid=True
        ).tolist()
    )


def test_no_geometry_at_all() -> None:
    """Empty arrays stay empty."""
    nothing = np.empty(0, dtype=object)

    assert write_ewkb(nothing, 3794) == []
    assert find_clearances(nothing).tolist() == []
