"""Routes that say what there is: collections of the OGC API, their schemas, and `/layers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.describe import describe_layer_fully, describe_layers
from layers.filters import check_format
from layers.links import SCHEMA_TYPE
from layers.ogc import describe_collection, describe_collections, predecessor_link
from layers.queryables import build_queryables, build_schema
from layers.routes.answers import Door, given_parameters, send_json, wants_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Blueprint, Response

    from layers.links import Link
    from layers.routes.answers import LayerPages

_PARAMETERS = ("f", "lang")
_FORMATS = ("json",)
_FORMATS_FOR_ALL = ("json", "html")


def add_collections(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""

    @blueprint.get("/ogc/collections")
    def list_collections() -> Response:
        language = _language(door)
        layers = door.catalogue.published()
        return send_json(
            describe_collections(layers, root=door.root, language=language, more_links=door.more_links)
        )

    @blueprint.get("/ogc/collections/<layer_id>")
    def show_collection(layer_id: str) -> Response:
        language = _language(door)
        layer = door.catalogue.find(layer_id)
        before = door.catalogue.version_before(layer)

        def more_links(root: str, of: str) -> Sequence[Link]:
            earlier = [predecessor_link(root, of, *before)] if before is not None else []
            return [*earlier, *door.more_links(root, of)]

        return send_json(describe_collection(layer, root=door.root, language=language, more_links=more_links))

    @blueprint.get("/ogc/collections/<layer_id>/queryables")
    def show_queryables(layer_id: str) -> Response:
        language = _language(door)
        layer = door.catalogue.find(layer_id)
        return send_json(build_queryables(layer, root=door.root, language=language), mimetype=SCHEMA_TYPE)

    @blueprint.get("/ogc/collections/<layer_id>/schema")
    def show_schema(layer_id: str) -> Response:
        language = _language(door)
        layer = door.catalogue.find(layer_id)
        return send_json(build_schema(layer, root=door.root, language=language), mimetype=SCHEMA_TYPE)

    @blueprint.get("/layers")
    def list_layers() -> Response:
        return _for_people_or_programs(
            door,
            page=lambda pages, language: pages.list_page(language),
            data=lambda: send_json(describe_layers(door.catalogue.published(), door.root)),
        )

    @blueprint.get("/layers/<layer_id>")
    def show_layer(layer_id: str) -> Response:
        def describe() -> Response:
            return send_json(describe_layer_fully(door.catalogue.history(layer_id), door.root))

        return _for_people_or_programs(
            door, page=lambda pages, language: pages.layer_page(layer_id, language), data=describe
        )


def _for_people_or_programs(
    door: Door, *, page: Callable[[LayerPages, str], Response], data: Callable[[], Response]
) -> Response:
    """The page when a person asks, else the data; caches are told that the answer goes by Accept."""
    given = given_parameters(_PARAMETERS)
    check_format(given, _FORMATS_FOR_ALL)
    language = door.language(given)
    response = page(door.pages, language) if door.pages and wants_page(given) else data()
    response.vary.add("Accept")
    return response


def _language(door: Door) -> str:
    given = given_parameters(_PARAMETERS)
    check_format(given, _FORMATS)
    return door.language(given)
