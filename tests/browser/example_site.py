"""The site of a webmaster who put docs/examples on it, with the libraries beside them, under a strict CSP."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, send_from_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
PORTAL = "https://prostor.example.si"
LIBRARIES: Mapping[str, str] = {
    "leaflet": "leaflet/dist",
    "vector-tile": "@mapbox/vector-tile",
    "point-geometry": "@mapbox/point-geometry",
    "pbf": "pbf",
    "maplibre": "maplibre-gl/dist",
    "ol": "ol",
}
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
_IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)


def read_example(name: str, portal: str) -> str:
    """A file of docs/examples with the portal's address in the one place where it stands."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    assert text.count(PORTAL) == (0 if name.endswith((".html", ".css")) else 1)
    return text.replace(PORTAL, portal)


def make_site(portal: str) -> Flask:
    """The site; its policy is the one that docs/guides/feeds says is enough."""
    site = Flask("examples", static_folder=None)

    @site.get("/<name>")
    def example(name: str) -> Response:
        text = read_example(name, portal)
        response = Response(text, mimetype=_TYPES[Path(name).suffix])
        response.headers["Content-Security-Policy"] = strict_policy(portal, text)
        return response

    @site.get("/<library>/<path:name>")
    def file(library: str, name: str) -> Response:
        return send_from_directory(ROOT / "node_modules" / LIBRARIES[library], name)

    return site


def strict_policy(portal: str, page: str) -> str:
    """Own files, data of the portal, and the page's import map by its hash."""
    return (
        f"default-src 'none'; script-src 'self'{''.join(_hashes(page))}; worker-src 'self'; style-src 'self'; "
        f"img-src 'self' data: {portal}; connect-src {portal}"
    )


def _hashes(page: str) -> list[str]:
    digests = (hashlib.sha256(found.encode()).digest() for found in _IMPORT_MAP.findall(page))
    return [f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
