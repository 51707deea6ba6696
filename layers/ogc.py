"""The OGC API face of the layers: collections, their links and the conformance classes, as plain JSON values.

Sources: OGC API Features Part 1 (17-069r4), clauses 7.13 and 7.14; Part 2 (17-058r1), clause 6; Part 3
(19-079r2), clause 6. The OpenAPI fragments are in `openapi`; `prostor.landing` puts the floors together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from layers.describe import degrees
from layers.links import GEOJSON_TYPE, JSON_TYPE, SCHEMA_TYPE, Link, build_link, collection_href, with_query
from layers.offered_crs import CRS84, offered_crs, storage_crs

if TYPE_CHECKING:
    from datetime import date

    from layers.catalogue import PublishedLayer

Json = dict[str, Any]
MoreLinks = Callable[[str, str], Sequence[Link]]

_FEATURES = "http://www.opengis.net/spec/ogcapi-features"
CONFORMANCE = (
    f"{_FEATURES}-1/1.0/conf/core",
    f"{_FEATURES}-1/1.0/conf/oas30",
    f"{_FEATURES}-1/1.0/conf/geojson",
    f"{_FEATURES}-2/1.0/conf/crs",
    f"{_FEATURES}-3/1.0/conf/queryables",
    f"{_FEATURES}-3/1.0/conf/queryables-query-parameters",
)
QUERYABLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"


def landing_links(root: str) -> list[Link]:
    """The link of this floor on the landing page."""
    return [build_link("data", collection_href(root), JSON_TYPE, "Feature collections")]


def describe_collections(
    layers: Sequence[PublishedLayer], *, root: str, language: str, more_links: MoreLinks
) -> Json:
    """All published layers as collections."""
    return {
        "links": [build_link("self", collection_href(root), JSON_TYPE)],
        "collections": [
            describe_collection(layer, root=root, language=language, more_links=more_links) for layer in layers
        ],
    }


def describe_collection(layer: PublishedLayer, *, root: str, language: str, more_links: MoreLinks) -> Json:
    """One layer as a collection; the extent is left out when no feature has a place.

    `more_links(root, layer_id)` are those of other floors.
    """
    manifest = layer.manifest
    described: Json = {
        "id": layer.id,
        "title": manifest.title.in_language(language),
        "description": manifest.description.in_language(language),
        "attribution": manifest.source.attribution.in_language(language),
        "itemType": "feature",
        "crs": [each.uri for each in offered_crs(layer.srid)],
        "storageCrs": storage_crs(layer.srid).uri,
        "links": [*_collection_links(layer, root, language), *more_links(root, layer.id)],
    }
    bounds = degrees(layer.extent)
    if bounds is not None:
        described["extent"] = {"spatial": {"bbox": [bounds], "crs": CRS84.uri}}
    return described


def _collection_links(layer: PublishedLayer, root: str, language: str) -> list[Link]:
    manifest, source = layer.manifest, layer.manifest.source
    title = manifest.title.in_language(language)
    links = [
        build_link("self", collection_href(root, layer.id), JSON_TYPE),
        build_link("items", collection_href(root, layer.id, "items"), GEOJSON_TYPE, title),
        build_link(QUERYABLES_REL, collection_href(root, layer.id, "queryables"), SCHEMA_TYPE, "Queryables"),
        build_link("describedby", collection_href(root, layer.id, "schema"), SCHEMA_TYPE, "Schema"),
        build_link("alternate", f"{root}/layers/{layer.id}", JSON_TYPE, "Source, quality and versions"),
        build_link("version-history", f"{root}/layers/{layer.id}", JSON_TYPE, "Versions"),
    ]
    if source.licence_url:
        links.append(build_link("license", source.licence_url, "text/html", source.licence))
    documents = [
        build_link("related", each.url, "text/html", each.title.in_language(language))
        for each in manifest.documents
    ]
    return [*links, *documents]


def page_links(root: str, layer_id: str, given: Mapping[str, str]) -> list[Link]:
    """The links of a page of items that are known before it is read."""
    href = with_query(collection_href(root, layer_id, "items"), given.items())
    return [
        build_link("self", href, GEOJSON_TYPE),
        build_link("collection", collection_href(root, layer_id), JSON_TYPE),
        *_version_links(root, layer_id, "items", given=given),
    ]


def next_href(root: str, layer_id: str, given: Mapping[str, str]) -> str:
    """The address of the next page but for its token, which comes at the end."""
    pairs = [(name, value) for name, value in given.items() if name != "next"]
    return with_query(collection_href(root, layer_id, "items"), [*pairs, ("next", "")])


def item_links(root: str, layer_id: str, key: str, given: Mapping[str, str]) -> list[Link]:
    """The links of one feature."""
    href = with_query(collection_href(root, layer_id, "items", key), given.items())
    return [
        build_link("self", href, GEOJSON_TYPE),
        build_link("collection", collection_href(root, layer_id), JSON_TYPE),
        *_version_links(root, layer_id, "items", key, given=given),
    ]


def predecessor_link(root: str, layer_id: str, token: str, state_date: date) -> Link:
    """The features of the kept version before the published one, by its token (RFC 5829, 3.5)."""
    href = with_query(collection_href(root, layer_id, "items"), [("version", token)])
    return build_link("predecessor-version", href, GEOJSON_TYPE, f"State of {state_date.isoformat()}")


def _version_links(root: str, layer_id: str, *below: str, given: Mapping[str, str]) -> list[Link]:
    """Of an answer from a kept version: the same question to the published one, and all versions (RFC 5829)."""
    if "version" not in given:
        return []
    pairs = [(name, value) for name, value in given.items() if name not in ("version", "next")]
    return [
        build_link("latest-version", with_query(collection_href(root, layer_id, *below), pairs), GEOJSON_TYPE),
        build_link("version-history", f"{root}/layers/{layer_id}", JSON_TYPE),
    ]
