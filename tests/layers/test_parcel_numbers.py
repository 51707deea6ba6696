"""Parcel numbers are read in the notations people use."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.parcel_numbers import MAX_READINGS, Reading, parse_readings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("964 123/4", [("964", "123/4")]),
        ("964-123/4", [("964", "123/4")]),
        ("123/4-964", [("964", "123/4")]),
        ("964/123/4", [("964", "123/4")]),
        ("964 – 123 / 4", [("964", "123/4")]),
        ("KO 964 123/4", [("964", "123/4")]),
        ("k.o. 964, 123/4", [("964", "123/4")]),
        ("123/4 k. o. 964", [("964", "123/4")]),
        ("964 Velenje 123/4", [("964", "123/4")]),
        ("parc. št. 123/4, k.o. 964 Velenje", [("964", "123/4")]),
        ("del parcele 12/1", [(None, "12/1")]),
        ("1587", [(None, "1587")]),
        ("*45", [(None, "*45")]),
        ("964 *45", [("964", "*45")]),
        ("stp. 45", [(None, "*45")]),
        ("964 stp 45/2", [("964", "*45/2")]),
        ("964 500/1, 500/2, 505", [("964", "500/1"), ("964", "500/2"), ("964", "505")]),
        ("500/1, 500/2", [(None, "500/1"), (None, "500/2")]),
        ("９６４　１２３/４", [("964", "123/4")]),
    ],
)
def test_notations(text: str, expected: list[tuple[str | None, str]]) -> None:
    """Each notation is read as cadastral municipality and number."""
    assert [(reading.ko_code, reading.number) for reading in parse_readings(text)] == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("123/4 k.o. Velenje", "velenje"),
        ("12 Šmartno ob Paki", "smartno ob paki"),
        ("k.o. Stara vas 12", "stara vas"),
    ],
)
def test_a_name_in_place_of_the_code(text: str, name: str) -> None:
    """The cadastral municipality may be given by name; it comes folded."""
    (reading,) = parse_readings(text)

    assert (reading.ko_code, reading.ko_name) == (None, name)


def test_two_plain_numbers_are_read_both_ways() -> None:
    """`123 964` may be KO 123 or KO 964; which parcel exists decides."""
    assert parse_readings("123 964") == (Reading("964", "123"), Reading("123", "964"))


def test_a_list_without_ko_is_also_read_as_ko_and_number() -> None:
    """`500, 505` is two parcels, unless KO 500 has a parcel 505."""
    assert set(parse_readings("500, 505")) == {Reading("505", "500"), Reading("500"), Reading("505")}


@pytest.mark.parametrize(
    "text",
    ["", " ", "Kidričeva 12a", "' or 1=1--", "%", "_", "\\", "123/4/5/6", "12345678", "é", "🏠 12", "1;DROP"],
)
def test_other_texts_are_no_parcels(text: str) -> None:
    """House numbers with letters, signs and overlong numbers are left to the other searches."""
    assert [reading for reading in parse_readings(text) if reading.ko_name != "drop"] == []


@given(st.text(max_size=200))
def test_any_text_gives_valid_numbers_or_none(text: str) -> None:
    """Whatever comes out is a parcel number, and there are never too many."""
    readings = parse_readings(text)

    assert len(readings) <= MAX_READINGS
    assert all(re.fullmatch(r"\*?[0-9]{1,7}(/[0-9]{1,6})?", reading.number) for reading in readings)
