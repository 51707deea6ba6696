"""The route that tells what differs between two versions of a layer: `/layers/{id}/changes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from layers.changes.documents import MEDIA_TYPES, write_changes
from layers.changes.questions import PARAMETERS, parse_changes_request, write_next
from layers.features import WHOLE_PAGE_LIMIT, ByteStream
from layers.links import GEOJSON_TYPE, JSON_TYPE, build_link, with_query
from layers.routes.answers import Door, build_etag, given_parameters, not_modified, with_validators

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint

    from layers.changes.comparison import Place
    from layers.changes.documents import ChangesFormat, ChangesQuestion
    from layers.links import Link


def add_history(blueprint: Blueprint, door: Door) -> None:
    """Add the route."""

    @blueprint.get("/layers/<layer_id>/changes")
    def show_changes(layer_id: str) -> Response:
        given = given_parameters(PARAMETERS)
        published, versions = door.catalogue.whole_history(layer_id)
        question, form = parse_changes_request(given, published, versions)
        etag = _etag(question, given, door.root)
        return not_modified(etag) or _answer(door, question, form, given, etag)


def _answer(
    door: Door, question: ChangesQuestion, form: ChangesFormat, given: Mapping[str, str], etag: str
) -> Response:
    root = door.root

    def links(last: Place | None) -> list[Link]:
        return _links(root, question, form, given, last)

    stream = ByteStream(write_changes(door.database, question, form, links))
    is_small = question.limit is not None and question.limit <= WHOLE_PAGE_LIMIT
    body = b"".join(stream) if is_small else stream
    return with_validators(Response(body, mimetype=MEDIA_TYPES[form]), etag)


def _links(
    root: str, question: ChangesQuestion, form: ChangesFormat, given: Mapping[str, str], last: Place | None
) -> list[Link]:
    """Every address names both versions, so that a walk stays on them whatever is published meanwhile."""
    here = f"{root}/layers/{question.after.id}"
    versions = {"from": str(question.before.number), "to": str(question.after.number)}
    asked = {**given, **versions}
    fixed = {name: value for name, value in asked.items() if name not in ("next", "f", "limit")}
    kind, other = MEDIA_TYPES[form], "json" if form == "geojson" else "geojson"
    links = [
        build_link("self", with_query(f"{here}/changes", asked.items()), kind),
        build_link(
            "alternate",
            with_query(f"{here}/changes", [*fixed.items(), ("f", other)]),
            GEOJSON_TYPE if other == "geojson" else JSON_TYPE,
        ),
        build_link("up", here, JSON_TYPE, "The layer and its versions"),
    ]
    if last is None:
        return links
    following = {**asked, "next": write_next(question, last)}
    return [*links, build_link("next", with_query(f"{here}/changes", following.items()), kind, "next page")]


def _etag(question: ChangesQuestion, given: Mapping[str, str], root: str) -> str:
    versions = [(each.token, each.version_id) for each in (question.before, question.after)]
    return build_etag("changes", versions, sorted(given.items()), root)
