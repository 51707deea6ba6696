"""The columns of a GeoPackage table as the file declares them, and the values as it holds them, row by row.

GDAL is asked for shapes only. It leaves out columns of types it does not know (FLOAT for one), and makes
something of what does not fit its column: 12 of `12a`, nothing of a wrong date. All that in silence.
OGC 12-128r18 table 1 (types); https://www.sqlite.org/datatype3.html clause 3.1 (types of other programs).
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gis.errors import SourceError
from layers.reading.moments import write_moment
from layers.reading.sqlite import open_sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_COLUMNS = "SELECT name, upper(type), pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid"
_GEOMETRY = "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?"
_STANDARD: Mapping[str, str] = {"BOOLEAN": "bool", "DATE": "date", "DATETIME": "datetime"}
_BY_PART_OF_NAME = (
    ("INT", "int64"), ("CHAR", "str"), ("CLOB", "str"), ("TEXT", "str"), ("BLOB", "bytes"), ("REAL", "float"),
    ("FLOA", "float"), ("DOUB", "float"),
)  # fmt: skip
# Whole numbers that GDAL takes for the number of a feature when the column is the key of its table.
_NUMBERS = frozenset({"INTEGER", "INT", "MEDIUMINT", "SMALLINT", "TINYINT"})
_ROW_NUMBERS = ("rowid", "_rowid_", "oid")
_UNREADABLE = "The GeoPackage has columns whose names cannot be read. Save the layer again in QGIS."


class _Undecoded(bytes):
    """A text that is not UTF-8."""


class StoredColumns:
    """What one table of a staged GeoPackage has beside its shapes, and the values of a feature."""

    def __init__(self, path: Path, table: str) -> None:
        """Raises SourceError when names of columns cannot be read."""
        self._connection = open_sqlite(path)
        self._connection.text_factory = _decode
        try:
            found = self._connection.execute(_COLUMNS, [table]).fetchall()
            shapes = {name for (name,) in self._connection.execute(_GEOMETRY, [table])}
        except sqlite3.Error as exc:
            raise SourceError(_UNREADABLE, cause=str(exc)) from exc
        if any(isinstance(text, _Undecoded) for name, declared, _ in found for text in (name, declared)):
            raise SourceError(_UNREADABLE)
        self._table = table
        self._key = _find_key(found)
        self._declared = {name: declared for name, declared, _ in found if name not in {*shapes, self._key}}

    @property
    def types(self) -> dict[str, str]:
        """Each column with its type as fiona would call it; empty for one of which nothing can be said."""
        return {name: _type_of(declared) for name, declared in self._declared.items()}

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def read(self, fid: int, names: Sequence[str], number: int) -> list[object]:
        """The values of a feature with this number of GDAL's. Raises SourceError naming feature and field."""
        try:
            row = self._connection.execute(self._question(names), [fid]).fetchone()
        except sqlite3.Error as exc:
            raise SourceError(_damaged(number), cause=str(exc)) from exc
        if row is None:
            raise SourceError(_damaged(number))
        return [self._value(name, value, number) for name, value in zip(names, row[1:], strict=True)]

    def _question(self, names: Sequence[str]) -> str:
        """Names of the file's own schema, quoted as SQLite wants it; a private copy is asked."""
        key, table, *columns = (
            '"' + name.replace('"', '""') + '"' for name in (self._key, self._table, *names)
        )
        return f"SELECT {', '.join([key, *columns])} FROM {table} WHERE {key} = ?"  # noqa: S608

    def _value(self, name: str, value: Any, number: int) -> object:
        if isinstance(value, _Undecoded):
            raise SourceError(
                f"Feature {number}, field {name[:60]!r}: the text is not in UTF-8, which a GeoPackage has to "
                "be. Ask the provider for a new copy."
            )
        declared = self._declared[name]
        if declared == "BOOLEAN" and value in (0, 1):
            return bool(value)
        if declared == "DATETIME" and isinstance(value, str):
            with suppress(ValueError):
                return write_moment(value)
        return value


def _find_key(columns: Sequence[tuple[str, str, int]]) -> str:
    """The column that GDAL takes the number of a feature from, or SQLite's own number of the row."""
    keys = [(name, declared) for name, declared, key in columns if key]
    if len(keys) == 1 and keys[0][1] in _NUMBERS:
        return keys[0][0]
    taken = {name.casefold() for name, _, _ in columns}
    return next((name for name in _ROW_NUMBERS if name not in taken), _ROW_NUMBERS[0])


def _type_of(declared: str) -> str:
    if declared in _STANDARD:
        return _STANDARD[declared]
    return next((kind for part, kind in _BY_PART_OF_NAME if part in declared), "")


def _decode(text: bytes) -> str | bytes:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return _Undecoded(text)


def _damaged(number: int) -> str:
    return f"Feature {number} cannot be read; the file is damaged there. Ask the provider for a new copy."
