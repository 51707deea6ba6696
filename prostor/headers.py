"""Headers that every answer has: the request's id, who may read it, and what a browser may do with it.

An answer that brings its own content security policy is a page; data get one that allows nothing. Data are
anybody's; pages, and what is for operators (`Cross-Origin-Resource-Policy: same-origin`), are not.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import structlog
from flask import g, request
from werkzeug.exceptions import RequestURITooLarge

if TYPE_CHECKING:
    from flask import Flask, Response

REQUEST_ID = "X-Request-Id"
MAX_QUERY_BYTES = 8_000

# Public data may be read from any page; no cookie or login is ever part of it.
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Expose-Headers": (
        "Content-Crs, ETag, Link, Retry-After, X-Features-Truncated, X-Layers-Missing, X-Request-Id"
    ),
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match, X-Request-Id",
    "Access-Control-Max-Age": "86400",
}
_NOT_SHARED = "same-origin"
_DATA = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def register(app: Flask) -> None:
    """Add the headers to every answer of the app, errors included."""
    app.before_request(_begin)
    app.after_request(_finish)


def _begin() -> None:
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if len(request.query_string) > MAX_QUERY_BYTES:
        raise RequestURITooLarge


def _finish(response: Response) -> Response:
    response.headers[REQUEST_ID] = g.get("request_id", "")
    if "Content-Security-Policy" in response.headers:
        return response
    response.headers.update(_DATA)
    if response.headers.get("Cross-Origin-Resource-Policy") == _NOT_SHARED:
        return response
    response.headers.update(_CORS)
    if request.method == "OPTIONS":
        response.headers.update(_PREFLIGHT)
    return response
