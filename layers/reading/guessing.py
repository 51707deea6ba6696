"""Guesses for the draft of a manifest: types of columns, and which columns of a CSV are coordinates.

Only `inspect` guesses; an import does what the manifest says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from layers.folding import fold
from layers.reading.values import parse_date, parser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.manifest import ColumnType

# Pairs of names that coordinates have, east first.
_PAIRS = (
    ("cen_e", "cen_n"),
    ("e_cen", "n_cen"),
    ("e", "n"),
    ("east", "north"),
    ("easting", "northing"),
    ("koord_e", "koord_n"),
    ("x", "y"),
    ("x_coord", "y_coord"),
    ("coord_x", "coord_y"),
    ("lon", "lat"),
    ("lng", "lat"),
    ("long", "lat"),
    ("geo_dolz", "geo_sir"),
    ("longitude", "latitude"),
)
# Slovenian coordinates: east is 370-630 km, north 30-200 km, in D96 and D48 alike.
_SMALLEST_EAST, _LARGEST_NORTH = 370_000, 200_000
# A code with so many digits is an identifier, which JavaScript and a clerk's spreadsheet would round.
_MOST_DIGITS = 15
_STATED: dict[str, ColumnType] = {"bool": "boolean", "date": "date", "datetime": "date"}


@dataclass(frozen=True)
class Coordinates:
    """The coordinate columns of a CSV and the decimal sign of their numbers."""

    x: str
    y: str
    decimal: Literal[".", ","]


def guess_coordinates(names: Sequence[str], records: Sequence[Sequence[str]]) -> Coordinates | None:
    """The columns named like coordinates that hold numbers; Y and X of D48, where Y is east, are told apart."""
    folded = [fold(name) for name in names]
    for east, north in _PAIRS:
        if east in folded and north in folded:
            at_x, at_y = folded.index(east), folded.index(north)
            xs, ys = _numbers(records, at_x), _numbers(records, at_y)
            if xs and ys:
                if max(xs) < _LARGEST_NORTH and min(ys) > _SMALLEST_EAST:
                    at_x, at_y = at_y, at_x
                comma = any("," in record[place] for record in records for place in (at_x, at_y))
                return Coordinates(names[at_x], names[at_y], "," if comma else ".")
    return None


def guess_type(stated: str | None, values: Sequence[object]) -> ColumnType:
    """The manifest's type for a column, from what the format says of it and from its first values."""
    kind = (stated or "").split(":")[0]
    if kind in _STATED:
        return _STATED[kind]
    if kind.startswith("int"):
        return "text" if any(_is_identifier(value) for value in values) else "integer"
    if kind == "float":
        return "integer" if values and all(_is_whole(value) for value in values) else "number"
    texts = [str(value) for value in values]
    return _guess_from_texts(texts) if stated is None else _guess_date(texts)


def _guess_date(texts: Sequence[str]) -> ColumnType:
    return "date" if texts and all(_is_date(text) for text in texts) else "text"


def _guess_from_texts(texts: Sequence[str]) -> ColumnType:
    if not texts:
        return "text"
    if all(re.fullmatch(r"-?(0|[1-9]\d{0,8})", text.strip()) for text in texts):
        return "integer"
    if all(re.fullmatch(r"-?\d+[.,]\d+|-?(0|[1-9]\d{0,8})", text.strip()) for text in texts):
        return "number"
    return _guess_date(texts)


def _is_date(text: str) -> bool:
    if not re.search(r"[-/.]", text):
        return False
    try:
        return parse_date(text) is not None
    except ValueError:
        return False


def _is_whole(value: object) -> bool:
    return isinstance(value, float) and value.is_integer() and abs(value) < 10**_MOST_DIGITS


def _is_identifier(value: object) -> bool:
    return isinstance(value, int) and len(str(abs(value))) > _MOST_DIGITS


def _numbers(records: Sequence[Sequence[str]], place: int) -> list[float]:
    parse = parser("number", ",")
    numbers = []
    for record in records:
        text = record[place].strip()
        if text:
            try:
                value = parse(text if "," in text else text.replace(".", ","))
            except ValueError:
                return []
            numbers.append(float(str(value)))
    return numbers
