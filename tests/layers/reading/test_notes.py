"""Remarks of the reader: what is written is found again, whatever facts are in it."""

from __future__ import annotations

import pytest

from layers.notes import NOTES, find_note, write_note

FACTS: dict[str, dict[str, object]] = {
    "shx_rebuilt": {},
    "cpg_overruled": {"cpg": "'ANSI 1252'", "encoding": "cp1250"},
    "encoding": {"encoding": "cp1250", "reason": "guessed from the letters, because the file does not say"},
    "crs_missing": {"srid": 3794},
    "crs_deprecated": {"code": 3787, "srid": 3912},
    "crs_by_another_name": {"name": "'D96 moj'", "srid": 3794},
    "datum_stated": {"srid": 3794},
    "datum_unstated": {"srid": 3912},
    "far_features": {"features": "3, 17 and 5 more"},
    "curves": {"count": 5},
    "slivers": {"features": "8, 12"},
    "columns_renamed": {"columns": "IME_2, column_4"},
    "invisible": {"column": "ime", "count": 3},
    "one_copy": {},
    "copies": {"count": 12},
    "files_left_aside": {"files": "berime (1).txt, skica: nova.pdf"},
}


@pytest.mark.parametrize("kind", NOTES)
def test_a_remark_is_found_again(kind: str) -> None:
    """Kind and facts come back out of the sentence as they went in."""
    note = find_note(write_note(kind, **FACTS[kind]))

    assert note is not None
    assert note.kind == kind
    assert note.facts == {name: str(value) for name, value in FACTS[kind].items()}


def test_a_sentence_of_no_kind() -> None:
    """What nobody wrote down as a kind is told apart, and can still be shown as it stands."""
    assert find_note("The moon is full.") is None
