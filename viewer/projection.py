"""The portal's CRS as the numbers of a transverse Mercator projection, so that a browser can compute it.

Only projections that share their datum with WGS 84 qualify: nothing here shifts a datum. A portal in any
other CRS is shown in WebMercatorQuad.
"""

from __future__ import annotations

from dataclasses import dataclass

from gis import crs

_NAMES = {
    "Latitude of natural origin": "lat0",
    "Longitude of natural origin": "lon0",
    "Scale factor at natural origin": "k0",
    "False easting": "x0",
    "False northing": "y0",
}
_OWN_NAMES = {3794: "D96/TM"}
_SAME_DATUM_DEGREES = 1e-8


@dataclass(frozen=True)
class TransverseMercator:
    """Parameters as the EPSG register gives them (method 9807); degrees and metres."""

    srid: int
    name: str
    lat0: float
    lon0: float
    k0: float
    x0: float
    y0: float
    semi_major_m: float
    inverse_flattening: float


def find_transverse_mercator(srid: int) -> TransverseMercator | None:
    """The projection's numbers, or None when it is another projection or on another datum."""
    found = crs.find_crs(srid)
    operation, ellipsoid = found.coordinate_operation, found.ellipsoid
    if operation is None or ellipsoid is None or operation.method_name != "Transverse Mercator":
        return None
    values = {_NAMES[each.name]: float(each.value) for each in operation.params if each.name in _NAMES}
    if len(values) != len(_NAMES) or not _shares_datum_with_wgs84(srid, values["x0"], values["y0"]):
        return None
    return TransverseMercator(
        srid=srid,
        name=_short_name(srid, found.name),
        semi_major_m=ellipsoid.semi_major_metre,
        inverse_flattening=ellipsoid.inverse_flattening,
        **values,
    )


def _short_name(srid: int, name: str) -> str:
    """What people call it: D96/TM; UTM 31N of `ETRS89 / UTM zone 31N`, Croatia TM of `HTRS96 / Croatia TM`."""
    if srid in _OWN_NAMES:
        return _OWN_NAMES[srid]
    return name.rpartition(" / ")[2].replace("UTM zone", "UTM")


def _shares_datum_with_wgs84(srid: int, false_easting: float, false_northing: float) -> bool:
    geodetic = crs.find_crs(srid).geodetic_crs
    code = geodetic.to_epsg() if geodetic is not None else None
    if code is None:
        return False
    x, y = false_easting + 1000.0, false_northing + 5_100_000.0
    here = crs.transform(srid, code, x, y)
    there = crs.transform(srid, crs.WGS84, x, y)
    return all(abs(a - b) < _SAME_DATUM_DEGREES for a, b in zip(here, there, strict=True))
