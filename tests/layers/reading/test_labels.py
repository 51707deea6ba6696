"""Label points lie inside and look centred; free width is the length of the horizontal piece there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.reading.labels import build_labels, label_polygons


def one(shape: Any) -> Any:
    """An array of one geometry."""
    made = np.empty(1, dtype=object)
    made[0] = shape
    return made


def test_a_rectangle_is_labelled_in_its_middle() -> None:
    """With its whole width."""
    points, widths = label_polygons(one(shapely.box(10, 20, 50, 30)))

    assert shapely.get_coordinates(points).tolist() == [[30, 25]]
    assert widths.tolist() == [40]


def test_a_hole_is_not_written_over() -> None:
    """The label goes to the longer piece beside the hole."""
    ring = shapely.box(0, 0, 100, 20).difference(shapely.box(30, 1, 50, 19))

    points, widths = label_polygons(one(ring))

    assert points[0].x == pytest.approx(75)
    assert widths[0] == pytest.approx(50)


def test_an_l_is_labelled_in_its_broad_part() -> None:
    """Not in the corner where the centroid of such a shape falls."""
    shape = shapely.union(shapely.box(0, 0, 100, 30), shapely.box(0, 0, 10, 100))

    points, widths = label_polygons(one(shape))

    assert points[0].y <= 30
    assert widths[0] == pytest.approx(100)


def test_the_largest_part_of_several_gets_the_label() -> None:
    """One label per feature, where there is room."""
    parts = shapely.multipolygons([shapely.box(0, 0, 1, 1), shapely.box(10, 0, 30, 10)])

    points, _ = label_polygons(one(parts))

    assert shapely.box(10, 0, 30, 10).contains(points[0])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=4, max_size=30, unique=True))
def test_labels_of_any_polygon_lie_inside(corners: list[tuple[int, int]]) -> None:
    """And the width is what shapely measures along the horizontal line."""
    shape = shapely.concave_hull(shapely.MultiPoint(corners), ratio=0.3)
    if shape.geom_type != "Polygon" or shape.area < 1:
        return
    points, widths = label_polygons(one(shape))
    west, _, east, _ = shape.bounds
    line = shapely.LineString([(west - 1, points[0].y), (east + 1, points[0].y)])
    pieces = shapely.get_parts(shapely.intersection(shape, line))

    assert shapely.distance(shape, points[0]) == 0
    assert widths[0] == pytest.approx(shapely.length(pieces).max(), rel=1e-6)


def test_lines_are_labelled_half_way_along_their_longest_part() -> None:
    """The size of a line is its whole length."""
    line = shapely.MultiLineString([[(0, 0), (2, 0)], [(0, 5), (10, 5)]])

    labels = build_labels(one(line), "line")

    assert shapely.get_coordinates(labels.points).tolist() == [[5, 5]]
    assert labels.sizes.tolist() == [12]
    assert labels.widths.tolist() == [10]


def test_points_are_their_own_label() -> None:
    """Size and width have no meaning for them."""
    labels = build_labels(one(shapely.Point(3, 4)), "point")

    assert shapely.get_coordinates(labels.points).tolist() == [[3, 4]]
    assert np.isnan([labels.sizes[0], labels.widths[0]]).all()


@pytest.mark.parametrize("kind", ["point", "line", "polygon"])
def test_rows_without_geometry_have_no_label(kind: Any) -> None:
    """NULL in, NULL out."""
    labels = build_labels(one(None), kind)

    assert shapely.is_missing(labels.points).all()
    assert np.isnan(labels.widths).all()
    assert np.isnan(labels.sizes).all()


def test_the_size_of_a_polygon_is_the_root_of_its_area() -> None:
    """In metres, so that it can be held against pixels."""
    assert build_labels(one(shapely.box(0, 0, 4, 9)), "polygon").sizes.tolist() == [6]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=4, max_size=30, unique=True))
def test_the_best_of_all_cuts_is_taken(corners: list[tuple[int, int]]) -> None:
    """Leaving out cuts that cannot be better changes no label."""
    shape = shapely.concave_hull(shapely.MultiPoint(corners), ratio=0.2)
    if shape.geom_type != "Polygon" or shape.area < 1:
        return
    west, south, east, north = shape.bounds
    scores = []
    for cut in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
        y = south + cut * (north - south)
        pieces = shapely.get_parts(shape.intersection(shapely.LineString([(west - 1, y), (east + 1, y)])))
        scores.append(max(shapely.length(pieces), default=0) * min(cut, 1 - cut))

    points, widths = label_polygons(one(shape))

    at = (points[0].y - south) / (north - south)
    assert widths[0] * min(at, 1 - at) == pytest.approx(max(scores), rel=1e-6)
