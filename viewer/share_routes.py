"""The door for sharing: `/qr.svg?…`, the link to a view as a picture. The link itself is the page's address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from viewer.embed_routes import find_own_root
from viewer.qr_code import draw_code, find_view_address

if TYPE_CHECKING:
    from flask import Blueprint

    from gis.settings import Settings

_POLICY = "default-src 'none'; frame-ancestors 'none'"


def add_sharing(blueprint: Blueprint, settings: Settings) -> None:
    """Add the route to the viewer's."""

    @blueprint.get("/qr.svg")
    def show_code() -> Response:
        address = find_view_address(find_own_root(settings), request.query_string.decode("utf-8", "replace"))
        response = Response(draw_code(address), mimetype="image/svg+xml")
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "private, max-age=3600"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
