"""Coordinates typed into the search box are understood when they fall near the portal."""

from __future__ import annotations

from pathlib import Path

import pytest

from gis import crs
from layers.portal import Portal
from layers.searching.typed_coordinates import find_typed_place, find_typed_position, looks_like_coordinates

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
        "506.294 137.964",
        "506 294 137 964",
        "506 294, 137 964",
        "506.294,00 137.964,00",
        "D96/TM: 506294, 137964",
        "WGS84 46.3813472 15.0818234",
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


@pytest.mark.parametrize(
    "text",
    [
        "46°22'52.85\"N 15°4'54.56\"E",
        "46° 22′ 52,85″ N, 15° 4′ 54,56″ E",
        "46 22 52.85 15 4 54.56",
        "N 46°22'52.85 E 15°4'54.56",
        "46°22.8808' 15°4.9094'",
        "15°4'54.56\"E 46°22'52.85\"N",
    ],
)
def test_degrees_minutes_and_seconds(text: str) -> None:
    """Every usual spelling, with seconds or minutes as decimals: the tie point within the digits given."""
    position = find_typed_position(text, PORTAL)

    assert position is not None
    assert (position.east, position.north) == pytest.approx((506294, 137964), abs=0.4)


@pytest.mark.parametrize(
    "text", ["D48 {e} {n}", "{e} {n} D48/GK", "GK: {n}, {e}", "y={e} x={n}", "x={n}, y={e}", "5{e} 5{n}"]
)
def test_d48_is_told_apart(text: str) -> None:
    """What is said to be D48/GK is changed to D96/TM, and how exactly is told."""
    east, north = crs.transform(crs.D96, crs.D48, 506294, 137964)
    place = find_typed_place(text.format(e=round(east), n=round(north)), PORTAL)

    assert place is not None
    assert (place.system, place.accuracy_m) == ("D48/GK", pytest.approx(0.2, abs=0.2))
    assert (place.position.east, place.position.north) == pytest.approx((506294, 137964), abs=1.2)


@pytest.mark.parametrize(
    ("text", "system", "swapped"),
    [
        ("506294 137964", "D96/TM", False),
        ("137964 506294", "D96/TM", True),
        ("N 137964 E 506294", "D96/TM", False),
        ("46.3813472 15.0818234", "WGS 84", False),
        ("15.0818234 46.3813472", "WGS 84", True),
    ],
)
def test_how_coordinates_were_read(text: str, system: str, swapped: bool) -> None:
    """The CRS and an unusual order, unless letters say which number is which."""
    place = find_typed_place(text, PORTAL)

    assert place is not None
    assert (place.system, place.swapped) == (system, swapped)


def test_coordinates_of_elsewhere_are_recognised() -> None:
    """They are no place here, but they are no parcel either."""
    assert looks_like_coordinates("600000 50000")
    assert looks_like_coordinates("48.2082 16.3738")
    assert not looks_like_coordinates("964 123/4")
    assert not looks_like_coordinates("964 12")
