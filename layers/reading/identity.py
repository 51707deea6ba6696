"""What a feature is called: its key, the integer id made from the key, its title, and its search text.

The key decides whether a feature of today is the one of last week; the rest follows from it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import string
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.errors import SourceError
from layers.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from layers.manifest import Manifest

_FID_BITS = 52


class KeyMaker:
    """Makes the key of each row: the key columns joined by `-`, or a hash of the row where there are none.

    Rows that are exact copies of each other and have no key get `-2`, `-3`, … behind the hash.
    """

    def __init__(self, manifest: Manifest) -> None:
        self._names = manifest.key
        self._seen: dict[str, int] = {}
        self.copies = 0

    def build(self, columns: Mapping[str, Sequence[Any]], geometries: Any, numbers: Any) -> list[str]:
        """The keys of a batch. Raises SourceError naming the feature whose key is empty."""
        if not self._names:
            return [self._told_apart(key) for key in _content_keys(columns, geometries)]
        self._refuse_empty(columns, numbers)
        return list(map("-".join, zip(*(_all_written(columns[name]) for name in self._names), strict=True)))

    def _refuse_empty(self, columns: Mapping[str, Sequence[Any]], numbers: Any) -> None:
        empty = [
            (columns[name].index(None), order)
            for order, name in enumerate(self._names)
            if None in columns[name]
        ]
        if empty:
            place, order = min(empty)
            raise SourceError(
                f"Feature {numbers[place]} has no value in {self._names[order]!r}, which is part of the key. "
                "Fill it in the source, or choose another key in the manifest."
            )

    def _told_apart(self, key: str) -> str:
        count = self._seen.get(key, 0) + 1
        self._seen[key] = count
        if count == 1:
            return key
        self.copies += 1
        return f"{key}-{count}"


def fid_of(key: str) -> int:
    """The first 52 bits of the BLAKE2b hash of the key: stable, and safe in JavaScript."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> (64 - _FID_BITS)


def fids_of(keys: Sequence[str]) -> Any:
    """The ids of a batch, as an array."""
    digests = b"".join(hashlib.blake2b(key.encode(), digest_size=8).digest() for key in keys)
    return (np.frombuffer(digests, dtype=">u8") >> (64 - _FID_BITS)).astype(np.int64)


def other_fid(key: str) -> int:
    """A second id for a key whose first one another key has: a chance of 1 in 10,000 per million rows."""
    return fid_of(key + "\n2")


def build_titles(manifest: Manifest, columns: Mapping[str, Sequence[Any]], keys: list[str]) -> list[str | None]:
    """The name of each row to people: the search pattern, or the naming columns, or the key."""
    pattern = manifest.search.text if manifest.search else " ".join(f"{{{name}}}" for name in manifest.naming)
    pieces = [(text, name) for text, name, _, _ in string.Formatter().parse(pattern)]
    parts: list[Iterable[str]] = []
    for text, name in pieces:
        parts += [repeat(text, len(keys)), *([_all_written(columns[name])] if name else [])]
    fallbacks: Sequence[str | None] = keys if manifest.key else [None] * len(keys)
    return [
        " ".join("".join(filled).split()) or fallback
        for filled, fallback in zip(zip(*parts, strict=True) if parts else repeat(()), fallbacks, strict=False)
    ]


def build_search_texts(titles: Sequence[str | None]) -> list[str | None]:
    """The titles as they are searched."""
    return [fold(title) if title is not None else None for title in titles]


def written(value: object) -> str:
    """A value inside a key or title; an unknown one is empty."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _all_written(values: Sequence[Any]) -> Sequence[str]:
    """A column as `written` writes each of its values."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return values
    return list(map(str if kinds == {int} else written, values))


def _content_keys(columns: Mapping[str, Sequence[Any]], geometries: Any) -> list[str]:
    keys = []
    for place, wkb in enumerate(shapely.to_wkb(geometries)):
        digest = hashlib.blake2b(wkb or b"", digest_size=8)
        for values in columns.values():
            digest.update(b"\x1f" + written(values[place]).encode())
        keys.append(digest.hexdigest())
    return keys
