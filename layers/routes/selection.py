"""The route that selects parcels: `/parcels/select`, by names, list, line, area, distance, neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.known_layers import KnownLayers
from layers.links import GEOJSON_TYPE
from layers.parcels import find_parcel_layer
from layers.routes.answers import PERSONAL, Door, given_parameters, send_json
from layers.selecting.asked import PARAMETERS, parse_asked
from layers.selecting.document import build_document
from layers.selecting.selector import ParcelSelector

if TYPE_CHECKING:
    from flask import Blueprint, Response


def add_selection(blueprint: Blueprint, door: Door) -> None:
    """Add the route. Raises ConfigurationError when a manifest of the portal cannot be read."""
    known = KnownLayers(door.portal, door.catalogue)
    selector = ParcelSelector(door.database)

    @blueprint.get("/parcels/select")
    def select_parcels() -> Response:
        given = given_parameters((*PARAMETERS, "lang"))
        language = door.language(given)
        asked = parse_asked(given, door.portal.crs)
        layer, columns = find_parcel_layer(known.published())
        selection = selector.select(asked, layer, columns)
        document = build_document(selection, layer, door.root, language)
        return send_json(document, mimetype=GEOJSON_TYPE, cache=PERSONAL)
