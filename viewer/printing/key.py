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

# Heights as the style sheet has them, and the mean width of a letter.
_ROW_MM, _LINE_MM, _HEAD_MM, _TITLE_MM, _LETTER_MM = 4.1, 3.5, 5.0, 6.0, 1.3


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


def fits_beside(key: Sequence[KeyGroup], notes: Sequence[str], layout: Layout) -> bool:
    """True when key and notes have room beside the map; reckoned in millimetres, a little generously."""
    letters = layout.column_width / _LETTER_MM

    def lines(text: str, room: float) -> int:
        return math.ceil(len(text) / room)

    rows = [_ROW_MM + (lines(row.title, letters - 7) - 1) * _LINE_MM for group in key for row in group.rows]
    heads = [_HEAD_MM for group in key if group.title]
    told = [lines(each, letters - 2) * _LINE_MM + 0.6 for each in notes]
    titles = _TITLE_MM * (2 if notes else 1)
    # Columns are balanced, and break between rows only.
    lost = _TITLE_MM * (layout.columns - 1)
    return sum(rows) + sum(heads) + sum(told) + titles + lost <= layout.key.height * layout.columns


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
