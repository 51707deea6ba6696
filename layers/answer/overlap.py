"""What lies on a parcel, and how much of it: pure geometry on valid shapes in the portal's CRS, in metres.

Restrictions are put together before they are measured, so a copy counts once. What is left out is told, with
the rule that left it out. Areas are compensated to the registered area, as land registers do: the share of the
drawn shape is the share of the registered area.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from shapely.errors import GEOSException

from layers.answer.widths import find_width, is_narrower

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

Rule = Literal["sliver", "small", "short"]
Fault = Literal["copies", "mended", "unreadable"]

# So far round a parcel a restriction is looked at to tell whether it is narrow by itself.
_VICINITY_M = 25.0
_POLYGONS, _LINES, _POINTS = 2, 1, 0


@dataclass(frozen=True)
class Rules:
    """What is too little to be told of a theme; the sums of a restriction are judged, never its single pieces.

    `sliver_width_m`: a piece that is narrower everywhere comes from borders that do not meet, unless parcel or
    restriction are as narrow themselves. `least_area_m2`, `least_length_m`: less than that in all is left out.
    """

    sliver_width_m: float = 0.2
    least_area_m2: float = 0.0
    least_length_m: float = 0.5


@dataclass(frozen=True)
class Parcel:
    """A parcel: its valid shape, and the area of the register where there is one."""

    shape: BaseGeometry
    registered_m2: float | None = None

    @property
    def ratio(self) -> float:
        """By how much the registered area is larger than the drawn one; 1 when nothing is registered."""
        if self.registered_m2 is None or self.registered_m2 <= 0 or self.shape.area == 0:
            return 1.0
        return self.registered_m2 / float(self.shape.area)


@dataclass(frozen=True)
class Share:
    """What one restriction takes of the parcel.

    `area_m2` is drawn, `compensated_m2` relates to the registered area, `share` is 0 to 1 of the parcel; for
    lines there is `length_m`, for points `count`.
    """

    name: str
    area_m2: float = 0.0
    compensated_m2: float = 0.0
    share: float = 0.0
    length_m: float = 0.0
    count: int = 0
    shape: BaseGeometry | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Ignored:
    """What was left out of a restriction: how much in all, how wide at most, and the rule."""

    name: str
    rule: Rule
    pieces: int
    area_m2: float = 0.0
    width_m: float = 0.0
    length_m: float = 0.0


@dataclass(frozen=True)
class Doubt:
    """Something that makes the result of a restriction less certain, which the reader is told."""

    name: str
    fault: Fault


@dataclass(frozen=True)
class Overlap:
    """What a theme is on one parcel, largest share first."""

    shares: tuple[Share, ...]
    ignored: tuple[Ignored, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class Balance:
    """Whether shares that should cover the parcel once do: square metres drawn that none or several cover."""

    gap_m2: float
    overlap_m2: float
    gap_share: float
    overlap_share: float

    def holds(self, tolerance: float) -> bool:
        """True when neither gap nor overlap is more than this share of the parcel."""
        return self.gap_share <= tolerance and self.overlap_share <= tolerance


def judge(parcel: Parcel, restrictions: Iterable[tuple[str, BaseGeometry]], rules: Rules) -> Overlap:
    """Hold restrictions, by name, against a parcel; those with one name are one restriction.

    A shape that cannot be worked with becomes a doubt and is left out; the others are judged all the same.
    """
    shares: list[Share] = []
    ignored: list[Ignored] = []
    doubts: list[Doubt] = []
    for name, shapes in _by_name(restrictions).items():
        try:
            together, faults = _put_together(shapes, parcel.shape)
            share, left_out = _judge_one(parcel, name, together, rules)
        except GEOSException:
            doubts.append(Doubt(name, "unreadable"))
            continue
        doubts += [Doubt(name, fault) for fault in faults] if share or left_out else []
        ignored += left_out
        shares += [share] if share else []
    order = sorted(shares, key=lambda each: (-each.area_m2, -each.length_m, -each.count, each.name))
    return Overlap(tuple(order), tuple(ignored), tuple(doubts))


def find_balance(parcel: Parcel, overlap: Overlap) -> Balance:
    """How far the shares of a theme are from covering the parcel exactly once."""
    area = float(parcel.shape.area)
    covered = shapely.union_all([each.shape for each in overlap.shares if each.shape is not None])
    gap = float(shapely.difference(parcel.shape, covered).area)
    twice = max(sum(each.area_m2 for each in overlap.shares) - float(covered.area), 0.0)
    return Balance(gap, twice, gap / area if area else 0.0, twice / area if area else 0.0)


def build_belt(axis: BaseGeometry, width_m: float, accuracy_m: float = 0.0) -> BaseGeometry:
    """The belt of a line or point: so wide on each side of it, and wider by how uncertain its place is."""
    return shapely.buffer(axis, width_m + accuracy_m, quad_segs=16)


def _by_name(restrictions: Iterable[tuple[str, BaseGeometry]]) -> Mapping[str, list[BaseGeometry]]:
    found: dict[str, list[BaseGeometry]] = {}
    for name, shape in restrictions:
        found.setdefault(name, []).append(shape)
    return found


def _put_together(shapes: Sequence[BaseGeometry], parcel: BaseGeometry) -> tuple[BaseGeometry, list[Fault]]:
    """One shape of all with the name, and what had to be done to get it."""
    faults: list[Fault] = []
    if not np.isfinite(shapely.bounds(shapes)).all():
        msg = "a corner lies nowhere"
        raise GEOSException(msg)
    if not all(shape.is_valid for shape in shapes):
        shapes = [_mend(shape) for shape in shapes]
        faults.append("mended")
    together = shapely.union_all(shapes)
    if shapely.get_dimensions(together) == _POLYGONS and _copied(shapes, together, parcel):
        faults.append("copies")
    return together, faults


def _mend(shape: BaseGeometry) -> BaseGeometry:
    if shape.is_valid:
        return shape
    return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def _copied(shapes: Sequence[BaseGeometry], together: BaseGeometry, parcel: BaseGeometry) -> bool:
    """True when shapes of one name lie on each other on the parcel, by more than rounding."""
    if len(shapes) == 1:
        return False
    here = float(shapely.intersection(together, parcel).area)
    return float(shapely.area(shapely.intersection(shapes, parcel)).sum()) - here > 1e-6 * here


def _judge_one(
    parcel: Parcel, name: str, shape: BaseGeometry, rules: Rules
) -> tuple[Share | None, list[Ignored]]:
    """The share of one restriction, None when nothing is to be told, and what of it was left out."""
    dimension = shapely.get_dimensions(shape)
    if dimension == _POINTS:
        inside = [point for point in _parts(shape) if parcel.shape.covers(point)]
        return (Share(name, count=len(inside), shape=shapely.union_all(inside)) if inside else None, [])
    pieces = [
        each
        for each in _parts(shapely.intersection(parcel.shape, shape))
        if shapely.get_dimensions(each) == dimension
    ]
    if dimension == _LINES:
        return _judge_lines(name, pieces, rules)
    return _judge_polygons(parcel, name, shape, pieces, rules)


def _judge_lines(name: str, pieces: Sequence[BaseGeometry], rules: Rules) -> tuple[Share | None, list[Ignored]]:
    length = sum(float(each.length) for each in pieces)
    if not pieces:
        return None, []
    if length < rules.least_length_m:
        return None, [Ignored(name, "short", len(pieces), length_m=length)]
    return Share(name, length_m=length, shape=shapely.union_all(pieces)), []


def _judge_polygons(
    parcel: Parcel, name: str, shape: BaseGeometry, pieces: Sequence[BaseGeometry], rules: Rules
) -> tuple[Share | None, list[Ignored]]:
    if not pieces:
        return None, []
    width = _sliver_width(parcel.shape, shape, rules.sliver_width_m)
    slivers = [each for each in pieces if is_narrower(each, width)]
    kept = [each for each in pieces if not is_narrower(each, width)]
    ignored = [_ignore(name, "sliver", slivers)] if slivers else []
    area = sum(float(each.area) for each in kept)
    if not kept:
        return None, ignored
    if area < min(rules.least_area_m2, float(parcel.shape.area) / 2):
        return None, [*ignored, _ignore(name, "small", kept)]
    share = Share(
        name,
        area_m2=area,
        compensated_m2=area * parcel.ratio,
        share=area / float(parcel.shape.area),
        shape=shapely.union_all(kept),
    )
    return share, ignored


def _sliver_width(parcel: BaseGeometry, restriction: BaseGeometry, asked: float) -> float:
    """Narrow parcels and narrow restrictions are real: what is half as wide as they are is not a sliver."""
    west, south, east, north = parcel.buffer(_VICINITY_M).bounds
    near = shapely.clip_by_rect(restriction, west, south, east, north)
    widths = [find_width(shape) / 2 for shape in (parcel, near) if is_narrower(shape, 2 * asked)]
    return min([asked, *widths])


def _ignore(name: str, rule: Rule, pieces: Sequence[BaseGeometry]) -> Ignored:
    area = sum(float(each.area) for each in pieces)
    return Ignored(name, rule, len(pieces), area_m2=area, width_m=max(map(find_width, pieces)))


def _parts(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    """The single parts of a shape, collections opened, empty ones left out."""
    for part in shapely.get_parts(shape).tolist():
        if shapely.get_type_id(part) >= 4:
            yield from _parts(part)
        elif not part.is_empty:
            yield part
