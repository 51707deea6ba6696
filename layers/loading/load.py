"""Writing one version: table, rows by binary COPY, constraints, indexes, statistics, and catalogue row.

Everything happens on the connection handed in, in its one transaction: an import that is killed leaves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.types.json import Json, Jsonb

from gis import crs
from gis.envelope import Envelope
from gis.statements import compose, identifier, identifiers, read_statement
from layers.loading.plan import describe_manifest, find_bands, retoken, table_name
from layers.model import DATA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import psycopg

    from layers.manifest import Manifest
    from layers.reading.job import StoredColumn, StoredType
    from layers.reading.report import Reading

    Connection = psycopg.Connection[tuple[object, ...]]

_BLOCK = 2**20
_SQL_TYPES: dict[StoredType, sql.SQL] = {
    "bigint": sql.SQL("bigint"),
    "smallint": sql.SQL("smallint"),
    "text": sql.SQL("text"),
    "real": sql.SQL("real"),
    "double precision": sql.SQL("double precision"),
    "date": sql.SQL("date"),
    "boolean": sql.SQL("boolean"),
}


@dataclass(frozen=True)
class NewVersion:
    """What is entered in the catalogue; `shared_table` is that of another version with the same rows."""

    manifest: Manifest
    srid: int
    reading: Reading
    content_token: str
    source_name: str
    source_sha256: str
    grids: tuple[str, ...]
    quality: Mapping[str, Any]
    shared_table: str | None = None


def insert_version(connection: Connection, new: NewVersion) -> tuple[int, int]:
    """Enter a version in state `loaded`, with a token of its own; its id and its number."""
    manifest, reading = new.manifest, new.reading
    degrees = _extent_in_degrees(reading, new.srid)
    row = connection.execute(
        read_statement("layers", "insert_version"),
        {
            "layer_id": manifest.id,
            "content_token": new.content_token,
            "srid": new.srid,
            "row_count": reading.row_count,
            **dict(zip(("west", "south", "east", "north"), degrees, strict=True)),
            "native_extent": list(reading.native_extent) if reading.native_extent else None,
            "source_name": new.source_name,
            "source_sha256": new.source_sha256,
            "state_date": manifest.source.state_date,
            "operation": reading.operation,
            "operation_accuracy_m": reading.operation_accuracy_m,
            "manifest": Json(describe_manifest(manifest)),
            "quality": Jsonb(dict(new.quality)),
            "grids": list(new.grids),
            "bands": list(find_bands(manifest)),
        },
    ).fetchone()
    version_id, number = _two_integers(row)
    names = {
        "id": version_id,
        "table_name": new.shared_table or table_name(version_id),
        "token": retoken(new.content_token, version_id),
    }
    connection.execute(read_statement("layers", "name_version"), names)
    return version_id, number


def create_table(connection: Connection, name: str, columns: Sequence[StoredColumn]) -> None:
    """Make the empty table of a version. Rows get no room for updates: there are none.

    Large geometry is not compressed: that would spare little, and every look at its box would read all of it.
    """
    table = identifier(DATA, name)
    statement = sql.SQL("CREATE TABLE {} ({})").format(
        table, sql.SQL(", ").join([_define(column) for column in columns])
    )
    connection.execute(statement)
    plain = [
        sql.SQL("ALTER COLUMN {} SET STORAGE EXTERNAL").format(identifier(column.name))
        for column in columns
        if column.type == "geometry"
    ]
    if plain:
        connection.execute(sql.SQL("ALTER TABLE {} {}").format(table, sql.SQL(", ").join(plain)))


def copy_rows(
    connection: Connection,
    name: str,
    columns: Sequence[StoredColumn],
    path: Path,
    progress: Callable[[int, int], None],
) -> None:
    """Stream the finished COPY file into the table; `progress` is told bytes sent and bytes in all."""
    statement = compose(
        "layers",
        "copy_rows",
        table=identifier(DATA, name),
        columns=identifiers([column.name for column in columns]),
    )
    total, sent = path.stat().st_size, 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy, path.open("rb") as file:
        while block := file.read(_BLOCK):
            copy.write(block)
            sent += len(block)
            progress(sent, total)


def finish_table(
    connection: Connection,
    name: str,
    columns: Sequence[StoredColumn],
    *,
    searched: bool,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Keys, indexes and statistics, after the rows are in; `progress` is told how many of how many are made."""
    statements = index_statements(name, columns, searched=searched)
    connection.execute(read_statement("layers", "statistics_target"))
    statements.append(sql.SQL("ANALYZE {}").format(identifier(DATA, name)))
    for done, statement in enumerate(statements):
        progress(done, len(statements))
        connection.execute(statement)
    progress(len(statements), len(statements))


def index_statements(name: str, columns: Sequence[StoredColumn], *, searched: bool) -> list[sql.Composed]:
    """Keys, GiST on every geometry but label and bands; trigrams and prefixes of a searched layer's text."""
    table = identifier(DATA, name)
    statements = [
        sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(table, identifier("_fid")),
        sql.SQL("ALTER TABLE {} ADD UNIQUE ({})").format(table, identifier("_key")),
    ]
    statements += [
        sql.SQL("CREATE INDEX ON {} USING gist ({})").format(table, identifier(column.name))
        for column in columns
        if column.type == "geometry" and column.name != "_label" and not column.band
    ]
    search = identifier("_search")
    statements += (
        []
        if not searched
        else [
            sql.SQL("CREATE INDEX ON {} USING gin ({} gin_trgm_ops)").format(table, search),
            sql.SQL("CREATE INDEX ON {} ({} text_pattern_ops)").format(table, search),
        ]
    )
    return statements


def _define(column: StoredColumn) -> sql.Composed:
    kind: sql.Composable
    if column.type == "geometry" and column.heights:
        # A typed column holds either heights or none; here features with unknown heights stand beside others.
        kind = sql.SQL("geometry CHECK (ST_SRID({}) = {})").format(
            identifier(column.name), sql.Literal(column.srid)
        )
    elif column.type == "geometry":
        shape = sql.SQL("Point") if column.name == "_label" else sql.SQL("Geometry")
        kind = sql.SQL("geometry({}, {})").format(shape, sql.Literal(column.srid))
    else:
        kind = _SQL_TYPES[column.type]
    required = sql.SQL(" NOT NULL") if column.required else sql.SQL("")
    return sql.SQL("{} {}{}").format(identifier(column.name), kind, required)


def _extent_in_degrees(reading: Reading, srid: int) -> tuple[float | None, ...]:
    if reading.native_extent is None:
        return (None, None, None, None)
    return crs.transform_envelope(Envelope(*reading.native_extent, srid=srid), crs.WGS84).bounds


def _two_integers(row: tuple[object, ...] | None) -> tuple[int, int]:
    if row is None or not isinstance(row[0], int) or not isinstance(row[1], int):
        msg = "the catalogue did not answer with an id and a number"
        raise TypeError(msg)
    return row[0], row[1]
