"""JSON Schemas of a layer: which properties it has, and which of them can be asked for.

Sources: OGC API Features Part 3 (19-079r2), requirements class Queryables; JSON Schema 2020-12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.filters import queryable_columns
from layers.links import collection_href

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.geometry import GeometryKind
    from layers.catalogue import PublishedLayer
    from layers.manifest import Column, ColumnType

Json = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[ColumnType, Json] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "boolean": {"type": "boolean"},
}
_GEOMETRIES: dict[GeometryKind, str] = {
    "point": "geometry-point-or-multipoint",
    "line": "geometry-linestring-or-multilinestring",
    "polygon": "geometry-polygon-or-multipolygon",
}


def build_queryables(layer: PublishedLayer, *, root: str, language: str) -> Json:
    """What a filter may name; anything else is refused, hence no additional properties."""
    columns = queryable_columns(layer.manifest.columns)
    return _schema(layer, "queryables", columns, root=root, language=language)


def build_schema(layer: PublishedLayer, *, root: str, language: str) -> Json:
    """What the features of the layer hold."""
    return _schema(layer, "schema", layer.manifest.columns, root=root, language=language)


def describe_column(column: Column, language: str) -> Json:
    """One property: title, type, unit, and the words behind its codes."""
    described = {"title": column.title.in_language(language), **_TYPES[column.type]}
    if column.unit:
        described["x-ogc-unit"] = column.unit
    if column.values:
        described["x-prostor-values"] = {
            code: words.in_language(language) for code, words in column.values.items()
        }
    return described


def _schema(
    layer: PublishedLayer, name: str, columns: Mapping[str, Column], *, root: str, language: str
) -> Json:
    geometry = {"x-ogc-role": "primary-geometry", "format": _GEOMETRIES[layer.manifest.geometry.kind]}
    return {
        "$schema": _DIALECT,
        "$id": collection_href(root, layer.id, name),
        "type": "object",
        "title": layer.manifest.title.in_language(language),
        "properties": {
            "geometry": geometry,
            **{each: describe_column(column, language) for each, column in columns.items()},
        },
        "additionalProperties": False,
    }
