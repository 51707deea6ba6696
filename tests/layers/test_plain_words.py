"""Values are told in the words of the asked language."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from layers.plain_words import say_plainly, say_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.manifest import Manifest


@pytest.mark.parametrize(
    ("value", "slovenian", "english"),
    [
        (1234.5, "1234,5", "1234.5"),
        (0.1 + 0.2, "0,3", "0.3"),
        (100.0, "100", "100"),
        (-0.0000001, "0", "0"),
        (1e15, "1000000000000000", "1000000000000000"),
        (964, "964", "964"),
        (True, "da", "yes"),
        (False, "ne", "no"),
        (date(2026, 3, 1), "1. 3. 2026", "1 March 2026"),
        ("123/4", "123/4", "123/4"),
    ],
)
def test_bare_values(value: Any, slovenian: str, english: str) -> None:
    """Decimal comma and day first in Slovenian; whole numbers are never grouped."""
    assert say_plainly(value, "sl") == slovenian
    assert say_plainly(value, "en") == english


@pytest.fixture
def zoning(make_manifest: Callable[..., Manifest]) -> Manifest:
    """Zones drawn by the longest prefix of their code, one code explained by the column itself."""
    symbol = {"fill": "#ff0000"}
    return make_manifest(
        role="zoning",
        key=[],
        search=None,
        columns={
            "code": {
                "source": ["NRP"],
                "title": {"sl": "Raba"},
                "values": {"SS": {"sl": "stanovanjske površine", "en": "residential"}},
            }
        },
        style={
            "default": symbol,
            "by": "code",
            "match": "prefix",
            "classes": [
                {"value": "SS", "title": {"sl": "S"}, "symbol": symbol},
                {"value": "K", "title": {"sl": "kmetijska zemljišča", "en": "farmland"}, "symbol": symbol},
            ],
        },
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [("SS", "residential"), ("SSo", "residential"), ("K1", "farmland"), ("ss", "ss"), ("X", "X"), (None, None)],
)
def test_codes_are_explained(zoning: Manifest, code: str | None, words: str | None) -> None:
    """First the column's own list, then the style's classes by longest prefix; case counts."""
    assert say_value(zoning, "code", code, "en") == words


@pytest.mark.parametrize(
    ("value", "slovenian", "english"),
    [
        (18084, "18.084", "18,084"),
        (3300, "3300", "3,300"),
        (-1234567, "-1.234.567", "-1,234,567"),
        (18084.25, "18.084,25", "18,084.25"),
        (12.5, "12,5", "12.5"),
    ],
)
def test_amounts_are_grouped(
    make_manifest: Callable[..., Manifest], value: float, slovenian: str, english: str
) -> None:
    """A number with a unit is an amount; its thousands are set apart as the language does it."""
    parcels = make_manifest()

    assert say_value(parcels, "area", value, "sl") == slovenian
    assert say_value(parcels, "area", value, "en") == english
