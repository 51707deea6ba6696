"""A list of parcels as people paste it: from a letter, a table or our own CSV. Pure; nothing is looked up.

Lines stand with `|` between. In a line commas separate numbers, semicolons separate columns of a table. What a
line may mean comes in an order; which of it exists is asked elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gis.errors import RequestError
from layers.parcel_numbers import Reading, parse_readings

MAX_LIST_LENGTH = 6_000
MAX_LINES = 500
_EID = re.compile(r"(?:eid)?[ :]*([0-9]{15,20})", re.IGNORECASE)
# KO, name of the KO, number; KO and number; a notation that says it all.
_COLUMNS_READ = (3, 2, 1)


@dataclass(frozen=True)
class Line:
    """One line as typed, and what it may mean, likeliest first: an EID, or numbers of one KO.

    `is_unclear` is true when it holds several numbers and does not say that they are a list: the second may
    be an area just as well.
    """

    text: str
    meanings: tuple[tuple[Reading, ...], ...] = ()
    eid: str | None = None
    is_unclear: bool = False


def parse_list(text: str) -> tuple[Line, ...]:
    """The lines of a list, empty ones left out. Raises RequestError when it is too long."""
    if len(text) > MAX_LIST_LENGTH:
        raise RequestError("list", f"write at most {MAX_LIST_LENGTH} characters at once")
    lines = tuple(parse_line(each.strip()) for each in text.split("|") if each.strip(" ,;"))
    if not lines:
        raise RequestError("list", "it is empty: write parcels such as 9001 123/4")
    if len(lines) > MAX_LINES:
        raise RequestError("list", f"write at most {MAX_LINES} lines at once")
    return lines


def parse_line(text: str) -> Line:
    """What one line may mean."""
    columns = [column for each in text.split(";") if (column := each.strip(' "'))]
    if len(columns) < 2:
        plain = text.strip(' ";')
        if eid := _EID.fullmatch(plain):
            return Line(text, eid=eid.group(1))
        groups = _group(parse_readings(plain, most=MAX_LINES))
        is_unclear = "," not in plain and bool(groups) and len(groups[0]) > 1
        return Line(text, () if is_unclear else groups, is_unclear=is_unclear)
    meanings = [
        group
        for count in _COLUMNS_READ
        if count <= len(columns)
        for group in _group(parse_readings(" ".join(columns[:count])))
        if len(group) == 1
    ]
    return Line(text, tuple(dict.fromkeys(meanings)))


def _group(readings: tuple[Reading, ...]) -> tuple[tuple[Reading, ...], ...]:
    """Readings of one cadastral municipality together: they are meant together, the groups one or another."""
    groups: dict[tuple[str | None, str | None], list[Reading]] = {}
    for reading in readings:
        groups.setdefault((reading.ko_code, reading.ko_name), []).append(reading)
    return tuple(tuple(group) for group in groups.values())
