"""Routes that say what there is: collections of the OGC API, their schemas, and `/layers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.describe import describe_layer_fully, describe_layers
from layers.filters import check_format
from layers.links import SCHEMA_TYPE
from layers.ogc import describe_collection, describe_collections
from layers.queryables import build_queryables, build_schema
from layers.routes.answers import Door, given_parameters, send_json

if TYPE_CHECKING:
    from flask import Blueprint, Response

_PARAMETERS = ("f", "lang")
_FORMATS = ("json",)


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
        return send_json(
            describe_collection(layer, root=door.root, language=language, more_links=door.more_links)
        )

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
        given_parameters(())
        return send_json(describe_layers(door.catalogue.published(), door.root))

    @blueprint.get("/layers/<layer_id>")
    def show_layer(layer_id: str) -> Response:
        given_parameters(())
        layer = door.catalogue.find(layer_id)
        return send_json(describe_layer_fully(layer, door.catalogue.versions(layer_id), door.root))


def _language(door: Door) -> str:
    given = given_parameters(_PARAMETERS)
    check_format(given, _FORMATS)
    return door.language(given)
