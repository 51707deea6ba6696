"""The quality report of a layer in plain words, for the page of the layer.

Numbers and remarks of `layers.reading.report`, each as a sentence a citizen understands. Reports of older
versions may lack parts: what is not there is not said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from layers.notes import find_note
from layers.public_quality import public_quality

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.catalogue import PublishedLayer
    from layers.manifest import Manifest
    from viewer.phrases import Phrases

MOST_REPAIRS = 50
_ENGLISH = "en"


@dataclass(frozen=True)
class Remark:
    """A sentence of the report; `language` is set when it is not in the language of the page."""

    text: str
    language: str | None = None


@dataclass(frozen=True)
class RepairRow:
    """One mended feature; areas are None where the layer has none."""

    key: str
    reason: Remark
    area_before: str | None
    area_after: str | None
    change: str | None


@dataclass(frozen=True)
class QualityWords:
    """What is said about quality: sentences, then the mended features, and that there are more of them."""

    remarks: tuple[Remark, ...]
    repairs: tuple[RepairRow, ...]
    repaired: str
    more: str | None


def describe_quality(layer: PublishedLayer, phrases: Phrases) -> QualityWords:
    """The report of a version, in the language of the phrases."""
    quality = public_quality(layer.quality)
    repairs = quality.get("repairs", [])
    count = quality.get("repairs_count", 0)
    hidden = count - MOST_REPAIRS
    return QualityWords(
        remarks=(
            *_counted(quality, layer.row_count, phrases),
            *_unknown_values(quality, layer.manifest, phrases),
            *_columns(quality, phrases),
            *(_note(sentence, phrases) for sentence in quality.get("notes", [])),
        ),
        repairs=tuple(
            _repair(each, phrases, with_area=layer.manifest.geometry.kind == "polygon")
            for each in repairs[:MOST_REPAIRS]
        ),
        repaired=phrases.count("quality.repaired", count) if repairs else phrases.say("quality.sound"),
        more=phrases.count("quality.more_repaired", hidden) if hidden > 0 else None,
    )


def _counted(quality: Mapping[str, Any], row_count: int, phrases: Phrases) -> list[Remark]:
    left_out = quality.get("counts", {}).get("left_out", 0)
    counts = {
        "quality.all_rows": 0 if left_out else row_count,
        "quality.left_out": left_out,
        "quality.without_geometry": quality.get("null_geometries", 0),
        "quality.heights_dropped": quality.get("heights_dropped", 0),
        "quality.unknown_heights": quality.get("unknown_heights", 0),
        "quality.outside_outline": quality.get("outside_outline", 0),
    }
    return [Remark(phrases.count(key, count)) for key, count in counts.items() if count]


def _unknown_values(quality: Mapping[str, Any], manifest: Manifest, phrases: Phrases) -> list[Remark]:
    remarks = []
    for name, count in quality.get("unknown_values", {}).items():
        column = manifest.columns.get(name)
        title = column.title.in_language(phrases.language) if column else name
        remarks.append(Remark(phrases.count("quality.unknown_values", count, column=title)))
    return remarks


def _columns(quality: Mapping[str, Any], phrases: Phrases) -> list[Remark]:
    lists: dict[str, Sequence[str]] = {
        "quality.columns_left_out": quality.get("columns_left_out", []),
        "quality.persons_left_out": quality.get("person_columns_left_out", []),
    }
    return [Remark(phrases.say(key, columns=", ".join(names))) for key, names in lists.items() if names]


def _note(sentence: str, phrases: Phrases) -> Remark:
    """A remark of the reader in the page's language, or as it stands when it is of a kind nobody knows."""
    note = find_note(sentence)
    if note is None or not phrases.knows("quality.note_" + note.kind):
        return _as_it_stands(sentence, phrases)
    facts = dict(note.facts)
    if "reason" in facts:
        facts["reason"] = _translated("quality.encoding_", facts["reason"], phrases).text
    return Remark(phrases.say("quality.note_" + note.kind, **facts))


def _repair(repair: Mapping[str, Any], phrases: Phrases, *, with_area: bool) -> RepairRow:
    before, after = repair["area_before_m2"], repair["area_after_m2"]
    return RepairRow(
        key=repair["key"],
        reason=_translated("quality.reason_", repair["reason"], phrases),
        area_before=phrases.area(before) if with_area else None,
        area_after=phrases.area(after) if with_area else None,
        change=_signed(after - before, phrases) if with_area else None,
    )


def _signed(square_metres: float, phrases: Phrases) -> str:
    if round(square_metres, 2) == 0:
        return phrases.area(0)
    return ("+" if square_metres > 0 else "−") + phrases.area(abs(square_metres))


def _translated(prefix: str, english: str, phrases: Phrases) -> Remark:
    """Words of a program library, looked up by their own letters: `Self-intersection` by self_intersection."""
    key = prefix + re.sub(r"[^a-z0-9]+", "_", english.lower()).strip("_")
    return Remark(phrases.say(key)) if phrases.knows(key) else _as_it_stands(english, phrases)


def _as_it_stands(english: str, phrases: Phrases) -> Remark:
    return Remark(english, None if phrases.language == _ENGLISH else _ENGLISH)
