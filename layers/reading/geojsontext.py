"""A GeoJSON read through once as text before GDAL opens it, because GDAL forgives what must not be forgiven.

GDAL takes NaN, strings for numbers, a second member of the same name, and a `crs` it cannot follow, all in
silence. Features go by one at a time, so memory stays flat. RFC 7946; `crs` is of the GeoJSON of 2008.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.errors import SourceError
from layers.reading.columns import check_column_count
from layers.reading.jsonwindow import JsonError, JsonWindow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_MAX_LISTED = 20
_SURROGATE = re.compile("[\ud800-\udfff]")
_EPSG = re.compile(
    r"(?:EPSG:|urn:(?:ogc|x-ogc):def:crs:EPSG:[^:]*:|https?://www\.opengis\.net/def/crs/EPSG/[^/]+/)(\d{4,6})",
    re.IGNORECASE,
)
_CRS84 = re.compile(
    r"(urn:ogc:def:crs:OGC:[^:]*:|https?://www\.opengis\.net/def/crs/OGC/[^/]+/|OGC:)CRS84h?", re.I
)
# How deep the lists of positions of each type lie.
_DEPTHS: Mapping[str, int] = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_NEW_COPY = "Ask the provider for a new copy."


@dataclass(frozen=True)
class GeoJsonFacts:
    """What a whole GeoJSON says: how many features, and the CRS its `crs` member states, if it has one."""

    feature_count: int
    crs: CRS | None


def read_geojson_facts(path: Path) -> GeoJsonFacts:
    """Read a staged GeoJSON through. Raises SourceError naming byte and feature of the first fault."""
    with path.open("rb") as file:
        return _Reading(JsonWindow(file)).read()


class _Reading:
    """The reading of one FeatureCollection."""

    def __init__(self, window: JsonWindow) -> None:
        self._window = window
        self._count = 0
        self._inside = False
        self._ids: dict[int | str, None] = {}
        self._repeated: dict[str, None] = {}
        self._id_types: set[type] = set()
        self._columns: dict[str, None] = {}

    def read(self) -> GeoJsonFacts:
        """Everything up to the end of the file. Raises SourceError with byte and feature."""
        try:
            return self._judge(self._read_members())
        except JsonError as exc:
            where = f" in feature {self._count + 1}" if self._inside else ""
            raise SourceError(
                f"The GeoJSON {exc}, at byte {self._window.offset}{where}. It is cut short or damaged. "
                f"{_NEW_COPY}"
            ) from exc

    def _read_members(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for name in self._members():
            if name in members:
                raise JsonError(f"has two members called {name[:40]!r}")
            self._inside = name == "features"
            members[name] = self._features() if self._inside else self._window.value()
            self._inside = False
        if self._window.peek():
            raise JsonError("goes on after its end")
        return members

    def _judge(self, members: dict[str, Any]) -> GeoJsonFacts:
        kind = members.get("type")
        if kind != "FeatureCollection" or "features" not in members:
            named = f"of type {str(kind)[:40]!r}" if kind is not None else "without a type"
            raise SourceError(
                f"The file is a JSON {named}, not a GeoJSON FeatureCollection with features. Export the "
                "layer as GeoJSON."
            )
        # GDAL looks each column up among all before it, so too many are refused here.
        check_column_count(self._columns)
        if self._repeated:
            listed = ", ".join(list(self._repeated)[:_MAX_LISTED])
            raise SourceError(f"Several features have the same id: {listed}. {_NEW_COPY}")
        return GeoJsonFacts(self._count, _parse_crs(members.get("crs")))

    def _members(self) -> Iterator[str]:
        window = self._window
        window.take("{")
        if window.peek() == "}":
            window.take("}")
            return
        while True:
            name = window.value()
            if not isinstance(name, str):
                raise JsonError("has a member without a name")
            window.take(":")
            window.peek()
            yield name
            if window.take(",}") == "}":
                return

    def _features(self) -> int:
        window = self._window
        window.take("[")
        if window.peek() == "]":
            window.take("]")
            return 0
        while True:
            feature = window.value()
            self._check(feature)
            self._count += 1
            if window.take(",]") == "]":
                return self._count

    def _check(self, feature: Any) -> None:
        number = self._count + 1
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise SourceError(f"Feature {number} of the GeoJSON is not of type Feature. {_NEW_COPY}")
        if not isinstance(feature.get("properties"), dict | None):
            raise SourceError(f"Feature {number}: its properties are not a JSON object. {_NEW_COPY}")
        self._check_texts(feature.get("properties") or {}, number)
        wrong = _find_fault(feature.get("geometry"))
        if wrong:
            raise SourceError(f"Feature {number}: its geometry {wrong}. Mend it in the source.")
        if "id" in feature:
            self._check_id(feature["id"], number)

    def _check_texts(self, properties: Mapping[str, Any], number: int) -> None:
        self._columns.update(dict.fromkeys(properties))
        for name, value in properties.items():
            if isinstance(value, str) and not value.isascii() and _SURROGATE.search(value):
                raise SourceError(
                    f"Feature {number}, field {name[:60]!r}: the text holds half a character. {_NEW_COPY}"
                )

    def _check_id(self, value: Any, number: int) -> None:
        if type(value) not in (str, int):
            raise SourceError(
                f"Feature {number}: its id {str(value)[:40]!r} is neither text nor a whole number. {_NEW_COPY}"
            )
        self._id_types.add(type(value))
        if len(self._id_types) > 1:
            raise SourceError(
                f"Feature {number}: its id {value!r} is a {'text' if isinstance(value, str) else 'number'}, "
                "and the ids before it are not. Make all ids text, or all numbers."
            )
        if value in self._ids:
            self._repeated[str(value)[:60]] = None
        self._ids[value] = None


def _find_fault(geometry: Any) -> str | None:
    """What is wrong with a geometry as JSON, in words that follow “its geometry”; None when nothing is."""
    if geometry is None:
        return None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection":
        return None
    if not isinstance(kind, str) or kind not in _DEPTHS:
        return f"has the type {str(kind)[:40]!r}, which GeoJSON does not know"
    places = geometry.get("coordinates")
    if not isinstance(places, list):
        return "has no list of coordinates"
    return _find_fault_in_places(kind, places) if places else None


def _find_fault_in_places(kind: str, places: list[Any]) -> str | None:
    try:
        lists = [[places]] if kind == "Point" else [places]
        for _ in range(_DEPTHS[kind] - 1):
            lists = list(chain.from_iterable(lists))
        return next((fault for each in lists if (fault := _find_fault_in_list(kind, each))), None)
    except (TypeError, OverflowError):
        return "has coordinates that are not lists of numbers"


def _find_fault_in_list(kind: str, positions: list[Any]) -> str | None:
    """Raises TypeError where something else than lists is found."""
    if not isinstance(positions, list) or not {list}.issuperset(map(type, positions)):
        return "has coordinates that are not lists of numbers"
    if not {int, float}.issuperset(map(type, chain.from_iterable(positions))):
        return "has a coordinate that is not a number"
    if not {2, 3, 4}.issuperset(map(len, positions)):
        return "has a position of fewer than two numbers, or of more than four"
    if not math.isfinite(sum(chain.from_iterable(positions))):
        return "has a coordinate that is infinite or beyond all numbers"
    return _find_open_end(kind, positions)


def _find_open_end(kind: str, positions: list[Any]) -> str | None:
    if kind.endswith("Polygon"):
        if len(positions) < 4:
            return f"has a ring of {len(positions)} positions; a ring needs four"
        return None if positions[0] == positions[-1] else "has a ring that does not end where it begins"
    return "has a line of fewer than two positions" if kind.endswith("String") and len(positions) < 2 else None


def _parse_crs(member: Any) -> CRS | None:
    """The CRS of a `crs` member of 2008; None without one. Raises SourceError when it cannot be followed."""
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        kind = member.get("type") if isinstance(member, dict) else member
        raise SourceError(
            f"The crs member of the GeoJSON is of type {str(kind)[:40]!r} and names no CRS; links are not "
            "followed. Write the EPSG code there, or take the member out and say source.crs in the manifest."
        )
    if _CRS84.fullmatch(name):
        return CRS.from_epsg(4326)
    found = _EPSG.fullmatch(name)
    try:
        if found:
            return CRS.from_epsg(int(found[1]))
    except CRSError:
        found = None
    raise SourceError(
        f"The crs member of the GeoJSON names {name[:60]!r}, which is no EPSG code that is known. Write the "
        "code there, or take the member out and say source.crs in the manifest."
    )
