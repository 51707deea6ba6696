"""Sentences of server-made pages: grammatical number, numbers, dates, areas and lengths in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from viewer.phrases import Phrases

SL, EN = Phrases("sl"), Phrases("en")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 sprememb podatkov"),
        (1, "1 sprememba podatkov"),
        (2, "2 spremembi podatkov"),
        (3, "3 spremembe podatkov"),
        (4, "4 spremembe podatkov"),
        (5, "5 sprememb podatkov"),
        (11, "11 sprememb podatkov"),
        (101, "101 sprememba podatkov"),
        (8702, "8.702 spremembi podatkov"),
    ],
)
def test_slovenian_has_four_forms(count: int, said: str) -> None:
    """The form goes by the last two digits, and thousands are grouped with a dot."""
    assert SL.count("about.changed_attributes", count) == said


def test_english_has_two_forms() -> None:
    """One feature, and any other number of features, zero included."""
    assert [EN.count("about.rows", count) for count in (0, 1, 2, 101, 8719)] == [
        "0 features",
        "1 feature",
        "2 features",
        "101 features",
        "8,719 features",
    ]


def test_numbers_with_decimals() -> None:
    """Comma and dot change places between the languages."""
    assert SL.area(12345.678) == "12.345,68\u00a0m²"
    assert EN.area(12345.678) == "12,345.68\u00a0m²"


@pytest.mark.parametrize(
    ("metres", "said"), [(0.05, "5\u00a0cm"), (1.0, "1\u00a0m"), (1.5, "1,5\u00a0m"), (1200.0, "1.200\u00a0m")]
)
def test_lengths(metres: float, said: str) -> None:
    """Below a metre people count in centimetres."""
    assert SL.length(metres) == said


def test_dates_stay_on_one_line() -> None:
    """1. 3. 2026 with spaces that do not break; a moment has the time of the server's zone."""
    moment = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
    local = moment.astimezone()

    assert SL.date(date(2026, 3, 1)) == "1.\u00a03.\u00a02026"
    assert EN.date(date(2026, 3, 1)) == "1\u00a0March\u00a02026"
    assert SL.moment(moment) == f"{SL.date(local.date())} ob {local.hour}.05"
