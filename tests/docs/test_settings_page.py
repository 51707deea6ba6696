"""docs/operations/settings.md names every setting with its default, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gis.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "operations" / "settings.md"
ROWS = dict(
    re.findall(r"^\| `PROSTOR_([A-Z_]+)` \| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
)


def test_every_setting_has_its_line() -> None:
    """The table and the program know the same settings."""
    assert set(ROWS) == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize(
    "name", [name for name, field in Settings.model_fields.items() if field.default is not None]
)
def test_defaults_are_the_programs(name: str) -> None:
    """A default that is a value is written as the program has it."""
    assert ROWS[name.upper()] == f"`{Settings.model_fields[name].default}`"
