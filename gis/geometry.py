"""The kinds of geometry there are, and moving shapely geometries from one CRS to another.

Repair of untrusted geometry is not here: it runs only in the reading child process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

from gis import crs

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

GeometryKind = Literal["point", "line", "polygon"]


def transform_geometry(geometry: BaseGeometry, source: int, target: int) -> BaseGeometry:
    """The geometry with every vertex moved from CRS `source` to `target`, x y order, Z kept."""
    return transform_geometries(np.array([geometry], dtype=object), source, target)[0]  # type: ignore[no-any-return]


def transform_geometries(geometries: Any, source: int, target: int) -> Any:
    """As `transform_geometry`, for an array of geometries in one call; NULLs stay."""
    if source == target:
        return geometries
    return move_vertices(geometries, lambda x, y: crs.transform(source, target, x, y))


def move_vertices(geometries: Any, move: Callable[[Any, Any], tuple[Any, Any]]) -> Any:
    """An array of geometries with every x, y replaced by what `move` makes of them; Z and NULLs stay."""

    def moved(coordinates: Any) -> Any:
        x, y = move(coordinates[:, 0], coordinates[:, 1])
        return np.column_stack([x, y, *coordinates[:, 2:].T])

    has_z = bool(np.any(shapely.has_z(geometries)))
    return shapely.transform(geometries, moved, include_z=has_z)
