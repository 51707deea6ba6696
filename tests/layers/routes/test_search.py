"""The search box: parcel numbers, addresses without accents, coordinates."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from layers.search_statements import natural_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.database import Database


pytestmark = pytest.mark.database


def _titles(answer: Any, kind: str) -> list[str]:
    return [
        result["title"] for group in answer["groups"] if group["kind"] == kind for result in group["results"]
    ]


@pytest.mark.parametrize(
    "text",
    [
        "9001 1/1",
        "9001-1/1",
        "1/1-9001",
        "1/1 k.o. Lipovec",
        "parc. št. 1/1, k.o. 9001 Lipovec",
        "1 / 1 KO lipovec",
    ],
)
def test_a_parcel_in_every_notation(asked: Callable[..., Any], text: str) -> None:
    """The one parcel comes first, exact, with where it lies."""
    (group,) = asked("/search", q=text)["groups"]
    first = group["results"][0]

    assert (group["layer"], group["kind"], group["title"]) == ("parcels", "parcel", "Parcele")
    assert (first["id"], first["title"], first["subtitle"], first["exact"]) == (
        "9001-1/1",
        "9001 1/1",
        "k.o. Lipovec",
        True,
    )
    assert first["bbox_native"] == [507020, 135000, 507040, 135020]
    assert 507020 < first["point"]["e"] < 507040
    assert 15.09 < first["point"]["lon"] < 15.1
    assert isinstance(first["fid"], int)


def test_numbers_in_natural_order(asked: Callable[..., Any]) -> None:
    """The exact number, then those that begin with it: parts before longer numbers, asterisks apart."""
    titles = _titles(asked("/search", q="9002 6", limit=50), "parcel")

    assert titles[:8] == [
        "9002 60",
        "9002 60/1",
        "9002 60/2",
        "9002 60/3",
        "9002 61/1",
        "9002 61/2",
        "9002 61/3",
        "9002 62",
    ]
    assert _titles(asked("/search", q="9001 1", limit=50), "parcel")[:6] == [
        "9001 1/1", "9001 1/2", "9001 1/3", "9001 10", "9001 10/1", "9001 10/2",
    ]  # fmt: skip


def test_natural_order_in_sql(town: Database) -> None:
    """2 before 10, 10/2 before 10/10, numbers longer than any integer in their place, asterisks apart."""
    numbers = ["1", "2", "10", "10/2", "10/10", "11", "123456789012345678901", "*2", "*10", "*10/1"]
    listed = sa.values(sa.column("number", sa.Text)).data([(each,) for each in sorted(numbers)]).alias()
    statement = sa.select(listed.c.number).order_by(*natural_order(listed.c.number))

    with town.reading() as connection:
        assert connection.scalars(statement).all() == numbers


def test_the_asterisk_is_part_of_the_number(asked: Callable[..., Any]) -> None:
    """`*1` and `1` are different parcels; old deeds write stp."""
    for text in ("*1", "stp. 1", "9001 *1"):
        first = asked("/search", q=text)["groups"][0]["results"][0]

        assert (first["id"], first["exact"]) == ("9001-*1", True)
    assert not [title for title in _titles(asked("/search", q="9001 1", limit=50), "parcel") if "*" in title]


def test_a_number_without_ko_is_looked_for_in_all(asked: Callable[..., Any]) -> None:
    """Both cadastral municipalities may have one; exact ones come first."""
    results = asked("/search", q="6", limit=50)["groups"][0]["results"]

    assert [result["title"] for result in results if result["exact"]] == ["9001 6"]
    assert {result["subtitle"] for result in results} == {"k.o. Lipovec", "k.o. Žaga pri Lipovcu"}


def test_a_list_of_parcels(asked: Callable[..., Any]) -> None:
    """`9001 2/1, 2/2, 3` finds the three of them first, in that order."""
    titles = _titles(asked("/search", q="9001 2/1, 2/2, 3"), "parcel")

    assert titles[:3] == ["9001 2/1", "9001 2/2", "9001 3"]


def test_a_ko_by_the_beginning_of_its_name(asked: Callable[..., Any]) -> None:
    """While a name is being typed it already limits the answer; an unknown name finds nothing."""
    assert _titles(asked("/search", q="60/1 k.o. žaga"), "parcel") == ["9002 60/1"]
    assert _titles(asked("/search", q="60/1 k.o. Velenje"), "parcel") == []


@pytest.mark.parametrize(
    "text",
    [
        "Šoštanjska cesta 1",
        "sostanjska cesta 1",
        "cesta sostanjska 1",
        "1 sost ces",
        "ŠOŠTANJSKA CESTA 1, LIPOVEC",
        unicodedata.normalize("NFD", "Šoštanjska cesta 1"),
    ],
)
def test_an_address_however_it_is_typed(asked: Callable[..., Any], text: str) -> None:
    """Without accents, in any order, in part, decomposed: house 1 before 10 and 11."""
    titles = _titles(asked("/search", q=text), "address")

    assert titles[0] == "Šoštanjska cesta 1, Lipovec"


def test_the_very_text_is_marked(asked: Callable[..., Any]) -> None:
    """Only a result with the whole text typed counts as exact."""
    (group,) = asked("/search", q="Glavni trg 1, Lipovec")["groups"]

    assert group["results"][0]["exact"] is True
    assert [result["exact"] for result in group["results"][1:]] == [False] * (len(group["results"]) - 1)


def test_a_slip_of_the_finger_is_forgiven(asked: Callable[..., Any]) -> None:
    """When nothing holds the words, the most similar texts are offered."""
    titles = _titles(asked("/search", q="Kidriceva ulcia"), "address")

    assert titles
    assert all(title.startswith("Kidričeva ulica") for title in titles)


@pytest.mark.parametrize("text", ["507030 135010", "E 507030, N 135010", "46.3547627 15.0913473"])
def test_coordinates(asked: Callable[..., Any], text: str) -> None:
    """Typed coordinates come back as a place of their own."""
    group = asked("/search", q=text, lang="en")["groups"][0]
    (place,) = group["results"]

    assert (group["kind"], group["title"], group["layer"]) == ("coordinates", "Coordinates", None)
    assert (place["point"]["e"], place["point"]["n"]) == pytest.approx((507030, 135010), abs=0.02)


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "%%%%", "a_b", "[a-z]*", "(.*)", "שלום", "🏠", "'; --", "x", "0", "ʼ", "a" * 200]
)
def test_odd_texts_find_nothing_and_break_nothing(asked: Callable[..., Any], text: str) -> None:
    """Wildcards mean themselves, other scripts and signs are only letters."""
    assert asked("/search", q=text)["groups"] == []


def test_limits_hold_for_each_layer(asked: Callable[..., Any]) -> None:
    """No group is longer than the limit."""
    answer = asked("/search", q="9001 1", limit=3)

    assert [len(group["results"]) for group in answer["groups"]] == [3]
