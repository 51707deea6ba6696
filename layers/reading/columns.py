"""Which columns of the source are published: the allow-list of the manifest against the names that are there.

Names are compared in one Unicode form, first as they are written, then without case. Nothing outside the
allow-list is loaded at all.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import SourceError
from layers.reading.persons import find_person_word

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from layers.manifest import Manifest


# PostgreSQL has 1,600 columns at most; a source with more is a table turned on its side.
MAX_COLUMNS = 2000
_SHOWN_NAMES = 40


@dataclass(frozen=True)
class ColumnMatch:
    """The published columns with the source column each comes from, and what was left out."""

    sources: Mapping[str, str]
    conditions: Mapping[str, str]
    left_out: tuple[str, ...]
    persons_left_out: tuple[str, ...]

    @property
    def needed(self) -> tuple[str, ...]:
        """Source columns that have to be read, each once."""
        return tuple(dict.fromkeys([*self.sources.values(), *self.conditions.values()]))


def match_columns(manifest: Manifest, names: Sequence[str], *, also_known: Sequence[str] = ()) -> ColumnMatch:
    """Match the manifest's columns with the names in the source; `also_known` are used otherwise (x, y).

    Raises SourceError when a column is missing, ambiguous, or seems to name persons.
    """
    check_column_count(names)
    by_name = _by_plain_name(names)
    sources = {
        name: _find(by_name, column.source, f"columns.{name}.source", names)
        for name, column in manifest.columns.items()
    }
    _refuse_persons(sources)
    conditions = {name: _find(by_name, (name,), "source.where", names) for name in manifest.source.where}
    taken = {*sources.values(), *also_known}
    left_out = tuple(name for name in names if name not in taken)
    return ColumnMatch(
        sources=sources,
        conditions=conditions,
        left_out=left_out,
        persons_left_out=tuple(name for name in left_out if find_person_word(name)),
    )


def find_name(names: Sequence[str], wanted: str, place: str) -> str:
    """The one source column with this name, whatever its case. Raises SourceError when there is none."""
    return _find(_by_plain_name(names), (wanted,), place, names)


def check_column_count(names: Collection[str]) -> None:
    """Raise SourceError when a source has more columns than any table can hold."""
    if len(names) > MAX_COLUMNS:
        raise SourceError(
            f"The source has {len(names)} columns; at most {MAX_COLUMNS} are read. Keep the ones that are "
            "published, and leave out the others."
        )


def tell_apart(names: Sequence[str]) -> tuple[str, ...]:
    """The names with empty and repeated ones replaced: `column_4`, `NAME_2`; by place, so always alike."""
    taken: set[str] = set()
    told = []
    for place, name in enumerate(names, start=1):
        made = base = name or f"column_{place}"
        number = 2
        while made in taken or (made != name and made in names):
            made, number = f"{base}_{number}", number + 1
        taken.add(made)
        told.append(made)
    return tuple(told)


def plain_name(name: str) -> str:
    """A column name as it is compared: NFC, upper case, without outer spaces."""
    return _nfc(name).strip().upper()


def _by_plain_name(names: Sequence[str]) -> dict[str, list[str]]:
    by_name: dict[str, list[str]] = {}
    for name in names:
        by_name.setdefault(plain_name(name), []).append(name)
    return by_name


def _find(by_name: Mapping[str, list[str]], accepted: Sequence[str], place: str, names: Sequence[str]) -> str:
    for alias in accepted:
        found = by_name.get(plain_name(alias), [])
        exact = [name for name in found if name == alias] or [
            name for name in found if _nfc(name) == _nfc(alias)
        ]
        if len(exact) == 1:
            return exact[0]
        if len(found) > 1:
            raise SourceError(
                f"The source has {len(found)} columns called {alias!r}, if capitals do not count: "
                f"{', '.join(map(repr, found))}. Write the one that is meant exactly so under {place}."
            )
        if found:
            return found[0]
    there = ", ".join(map(_shown, names[:_SHOWN_NAMES])) or "none"
    raise SourceError(
        f"The source has no column {' or '.join(repr(alias) for alias in accepted)}, which the manifest names "
        f"under {place}. Columns there: {there}. Name the right one in the manifest."
    )


def _shown(name: str) -> str:
    return name if name.isprintable() and 0 < len(name) <= 60 else repr(name[:60])


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _refuse_persons(sources: Mapping[str, str]) -> None:
    for published, source in sources.items():
        for name in (source, published):
            if find_person_word(name):
                raise SourceError(
                    f"The column {source!r} (published as {published!r}) seems to name persons or their "
                    "numbers. Such data must not be published; take it out of [columns] in the manifest."
                )
