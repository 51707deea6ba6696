"""Which parcels a shape selects, and which are neighbours. Pure: valid shapes in the portal's CRS, in metres.

What counts is what counts on a parcel's page: of an area more than a sliver, of a line half a metre, of a
neighbour half a metre of common border.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.errors import GEOSException

from layers.answer.neighbours import MISS_M, has_common_border
from layers.answer.overlap import Parcel, Rules, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

# A shape with many corners is cut so far round a parcel before the two are held against each other.
_VICINITY_M = 30.0
# Round corners of a belt lie 4 cm inside the circle at 500 m: less than a sliver.
_CORNER_PARTS = 64
_AREA = 2


def put_together(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """One shape of all; those that are not valid are mended first."""
    sound = [each if each.is_valid else shapely.make_valid(each, method="structure") for each in shapes]
    return shapely.union_all(sound)


def build_surroundings(shape: BaseGeometry, distance_m: float) -> BaseGeometry:
    """Everything within a distance of a shape, the shape itself included."""
    return shapely.buffer(shape, distance_m, quad_segs=_CORNER_PARTS)


def build_contact(shape: BaseGeometry) -> BaseGeometry:
    """Where the outlines of neighbours lie: borders drawn twice miss each other by centimetres."""
    return shapely.buffer(shape, MISS_M, quad_segs=2)


def choose_meeting(shape: BaseGeometry, parcels: Sequence[BaseGeometry]) -> list[int]:
    """The places of the parcels on which the shape lies by more than rounding."""
    if not parcels:
        return []
    outlines: Any = np.array(parcels, dtype=object)
    shapely.prepare(shape)
    meets = shapely.intersects(shape, outlines)
    inside = shapely.contains_properly(shape, outlines)
    return [
        place
        for place, parcel in enumerate(parcels)
        if meets[place] and (inside[place] or _lies_on(shape, parcel))
    ]


def choose_neighbours(chosen: Sequence[BaseGeometry], parcels: Sequence[BaseGeometry]) -> list[int]:
    """The places of the parcels that share a border with any of the chosen ones."""
    if not parcels or not chosen:
        return []
    tree = shapely.STRtree(list(chosen))
    outlines: Any = np.array(parcels, dtype=object)
    pairs = tree.query(outlines, predicate="dwithin", distance=MISS_M).T.tolist()
    found = {place for place, near in pairs if has_common_border(chosen[near], parcels[place])}
    return sorted(found)


def _lies_on(shape: BaseGeometry, parcel: BaseGeometry) -> bool:
    try:
        overlap = judge(Parcel(parcel), [("", _cut_near(shape, parcel))], Rules())
    except GEOSException:
        return True  # an outline nobody can calculate with is told rather than lost
    return bool(overlap.shares or overlap.doubts)


def _cut_near(shape: BaseGeometry, parcel: BaseGeometry) -> BaseGeometry:
    if shapely.get_dimensions(shape) < _AREA:
        return shape
    west, south, east, north = parcel.bounds
    near = (west - _VICINITY_M, south - _VICINITY_M, east + _VICINITY_M, north + _VICINITY_M)
    return shapely.clip_by_rect(shape, *near)
