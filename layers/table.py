"""The data table of one version as a SQLAlchemy Core table, so that statements name its columns safely.

Columns that begin with an underscore are ours (docs/decisions/0003-stored-columns.md); the others are the
published columns of the manifest, in its order.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from geoalchemy2 import Geometry

from layers.model import DATA

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from layers.catalogue import PublishedLayer
    from layers.manifest import ColumnType, Manifest

FID = "_fid"
KEY = "_key"
TITLE = "_title"
SEARCH = "_search"
GEOMETRY = "_geom"
SIZE = "_size"
LABEL = "_label"
LABEL_WIDTH = "_label_width"

_TYPES: dict[ColumnType, type[TypeEngine[Any]]] = {
    "text": sa.Text,
    "integer": sa.BigInteger,
    "number": sa.Double,
    "date": sa.Date,
    "boolean": sa.Boolean,
}
_MAX_TABLES = 512
# One object per version: a statement that mixed two would name the table twice.
_tables: dict[tuple[int, str, str], sa.Table] = {}
_lock = threading.Lock()


def data_table(layer: PublishedLayer) -> sa.Table:
    """The table of a version, made once per process and remembered."""
    name = (layer.version_id, layer.table_name, layer.token)
    with _lock:
        found = _tables.get(name)
        if found is None:
            if len(_tables) >= _MAX_TABLES:
                _tables.clear()
            found = _tables[name] = build_table(layer.table_name, layer.srid, layer.manifest)
    return found


def build_table(table_name: str, srid: int, manifest: Manifest) -> sa.Table:
    """The table of a version that is not in the catalogue yet, or one to be compared with another."""
    own: list[sa.Column[Any]] = [
        sa.Column(FID, sa.BigInteger, primary_key=True),
        sa.Column(KEY, sa.Text, nullable=False),
        sa.Column(TITLE, sa.Text),
        sa.Column(SEARCH, sa.Text),
        sa.Column(GEOMETRY, Geometry(srid=srid, spatial_index=False)),
        sa.Column(SIZE, sa.REAL),
        sa.Column(LABEL, Geometry("POINT", srid=srid, spatial_index=False)),
        sa.Column(LABEL_WIDTH, sa.REAL),
    ]
    published = [sa.Column(name, _TYPES[column.type]()) for name, column in manifest.columns.items()]
    return sa.Table(table_name, sa.MetaData(schema=DATA), *own, *published)
