"""Addresses in answers: from the configured base URL, never from whatever `Host` header came along.

Without PROSTOR_BASE_URL the service is reached directly: then a request to this machine's own name is
answered with it, and any other host with addresses that have no host in them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis.settings import Settings

JSON_TYPE = "application/json"
GEOJSON_TYPE = "application/geo+json"
SCHEMA_TYPE = "application/schema+json"

Link = dict[str, str]

_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(:[0-9]{1,5})?", re.IGNORECASE)
_OURSELVES = ("localhost", "127.0.0.1", "[::1]")


def find_root(settings: Settings, host: str) -> str:
    """What our paths are put behind: `https://karta.example.si/gis`, `http://localhost:8000` or nothing.

    `host` is the Host header as it came; it is used only when it names this machine.
    """
    if settings.base_url is not None:
        return settings.base_url
    match = _HOST.fullmatch(host)
    if match is not None and match.group(1).lower() in (*_OURSELVES, settings.host.lower()):
        return f"http://{host.lower()}"
    return ""


def build_link(rel: str, href: str, kind: str, title: str | None = None) -> Link:
    """A link object of OGC API (17-069r4, clause 7.4)."""
    link = {"href": href, "rel": rel, "type": kind}
    return {**link, "title": title} if title else link


def collection_href(root: str, layer_id: str | None = None, *more: str) -> str:
    """Address of the collections, of one, or of something below it; `more` is quoted, slashes too."""
    parts = ["ogc", "collections", *([layer_id] if layer_id else []), *more]
    return "/".join([root, *(quote(part, safe="") for part in parts)])


def with_query(href: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The address with a query string; none when there are no pairs."""
    query = urlencode(list(pairs))
    return f"{href}?{query}" if query else href
