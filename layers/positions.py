"""A place that is asked for or answered: a point in the portal's CRS and in degrees, and boxes in both."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gis import crs
from gis.envelope import Envelope
from gis.errors import RequestError
from layers.describe import degrees
from layers.filters import parse_number
from layers.offered_crs import offered_crs, parse_offered_crs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]

_BOX = ("_west", "_south", "_east", "_north")


@dataclass(frozen=True)
class Position:
    """A point in the portal's CRS and in degrees."""

    east: float
    north: float
    srid: int
    lon: float
    lat: float

    def as_json(self) -> Json:
        """Metres to the millimetre, degrees to seven digits."""
        return {
            "lon": round(self.lon, 7),
            "lat": round(self.lat, 7),
            "e": round(self.east, 3),
            "n": round(self.north, 3),
            "srid": self.srid,
        }


def parse_position(given: Mapping[str, str], portal_srid: int) -> Position:
    """The point of parameters x, y and crs (x is always east or longitude). Raises RequestError."""
    for name in ("x", "y"):
        if name not in given:
            raise RequestError(name, "it is needed: east or longitude in x, north or latitude in y")
    x, y = parse_number("x", given["x"]), parse_number("y", given["y"])
    srid = parse_srid(given.get("crs"), portal_srid)
    return find_position(x, y, srid, portal_srid)


def find_position(x: float, y: float, srid: int, portal_srid: int) -> Position:
    """The point in both CRSs. Raises RequestError when it lies where the CRS does not reach."""
    if srid == crs.WGS84 and not (abs(x) <= 180 and abs(y) <= 90):
        raise RequestError("x", "longitudes go from -180 to 180 and latitudes from -90 to 90")
    try:
        east, north = crs.transform(srid, portal_srid, x, y)
        lon, lat = crs.transform(srid, crs.WGS84, x, y)
    except crs.ProjError as exc:
        raise RequestError("x", "this place lies outside the area that the CRS is made for") from exc
    if not all(map(math.isfinite, (east, north, lon, lat))):
        raise RequestError("x", "this place lies outside the area that the CRS is made for")
    return Position(east, north, portal_srid, lon, lat)


def box_columns(geometry: sa.ColumnElement[Any]) -> list[sa.ColumnElement[float]]:
    """West, south, east and north of a geometry, to be read with `read_box`."""
    functions = (sa.func.ST_XMin, sa.func.ST_YMin, sa.func.ST_XMax, sa.func.ST_YMax)
    return [
        function(geometry, type_=sa.Float).label(name) for function, name in zip(functions, _BOX, strict=True)
    ]


def read_box(row: sa.RowMapping, srid: int) -> Json:
    """`bbox` in degrees and `bbox_native` of a row that has the columns of `box_columns`."""
    return read_bounds([row[name] for name in _BOX], srid)


def read_bounds(bounds: Sequence[float | None], srid: int) -> Json:
    """`bbox` in degrees and `bbox_native` of west, south, east, north in metres; without one of them None."""
    known = [each for each in bounds if each is not None]
    if len(known) < len(_BOX):
        return {"bbox": None, "bbox_native": None}
    west, south, east, north = known
    native = Envelope(west, south, east, north, srid)
    return {
        "bbox": degrees(crs.transform_envelope(native, crs.WGS84)),
        "bbox_native": [round(each, 3) for each in native.bounds],
    }


def parse_srid(text: str | None, portal_srid: int) -> int:
    """The SRID a request names by code, URI or CURIE; the portal's own without one. Raises RequestError."""
    if text is None:
        return portal_srid
    by_code = {str(srid): srid for srid in (portal_srid, crs.WGS84, crs.WEB_MERCATOR)}
    if text in by_code:
        return by_code[text]
    return parse_offered_crs("crs", text, offered_crs(portal_srid)).srid
