"""The door for other sites: `/embed`, `/widget/{release}.js`, `/oembed`, and what is published about them.

None of these sets a cookie, uses the browser's storage or asks a third party.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from flask import Response, request

from gis.errors import NotAcceptableError, NotFoundError
from layers.links import find_root
from layers.routes.answers import given_parameters, send_json
from viewer.embedding import (
    DEFAULT_HEIGHT,
    DEFAULT_WIDTH,
    Frame,
    build_oembed,
    find_current,
    fit_size,
    frame_address,
    name_frame,
    read_widgets,
)

if TYPE_CHECKING:
    from flask import Blueprint

    from gis.settings import Settings
    from viewer.pages import Pages

_FOR_EVER = "public, max-age=31536000, immutable"
_PUBLISHED = {"messages.schema.json": "application/schema+json", "messages.d.ts": "text/plain"}
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def add_embedding(blueprint: Blueprint, pages: Pages, settings: Settings) -> None:
    """Add the routes. Raises ConfigurationError when the widget's releases are not whole."""
    widgets = read_widgets()
    find_current(widgets)

    @blueprint.get("/embed")
    def show_embedded_map() -> Response:
        query = request.query_string.decode("utf-8", "replace")
        response = pages.embedded_page(pages.choose_language(request.args.get("lang")), query)
        response.make_conditional(request)
        return response

    @blueprint.get("/widget/<release>.js")
    def send_widget(release: str) -> Response:
        if release not in widgets:
            raise NotFoundError("There is no such release of the widget.")
        response = Response(widgets[release].content, mimetype="text/javascript", headers=_OPEN)
        response.headers["Cache-Control"] = _FOR_EVER
        return response

    @blueprint.get("/embed/<name>")
    def send_published(name: str) -> Response:
        if name not in _PUBLISHED:
            raise NotFoundError("There is no such page.")
        content = (pages.assets.folder / "embed" / name).read_bytes()
        return Response(content, mimetype=_PUBLISHED[name], headers={**_OPEN, "Cache-Control": "no-cache"})

    @blueprint.get("/oembed")
    def answer_oembed() -> Response:
        given = given_parameters(("url", "maxwidth", "maxheight", "format"))
        if given.get("format", "json") != "json":
            raise NotAcceptableError("format", "only json is answered")
        root = find_own_root(settings)
        frame = _find_frame(pages, given, root)
        provider = pages.portal.title.in_language(frame.language)
        response = send_json(build_oembed(frame, root, provider))
        response.headers.update(_OPEN)
        return response


def _find_frame(pages: Pages, given: dict[str, str], root: str) -> Frame:
    address = frame_address(given.get("url", ""), root)
    language = pages.choose_language(_parameter(address, "lang"))
    return Frame(
        address,
        name_frame(pages.portal, address, language),
        language,
        fit_size("maxwidth", given.get("maxwidth"), DEFAULT_WIDTH),
        fit_size("maxheight", given.get("maxheight"), DEFAULT_HEIGHT),
    )


def _parameter(address: str, name: str) -> str | None:
    return dict(parse_qsl(urlsplit(address).query)).get(name)


def find_own_root(settings: Settings) -> str:
    """Where this portal is for others, without a final slash. Raises NotFoundError when nobody said."""
    root = find_root(settings, request.host)
    if not root:
        raise NotFoundError("This service does not know its own address; set PROSTOR_BASE_URL.")
    return root
