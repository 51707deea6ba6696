"""The security headers of every page: a content security policy without `unsafe-…`, and its companions.

Sources: CSP Level 3; Referrer Policy; Permissions Policy. Attribute texts of layers reach a page only as
JSON and text nodes, and this policy is the second lock behind that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.portal import BaseMap

SELF = "'self'"
# A browser's own reader of PDF has a style sheet and an object in its page.
PDF_READER_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def content_security_policy(
    *, frame_ancestors: Sequence[str], image_origins: Sequence[str] = (), frames: Sequence[str] = ()
) -> str:
    """The policy of one page; `frames` are the origins it may show in frames of its own.

    `frame_ancestors` name the origins that may show the page in a frame, and `image_origins` those whose base
    maps it may draw. `data:` is for swatches and Leaflet's empty image.
    """
    directives = {
        "default-src": ["'none'"],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *image_origins],
        "connect-src": [SELF],
        "font-src": [SELF],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": list(frame_ancestors),
    }
    if frames:
        directives["frame-src"] = list(frames)
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def security_headers(policy: str) -> dict[str, str]:
    """The headers that go with a page under this policy. `X-Frame-Options` is left out on purpose:
    it cannot name several origins, and `frame-ancestors` wins where both stand."""
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)",
    }


def embedding_ancestors(origins: Sequence[str]) -> tuple[str, ...]:
    """Who may frame the embedded map: anybody when the portal says `*`, else ourselves and those it names."""
    return ("*",) if "*" in origins else (SELF, *origins)


def base_map_origins(base_maps: Sequence[BaseMap]) -> tuple[str, ...]:
    """The origins images come from, each once; `{s}` in a host stands for any one name."""
    origins = []
    for base_map in base_maps:
        parts = urlsplit(base_map.url)
        origins.append(f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}")
    return tuple(dict.fromkeys(origins))
