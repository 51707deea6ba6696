"""Statements that find parcels exactly: by key, number, EID or place; running them is `parcels`.

Looking for what begins like a text is `searching.statements`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
import sqlalchemy as sa

from layers.offered_crs import CRS84
from layers.query import GEOJSON, bound_geometry, geojson_text
from layers.searching.statements import has_word_like, natural_order
from layers.table import FID, GEOMETRY, KEY, SEARCH, TITLE, data_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from layers.catalogue import PublishedLayer
    from layers.parcel_columns import ParcelColumns

KO = "_ko"
KO_NAME = "_ko_name"
NUMBER = "_number"
EID = "_eid"
AREA = "_registered_m2"
SHAPE = "_wkb"
DRAWN_AREA = "_drawn_m2"
# A name of their own: `_key` and `_fid` stand there already.
_NAMES = (KO, KO_NAME, NUMBER, EID, AREA)


def select_by_keys(
    layer: PublishedLayer, columns: ParcelColumns, keys: Sequence[str], *, with_shape: bool = False
) -> sa.Select[Any]:
    """The parcels with these keys (`964-123/4`), in natural order; their shapes as WKB when asked."""
    shape = [_shape(layer)] if with_shape else []
    statement = _select(layer, columns, *shape).where(data_table(layer).c[KEY].in_(keys))
    return _in_order(layer, columns, statement)


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


def select_by_numbers(
    layer: PublishedLayer, columns: ParcelColumns, numbers: Sequence[str], *, limit: int
) -> sa.Select[Any]:
    """The parcels with these very numbers, whatever their cadastral municipality."""
    statement = _select(layer, columns).where(data_table(layer).c[columns.number].in_(numbers))
    return _in_order(layer, columns, statement).limit(limit)


def select_by_eids(layer: PublishedLayer, columns: ParcelColumns, eids: Sequence[str]) -> sa.Select[Any]:
    """The parcels with these identifiers; none where the layer has no such column."""
    column = data_table(layer).c[columns.eid] if columns.eid else sa.null()
    return _in_order(layer, columns, _select(layer, columns).where(column.in_(eids)))


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


def select_meeting(
    layer: PublishedLayer, columns: ParcelColumns, shape: BaseGeometry, *, limit: int
) -> sa.Select[Any]:
    """The parcels that meet a shape in the layer's CRS, with their own as WKB: more than will be chosen."""
    table = data_table(layer)
    meets = sa.func.ST_Intersects(table.c[GEOMETRY], bound_geometry(shape, layer.srid))
    # The same rows each time; the sum keeps the planner from walking the table by it.
    return _select(layer, columns, _shape(layer)).where(meets).order_by(table.c[FID] + 0).limit(limit)


def select_whole(layer: PublishedLayer, columns: ParcelColumns, fids: Sequence[int]) -> sa.Select[Any]:
    """Parcels with their published columns, the area of the drawing, and the outline as GeoJSON in CRS84."""
    table = data_table(layer)
    more = [
        table.c[TITLE],
        sa.func.ST_Area(table.c[GEOMETRY], type_=sa.Float).label(DRAWN_AREA),
        geojson_text(layer, CRS84).label(GEOJSON),
        *(table.c[name] for name in layer.manifest.columns),
    ]
    statement = _select(layer, columns, *more).where(table.c[FID].in_(fids))
    return statement.order_by(table.c[columns.ko], *natural_order(table.c[columns.number]))


def _shape(layer: PublishedLayer) -> sa.ColumnElement[Any]:
    return sa.func.ST_AsBinary(data_table(layer).c[GEOMETRY]).label(SHAPE)


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
