"""The parcel's answer as values: what JSON, page and paper are written from, and nothing else is.

Texts are in the language of the answer. Areas are square metres in the portal's CRS: `drawn_m2` is measured on
the drawing, `area_m2` relates to the registered area and is rounded so that printed parts add up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from shapely.geometry.base import BaseGeometry

    from layers.answer.overlap import Rule
    from layers.answer_plan import Subject
    from layers.catalogue import PublishedLayer

State = Literal["concerned", "not_concerned", "no_data"]
Reason = Literal[
    "never_loaded",
    "failed",
    "withdrawn",
    "not_kept",
    "empty",
    "other_crs",
    "unreadable",
    "unstated",
    "incomplete",
    "outside_coverage",
    "gap",
]
Fault = Literal["copies", "mended", "mended_at_import", "unreadable", "more"]


@dataclass(frozen=True)
class Told:
    """One column of a restriction: its value in words, None when it is unknown."""

    name: str
    title: str
    text: str | None
    unit: str | None = None


@dataclass(frozen=True)
class Link:
    """A document and where it is read."""

    title: str
    url: str


@dataclass(frozen=True)
class Restriction:
    """What concerns the parcel: one zone, one area, one kind of pipe. `class_value` finds its symbol."""

    name: str
    codes: tuple[str, ...]
    features: tuple[str, ...]
    told: tuple[Told, ...] = ()
    legal_state: str | None = None
    abandoned: bool = False
    class_value: str | None = None
    drawn_m2: float | None = None
    area_m2: float | None = None
    percent: float | None = None
    length_m: float | None = None
    count: int | None = None


@dataclass(frozen=True)
class BeltOnParcel:
    """How much of the parcel lies in the belt of objects of one kind, and where the law says so."""

    name: str
    width_m: float
    widened_m: float
    without_accuracy: int
    article: str
    url: str | None
    features: tuple[str, ...]
    drawn_m2: float
    area_m2: float
    percent: float


@dataclass(frozen=True)
class Nearby:
    """Objects of one kind beside the parcel: how many, and how far the nearest is."""

    name: str
    distance_m: float
    features: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """What was too little to tell, and the rule: narrower than `sliver`, less than `small` or `short`."""

    name: str
    rule: Rule
    pieces: int
    drawn_m2: float
    width_m: float
    length_m: float


@dataclass(frozen=True)
class Doubtful:
    """Why a theme is less certain than it looks; `name` is the restriction, None for the whole theme."""

    fault: Fault
    name: str | None = None


@dataclass(frozen=True)
class Covering:
    """Whether zones cover the parcel exactly once; what none and what several of them cover."""

    holds: bool
    gap_m2: float
    overlap_m2: float


@dataclass(frozen=True)
class ThemeAnswer:
    """One question about the parcel, answered: concerned, not concerned, or no data and why."""

    layer: str
    subject: Subject
    title: str
    state: State
    reason: Reason | None = None
    restrictions: tuple[Restriction, ...] = ()
    belts: tuple[BeltOnParcel, ...] = ()
    nearby: tuple[Nearby, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    doubts: tuple[Doubtful, ...] = ()
    covering: Covering | None = None
    uncovered_percent: float = 0.0
    coverage: str | None = None
    documents: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Tolerance:
    """What is too little to be told of a theme; see `layers.answer_rules`."""

    sliver_width_m: float
    least_area_m2: float
    least_length_m: float
    balance: float | None


@dataclass(frozen=True)
class Source:
    """Where a theme comes from: enough to ask for the same data again."""

    layer: str
    title: str
    version: int
    token: str
    state_date: date
    loaded_at: datetime
    provider: str
    attribution: str
    licence: str
    licence_url: str | None
    file: str
    sha256: str
    crs: int
    operation: str
    operation_accuracy_m: float | None
    tolerance: Tolerance


@dataclass(frozen=True)
class Neighbour:
    """A parcel with which a border is shared, and how long it is."""

    ko: str
    number: str
    path: str
    border_m: float


@dataclass(frozen=True)
class ParcelAnswer:
    """Everything about one parcel; `shape` and `versions` are for drawing, in the portal's CRS."""

    ko: str
    ko_name: str | None
    number: str
    path: str
    key: str
    eid: str | None
    registered_m2: float | None
    drawn_m2: float
    east: float
    north: float
    lon: float
    lat: float
    bounds: tuple[float, float, float, float]
    themes: tuple[ThemeAnswer, ...]
    neighbours: tuple[Neighbour, ...]
    shape: BaseGeometry = field(compare=False, repr=False)
    versions: Mapping[str, PublishedLayer] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Answer:
    """One document about one to ten parcels of a cadastral municipality."""

    language: str
    as_of: date | None
    path: str
    municipality: str
    office: str
    crs: int
    notice: str
    informative: str
    fee: str | None
    application: Link | None
    parcels: tuple[ParcelAnswer, ...]
    sources: tuple[Source, ...]
