"""The encoding of texts: stated, found in the bytes, or contradicted by them."""

from __future__ import annotations

import pytest

from gis.errors import SourceError
from layers.reading.encoding import choose_encoding, decode, guess_code_page, parse_cpg

WORDS = ("Šoštanj", "Žalec", "Črna na Koroškem", "Gaberke")


def encoded(name: str) -> list[bytes]:
    """The words as a file in this encoding holds them."""
    return [word.encode(name) for word in WORDS]


@pytest.mark.parametrize("name", ["utf-8", "cp1250", "cp852"])
def test_texts_without_a_statement_are_recognised(name: str) -> None:
    """Strict UTF-8 wins; otherwise the code page in which the letters are Slovenian."""
    chosen = choose_encoding(encoded(name), stated=None, cpg=None)

    assert chosen.name == name
    assert chosen.samples == WORDS[:3]


def test_french_letters_are_cp1252() -> None:
    """The same bytes mean é in both pages, but à and ê only make sense in one."""
    texts = [text.encode("cp1252") for text in ("création à Montpellier", "réalisation", "fête")]

    assert guess_code_page(texts) == "cp1252"


def test_the_manifest_wins_over_the_cpg() -> None:
    """A clerk's statement is believed before a side file."""
    assert choose_encoding(encoded("cp1250"), stated="cp1250", cpg="UTF-8").name == "cp1250"


def test_a_lying_cpg_is_refused() -> None:
    """UTF-8 over cp1250 bytes would read every accented text as nothing."""
    with pytest.raises(SourceError, match=r"looks like cp1250: 'Šoštanj'"):
        choose_encoding(encoded("cp1250"), stated=None, cpg="UTF-8")


def test_utf8_said_to_be_cp1250_is_refused() -> None:
    """Every accented text being valid UTF-8 is no accident."""
    with pytest.raises(SourceError, match="valid UTF-8: 'Šoštanj'"):
        choose_encoding(encoded("utf-8"), stated="cp1250", cpg=None)


def test_control_characters_show_a_wrong_page() -> None:
    """cp1250 read as ISO-8859-2 gives letters where none can be."""
    with pytest.raises(SourceError, match="cannot be read that way"):
        choose_encoding(encoded("cp1250"), stated="iso-8859-2", cpg=None)


def test_the_dbf_header_may_name_the_page() -> None:
    """0xC8 is Windows EE in the language driver byte."""
    assert choose_encoding(encoded("cp1250"), stated=None, cpg=None, language_driver=0xC8).name == "cp1250"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("UTF-8", "utf-8"),
        ("utf8\n", "utf-8"),
        ("1250", "cp1250"),
        ("CP1250", "cp1250"),
        ("ANSI 1252", "cp1252"),
        ("OEM 852", "cp852"),
        ("88592", "iso-8859-2"),
        ("ISO-8859-1", "iso8859-1"),
        ("System", None),
        ("", None),
    ],
)
def test_cpg_spellings(text: str, name: str | None) -> None:
    """The many ways in which programs write one encoding."""
    assert parse_cpg(text) == name


def test_an_unknown_cpg_is_named() -> None:
    """`System` says nothing; the clerk is told what to write in the manifest."""
    with pytest.raises(SourceError, match="'System', which is no known encoding"):
        choose_encoding([], stated=None, cpg="System")


def test_decoding_is_strict() -> None:
    """A text that is not in the encoding is refused with the byte."""
    with pytest.raises(ValueError, match="byte 0x8A"):
        decode(b"\x8ako", "utf-8")
