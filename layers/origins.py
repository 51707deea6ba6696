"""Sites that may show the map in a frame, as `portal.toml` names them: what is written there is checked here.

A browser compares an origin letter by letter, in `frame-ancestors` and in messages; what would never match is
refused with what to write instead. Source: RFC 6454, section 6.2; CSP Level 3, section 2.3.1.
"""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

ANYBODY = "*"
_ORIGIN = re.compile(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]+)?")
_USUAL_PORTS = {"http": 80, "https": 443}
_SHOWN = 80


def check_origin(text: str) -> str:
    """An origin as browsers send it, or `*`. Raises ValueError with what is to be written instead."""
    meant = _find_meant(text)
    if text in (ANYBODY, meant):
        return text
    advice = f'write "{meant}"' if meant else 'write it as in "https://www.obcina.si"'
    msg = f"{text[:_SHOWN]!r} is not the address of a site as browsers send it; {advice}"
    raise ValueError(msg)


def check_together(origins: tuple[str, ...]) -> tuple[str, ...]:
    """`*` only by itself, so that nobody opens the map to every site by leaving it in. Raises ValueError."""
    if ANYBODY in origins and len(origins) > 1:
        msg = 'with "*" any site may show the map; leave the others out, or leave "*" out'
        raise ValueError(msg)
    return origins


Origins = Annotated[tuple[Annotated[str, AfterValidator(check_origin)], ...], AfterValidator(check_together)]


def _find_meant(text: str) -> str | None:
    """What a browser would send for this site: small letters, no path, and no port that is the usual one."""
    try:
        parts = urlsplit(text.strip() if "//" in text else f"https://{text.strip()}")
        host = (parts.hostname or "").encode("idna").decode()
        port = "" if parts.port in (None, _USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    except ValueError:
        return None
    meant = f"{parts.scheme}://{host}{port}"
    return meant if _ORIGIN.fullmatch(meant) else None
