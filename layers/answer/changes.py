"""What is different on a parcel between the day that was asked about and today. Pure; made from two answers.

Only what is told counts: a restriction is the same one when its codes are, and it changed when its measures,
conditions or legal state did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from layers.answer.facts import Answer, BeltOnParcel, ParcelAnswer, Reason, Restriction, State, ThemeAnswer

    _Told = TypeVar("_Told", Restriction, BeltOnParcel)

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class RestrictionChange:
    """A restriction that came, went, or is told otherwise now."""

    kind: Kind
    name: str
    before: Restriction | None
    after: Restriction | None


@dataclass(frozen=True)
class BeltChange:
    """A belt that came, went, or covers another part of the parcel now."""

    kind: Kind
    name: str
    before: BeltOnParcel | None
    after: BeltOnParcel | None


@dataclass(frozen=True)
class ThemeChange:
    """What is different in one theme."""

    layer: str
    title: str
    state_before: State
    reason_before: Reason | None
    state_after: State
    reason_after: Reason | None
    restrictions: tuple[RestrictionChange, ...]
    belts: tuple[BeltChange, ...]


@dataclass(frozen=True)
class ParcelChange:
    """What is different on one parcel; `is_gone` when it is not there any more: then nothing else is told."""

    path: str
    is_gone: bool = False
    registered_m2_before: float | None = None
    registered_m2_after: float | None = None
    drawn_m2_before: float | None = None
    drawn_m2_after: float | None = None
    themes: tuple[ThemeChange, ...] = ()

    @property
    def is_another_area(self) -> bool:
        """True when the registered or the drawn area is another one."""
        return (self.registered_m2_before, self.drawn_m2_before) != (
            self.registered_m2_after,
            self.drawn_m2_after,
        )


def compare_answers(before: Answer, after: Answer | None) -> tuple[ParcelChange, ...]:
    """The changes of each parcel of the earlier answer, in its order; parcels without any are there too."""
    now = {each.path: each for each in after.parcels} if after else {}
    return tuple(compare_parcels(each, now.get(each.path)) for each in before.parcels)


def compare_parcels(before: ParcelAnswer, after: ParcelAnswer | None) -> ParcelChange:
    """What is different on a parcel; None after stands for a parcel that is not there any more."""
    if after is None:
        return ParcelChange(before.path, is_gone=True)
    earlier = {theme.layer: theme for theme in before.themes}
    themes = (_compare_themes(earlier[theme.layer], theme) for theme in after.themes if theme.layer in earlier)
    return ParcelChange(
        before.path,
        registered_m2_before=before.registered_m2,
        registered_m2_after=after.registered_m2,
        drawn_m2_before=before.drawn_m2,
        drawn_m2_after=after.drawn_m2,
        themes=tuple(each for each in themes if each is not None),
    )


def _compare_themes(before: ThemeAnswer, after: ThemeAnswer) -> ThemeChange | None:
    """None when nothing is told otherwise."""
    restrictions = tuple(
        RestrictionChange(kind, name, then, now)
        for kind, name, then, now in _pair(
            before.restrictions, after.restrictions, lambda each: (each.codes, each.abandoned)
        )
    )
    belts = tuple(
        BeltChange(kind, name, then, now)
        for kind, name, then, now in _pair(before.belts, after.belts, lambda each: (each.name, each.width_m))
    )
    same = (before.state, before.reason) == (after.state, after.reason)
    if same and not restrictions and not belts:
        return None
    return ThemeChange(
        after.layer, after.title, before.state, before.reason, after.state, after.reason, restrictions, belts
    )


def _pair(
    before: Iterable[_Told], after: Iterable[_Told], key: Callable[[_Told], object]
) -> list[tuple[Kind, str, _Told | None, _Told | None]]:
    """What came, went or is told otherwise, each as kind, name, before and after."""
    then, now = {key(each): each for each in before}, {key(each): each for each in after}
    found: list[tuple[Kind, str, _Told | None, _Told | None]] = [
        ("removed", each.name, each, None) for which, each in then.items() if which not in now
    ]
    for which, each in now.items():
        if which not in then:
            found.append(("added", each.name, None, each))
        elif _without_features(then[which]) != _without_features(each):
            found.append(("changed", each.name, then[which], each))
    return found


def _without_features(told: _Told) -> _Told:
    """Which rows a restriction is made of may change without anything changing for the parcel."""
    return replace(told, features=())
