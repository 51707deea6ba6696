"""A site of somebody else that shows our styles with MapLibre GL JS, under a strict CSP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, send_from_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

MAPLIBRE = Path(__file__).parents[2] / "node_modules" / "maplibre-gl" / "dist"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


def make_site(files: Mapping[str, str], policy: str) -> Flask:
    """The site with these files at its root and MapLibre's own under /maplibre, under a security policy."""
    site = Flask("maplibre-site", static_folder=None)

    @site.get("/<path:name>")
    def page(name: str) -> Response:
        if name in files:
            return Response(files[name], mimetype=_TYPES[Path(name).suffix])
        if name.startswith("maplibre/"):
            return send_from_directory(MAPLIBRE, name.removeprefix("maplibre/"))
        return Response(status=204)

    @site.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return site
