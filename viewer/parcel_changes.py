"""What changed on a parcel since the day that was asked about, as sentences; for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.parcel_words import ParcelWords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.answer.changes import BeltChange, ParcelChange, RestrictionChange, ThemeChange
    from layers.answer.facts import ParcelAnswer
    from viewer.phrases import Phrases


def say_changes(change: ParcelChange, parcel: ParcelAnswer, phrases: Phrases) -> tuple[str, ...]:
    """One sentence for each change; one that says so when there is none, or when the parcel is gone."""
    if change.is_gone:
        return (phrases.say("parcel.change_gone"),)
    words = ParcelWords(parcel, {}, phrases)
    said = [*_say_areas(change, words, phrases)]
    for theme in change.themes:
        said += _say_theme(theme, words, phrases)
    return tuple(said) or (phrases.say("parcel.change_nothing"),)


def _say_areas(change: ParcelChange, words: ParcelWords, phrases: Phrases) -> Iterator[str]:
    pairs = (
        ("parcel.registered", change.registered_m2_before, change.registered_m2_after),
        ("parcel.drawn", change.drawn_m2_before, change.drawn_m2_after),
    )
    unknown = phrases.say("parcel.unknown")
    for key, before, after in pairs:
        if before != after:
            then, now = (words.area(each) if each is not None else unknown for each in (before, after))
            yield phrases.say("parcel.change_measure", name=phrases.say(key), before=then, after=now)


def _say_theme(theme: ThemeChange, words: ParcelWords, phrases: Phrases) -> Iterator[str]:
    if theme.state_before != theme.state_after:
        then, now = (phrases.say(f"parcel.state_{each}") for each in (theme.state_before, theme.state_after))
        yield phrases.say("parcel.change_measure", name=theme.title, before=then, after=now)
    yield from (_say_restriction(each, theme.title, words, phrases) for each in theme.restrictions)
    yield from (_say_belt(each, theme.title, words, phrases) for each in theme.belts)


def _say_restriction(change: RestrictionChange, title: str, words: ParcelWords, phrases: Phrases) -> str:
    before, after = (
        ", ".join(words.measures(each)[:1]) if each is not None else ""
        for each in (change.before, change.after)
    )
    return _say(change.kind, f"{title}: {change.name}", before, after, phrases)


def _say_belt(change: BeltChange, title: str, words: ParcelWords, phrases: Phrases) -> str:
    name = f"{title}: {phrases.say('parcel.belt_of')} {change.name}"
    before, after = (
        words.percent(each.percent) if each is not None else "" for each in (change.before, change.after)
    )
    return _say(change.kind, name, before, after, phrases)


def _say(kind: str, name: str, before: str, after: str, phrases: Phrases) -> str:
    """A sentence by kind; what changed without another measure has other conditions or another state."""
    if kind == "changed" and before == after:
        return phrases.say("parcel.change_told", name=name)
    if kind == "changed":
        return phrases.say("parcel.change_measure", name=name, before=before, after=after)
    measure = before or after
    return phrases.say(f"parcel.change_{kind}", name=", ".join(each for each in (name, measure) if each))
