"""Concerned, not concerned, or no data and why: nothing that is missing reads as good news."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.answer.overlap import Parcel

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.answer.candidates import Near
    from layers.answer.facts import ThemeAnswer
    from layers.catalogue import PublishedLayer


def test_nothing_on_a_complete_layer_is_not_concerned(
    ask: Callable[..., ThemeAnswer], build_layer: Callable[..., PublishedLayer], near: Callable[..., Near]
) -> None:
    """The layer is loaded, has rows and claims to be complete here."""
    theme = ask(build_layer(), near(("K2", shapely.box(100, 100, 200, 200))))

    assert (theme.state, theme.reason, theme.coverage) == ("not_concerned", None, "Vsa občina.")


@pytest.mark.parametrize("reason", ["never_loaded", "failed", "withdrawn", "not_kept", "other_crs"])
def test_without_a_version_the_reason_is_told(ask: Callable[..., ThemeAnswer], reason: str) -> None:
    """A theme nobody loaded, whose import failed, that was withdrawn or is no longer kept is no data."""
    theme = ask(None, None, reason=reason)

    assert (theme.state, theme.reason) == ("no_data", reason)


def test_an_empty_table_is_no_data(
    ask: Callable[..., ThemeAnswer], build_layer: Callable[..., PublishedLayer], near: Callable[..., Near]
) -> None:
    """A version without rows says nothing, whatever its manifest claims."""
    theme = ask(replace(build_layer(), row_count=0), near())

    assert (theme.state, theme.reason) == ("no_data", "empty")


@pytest.mark.parametrize(
    ("coverage", "reason"),
    [(None, "unstated"), ({"statement": {"sl": "Vpisani vodi."}, "complete": False}, "incomplete")],
)
def test_absence_means_nothing_where_nobody_claims_to_be_complete(
    ask: Callable[..., ThemeAnswer],
    build_layer: Callable[..., PublishedLayer],
    near: Callable[..., Near],
    coverage: dict[str, Any] | None,
    reason: str,
) -> None:
    """Without a statement, or with one that says there is more, nothing found is no data; a find is a find."""
    layer = build_layer(coverage=coverage)

    nothing, found = ask(layer, near()), ask(layer, near(("K2", shapely.box(0, 0, 60, 15))))

    assert (nothing.state, nothing.reason) == ("no_data", reason)
    assert (found.state, found.reason) == ("concerned", None)


def test_outside_the_municipality_nothing_is_claimed(
    ask: Callable[..., ThemeAnswer], build_layer: Callable[..., PublishedLayer], near: Callable[..., Near]
) -> None:
    """A parcel that reaches over the border by more than a metre is told how much of it nobody looked at."""
    layer = build_layer()

    half, hardly = (ask(layer, near(), outline=shapely.box(-9, -9, west, 99)) for west in (30, 59.5))

    assert (half.state, half.reason, half.uncovered_percent) == ("no_data", "outside_coverage", 50.0)
    assert (hardly.state, hardly.uncovered_percent) == ("not_concerned", 0.0)


@pytest.mark.parametrize(
    ("surveyed", "state", "percent"),
    [
        (shapely.box(0, 0, 60, 30), "not_concerned", 0.0),
        (shapely.box(0, 0, 45, 30), "no_data", 25.0),
        (None, "no_data", 100.0),
    ],
)
def test_a_layer_is_complete_where_it_was_surveyed(
    ask: Callable[..., ThemeAnswer],
    build_layer: Callable[..., PublishedLayer],
    near: Callable[..., Near],
    surveyed: Any,
    state: str,
    percent: float,
) -> None:
    """Flood studies hold where they were made; without the layer that says where, they hold nowhere."""
    layer = build_layer(coverage={"statement": {"sl": "Študije."}, "within": "studies"})

    theme = ask(layer, near(), surveyed={"studies": surveyed})

    assert (theme.state, theme.uncovered_percent) == (state, percent)


def test_what_cannot_be_read_is_no_all_clear(
    ask: Callable[..., ThemeAnswer], build_layer: Callable[..., PublishedLayer], near: Callable[..., Near]
) -> None:
    """An outline that cannot be read, or more features than are read, might be a restriction."""
    unreadable = ask(build_layer(), near(("K2", None)))
    more = ask(build_layer(), near(("K2", shapely.box(100, 100, 200, 200)), more=True))

    assert (unreadable.state, unreadable.reason) == ("no_data", "unreadable")
    assert [(each.fault, each.name) for each in unreadable.doubts] == [("unreadable", "K2")]
    assert (more.state, more.reason, [each.fault for each in more.doubts]) == (
        "no_data",
        "unreadable",
        ["more"],
    )


def test_zoning_that_says_nothing_is_a_gap(
    ask: Callable[..., ThemeAnswer], build_layer: Callable[..., PublishedLayer], near: Callable[..., Near]
) -> None:
    """Every place has a zone, so a parcel without one is not free of zones."""
    layer = build_layer(answer={"restriction": ["code"], "covers_once": True})

    theme = ask(layer, near(), subject="zoning")

    assert (theme.state, theme.reason) == ("no_data", "gap")


def test_slivers_alone_do_not_concern(
    ask: Callable[..., ThemeAnswer], build_layer: Callable[..., PublishedLayer], near: Callable[..., Near]
) -> None:
    """What only comes from borders that do not meet is left out, and listed with area, width and rule."""
    theme = ask(build_layer(), near(("K2", shapely.box(-10, -50, 70, 0.03))))

    (left,) = theme.left_out
    assert theme.state == "not_concerned"
    assert (left.name, left.rule, left.drawn_m2, left.width_m) == ("K2", "sliver", 1.8, 0.03)


def test_a_parcel_without_registered_area_of_a_whole_metre_is_answered(
    ask: Callable[..., ThemeAnswer], build_layer: Callable[..., PublishedLayer], near: Callable[..., Near]
) -> None:
    """A parcel of a quarter of a square metre gets shares like any other."""
    tiny = Parcel(shapely.box(0, 0, 0.5, 0.5), 0.0)

    theme = ask(build_layer(), near(("K2", shapely.box(0, 0, 0.25, 1))), of=tiny)

    assert [(each.percent, each.drawn_m2) for each in theme.restrictions] == [(50.0, 0.12)]
