"""Columns that seem to hold persons: judged by header, and by the share of values that look like it.

A single value proves nothing: 9 % of random eight-digit numbers pass the check of a tax number, and register
numbers are made the same way, so tax numbers are only judged by header. Names of persons are judged by share:
streets and monuments are called after people too, so the manifest may say that a column's names are public.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis.errors import SourceError
from layers.folding import fold
from layers.reading.given_names import GIVEN_NAMES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import Literal

    Sign = Literal["email", "emso", "name"]

# Anywhere in a word of the header: long enough to stand in no other word.
_INSIDE = ("lastnik", "imetnik", "najemnik", "priimek", "proprietaire", "locataire", "taxpayer")
# At the beginning of a word, or of words run together: shorter ones stand inside other words by chance.
_BEGINNING = (
    *("upravljav", "upravnik", "zavezan", "pravicelastn", "emso", "davcnast", "davst", "iddavcn"),
    *("datumrojstva", "datumroj", "letorojstva", "email", "eposta", "eposlov", "domaceime", "kmgmid"),
    *("telefonskast", "mobitel", "mobilnatel", "narocnik", "stanovalec", "placnik", "uzivalec"),
    *("owner", "landowner", "homeowner", "coowner", "proprio", "nomprenom", "prenom", "courriel", "titulaire"),
    *(
        "surname",
        "lastname",
        "firstname",
        "fullname",
        "taxnumber",
        "taxid",
        "taxno",
        "dateofbirth",
        "birthdate",
    ),
    *("tenant", "numerofiscal", "naissance"),
)
_WORDS = frozenset({"oseba", "osebe", "davcna", "gsm", "rojen", "kmg", "iban", "trr", "nosilecpravice"})
# The class an owner belongs to (state, municipality, other) is public; the values are judged all the same.
_CLASSES = frozenset({"vrsta", "tip", "razred", "kategorija", "type", "class", "category"})
# A telephone is a person's only when the header says nothing else: telephone cables are utilities.
_CONTACT = frozenset({"tel", "telefon", "phone", "mail", "st", "stevilka", "no", "number"})
_ALONE = frozenset({"tel", "telefon", "phone", "mail"})
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,200}\.[A-Za-z]{2,24}")
_EMSO = re.compile(r"[0-3][0-9][01][0-9][089][0-9]{8}")
_EMSO_WEIGHTS = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_NAME = re.compile(r"[^\W\d_]+(?:[-' ][^\W\d_]+){1,3}")
_EMSO_LENGTH = 13
_FEW = 3
_SHARE = 0.05
# Names need more: places are called after people, and a street after its mayor.
_FEW_NAMES = 10
_NAME_SHARE = 0.5
# Values of a batch that are looked at as names: enough to know a share by.
_NAMES_LOOKED_AT = 200
_HOLY = frozenset({"sveti", "sveta", "sv", "saint", "sainte"})
_WORDS_FOR: Mapping[Sign, str] = {
    "email": "e-mail addresses",
    "emso": "EMŠO numbers",
    "name": "names of persons",
}


@dataclass(frozen=True)
class Suspicion:
    """A column whose values look like persons: how many of how many, and what they look like."""

    column: str
    sign: Sign
    count: int
    filled: int

    @property
    def reason(self) -> str:
        """The reason in a few words, such as `12 of 14 values look like names of persons`."""
        return f"{self.count} of {self.filled} values look like {_WORDS_FOR[self.sign]}"


def find_person_word(header: str) -> str | None:
    """The part of a header that speaks of owners, holders, managers, EMŠO, tax numbers or contacts, or None."""
    words = _words(header)
    if _CLASSES.intersection(words):
        return None
    for word in words:
        if word in _WORDS or (found := next((stem for stem in _INSIDE if stem in word), None)):
            return word if word in _WORDS else found
    for place in range(len(words)):
        joined = "".join(words[place:])
        if found := next((stem for stem in _BEGINNING if joined.startswith(stem)), None):
            return found
    alone = sorted(_ALONE & set(words))
    return alone[0] if alone and _CONTACT.issuperset(words) else None


def is_emso(text: str) -> bool:
    """True for 13 digits that begin with a date and end with the check digit of an EMŠO."""
    if _EMSO.fullmatch(text) is None or int(text[:2]) not in range(1, 32) or int(text[2:4]) not in range(1, 13):
        return False
    remainder = sum(int(digit) * weight for digit, weight in zip(text, _EMSO_WEIGHTS, strict=False)) % 11
    return (11 - remainder) % 11 == int(text[12])


def is_full_name(text: str) -> bool:
    """True for two to four words of letters that begin or end with a given name, as in lists of people."""
    if not 5 <= len(text) <= 60 or _NAME.fullmatch(text) is None:
        return False
    if not all(word[0].isupper() for word in text.split()):
        return False
    words = fold(text).split()
    if len(words) < 2 or words[0] in _HOLY:
        return False
    return words[0] in GIVEN_NAMES or words[-1] in GIVEN_NAMES


class PersonWatch:
    """Counts, column by column, how many values look like e-mail addresses, EMŠO numbers or full names.

    `public_names` are columns in which names are public by themselves; numbers and addresses are not.
    """

    def __init__(self, public_names: Collection[str] = ()) -> None:
        self._public = public_names
        self._filled: Counter[tuple[str, Sign]] = Counter()
        self._found: Counter[tuple[str, Sign]] = Counter()

    def look(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Take note of a batch of values."""
        for name, values in columns.items():
            texts = _written_texts(values)
            addresses = [text for text in texts if "@" in text] if "@" in "".join(texts) else []
            self._count(name, "email", len(texts), sum(map(_is_email, addresses)))
            emso_long = [text for text in texts if len(text) == _EMSO_LENGTH]
            self._count(name, "emso", len(texts), sum(map(is_emso, emso_long)))
            chosen = Counter(texts[:_NAMES_LOOKED_AT])
            names = sum(count for text, count in chosen.items() if is_full_name(text))
            self._count(name, "name", chosen.total(), names)

    def _count(self, name: str, sign: Sign, filled: int, found: int) -> None:
        self._filled[name, sign] += filled
        if found:
            self._found[name, sign] += found

    def suspicions(self) -> tuple[Suspicion, ...]:
        """The columns in which many values look like persons, in the order they were seen."""
        return tuple(
            Suspicion(name, sign, count, self._filled[name, sign])
            for (name, sign), count in self._found.items()
            if _is_much(sign, count, self._filled[name, sign]) and not (sign == "name" and name in self._public)
        )

    def judge(self) -> None:
        """Raise SourceError for the first column in which many values look like persons."""
        for found in self.suspicions():
            advice = "take it out of [columns] in the manifest"
            if found.sign == "name":
                advice += (
                    ", or, when these are names that monuments or streets bear, say public_names = true for it"
                )
            raise SourceError(
                f"The column {found.column!r} holds personal data: {found.reason}. Such data must not be "
                f"published. Look at it, and {advice}."
            )


def _written_texts(values: Sequence[Any]) -> Sequence[str]:
    """Texts and whole numbers of a column as texts; numbers with a point and dates are none."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return values
    if kinds == {int}:
        return list(map(str, values))
    return [str(value) for value in values if type(value) in (str, int)] if kinds & {str, int} else []


def _is_email(text: str) -> bool:
    return _EMAIL.search(text) is not None


def _is_much(sign: Sign, count: int, filled: int) -> bool:
    few, share = (_FEW_NAMES, _NAME_SHARE) if sign == "name" else (_FEW, _SHARE)
    return count >= few and count >= share * filled


def _words(header: str) -> list[str]:
    apart = re.sub(r"(?<=[a-zčšž])(?=[A-ZČŠŽ])", " ", header)
    return [word for word in re.split(r"[^a-z]+", fold(apart)) if word]
