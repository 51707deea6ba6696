"""Drawn lines and areas: text into a shape, and which parcels such a shape selects."""

from __future__ import annotations

import pytest
import shapely

from gis import crs
from gis.errors import RequestError
from layers.selecting.drawn import MAX_CORNERS, parse_drawn
from layers.selecting.judging import (
    build_surroundings,
    choose_meeting,
    choose_neighbours,
    put_together,
)

D96 = 3794
SQUARE = "POLYGON((507000 135000, 507020 135000, 507020 135020, 507000 135020, 507000 135000))"
# Three parcels of 20 m side by side, and one that touches the middle one at a corner only.
ROW = [shapely.box(west, 0, west + 20, 20) for west in (0, 20, 40)]
CORNER = shapely.box(40, 20, 60, 40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POINT(507000 135000)", "POINT (507000 135000)"),
        (" linestring ( 507000 135000 ,507100.5 135000 ) ", "LINESTRING (507000 135000, 507100.5 135000)"),
        ("POLYGON((0 0, 10 0, 10 10))", "POLYGON ((0 0, 10 0, 10 10, 0 0))"),
        (
            "POLYGON((0 0, 9 0, 9 9, 0 0), (5 1, 8 1, 8 4, 5 1))",
            "POLYGON ((0 0, 9 0, 9 9, 0 0), (5 1, 8 1, 8 4, 5 1))",
        ),
    ],
)
def test_texts_become_shapes(text: str, expected: str) -> None:
    """Well-known text in the portal's CRS, rings closed when they are not."""
    assert shapely.to_wkt(parse_drawn(text, None, D96), trim=True) == expected


def test_degrees_become_metres() -> None:
    """Longitude comes first, and a corner ends where pyproj puts it."""
    lon, lat = crs.transform(D96, crs.WGS84, 507000.0, 135000.0)

    shape = parse_drawn(f"POINT({lon:.9f} {lat:.9f})", "4326", D96)

    assert (shape.x, shape.y) == pytest.approx((507000, 135000), abs=0.001)


def test_an_outline_that_crosses_itself_is_mended() -> None:
    """A bow tie becomes its two halves."""
    shape = parse_drawn("POLYGON((0 0, 10 10, 10 0, 0 10))", None, D96)

    assert shape.is_valid
    assert shape.area == pytest.approx(50)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "POINT EMPTY",
        "POINT(1 2 3)",
        "POINT(1 2, 3 4)",
        "POINT(nan 1)",
        "POINT(1e400 1)",
        "LINESTRING(1 1, 1 1)",
        "LINESTRING(0 0, 60000 0)",
        "LINESTRING((0 0, 1 1))",
        "POLYGON(0 0, 1 0, 1 1)",
        "POLYGON((0 0, 1 0, 0 0))",
        "POLYGON((0 0, 1 1, 2 2, 0 0))",
        "POLYGON(((0 0, 1 0, 1 1, 0 0)))",
        "MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)))",
        "GEOMETRYCOLLECTION(POINT(1 1))",
        "GEOMETRYCOLLECTION(" * 2_000,
        "LINESTRING(" + ", ".join(f"{n} {n}" for n in range(MAX_CORNERS + 2)) + ")",
        "POLYGON((0 0, 1 0, 1 1, 0 0); DROP TABLE parcels",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    """What is not one point, line or area of a bearable size names its parameter."""
    with pytest.raises(RequestError, match="geometry"):
        parse_drawn(text, None, D96)


@pytest.mark.parametrize("text", ["POINT(200 46)", "POINT(15 91)", "LINESTRING(15 46, 1000 46)"])
def test_degrees_have_bounds(text: str) -> None:
    """Metres called degrees are refused."""
    with pytest.raises(RequestError, match="longitudes"):
        parse_drawn(text, "4326", D96)


@pytest.mark.parametrize(
    ("west", "expected"),
    [(19.97, [1]), (19.5, [0, 1]), (-30, [0, 1]), (20.0, [1])],
    ids=["3 cm of the next", "50 cm of the next", "all of the next", "exactly to the border"],
)
def test_a_sliver_along_a_border_selects_nothing(west: float, expected: list[int]) -> None:
    """An area drawn along a border selects the parcel it covers, not the one it misses by centimetres."""
    assert choose_meeting(shapely.box(west, -10, 40, 30), ROW) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ([(5, 10), (55, 10)], [0, 1, 2]),
        ([(5, 10), (20.3, 10)], [0]),
        ([(5, 10), (20.8, 10)], [0, 1]),
        ([(30, -5), (30, 25)], [1]),
        ([(0, 30), (60, 30)], []),
    ],
)
def test_a_line_selects_what_it_runs_through(line: list[tuple[float, float]], expected: list[int]) -> None:
    """Half a metre in a parcel is the least that counts, as for a pipe on the parcel's page."""
    assert choose_meeting(shapely.LineString(line), ROW) == expected


def test_a_road_as_wide_as_its_parcel_takes_no_neighbour() -> None:
    """A belt whose edge runs along the borders, 3 cm beyond them, selects the road's parcel only."""
    below, road, above = shapely.box(0, -20, 500, 0), shapely.box(0, 0, 500, 6), shapely.box(0, 6, 500, 30)
    belt = build_surroundings(shapely.LineString([(5, 3), (495, 3)]), 3.03)

    assert choose_meeting(belt, [below, road, above]) == [1]
    assert choose_meeting(
        build_surroundings(shapely.LineString([(5, 3), (495, 3)]), 4), [below, road, above]
    ) == [
        0,
        1,
        2,
    ]


def test_a_parcel_narrower_than_a_sliver_is_selected() -> None:
    """A strip of 15 cm that the area covers is a parcel, not a sliver."""
    strip = shapely.box(0, 0, 100, 0.15)

    assert choose_meeting(shapely.box(-5, -5, 105, 0.15), [strip]) == [0]


def test_within_a_distance() -> None:
    """Ten metres round the first parcel reach the second and not the third."""
    belt = build_surroundings(ROW[0], 10)

    assert choose_meeting(belt, ROW) == [0, 1]
    assert choose_meeting(build_surroundings(ROW[0], 21), ROW) == [0, 1, 2]


def test_neighbours_share_a_border_and_not_a_corner() -> None:
    """Also when the border was drawn twice and misses itself by 5 cm."""
    moved = shapely.affinity.translate(ROW[2], 0.05, 0)

    assert choose_neighbours([ROW[1]], [ROW[0], moved, CORNER]) == [0, 1]
    assert choose_neighbours([ROW[0], ROW[1]], [moved, CORNER]) == [0]
    assert choose_neighbours([CORNER], ROW) == [2]


def test_putting_together_mends() -> None:
    """One parcel that crosses itself does not lose the selection."""
    crossed = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])

    assert put_together([crossed, ROW[1]]).area == pytest.approx(450)
