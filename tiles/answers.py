"""How a finished tile is answered over HTTP: 200, 204 or 304, with which headers. Pure.

The hot path and Flask both answer through here, so a tile has the same headers whoever serves it.
Tiles are public data: any page may read them (CORS), also the 304 and the 204.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiles.cache import StoredTile

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
STYLE_TYPE = "application/vnd.mapbox.style+json"
IMMUTABLE = "public, max-age=31536000, immutable"
SHORT_LIVED = "public, max-age=60, must-revalidate"
UNKEPT = "no-store"
TRUNCATED = "X-Features-Truncated"
MISSING = "X-Layers-Missing"

PUBLIC_HEADERS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", f"ETag, {TRUNCATED}, {MISSING}"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
)


@dataclass(frozen=True)
class Question:
    """What a request says about the answer it can use: two headers as they came."""

    accept_encoding: str | None = None
    if_none_match: str | None = None


@dataclass(frozen=True)
class Answer:
    """Status, headers and body, ready to be sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


def answer_tile(tile: StoredTile, question: Question, *, cache_control: str) -> Answer:
    """The answer to a request for this tile (RFC 9110, 13.1.2 for If-None-Match, 12.5.3 for encodings).

    A tile in which layers are missing says so and is kept by nobody.
    """
    coding, body = _choose_coding(tile, question.accept_encoding)
    headers = [*PUBLIC_HEADERS, ("Vary", "Accept-Encoding")]
    if tile.truncated:
        headers.append((TRUNCATED, tile.truncated))
    if tile.missing:
        headers += [("Cache-Control", UNKEPT), (MISSING, tile.missing)]
    else:
        etag = f'"{tile.etag}-{coding}"' if coding else f'"{tile.etag}"'
        headers += [("Cache-Control", cache_control), ("ETag", etag)]
        if question.if_none_match and _names(question.if_none_match, tile.etag):
            return Answer(304, tuple(headers))
    if tile.is_empty:
        return Answer(204, tuple(headers))
    if not coding:
        body = tile.body()
    headers += [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(body)))]
    if coding:
        headers.append(("Content-Encoding", coding))
    return Answer(200, tuple(headers), body)


def _choose_coding(tile: StoredTile, accept_encoding: str | None) -> tuple[str, bytes]:
    """The best coding the client accepts of those the tile has, and the tile in it; empty without one."""
    if tile.brotli and accepts(accept_encoding, "br"):
        return "br", tile.brotli
    if tile.gzipped and accepts(accept_encoding, "gzip"):
        return "gzip", tile.gzipped
    return "", b""


@lru_cache(maxsize=256)
def accepts(accept_encoding: str | None, coding_asked: str) -> bool:
    """True when an Accept-Encoding header allows `gzip` or `br`; a missing header asks for neither."""
    weights: dict[str, float] = {}
    for part in (accept_encoding or "").lower().split(","):
        coding, _, parameter = part.partition(";")
        weights[coding.strip()] = _weight(parameter)
    return weights.get(coding_asked, weights.get("*", 0.0)) > 0


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _names(if_none_match: str, etag: str) -> bool:
    """True when the header lists the tile's ETag in any coding: all are the same tile."""
    listed = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return not listed.isdisjoint(("*", f'"{etag}"', f'"{etag}-gzip"', f'"{etag}-br"'))
