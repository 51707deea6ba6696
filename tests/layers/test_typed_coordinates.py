"""Coordinates typed into the search box are understood when they fall near the portal."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.portal import Portal
from layers.typed_coordinates import find_typed_position

PORTAL = Portal.model_validate(
    {
        "id": "lipovec",
        "title": {"sl": "Prostor"},
        "municipality": {"name": {"sl": "Lipovec"}, "office": {"sl": "Urad za prostor"}},
        "outline": {"west": 504000, "south": 130000, "east": 516000, "north": 143000},
        "themes": [{"id": "one", "title": {"sl": "Ena"}, "description": {"sl": "Ena"}, "layers": ["parcels"]}],
        "folder": Path(),
    }
)


@pytest.mark.parametrize(
    "text",
    [
        "506294 137964",
        "506294, 137964",
        "506294,137964",
        "506294; 137964",
        "E 506294 N 137964",
        "e=506294 n=137964",
        "506294.0 137964.0",
        "506294,0 137964,0",
        "137964 506294",
        "46.3813472, 15.0818234",
        "46.3813472 15.0818234",
        "46.3813472,15.0818234",
        "46,3813472 15,0818234",
        "46,3813472; 15,0818234",
        "46.3813472° N 15.0818234° E",
        "N 46.3813472 E 15.0818234",
        "15.0818234 46.3813472",
    ],
)
def test_a_tie_point_is_found_in_every_notation(text: str) -> None:
    """Metres or degrees, either order, decimal point or comma: the official tie point within 2 cm."""
    position = find_typed_position(text, PORTAL)

    assert position is not None
    assert position.east == pytest.approx(506294, abs=0.02)
    assert position.north == pytest.approx(137964, abs=0.02)
    assert (position.lon, position.lat) == pytest.approx((15.0818234, 46.3813472), abs=1e-7)


@pytest.mark.parametrize(
    "text",
    [
        "964 123",
        "964 123/4",
        "0 0",
        "90 180",
        "1 2 3",
        "506294",
        "Trg 1",
        "",
        "46.38",
        "nan nan",
        "1e5 1e5",
        "999999999 1",
    ],
)
def test_other_numbers_are_no_coordinates(text: str) -> None:
    """Numbers that fall elsewhere are left to parcels and addresses."""
    assert find_typed_position(text, PORTAL) is None
