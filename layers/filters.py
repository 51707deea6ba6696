"""Parameters of a request, parsed strictly and judged by name and type; no database, no Flask.

Only documented parameters are accepted, each once (OGC API Features Part 1, 17-069r4, requirements 8 and 9:
anything else answers 400). What a parameter means for a layer is decided in `query`.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from gis import crs
from gis.envelope import Envelope
from gis.errors import RequestError
from layers.offered_crs import CRS84, OfferedCrs, offered_crs, parse_offered_crs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from layers.catalogue import PublishedLayer
    from layers.manifest import Column, ColumnType

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
MAX_TEXT = 500

ITEMS_PARAMETERS = ("bbox", "bbox-crs", "crs", "datetime", "f", "limit", "next", "properties", "version")
FORMATS = ("json", "geojson")

Value = str | int | float | bool | date

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,3})?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2}))?"
)
_BIGINT = 2**63
_TOKEN = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class ItemsRequest:
    """A question for a page of features, as it was asked: boxes are in the CRS of `bbox-crs`, x y order."""

    crs: OfferedCrs
    limit: int
    columns: tuple[str, ...]
    boxes: tuple[Envelope, ...] | None = None
    equals: tuple[tuple[str, Value], ...] = ()


def read_parameters(pairs: Iterable[tuple[str, str]], allowed: Collection[str]) -> dict[str, str]:
    """The parameters by name. Raises RequestError for an undocumented, a repeated or an unreadable one."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in allowed:
            names = ", ".join(sorted(allowed)) or "none"
            raise RequestError(name[:50], f"there is no such parameter here; there are: {names}")
        if name in found:
            raise RequestError(name, "give it only once")
        if _CONTROL.search(value):
            raise RequestError(name, "it holds control characters")
        found[name] = value
    return found


def parse_items_request(given: Mapping[str, str], layer: PublishedLayer) -> ItemsRequest:
    """The question in parameters that `read_parameters` let through. Raises RequestError."""
    offered = offered_crs(layer.srid)
    check_format(given, FORMATS)
    if "datetime" in given:
        check_datetime(given["datetime"])
    box_crs = parse_offered_crs("bbox-crs", given["bbox-crs"], offered) if "bbox-crs" in given else CRS84
    return ItemsRequest(
        crs=parse_offered_crs("crs", given["crs"], offered) if "crs" in given else CRS84,
        limit=parse_limit(given.get("limit"), default=DEFAULT_LIMIT, most=MAX_LIMIT),
        columns=parse_columns(given.get("properties"), layer.manifest.columns),
        boxes=parse_bbox(given["bbox"], box_crs) if "bbox" in given else None,
        equals=tuple(
            (name, parse_value(name, column.type, given[name]))
            for name, column in queryable_columns(layer.manifest.columns).items()
            if name in given
        ),
    )


def queryable_columns(columns: Mapping[str, Column]) -> dict[str, Column]:
    """The published columns that can be asked for by name; one called like a parameter cannot."""
    return {name: column for name, column in columns.items() if name not in ITEMS_PARAMETERS}


def check_format(given: Mapping[str, str], formats: tuple[str, ...]) -> None:
    """Raise RequestError when `f` names a format that is not written here."""
    if "f" in given and given["f"] not in formats:
        raise RequestError("f", f"choose one of {', '.join(formats)}", value=given["f"][:100])


def parse_version(text: str) -> str:
    """The token of a version: 16 hexadecimal digits. Raises RequestError."""
    if not _TOKEN.fullmatch(text):
        raise RequestError(
            "version", "write the token of a version: 16 digits and small letters", value=text[:100]
        )
    return text


def parse_number(parameter: str, text: str) -> float:
    """A finite decimal number in ASCII digits; Python's own parser also takes `1_0`, `１` and `nan`."""
    if not _NUMBER.fullmatch(text) or not math.isfinite(number := float(text)):
        raise RequestError(parameter, "write plain decimal numbers, such as 15.12", value=text[:100])
    return number


def parse_limit(text: str | None, *, default: int, most: int) -> int:
    """How many to answer: at least 1, never above `most`, however large the number asked for."""
    if text is None:
        return default
    if not re.fullmatch(r"\+?[0-9]{1,100}", text) or not text.strip("+0"):
        raise RequestError("limit", f"write a whole number from 1 to {most}", value=text[:100])
    return min(int(text), most)


def parse_bbox(text: str, box_crs: OfferedCrs) -> tuple[Envelope, ...]:
    """One box, or two when it crosses the antimeridian, in x y order of `box_crs`.

    Four numbers, or six whose heights are ignored (17-069r4, clause 7.15.3). Raises RequestError.
    """
    parts = text.split(",", 6)
    if len(parts) not in (4, 6):
        raise RequestError("bbox", f"four or six numbers are needed, not {len(parts)}", value=text[:100])
    numbers = [parse_number("bbox", part) for part in parts]
    half = len(numbers) // 2
    (a, b), (c, d) = numbers[:2], numbers[half : half + 2]
    west, south, east, north = (b, a, d, c) if box_crs.north_first else (a, b, c, d)
    if south > north:
        raise RequestError("bbox", "its lower edge lies above its upper edge", value=text[:100])
    if box_crs.srid != crs.WGS84:
        return (_metric_box(west, south, east, north, box_crs.srid),)
    return _degree_boxes(west, south, east, north)


def _metric_box(west: float, south: float, east: float, north: float, srid: int) -> Envelope:
    if west > east:
        raise RequestError("bbox", "its left edge lies to the right of its right edge")
    return Envelope(west, south, east, north, srid)


def _degree_boxes(west: float, south: float, east: float, north: float) -> tuple[Envelope, ...]:
    if min(west, east) < -180 or max(west, east) > 180 or south < -90 or north > 90:
        raise RequestError("bbox", "longitudes go from -180 to 180 and latitudes from -90 to 90")
    if west <= east:
        return (Envelope(west, south, east, north, crs.WGS84),)
    return (Envelope(west, south, 180, north, crs.WGS84), Envelope(-180, south, east, north, crs.WGS84))


def parse_columns(text: str | None, columns: Mapping[str, Column]) -> tuple[str, ...]:
    """The published columns to answer with, always in the order of the manifest."""
    if text is None:
        return tuple(columns)
    wanted = text.split(",")
    for name in wanted:
        if name not in columns:
            raise RequestError(
                "properties", f"there is no property {name[:50]!r}; there are: {', '.join(columns)}"
            )
    return tuple(name for name in columns if name in wanted)


def parse_value(parameter: str, kind: ColumnType, text: str) -> Value:
    """The value a property is compared with, of the column's type. Raises RequestError naming the type."""
    if kind == "text":
        if len(text) > MAX_TEXT:
            raise RequestError(parameter, f"at most {MAX_TEXT} characters")
        return text
    if kind == "integer":
        return _parse_integer(parameter, text)
    if kind == "number":
        return parse_number(parameter, text)
    if kind == "date":
        return _parse_date(parameter, text)
    if text not in ("true", "false"):
        raise RequestError(parameter, "write true or false", value=text[:100])
    return text == "true"


def _parse_integer(parameter: str, text: str) -> int:
    if not _INTEGER.fullmatch(text) or not -_BIGINT <= (number := int(text)) < _BIGINT:
        raise RequestError(parameter, "write a whole number", value=text[:100])
    return number


def _parse_date(parameter: str, text: str) -> date:
    # Python also reads 20260301 and week dates, which are not documented here.
    if _DATE.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise RequestError(parameter, "write a date as 2026-03-01", value=text[:100])


def check_datetime(text: str) -> None:
    """Raise RequestError unless it is an instant or interval of RFC 3339 (17-069r4, clause 7.15.4).

    No layer carries a temporal property yet, so a well-formed value selects everything.
    """
    ends = text.split("/")
    if len(ends) > 2 or (len(ends) == 1 and ends[0] in ("", "..")):
        raise _bad_datetime(text)
    moments = [_parse_moment(end, text) for end in ends]
    given = [moment for moment in moments if moment is not None]
    if len(given) == 2 and given[0] > given[1]:
        raise RequestError("datetime", "the interval ends before it begins", value=text[:100])


def _parse_moment(text: str, whole: str) -> datetime | None:
    if text in ("", ".."):
        return None
    if not _RFC3339.fullmatch(text):
        raise _bad_datetime(whole)
    try:
        return datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00Z")
    except ValueError as exc:
        raise _bad_datetime(whole) from exc


def _bad_datetime(text: str) -> RequestError:
    return RequestError(
        "datetime", "write 2026-03-01T12:00:00Z or an interval such as ../2026-03-01", value=text[:100]
    )
