"""The answer as JSON: content, the hash of its canonical form, and the moment it was made beside it.

The hash is SHA-256 over the content in the JSON Canonicalization Scheme (RFC 8785), so that anybody can hold a
paper, a page and a file against each other; moment and addresses are not part of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.answer.changes import ParcelChange
    from layers.answer.facts import Answer, ParcelAnswer, ThemeAnswer

Json = dict[str, Any]

SCHEMA_PATH = "/parcels/schema"
# Beyond it two whole numbers may be one in JSON (RFC 8785, 3.2.2.3); identifiers are texts here.
_MOST = 2**53
_MOST_REPORTED = 20
_DRAWING_ONLY = frozenset({"shape", "versions", "bounds", "key"})


def build_document(
    answer: Answer,
    root: str,
    report: str | None = None,
    changes: tuple[ParcelChange, ...] | None = None,
) -> Json:
    """The whole document; `root` is what addresses are put behind, `report` where errors are told.

    `changes` is what is different today from the day that was asked about.
    """
    content = build_content(answer)
    return {
        "$schema": f"{root}{SCHEMA_PATH}",
        "url": f"{root}/parcels/{answer.path}",
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "as_of": answer.as_of.isoformat() if answer.as_of else None,
        "hash": hash_content(content),
        "reports": [
            {"parcel": parcel.path, "layer": theme.layer, "href": fill_in_report(report, parcel, theme, root)}
            for parcel in answer.parcels
            for theme in parcel.themes
            if report is not None
        ],
        "changes_until_now": _write(changes) if changes is not None else None,
        "content": content,
    }


def fill_in_report(template: str, parcel: ParcelAnswer, theme: ThemeAnswer, root: str) -> str:
    """The address for errors in the data of a theme, with ids and coordinates filled in and quoted."""
    features = [key for each in theme.restrictions for key in each.features][:_MOST_REPORTED]
    values = {
        "ko": parcel.ko,
        "number": parcel.number,
        "layer": theme.layer,
        "features": ", ".join(features),
        "east": f"{parcel.east:.1f}",
        "north": f"{parcel.north:.1f}",
        "page": f"{root}/parcels/{parcel.path}",
    }
    return template.format(**{name: quote(value, safe="") for name, value in values.items()})


def build_content(answer: Answer) -> Json:
    """What is hashed: everything that is said, nothing about when and where it was asked."""
    content = _write(answer)
    return {name: value for name, value in content.items() if name not in ("as_of", "path")}


def hash_content(content: Mapping[str, Any]) -> str:
    """`sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(write_canonical(content)).hexdigest()}"


def write_canonical(content: Mapping[str, Any]) -> bytes:
    """The content as RFC 8785 has it: members sorted, no white space, whole numbers without a point.

    Member names here are ASCII, and numbers are 0 or between 1e-4 and 1e21, where orjson writes alike.
    """
    return orjson.dumps(_without_points(content), option=orjson.OPT_SORT_KEYS)


@lru_cache(maxsize=1)
def read_schema() -> Json:
    """The published JSON Schema of the document."""
    text = files("layers.answer").joinpath("answer.schema.json").read_bytes()
    schema: Json = orjson.loads(text)
    return schema


def _write(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple):
        return [_write(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    kind: Any = type(value)
    return {name: _write(getattr(value, name)) for name in _member_names(kind)}


@cache
def _member_names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.name not in _DRAWING_ONLY)


def _without_points(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_points(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_points(each) for each in value]
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < _MOST
    # Also -0.0, which the RFC writes as 0.
    return int(value) if is_whole else value
