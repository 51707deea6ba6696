"""How wide a shape is: what tells a sliver, born where two borders do not quite meet, from a small real thing.

A shape is narrower than a width when no circle of that diameter fits into it anywhere: then shrinking it by
half the width leaves nothing. An area says little: a strip of 3 cm along a whole border has more than a well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# Square joins keep the corners of a shrunken shape, and no arcs have to be made.
_JOIN: Final = "mitre"
_POLYGON = 3


def is_narrower(shape: BaseGeometry, width: float) -> bool:
    """True when no circle of this diameter, in CRS units, fits into the valid polygon.

    Of a polygon without holes the area is at most its length times the radius of the largest circle in it
    (Szőkefalvi-Nagy: shrinking never makes the border longer), which answers most questions at once.
    """
    is_simple = shapely.get_type_id(shape) == _POLYGON and shapely.get_num_interior_rings(shape) == 0
    if is_simple and 2 * shape.area > width * shape.length:
        return False
    return bool(shapely.is_empty(shapely.buffer(shape, -width / 2, join_style=_JOIN)))


def find_width(shape: BaseGeometry) -> float:
    """The diameter of the largest circle in a valid polygon; 0 for an empty one."""
    if shape.is_empty or shape.area == 0:
        return 0.0
    radius: Any = shapely.maximum_inscribed_circle(np.array([shape]))
    return 2 * float(shapely.length(radius)[0])
