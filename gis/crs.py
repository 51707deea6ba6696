"""Coordinate reference systems: looked up once, transformed in x, y order, refused when deprecated.

Datum changes are made here, by pyproj, at import. D48/GK (EPSG:3912) reaches WGS 84 only by way of
D96/TM (EPSG:3794): the direct operation is 0.4 m worse in the median (docs/decisions/0005-crs.md).
"""

from __future__ import annotations

import math
import re
import threading
from functools import lru_cache
from typing import Any

from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError

from gis.envelope import Envelope
from gis.errors import ConfigurationError

D96 = 3794
D48 = 3912
WGS84 = 4326
WEB_MERCATOR = 3857

CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG_URI = "http://www.opengis.net/def/crs/EPSG/0/"

# The EPSG register marks these three as deprecated; read as one of them, D48 data lands about 365 m off.
REFUSED = {
    3787: "EPSG:3787 is deprecated and puts D48 data about 365 m wrong; say EPSG:3912 (D48/GK)",
    2170: "EPSG:2170 is deprecated; say EPSG:3912 (D48/GK) or EPSG:3794 (D96/TM)",
    3911: "EPSG:3911 is deprecated; say EPSG:3912 (D48/GK) or EPSG:8686",
}

_DENSIFY_POINTS = 21
_local = threading.local()


@lru_cache(maxsize=256)
def find_crs(srid: int) -> CRS:
    """The CRS with this EPSG code. Raises ConfigurationError for unknown and for refused codes."""
    if srid in REFUSED:
        raise ConfigurationError(REFUSED[srid], srid=srid)
    try:
        return CRS.from_epsg(srid)
    except CRSError as exc:
        raise ConfigurationError(f"EPSG:{srid} is not a code of the EPSG register", srid=srid) from exc


def crs_uri(srid: int, *, crs84: bool = False) -> str:
    """The URI OGC API Features Part 2 uses for a CRS (17-058r1, clause 6.2); CRS84 for lon/lat."""
    return CRS84_URI if crs84 else f"{_EPSG_URI}{srid}"


def parse_crs_uri(text: str) -> tuple[int, bool]:
    """SRID, and whether coordinates come north first, of a CRS URI or `[EPSG:n]`-style CURIE.

    CRS84 answers (4326, False); EPSG:4326 answers (4326, True). Raises ValueError for anything else.
    """
    if text in (CRS84_URI, "OGC:CRS84", "[OGC:CRS84]", "CRS84"):
        return (WGS84, False)
    match = re.fullmatch(rf"(?:{re.escape(_EPSG_URI)}|\[?EPSG:|urn:ogc:def:crs:EPSG::)([0-9]{{4,6}})\]?", text)
    if match is None:
        msg = f"{text[:100]!r} is not a CRS URI"
        raise ValueError(msg)
    srid = int(match.group(1))
    return (srid, is_north_first(srid))


@lru_cache(maxsize=256)
def is_north_first(srid: int) -> bool:
    """True when the register's first axis points north, so that API coordinates are y, x."""
    return bool(find_crs(srid).axis_info[0].direction == "north")


@lru_cache(maxsize=256)
def is_metric(srid: int) -> bool:
    """True when the axes count metres."""
    return bool(find_crs(srid).axis_info[0].unit_name == "metre")


def decimals(srid: int) -> int:
    """Digits after the point that coordinates are written with: 3 in metres, 7 in degrees (6 mm)."""
    return 3 if is_metric(srid) else 7


def transformer(source: int, target: int) -> Transformer:
    """A cached always-x-y transformer for one pair of SRIDs; one per thread, as PROJ contexts are.

    Use `transform` unless the pair shares a datum: this one goes directly.
    """
    cache: dict[tuple[int, int], Transformer] = _local.__dict__.setdefault("transformers", {})
    pair = (source, target)
    if pair not in cache:
        cache[pair] = Transformer.from_crs(find_crs(source), find_crs(target), always_xy=True)
    return cache[pair]


def steps(source: int, target: int) -> list[tuple[int, int]]:
    """The pairs a transformation goes through: D48 reaches other datums by way of D96."""
    if source == target:
        return []
    if source == D48 and target != D96:
        return [(D48, D96), (D96, target)]
    if target == D48 and source != D96:
        return [(source, D96), (D96, D48)]
    return [(source, target)]


def transform(source: int, target: int, x: Any, y: Any) -> tuple[Any, Any]:
    """Coordinates (floats or arrays, x east / lon first) from one CRS to another, step by step.

    Raises ProjError when a coordinate cannot be transformed.
    """
    for pair in steps(source, target):
        x, y = transformer(*pair).transform(x, y, errcheck=True)
    return (x, y)


def transform_envelope(envelope: Envelope, target: int) -> Envelope:
    """The axis-aligned box in `target` that holds the box; sides are densified, for they may bend.

    Raises ProjError when a corner cannot be transformed.
    """
    bounds = envelope.bounds
    for pair in steps(envelope.srid, target):
        # Not errcheck: PROJ looks whether a pole lies inside, and a conic CRS has no place for the other pole.
        bounds = transformer(*pair).transform_bounds(*bounds, densify_pts=_DENSIFY_POINTS)
        if not all(map(math.isfinite, bounds)):
            msg = f"the box {envelope.bounds} cannot be transformed to EPSG:{target}"
            raise ProjError(msg)
    return Envelope(*bounds, srid=target)


def ground_scale(srid: int, x: float, y: float) -> float:
    """Ground metres per unit of the CRS at a point: 1 in D96/TM within 0.01 %, cos(lat) in Web Mercator.

    For a geographic CRS the unit is a degree of latitude.
    """
    if not is_metric(srid):
        return 111_320.0
    lon, lat = transform(srid, WGS84, x, y)
    if srid == WEB_MERCATOR:
        return math.cos(math.radians(lat))
    return float(1 / Proj(find_crs(srid)).get_factors(lon, lat).meridional_scale)


__all__ = [
    "CRS84_URI",
    "D48",
    "D96",
    "REFUSED",
    "WEB_MERCATOR",
    "WGS84",
    "ProjError",
    "crs_uri",
    "decimals",
    "find_crs",
    "ground_scale",
    "is_metric",
    "is_north_first",
    "parse_crs_uri",
    "steps",
    "transform",
    "transform_envelope",
    "transformer",
]
