"""Statements that read features of one version, put together from small clauses in SQLAlchemy Core.

Columns come from the catalogue, values are bound. Nothing is executed here; running them is `features`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
import sqlalchemy as sa

from layers.areas import find_area
from layers.table import FID, GEOMETRY, KEY, data_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

    from gis.envelope import Envelope
    from layers.catalogue import PublishedLayer
    from layers.filters import ItemsRequest, Value
    from layers.offered_crs import OfferedCrs

GEOJSON = "_geojson"

Clause = sa.ColumnElement[bool]


def select_page(layer: PublishedLayer, asked: ItemsRequest, *, after_fid: int | None) -> sa.Select[Any]:
    """One page in the order of the stable feature id, with one row more to know whether another follows."""
    table = data_table(layer)
    statement = _select_features(layer, asked.columns, asked.crs).where(*conditions(layer, asked))
    if after_fid is not None:
        statement = statement.where(table.c[FID] > after_fid)
    return statement.order_by(table.c[FID]).limit(asked.limit + 1)


def select_one(layer: PublishedLayer, key: str, crs: OfferedCrs) -> sa.Select[Any]:
    """The feature with this key."""
    statement = _select_features(layer, tuple(layer.manifest.columns), crs)
    return statement.where(data_table(layer).c[KEY] == key)


def count_matches(layer: PublishedLayer, asked: ItemsRequest, *, most: int) -> sa.Select[Any]:
    """How many features match, counted up to `most` + 1 and no further."""
    some = sa.select(sa.literal(1)).select_from(data_table(layer)).where(*conditions(layer, asked))
    return sa.select(sa.func.count()).select_from(some.limit(most + 1).subquery())


def conditions(layer: PublishedLayer, asked: ItemsRequest) -> list[Clause]:
    """Everything a feature must fulfil to be in the answer."""
    clauses = [equals(layer, name, value) for name, value in asked.equals]
    if asked.boxes is not None:
        clauses.append(in_boxes(layer, asked.boxes))
    return clauses


def equals(layer: PublishedLayer, name: str, value: Value) -> Clause:
    """A published column holds exactly this value."""
    return data_table(layer).c[name] == value


def in_boxes(layer: PublishedLayer, boxes: Iterable[Envelope]) -> Clause:
    """The geometry meets at least one of the boxes."""
    geometry = data_table(layer).c[GEOMETRY]
    if layer.native_extent is None:
        return sa.false()
    clauses: list[Clause] = [sa.false()]
    for box in boxes:
        area = find_area(box, layer.native_extent)
        if area is None:
            continue
        if area.shape is None:
            return geometry.is_not(None)
        clauses.append(sa.func.ST_Intersects(geometry, bound_geometry(area.shape, layer.srid)))
    return sa.or_(*clauses)


def bound_geometry(shape: BaseGeometry, srid: int) -> sa.ColumnElement[Any]:
    """A geometry as a bound value, in the CRS of the column it is compared with."""
    return sa.func.ST_GeomFromWKB(shapely.to_wkb(shape), srid)


def geojson_text(layer: PublishedLayer, crs: OfferedCrs) -> sa.ColumnElement[str]:
    """The geometry as GeoJSON text in an offered CRS: rings counter-clockwise (RFC 7946, 3.1.6), axes in the
    order of the CRS, digits by its unit."""
    geometry: Any = data_table(layer).c[GEOMETRY]
    if crs.srid != layer.srid:
        geometry = sa.func.ST_Transform(geometry, crs.srid)
    if layer.manifest.geometry.kind == "polygon":
        geometry = sa.func.ST_ForcePolygonCCW(geometry)
    if crs.north_first:
        geometry = sa.func.ST_FlipCoordinates(geometry)
    return sa.func.ST_AsGeoJSON(geometry, crs.digits, 0, type_=sa.Text)


def _select_features(layer: PublishedLayer, columns: tuple[str, ...], crs: OfferedCrs) -> sa.Select[Any]:
    table = data_table(layer)
    published = [table.c[name] for name in columns]
    return sa.select(table.c[FID], table.c[KEY], geojson_text(layer, crs).label(GEOJSON), *published)
