"""The CRSs a layer may be asked for in: CRS84, WGS 84, the portal's own and Web Mercator.

All of them share a datum, so PostGIS may transform between them; D48/GK is not among them on purpose
(docs/decisions/0005-crs.md). Source: OGC API Features Part 2 (17-058r1), clauses 6.2 and 7.
"""

from __future__ import annotations

from dataclasses import dataclass

from gis import crs
from gis.errors import ConfigurationError, RequestError


@dataclass(frozen=True)
class OfferedCrs:
    """A CRS with the order its coordinates are written in; `uri` names both."""

    srid: int
    north_first: bool
    uri: str

    @property
    def digits(self) -> int:
        """Digits after the point: 3 in metres, 7 in degrees."""
        return crs.decimals(self.srid)

    @property
    def content_header(self) -> str:
        """The value of the Content-Crs header: the URI in angle brackets."""
        return f"<{self.uri}>"


CRS84 = OfferedCrs(crs.WGS84, north_first=False, uri=crs.CRS84_URI)


def offered_crs(portal_srid: int) -> tuple[OfferedCrs, ...]:
    """Every CRS a layer stored in `portal_srid` is offered in; CRS84, the default, comes first."""
    srids = dict.fromkeys([crs.WGS84, portal_srid, crs.WEB_MERCATOR])
    return (CRS84, *(storage_crs(srid) for srid in srids))


def storage_crs(srid: int) -> OfferedCrs:
    """The CRS with this code, in the axis order of its register entry."""
    return OfferedCrs(srid, crs.is_north_first(srid), crs.crs_uri(srid))


def parse_offered_crs(parameter: str, text: str, offered: tuple[OfferedCrs, ...]) -> OfferedCrs:
    """The offered CRS a request names by URI or CURIE. Raises RequestError with the list of choices."""
    try:
        srid, north_first = crs.parse_crs_uri(text)
    except (ValueError, ConfigurationError) as exc:
        raise _unknown(parameter, text, offered) from exc
    for choice in offered:
        if (choice.srid, choice.north_first) == (srid, north_first):
            return choice
    raise _unknown(parameter, text, offered)


def _unknown(parameter: str, text: str, offered: tuple[OfferedCrs, ...]) -> RequestError:
    choices = ", ".join(choice.uri for choice in offered)
    return RequestError(
        parameter, f"this CRS is not offered for this layer; choose one of {choices}", value=text[:100]
    )
