"""Protection belts of lines and points on a parcel, by the portal's table of belts.

The axis is buffered by the width of the law, and by the accuracy of its position; objects out of use have none.
The place of a pipe is its axis here, so a belt that the law measures from the outermost edge is a little wider.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.answer.facts import BeltOnParcel
from layers.answer.overlap import Rules, build_belt, judge
from layers.answer.restrictions import is_abandoned, name_group, print_shares

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from layers.answer.candidates import Candidate
    from layers.answer.overlap import Doubt, Parcel
    from layers.answer_plan import Belt, Subject
    from layers.manifest import Manifest

# Positions worse than that are no positions; the belt is not made wider and wider.
MAX_ACCURACY_M = 10.0
# A belt is made by calculation: no border of it misses another by drawing, so nothing is too narrow.
_RULES = Rules(sliver_width_m=0.0, least_length_m=0.0)


@dataclass(frozen=True)
class BeltRules:
    """What belts of one layer are drawn by: the table, the day it is read for, and the words."""

    belts: Sequence[Belt]
    manifest: Manifest
    subject: Subject
    day: date
    language: str

    def find(self, feature: Candidate) -> int | None:
        """The place in the table of the first belt that holds for an object; None without one."""
        if is_abandoned(self.manifest, feature):
            return None
        holding = (
            place
            for place, belt in enumerate(self.belts)
            if belt.holds(self.manifest.id, feature.values, self.day)
        )
        return next(holding, None)

    def accuracy(self, feature: Candidate) -> float | None:
        """Metres by which the position is uncertain, None when nobody knows."""
        column = self.manifest.answer.accuracy
        value = feature.values.get(column) if column else None
        if isinstance(value, int | float) and value > 0:
            return min(float(value), MAX_ACCURACY_M)
        return None


def find_belts(
    parcel: Parcel, features: Sequence[Candidate], rules: BeltRules
) -> tuple[tuple[BeltOnParcel, ...], tuple[Doubt, ...]]:
    """The belts that reach the parcel, largest first, those of one kind and width put together."""
    groups: dict[tuple[int, str], list[Candidate]] = {}
    for each in features:
        place = rules.find(each)
        if place is not None and each.shape is not None:
            name = name_group(rules.manifest, [each], rules.subject, rules.language)
            groups.setdefault((place, name), []).append(each)
    found: list[BeltOnParcel] = []
    doubts: list[Doubt] = []
    for (place, name), members in groups.items():
        told, doubtful = _judge_belt(parcel, rules.belts[place], name, members, rules)
        found += [told] if told else []
        doubts += doubtful
    return tuple(sorted(found, key=lambda each: (-each.drawn_m2, each.name))), tuple(doubts)


def reach(belts: Sequence[Belt], layer_id: str) -> float:
    """How far from a parcel an object of this layer may lie and still have its belt on it."""
    widths = [belt.width for belt in belts if layer_id in belt.layers]
    return max(widths) + MAX_ACCURACY_M if widths else 0.0


def _judge_belt(
    parcel: Parcel, belt: Belt, name: str, members: Sequence[Candidate], rules: BeltRules
) -> tuple[BeltOnParcel | None, tuple[Doubt, ...]]:
    wide = {each.key: belt.width + (rules.accuracy(each) or 0.0) for each in members}
    near = [
        each
        for each in members
        if each.shape is not None and each.shape.distance(parcel.shape) < wide[each.key]
    ]
    shapes = [(name, build_belt(each.shape, wide[each.key])) for each in near if each.shape is not None]
    overlap = judge(parcel, shapes, _RULES)
    if not overlap.shares:
        return None, overlap.doubts
    (share,) = overlap.shares
    ((percent,), (area,)) = print_shares(parcel, [share], whole=False)
    told = BeltOnParcel(
        name=name,
        width_m=belt.width,
        widened_m=max(rules.accuracy(each) or 0.0 for each in near),
        without_accuracy=sum(rules.accuracy(each) is None for each in near),
        article=belt.article.in_language(rules.language),
        url=belt.url,
        features=tuple(sorted(each.key for each in near)),
        drawn_m2=round(share.area_m2, 2),
        area_m2=area,
        percent=percent,
    )
    # Belts of neighbouring pipes lie on each other; that is no copy.
    return told, tuple(doubt for doubt in overlap.doubts if doubt.fault != "copies")
