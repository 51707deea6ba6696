"""Remarks of the reader about a source: the sentence of each kind, and the kind a sentence is of.

A stored quality report keeps the English sentence, as terminals and programs have always got it. Pages find
the kind and its facts again in the sentence and say it in their own language, also for reports stored before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Sentences are stored: a new wording is a new kind, and the old kind stays as long as reports hold it.
NOTES: Mapping[str, str] = MappingProxyType(
    {
        "shx_rebuilt": "The .shx part was missing and was rebuilt.",
        "cpg_overruled": "The .cpg file says {cpg}; the manifest's {encoding} was used.",
        "encoding": "Texts were read as {encoding}: {reason}.",
        "crs_missing": "The file does not say its CRS; EPSG:{srid} of the manifest was used.",
        "crs_deprecated": (
            "The file says EPSG:{code}, which is deprecated; EPSG:{srid} of the manifest was used."
        ),
        "crs_by_another_name": "The file calls its CRS {name}; its numbers mean the same as EPSG:{srid}.",
        "datum_stated": (
            "D96/TM (EPSG:3794) and D48/GK (EPSG:3912) lie 611 m apart and cannot be told apart here; "
            "EPSG:{srid} was used, as the file says. Compare the layer with the parcels on the map; when it is "
            "right, say crs_checked = true under [source]."
        ),
        "datum_unstated": (
            "D96/TM (EPSG:3794) and D48/GK (EPSG:3912) lie 611 m apart and cannot be told apart here; "
            "EPSG:{srid} of the manifest was used, and the file does not say. Compare the layer with the "
            "parcels on the map; when it is right, say crs_checked = true under [source]."
        ),
        "far_features": "Far outside the portal's outline, so look at them in the source: features {features}.",
        "curves": "Arcs became chords that leave them by at most 1 mm; features that held any: {count}.",
        "slivers": "Narrower than 1 mm, so look at them in the source: features {features}.",
        "columns_renamed": "Columns of the source with no name or the same name are called here: {columns}.",
        "invisible": "Characters that nobody sees were kept in {column}, {count} values.",
        "one_copy": "1 row is an exact copy of another.",
        "copies": "{count} rows are exact copies of others.",
        "files_left_aside": "Files of the ZIP that were not used: {files}.",
    }
)


@dataclass(frozen=True)
class Note:
    """A remark taken apart: its kind, a key of `NOTES`, and the facts in it as they are written."""

    kind: str
    facts: Mapping[str, str]


def write_note(kind: str, **facts: object) -> str:
    """The sentence of a kind with its facts filled in."""
    return NOTES[kind].format(**facts)


def list_first(numbers: Sequence[int], count: int | None = None, limit: int = 20) -> str:
    """The first numbers of features, and how many more there are of `count` in all."""
    listed = ", ".join(map(str, numbers[:limit]))
    more = (len(numbers) if count is None else count) - len(numbers[:limit])
    return f"{listed} and {more} more" if more > 0 else listed


def find_note(sentence: str) -> Note | None:
    """The remark a sentence is, or None when it is of no kind we know."""
    for kind, pattern in _patterns():
        if found := pattern.fullmatch(sentence):
            return Note(kind, found.groupdict())
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, _pattern(sentence)) for kind, sentence in NOTES.items())


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(sentence)), re.DOTALL)
