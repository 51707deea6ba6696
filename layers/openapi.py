"""The paths of this floor in OpenAPI 3.0; each collection has its own, so that every filter is documented.

Paths are relative to the root of the service. Source: OGC API Features Part 1 (17-069r4), clause 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.changes.comparison import KINDS
from layers.changes.questions import DEFAULT_LIMIT as CHANGES_LIMIT
from layers.changes.questions import MAX_LIMIT as MAX_CHANGES
from layers.filters import DEFAULT_LIMIT, FORMATS, MAX_LIMIT, queryable_columns
from layers.identify import DEFAULT_TOLERANCE_M, MAX_TOLERANCE_M
from layers.links import GEOJSON_TYPE, JSON_TYPE, SCHEMA_TYPE
from layers.offered_crs import CRS84, offered_crs
from layers.parcels import MAX_PARCELS
from layers.public_quality import MOST_REPAIRS
from layers.queryables import describe_column
from layers.searching.search import DEFAULT_LIMIT as SEARCH_LIMIT
from layers.searching.search import MAX_LENGTH
from layers.searching.search import MAX_LIMIT as MAX_SEARCH_LIMIT
from layers.selecting.asked import MAX_DISTANCE_M, MIN_DISTANCE_M
from layers.selecting.drawn import MAX_CORNERS
from layers.selecting.lists import MAX_LIST_LENGTH
from layers.selecting.names import MAX_SELECTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.catalogue import Catalogue, PublishedLayer

Json = dict[str, Any]

_LANGUAGE = "sl"
_PROBLEM = {"content": {"application/problem+json": {"schema": {"type": "object"}}}}
_FAULTS = {
    "400": {"description": "A parameter is unknown, repeated or malformed.", **_PROBLEM},
    "404": {"description": "There is no such thing.", **_PROBLEM},
    "410": {"description": "It was withdrawn, replaced while you read, or is no longer kept.", **_PROBLEM},
    "503": {"description": "The database is away or too busy.", **_PROBLEM},
}


_REPAIRS = (
    f"`quality.repairs` lists the first {MOST_REPAIRS:,} features whose geometry was mended; "
    "`quality.repairs_count` says how many there are. The municipality has the whole list in "
    "`prostor layer show ID --json`."
)


_ANSWER = (
    f"Informative. The number may hold a slash; up to {MAX_PARCELS} numbers stand with commas between. "
    "The answer follows the schema at /parcels/schema; its `hash` is that of `content` in the form of RFC 8785."
)


_SELECTION = (
    "Exactly one of parcels, list and geometry is given. "
    f"At most {MAX_SELECTED} parcels are answered; `truncated` says when there are more. "
    "`missing` lists names that no parcel has, `unclear` those that may mean several parcels."
)


def build_paths(catalogue: Catalogue) -> Mapping[str, Json]:
    """Every path of this floor, with the collections that are published now."""
    page = [_format("json", "html"), _lang()]
    paths = {
        "/ogc/collections": _get("collections", "The published layers", [_format("json"), _lang()]),
        "/ogc/collections/{collectionId}": _get("collection", "A layer", [_layer(), _format("json"), _lang()]),
        "/layers": _get("layers", "The published layers with source and licence", page),
        "/layers/{collectionId}": _get(
            "layer", "A layer with columns, quality and versions", [_layer(), *page], description=_REPAIRS
        ),
        "/layers/{collectionId}/changes": _get(
            "changes", "What differs between two versions of a layer", _changes_parameters()
        ),
        "/parcels": _get("parcels", "Find parcels", _parcels_parameters()),
        "/parcels/{ko}/{number}": _get(
            "parcel", "What applies on parcels", _answer_parameters(), description=_ANSWER
        ),
        "/parcels/schema": _get(
            "parcelSchema", "JSON Schema of what applies on parcels", [], media_type=SCHEMA_TYPE
        ),
        "/parcels/select": _get(
            "selectParcels",
            "Select parcels",
            _select_parameters(),
            media_type=GEOJSON_TYPE,
            description=_SELECTION,
        ),
        "/search": _get("search", "Find parcels, addresses, places and coordinates", _search_parameters()),
        "/identify": _get("identify", "What lies at a point", _identify_parameters()),
    }
    for layer in catalogue.published():
        paths.update(_collection_paths(layer))
    return paths


def _collection_paths(layer: PublishedLayer) -> Mapping[str, Json]:
    title = layer.manifest.title.in_language(_LANGUAGE)
    here = f"/ogc/collections/{layer.id}"
    texts = [_format("json"), _lang()]
    return {
        f"/layers/{layer.id}/data.geojson": _get(
            f"data.{layer.id}", f"{title}: all", [_crs("crs", layer), _version(layer)], media_type=GEOJSON_TYPE
        ),
        f"{here}/items": _get(
            f"items.{layer.id}", f"{title}: features", _items_parameters(layer), media_type=GEOJSON_TYPE
        ),
        f"{here}/items/{{featureId}}": _get(
            f"item.{layer.id}",
            f"{title}: one feature",
            [_path("featureId", "key of a feature"), _crs("crs", layer), _version(layer), _format(*FORMATS)],
            media_type=GEOJSON_TYPE,
        ),
        f"{here}/queryables": _get(
            f"queryables.{layer.id}", f"{title}: properties to filter by", texts, media_type=SCHEMA_TYPE
        ),
        f"{here}/schema": _get(f"schema.{layer.id}", f"{title}: properties", texts, media_type=SCHEMA_TYPE),
    }


def _items_parameters(layer: PublishedLayer) -> list[Json]:
    numbers = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    names = {"type": "array", "items": {"type": "string", "enum": list(layer.manifest.columns)}}
    moment = "An instant or interval of RFC 3339. No feature has a temporal property, so all of them match."
    return [
        _query("bbox", "Only features that meet this box; its CRS is bbox-crs.", numbers, explode=False),
        _crs("bbox-crs", layer),
        _crs("crs", layer),
        _query("datetime", moment, {"type": "string"}),
        _query("limit", "At most so many features; more are cut to the maximum.", limit),
        _query("properties", "Only these properties.", names, explode=False),
        _query("next", "Where a further page begins; comes from a link.", {"type": "string"}),
        _version(layer),
        _format(*FORMATS),
        *(
            _query(name, column.title.in_language(_LANGUAGE), _plain_schema(describe_column(column, _LANGUAGE)))
            for name, column in queryable_columns(layer.manifest.columns).items()
        ),
    ]


def _changes_parameters() -> list[Json]:
    number = {"type": "integer", "minimum": 1}
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_CHANGES, "default": CHANGES_LIMIT}
    kinds = {"type": "string", "enum": list(KINDS)}
    return [
        _layer(),
        _query("from", "Number of the earlier version; the one before when left out.", number),
        _query("to", "Number of the later version; the published one when left out.", number),
        _query("kind", "Only features that differ in this.", kinds),
        _query("limit", "At most so many features; for GeoJSON the maximum when left out.", limit),
        _query("next", "Where a further page begins; comes from a link.", {"type": "string"}),
        _format("json", "geojson"),
    ]


def _plain_schema(described: Json) -> Json:
    return {name: value for name, value in described.items() if name in ("type", "format")}


def _parcels_parameters() -> list[Json]:
    text = {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH}
    number = {"type": "number"}
    return [
        _query("q", "A parcel number in any notation, several, an EID, an address or coordinates.", text),
        _query("x", "East or longitude of a point, instead of q.", number),
        _query("y", "North or latitude.", number),
        _query("crs", "EPSG code or URI; the portal's own when left out.", {"type": "string"}),
        _format("json", "html"),
        _lang(),
    ]


def _select_parameters() -> list[Json]:
    text = {"type": "string", "minLength": 1}
    metres = {"type": "number", "minimum": MIN_DISTANCE_M, "maximum": MAX_DISTANCE_M}
    drawn = f"POINT, LINESTRING or POLYGON as well-known text, east or longitude first, {MAX_CORNERS} corners."
    return [
        _query("parcels", "Parcels by KO and numbers: 9001:123/4,124;9002:5.", text),
        _query(
            "list",
            "A pasted list: lines with | between, columns with ;, numbers with commas.",
            {**text, "maxLength": MAX_LIST_LENGTH},
        ),
        _query("geometry", drawn, text),
        _query("crs", "CRS of the geometry: EPSG code or URI; the portal's own when left out.", text),
        _query("distance", "What lies within so many metres of the parcels or the geometry.", metres),
        _query("neighbours", "The parcels with a common border.", {"type": "boolean"}),
        _lang(),
    ]


def _answer_parameters() -> list[Json]:
    day = {"type": "string", "format": "date"}
    return [
        _path("ko", "code of the cadastral municipality"),
        _path("number", "parcel number, such as 123/4"),
        _query("as-of", "Answer from the versions of this day, as far as they are kept.", day),
        _format("json", "html", "pdf"),
        _lang(),
    ]


def _search_parameters() -> list[Json]:
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_SEARCH_LIMIT, "default": SEARCH_LIMIT}
    text = {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH}
    question = "A parcel number such as 964 123/4, an address, a place, or coordinates."
    return [
        _query("q", question, text, required=True),
        _query("limit", "At most so many results of each layer.", limit),
        _lang(),
    ]


def _identify_parameters() -> list[Json]:
    number = {"type": "number"}
    metres = {"type": "number", "minimum": 0, "maximum": MAX_TOLERANCE_M, "default": DEFAULT_TOLERANCE_M}
    ids = {"type": "array", "items": {"type": "string"}}
    return [
        _query("x", "East or longitude.", number, required=True),
        _query("y", "North or latitude.", number, required=True),
        _query("crs", "EPSG code or URI; the portal's own when left out.", {"type": "string"}),
        _query("layers", "Only these layers.", ids, explode=False),
        _query("tolerance", "Metres within which lines and points count.", metres),
        _lang(),
    ]


def _get(
    name: str, summary: str, parameters: list[Json], *, media_type: str = JSON_TYPE, description: str = ""
) -> Json:
    answer = {"description": summary, "content": {media_type: {"schema": {"type": "object"}}}}
    return {
        "get": {
            "operationId": name,
            "tags": ["features"],
            "summary": summary,
            **({"description": description} if description else {}),
            "parameters": parameters,
            "responses": {"200": answer, **_FAULTS},
        }
    }


def _query(name: str, description: str, schema: Json, *, required: bool = False, explode: bool = True) -> Json:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema,
        "style": "form",
        "explode": explode,
    }


def _path(name: str, description: str) -> Json:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
    }


def _layer() -> Json:
    return _path("collectionId", "id of a layer")


def _crs(name: str, layer: PublishedLayer) -> Json:
    choices = [each.uri for each in offered_crs(layer.srid)]
    schema = {"type": "string", "format": "uri", "enum": choices, "default": CRS84.uri}
    return _query(name, "A CRS of the collection.", schema)


def _version(layer: PublishedLayer) -> Json:
    described = (
        "A kept version by its token, which /layers/{collectionId} lists; the published one when left out."
    )
    schema = {"type": "string", "pattern": "^[0-9a-f]{16}$", "example": layer.token}
    return _query("version", described, schema)


def _format(*names: str) -> Json:
    return _query("f", "The format of the answer.", {"type": "string", "enum": list(names)})


def _lang() -> Json:
    return _query("lang", "The language of titles.", {"type": "string", "enum": ["sl", "en"]})
