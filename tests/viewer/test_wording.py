"""The interface's texts: both languages have them all, and all of them are used."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from viewer.wording import LANGUAGES, read_texts

VIEWER = Path(__file__).parents[2] / "viewer"
PLURALS = ("one", "two", "few", "other")


def used_keys() -> set[str]:
    """Every key that a template or a module names, or begins with a part it fills in."""
    sources = [*VIEWER.glob("templates/*.html"), *VIEWER.glob("static/js/**/*.js"), *VIEWER.rglob("*.py")]
    written = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    named = re.findall(r"['`\"]([a-z]+\.[a-z0-9_]*)(?=['`\"$])", written)
    return {key for key in named if not key.endswith((".html", ".json", ".svg"))}


def test_languages_have_the_same_keys() -> None:
    """No text is missing in one language, and none is empty."""
    slovenian, english = (read_texts(language) for language in LANGUAGES)

    assert set(slovenian) == set(english)
    assert all(text.strip() for texts in (slovenian, english) for text in texts.values())


def test_languages_fill_in_the_same_values() -> None:
    """A text asks for the same {names} in each language."""
    slovenian, english = (read_texts(language) for language in LANGUAGES)

    names = {key: (fields(slovenian[key]), fields(english[key])) for key in slovenian}

    assert {key: pair for key, pair in names.items() if pair[0] != pair[1]} == {}


def test_slovenian_is_not_english_left_behind() -> None:
    """Texts of a sentence's length differ between the languages."""
    slovenian, english = (read_texts(language) for language in LANGUAGES)

    assert [key for key, text in slovenian.items() if len(text) > 12 and text == english[key]] == []


def test_no_text_is_unused() -> None:
    """Each text is named somewhere; keys that are put together are named by their beginning."""
    used = used_keys()

    unused = [
        key
        for key in read_texts("sl")
        if not {key, stem(key), f"{key.split('.', maxsplit=1)[0]}."} & used
        and not any(key.startswith(each) for each in used if each.endswith("_"))
    ]

    assert unused == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_is_named_exists(language: str) -> None:
    """No module or template asks for a text that is not there."""
    texts = read_texts(language)
    tables = {key.split(".", maxsplit=1)[0] for key in texts}
    whole = {key for key in used_keys() if key.split(".")[0] in tables and not key.endswith((".", "_"))}

    assert {key for key in whole if key not in texts and f"{key}_other" not in texts} == set()


def fields(text: str) -> set[str]:
    """The names a text asks for."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def stem(key: str) -> str:
    """A key without its grammatical number."""
    first, _, last = key.rpartition("_")
    return first if last in PLURALS else key
