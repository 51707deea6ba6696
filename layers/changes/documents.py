"""What differs between two versions, written for programs: a JSON document, or GeoJSON in CRS84 (RFC 7946).

Both are written in chunks, so that a long list costs no memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import orjson

from layers.changes.comparison import compare_columns, read_changes, read_counts
from layers.describe import both_languages
from layers.links import GEOJSON_TYPE, JSON_TYPE
from layers.plain_words import say_value
from layers.representations import CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.changes.comparison import Change, ChangeCounts, Kind, Place, Value
    from layers.manifest import Manifest

Json = dict[str, Any]
ChangesFormat = Literal["json", "geojson"]
MEDIA_TYPES: dict[ChangesFormat, str] = {"json": JSON_TYPE, "geojson": GEOJSON_TYPE}

_NO_KEY = {
    "sl": "Sloj nima ključa, zato je spremenjen objekt naveden kot odstranjen in kot dodan.",
    "en": "The layer has no key, so a feature that changed is told as removed and as added.",
}
_OTHER_KEY = {
    "sl": "Različici imata različna ključa, zato objektov ni mogoče primerjati med seboj.",
    "en": "The two versions have different keys, so their features cannot be compared with each other.",
}
_MEASURES = {"polygon": ("area_difference_m2", 2), "line": ("length_difference_m", 3)}


@dataclass(frozen=True)
class ChangesQuestion:
    """Which two versions, and which of their differences; without `limit` all of them."""

    before: PublishedLayer
    after: PublishedLayer
    kind: Kind | None = None
    after_place: Place | None = None
    limit: int | None = None


def write_changes(
    database: Database,
    question: ChangesQuestion,
    form: ChangesFormat,
    find_links: Callable[[Place | None], list[dict[str, str]]],
) -> Generator[bytes]:
    """The document in chunks. `find_links` gets the place of the last one when more follow, else None.

    Raises GoneError, UnavailableError before the first chunk.
    """
    counts = read_counts(database, question.before, question.after)
    told = describe_comparison(question.before, question.after, counts)
    matched = counts.of_kind(question.kind)
    changes = read_changes(
        database,
        question.before,
        question.after,
        kind=question.kind,
        after_place=question.after_place,
        limit=None if question.limit is None else question.limit + 1,
    )

    def finish(returned: int, last: Place | None) -> Json:
        return {"numberMatched": matched, "numberReturned": returned, "links": find_links(last)}

    if form == "json":
        opening = orjson.dumps(told)[:-1] + b',"changes":['
        yield from _write(question, opening, changes, lambda change: describe_change(question, change), finish)
    else:
        opening = b'{"type":"FeatureCollection","features":['

        def finish_collection(returned: int, last: Place | None) -> Json:
            return {**told, **finish(returned, last)}

        yield from _write(question, opening, changes, None, finish_collection)


def describe_comparison(before: PublishedLayer, after: PublishedLayer, counts: ChangeCounts) -> Json:
    """What was compared and how much differs."""
    columns = compare_columns(before, after)
    old, new = before.manifest.key, after.manifest.key
    note = _OTHER_KEY if old != new else _NO_KEY if not new else None
    return {
        "layer": after.id,
        "from": _version(before),
        "to": _version(after),
        "compared_by": "key" if new and old == new else "content",
        "note": note,
        "columns": {"added": columns.added, "removed": columns.removed, "retyped": columns.retyped},
        "counts": counts.as_json(),
    }


def describe_change(question: ChangesQuestion, change: Change) -> Json:
    """One feature that differs, with the columns that do in plain words too; no geometry."""
    told: Json = {"key": change.key, "title": change.title, "change": change.change, "kinds": change.kinds}
    if change.change == "changed":
        differences = [
            {
                "column": each.name,
                "title": both_languages(question.after.manifest.columns[each.name].title),
                "before": each.before,
                "after": each.after,
                "before_words": _words(question.before.manifest, each.name, each.before),
                "after_words": _words(question.after.manifest, each.name, each.after),
            }
            for each in change.differences
        ]
        return {**told, "differences": differences, **_measures(question, change)}
    return {**told, **({"after": change.after} if change.before is None else {"before": change.before})}


def write_feature(question: ChangesQuestion, change: Change) -> bytes:
    """One feature as GeoJSON: the new geometry, or the old one of what was removed.

    `before` and `after` hold the columns that differ; of an added or removed feature all of them.
    """
    before, after = change.before, change.after
    if change.change == "changed":
        before = {each.name: each.before for each in change.differences}
        after = {each.name: each.after for each in change.differences}
    properties = {
        "change": change.change,
        "kinds": change.kinds,
        "title": change.title,
        "before": before,
        "after": after,
        **_measures(question, change),
    }
    geometry = change.geojson.encode() if change.geojson is not None else b"null"
    parts = (b'{"type":"Feature","id":', orjson.dumps(change.key), b',"geometry":', geometry)
    return b"".join([*parts, b',"properties":', orjson.dumps(properties), b"}"])


def say_stored(manifest: Manifest, name: str, value: Value, language: str) -> str | None:
    """A value as it came from JSON in plain words; dates are text there."""
    if value is not None and manifest.columns[name].type == "date":
        return say_value(manifest, name, date.fromisoformat(str(value)), language)
    return say_value(manifest, name, value, language)


def _write(
    question: ChangesQuestion,
    opening: bytes,
    changes: Iterable[Change],
    describe: Callable[[Change], Json] | None,
    finish: Callable[[int, Place | None], Json],
) -> Generator[bytes]:
    chunk, size, returned, last, more = [opening], 0, 0, None, False
    for change in changes:
        if returned == question.limit:
            more = True
            break
        item = orjson.dumps(describe(change)) if describe else write_feature(question, change)
        chunk.append(b"," + item if returned else item)
        size, returned, last = size + len(item), returned + 1, change.place
        if size >= CHUNK_BYTES:
            yield b"".join(chunk)
            chunk, size = [], 0
    members = orjson.dumps(finish(returned, last if more else None))
    yield b"".join([*chunk, b"],", members[1:]])


def _version(layer: PublishedLayer) -> Json:
    return {
        "number": layer.number,
        "token": layer.token,
        "state_date": layer.state_date.isoformat(),
        "loaded_at": layer.loaded_at.isoformat(),
        "features": layer.row_count,
    }


def _words(manifest: Manifest, name: str, value: Value) -> Mapping[str, str] | None:
    if value is None:
        return None
    return {language: say_stored(manifest, name, value, language) or "" for language in ("sl", "en")}


def _measures(question: ChangesQuestion, change: Change) -> Json:
    """By how much the geometry differs: area or length, and how far the label point moved."""
    if not change.geometry:
        return {}
    measure = _MEASURES.get(question.after.manifest.geometry.kind)
    sizes = {} if measure is None else {measure[0]: _rounded(change.size_difference, measure[1])}
    return {**sizes, "label_moved_m": _rounded(change.moved_m, 3)}


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits) + 0.0
