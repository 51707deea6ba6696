"""Shapes for small scales: less detail, and neighbours keep the border they share.

Polygons that form a coverage are thinned together (`shapely.coverage_simplify`: Visvalingam–Whyatt on each
shared edge once), so no gap and no overlap opens between them. Those that overlap others have no shared edge to
keep and are thinned one by one. Pure: arrays of shapes in, arrays out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from gis.geometry import GeometryKind


def generalise(geometries: Any, kind: GeometryKind, tolerance: float) -> Any:
    """The shapes without details that move a border by less than `tolerance` (CRS units).

    Valid ones stay valid, None stays. Of what fits together details go by their area: a triangle of two
    tolerances squared is one tolerance high when it is eight wide.

    The array is part of a layer: the outer edge of what fits together is kept as it is, because neighbours
    beyond it are thinned without knowing of these. What would come to nothing stays as it is.
    """
    present = np.flatnonzero(~shapely.is_missing(geometries))
    given = geometries[present]
    thinned = geometries.copy()
    thinned[present] = (
        shapely.simplify(given, tolerance) if kind == "line" else _thin_polygons(given, tolerance)
    )
    spoilt = present[shapely.is_empty(thinned[present]) | ~shapely.is_valid(thinned[present])]
    thinned[spoilt] = geometries[spoilt]
    return thinned


def _thin_polygons(polygons: Any, tolerance: float) -> Any:
    thinned = polygons.copy()
    if not len(polygons):
        return thinned
    # A polygon fits where it neither overlaps another nor meets it in edges that do not match vertex by vertex.
    fits = shapely.is_empty(shapely.coverage_invalid_edges(polygons))
    thinned[~fits] = shapely.simplify(polygons[~fits], tolerance, preserve_topology=True)
    if fits.any():
        thinned[fits] = shapely.coverage_simplify(polygons[fits], 2 * tolerance, simplify_boundary=False)
    return thinned
