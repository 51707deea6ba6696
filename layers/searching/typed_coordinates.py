"""Coordinates that people type into the search box: `508000 136000`, `46,36 N 15,1 E`, `46°21'17" 15°5'29"`.

Pure: a text becomes numbers, and the numbers a place when they fall near the portal's outline. Two numbers
that do not are left to other readings, for `964 123` is also a parcel. D48/GK and D96/TM use the same numbers,
611 m apart: D48 is read where the text says so, by its name, by the 5 that leads both of its numbers, or by
calling the east y.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gis import crs
from gis.errors import RequestError, SourceError
from gis.operation import choose_operation
from layers.positions import find_position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.operation import Operation
    from layers.portal import Portal
    from layers.positions import Position

# How far outside the outline a typed place may lie.
MARGIN_METRES = 10_000.0

# D48/GK numbers are often written with the number of the zone in front, and its false east and north.
_ZONE = 5_000_000.0

_NUMBER = r"([+-]?[0-9]{1,8}(?:[.,][0-9]{1,10})?)"
_AXIS = r"(?:([enxy]) ?[=:]? ?)?"
_UNIT = r" ?(?:m|°)? ?[neswvzj]?"
_BETWEEN = r"(?: ?[;/] ?| ?, |,(?=[+-]?[0-9]+\.)|,(?=[0-9]{4})| )"
_PAIR = re.compile(f"{_AXIS}{_NUMBER}{_UNIT}{_BETWEEN}{_AXIS}{_NUMBER}{_UNIT}")
_GROUPED = r"((?:5[ .])?[0-9]{2,3}[ .][0-9]{3}(?:,[0-9]{1,3})?)"
_GROUPED_PAIR = re.compile(f"{_AXIS}{_GROUPED} ?m?[ ,;/]+{_AXIS}{_GROUPED} ?m?")
_SIDE = r"(?:[neswvzj] ?)?"
_SEXAGESIMAL = (
    rf"{_SIDE}([0-9]{{1,3}}) ?[° ] ?([0-9]{{1,2}}(?:[.,][0-9]+)?)(?: ?' ?| |$|(?=[, ]))"
    rf"(?:([0-9]{{1,2}}(?:[.,][0-9]+)?)(?! ?[0-9]*°|[.,]?[0-9]) ?(?:\"|'')? ?)?{_SIDE}"
)
_SEXAGESIMAL_PAIR = re.compile(rf"{_SEXAGESIMAL}[,; /]*{_SEXAGESIMAL}")
_SIGNS = str.maketrans({"′": "'", "’": "'", "´": "'", "″": '"', "”": '"', "“": '"', "º": "°", "˚": "°"})
_SYSTEM = re.compile(r"\(?\b(?:(d ?48(?:[/ ]?gk)?|gk)|(d ?96(?:[/ ]?tm)?|tm)|(wgs ?84))\b\)?:?")
_LONG = re.compile(r"[0-9]{5}|[0-9][.,][0-9]{3}|°")

System = Literal["D96/TM", "D48/GK", "WGS 84", "portal"]
_operations = threading.local()


@dataclass(frozen=True)
class TypedPlace:
    """Where typed coordinates lie, and how they were read; `accuracy_m` is that of the change from D48/GK."""

    position: Position
    system: System
    swapped: bool
    accuracy_m: float | None = None


@dataclass(frozen=True)
class _Numbers:
    """Two numbers as they stand in the text, the letters before them, and the CRS the text names."""

    first: float
    second: float
    axes: tuple[str | None, str | None]
    system: System | None

    @property
    def is_degrees(self) -> bool:
        return self.system == "WGS 84"

    def said_d48(self) -> bool:
        """By name, by the zone in both numbers, or because y is the east, as only D48/GK calls it."""
        big, small = max(self.first, self.second), min(self.first, self.second)
        east_axis = self.axes[0] if self.first == big else self.axes[1]
        is_zoned = small > _ZONE
        return self.system == "D48/GK" or is_zoned or (east_axis == "y" and small > 1_000)

    def without_zone(self) -> tuple[float, float]:
        first, second = (each - _ZONE if each > _ZONE else each for each in (self.first, self.second))
        return first, second


def find_typed_position(text: str, portal: Portal) -> Position | None:
    """The place that a text of two coordinates means, None when it means none near this portal."""
    place = find_typed_place(text, portal)
    return place.position if place else None


def find_typed_place(text: str, portal: Portal) -> TypedPlace | None:
    """The place that a text of two coordinates means, None when it means none near this portal.

    In metres east comes first, in degrees latitude; the other order is understood when only it falls near the
    portal. Without a word of the CRS metres are those of the portal.
    """
    for numbers in _read_numbers(text):
        for x, y, srid, swapped in _candidates(numbers, portal):
            place = _find_near(x, y, srid, portal, swapped=swapped and not any(numbers.axes))
            if place is not None:
                return place
    return None


def looks_like_coordinates(text: str) -> bool:
    """Two numbers long enough that they can hardly be a parcel or an address."""
    return any(True for _ in _read_numbers(text)) and len(_LONG.findall(text)) > 1


def _read_numbers(text: str) -> Iterator[_Numbers]:
    """Every way to read two numbers in the text."""
    text = " ".join(text.lower().translate(_SIGNS).split())
    said = _SYSTEM.search(text)
    system: System | None = None
    if said is not None:
        system = "D48/GK" if said.group(1) else "D96/TM" if said.group(2) else "WGS 84"
        text = " ".join(_SYSTEM.sub(" ", text).strip(" ,;:").split())
    if match := _PAIR.fullmatch(text):
        first, second = (float(match.group(place).replace(",", ".")) for place in (2, 4))
        yield _Numbers(first, second, (match.group(1), match.group(3)), system)
    if match := _GROUPED_PAIR.fullmatch(text):
        first, second = (_read_grouped(match.group(place)) for place in (2, 4))
        yield _Numbers(first, second, (match.group(1), match.group(3)), system)
    if match := _SEXAGESIMAL_PAIR.fullmatch(text):
        parts = [float((part or "0").replace(",", ".")) for part in match.groups()]
        if all(part < 60 for part in (*parts[1:3], *parts[4:6])):
            first, second = (parts[at] + parts[at + 1] / 60 + parts[at + 2] / 3600 for at in (0, 3))
            yield _Numbers(first, second, (None, None), "WGS 84")


def _read_grouped(text: str) -> float:
    whole, _, part = text.partition(",")
    return float(f"{re.sub('[ .]', '', whole)}.{part or '0'}")


def _candidates(numbers: _Numbers, portal: Portal) -> Iterator[tuple[float, float, int, bool]]:
    """East or longitude, north or latitude, CRS, and whether the order is not the usual one."""
    first, second = numbers.first, numbers.second
    if numbers.said_d48() and portal.crs == crs.D96:
        first, second = numbers.without_zone()
        # Its usual order is y, x, which is east before north.
        yield first, second, crs.D48, False
        yield second, first, crs.D48, True
        return
    if not numbers.is_degrees:
        yield first, second, portal.crs, False
        yield second, first, portal.crs, True
    if numbers.system != "D96/TM":
        yield second, first, crs.WGS84, False
        yield first, second, crs.WGS84, True


def _find_near(x: float, y: float, srid: int, portal: Portal, *, swapped: bool) -> TypedPlace | None:
    near = portal.outline_envelope.grown(MARGIN_METRES)
    if srid != crs.WGS84 and not near.contains(x, y):
        return None
    try:
        accuracy = None
        if srid == crs.D48:
            operation = _operation(portal)
            (x, y), srid, accuracy = operation.transform(x, y), portal.crs, operation.accuracy_m
            system: System = "D48/GK"
        else:
            system = "WGS 84" if srid == crs.WGS84 else "D96/TM" if srid == crs.D96 else "portal"
        position = find_position(x, y, srid, portal.crs)
    except (RequestError, SourceError, crs.ProjError):
        return None
    if not near.contains(position.east, position.north):
        return None
    return TypedPlace(position, system, swapped, accuracy)


def _operation(portal: Portal) -> Operation:
    """The way from D48/GK that an import in this portal takes; one for each thread, as PROJ wants it."""
    known: dict[tuple[float, ...], Operation] = _operations.__dict__.setdefault("known", {})
    bounds = portal.outline_envelope.bounds
    if bounds not in known:
        area = crs.transform_envelope(portal.outline_envelope, crs.WGS84)
        known[bounds] = choose_operation(crs.D48, portal.crs, area)
    return known[bounds]
