"""Routes of parcels: `/parcels?q=` finds them, `/parcels/{ko}/{number}` answers what applies there.

A number may hold a slash, and several numbers stand with commas between. Whatever else is written behind
`/parcels/` and means parcels leads to their address.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import redirect, request

from gis.errors import NotFoundError, RequestError
from layers.answer.answers import Answers
from layers.answer.changes import compare_answers
from layers.answer.document import build_document, read_schema
from layers.filters import check_format
from layers.known_layers import KnownLayers
from layers.links import SCHEMA_TYPE, with_query
from layers.parcels import Parcels, describe_found, one_answer, parse_numbers, write_path
from layers.positions import parse_position
from layers.routes.answers import (
    PERSONAL,
    SHORT_LIVED,
    Door,
    ShownAnswer,
    build_etag,
    given_parameters,
    not_modified,
    send_json,
    wants_page,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint, Response

    from layers.answer.changes import ParcelChange
    from layers.answer.facts import Answer
    from layers.parcels import Found

_FIND = ("q", "x", "y", "crs", "f", "lang")
_ANSWER = ("f", "lang", "as-of")
_FORMATS = ("json", "html")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def add_parcels(blueprint: Blueprint, door: Door) -> None:
    """Add the routes. Raises ConfigurationError when a manifest or the table of belts is wrong."""
    parcels = ParcelDoor(door)

    @blueprint.get("/parcels")
    def find_parcels() -> Response:
        return parcels.find()

    @blueprint.get("/parcels/schema")
    def show_answer_schema() -> Response:
        given_parameters(())
        return send_json(read_schema(), mimetype=SCHEMA_TYPE, cache=SHORT_LIVED)

    @blueprint.get("/parcels/<ko>/<path:numbers>")
    def show_parcels(ko: str, numbers: str) -> Response:
        return parcels.show(ko, numbers)

    @blueprint.get("/parcels/<path:text>")
    def lead_to_parcels(text: str) -> Response:
        given_parameters(_ANSWER)
        return parcels.lead(text)


class ParcelDoor:
    """What the routes do, behind the parsing of their addresses."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._known = KnownLayers(door.portal, door.catalogue)
        self._parcels = Parcels(door.database, door.portal)
        self._answers = Answers(door.portal, door.catalogue, door.database)

    def find(self) -> Response:
        """The parcels a text or a point means; people are led on when these are parcels for one answer."""
        given = given_parameters(_FIND)
        check_format(given, _FORMATS)
        language, text = self._door.language(given), given.get("q", "")
        found = self._find(given)
        pages = self._door.parcel_pages
        if pages is None or not wants_page(given):
            if found is None:
                raise RequestError(
                    "q", "it is needed: write a parcel number, an EID, an address or coordinates"
                )
            response = send_json(describe_found(found, self._door.root), cache=PERSONAL)
        elif found is not None and (path := _path_of(found)):
            response = _redirect(self._address(path, {"lang": language}), 303)
        else:
            response = pages.find_page(text, found, language)
        response.vary.add("Accept")
        return response

    def show(self, ko: str, numbers: str) -> Response:
        """The answer about parcels; another spelling of their address leads to the one that is kept."""
        given = given_parameters(_ANSWER)
        check_format(given, (*_FORMATS, "pdf") if self._door.parcel_pages else _FORMATS)
        language, as_of = self._door.language(given), parse_as_of(given.get("as-of"))
        try:
            answer = self._answers.answer(ko, self._read_numbers(ko, numbers), as_of=as_of, language=language)
        except NotFoundError:
            path = self._lead(f"{ko}/{numbers}")
            if path is None or path == write_path(ko, numbers.split(",")):
                raise
            return _redirect(self._address(path, given), 308)
        if write_path(ko, numbers.split(",")) != answer.path:
            return _redirect(self._address(answer.path, given), 308)
        response = self._represent(answer, given)
        response.vary.add("Accept")
        return response

    def lead(self, text: str) -> Response:
        """To the parcels that an old or a typed address means. Raises NotFoundError when they are not clear."""
        path = self._lead(text)
        if path is None:
            raise NotFoundError(
                "There is no such parcel. Write /parcels/ with KO and number: /parcels/964/123/4."
            )
        return _redirect(self._address(path, request.args), 308)

    def _find(self, given: Mapping[str, str]) -> Found | None:
        layers = self._known.published()
        if "x" in given or "y" in given:
            position = parse_position(given, self._door.portal.crs)
            return self._parcels.find_at(position.east, position.north, layers)
        return self._parcels.find(given["q"], layers) if given.get("q", "").strip() else None

    def _read_numbers(self, ko: str, text: str) -> tuple[str, ...]:
        """Numbers with commas between, unless one parcel is really called so."""
        if "," in text:
            for layer in self._known.published():
                if layer.manifest.role == "parcels" and self._parcels.find_named(ko, (text,), layer):
                    return (text,)
        return parse_numbers(text)

    def _lead(self, text: str) -> str | None:
        """The address of the parcels that a text means, None unless it means those of one answer."""
        try:
            found = self._parcels.find(text.strip("/"), self._known.published())
        except RequestError:
            return None
        return _path_of(found)

    def _represent(self, answer: Answer, given: Mapping[str, str]) -> Response:
        pages, root = self._door.parcel_pages, self._door.root
        changes = self._changes(answer)
        document = build_document(answer, root, self._door.portal.answer.report, changes)
        if pages is not None and given.get("f") != "pdf" and wants_page(given):
            return pages.answer_page(self._shown(answer, document, changes))
        form = given.get("f", "json")
        etag = build_etag("parcels", form, document["hash"], changes, answer.as_of, answer.path, root)
        response = not_modified(etag)
        if response is None and pages is not None and form == "pdf":
            response = pages.answer_paper(self._shown(answer, document, changes))
        response = response or send_json(document)
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = PERSONAL
        return response

    def _changes(self, answer: Answer) -> tuple[ParcelChange, ...] | None:
        """What is different today; None unless a day in the past was asked about."""
        if answer.as_of is None:
            return None
        numbers = [each.number for each in answer.parcels]
        now = None
        with suppress(NotFoundError):
            now = self._answers.answer(answer.parcels[0].ko, numbers, as_of=None, language=answer.language)
        return compare_answers(answer, now)

    def _shown(
        self, answer: Answer, document: Mapping[str, Any], changes: tuple[ParcelChange, ...] | None
    ) -> ShownAnswer:
        maps = tuple(self._answers.read_map(parcel) for parcel in answer.parcels)
        return ShownAnswer(answer, document, maps, self._door.root, changes)

    def _address(self, path: str, given: Mapping[str, str]) -> str:
        kept = [
            (name, value)
            for name, value in given.items()
            if name in _ANSWER and value != (self._door.portal.languages[0] if name == "lang" else None)
        ]
        return with_query(f"{self._door.root}/parcels/{path}", kept)


def parse_as_of(text: str | None) -> date | None:
    """A day, today at the latest. Raises RequestError."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise RequestError("as-of", "write a day as 2026-03-01", value=text[:100])
    if day > date.today():  # noqa: DTZ011  days of the reader's calendar
        raise RequestError("as-of", "nobody knows yet what holds after today", value=text)
    return day


def _path_of(found: Found) -> str | None:
    """The address of what was found, when it is exact, complete and fits in one answer."""
    parcels = one_answer(found)
    return write_path(*parcels) if parcels else None


def _redirect(address: str, status: int) -> Response:
    response: Response = redirect(address, status)  # type: ignore[assignment]
    response.headers["Cache-Control"] = PERSONAL
    return response
