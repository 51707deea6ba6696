"""A parcel is found by whatever people have in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gis.errors import NotFoundError, RequestError
from layers.catalogue import Catalogue
from layers.parcels import MAX_PARCELS, Found, Parcels, find_parcel_layer, parse_numbers, write_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.portal import Portal

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def published(town: Database) -> Sequence[PublishedLayer]:
    """The layers of the town."""
    return Catalogue(town).published()


@pytest.fixture(scope="module")
def parcels(town: Database, town_portal: Portal) -> Parcels:
    """Whoever finds parcels in the town."""
    return Parcels(town, town_portal)


@pytest.fixture(scope="module")
def find(parcels: Parcels, published: Sequence[PublishedLayer]) -> Callable[[str], Found]:
    """Finds what a text means."""
    return lambda text: parcels.find(text, published)


def paths(found: Found) -> list[str]:
    """The addresses of what was found."""
    return [parcel.path for parcel in found.parcels]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9001 2/1", ["9001/2/1"]),
        ("9001-2/1", ["9001/2/1"]),
        ("2/1 k.o. Lipovec", ["9001/2/1"]),
        ("parc. št. 60/1 k. o. žaga pri lipovcu", ["9002/60/1"]),
        ("9001 *1", ["9001/*1"]),
        ("9001 1", []),
        ("*6", ["9002/*6"]),
        ("9001 2/1, 2/2, 3", ["9001/2/1", "9001/2/2", "9001/3"]),
        ("9001 10, *1, 2/1", ["9001/2/1", "9001/10", "9001/*1"]),
        ("100100001379837239", ["9001/2"]),
        ("EID 100100001379837239", ["9001/2"]),
        ("100100009999999999", []),
        ("507030 135010", ["9001/1/1"]),
        ("507020 135020", ["9001/1/1", "9001/6", "9001/6/1", "9001/*1"]),
        ("Šoštanjska cesta 1, Lipovec", ["9001/*1"]),
        ("sostanjska cesta 1", ["9001/*1"]),
        ("Glavni trg 1 Lipovec", ["9001/*1"]),
    ],
)
def test_what_people_type(find: Callable[[str], Found], text: str, expected: list[str]) -> None:
    """Numbers with KO by code or name, lists, EIDs, points and addresses lead to parcels."""
    found = find(text)

    assert (paths(found) if found.exact else []) == expected


def test_a_number_in_two_municipalities_is_both(find: Callable[[str], Found]) -> None:
    """A number without KO is looked for in all of them; the asterisk is part of the number."""
    assert paths(find("*1")) == ["9001/*1"]
    assert paths(find("51/1")) == ["9002/51/1"]


def test_a_list_tells_what_is_missing(find: Callable[[str], Found]) -> None:
    """Of a list, numbers that no parcel has are told; the others are found."""
    found = find("9001 2/1, 777, 3")

    assert (paths(found), found.missing, found.is_list) == (["9001/2/1", "9001/3"], ("777",), True)


def test_what_nobody_has_leads_to_what_begins_so(find: Callable[[str], Found]) -> None:
    """Without an exact parcel those whose number begins so are offered, and said not to be exact."""
    found = find("9002 100")

    assert (found.exact, found.missing) == (True, ())
    assert not find("9002 77777").parcels
    assert (find("9002 9").exact, find("9002 9").missing) == (False, ("9",))
    assert all(parcel.number.startswith("9") for parcel in find("9002 9").parcels)


def test_facts_of_a_parcel(find: Callable[[str], Found]) -> None:
    """Name of the KO, EID as text and registered area come with a parcel."""
    (parcel,) = find("9001 2/1").parcels

    assert (parcel.ko_name, parcel.eid, parcel.registered_m2) == ("Lipovec", "100100001379837240", 400.0)


def test_parcels_by_address(parcels: Parcels, published: Sequence[PublishedLayer]) -> None:
    """The parts of an address name parcels exactly, in natural order, and nothing else."""
    layer, _ = find_parcel_layer(published)

    found = parcels.find_named("9001", ("10", "2/1", "nothing", "2\x00"), layer)

    assert [parcel.number for parcel in found] == ["2/1", "10"]
    assert parcels.find_named("9001-2", ("1",), layer) == ()
    assert parcels.find_named("", ("9001-2",), layer) == ()


def test_numbers_in_an_address() -> None:
    """Numbers are split at commas, each once; more than an official request may name are refused."""
    assert parse_numbers("500/1,500/2, 505,500/1") == ("500/1", "500/2", "505")
    assert write_path("964", ["*45", "1/2", "č"]) == "964/*45,1/2,%C4%8D"
    with pytest.raises(RequestError):
        parse_numbers(",".join(map(str, range(MAX_PARCELS + 1))))


def test_a_portal_without_parcels_says_so(parcels: Parcels, published: Sequence[PublishedLayer]) -> None:
    """Without a layer of parcels nothing can be found, and that is another answer than *not found*."""
    others = [layer for layer in published if layer.id != "parcels"]

    with pytest.raises(NotFoundError, match="No layer of parcels"):
        parcels.find("9001 1", others)


def test_a_text_without_end_is_refused(find: Callable[[str], Found]) -> None:
    """A question has the length of a question."""
    with pytest.raises(RequestError):
        find("1" * 201)
