"""Addresses are read out of what people type, and words with typing errors are recognised."""

from __future__ import annotations

import pytest

from layers.searching.typed_addresses import TypedAddress, distance, nearest, parse_addresses


@pytest.mark.parametrize(
    ("text", "words", "house"),
    [
        ("Ulica heroja Staneta 1a", "ulica heroja staneta", "1a"),
        ("ul. heroja Staneta 1 a", "ulica heroja staneta", "1a"),
        ("1A Ulica heroja Staneta", "ulica heroja staneta", "1a"),
        ("heroja Staneta 1 a, Velenje", "heroja staneta velenje", "1a"),
        ("Šaleška c. 19, 3320 Velenje", "saleska cesta velenje", "19"),
        ("Nab.Marije 7", "nabrezje marije", "7"),
        ("Ulica 4. oktobra 5", "ulica 4 oktobra", "5"),
        ("Šaleška cesta", "saleska cesta", None),
    ],
)
def test_words_and_house_number(text: str, words: str, house: str | None) -> None:
    """The likeliest reading tells the name from the number, wherever it stands and whatever is abbreviated."""
    assert parse_addresses(text)[0] == TypedAddress(tuple(words.split()), house)


def test_a_postcode_may_stand_alone_before_a_place() -> None:
    """`3320 Velenje` is also read as the place without its code."""
    assert TypedAddress(("velenje",), None) in parse_addresses("3320 Velenje")


@pytest.mark.parametrize("text", ["", "5", "964 123/4", "*45", "  , ;"])
def test_without_a_word_there_is_no_address(text: str) -> None:
    """Numbers alone are parcels or coordinates."""
    assert parse_addresses(text) == ()


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("ulica", "ulica", 0),
        ("ulcia", "ulica", 1),
        ("ulca", "ulica", 1),
        ("velnj", "velenje", 2),
        ("a", "bcd", 3),
    ],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    """A changed, missing, added or swapped letter is one slip; beyond the limit counting stops."""
    assert distance(one, other, most=2) == slips


def test_words_that_may_be_meant() -> None:
    """Fewest slips first; short words are taken as typed, long ones also while they are being typed."""
    assert nearest("kidriceva", ["kidriceva", "kidriceve", "kovaceva"]) == (("kidriceva", 0), ("kidriceve", 1))
    assert nearest("sosatn", ["sostanjska", "cesta"]) == (("sostanjska", 1),)
    assert nearest("pot", ["pet", "pod"]) == ()
