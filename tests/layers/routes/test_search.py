"""The search box: parcel numbers, addresses without accents, coordinates."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from layers.loading.retire import drop_table
from layers.searching.statements import natural_order

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


@pytest.mark.parametrize(
    "text", ["šoštanjska c. 12 a", "12a Sostanjska cesta", "sostanska cesta 12A", "Šotšanjska cseta 12a, Žaga"]
)
def test_a_house_with_its_letter(asked: Callable[..., Any], text: str) -> None:
    """Number first or last, the letter apart, abbreviated, with slips: the one house comes first."""
    assert _titles(asked("/search", q=text), "address")[0] == "Šoštanjska cesta 12a, Žaga"


def test_a_street_is_one_result(asked: Callable[..., Any]) -> None:
    """A street without a number is found with its extent and its houses, which follow in natural order."""
    answer = asked("/search", q="glavni trg")
    street = next(group for group in answer["groups"] if group["kind"] == "street")
    first = street["results"][0]

    assert [each["title"] for each in street["results"]] == ["Glavni trg, Lipovec", "Glavni trg, Žaga"]
    assert (first["id"], first["layer"], first["subtitle"], first["exact"]) == (
        None, "addresses", "10 hišnih številk", True,
    )  # fmt: skip
    west, south, east, north = first["bbox_native"]
    assert (west, south, east, north) == (507009, 135006, 507153, 135042)
    assert first["point"]["e"] == (west + east) / 2
    assert _titles(answer, "address")[:3] == [f"Glavni trg {number}, Lipovec" for number in (1, 2, 3)]


def test_a_house_that_is_not_there_leaves_the_street(asked: Callable[..., Any]) -> None:
    """Nobody is left with nothing for a number that the register does not have."""
    assert _titles(asked("/search", q="Glavni trg 999"), "street") == [
        "Glavni trg, Lipovec",
        "Glavni trg, Žaga",
    ]


def test_what_was_probably_meant_is_said(asked: Callable[..., Any]) -> None:
    """Only answers to a slip are marked as alike."""
    assert asked("/search", q="Kidricva ulcia 3")["alike"] is True
    assert asked("/search", q="Kidriceva ulica 3")["alike"] is False


def test_a_parcel_by_its_identifier(asked: Callable[..., Any]) -> None:
    """The 18 digits, with or without the word."""
    for text in ("100100001379837236", "EID 100100001379837236"):
        assert _titles(asked("/search", q=text), "parcel") == ["9001 1/1"]


@pytest.mark.parametrize("text", ["EUP K1", "NRP k1", "K 1", "k-1"])
def test_a_zone_as_people_name_it(asked: Callable[..., Any], text: str) -> None:
    """With the words that only say what it is, and with a space or hyphen that the plan does not write."""
    assert _titles(asked("/search", q=text), "zone") == ["K1"]


def test_how_coordinates_were_read_is_told(asked: Callable[..., Any]) -> None:
    """D48/GK and a swapped order are said in the reader's language."""
    d48 = asked("/search", q="D48 507401 134524", lang="sl")["groups"][0]["results"][0]
    swapped = asked("/search", q="135010 507030", lang="en")["groups"][0]["results"][0]

    assert d48["note"].startswith("prebrano kot D48/GK in preračunano v D96/TM, natančnost 0,")
    assert swapped["note"] == "read as D96/TM; the order was swapped: north stands before east"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("600000 50000", "coordinates_elsewhere"),
        ("60/1 k.o. Ljubljana", "unknown_place"),
        ("9001 7777", "no_such_parcel"),
        ("bcdfgh", "nothing"),
    ],
)
def test_why_nothing_was_found(asked: Callable[..., Any], text: str, advice: str) -> None:
    """A word that the page has a sentence for."""
    answer = asked("/search", q=text)

    assert (answer["groups"], answer["advice"]) == ([], advice)


def test_names_go_with_their_addresses(database: Database, publish: Callable[[Database, str], str]) -> None:
    """What an import makes beside the table is dropped with it."""
    publish(database, "addresses")
    statement = sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'data' ORDER BY tablename")
    with database.reading() as connection:
        before = connection.scalars(statement).all()

    drop_table(database, before[0])

    with database.reading() as connection:
        after = connection.scalars(statement).all()
    assert before == [before[0], f"{before[0]}_names", f"{before[0]}_words"]
    assert after == []
