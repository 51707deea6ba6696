"""A line, an area or a point that somebody drew: well-known text into a valid shape in the portal's CRS.

Read here and not by GEOS, whose reader follows any depth of brackets. Corners are moved to the portal's CRS,
and the sides between them are straight there. Source: OGC 06-103r4, clause 7 (well-known text).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis import crs
from gis.errors import RequestError
from gis.geometry import transform_geometry
from layers.filters import parse_number
from layers.positions import parse_srid

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MAX_CORNERS = 250
MAX_LENGTH_M = 50_000.0
_NAME = "geometry"
_SHAPE = re.compile(r"\s*(POINT|LINESTRING|POLYGON)\s*\((.*)\)\s*", re.IGNORECASE)
_RINGS = re.compile(r"\s*\([^()]*\)\s*(?:,\s*\([^()]*\)\s*)*")

Corner = tuple[float, float]


def parse_drawn(text: str, crs_text: str | None, portal_srid: int) -> BaseGeometry:
    """The shape in the portal's CRS; east or longitude comes first. An outline that crosses itself is mended.

    Raises RequestError for another kind of text, too many corners, too long a line, or an area of nothing.
    """
    srid = parse_srid(crs_text, portal_srid)
    shape = _build(text)
    if srid == crs.WGS84 and not _is_in_degrees(shape):
        raise RequestError(_NAME, "longitudes go from -180 to 180 and latitudes from -90 to 90")
    try:
        shape = transform_geometry(shape, srid, portal_srid)
    except crs.ProjError as exc:
        raise RequestError(_NAME, "it lies outside the area that the CRS is made for") from exc
    if not np.isfinite(shapely.bounds(shape)).all():
        raise RequestError(_NAME, "it lies outside the area that the CRS is made for")
    if not shape.length <= MAX_LENGTH_M:
        raise RequestError(_NAME, f"a line or outline may have {MAX_LENGTH_M / 1000:g} km at most")
    return _make_sound(shape)


def _build(text: str) -> BaseGeometry:
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise RequestError(
            _NAME, "write POINT(x y), LINESTRING(x y, x y) or POLYGON((x y, x y, x y))", value=text[:100]
        )
    kind, body = match.group(1).upper(), match.group(2)
    if body.count(",") > MAX_CORNERS:
        raise RequestError(_NAME, f"at most {MAX_CORNERS} corners, please")
    if kind == "POLYGON":
        return _build_polygon(body)
    corners = _parse_corners(body)
    if kind == "POINT":
        if len(corners) != 1:
            raise RequestError(_NAME, "a point has one pair of coordinates")
        return shapely.Point(corners[0])
    if len(set(corners)) < 2:
        raise RequestError(_NAME, "a line has at least two different corners")
    return shapely.LineString(corners)


def _build_polygon(body: str) -> BaseGeometry:
    if not _RINGS.fullmatch(body):
        raise RequestError(_NAME, "write every ring of an area in brackets: POLYGON((x y, x y, x y))")
    rings = [_parse_corners(ring) for ring in re.findall(r"\(([^()]*)\)", body)]
    if any(len(set(ring)) < 3 for ring in rings):
        raise RequestError(_NAME, "an area has at least three different corners")
    return shapely.Polygon(rings[0], rings[1:])


def _parse_corners(text: str) -> list[Corner]:
    corners = []
    for pair in text.split(","):
        parts = pair.split()
        if len(parts) != 2:
            raise RequestError(_NAME, "each corner has two numbers with a space between", value=pair[:100])
        corners.append((parse_number(_NAME, parts[0]), parse_number(_NAME, parts[1])))
    return corners


def _is_in_degrees(shape: BaseGeometry) -> bool:
    coordinates: Any = np.abs(shapely.get_coordinates(shape))
    return bool((coordinates <= (180, 90)).all())


def _make_sound(shape: BaseGeometry) -> BaseGeometry:
    if shape.is_valid:
        return shape
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if mended.is_empty or mended.area == 0:
        raise RequestError(_NAME, "its corners lie on one line, so it is no area")
    return mended
