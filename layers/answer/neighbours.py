"""Which parcels share a border with a parcel, and how long it is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.errors import GEOSException

from layers.answer.facts import Neighbour
from layers.parcels import write_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

    from layers.answer.candidates import Candidate
    from layers.parcel_columns import ParcelColumns

# Borders that were drawn twice miss each other by centimetres; touching at a corner is no border.
MISS_M = 0.1
_LEAST_BORDER_M = 0.5


def find_neighbours(
    shape: BaseGeometry, key: str, candidates: Iterable[Candidate], columns: ParcelColumns
) -> tuple[Neighbour, ...]:
    """The neighbours, longest border first, then in the order they came."""
    found = []
    for each in candidates:
        length = 0.0 if each.key == key or each.shape is None else measure_border(shape, each.shape)
        if length >= _LEAST_BORDER_M:
            ko, number = str(each.values[columns.ko]), str(each.values[columns.number])
            found.append(Neighbour(ko, number, write_path(ko, [number]), round(length, 1)))
    return tuple(sorted(found, key=lambda each: -each.border_m))


def has_common_border(shape: BaseGeometry, other: BaseGeometry) -> bool:
    """True when two parcels share a border that is long enough to be told."""
    return measure_border(shape, other) >= _LEAST_BORDER_M


def measure_border(shape: BaseGeometry, other: BaseGeometry) -> float:
    """Metres of border that two outlines share, also when they miss each other by a few centimetres."""
    if shape.distance(other) > MISS_M:
        return 0.0
    try:
        exact = float(shapely.intersection(shape.boundary, other.boundary).length)
        near = shapely.buffer(other.boundary, MISS_M, cap_style="flat")
        return exact if exact >= _LEAST_BORDER_M else float(shapely.intersection(shape.boundary, near).length)
    except GEOSException:
        return 0.0
