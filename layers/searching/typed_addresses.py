"""Addresses that people type: the words of a name, the house number wherever it stands, likely misspellings.

Pure. `Ul. heroja Staneta 1 a`, `1a heroja staneta` and `heroja Staneta 1A, 3320 Velenje` mean one house.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.folding import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

_ABBREVIATIONS = {"c": "cesta", "ul": "ulica", "nas": "naselje", "nab": "nabrezje", "n": "naselje"}
_DOTTED = re.compile(r"([^\W\d_]{1,4})\.(?=\S)")
_HOUSE = re.compile(r"[0-9]{1,4}(?:/[0-9]{1,3})?[^\W\d_]?")
_POSTCODE = re.compile(r"[1-9][0-9]{3}")
_SPLIT = re.compile(r"[\s,;]+")
# The letter of a house number is said apart when it ends the text or a comma follows.
_APART = re.compile(r"\b([0-9]{1,4}) ([a-z])(?=$|,)")
_PREPOSITION = re.compile(r"^(?:na|v|pri|ob|hs|st|hisna|stevilka)$")


@dataclass(frozen=True)
class TypedAddress:
    """Folded words of a street or place, and the house number when there is one."""

    words: tuple[str, ...]
    house: str | None


def parse_addresses(text: str) -> tuple[TypedAddress, ...]:
    """Every way to read the text as an address, likeliest first; empty when it holds no word."""
    text = _APART.sub(r"\1\2", _DOTTED.sub(r"\1. ", fold(text)))
    words = tuple(filter(None, (_spell_out(word) for word in _SPLIT.split(text))))
    houses = [place for place, word in enumerate(words) if _HOUSE.fullmatch(word)]
    if len(houses) > 1:
        postcodes = [place for place in houses if _POSTCODE.fullmatch(words[place])]
        # A postcode says nothing that the name of the place does not.
        words = tuple(word for place, word in enumerate(words) if place not in postcodes)
        houses = [place for place, word in enumerate(words) if _HOUSE.fullmatch(word)]
    readings = [_without(words, place) for place in reversed(houses)]
    if not houses or len(words) > 1:
        readings.append(TypedAddress(words, None))
    if len(houses) == 1 and _POSTCODE.fullmatch(words[houses[0]]):
        readings.append(TypedAddress(_without(words, houses[0]).words, None))
    return tuple(reading for reading in readings if any(each.isalpha() for each in "".join(reading.words)))


def distance(one: str, other: str, *, most: int) -> int:
    """Letters to change, add, leave out or swap with their neighbour; `most` + 1 when there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        older, before, row = before, row, [place]
        for column, against in enumerate(other, start=1):
            costs = [before[column] + 1, row[-1] + 1, before[column - 1] + (letter != against)]
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == against:
                costs.append(older[column - 2] + 1)
            row.append(min(costs))
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def slips_allowed(word: str) -> int:
    """Typing errors that a word may hold: a short one would otherwise be like everything."""
    return 0 if len(word) < 4 else 1 if len(word) < 7 else 2


def nearest(word: str, known: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Of the known words those that the word may mean, with the slips that it took; the fewest first.

    A word that is still being typed is held against the beginnings of the known ones.
    """
    most = slips_allowed(word)
    found = []
    for each in known:
        slips = distance(word, each, most=most)
        if slips > most and 4 < len(word) < len(each):
            slips = min(distance(word, each[:length], most=most) for length in (len(word), len(word) + 1))
        if slips <= most:
            found.append((each, slips))
    return tuple(sorted(found, key=lambda pair: pair[1]))


def _spell_out(word: str) -> str:
    bare = word.rstrip(".")
    return _ABBREVIATIONS.get(bare, bare) if word != bare else word


def _without(words: tuple[str, ...], place: int) -> TypedAddress:
    rest = tuple(word for at, word in enumerate(words) if at != place and not _PREPOSITION.fullmatch(word))
    return TypedAddress(rest, words[place])
