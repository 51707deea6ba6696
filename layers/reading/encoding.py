"""The encoding of text in a DBF or CSV: what is stated, what the bytes say, and samples to look at.

GDAL reads a DBF as ISO-8859-1 here, which keeps every byte, and the decoding is ours: strict, with the feature
and field named. GDAL alone turns wrong bytes into other letters or into nothing, in silence.
"""

from __future__ import annotations

import codecs
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CPG_NAMES = {
    "utf8": "utf-8",
    "65001": "utf-8",
    "88591": "iso-8859-1",
    "88592": "iso-8859-2",
    "ansi1250": "cp1250",
}
# C1 control characters: bytes of a Windows code page that were taken for ISO 8859.
_CONTROLS = re.compile("[\x80-\x9f]")
_CODE_PAGE = re.compile(r"(?:cp|ansi|windows|oem|ibm)?(437|85[0-9]|86[0-6]|125[0-8])")
_FOR_FILES = re.compile(r"utf-8(-sig)?|ascii|cp\d+|iso8859-\d+|mac-\w+|koi8-\w+|kamenicky|tis-620|latin-?\d+")
# The language driver byte of a DBF header (dBASE, ESRI): only the ones that name a code page for certain.
_LANGUAGE_DRIVERS = {
    0x02: "cp850",
    0x03: "cp1252",
    0x64: "cp852",
    0x65: "cp866",
    0xC8: "cp1250",
    0xC9: "cp1251",
}
# Letters that show a code page was guessed right, by the language of the data.
_LETTERS = {
    "cp1250": frozenset("čšžćđČŠŽĆĐ"),
    "cp852": frozenset("čšžćđČŠŽĆĐ"),
    "cp1252": frozenset("éèêëàâçîïôûùœÉÈÀÇäöüÄÖÜßñáíóúÑ"),
}
# A .cpg is doubted when another code page explains nearly all letters, and its own clearly fewer.
_AT_HOME, _DOUBT = 0.95, 0.25
_MAX_SAMPLES = 3
# Enough to choose by; every text is decoded strictly afterwards anyway.
_MAX_TEXTS = 50_000


@dataclass(frozen=True)
class Encoding:
    """A Python codec name, why it was chosen, and up to three texts decoded with it."""

    name: str
    reason: str
    samples: tuple[str, ...] = ()


def choose_encoding(
    raw: Iterable[bytes], *, stated: str | None, cpg: str | None, language_driver: int = 0
) -> Encoding:
    """The encoding of these byte texts: the manifest's word, the .cpg, the DBF header, or what the bytes say.

    Raises SourceError when the statement is not known or the bytes contradict it.
    """
    foreign = (text for text in raw if not text.isascii())
    texts = list(dict.fromkeys(itertools.islice(foreign, _MAX_TEXTS)))
    if stated is not None:
        return _checked(_find_codec(stated, "The manifest's encoding"), "the manifest says so", texts)
    if cpg is not None:
        name = parse_cpg(cpg)
        if name is None:
            raise SourceError(
                f"The .cpg file beside the shapefile says {cpg.strip()[:40]!r}, which is no known encoding. "
                'Say which one it is in the manifest, for example encoding = "cp1250" under [source].'
            )
        return _plausible(_checked(name, "the .cpg file says so", texts), texts)
    if _all_decode(texts, "utf-8"):
        reason = "every text is valid UTF-8" if texts else "there are only plain ASCII texts"
        return Encoding("utf-8", reason, _samples(texts, "utf-8"))
    if language_driver in _LANGUAGE_DRIVERS:
        return _checked(_LANGUAGE_DRIVERS[language_driver], "the DBF header says so", texts)
    name = guess_code_page(texts)
    return Encoding(name, "guessed from the letters, because the file does not say", _samples(texts, name))


@dataclass(frozen=True)
class EncodingFound:
    """The encoding that fits, what the .cpg says word for word, and why that cannot be right, if it cannot.

    `others` are the samples in the other code pages of this country, for a person to compare.
    """

    chosen: Encoding
    stated: str | None
    fault: str
    others: Mapping[str, tuple[str, ...]]


def examine_encoding(raw: Iterable[bytes], *, cpg: str | None, language_driver: int) -> EncodingFound:
    """As `choose_encoding`, but a statement that cannot be right is told and not refused."""
    foreign = (text for text in raw if not text.isascii())
    texts = list(dict.fromkeys(itertools.islice(foreign, _MAX_TEXTS)))
    fault = ""
    try:
        chosen = choose_encoding(texts, stated=None, cpg=cpg, language_driver=language_driver)
    except SourceError as exc:
        fault = exc.sentence
        chosen = _by_bytes(texts)
    names = dict.fromkeys([*filter(None, [parse_cpg(cpg) if cpg else None]), "utf-8", *_LETTERS])
    others = {name: _samples(texts, name) for name in names if texts and name != chosen.name}
    return EncodingFound(chosen, cpg.strip() if cpg is not None else None, fault, others)


def _by_bytes(texts: list[bytes]) -> Encoding:
    if _all_decode(texts, "utf-8"):
        return Encoding("utf-8", "every text is valid UTF-8", _samples(texts, "utf-8"))
    name = guess_code_page(texts)
    return Encoding(name, "guessed from the letters", _samples(texts, name))


def parse_cpg(text: str) -> str | None:
    """The Python codec a .cpg file names, or None when it names nothing known."""
    plain = re.sub(r"[^a-z0-9]", "", text.lower())
    if plain in _CPG_NAMES:
        return _CPG_NAMES[plain]
    if found := _CODE_PAGE.fullmatch(plain):
        return f"cp{found.group(1)}"
    return _find_text_codec(text.strip()) if plain else None


def guess_code_page(texts: Iterable[bytes]) -> str:
    """The likeliest of cp1250, cp852 and cp1252; cp1250 when nothing speaks for another."""
    scores = _score(texts)
    best = max(scores.values())
    return next(name for name, score in scores.items() if score == best)


def _score(texts: Iterable[bytes]) -> dict[str, float]:
    """By code page: which share of the foreign letters its language has; below 0 where bytes mean nothing."""
    joined = b"\n".join(texts)
    scores = {}
    for name, letters in _LETTERS.items():
        try:
            decoded = joined.decode(name)
        except UnicodeDecodeError:
            decoded = joined.decode(name, errors="replace")
            scores[name] = -1.0 * decoded.count("\ufffd")
            continue
        foreign = [letter for letter in decoded if not letter.isascii()]
        scores[name] = sum(letter in letters for letter in foreign) / max(len(foreign), 1)
    return scores


def _plausible(chosen: Encoding, texts: list[bytes]) -> Encoding:
    """The encoding a .cpg states, unless nearly every letter is more at home in another. Raises SourceError."""
    scores = _score(texts)
    likely = guess_code_page(texts)
    if chosen.name in scores and scores[likely] >= _AT_HOME > scores[chosen.name] + _DOUBT:
        raise SourceError(
            f"The .cpg file says {chosen.name}, but the texts look like {likely}: "
            f"{', '.join(repr(text) for text in _samples(texts, likely))}. "
            f'Say which one it is in the manifest, for example encoding = "{likely}" under [source].'
        )
    return chosen


def decode(raw: bytes, encoding: str) -> str:
    """The text, strictly. Raises ValueError with a reason a clerk can read."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as exc:
        shown = raw[:40].decode("ascii", errors="replace")
        raise ValueError(
            f"the bytes of {shown!r} are not valid {encoding} (byte 0x{raw[exc.start]:02X}); "
            "state the right encoding under [source]"
        ) from exc
    if _CONTROLS.search(text):
        raise ValueError(
            f"{text[:40]!r} holds characters that no keyboard has, so it is not {encoding}; "
            "state the right encoding under [source]"
        )
    return text


def _checked(name: str, reason: str, texts: list[bytes]) -> Encoding:
    if name != "utf-8" and texts and _all_decode(texts, "utf-8"):
        shown = ", ".join(repr(text) for text in _samples(texts, "utf-8"))
        raise SourceError(
            f"The texts are said to be {name} ({reason}), but every one of them is valid UTF-8: {shown}. "
            'Say encoding = "utf-8" under [source].'
        )
    bad = next((text for text in texts if not _decodes(text, name)), None)
    if bad is not None:
        likely = guess_code_page(texts) if name == "utf-8" else "another one"
        shown = ", ".join(repr(text) for text in _samples(texts, likely)) if name == "utf-8" else ""
        raise SourceError(
            f"The texts are said to be {name} ({reason}), but some cannot be read that way. "
            f"It looks like {likely}{': ' + shown if shown else ''}. State the right encoding under [source]."
        )
    return Encoding(name, reason, _samples(texts, name))


def _find_codec(name: str, place: str) -> str:
    found = _find_text_codec(name)
    if found is None:
        raise SourceError(f"{place} {name[:40]!r} is not a known encoding; try cp1250 or utf-8.")
    return "utf-8" if found == "utf-8-sig" else found


def _find_text_codec(name: str) -> str | None:
    """The codec of this name; Python also has `rot13` and `unicode_escape`, which no file is written in."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if _FOR_FILES.fullmatch(found) else None


def _decodes(text: bytes, encoding: str) -> bool:
    """UTF-8 proves itself by being valid; a code page takes nearly every byte, so controls speak against it."""
    try:
        decoded = text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return encoding == "utf-8" or not _CONTROLS.search(decoded)


def _all_decode(texts: list[bytes], encoding: str) -> bool:
    return all(_decodes(text, encoding) for text in texts)


def _samples(texts: list[bytes], encoding: str) -> tuple[str, ...]:
    return tuple(text.decode(encoding, errors="replace").strip()[:60] for text in texts[:_MAX_SAMPLES])
