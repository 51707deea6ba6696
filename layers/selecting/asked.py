"""What `/parcels/select` is asked for, parsed strictly: parcels by name, a list, or something drawn.

Exactly one of the three says what is meant; `distance` and `neighbours` ask for what lies around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import RequestError
from layers.filters import parse_number
from layers.selecting.drawn import parse_drawn
from layers.selecting.lists import Line, parse_list
from layers.selecting.names import Name, parse_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

PARAMETERS = ("parcels", "list", "geometry", "crs", "distance", "neighbours")
MIN_DISTANCE_M = 1.0
MAX_DISTANCE_M = 500.0

_SUBJECTS = ("parcels", "list", "geometry")


@dataclass(frozen=True)
class Asked:
    """One of `names`, `lines` and `drawn` is given; `drawn` is in the portal's CRS, distances are metres."""

    names: tuple[Name, ...] | None = None
    lines: tuple[Line, ...] | None = None
    drawn: BaseGeometry | None = None
    distance_m: float | None = None
    neighbours: bool = False


def parse_asked(given: Mapping[str, str], portal_srid: int) -> Asked:
    """The question. Raises RequestError naming the parameter."""
    subjects = [name for name in _SUBJECTS if name in given]
    if len(subjects) != 1:
        name = subjects[1] if subjects else "parcels"
        raise RequestError(name, f"give exactly one of {', '.join(_SUBJECTS)}")
    (subject,) = subjects
    _check_company(given, subject)
    return Asked(
        names=parse_names(given["parcels"]) if subject == "parcels" else None,
        lines=parse_list(given["list"]) if subject == "list" else None,
        drawn=parse_drawn(given["geometry"], given.get("crs"), portal_srid) if subject == "geometry" else None,
        distance_m=parse_distance(given["distance"]) if "distance" in given else None,
        neighbours="neighbours" in given,
    )


def parse_distance(text: str) -> float:
    """Metres from 1 to 500. Raises RequestError."""
    distance = parse_number("distance", text)
    if not MIN_DISTANCE_M <= distance <= MAX_DISTANCE_M:
        raise RequestError(
            "distance", f"write metres from {MIN_DISTANCE_M:g} to {MAX_DISTANCE_M:g}", value=text[:100]
        )
    return distance


def _check_company(given: Mapping[str, str], subject: str) -> None:
    """Raise RequestError for a parameter that means nothing beside the subject."""
    if "crs" in given and subject != "geometry":
        raise RequestError("crs", "it goes with geometry only")
    if "distance" in given and subject == "list":
        raise RequestError("distance", "it goes with parcels or geometry")
    if "neighbours" not in given:
        return
    if given["neighbours"] != "true":
        raise RequestError("neighbours", "write true, or leave it out", value=given["neighbours"][:100])
    if subject != "parcels" or "distance" in given:
        raise RequestError("neighbours", "it goes with parcels, and not with distance")
