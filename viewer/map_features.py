"""Features of published layers as the stand-alone map shows them: lon/lat geometry and rows of plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from layers.offered_crs import CRS84
from layers.plain_words import say_value
from layers.query import GEOJSON, geojson_text
from layers.table import FID, GEOMETRY, TITLE, data_table
from viewer.folium_export import ExportFeature, ExportLayer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.portal import Language

_ROWS_AT_A_TIME = 500


def read_export_layer(database: Database, layer: PublishedLayer, language: Language) -> ExportLayer:
    """The layer with its features, which are read while they are drawn. Raises UnavailableError."""
    return ExportLayer(layer.manifest, _read_features(database, layer, language))


def _read_features(database: Database, layer: PublishedLayer, language: Language) -> Iterator[ExportFeature]:
    table = data_table(layer)
    published = [table.c[name] for name in layer.manifest.columns]
    statement = (
        sa.select(table.c[TITLE], geojson_text(layer, CRS84).label(GEOJSON), *published)
        .where(table.c[GEOMETRY].is_not(None))
        .order_by(table.c[FID])
    )
    with database.reading("downloads") as connection:
        streaming = connection.execution_options(yield_per=_ROWS_AT_A_TIME)
        for row in streaming.execute(statement).mappings():
            yield _feature(layer, row, language)


def _feature(layer: PublishedLayer, row: sa.RowMapping, language: Language) -> ExportFeature:
    manifest = layer.manifest
    by = manifest.style.by
    class_value = row[by] if by is not None else None
    return ExportFeature(
        geometry=orjson.loads(row[GEOJSON]),
        title=row[TITLE] or "",
        class_value=None if class_value is None else str(class_value),
        rows=[*_rows(layer, row, language)],
    )


def _rows(layer: PublishedLayer, row: Any, language: Language) -> Iterator[tuple[str, str]]:
    for name, column in layer.manifest.columns.items():
        text = say_value(layer.manifest, name, row[name], language)
        if text is not None:
            yield column.title.in_language(language), f"{text} {column.unit}" if column.unit else text
