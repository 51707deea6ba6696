"""Columns that seem to hold persons: judged by header, and by the share of values that look like it.

A single value proves nothing: 9 % of random eight-digit numbers pass the check of a tax number, and register
numbers are made the same way, so tax numbers are only judged by header.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from gis.errors import SourceError
from layers.folding import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STEMS = (
    "lastnik",
    "imetnik",
    "najemnik",
    "upravljav",
    "upravnik",
    "zavezan",
    "pravicelastn",
    "priimek",
    "emso",
    "davcnast",
    "davcnastevilka",
    "davst",
    "datumrojstva",
    "email",
    "eposta",
    "eposlov",
    "domaceime",
    "kmgmid",
    "owner",
    "proprietaire",
    "proprio",
    "surname",
    "lastname",
    "firstname",
    "taxnumber",
)
_WORDS = frozenset({"oseba", "osebe", "davcna", "gsm", "rojen", "kmg"})
# A telephone is a person's only when the header says nothing else: telephone cables are utilities.
_CONTACT = frozenset({"tel", "telefon", "phone", "mail", "st", "stevilka", "no", "number"})
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,200}\.[A-Za-z]{2,24}")
_EMSO = re.compile(r"[0-3][0-9][01][0-9][089][0-9]{8}")
_EMSO_WEIGHTS = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_FEW = 3
_SHARE = 0.05


def looks_like_person(header: str) -> bool:
    """True when a column header speaks of owners, holders, managers, EMŠO, tax numbers or contacts."""
    words = [word for word in re.split(r"[^a-z]+", fold(header)) if word]
    joined = "".join(words)
    if any(stem in joined for stem in _STEMS) or any(word in _WORDS for word in words):
        return True
    return bool({"tel", "telefon", "phone", "mail"} & set(words)) and _CONTACT.issuperset(words)


def is_emso(text: str) -> bool:
    """True for 13 digits that begin with a date and end with the check digit of an EMŠO."""
    if _EMSO.fullmatch(text) is None:
        return False
    remainder = sum(int(digit) * weight for digit, weight in zip(text, _EMSO_WEIGHTS, strict=False)) % 11
    return (11 - remainder) % 11 == int(text[12])


class PersonWatch:
    """Counts, column by column, how many values look like e-mail addresses or EMŠO numbers."""

    def __init__(self) -> None:
        self._filled: Counter[str] = Counter()
        self._suspicious: Counter[str] = Counter()

    def look(self, columns: Mapping[str, Sequence[object]]) -> None:
        """Take note of a batch of values."""
        for name, values in columns.items():
            for value in values:
                if value is None or isinstance(value, bool | float):
                    continue
                self._filled[name] += 1
                text = value if isinstance(value, str) else str(value)
                if ("@" in text and _EMAIL.search(text)) or (len(text) == 13 and is_emso(text)):
                    self._suspicious[name] += 1

    def judge(self) -> None:
        """Raise SourceError for the first column in which many values look like persons."""
        for name, count in self._suspicious.items():
            if count >= _FEW and count >= _SHARE * self._filled[name]:
                raise SourceError(
                    f"The column {name!r} holds {count} values that look like e-mail addresses or EMŠO "
                    "numbers. Such data must not be published; take it out of [columns] in the manifest."
                )
