"""What is counted of a layer while its rows go by: columns, keys, shapes and their faults.

Memory stays bounded: a column keeps its values in mind only while it may still be a key.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.known_columns import find_known_column
from layers.reading.datum import Places
from layers.reading.guessing import guess_type
from layers.reading.persons import PersonWatch, find_person_word
from layers.reading.report import Bounds, Fault, FieldFound, KeyFound, Repeat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.reading.rows import Batch

LISTED = 20
_MAX_DISTINCT = 100_000
_MAX_SAMPLES = 5
_MAX_KINDS_LOOKED_AT = 2000
_MAX_SHAPES = 3_000_000
_UNKNOWN_HEIGHT = -99.0
# A column whose values come again more often than this is no key with a few mistakes in it.
_FEW_REPEATS, _REPEAT_SHARE = 5, 0.05
# Columns that are a key together: parcels and buildings within a cadastral municipality.
_TOGETHER = (("ko", "number"), ("ko", "building"))


class ColumnFindings:
    """Values of every column: filled, different, samples, likely type, and whether they look like persons."""

    def __init__(self, names: Sequence[str]) -> None:
        self._filled: Counter[str] = Counter()
        self._distinct: dict[str, set[int]] = {name: set() for name in names}
        self._samples: dict[str, dict[str, None]] = {name: {} for name in names}
        self._values: dict[str, list[object]] = {name: [] for name in names}
        self._persons = PersonWatch()

    def look(self, columns: Mapping[str, Sequence[object]]) -> None:
        """Take note of a batch of values."""
        self._persons.look(columns)
        for name, values in columns.items():
            filled = [value for value in values if value is not None and value != ""]
            self._filled[name] += len(filled)
            if len(self._distinct[name]) < _MAX_DISTINCT:
                self._distinct[name].update(hash(str(value)) for value in filled)
            if len(self._samples[name]) < _MAX_SAMPLES:
                for value in filled[:_MAX_SAMPLES]:
                    self._samples[name][str(value)[:60]] = None
            kept = self._values[name]
            kept += filled[: _MAX_KINDS_LOOKED_AT - len(kept)]

    def fields(self, stated_types: Mapping[str, str]) -> tuple[FieldFound, ...]:
        """The columns in the order of the source."""
        reasons = {found.column: found.reason for found in self._persons.suspicions()}
        return tuple(self._field(name, stated_types.get(name), reasons.get(name)) for name in self._distinct)

    def _field(self, name: str, stated: str | None, by_values: str | None) -> FieldFound:
        word = find_person_word(name)
        reason = f"the name of the column speaks of {word!r}" if word else by_values or ""
        return FieldFound(
            name=name,
            type=guess_type(stated, self._values[name]),
            filled=self._filled[name],
            distinct=len(self._distinct[name]),
            samples=() if reason else tuple(self._samples[name]),
            person=bool(reason),
            person_reason=reason,
        )


class KeyFindings:
    """Which columns tell features apart, and where they fail to."""

    def __init__(self, names: Sequence[str], placing: Sequence[str | None] = ()) -> None:
        names = [name for name in names if name not in placing]
        known = {column.name: name for name in names if (column := find_known_column(name))}
        pairs = [tuple(known[part] for part in pair) for pair in _TOGETHER if set(pair) <= set(known)]
        self._open = {columns: _Key(columns) for columns in [*pairs, *[(name,) for name in names]]}

    def look(self, batch: Batch) -> None:
        """Take note of a batch."""
        for columns, key in list(self._open.items()):
            key.look(batch)
            if key.is_hopeless():
                del self._open[columns]

    def found(self, row_count: int) -> tuple[KeyFound, ...]:
        """Candidates, the best first: without repeats, filled in most rows."""
        keys = [key.found() for key in self._open.values() if key.filled > row_count / 2]
        return tuple(sorted(keys, key=lambda key: (key.repeated + key.missing, -len(key.columns))))


class _Key:
    """One candidate: the values so far, and the first that came again."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._first: dict[int, int] = {}
        self._repeats: list[Repeat] = []
        self._repeated = 0
        self._rows = 0
        self._measured = False
        self.filled = 0

    def look(self, batch: Batch) -> None:
        values = zip(*[batch.columns[name] for name in self._columns], strict=True)
        for number, parts in zip(batch.numbers.tolist(), values, strict=True):
            self._rows += 1
            if any(part is None or part == "" for part in parts):
                continue
            self.filled += 1
            self._measured |= any(isinstance(part, float) and not part.is_integer() for part in parts)
            text = "-".join(map(str, parts))
            first = self._first.setdefault(hash(text), number)
            if first != number:
                self._repeated += 1
                if len(self._repeats) < LISTED:
                    self._repeats.append(Repeat(value=text[:60], first=first, again=number))

    def is_hopeless(self) -> bool:
        return self._measured or self._repeated > max(_FEW_REPEATS, _REPEAT_SHARE * self._rows)

    def found(self) -> KeyFound:
        return KeyFound(
            columns=self._columns,
            missing=self._rows - self.filled,
            repeated=self._repeated,
            repeats=tuple(self._repeats),
        )


class ShapeFindings:
    """Types, faults, heights, copies and extent of the shapes."""

    def __init__(self) -> None:
        self.types: Counter[str] = Counter()
        self.tally: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.without: list[int] = []
        self.faults: list[Fault] = []
        self.copies: list[Repeat] = []
        self.places = Places(500)
        self._seen: dict[bytes, int] = {}
        self._bounds: Any = None

    def look(self, batch: Batch) -> None:
        """Take note of a batch."""
        geometries, numbers = batch.geometries, batch.numbers
        missing = shapely.is_missing(geometries)
        empty = shapely.is_empty(geometries)
        self.tally.update(null=int(missing.sum()), empty=int(empty.sum()))
        self.without += numbers[missing | empty][: LISTED - len(self.without)].tolist()
        here, owners = geometries[~(missing | empty)], numbers[~(missing | empty)]
        if not len(here):
            return
        self.types.update(shape.geom_type for shape in here)
        self._look_at_faults(here, owners)
        self._look_at_heights(here)
        self._look_for_copies(here, owners)
        self._look_at_places(here)

    def bounds(self) -> Bounds | None:
        """The extent in the numbers of the source."""
        if self._bounds is None:
            return None
        west, south, east, north = (float(number) for number in self._bounds)
        return west, south, east, north

    def _look_at_faults(self, here: Any, owners: Any) -> None:
        broken = ~shapely.is_valid(here)
        self.tally["invalid"] += int(broken.sum())
        for shape, owner in zip(here[broken], owners[broken], strict=True):
            reason = re.sub(r"\[.*", "", str(shapely.is_valid_reason(shape))).strip()
            self.reasons[reason] += 1
            if len(self.faults) < LISTED:
                self.faults.append(Fault(feature=int(owner), reason=reason))

    def _look_at_heights(self, here: Any) -> None:
        has_z = shapely.has_z(here)
        self.tally["has_z"] += int(has_z.sum())
        if bool(has_z.any()):
            heights, owners = shapely.get_coordinates(here, include_z=True, return_index=True)
            self.tally["unknown_z"] += len(np.unique(owners[heights[:, 2] == _UNKNOWN_HEIGHT]))

    def _look_for_copies(self, here: Any, owners: Any) -> None:
        for wkb, owner in zip(shapely.to_wkb(here), owners.tolist(), strict=True):
            digest = hashlib.blake2b(wkb, digest_size=8).digest()
            first = self._seen.get(digest)
            if first is None and len(self._seen) < _MAX_SHAPES:
                self._seen[digest] = owner
            elif first is not None:
                self.tally["copies"] += 1
                if len(self.copies) < LISTED:
                    self.copies.append(Repeat(value="", first=first, again=owner))

    def _look_at_places(self, here: Any) -> None:
        boxes = shapely.bounds(here)
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        if not len(boxes):
            return
        self.places.look((boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2)
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        if self._bounds is not None:
            low, high = np.minimum(low, self._bounds[:2]), np.maximum(high, self._bounds[2:])
        self._bounds = np.concatenate([low, high])
