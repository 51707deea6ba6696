"""Pasted lists: what a line may mean, and which parcels the lines mean together."""

from __future__ import annotations

import pytest

from gis.errors import RequestError
from layers.parcels import FoundParcel
from layers.selecting.lists import MAX_LINES, MAX_LIST_LENGTH, parse_list
from layers.selecting.names import MAX_SELECTED, parse_names, write_names
from layers.selecting.resolving import ListResolver

NAMES = (("964", "123/4"), ("964", "500/1"), ("964", "500/2"), ("964", "512"), ("959", "500/2"), ("959", "7"))
CODES = {"velenje": ("964",), "sostanj": ("959",)}


@pytest.fixture(scope="module")
def resolver() -> ListResolver:
    """Two cadastral municipalities that share the number 500/2."""
    parcels = [
        FoundParcel(fid, f"{ko}-{number}", ko, None, number, f"10010000137983723{fid}", 400.0)
        for fid, (ko, number) in enumerate(NAMES)
    ]
    return ListResolver(parcels, CODES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("964 123/4|964 500/1", ["964-123/4", "964-500/1"]),
        ("964 123/4, 500/1|959 7", ["964-123/4", "964-500/1", "959-7"]),
        ("964 500/1|500/2", ["964-500/1", "964-500/2"]),
        ("959 7|500/2", ["959-7", "959-500/2"]),
        ("500/1 k.o. Velenje|500/2 k.o. Šoštanj", ["964-500/1", "959-500/2"]),
        ("100100001379837235", ["959-7"]),
        ("964;123/4;512", ["964-123/4"]),
        ("964;Velenje;123/4;512;512,00", ["964-123/4"]),
        ('"964";"500/1"', ["964-500/1"]),
        ("123/4;964", ["964-123/4"]),
        ("964-123/4;512", ["964-123/4"]),
        ("123/4", ["964-123/4"]),
        ("964 7|964 512", ["964-512"]),
        ("964 512|964 512", ["964-512"]),
    ],
)
def test_what_lists_mean(resolver: ListResolver, text: str, expected: list[str]) -> None:
    """Lines, commas, columns of a table, names of a KO, and the KO of the line before."""
    assert [each.key for each in resolver.resolve(parse_list(text)).parcels] == expected


@pytest.mark.parametrize(
    ("text", "missing", "unclear"),
    [
        ("964 999", ["964 999"], []),
        ("964 512, 999", ["964 999"], []),
        ("KO;Parcela;Površina|964;512;1", ["KO;Parcela;Površina"], []),
        ("500/2", [], ["500/2"]),
        ("964 123/4 512", [], ["964 123/4 512"]),
        ("100100009999999999", ["100100009999999999"], []),
        ("Dragi občan!", ["Dragi občan!"], []),
    ],
)
def test_what_is_not_chosen_is_told(
    resolver: ListResolver, text: str, missing: list[str], unclear: list[str]
) -> None:
    """What no parcel has is missing; what may mean several, or be an area, is unclear and not chosen."""
    resolved = resolver.resolve(parse_list(text))

    assert (list(resolved.missing), list(resolved.unclear)) == (missing, unclear)


def test_a_long_list_is_read_to_its_end(resolver: ListResolver) -> None:
    """A line of a hundred numbers is not cut where the search box would cut it."""
    numbers = ", ".join(str(number) for number in range(1000, 1100))

    resolved = resolver.resolve(parse_list(f"964 {numbers}, 512"))

    assert [each.key for each in resolved.parcels] == ["964-512"]
    assert len(resolved.missing) == 100


@pytest.mark.parametrize("text", ["", " | ;", "a" * (MAX_LIST_LENGTH + 1), "|".join(["1"] * (MAX_LINES + 1))])
def test_bounds_of_a_list(text: str) -> None:
    """An empty list and one that is too long are refused by name."""
    with pytest.raises(RequestError, match="list"):
        parse_list(text)


def test_names_are_written_as_they_are_read() -> None:
    """KO by KO, each parcel once."""
    names = parse_names("964:123/4,*45,500/1,123/4;959:7;964:512")

    assert names == (("964", "123/4"), ("964", "*45"), ("964", "500/1"), ("959", "7"), ("964", "512"))
    assert parse_names(write_names(names)) == (*names[:3], names[4], names[3])


@pytest.mark.parametrize("text", ["", "964", "964:", ":1", "964:1;", "964:" + ",".join(map(str, range(501)))])
def test_bounds_of_names(text: str) -> None:
    """What is no KO with numbers is refused, and so is more than fits into an answer."""
    assert MAX_SELECTED == 500
    with pytest.raises(RequestError, match="parcels"):
        parse_names(text)
