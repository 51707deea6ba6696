"""Texts are folded the same way when they are stored and when they are asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Šoštanj", "sostanj"),
        ("Čebelarska ĆUPRIJA", "cebelarska cuprija"),
        ("Đurđevac", "durdevac"),
        ("  Žalec   pri\tSavinji ", "zalec pri savinji"),
        ("Place de la Célette", "place de la celette"),
        ("C\u030ce\u0161\u010da", "cesca"),
        ("Straße İstanbul Łódź", "strasse istanbul lodz"),
        ("*45 123/4", "*45 123/4"),
        ("", ""),
    ],
)
def test_accents_case_and_spaces_do_not_count(text: str, folded: str) -> None:
    """Letters lose accents and case, white space becomes single spaces, signs stay."""
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """A folded text is its own folding, so stored texts can be folded again."""
    assert fold(fold(text)) == fold(text)
