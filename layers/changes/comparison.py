"""What differs between two versions of a layer, feature by feature: counts, and the features themselves.

The one place that compares versions: for the import inside its transaction, for command line, HTTP and page. A
layer without a key has only added and removed features, for there the content is the key; so have two versions
with different keys.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql

from gis.statements import read_statement
from layers.changes.remembered import RememberedCounts
from layers.changes.statements import (
    KINDS,
    Kind,
    Pair,
    Place,
    Stored,
    count_shared,
    measure_shift,
    select_changes,
    select_found,
    walk_keys,
    walk_up_to,
)
from layers.features import reading_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import psycopg
    import sqlalchemy as sa

    from gis.database import Database
    from layers.catalogue import PublishedLayer

    Connection = psycopg.Connection[tuple[object, ...]]

__all__ = ["KINDS", "Change", "ChangeCounts", "Kind", "Pair", "Place", "Shift", "Stored", "Value"]

Value = str | int | float | bool | None
_DIALECT = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
_ROWS_AT_A_TIME = 200
# Of so many pages each may read both tables as they lie; more are walked along the keys.
_FEW_PAGES = 5
_remembered: RememberedCounts[ChangeCounts] = RememberedCounts()


@dataclass(frozen=True)
class ChangeCounts:
    """How many features differ. One may count under `geometry` and `attributes`; `changed` counts it once."""

    added: int
    removed: int
    geometry: int
    attributes: int
    unchanged: int
    changed: int

    @property
    def shared(self) -> int:
        """Features of both versions."""
        return self.changed + self.unchanged

    @property
    def total(self) -> int:
        """Features that differ in some way."""
        return self.added + self.removed + self.changed

    def of_kind(self, kind: Kind | None) -> int:
        """Those of one kind; all that differ without one."""
        return {
            "added": self.added,
            "removed": self.removed,
            "geometry": self.geometry,
            "attributes": self.attributes,
            None: self.total,
        }[kind]

    def as_json(self) -> dict[str, int]:
        """As it is stored and told."""
        return {**{kind: self.of_kind(kind) for kind in KINDS}, "unchanged": self.unchanged}


@dataclass(frozen=True)
class Shift:
    """Most changed features moved by about the same vector, in metres: how many, east and north."""

    features: int
    east: float
    north: float


@dataclass(frozen=True)
class Difference:
    """One column of one feature, before and after."""

    name: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Change:
    """One feature that differs. `change` is added, removed or changed.

    `differences` are the columns published in both versions whose values differ; `before` and `after` are all
    published values, None where the feature is not in that version. `size_difference` is in square metres for
    polygons and in metres for lines; `moved_m` is how far the label point moved.
    """

    key: str
    change: str
    geometry: bool
    attributes: bool
    title: str | None
    size_difference: float | None
    moved_m: float | None
    geojson: str | None
    before: Mapping[str, Value] | None
    after: Mapping[str, Value] | None
    differences: tuple[Difference, ...]

    @property
    def place(self) -> Place:
        """Where it stands in the walk through all changes."""
        return (self.key, self.change)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What `kind` finds it by."""
        if self.change == "changed":
            flags: tuple[tuple[Kind, bool], ...] = (
                ("geometry", self.geometry),
                ("attributes", self.attributes),
            )
            return tuple(kind for kind, differs in flags if differs)
        return ("added",) if self.change == "added" else ("removed",)


@dataclass(frozen=True)
class ColumnChanges:
    """Columns that only one version publishes, and those of another type; their values are not compared."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    retyped: tuple[str, ...]


def count_changes(connection: Connection, before: Stored, after: Stored) -> ChangeCounts:
    """What differs between two tables, on the caller's transaction."""
    pair = Pair(before, after)
    if pair.is_one_table:
        return _nothing_changed(after)
    if not pair.has_one_key:
        return _count(pair, [])
    connection.execute(read_statement("layers", "prepare_comparing"))
    return _count(pair, _rows(connection, count_shared(pair)))


def find_shift(connection: Connection, before: Stored, after: Stored) -> Shift | None:
    """The vector most of the features with another geometry moved by, on the caller's transaction."""
    pair = Pair(before, after)
    if pair.is_one_table or before.srid != after.srid or not pair.has_one_key:
        return None
    for features, east, north in _rows(connection, measure_shift(pair)):
        if east is not None and north is not None:
            return Shift(int(features), float(east), float(north))
    return None


def read_counts(database: Database, before: PublishedLayer, after: PublishedLayer) -> ChangeCounts:
    """What differs between two versions. Raises GoneError, UnavailableError."""
    pair = Pair(Stored.of(before), Stored.of(after))
    if pair.is_one_table:
        return _nothing_changed(pair.after)
    if not pair.has_one_key:
        return _count(pair, [])
    if after.changes is not None and after.changes["against"] == before.number:
        return _stored_counts(after.changes, after.row_count)
    known = _remembered.find(database, before, after)
    if known is not None:
        return known
    with _comparing(database) as connection:
        counts = _count(pair, [tuple(row) for row in connection.execute(count_shared(pair))])
    _remembered.keep(database, before, after, counts)
    return counts


def read_changes(
    database: Database,
    before: PublishedLayer,
    after: PublishedLayer,
    *,
    kind: Kind | None = None,
    after_place: Place | None = None,
    limit: int | None = None,
) -> Iterator[Change]:
    """Features that differ, in the order of keys, read one by one. Raises GoneError, UnavailableError.

    Of many changes, a page costs what lies between its first key and its last.
    """
    pair = Pair(Stored.of(before), Stored.of(after))
    if pair.is_one_table or limit == 0:
        return
    counts = read_counts(database, before, after)
    with _comparing(database) as connection:
        if limit is None or counts.of_kind(kind) <= _FEW_PAGES * limit:
            statement = select_changes(pair, kind=kind, after=after_place, limit=limit)
        else:
            walks = walk_keys(pair, kind=kind, after=after_place, limit=limit)
            found = _walk(connection, walks if counts.removed < counts.total / 2 else walks[::-1], limit)
            statement = select_found(pair, found, limit)
        streaming = connection.execution_options(yield_per=_ROWS_AT_A_TIME)
        with streaming.execute(statement) as result:
            for row in result:
                yield _change(pair, row)


def _walk(connection: sa.Connection, walks: Sequence[sa.Select[Any]], limit: int) -> list[sa.Row[Any]]:
    """What the next page is among, and perhaps more. The first walk, where more differs, says how far to go."""
    connection.exec_driver_sql(read_statement("layers", "prepare_walking_changes"))
    first, *others = walks
    found = list(connection.execute(first))
    last = found[-1].key if len(found) == limit else None
    for walk in others:
        found += connection.execute(walk if last is None else walk_up_to(walk, last))
    return found


def compare_columns(before: PublishedLayer, after: PublishedLayer) -> ColumnChanges:
    """What became of the published columns."""
    old, new = before.manifest.columns, after.manifest.columns
    return ColumnChanges(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        retyped=tuple(name for name in new if name in old and new[name].type != old[name].type),
    )


@contextmanager
def _comparing(database: Database) -> Iterator[sa.Connection]:
    """A connection of the pool for long questions, with room for comparing."""
    with reading_version(database, "downloads") as connection:
        connection.exec_driver_sql(read_statement("layers", "prepare_reading_changes"))
        yield connection


def _rows(connection: Connection, statement: sa.Select[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, asked on a connection of psycopg."""
    compiled = statement.compile(dialect=_DIALECT)
    return connection.execute(str(compiled), compiled.params).fetchall()


def _count(pair: Pair, rows: Sequence[tuple[Any, ...]]) -> ChangeCounts:
    shared = sum(count for _, _, count in rows)
    unchanged = sum(count for geometry, attributes, count in rows if not geometry and not attributes)
    return ChangeCounts(
        added=pair.after.row_count - shared,
        removed=pair.before.row_count - shared,
        geometry=sum(count for geometry, _, count in rows if geometry),
        attributes=sum(count for _, attributes, count in rows if attributes),
        unchanged=unchanged,
        changed=shared - unchanged,
    )


def _stored_counts(changes: Mapping[str, Any], row_count: int) -> ChangeCounts:
    """The counts an import stored with its version."""
    counts = {kind: int(changes[kind]) for kind in (*KINDS, "unchanged")}
    return ChangeCounts(**counts, changed=row_count - counts["added"] - counts["unchanged"])


def _nothing_changed(stored: Stored) -> ChangeCounts:
    return ChangeCounts(added=0, removed=0, geometry=0, attributes=0, unchanged=stored.row_count, changed=0)


def _change(pair: Pair, row: Sequence[Any]) -> Change:
    key, change, geometry, attributes, title, size, moved, geojson, before, after, flags = row
    old = None if change == "added" else dict(zip(pair.before.manifest.columns, before, strict=True))
    new = None if change == "removed" else dict(zip(pair.after.manifest.columns, after, strict=True))
    differences = () if old is None or new is None else tuple(
        Difference(name, old[name], new[name])
        for name, differs in zip(pair.shared_columns, flags, strict=True) if differs
    )  # fmt: skip
    return Change(key, change, geometry, attributes, title, size, moved, geojson, old, new, differences)
