"""What the routes of this floor share: what stands behind the door, and how answers are sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, request

from gis.errors import RequestError
from layers.filters import read_parameters
from layers.links import JSON_TYPE, find_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from gis.database import Database
    from gis.settings import Settings
    from layers.answer.changes import ParcelChange
    from layers.answer.facts import Answer
    from layers.answer.frame import MapContent
    from layers.catalogue import Catalogue
    from layers.ogc import MoreLinks
    from layers.parcels import Found
    from layers.portal import Portal

    class ParcelPages(Protocol):
        """Whoever shows parcels to people; `viewer.parcel_pages` does."""

        def find_page(self, text: str, found: Found | None, language: str) -> Response:
            """Where a parcel is looked for: what was typed, and what that means; None before anything was."""

        def answer_page(self, shown: ShownAnswer) -> Response:
            """What applies on parcels."""

        def answer_paper(self, shown: ShownAnswer) -> Response:
            """The same as PDF. Raises UnavailableError."""

    class LayerPages(Protocol):
        """Whoever shows layers to people; `viewer.layer_pages` does."""

        def list_page(self, asked_language: str | None) -> Response:
            """Every layer."""

        def layer_page(self, layer_id: str, asked_language: str | None) -> Response:
            """One layer. Raises NotFoundError."""


@dataclass(frozen=True)
class ShownAnswer:
    """An answer to be shown: its document as in JSON, maps of its parcels, and what addresses begin with."""

    answer: Answer
    document: Mapping[str, Any]
    maps: tuple[MapContent, ...]
    root: str
    changes: tuple[ParcelChange, ...] | None = None


# Shared caches may keep an answer for a minute; after publishing, it is that much behind at most.
SHORT_LIVED = "public, max-age=60"
# What somebody asked for is nobody else's business: only their own browser keeps it.
PERSONAL = "private, max-age=60"
# Raised when the same data are written differently than before, so that nobody keeps the old form.
FORM_OF_ANSWERS = 1


@dataclass(frozen=True)
class Door:
    """Everything the routes of this floor reach through; without `pages`, people get JSON as programs do."""

    settings: Settings
    portal: Portal
    catalogue: Catalogue
    database: Database
    more_links: MoreLinks
    pages: LayerPages | None = None
    parcel_pages: ParcelPages | None = None

    @property
    def root(self) -> str:
        """What addresses in this answer are put behind."""
        return find_root(self.settings, request.host)

    def language(self, given: Mapping[str, str]) -> str:
        """The language asked for, else the portal's first. Raises RequestError."""
        asked = given.get("lang", self.portal.languages[0])
        if asked not in self.portal.languages:
            raise RequestError("lang", f"choose one of {', '.join(self.portal.languages)}", value=asked[:100])
        return asked


def given_parameters(allowed: Iterable[str]) -> dict[str, str]:
    """The parameters of this request, each documented and given once. Raises RequestError."""
    return read_parameters(request.args.items(multi=True), tuple(allowed))


def send_json(content: Any, *, mimetype: str = JSON_TYPE, cache: str = SHORT_LIVED) -> Response:
    """A JSON answer with an ETag of its content; 304 when the client already has it."""
    response = Response(orjson.dumps(content), mimetype=mimetype)
    response.headers["Cache-Control"] = cache
    response.add_etag()
    response.make_conditional(request)
    return response


def wants_page(given: Mapping[str, str]) -> bool:
    """True when a person asks: `f=html`, or no `f` and a browser's Accept header."""
    if "f" in given:
        return given["f"] == "html"
    offered = ("application/json", "text/html")
    return request.accept_mimetypes.best_match(offered, default="application/json") == "text/html"


def build_etag(*parts: object) -> str:
    """The ETag of an answer that is wholly decided by these parts. Weak: a time stamp may differ."""
    digest = hashlib.blake2b(repr((FORM_OF_ANSWERS, *parts)).encode(), digest_size=12).hexdigest()
    return f'W/"{digest}"'


def not_modified(etag: str) -> Response | None:
    """304 when the client already has this answer, before anything is read for it."""
    if not request.if_none_match.contains_weak(etag.removeprefix("W/").strip('"')):
        return None
    response = Response(status=304)
    return with_validators(response, etag)


def with_validators(response: Response, etag: str) -> Response:
    """The answer with its ETag and its short life in caches."""
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = SHORT_LIVED
    return response
