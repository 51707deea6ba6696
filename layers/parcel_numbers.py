"""Parcel numbers the way people in Slovenia write them, read into cadastral municipality and number.

`964 123/4`, `964-123/4`, `123/4-964`, `123/4 k.o. Velenje`, `*45`, `stp. 45`, `964 500/1, 500/2`, with noise
words round them. A number is opaque text: `*45` and `45` are different parcels. Whether a parcel of such a
reading exists is asked elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from layers.folding import fold

MAX_READINGS = 20

_NOISE = re.compile(
    r"parc|parcel(?:a|e|i|o|na|ne|ni)|st|stev|stevilk[ae]|del|v|na|in|katastrsk(?:a|e|i|o)|obcin(?:a|e|i|o)"
)
_KO = "ko"
_NUMBER = re.compile(r"\*?[0-9]{1,7}(?:/[0-9]{1,6})?")
_KO_CODE = re.compile(r"[0-9]{1,4}")
_NAME = re.compile(r"[^\W\d_]+")

# Applied in turn to the folded text.
_SPELLINGS = (
    (re.compile(r"\bk\.? ?o(?![^\W\d_])\.?"), f" {_KO} "),
    (re.compile(r"(?<![^\W_])(?:stp|s)\.? ?(?=[0-9])"), " *"),
    (re.compile(r" ?/ ?"), "/"),
    (re.compile(r"(?<![^ ])([0-9]{1,4})/(?=\*|[0-9]+/)"), r"\1 "),
    (re.compile(r"\* "), "*"),
    (re.compile(r"[;,]"), " , "),
    (re.compile(r"[-–—.:()]"), " "),
)


@dataclass(frozen=True)
class Reading:
    """One way to read a text: a parcel number, and its cadastral municipality by code or by folded name."""

    number: str
    ko_code: str | None = None
    ko_name: str | None = None


def parse_readings(text: str, *, most: int = MAX_READINGS) -> tuple[Reading, ...]:
    """Every way to read the text as parcels, likeliest first, at most so many; empty when it cannot be one."""
    words = _split(text)
    if not all(_is_known(word) for word in words):
        return ()
    ko_code, words = _take_marked_code(words)
    names = [word for word in words if _NAME.fullmatch(word) and not _NOISE.fullmatch(word) and word != _KO]
    numbers = [word for word in words if _NUMBER.fullmatch(word)]
    is_list = "," in words and len([word for word in words[: words.index(",")] if word in numbers]) < 2
    readings = _combine(numbers, ko_code=ko_code, ko_name=" ".join(names) or None, is_list=is_list)
    return tuple(dict.fromkeys(readings))[:most]


def _split(text: str) -> list[str]:
    text = fold(text)
    for spelling, replacement in _SPELLINGS:
        text = spelling.sub(replacement, text)
    return text.split()


def _is_known(word: str) -> bool:
    return word == "," or bool(_NUMBER.fullmatch(word) or _NAME.fullmatch(word))


def _take_marked_code(words: list[str]) -> tuple[str | None, list[str]]:
    """The code right after the words `k.o.`, and the other words."""
    for place, word in enumerate(words[:-1]):
        if word == _KO and _KO_CODE.fullmatch(words[place + 1]):
            return words[place + 1], words[:place] + words[place + 2 :]
    return None, words


def _combine(numbers: list[str], *, ko_code: str | None, ko_name: str | None, is_list: bool) -> list[Reading]:
    if ko_code is not None:
        return [Reading(number, ko_code=ko_code) for number in numbers]
    readings = []
    if len(numbers) > 1 and _KO_CODE.fullmatch(numbers[0]):
        readings += [Reading(number, ko_code=numbers[0]) for number in numbers[1:]]
    if len(numbers) == 2 and _KO_CODE.fullmatch(numbers[1]) and not is_list:
        readings.append(Reading(numbers[0], ko_code=numbers[1]))
    if len(numbers) == 1 or is_list or not readings:
        readings += [Reading(number, ko_name=ko_name) for number in numbers]
    return readings
