"""A GeoPackage looked through by SQLite before GDAL opens it: whole, what it says it is, and nothing that acts.

GDAL runs what the file's own schema holds: views, and virtual tables that open other files. So only plain
tables are layers, and no virtual table but a spatial index may be there. OGC 12-128r18, clauses 1.1 and 2.1.
"""

from __future__ import annotations

import re
import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import SourceError
from layers.reading.sqlite import open_sqlite

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = b"SQLite format 3\x00"
_APPLICATIONS = (b"GPKG", b"GP10", b"GP11")
HEADER_BYTES = 100
# Four million vertices; far beyond what any manifest's cap lets through.
LARGEST_GEOMETRY = 2**26
_LARGEST_PAGE = 65536
_DAMAGED = (
    "The file is not a readable GeoPackage: it is damaged, cut short or of another kind. Ask the provider for "
    "a new copy."
)
_SPATIAL_INDEX = r"create\s+virtual\s+table\s+[\"'`\[]?{name}[\"'`\]]?\s+using\s+[\"'`\[]?rtree(_i32)?\b"
_SCHEMA = "SELECT type, name, coalesce(sql, '') FROM sqlite_master"
_CONTENTS = "SELECT table_name, data_type FROM gpkg_contents ORDER BY rowid"
_GEOMETRIES = "SELECT table_name, column_name FROM gpkg_geometry_columns ORDER BY rowid"


@dataclass(frozen=True)
class FeatureTable:
    """A layer of a GeoPackage: its table, and how many rows are there and how many of them have no geometry."""

    name: str
    row_count: int
    null_shapes: int


def check_header(head: bytes, size: int) -> str | None:
    """What is wrong with the first 100 bytes of a GeoPackage of this size, or None."""
    if not head.startswith(MAGIC) or len(head) < HEADER_BYTES:
        return "is not a GeoPackage: it does not begin like one"
    if head[68:72] not in _APPLICATIONS:
        return "is an SQLite database, but does not say that it is a GeoPackage"
    page, changed, pages, valid_for = struct.unpack(">H6xII", head[16:32]) + struct.unpack(">I", head[92:96])
    stated = (_LARGEST_PAGE if page == 1 else page) * pages
    if changed == valid_for and pages and stated != size:
        return f"is cut short or damaged: its header says {stated} bytes, the file has {size}"
    return None


def read_feature_tables(path: Path) -> tuple[FeatureTable, ...]:
    """The layers of a staged GeoPackage. Raises SourceError when it is damaged or holds what could act."""
    with path.open("rb") as file:
        wrong = check_header(file.read(HEADER_BYTES), path.stat().st_size)
    if wrong:
        raise SourceError(f"The file {wrong}. Ask the provider for a new copy.")
    try:
        with closing(open_sqlite(path)) as connection:
            plain = _check_schema(connection)
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise SourceError(_DAMAGED)
            return _find_tables(connection, plain)
    except (sqlite3.Error, UnicodeDecodeError) as exc:
        raise SourceError(_DAMAGED, cause=str(exc)) from exc


def _check_schema(connection: sqlite3.Connection) -> frozenset[str]:
    """The names of plain tables. Raises SourceError for a virtual table that is no spatial index."""
    plain = set()
    for kind, name, sql in connection.execute(_SCHEMA).fetchall():
        if kind != "table":
            continue
        if not re.match(r"create\s+virtual\b", sql, re.IGNORECASE):
            plain.add(name)
        elif not re.match(_SPATIAL_INDEX.replace("{name}", re.escape(name)), sql, re.IGNORECASE):
            raise SourceError(
                f"The GeoPackage holds a virtual table, {name[:80]!r}, which could read other files. Export "
                "the layer into a new GeoPackage (in QGIS by 'Save features as') and publish that one."
            )
    return frozenset(plain)


def _find_tables(connection: sqlite3.Connection, plain: frozenset[str]) -> tuple[FeatureTable, ...]:
    contents = connection.execute(_CONTENTS).fetchall()
    features = [name for name, kind in contents if kind == "features" and name in plain]
    geometries: dict[str, list[str]] = {name: [] for name in features}
    for name, column in connection.execute(_GEOMETRIES).fetchall() if features else ():
        if name in geometries:
            geometries[name].append(column)
    _refuse_none(contents, features)
    return tuple(_count(connection, name, columns) for name, columns in geometries.items())


def _refuse_none(contents: list[tuple[str, str]], features: list[str]) -> None:
    if features:
        return
    views = [name for name, kind in contents if kind == "features"]
    if views:
        raise SourceError(
            f"The GeoPackage holds no layer but views ({', '.join(views[:10])}), which are not read. Save them "
            "as layers of their own."
        )
    kinds = ", ".join(sorted({str(kind) for _, kind in contents})) or "nothing"
    raise SourceError(
        f"The GeoPackage holds no vector layer, only {kinds[:80]}. Ask the provider for the layer itself."
    )


def _count(connection: sqlite3.Connection, name: str, columns: list[str]) -> FeatureTable:
    if len(columns) != 1:
        found = f"{len(columns)} geometry columns ({', '.join(columns)})" if columns else "no geometry column"
        raise SourceError(
            f"The layer {name[:80]!r} of the GeoPackage has {found}; exactly one is needed. Save it as a layer "
            "of its own."
        )
    # Names of the file's own schema, quoted as SQLite wants it; a private copy is asked.
    table, column = (text.replace('"', '""') for text in (name, columns[0]))
    _refuse_vast(connection, table, column)
    question = f'SELECT count(*), count(*) - count("{column}") FROM "{table}"'  # noqa: S608
    rows, nulls = connection.execute(question).fetchone()
    return FeatureTable(name, int(rows), int(nulls))


def _refuse_vast(connection: sqlite3.Connection, table: str, column: str) -> None:
    """A geometry that would fill the memory is named before it does."""
    vast = f'SELECT rowid FROM "{table}" WHERE length("{column}") > ? ORDER BY rowid LIMIT 1'  # noqa: S608
    found = connection.execute(vast, (LARGEST_GEOMETRY,)).fetchone()
    if found is None:
        return
    up_to_it = f'SELECT count(*) FROM "{table}" WHERE rowid <= ?'  # noqa: S608
    (number,) = connection.execute(up_to_it, found).fetchone()
    raise SourceError(
        f"Feature {number} has a geometry of more than {LARGEST_GEOMETRY >> 20} MB. Simplify or split it."
    )
