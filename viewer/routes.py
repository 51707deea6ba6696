"""The door of the viewer: which address shows which page, and the files pages are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, send_file

from gis.errors import NotFoundError
from viewer.builder_routes import add_builder
from viewer.embed_routes import add_embedding
from viewer.pages import Pages, build_pages
from viewer.share_routes import add_sharing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.settings import Settings
    from layers.catalogue import Catalogue
    from layers.portal import Portal
    from tiles.grid import Grid

_ONE_YEAR_SECONDS = 31_536_000
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def build_blueprint(
    settings: Settings, portal: Portal, catalogue: Catalogue, grids: Sequence[Grid]
) -> ViewerBlueprint:
    """The pages of a portal as a blueprint. Raises ConfigurationError when the front end is not built.

    `blueprint.pages` is the `Pages` behind it; `prostor.problems` shows errors to people with it.
    """
    pages = build_pages(settings, portal, catalogue, grids)
    blueprint = ViewerBlueprint(pages)
    _add_pages(blueprint, pages)
    add_embedding(blueprint, pages, settings)
    add_builder(blueprint, pages, settings)
    add_sharing(blueprint, settings)
    _add_files(blueprint, pages)
    return blueprint


class ViewerBlueprint(Blueprint):
    """A blueprint that carries its pages."""

    def __init__(self, pages: Pages) -> None:
        super().__init__("viewer", "viewer", template_folder="templates")
        self.pages = pages


def asked_language(pages: Pages) -> str:
    """The language of this request: `?lang=`, else the portal's first."""
    return pages.choose_language(request.args.get("lang"))


def _add_pages(blueprint: Blueprint, pages: Pages) -> None:
    @blueprint.get("/")
    def show_map() -> Response:
        return _conditional(pages.map_page(asked_language(pages)))

    @blueprint.get("/accessibility")
    def show_accessibility() -> Response:
        return _conditional(pages.text_page("accessibility", asked_language(pages)))

    @blueprint.get("/privacy")
    def show_privacy() -> Response:
        return _conditional(pages.text_page("privacy", asked_language(pages)))


def _add_files(blueprint: Blueprint, pages: Pages) -> None:
    @blueprint.get("/static/<release>/<path:name>")
    def send_static(release: str, name: str) -> Response:
        encodings = request.headers.get("Accept-Encoding", "")
        found = pages.assets.find_file(name, encodings) if release == pages.assets.release else None
        if found is None:
            raise NotFoundError("There is no such file in this release of the viewer.")
        file, encoding = found
        media_type = _MEDIA_TYPES.get(f".{name.rsplit('.', 1)[-1]}", "application/octet-stream")
        response = send_file(file, mimetype=media_type, max_age=_ONE_YEAR_SECONDS)
        response.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR_SECONDS}, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Vary"] = "Accept-Encoding"
        if encoding:
            response.headers["Content-Encoding"] = encoding
        return response


def _conditional(response: Response) -> Response:
    """304 when the browser already has this very page."""
    response.make_conditional(request)
    return response
