"""Safe zooms against a plain search zoom by zoom, and the curve along which rows are stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from gis.envelope import Envelope
from layers.reading.snapping import find_safe_zooms, hilbert_distance, snap
from layers.targets import TileTarget

GRID = TileTarget("SI-D96", 3794, 370_000, 200_000, 1024, max_tile_zoom=12)


def fan(count: int) -> Any:
    """Thin triangles side by side, the kind that rounding folds over."""
    made = np.empty(count, dtype=object)
    made[:] = [
        shapely.Polygon([(500_000 + i, 140_000), (500_003 + i, 140_037), (500_001.5 + i, 140_018.1 + 2.0**-i)])
        for i in range(count)
    ]
    return made


def slowly(shape: Any) -> int:
    """The same question asked zoom by zoom, from the deepest upwards."""
    safe = GRID.max_tile_zoom + 1
    for zoom in range(GRID.max_tile_zoom, -1, -1):
        unit = 1024 / 2**zoom * 256 / 4096
        rounded = shapely.transform(shape, lambda xy, u=unit: np.rint((xy - [370_000, 200_000]) / u))
        if not rounded.is_valid:
            return safe
        safe = zoom
    return safe


def test_safe_zooms_are_what_a_plain_search_finds() -> None:
    """At the answer and all deeper zooms the rounded polygon is valid; one coarser it is not."""
    shapes = np.concatenate([fan(12), [shapely.box(505_000, 135_000, 505_900, 135_700)]])

    found = find_safe_zooms(shapes, GRID)

    assert found.tolist() == [slowly(shape) for shape in shapes]
    assert len(set(found.tolist())) > 2


def test_coarse_zooms_where_nothing_is_drawn_are_not_tried() -> None:
    """The best answer is the coarsest zoom that is asked for."""
    large = np.array([shapely.box(500_000, 130_000, 510_000, 140_000)], dtype=object)

    assert find_safe_zooms(large, GRID).tolist() == [0]
    assert find_safe_zooms(large, replace(GRID, min_zoom=8)).tolist() == [8]


def test_points_lines_and_nothing_are_always_safe() -> None:
    """Only polygons can be broken by rounding."""
    shapes = np.array([shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)]), None], dtype=object)

    assert find_safe_zooms(shapes, replace(GRID, min_zoom=8)).tolist() == [0, 0, 0]


def test_a_polygon_that_never_survives_says_so() -> None:
    """Smaller than the finest unit: one more than the deepest zoom."""
    sliver = np.array([shapely.box(500_000, 140_000, 500_000.001, 140_000.001)], dtype=object)

    assert find_safe_zooms(sliver, GRID).tolist() == [13]


def test_rounding_is_done_in_tile_units_from_the_grid_corner() -> None:
    """At z 12 of SI-D96 a unit is 1.5625 cm."""
    corner = np.array([shapely.Point(370_000 + 1.5625, 200_000 - 3.125)], dtype=object)

    assert shapely.get_coordinates(snap(corner, GRID, 12)).tolist() == [[100, -200]]


def test_the_curve_visits_every_cell_once_and_neighbours_touch() -> None:
    """On a 32 × 32 grid of places the order along the curve never jumps."""
    outline = Envelope(0, 0, 32, 32, srid=3794)
    xs, ys = (part.ravel() + 0.5 for part in np.meshgrid(np.arange(32), np.arange(32)))

    order = np.argsort(hilbert_distance(xs, ys, outline))
    steps = np.abs(np.diff(xs[order])) + np.abs(np.diff(ys[order]))

    assert steps.max() == pytest.approx(1)


def test_places_outside_are_pulled_to_the_edge() -> None:
    """And rows without a place come first; none breaks the order."""
    outline = Envelope(0, 0, 32, 32, srid=3794)

    far, edge, nowhere = hilbert_distance(
        np.array([999.0, 32.0, np.nan]), np.array([999.0, 32.0, np.nan]), outline
    )

    assert far == edge
    assert nowhere == 0
