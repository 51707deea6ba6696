"""Columns handled as a whole give what their values give one by one: parsing, and fields of a COPY row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from layers.reading.copyrows import encode, encode_all
from layers.reading.job import StoredColumn
from layers.reading.values import FieldError, parse_all, parser

DAY = dt.date(2026, 3, 1)
COLUMNS: list[tuple[Any, list[object]]] = [
    ("text", ["a", " č ", "", None, "two\nlines"]),
    ("text", ["C\u030c", "plain"]),
    ("text", ["a", 5, 2.5, True]),
    ("integer", [1, None, -(2**60)]),
    ("integer", [1, "2", 3.0]),
    ("number", [1.5, None, -0.0]),
    ("number", [1.5, 2, "3.5"]),
    ("date", ["2026-03-01", "1. 3. 2026", None, ""]),
    ("date", [DAY, None, dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC)]),
    ("boolean", [True, "da", 0, None]),
    ("text", []),
]


@pytest.mark.parametrize(("kind", "values"), COLUMNS)
def test_a_column_is_parsed_like_its_values(kind: Any, values: list[object]) -> None:
    """The short way and the long one agree, types included."""
    parse = parser(kind)
    expected = [parse(value) for value in values]

    found = parse_all(kind, ".", values)

    assert found == expected
    assert list(map(type, found)) == list(map(type, expected))


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        ("text", "NUL \x00"),
        ("text", "\x85"),
        ("text", "\ud800"),
        ("text", "1.0014E+17"),
        ("text", "x" * 100_001),
        ("integer", 2**63 - 1),
        ("integer", 2**70),
        ("integer", "12a"),
        ("number", float("inf")),
        ("number", float("nan")),
        ("date", "2026-02-30"),
        ("boolean", "maybe"),
    ],
)
def test_a_bad_value_is_refused_with_its_place_and_the_same_reason(kind: Any, bad: object) -> None:
    """Looking at a whole column lets nothing through that one value alone would not pass."""
    good = {"text": "a", "integer": 1, "number": 1.5, "date": "2026-03-01", "boolean": True}[kind]
    with pytest.raises(ValueError, match=r".") as alone:
        parser(kind)(bad)

    with pytest.raises(FieldError) as refused:
        parse_all(kind, ".", [good, good, bad, good])

    assert refused.value.place == 2
    assert str(refused.value) == str(alone.value)


def test_columns_side_by_side_are_written_like_each_alone() -> None:
    """Fields of fixed width are joined row by row; columns with unknown values among them change nothing."""
    values: dict[str, Any] = {
        "fid": np.array([1, 2**52 - 1]),
        "size": np.array([1.5, np.nan]),
        "zoom": np.array([3, -4], dtype=np.int16),
        "day": [DAY, dt.date(1899, 12, 31)],
        "open": [True, False],
        "share": [0.1, None],
        "name": ["č", None],
        "count": [5, -(2**62)],
    }
    kinds: list[Any] = [
        "bigint", "real", "smallint", "date", "boolean", "double precision", "text", "bigint"
    ]  # fmt: skip
    columns = [StoredColumn(name=name, type=kind) for name, kind in zip(values, kinds, strict=True)]
    alone = [encode(column, values[column.name]) for column in columns]

    together = encode_all(columns, values)

    assert len(together) < len(columns)
    assert [b"".join(row) for row in zip(*together, strict=True)] == [
        b"".join(row) for row in zip(*alone, strict=True)
    ]
