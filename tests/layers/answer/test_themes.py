"""What a theme tells: shares that add up, words, belts, what is near, and doubts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
import shapely

from layers.answer.overlap import Parcel
from layers.answer_plan import Belt
from layers.style import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.answer.candidates import Near
    from layers.answer.facts import ThemeAnswer
    from layers.catalogue import PublishedLayer

    Ask = Callable[..., ThemeAnswer]
    Build = Callable[..., PublishedLayer]
    MakeNear = Callable[..., Near]

WHOLE = shapely.box(-5, -5, 65, 35)
STYLE = {
    "default": {"fill": "#ffffff"},
    "by": "use",
    "match": "prefix",
    "classes": [{"value": "SS", "title": {"sl": "stanovanja", "en": "housing"}, "symbol": {"fill": "#f0c0a0"}}],
}


def strips(*widths: float) -> list[tuple[str, shapely.Polygon]]:
    """Zones side by side from the west, as wide as said."""
    edges = [sum(widths[:place]) for place in range(len(widths) + 1)]
    return [(f"Z{place}", shapely.box(edges[place], -5, edges[place + 1], 35)) for place in range(len(widths))]


@pytest.mark.parametrize("widths", [(20, 20, 20), (10.01, 19.99, 30), (1, 1, 1, 57), (0.5, 9.5, 50)])
def test_printed_parts_of_zoning_add_up(
    ask: Ask, build_layer: Build, near: MakeNear, widths: tuple[float, ...]
) -> None:
    """Percentages make 100.0, square metres the registered area, however the parcel is divided."""
    layer = build_layer(answer={"restriction": ["code"], "covers_once": True})

    theme = ask(layer, near(*strips(*widths)), subject="zoning", of=Parcel(shapely.box(0, 0, 60, 30), 1811))

    assert round(sum(each.percent or 0 for each in theme.restrictions), 6) == 100.0
    assert sum(each.area_m2 or 0 for each in theme.restrictions) == 1811
    assert theme.covering is not None
    assert theme.covering.holds


def test_gaps_and_overlaps_of_zoning_are_told(ask: Ask, build_layer: Build, near: MakeNear) -> None:
    """What no zone covers stays missing from the sum, and what two cover is told with its area."""
    layer = build_layer(answer={"restriction": ["code"], "covers_once": True})

    gap = ask(layer, near(*strips(20, 30)), subject="zoning")
    twice = ask(layer, near(*strips(40, 20), ("Z9", shapely.box(30, 0, 60, 10))), subject="zoning")

    assert gap.covering is not None
    assert (gap.covering.holds, gap.covering.gap_m2) == (False, 300.0)
    assert [each.percent for each in gap.restrictions] == [50.0, 33.3]
    assert twice.covering is not None
    assert (twice.covering.holds, twice.covering.overlap_m2) == (False, 300.0)


def test_a_zone_stored_twice_is_one(ask: Ask, build_layer: Build, near: MakeNear) -> None:
    """Two copies of a zone cover the parcel once, and the copies are told as a doubt."""
    theme = ask(build_layer(), near(("K2", WHOLE), ("K2", WHOLE)))

    assert [(each.area_m2, each.percent) for each in theme.restrictions] == [(1800, 100.0)]
    assert [(each.fault, each.name) for each in theme.doubts] == [("copies", "K2")]


def test_a_small_parcel_is_told_exactly(ask: Ask, build_layer: Build, near: MakeNear) -> None:
    """1.4 of 12 square metres are 11.7 percent, not 8.3."""
    theme = ask(
        build_layer(), near(("K2", shapely.box(-1, -1, 0.35, 9))), of=Parcel(shapely.box(0, 0, 3, 4), 12)
    )

    assert [(each.drawn_m2, each.area_m2, each.percent) for each in theme.restrictions] == [(1.4, 1.4, 11.7)]


def test_an_outline_that_crosses_itself_degrades_its_theme(
    ask: Ask, build_layer: Build, near: MakeNear
) -> None:
    """It is mended and told; so is one that was mended when the layer was loaded."""
    bow = "POLYGON ((0 0, 40 30, 40 0, 0 30, 0 0))"
    layer = build_layer()
    known = replace(layer, quality={"repairs": [{"key": "OK-0"}, {"key": "elsewhere"}]})

    crossed = ask(layer, near(("K2", bow)))
    mended = ask(known, near(("OK", WHOLE), ("OK", shapely.box(64, 0, 90, 30))))

    assert (crossed.state, [(each.fault, each.name) for each in crossed.doubts]) == (
        "concerned",
        [("mended", "K2")],
    )
    assert [(each.fault, each.name) for each in mended.doubts] == [("mended_at_import", "OK")]


def test_codes_and_words_of_a_zone(ask: Ask, build_layer: Build, near: MakeNear) -> None:
    """A zone is called by its codes and their meaning; a subtype by that of its class; unknown is no 0."""
    layer = build_layer(
        style=STYLE,
        answer={"restriction": ["code", "use"], "tell": ["height", "accuracy"], "legal_state": "state"},
    )
    values = {"use": "SSo", "height": 9.5, "accuracy": None, "state": "osnutek"}

    zone = ask(layer, near(("JE-12", WHOLE, values)), subject="zoning").restrictions[0]
    english = ask(layer, near(("JE-12", WHOLE, values)), subject="protection", language="en").restrictions[0]

    assert (zone.name, zone.codes, zone.class_value) == ("JE-12 – SSo – stanovanja", ("JE-12", "SSo"), "SS")
    assert [(each.title, each.text, each.unit) for each in zone.told] == [
        ("Višina", "9,5", "m"),
        ("Natančnost", None, "m"),
    ]
    assert zone.legal_state == "osnutek"
    assert (english.name, english.told[0].text) == ("JE-12 – housing", "9.5")


def test_lines_and_points_have_length_and_count(ask: Ask, build_layer: Build, near: MakeNear) -> None:
    """A pipe is told in metres on the parcel, wells by how many there are."""
    lines, points = build_layer(geometry={"kind": "line"}), build_layer(geometry={"kind": "point"})

    pipe = ask(lines, near(("pipe", "LINESTRING (-10 10, 25 10)"), ("pipe", "LINESTRING (25 10, 40 10)")))
    wells = ask(points, near(("well", "POINT (1 1)"), ("well", "POINT (60 5)"), ("well", "POINT (61 5)")))

    assert [(each.length_m, each.area_m2, each.percent) for each in pipe.restrictions] == [(40.0, None, None)]
    assert [(each.count, each.length_m, each.features) for each in wells.restrictions] == [
        (2, None, ("well-0", "well-1"))
    ]


def test_what_is_beside_the_parcel(ask: Ask, build_layer: Build, near: MakeNear) -> None:
    """Within the reach of the layer the nearest distance is told; without a reach nothing beside is."""
    pipes = near(
        ("main", "LINESTRING (-10 42.5, 70 42.5)"),
        ("main", "LINESTRING (-10 49, 70 49)"),
        ("far", "POINT (0 60)"),
    )

    reaching = ask(build_layer(geometry={"kind": "line"}, answer={"restriction": ["code"], "reach": 20}), pipes)
    blind = ask(build_layer(geometry={"kind": "line"}), pipes)

    assert [(each.name, each.distance_m, each.features) for each in reaching.nearby] == [
        ("main", 12.5, ("main-0", "main-1"))
    ]
    assert (reaching.state, blind.nearby) == ("not_concerned", ())


PIPES = {"restriction": ["code"], "accuracy": "accuracy", "abandoned": {"state": ["opuščen"]}}


def belt(width: float, **more: object) -> Belt:
    """A belt of the layer under test."""
    return Belt(layers=("parcels",), width=width, article=Text(sl="Zakon, 1. člen"), **more)  # type: ignore[arg-type]


def test_a_belt_reaches_from_beside(ask: Ask, build_layer: Build, near: MakeNear) -> None:
    """The axis lies 4 m off; a belt of 10 m covers 6 m of the parcel, 1 m more with an accuracy of 1 m."""
    layer = build_layer(geometry={"kind": "line"}, answer=PIPES)
    axis = "LINESTRING (-100 34, 160 34)"

    exact = ask(layer, near(("vod", axis)), belts=[belt(10)])
    rough = ask(layer, near(("vod", axis, {"accuracy": 1.0})), belts=[belt(10)])

    assert (exact.state, exact.restrictions) == ("concerned", ())
    assert [(each.drawn_m2, each.percent, each.widened_m, each.without_accuracy) for each in exact.belts] == [
        (360.0, 20.0, 0.0, 1)
    ]
    assert [(each.drawn_m2, each.widened_m, each.without_accuracy, each.article) for each in rough.belts] == [
        (420.0, 1.0, 0, "Zakon, 1. člen")
    ]


def test_belts_of_one_kind_count_once(ask: Ask, build_layer: Build, near: MakeNear) -> None:
    """Belts of pipes side by side lie on each other without being copies."""
    layer = build_layer(geometry={"kind": "line"}, answer=PIPES)
    axes = [("vod", f"LINESTRING (-100 {north}, 160 {north})") for north in (34, 36)]

    theme = ask(layer, near(*axes), belts=[belt(10)])

    assert [(each.drawn_m2, each.features) for each in theme.belts] == [(360.0, ("vod-0", "vod-1"))]
    assert theme.doubts == ()


def test_an_abandoned_pipe_has_no_belt(ask: Ask, build_layer: Build, near: MakeNear) -> None:
    """It is told where it lies on the parcel, and said to be out of use."""
    layer = build_layer(geometry={"kind": "line"}, answer={**PIPES, "reach": 20})
    old = {"state": "opuščen"}

    theme = ask(
        layer,
        near(("vod", "LINESTRING (0 10, 60 10)", old), ("vod", "LINESTRING (0 33, 60 33)", old)),
        belts=[belt(10)],
    )

    assert (theme.belts, theme.nearby) == ((), ())
    assert [(each.name, each.abandoned, each.length_m) for each in theme.restrictions] == [("vod", True, 60.0)]


def test_the_first_belt_that_holds_on_the_day_counts(ask: Ask, build_layer: Build, near: MakeNear) -> None:
    """Narrower rules stand first; a belt that is no longer in force, or not yet, is passed over."""
    layer = build_layer(geometry={"kind": "line"}, answer=PIPES)
    table = [
        belt(5, where={"code": ("podzemni",)}),
        belt(20, until=date(2025, 12, 31)),
        belt(10, since=date(2026, 1, 1)),
    ]
    axes = near(("podzemni", "LINESTRING (-99 34, 160 34)"), ("nadzemni", "LINESTRING (-99 34, 160 34)"))

    today, before = (ask(layer, axes, belts=table, day=day) for day in (date(2026, 3, 1), date(2025, 3, 1)))

    assert [(each.name, each.width_m) for each in today.belts] == [("nadzemni", 10), ("podzemni", 5)]
    assert [(each.name, each.width_m) for each in before.belts] == [("nadzemni", 20), ("podzemni", 5)]
