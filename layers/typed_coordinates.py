"""Coordinates that people type into the search box: `508000 136000`, `46.36, 15.1`, `46,36 N 15,1 E`.

Pure: a text becomes numbers, and the numbers a place when they fall near the portal's outline. Two numbers
that do not are left to other readings, for `964 123` is also a parcel.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gis import crs
from gis.errors import RequestError
from layers.positions import find_position

if TYPE_CHECKING:
    from layers.portal import Portal
    from layers.positions import Position

# How far outside the outline a typed place may lie.
MARGIN_METRES = 10_000.0

_NUMBER = r"([+-]?[0-9]{1,8}(?:[.,][0-9]{1,10})?)"
_AXIS = r"(?:[enxy] ?=? ?)?"
_UNIT = r" ?(?:m|°)? ?[nesw]?"
_BETWEEN = r"(?: ?[;/] ?| ?, |,(?=[+-]?[0-9]+\.)|,(?=[0-9]{4})| )"
_PAIR = re.compile(f"{_AXIS}{_NUMBER}{_UNIT}{_BETWEEN}{_AXIS}{_NUMBER}{_UNIT}")


def find_typed_position(text: str, portal: Portal) -> Position | None:
    """The place that a text of two coordinates means, None when it means none near this portal.

    In the portal's CRS east comes first, in degrees latitude; the other order is understood when only it
    falls near the portal.
    """
    match = _PAIR.fullmatch(" ".join(text.lower().split()))
    if match is None:
        return None
    first, second = (float(match.group(place).replace(",", ".")) for place in (1, 2))
    for x, y, srid in (
        (first, second, portal.crs),
        (second, first, portal.crs),
        (second, first, crs.WGS84),
        (first, second, crs.WGS84),
    ):
        position = _find_near(x, y, srid, portal)
        if position is not None:
            return position
    return None


def _find_near(x: float, y: float, srid: int, portal: Portal) -> Position | None:
    near = portal.outline_envelope.grown(MARGIN_METRES)
    if srid == portal.crs and not near.contains(x, y):
        return None
    try:
        position = find_position(x, y, srid, portal.crs)
    except RequestError:
        return None
    return position if near.contains(position.east, position.north) else None
