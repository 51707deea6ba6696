"""What makes a search quick in large layers: indexes on the names of parcels, and the streets of addresses.

Streets and places, and the words they are made of, stand in two tables beside the one of addresses; they are
made in its transaction and dropped with it. A street is found among tens of thousands of names, not among
hundreds of thousands of addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from gis.statements import compose, identifier
from layers.model import DATA
from layers.parcel_columns import find_parcel_columns
from layers.targets import names_table, words_table

if TYPE_CHECKING:
    import psycopg

    from layers.manifest import Manifest

    Connection = psycopg.Connection[tuple[object, ...]]

_NAMES = (
    "create_names",
    "create_words",
    "index_names",
    "order_names",
    "index_name_words",
    "index_words",
    "order_words",
    "analyze_names",
)


def prepare_finding(connection: Connection, name: str, manifest: Manifest) -> None:
    """Make what the search in a finished data table needs beside the index of its texts."""
    if manifest.search is not None and manifest.search.kind == "address":
        parts = {
            "table": identifier(DATA, name),
            "names": identifier(DATA, names_table(name)),
            "words": identifier(DATA, words_table(name)),
        }
        for statement in _NAMES:
            connection.execute(compose("layers", statement, **parts))
    for index in _parcel_indexes(name, manifest):
        connection.execute(index)


def _parcel_indexes(name: str, manifest: Manifest) -> list[sql.Composed]:
    """Beginnings of numbers inside a cadastral municipality and anywhere, and identifiers."""
    columns = find_parcel_columns(manifest)
    if columns is None:
        return []
    table, ko, number = identifier(DATA, name), identifier(columns.ko), identifier(columns.number)
    indexes = [
        sql.SQL("CREATE INDEX ON {} ((CAST({} AS text)), {} text_pattern_ops)").format(table, ko, number),
        sql.SQL("CREATE INDEX ON {} ({} text_pattern_ops)").format(table, number),
    ]
    if columns.eid is not None:
        indexes.append(sql.SQL("CREATE INDEX ON {} ({})").format(table, identifier(columns.eid)))
    return indexes
