"""`/ogc`: landing page, conformance and OpenAPI, put together from what each floor brings.

Sources: OGC API Features Part 1 (17-069r4), clauses 7.2 to 7.4; OpenAPI 3.0.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from layers.filters import check_format
from layers.links import JSON_TYPE, build_link, find_root
from layers.routes.answers import given_parameters, send_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gis.settings import Settings
    from layers.links import Link
    from layers.portal import Portal

Json = dict[str, Any]

API_VERSION = "1.0"
OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"


@dataclass(frozen=True)
class ApiPart:
    """What one floor adds: conformance classes, links of the landing page for a root, and OpenAPI paths."""

    conformance: tuple[str, ...]
    landing_links: Callable[[str], Sequence[Link]]
    paths: Callable[[], Mapping[str, Json]]


def build_blueprint(settings: Settings, portal: Portal, parts: Sequence[ApiPart]) -> Blueprint:
    """The three resources every OGC API begins with."""
    blueprint = Blueprint("ogc", __name__)

    @blueprint.get("/ogc", strict_slashes=False)
    def landing_page() -> Response:
        _check_parameters()
        return send_json(describe_landing(portal, parts, find_root(settings, request.host)))

    @blueprint.get("/ogc/conformance")
    def conformance() -> Response:
        _check_parameters()
        return send_json({"conformsTo": [each for part in parts for each in part.conformance]})

    @blueprint.get("/ogc/api")
    def api() -> Response:
        _check_parameters()
        document = describe_api(portal, parts, find_root(settings, request.host))
        return send_json(document, mimetype=OPENAPI_TYPE)

    return blueprint


def describe_landing(portal: Portal, parts: Sequence[ApiPart], root: str) -> Json:
    """The landing page, in the portal's first language."""
    language = portal.languages[0]
    here = f"{root}/ogc"
    links = [
        build_link("self", here, JSON_TYPE, "This page"),
        build_link("service-desc", f"{here}/api", OPENAPI_TYPE, "OpenAPI description"),
        build_link("conformance", f"{here}/conformance", JSON_TYPE, "Conformance classes"),
        build_link("alternate", f"{root}/", "text/html", "Map viewer"),
    ]
    return {
        "title": portal.title.in_language(language),
        "description": portal.notices.informative.in_language(language),
        "links": [*links, *(link for part in parts for link in part.landing_links(root))],
    }


def describe_api(portal: Portal, parts: Sequence[ApiPart], root: str) -> Json:
    """The OpenAPI document of everything that answers with data."""
    language = portal.languages[0]
    own = {
        "/ogc": _operation("landingPage", "Landing page"),
        "/ogc/conformance": _operation("conformance", "Conformance classes"),
        "/ogc/api": _operation("api", "This description"),
    }
    return {
        "openapi": "3.0.3",
        "info": {
            "title": portal.title.in_language(language),
            "description": portal.notices.informative.in_language(language),
            "version": API_VERSION,
        },
        "servers": [{"url": root or "/"}],
        "paths": {**own, **{path: item for part in parts for path, item in part.paths().items()}},
    }


def _operation(name: str, summary: str) -> Json:
    answer = {"description": summary, "content": {JSON_TYPE: {"schema": {"type": "object"}}}}
    return {
        "get": {"operationId": name, "summary": summary, "tags": ["capabilities"], "responses": {"200": answer}}
    }


def _check_parameters() -> None:
    check_format(given_parameters(("f",)), ("json",))
