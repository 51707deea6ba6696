"""The key of a sheet: what its symbols mean, of what it really shows only; and where the data come from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viewer.legend import draw_swatch
from viewer.printing.drawing import SELECTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.envelope import Envelope
    from viewer.phrases import Phrases
    from viewer.printing.drawing import DrawnLayer
    from viewer.printing.layout import Layout
    from viewer.printing.sketches import Sketch

# Heights as the style sheet has them, and the mean width of a letter.
_ROW_MM, _LINE_MM, _HEAD_MM, _TITLE_MM, _LETTER_MM = 4.1, 3.5, 5.0, 6.0, 1.3
_SMALL = 0.84


@dataclass(frozen=True)
class KeyRow:
    """A symbol, as a `data:` address, and what it means."""

    title: str
    swatch: str


@dataclass(frozen=True)
class KeyGroup:
    """The symbols of a layer; without a title when the only row says its name."""

    title: str | None
    rows: tuple[KeyRow, ...]


@dataclass(frozen=True)
class KeyPlan:
    """What of the key stands beside the map, perhaps in small letters, and what on the page behind it."""

    beside: tuple[KeyGroup, ...]
    behind: tuple[KeyGroup, ...]
    is_small: bool


@dataclass(frozen=True)
class SheetSource:
    """Where the data of one layer on the sheet come from."""

    title: str
    provider: str
    state: str
    version: str
    licence: str
    licence_url: str | None
    attribution: str


def build_key(layers: Sequence[DrawnLayer], frame: Envelope, phrases: Phrases) -> tuple[KeyGroup, ...]:
    """What is selected, layers with one symbol, then the others class by class; each from the top downwards.

    `frame` is what the map shows.
    """
    found = [_group(each, frame, phrases) for each in reversed(layers)]
    groups = sorted(found, key=lambda group: group.title is not None)
    if any(each.content.selected for each in layers):
        row = KeyRow(phrases.say("printed.selected"), draw_swatch(SELECTED, "polygon"))
        groups.insert(0, KeyGroup(None, (row,)))
    return tuple(each for each in groups if each.rows)


def key_of_sketches(sketches: Sequence[Sketch], phrases: Phrases) -> tuple[KeyGroup, ...]:
    """One row that says of drawings that they are somebody's own; none without drawings."""
    if not sketches:
        return ()
    kind = {"p": "point", "l": "line", "a": "polygon"}[sketches[0].kind]
    row = KeyRow(phrases.say("printed.sketches"), draw_swatch(sketches[0].symbol, kind))
    return (KeyGroup(None, (row,)),)


def _group(drawn: DrawnLayer, frame: Envelope, phrases: Phrases) -> KeyGroup:
    title = drawn.layer.manifest.title.in_language(phrases.language)
    rows = tuple(_rows(drawn, frame, title, phrases))
    return KeyGroup(None if [row.title for row in rows] == [title] else title, rows)


def _rows(drawn: DrawnLayer, frame: Envelope, title: str, phrases: Phrases) -> Iterator[KeyRow]:
    """The classes in the order of the style, then what is in no class."""
    manifest = drawn.layer.manifest
    shown = drawn.shown_symbols(frame)
    for place, each in enumerate(manifest.style.classes, start=1):
        if place in shown:
            yield KeyRow(
                each.title.in_language(phrases.language), draw_swatch(shown[place], manifest.geometry.kind)
            )
    if 0 in shown:
        yield KeyRow(_name_rest(drawn, title, phrases), draw_swatch(shown[0], manifest.geometry.kind))


def _name_rest(drawn: DrawnLayer, title: str, phrases: Phrases) -> str:
    """What features in no class are called."""
    style = drawn.layer.manifest.style
    if style.default_title is not None:
        return style.default_title.in_language(phrases.language)
    return phrases.say("printed.in_no_class", layer=title) if style.classes else title


def plan_key(key: Sequence[KeyGroup], notes: Sequence[str], layout: Layout) -> KeyPlan:
    """The key whole beside the map, if need be in small letters; else what has room, and the rest behind it."""
    for small in (1.0, _SMALL):
        room = layout.key.height * layout.columns - _told(notes, layout, small)
        if sum(_height(group, layout, small) for group in key) <= room:
            return KeyPlan(tuple(key), (), is_small=small < 1)
    return _split(key, room - _ROW_MM, layout)


def _split(key: Sequence[KeyGroup], room: float, layout: Layout) -> KeyPlan:
    """Row by row as long as there is room; a layer that is split has its name on both sides."""
    beside: list[KeyGroup] = []
    behind: list[KeyGroup] = []
    for group in key:
        fitting = [
            count
            for count in range(1, len(group.rows) + 1)
            if _height(KeyGroup(group.title, group.rows[:count]), layout, _SMALL) <= room
        ]
        count = fitting[-1] if fitting and not behind else 0
        if count:
            beside.append(KeyGroup(group.title, group.rows[:count]))
            room -= _height(beside[-1], layout, _SMALL)
        if count < len(group.rows):
            behind.append(KeyGroup(group.title, group.rows[count:]))
    return KeyPlan(tuple(beside), tuple(behind), is_small=True)


def _height(group: KeyGroup, layout: Layout, small: float) -> float:
    """Millimetres that a group takes, a little generously; in small letters everything is that much smaller."""
    letters = layout.column_width / (_LETTER_MM * small) - 7
    rows = [_ROW_MM + (_lines(row.title, letters) - 1) * _LINE_MM for row in group.rows]
    return (sum(rows) + (_HEAD_MM if group.title else 0)) * small


def _told(notes: Sequence[str], layout: Layout, small: float) -> float:
    """Millimetres of notes and headings; columns are balanced, and break between rows only."""
    letters = layout.column_width / (_LETTER_MM * small) - 2
    told = [_lines(each, letters) * _LINE_MM + 0.6 for each in notes]
    lost = (layout.columns - 1) * _TITLE_MM
    return (sum(told) + _TITLE_MM * (2 if notes else 1) + lost) * small


def _lines(text: str, letters: float) -> int:
    return math.ceil(len(text) / letters)


def build_sources(layers: Sequence[DrawnLayer], frame: Envelope, phrases: Phrases) -> tuple[SheetSource, ...]:
    """The sources of the layers of which something is on the sheet, from the top of the drawing downwards."""
    shown = [each for each in reversed(layers) if each.content.selected or each.shown_symbols(frame)]
    return tuple(_source(each, phrases) for each in shown)


def _source(drawn: DrawnLayer, phrases: Phrases) -> SheetSource:
    layer, source = drawn.layer, drawn.layer.manifest.source
    return SheetSource(
        title=layer.manifest.title.in_language(phrases.language),
        provider=source.provider.in_language(phrases.language),
        state=phrases.date(layer.state_date),
        version=phrases.number(layer.number),
        licence=source.licence,
        licence_url=source.licence_url,
        attribution=source.attribution.in_language(phrases.language),
    )
