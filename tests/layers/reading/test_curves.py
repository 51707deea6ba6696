"""Arcs become chords: as fine as promised, alike for neighbours, with heights; damaged bytes are refused."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from layers.reading.curves import divide_arc, linearise

if TYPE_CHECKING:
    from collections.abc import Sequence


def wkb_of(kind: int, *points: Sequence[float], order: str = "<") -> bytes:
    """A line or a string of arcs (OGC 06-103r4 clause 8.2.3)."""
    numbers = [number for point in points for number in point]
    head = struct.pack(f"{order}BII", int(order == "<"), kind, len(points))
    return head + struct.pack(f"{order}{len(numbers)}d", *numbers)


def collected(kind: int, *parts: bytes) -> bytes:
    """A compound curve, a polygon of curves, or a collection of one kind."""
    return struct.pack("<BII", 1, kind, len(parts)) + b"".join(parts)


@pytest.mark.parametrize("radius", [0.5, 12.0, 420.0, 60_000.0])
def test_chords_stay_within_the_tolerance(radius: float) -> None:
    """The middle of every chord lies at most 1 mm inside the arc, and no finer than need be."""
    turn = [0.3, 0.9, 1.7]
    arc = [np.array([radius * math.cos(angle), radius * math.sin(angle)]) for angle in turn]

    points = divide_arc(*arc, 0.001)

    middles = (points[1:] + points[:-1]) / 2
    away = radius - np.hypot(middles[:, 0], middles[:, 1])
    assert away.max() <= 0.001 + 1e-8 * radius
    assert away.max() > 0.0002 or len(points) == 3
    assert (points[0] == arc[0]).all()
    assert (points[-1] == arc[2]).all()


def test_neighbours_divide_a_shared_arc_alike() -> None:
    """The same arc the other way round has the same points, bit for bit."""
    first, middle, last = np.array([0.0, 0.0]), np.array([31.7, 12.9]), np.array([70.1, 3.3])

    forth = divide_arc(first, middle, last, 0.001)
    back = divide_arc(last, middle, first, 0.001)

    assert (forth == back[::-1]).all()


def test_an_arc_turns_the_way_its_middle_says() -> None:
    """Three quarters of a circle by way of the far side, not the short way home."""
    curve, arcs = linearise(wkb_of(8, (1, 0), (-1, 0), (0, -1)), 1e-6)

    assert arcs == 1
    assert curve.length == pytest.approx(1.5 * math.pi, rel=1e-5)


def test_a_string_of_arcs_and_a_compound_curve() -> None:
    """Pieces are joined without a point twice."""
    ring = collected(9, wkb_of(8, (0, 0), (1, 1), (2, 0)), wkb_of(2, (2, 0), (0, 0)))

    shape, arcs = linearise(collected(12, collected(10, ring)), 1e-6)

    assert (shape.geom_type, arcs) == ("MultiPolygon", 1)
    assert shape.is_valid
    assert shape.area == pytest.approx(math.pi / 2, rel=1e-5)


def test_three_points_on_a_line_stay_as_they_are() -> None:
    """There is no circle through them."""
    line, _ = linearise(wkb_of(8, (0, 0), (5, 5), (9, 9)), 0.001)

    assert list(line.coords) == [(0, 0), (5, 5), (9, 9)]


@pytest.mark.parametrize("order", ["<", ">"])
def test_heights_run_from_end_to_end(order: str) -> None:
    """Z is carried along the arc in either byte order, measures are dropped."""
    curve, _ = linearise(wkb_of(3008, (1, 0, 10, 7), (0, 1, 15, 8), (-1, 0, 20, 9), order=order), 1e-4)

    heights = shapely.get_coordinates(curve, include_z=True)[:, 2]
    assert (heights[0], heights[-1]) == (10, 20)
    assert (np.diff(heights) > 0).all()


@pytest.mark.parametrize(
    "wkb",
    [
        wkb_of(8, (0, 0), (1, 1), (2, 0))[:-3],
        wkb_of(8, (0, 0), (1, 1)),
        struct.pack("<BII", 1, 8, 2**31),
        struct.pack("<BII", 1, 10, 1) + b"\x01",
        collected(9),
        struct.pack("<BII", 1, 17, 1),
        b"",
    ],
)
def test_damaged_bytes_are_refused(wkb: bytes) -> None:
    """Cut short, too few points, absurd counts, types nobody reads."""
    with pytest.raises(ValueError, match=r"not complete|too few|no points|not read"):
        linearise(wkb, 0.001)


def test_an_arc_like_a_straight_line_needs_few_chords() -> None:
    """A radius of ten thousand kilometres does not make a million points."""
    arc = [np.array([0.0, 0.0]), np.array([50.0, 1e-4]), np.array([100.0, 0.0])]

    assert len(divide_arc(*arc, 0.001)) == 3
