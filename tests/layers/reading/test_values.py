"""Values are read strictly: what people write is understood, and what cannot be is refused with the reason."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest

from layers.reading.values import parser

DAY = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  Šoštanj ", "Šoštanj"),
        ("text", "S\u030cos\u030ctanj", "Šoštanj"),
        ("text", "", None),
        ("text", 100100001379837235, "100100001379837235"),
        ("text", 964.0, "964"),
        ("text", True, "true"),
        ("text", ["a", 1], '["a", 1]'),
        ("integer", "0042", 42),
        ("integer", 7.0, 7),
        ("integer", "", None),
        ("integer", str(2**63 - 1), 2**63 - 1),
        ("number", " 12.5 ", 12.5),
        ("number", 3, 3.0),
        ("number", "1e3", 1000.0),
        ("number", "9007199254740992", 2.0**53),
        ("number", "12345678.123456789", 12345678.123456789),
        ("number", 1e20, 1e20),
        ("date", "2026-03-01", DAY),
        ("date", "2026/3/1", DAY),
        ("date", "01.03.2026", DAY),
        ("date", "1. 3. 2026", DAY),
        ("date", "20260301", DAY),
        ("date", "2026-03-01T12:30:00+01:00", DAY),
        ("date", "1.3.2026 0:00:00", DAY),
        ("date", DAY, DAY),
        ("date", dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC), DAY),
        ("date", "", None),
        ("boolean", "DA", True),
        ("boolean", "n", False),
        ("boolean", 1, True),
        ("boolean", None, None),
    ],
)
def test_what_people_write_is_understood(kind: Any, raw: object, value: object) -> None:
    """Slovenian and ISO dates, numbers as numbers or text, yes and no in two languages."""
    assert parser(kind)(raw) == value


@pytest.mark.parametrize(
    ("raw", "value"), [("450000,5", 450000.5), ("1.234,5", 1234.5), ("1.234.567", 1234567.0), ("7", 7.0)]
)
def test_decimal_comma_is_read_where_the_manifest_says_so(raw: str, value: float) -> None:
    """With decimal = "," points group thousands."""
    assert parser("number", ",")(raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "reason"),
    [
        ("text", "a\x00b", "NUL"),
        ("text", "\x8ako", "U+008A"),
        ("text", "\ud800", "not valid Unicode"),
        ("text", "x" * 100_001, "at most 100000"),
        ("text", b"\x01", "binary"),
        ("integer", "12.5", "not a whole number"),
        ("integer", str(2**63), "too large"),
        ("integer", "twelve", "is not a number"),
        ("number", "450000,5", 'decimal = ","'),
        ("number", "1.234,5", "is not a number"),
        ("number", "100100001379837235", "publish the column as text"),
        ("number", "-10000000000000000", "publish the column as text"),
        ("number", 2**53 + 1, "publish the column as text"),
        ("number", math.inf, "infinite"),
        ("number", "NaN", "is not a number"),
        ("number", "1e999", "infinite"),
        ("date", "0000-00-00", "not a day"),
        ("date", "2026-02-30", "not a day"),
        ("date", "12000-01-01", "is not a date"),
        ("date", "spring", "is not a date"),
        ("date", "1.3.26", "is not a date"),
        ("date", "1.3.2026 24:00", "is not a date"),
        ("date", "2026-03-01T24:00:00", "is not a date"),
        ("date", "2026-03-01 approx.", "is not a date"),
        ("text", "a\x0bb", "U+000B"),
        ("text", 100100001379837235.0, "must hold it as text"),
        ("text", 2**63 - 1, "must hold it as text"),
        ("text", "1,001E+17", "spreadsheet"),
        ("integer", 1e17, "must hold it as text"),
        ("boolean", "maybe", "neither yes nor no"),
    ],
)
def test_what_cannot_be_understood_is_refused(kind: Any, raw: object, reason: str) -> None:
    """Nothing is guessed away or silently made NULL."""
    with pytest.raises(ValueError, match=reason.replace("+", r"\+").replace("(", r"\(")):
        parser(kind)(raw)
