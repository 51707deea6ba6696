"""One theme held against one parcel: what concerns it, how sure that is, and which of three answers it gets.

Pure. *Not concerned* is said only of a layer that is loaded, not empty, and complete where the parcel lies; all
else is *no data*, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.errors import GEOSException

from layers.answer.belts import BeltRules, find_belts
from layers.answer.facts import Covering, Doubtful, LeftOut, Link, Nearby, ThemeAnswer, Tolerance
from layers.answer.overlap import Rules, find_balance, judge
from layers.answer.restrictions import build_restrictions, group, is_abandoned, name_group
from layers.answer.widths import is_narrower

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from layers.answer.candidates import Candidate, Near
    from layers.answer.facts import Reason, State
    from layers.answer.overlap import Ignored, Overlap, Parcel
    from layers.answer_plan import Belt, Subject
    from layers.catalogue import PublishedLayer
    from layers.manifest import Manifest

# The outline of a municipality is drawn to the decimetre; a parcel that reaches out by less lies within.
_OUTLINE_TOLERANCE_M = 1.0
_POLYGONS = 2


@dataclass(frozen=True)
class Question:
    """One theme: the layer that answers it, as far as there is one, and its heading."""

    layer_id: str
    title: str
    subject: Subject
    manifest: Manifest | None
    version: PublishedLayer | None
    reason: Reason | None = None


@dataclass(frozen=True)
class Circumstances:
    """What all themes of an answer about a parcel share: table of belts, day, language, and where layers claim
    to be complete: the municipality's outline, or an area that was surveyed."""

    belts: Sequence[Belt]
    day: date
    language: str
    outline: BaseGeometry
    surveyed: Mapping[str, BaseGeometry | None]
    _uncovered: dict[str | None, float] = field(default_factory=dict, compare=False, repr=False)

    def find_uncovered(self, parcel: Parcel, within: str | None) -> float:
        """The share of the parcel, 0 to 1, outside of an area; it is worked out once for all themes."""
        known = self._uncovered
        if within not in known:
            known[within] = _find_outside(parcel.shape, self.surveyed.get(within) if within else self.outline)
        return known[within]


def judge_theme(parcel: Parcel, question: Question, near: Near | None, around: Circumstances) -> ThemeAnswer:
    """The whole answer of one theme."""
    empty = ThemeAnswer(question.layer_id, question.subject, question.title, "no_data", question.reason)
    version, manifest = question.version, question.manifest
    if manifest is not None:
        empty = _with_words(empty, manifest, around.language)
    if version is None or near is None:
        return empty
    if version.row_count == 0:
        return replace(empty, reason="empty")
    return _decide(parcel, version, _find(parcel, empty, version, near, around), around)


def read_rules(manifest: Manifest) -> Rules:
    """What of a layer is too little to tell."""
    rules = manifest.answer
    return Rules(rules.sliver_width, rules.least_area, rules.least_length)


def describe_tolerance(manifest: Manifest) -> Tolerance:
    """The same, for the reader of an answer."""
    rules = manifest.answer
    balance = rules.balance if rules.covers_once else None
    return Tolerance(rules.sliver_width, rules.least_area, rules.least_length, balance)


def _with_words(theme: ThemeAnswer, manifest: Manifest, language: str) -> ThemeAnswer:
    coverage = manifest.coverage
    return replace(
        theme,
        coverage=coverage.statement.in_language(language) if coverage else None,
        documents=tuple(Link(each.title.in_language(language), each.url) for each in manifest.documents),
    )


def _find(
    parcel: Parcel, theme: ThemeAnswer, version: PublishedLayer, near: Near, around: Circumstances
) -> ThemeAnswer:
    """Everything but the state: shares, belts, what is near, what was left out and what is doubtful."""
    manifest, rules = version.manifest, version.manifest.answer
    groups = group(manifest, near.features)
    names = {
        each: name_group(manifest, members, theme.subject, around.language) for each, members in groups.items()
    }
    possible = _possible(parcel, groups)
    overlap = judge(parcel, _shapes(possible), read_rules(manifest))
    lying = {name: _lying_on(parcel, members) for name, members in possible.items()}
    covering = _describe_covering(parcel, overlap, rules.balance) if rules.covers_once else None
    table = BeltRules(around.belts, manifest, theme.subject, around.day, around.language)
    belts, belt_doubts = find_belts(parcel, near.features, table)
    doubts = [Doubtful(each.fault, names[each.name]) for each in overlap.doubts]
    doubts += [Doubtful(each.fault, each.name) for each in belt_doubts]
    return replace(
        theme,
        restrictions=build_restrictions(
            parcel,
            manifest,
            theme.subject,
            [(share, lying[share.name] or groups[share.name]) for share in overlap.shares],
            whole=covering is not None and covering.holds,
            language=around.language,
        ),
        belts=belts,
        nearby=_find_nearby(parcel, groups, names, manifest),
        left_out=tuple(_describe_left_out(each, names[each.name]) for each in overlap.ignored),
        doubts=(*doubts, *_doubts_of_reading(version, near, lying)),
        covering=covering if overlap.shares else None,
    )


def _possible(parcel: Parcel, groups: Mapping[str, Sequence[Candidate]]) -> dict[str, Sequence[Candidate]]:
    """The groups that may lie on the parcel: one of their shapes meets it, or cannot be trusted to say so."""
    names = [name for name, members in groups.items() for each in members if each.shape is not None]
    shapes = np.array([shape for _, shape in _shapes(groups)], dtype=object)
    if not len(shapes):
        return {}
    shapely.prepare(parcel.shape)
    try:
        meets = shapely.intersects(parcel.shape, shapes)
    except GEOSException:
        return dict(groups)
    doubtful = ~np.isfinite(shapely.bounds(shapes)).all(axis=1) | ~shapely.is_valid(shapes)
    meeting = {name for name, is_one in zip(names, meets | doubtful, strict=True) if is_one}
    return {name: members for name, members in groups.items() if name in meeting}


def _shapes(groups: Mapping[str, Sequence[Candidate]]) -> list[tuple[str, BaseGeometry]]:
    return [
        (name, each.shape) for name, members in groups.items() for each in members if each.shape is not None
    ]


def _doubts_of_reading(
    version: PublishedLayer, near: Near, lying: Mapping[str, Sequence[Candidate]]
) -> list[Doubtful]:
    """What is uncertain before anything is measured: mended at import, unreadable, or not all read."""
    mended = {repair["key"] for repair in version.quality.get("repairs", ())}
    on_parcel = [each for members in lying.values() for each in members]
    doubts = [Doubtful("mended_at_import", each.title or each.key) for each in on_parcel if each.key in mended]
    doubts += [Doubtful("unreadable", each.title or each.key) for each in near.features if each.shape is None]
    return [*doubts, *([Doubtful("more")] if near.more else [])]


def _describe_left_out(ignored: Ignored, name: str) -> LeftOut:
    return LeftOut(
        name,
        ignored.rule,
        ignored.pieces,
        round(ignored.area_m2, 2),
        round(ignored.width_m, 3),
        round(ignored.length_m, 2),
    )


def _lying_on(parcel: Parcel, features: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The features that a share is made of, so that links lead to them and not to the neighbour's."""
    return tuple(each for each in features if each.shape is not None and _lies_on(parcel.shape, each.shape))


def _lies_on(parcel: BaseGeometry, shape: BaseGeometry) -> bool:
    try:
        if not shape.intersects(parcel):
            return False
        return bool(shapely.get_dimensions(shape) < _POLYGONS) or not shape.touches(parcel)
    except GEOSException:
        return False


def _describe_covering(parcel: Parcel, overlap: Overlap, tolerance: float) -> Covering:
    balance = find_balance(parcel, overlap)
    return Covering(balance.holds(tolerance), round(balance.gap_m2, 2), round(balance.overlap_m2, 2))


def _find_nearby(
    parcel: Parcel,
    groups: Mapping[str, Sequence[Candidate]],
    names: Mapping[str, str],
    manifest: Manifest,
) -> tuple[Nearby, ...]:
    """What lies beside the parcel within the layer's reach, nearest first."""
    found = []
    for name, members in groups.items():
        if manifest.answer.reach == 0 or is_abandoned(manifest, members[0]):
            continue
        far = {each.key: each.shape.distance(parcel.shape) for each in members if each.shape is not None}
        beside = {key: metres for key, metres in far.items() if 0 < metres <= manifest.answer.reach}
        if beside:
            found.append(Nearby(names[name], round(min(beside.values()), 1), tuple(sorted(beside))))
    return tuple(sorted(found, key=lambda each: (each.distance_m, each.name)))


def _decide(parcel: Parcel, version: PublishedLayer, theme: ThemeAnswer, around: Circumstances) -> ThemeAnswer:
    """The state of a theme whose layer could be asked."""
    uncovered = _find_uncovered(parcel, version, around)
    percent = round(100 * uncovered, 1)
    if theme.restrictions or theme.belts:
        return replace(theme, state="concerned", reason=None, uncovered_percent=percent)
    reason: Reason | None = None
    coverage = version.manifest.coverage
    if any(each.fault in ("unreadable", "more") for each in theme.doubts):
        reason = "unreadable"
    elif uncovered > 0:
        reason = "outside_coverage"
    elif version.manifest.answer.covers_once:
        reason = "gap"
    elif coverage is None:
        reason = "unstated"
    elif not coverage.complete:
        reason = "incomplete"
    state: State = "no_data" if reason else "not_concerned"
    return replace(theme, state=state, reason=reason, uncovered_percent=percent)


def _find_uncovered(parcel: Parcel, version: PublishedLayer, around: Circumstances) -> float:
    """The share of the parcel, 0 to 1, that lies where the layer claims nothing."""
    coverage = version.manifest.coverage
    return around.find_uncovered(parcel, coverage.within if coverage else None)


def _find_outside(parcel: BaseGeometry, area: BaseGeometry | None) -> float:
    if area is None:
        return 1.0
    outside = shapely.difference(parcel, area)
    if outside.is_empty:
        return 0.0
    if is_narrower(outside, _OUTLINE_TOLERANCE_M) and not is_narrower(parcel, _OUTLINE_TOLERANCE_M):
        return 0.0
    return float(outside.area) / float(parcel.area)
