"""Routes that answer people's questions: `/search`, and `/identify` for a click on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.errors import RequestError
from layers.filters import parse_limit
from layers.identify import identify, parse_tolerance
from layers.known_layers import KnownLayers, choose_layers
from layers.positions import parse_position
from layers.routes.answers import PERSONAL, Door, given_parameters, send_json
from layers.searching.search import DEFAULT_LIMIT, MAX_LIMIT, Search, parse_question

if TYPE_CHECKING:
    from flask import Blueprint, Response

_SEARCH = ("q", "lang", "limit")
_IDENTIFY = ("x", "y", "crs", "layers", "lang", "tolerance")


def add_questions(blueprint: Blueprint, door: Door) -> None:
    """Add the routes. Raises ConfigurationError when a manifest of the portal cannot be read."""
    search = Search(door.database, door.portal)
    known = KnownLayers(door.portal, door.catalogue)

    @blueprint.get("/search")
    def find() -> Response:
        given = given_parameters(_SEARCH)
        if "q" not in given:
            raise RequestError("q", "it is needed: write what to look for")
        limit = parse_limit(given.get("limit"), default=DEFAULT_LIMIT, most=MAX_LIMIT)
        question = parse_question(given["q"], limit=limit, language=door.language(given))
        return send_json(search.find(question, known.published()), cache=PERSONAL)

    @blueprint.get("/identify")
    def identify_at() -> Response:
        given = given_parameters(_IDENTIFY)
        answer = identify(
            door.database,
            door.portal,
            choose_layers(known.asked(), given.get("layers")),
            parse_position(given, door.portal.crs),
            tolerance=parse_tolerance(given.get("tolerance")),
            language=door.language(given),
        )
        return send_json(answer, cache=PERSONAL)
