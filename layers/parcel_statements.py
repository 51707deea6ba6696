"""Statements that find parcels exactly: by key, number, EID or place; running them is `parcels`.

Looking for what begins like a text is `search_statements`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
import sqlalchemy as sa

from layers.query import bound_geometry
from layers.search_statements import has_word_like, natural_order
from layers.table import FID, GEOMETRY, KEY, SEARCH, data_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.catalogue import PublishedLayer
    from layers.parcel_columns import ParcelColumns

KO = "_ko"
KO_NAME = "_ko_name"
NUMBER = "_number"
EID = "_eid"
AREA = "_registered_m2"
SHAPE = "_wkb"
# A name of their own: `_key` and `_fid` stand there already.
_NAMES = (KO, KO_NAME, NUMBER, EID, AREA)


def select_by_keys(
    layer: PublishedLayer, columns: ParcelColumns, keys: Sequence[str], *, with_shape: bool = False
) -> sa.Select[Any]:
    """The parcels with these keys (`964-123/4`), in natural order; their shapes as WKB when asked."""
    table = data_table(layer)
    shape = [sa.func.ST_AsBinary(table.c[GEOMETRY]).label(SHAPE)] if with_shape else []
    return _in_order(layer, columns, _select(layer, columns, *shape).where(table.c[KEY].in_(keys)))


def select_by_number(
    layer: PublishedLayer, columns: ParcelColumns, number: str, kos: Sequence[str] | None, *, limit: int
) -> sa.Select[Any]:
    """The parcels with this very number, in these cadastral municipalities or, without any named, in all."""
    table = data_table(layer)
    statement = _select(layer, columns).where(table.c[columns.number] == number)
    if columns.number_is_word:
        # Says nothing new, but the trigram index knows it.
        statement = statement.where(has_word_like(table.c[SEARCH], number))
    if kos is not None:
        statement = statement.where(sa.cast(table.c[columns.ko], sa.Text).in_(kos))
    return _in_order(layer, columns, statement).limit(limit)


def select_by_eid(layer: PublishedLayer, columns: ParcelColumns, eid: str) -> sa.Select[Any]:
    """The parcels with this identifier; one, unless the source has it twice."""
    column = data_table(layer).c[columns.eid] if columns.eid else sa.null()
    return _in_order(layer, columns, _select(layer, columns).where(column == eid))


def select_at_points(
    layer: PublishedLayer, columns: ParcelColumns, points: Sequence[tuple[float, float]], *, limit: int
) -> sa.Select[Any]:
    """The parcels that hold any of these points, given as east and north in the layer's CRS."""
    geometry = data_table(layer).c[GEOMETRY]
    holds = [
        sa.func.ST_Intersects(geometry, bound_geometry(shapely.Point(point), layer.srid)) for point in points
    ]
    return _in_order(layer, columns, _select(layer, columns).where(sa.or_(*holds))).limit(limit)


def _select(layer: PublishedLayer, columns: ParcelColumns, *more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    table = data_table(layer)
    wanted = (columns.ko, columns.ko_name, columns.number, columns.eid, columns.area)
    values = [
        (table.c[column] if column else sa.null()).label(name)
        for column, name in zip(wanted, _NAMES, strict=True)
    ]
    return sa.select(table.c[FID], table.c[KEY], *values, *more)


def _in_order(layer: PublishedLayer, columns: ParcelColumns, statement: sa.Select[Any]) -> sa.Select[Any]:
    table = data_table(layer)
    return statement.order_by(*natural_order(table.c[columns.number]), table.c[columns.ko])
