"""`/static-map.png`: a view of the map as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from layers.filters import read_parameters
from viewer.pictures.request import DRAW, PARAMETERS, parse_picture_request

if TYPE_CHECKING:
    from flask import Blueprint

    from layers.portal import Portal
    from viewer.pictures.pictures import Pictures

# A published change is seen within that time; a picture that lacks something is asked for again.
_WHOLE, _LACKING = "public, max-age=300", "no-store"


def add_static_map(blueprint: Blueprint, portal: Portal, pictures: Pictures) -> None:
    """Add the route to the viewer's."""

    @blueprint.get("/static-map.png")
    def send_static_map() -> Response:
        drawn = request.args.getlist(DRAW)
        others = [pair for pair in request.args.items(multi=True) if pair[0] != DRAW]
        given = read_parameters(others, PARAMETERS)
        asked = parse_picture_request(given, portal, pictures.known_layers(), drawn)
        picture = pictures.make(asked, [*given.items(), *((DRAW, each) for each in drawn)])
        response = Response(picture.content, mimetype="image/png")
        response.headers["Cache-Control"] = _LACKING if picture.missing else _WHOLE
        if picture.missing:
            response.headers["X-Layers-Missing"] = ", ".join(picture.missing)
            return response
        response.set_etag(picture.name)
        response.make_conditional(request)
        return response
