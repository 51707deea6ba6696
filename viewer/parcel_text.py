"""The parcel's answer as plain text for a terminal or a letter: the same words as on the page, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.parcel_words import ParcelWords, name_ko
from viewer.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.answer.facts import Answer, ParcelAnswer
    from viewer.parcel_words import ThemeWords


def write_text(answer: Answer, content_hash: str) -> str:
    """Heading, notice, every parcel theme by theme, sources and hash; ends with a line end."""
    phrases = Phrases(answer.language)
    sources = {each.layer: each for each in answer.sources}
    numbers = ", ".join(each.number for each in answer.parcels)
    kind = "one" if len(answer.parcels) == 1 else "more"
    lines = [phrases.say(f"parcel.heading_{kind}", numbers=numbers, ko=name_ko(answer.parcels[0]))]
    if answer.as_of is not None:
        day = phrases.date(answer.as_of)
        lines.append(phrases.say("parcel.lead_as_of", municipality=answer.municipality, date=day))
    lines += [answer.notice, answer.informative, *([answer.fee] if answer.fee else [])]
    if answer.application:
        lines.append(f"{answer.application.title}: {answer.application.url}")
    for parcel in answer.parcels:
        lines += ["", *_write_parcel(parcel, ParcelWords(parcel, sources, phrases), phrases)]
    lines += ["", phrases.say("parcel.sources")]
    lines += [f"  {each.title}: {each.attribution}, {each.licence}, {each.token}" for each in answer.sources]
    lines += ["", f"{phrases.say('parcel.hash')}: {content_hash}"]
    return "\n".join(lines) + "\n"


def _write_parcel(parcel: ParcelAnswer, words: ParcelWords, phrases: Phrases) -> Iterator[str]:
    registered = words.area(parcel.registered_m2) if parcel.registered_m2 else None
    facts = (
        ("parcel.registered", registered or phrases.say("parcel.not_registered")),
        ("parcel.drawn", phrases.area(parcel.drawn_m2)),
        ("parcel.eid", parcel.eid),
        ("parcel.place", f"E {phrases.number(parcel.east, 1)}, N {phrases.number(parcel.north, 1)}"),
        ("parcel.neighbours", ", ".join(each.number for each in parcel.neighbours) or None),
    )
    yield phrases.say("parcel.section_heading", number=parcel.number)
    yield from (f"  {phrases.say(key)}: {value}" for key, value in facts if value)
    for theme in parcel.themes:
        yield ""
        yield from _write_theme(words.theme(theme), phrases)


def _write_theme(theme: ThemeWords, phrases: Phrases) -> Iterator[str]:
    yield f"{theme.title}: {theme.state_words}"
    if not theme.rows and not theme.belts:
        yield f"  {theme.summary}"
    for row in theme.rows:
        yield "  " + ", ".join((row.name, *row.measures, *row.remarks))
        yield from (f"    {title}: {text or phrases.say('parcel.unknown')}" for title, text in row.told)
    for belt in theme.belts:
        said = (
            f"{phrases.say('parcel.belt_of')} {belt.name}",
            belt.width,
            *belt.remarks,
            belt.share,
            belt.area,
        )
        yield f"  {', '.join(said)} ({belt.article})"
    if theme.nearby:
        yield f"  {phrases.say('parcel.nearby')}: {'; '.join(theme.nearby)}"
    yield from (f"  ! {warning}" for warning in theme.warnings)
    if theme.left_out:
        yield f"  {phrases.say('parcel.left_out')}: {'; '.join(theme.left_out)}"
    remarks = [each for each in (theme.state_date, theme.coverage) if each]
    yield from ([f"  {' · '.join(remarks)}"] if remarks else [])
