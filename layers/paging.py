"""The `next` token of a walk through pages: which version, after which feature, and of which question.

A walk that began on one version stays on it, so pages never mix versions; when that version is dropped the
walk ends with a clear answer. The check digits catch a token that was cut, edited or moved to another
question; they are no secret, for a token gives no right that a plain request does not have.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = re.compile(r"([0-9a-f]{16})-([0-9a-f]{1,16})-([0-9a-f]{12})")

# These may change between pages without changing which features follow.
_FREE = ("next", "limit", "crs", "f", "properties")


@dataclass(frozen=True)
class Place:
    """Where the next page begins: after feature `after_fid` of the version with this token."""

    token: str
    after_fid: int


def write_next(place: Place, layer_id: str, given: Mapping[str, str]) -> str:
    """The token of a place in the walk that the parameters `given` describe."""
    return f"{place.token}-{place.after_fid:x}-{_check(place, layer_id, given)}"


def find_token(text: str) -> str | None:
    """The version a token seems to name, before it is judged by `parse_next`; None when it has no form."""
    match = _TOKEN.fullmatch(text)
    return match.group(1) if match else None


def parse_next(text: str, layer_id: str, given: Mapping[str, str]) -> Place:
    """The place a token names. Raises RequestError when it is not one of this layer and these filters."""
    match = _TOKEN.fullmatch(text)
    if match is not None:
        place = Place(match.group(1), int(match.group(2), 16))
        if place.after_fid < 2**63 and match.group(3) == _check(place, layer_id, given):
            return place
    raise RequestError("next", "this is not a link of this walk; begin again without it", value=text[:100])


def _check(place: Place, layer_id: str, given: Mapping[str, str]) -> str:
    question = sorted((name, value) for name, value in given.items() if name not in _FREE)
    content = repr((place.token, place.after_fid, layer_id, question)).encode()
    return hashlib.blake2b(content, digest_size=6).hexdigest()
