"""What lies on a parcel: the cases in `overlap_cases`, which a surveyor can read, and what holds for all."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.answer.overlap import Parcel, Rules, build_belt, find_balance, judge

CASES = sorted((Path(__file__).parents[1] / "overlap_cases").glob("*.toml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_surveyor_s_case(path: Path) -> None:
    """Shares, what is left out and by which rule, and doubts, to the decimal that is printed."""
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    parcel = Parcel(shapely.from_wkt(case["parcel"]["shape"]), case["parcel"].get("registered_m2"))
    shapes = [(each["name"], shapely.from_wkt(each["shape"])) for each in case["restrictions"]]
    if belt := case.get("belt"):
        shapes = [(name, build_belt(axis, **belt)) for name, axis in shapes]
    expected = case["expected"]

    found = judge(parcel, shapes, Rules())

    assert [as_expected(share, each) for share, each in zip(found.shares, expected["shares"], strict=True)] == (
        expected["shares"]
    )
    assert [as_expected(left, each) for left, each in zip(found.ignored, expected["ignored"], strict=True)] == (
        expected["ignored"]
    )
    assert [{"name": each.name, "fault": each.fault} for each in found.doubts] == expected["doubts"]
    if "gap_m2" in expected:
        balance = find_balance(parcel, found)
        assert (balance.gap_m2, balance.overlap_m2) == pytest.approx(
            (expected["gap_m2"], expected["overlap_m2"])
        )
        assert not balance.holds(0.01)


def as_expected(found: Any, expected: dict[str, Any]) -> dict[str, Any]:
    """What was found, told by the members the case tells, rounded as it is printed."""
    told = {name: getattr(found, name, None) for name in expected if name != "percent"}
    rounded = {name: round(value, 2) if isinstance(value, float) else value for name, value in told.items()}
    percent = {"percent": round(100 * found.share, 1)} if "percent" in expected else {}
    return {name: {**rounded, **percent}[name] for name in expected}


def test_a_neighbour_that_cannot_be_read_spoils_nothing_else() -> None:
    """An outline with a corner at infinity is told as a doubt, and the other restriction is judged."""
    parcel = Parcel(shapely.box(0, 0, 60, 30))
    endless = shapely.Polygon([(0, 0), (float("inf"), 0), (10, 10)])

    found = judge(parcel, [("endless", endless), ("zone", shapely.box(0, 0, 30, 30))], Rules())

    assert [(each.name, each.area_m2) for each in found.shares] == [("zone", 900.0)]
    assert [(each.name, each.fault) for each in found.doubts] == [("endless", "unreadable")]


def test_less_than_the_theme_asks_for_is_left_out() -> None:
    """The sum of a restriction counts against the least area; half of a tiny parcel is never too little."""
    rules = Rules(least_area_m2=5.0)
    well = shapely.box(1, 1, 2, 2)

    large = judge(Parcel(shapely.box(0, 0, 60, 30)), [("well", well)], rules)
    tiny = judge(Parcel(shapely.box(1, 1, 2, 2.5)), [("well", well)], rules)

    assert (large.shares, [each.rule for each in large.ignored]) == ((), ["small"])
    assert [round(each.share, 3) for each in tiny.shares] == [0.667]


@given(
    cuts=st.lists(st.floats(0.01, 0.99), min_size=1, max_size=8, unique=True),
    registered=st.floats(1, 100_000),
)
def test_zones_that_cover_a_parcel_add_up(cuts: list[float], registered: float) -> None:
    """However a parcel is cut into zones of real width, drawn areas add up, and so do compensated ones."""
    edges = sorted({0.0, 1.0, *(round(cut, 2) for cut in cuts)})
    zones = [
        (f"z{place}", shapely.box(1000 * west, -10, 1000 * east, 110))
        for place, (west, east) in enumerate(itertools.pairwise(edges))
    ]
    parcel = Parcel(shapely.box(0, 0, 1000, 100), registered)

    found = judge(parcel, zones, Rules())

    assert sum(each.area_m2 for each in found.shares) == pytest.approx(100_000)
    assert sum(each.compensated_m2 for each in found.shares) == pytest.approx(registered)
    assert find_balance(parcel, found).holds(1e-9)
