"""Text of others, shown so that nobody is deceived and no terminal obeys."""

from __future__ import annotations

import json

import pytest

from layers.visible import visible, visible_json

PLAIN = ["Čebelnjaki in žage, 12 m² – «št. 3»", "", "日本語", "a b\u00a0c", "👩"]
ODD = {
    "\x1b[31m": r"\x1b[31m",
    "a\nb\tc": r"a\nb\tc",
    "\u202egpj.exe\u2069": r"\u202egpj.exe\u2069",
    "\x9b1m\x7f\x00": r"\x9b1m\x7f\x00",
    "a\u200bb\ufeff": r"a\u200bb\ufeff",
    "line\u2028end": r"line\u2028end",
    "\udce8": r"\udce8",
    "\U000e0041": r"\U000e0041",
}


@pytest.mark.parametrize("text", PLAIN)
def test_what_people_write_stays(text: str) -> None:
    """Letters of any language, hard spaces and symbols."""
    assert visible(text) == text


@pytest.mark.parametrize("text", ODD)
def test_what_nobody_sees_is_written_out(text: str) -> None:
    """Control and formatting characters, halves of characters, separators of lines."""
    assert visible(text) == ODD[text]


def test_layout_is_kept_where_it_is_ours() -> None:
    """Line ends and tabs of a table may stay; nothing else does."""
    assert visible("a\tb\n\x1b", "\n\t") == "a\tb\n\\x1b"


@pytest.mark.parametrize("text", [*PLAIN, *ODD])
def test_json_keeps_its_meaning(text: str) -> None:
    """A program reads the very text again, and nothing unseen is left in what a terminal shows."""
    written = visible_json(json.dumps({text: [text]}, ensure_ascii=False, indent=2))

    assert json.loads(written) == {text: [text]}
    assert visible(written, "\n") == written
