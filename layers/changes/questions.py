"""Parameters of `/layers/{id}/changes`, parsed strictly: which versions, which differences, where to go on."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING

from gis.errors import NotFoundError, RequestError
from layers.changes.comparison import KINDS, Kind
from layers.changes.documents import ChangesFormat, ChangesQuestion
from layers.filters import check_format, parse_limit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.catalogue import PublishedLayer
    from layers.changes.comparison import Place

PARAMETERS = ("f", "from", "kind", "limit", "next", "to")
FORMATS: tuple[ChangesFormat, ...] = ("json", "geojson")
DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
_SEPARATOR = "\x1f"
_NUMBER = re.compile(r"[0-9]{1,9}")
_NEXT = re.compile(r"([A-Za-z0-9_-]{1,4000})\.([0-9a-f]{12})")


def parse_changes_request(
    given: Mapping[str, str], published: PublishedLayer, versions: Sequence[PublishedLayer]
) -> tuple[ChangesQuestion, ChangesFormat]:
    """The question and its format; `versions` are those that may be read. Raises RequestError, NotFoundError.

    Without `to` the published version is asked for, without `from` the one it was compared with when it was
    loaded, or else the newest kept one before it. GeoJSON, which people take home, has the largest limit.
    """
    check_format(given, FORMATS)
    form: ChangesFormat = "geojson" if given.get("f") == "geojson" else "json"
    after = _find_version("to", given["to"], versions) if "to" in given else published
    before = _find_version("from", given["from"], versions) if "from" in given else find_before(after, versions)
    kind = parse_kind(given["kind"]) if "kind" in given else None
    usual = MAX_LIMIT if form == "geojson" else DEFAULT_LIMIT
    limit = parse_limit(given.get("limit"), default=usual, most=MAX_LIMIT)
    place = _parse_next(given["next"], before, after, kind) if "next" in given else None
    return ChangesQuestion(before, after, kind, place, limit), form


def parse_kind(text: str) -> Kind:
    """added, removed, geometry or attributes. Raises RequestError."""
    for kind in KINDS:
        if text == kind:
            return kind
    raise RequestError("kind", f"choose one of {', '.join(KINDS)}", value=text[:100])


def find_before(after: PublishedLayer, versions: Sequence[PublishedLayer]) -> PublishedLayer:
    """The version one is compared with when nobody says which. Raises NotFoundError when none is kept."""
    earlier = [each for each in versions if each.number < after.number]
    against = (after.changes or {}).get("against")
    known = next((each for each in versions if each.number == against), None)
    if known is None and not earlier:
        raise NotFoundError(
            f"Version {after.number} of {after.id} is the first one that is kept; there is none to compare it "
            "with."
        )
    return known or max(earlier, key=lambda each: each.number)


def write_next(question: ChangesQuestion, last: Place) -> str:
    """Where the next page begins; good only for these two versions and this kind."""
    place = base64.urlsafe_b64encode(_SEPARATOR.join(last).encode()).decode().rstrip("=")
    return f"{place}.{_check(last, question.before, question.after, question.kind)}"


def _find_version(parameter: str, text: str, versions: Sequence[PublishedLayer]) -> PublishedLayer:
    found = [each for each in versions if _NUMBER.fullmatch(text) and each.number == int(text)]
    if not found:
        kept = ", ".join(str(each.number) for each in versions)
        raise RequestError(
            parameter, f"write the number of a version that is kept; there are: {kept}", value=text[:100]
        )
    return found[0]


def _parse_next(text: str, before: PublishedLayer, after: PublishedLayer, kind: Kind | None) -> Place:
    match = _NEXT.fullmatch(text)
    if match is not None:
        try:
            place = base64.urlsafe_b64decode(match.group(1) + "=" * (-len(match.group(1)) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            place = ""
        key, _, change = place.rpartition(_SEPARATOR)
        if match.group(2) == _check((key, change), before, after, kind):
            return (key, change)
    raise RequestError("next", "this is not a link of this walk; begin again without it", value=text[:100])


def _check(place: Place, before: PublishedLayer, after: PublishedLayer, kind: Kind | None) -> str:
    content = repr((place, before.table_name, after.table_name, after.id, kind)).encode()
    return hashlib.blake2b(content, digest_size=6).hexdigest()
