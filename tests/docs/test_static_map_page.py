"""docs/static-map.md names every parameter of a picture, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from viewer.pictures.request import DRAW, PARAMETERS

PAGE = Path(__file__).parents[2] / "docs" / "static-map.md"


def test_the_table_and_the_program_know_the_same_parameters() -> None:
    """Each stands in the first column of the table."""
    rows = re.findall(r"^\| (`[^|]+`) \|", PAGE.read_text(encoding="utf-8"), re.M)
    named = [name for row in rows for name in re.findall(r"`([a-z]+)`", row)]

    assert sorted(named) == sorted({*PARAMETERS, DRAW})
