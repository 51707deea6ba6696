"""Streets, places and houses in a layer of addresses that has its names beside it.

First the street is found among the names, then the house in the street. When no name holds the words, each
word is held against the words of all names, and the names with the fewest slips are offered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from layers.features import reading_version
from layers.searching import address_statements as statements
from layers.searching.typed_addresses import TypedAddress, nearest, parse_addresses
from layers.table import SEARCH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.database import Database
    from layers.catalogue import PublishedLayer

_MOST_NAMES = 40
_MOST_HOUSES = 200
_MOST_SPELLINGS = 6
_MOST_BEGUN = 20
_MAX_VERSIONS = 256
_THRESHOLD = sa.select(sa.func.set_config("pg_trgm.similarity_threshold", statements.LEAST_LIKENESS, sa.true()))
_HOUSE = re.compile(r"(?:^| )([0-9]+(?:/[0-9]+)? ?[^\W\d_]?)(?=,|$)")

Row = sa.RowMapping


@dataclass(frozen=True)
class FoundAddresses:
    """Names and houses, best first; `house` is the number asked for."""

    names: tuple[Row, ...] = ()
    houses: tuple[Row, ...] = ()
    words: tuple[str, ...] = ()
    house: str | None = None

    def is_exact(self, house: Row) -> bool:
        """True when a house has the very number asked for."""
        match = _HOUSE.search(str(house[SEARCH]))
        return match is not None and match.group(1).replace(" ", "") == self.house

    def is_exact_name(self, name: Row) -> bool:
        """True when a street or place has the very name asked for."""
        return " ".join(self.words) in (name["street"], name["name"].replace(",", ""))


class AddressSearch:
    """Finds addresses; keeps only which versions have names beside them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._named: dict[int, bool] = {}

    def knows(self, layer: PublishedLayer) -> bool:
        """True for a layer of addresses whose names were made when it was loaded."""
        search = layer.manifest.search
        if search is None or search.kind != "address":
            return False
        known = self._named.get(layer.version_id)
        if known is None:
            known = bool(self._read(statements.select_whether_named(layer))[0][0])
            if len(self._named) >= _MAX_VERSIONS:
                self._named.clear()
            self._named[layer.version_id] = known
        return known

    def find(self, layer: PublishedLayer, text: str, *, limit: int) -> FoundAddresses:
        """What holds every word typed, of the likeliest reading that finds something."""
        left = FoundAddresses()
        for typed in parse_addresses(text):
            names = self._read_rows(statements.select_names(layer, typed.words, limit=_MOST_NAMES))
            found = self._find_houses(layer, typed, names, limit)
            if found.houses:
                return found
            left = left if left.names else found
        return left

    def find_alike(self, layer: PublishedLayer, text: str, *, limit: int) -> FoundAddresses:
        """What has words like those that were typed, with the fewest slips first."""
        for typed in parse_addresses(text)[:2]:
            spellings = self._spell(layer, typed.words)
            if all(spellings):
                spelled = statements.select_names_spelled(layer, spellings, limit=_MOST_NAMES)
                meant = TypedAddress(tuple(each[0] for each in spellings), typed.house)
                found = self._find_houses(layer, meant, self._read_rows(spelled), limit)
                if found.names:
                    return found
        return FoundAddresses()

    def _spell(self, layer: PublishedLayer, words: Sequence[str]) -> list[tuple[str, ...]]:
        """For each word the known words it may mean; those that begin so come first."""
        if not words:
            return [()]
        with reading_version(self._database, "api") as connection:
            connection.execute(_THRESHOLD)
            rows = connection.execute(statements.select_words_alike(layer, words)).all()
        spellings = []
        for word in words:
            known = [each for typed, each in rows if typed == word]
            begun = [each for each in known if each.startswith(word)]
            near = [each for each, _ in nearest(word, [each for each in known if each not in begun])]
            spellings.append((*begun[:_MOST_BEGUN], *near[:_MOST_SPELLINGS]))
        return spellings

    def _find_houses(
        self, layer: PublishedLayer, typed: TypedAddress, names: Sequence[Row], limit: int
    ) -> FoundAddresses:
        """The names found and the houses in them."""
        if not names:
            return FoundAddresses(words=typed.words, house=typed.house)
        if typed.house is None:
            houses = self._read_rows(statements.select_houses(layer, names[:1], "", limit=limit))
        else:
            some = statements.select_houses(layer, names, typed.house, limit=_MOST_HOUSES)
            houses = self._read_rows(some)
        found = FoundAddresses(tuple(names[:limit]), tuple(houses), typed.words, typed.house)
        places = {_bare(name["name"]): place for place, name in enumerate(reversed(names))}
        ranked = sorted(
            houses, key=lambda row: (not found.is_exact(row), -places.get(_bare(str(row[SEARCH])), -1))
        )
        return FoundAddresses(found.names, tuple(ranked[:limit]), typed.words, typed.house)

    def _read_rows(self, statement: sa.Select[Any]) -> Sequence[Row]:
        with reading_version(self._database, "api") as connection:
            return connection.execute(statement).mappings().all()

    def _read(self, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        with reading_version(self._database, "api") as connection:
            return connection.execute(statement).all()


def _bare(text: str) -> str:
    return _HOUSE.sub("", text).lstrip(", ")
