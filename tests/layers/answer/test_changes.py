"""What is different on a parcel between two days."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import shapely

from layers.answer import facts
from layers.answer.changes import compare_parcels

ZONE = facts.Restriction("JE-1 – SS", ("JE-1", "SS"), ("1",), drawn_m2=600.0, area_m2=600.0, percent=60.0)
FIELD = facts.Restriction("JE-2 – K2", ("JE-2", "K2"), ("2",), drawn_m2=400.0, area_m2=400.0, percent=40.0)
BELT = facts.BeltOnParcel("vod", 10.0, 0.0, 0, "EZ-2", None, ("p",), 100.0, 100.0, 10.0)


def build(*restrictions: facts.Restriction, **more: Any) -> facts.ParcelAnswer:
    """A parcel with one theme."""
    theme = facts.ThemeAnswer("zoning", "zoning", "Raba", "concerned", restrictions=restrictions)
    theme = replace(theme, **{name: more.pop(name) for name in ("belts", "state", "reason") if name in more})
    values = {
        "ko": "964", "ko_name": None, "number": "1", "path": "964/1", "key": "964-1", "eid": None,
        "registered_m2": 1000.0, "drawn_m2": 1000.0, "east": 0, "north": 0, "lon": 15, "lat": 46,
        "bounds": (0, 0, 1, 1), "neighbours": (), "shape": shapely.box(0, 0, 1, 1), "versions": {},
    }  # fmt: skip
    return facts.ParcelAnswer(**{**values, "themes": (theme,), **more})  # type: ignore[arg-type]


def test_nothing_is_different() -> None:
    """Other rows of the source that say the same are no change."""
    change = compare_parcels(build(ZONE), build(replace(ZONE, features=("7", "8"))))

    assert (change.themes, change.is_gone, change.is_another_area) == ((), False, False)


def test_what_came_went_and_grew() -> None:
    """By codes: one zone is gone, one is new, one covers more."""
    grown = replace(ZONE, percent=100.0, area_m2=1000.0)
    new = replace(FIELD, codes=("JE-3", "G"), name="JE-3 – G")

    (theme,) = compare_parcels(build(ZONE, FIELD), build(grown, new)).themes

    assert [(each.kind, each.name) for each in theme.restrictions] == [
        ("removed", "JE-2 – K2"),
        ("changed", "JE-1 – SS"),
        ("added", "JE-3 – G"),
    ]
    changed = theme.restrictions[1]
    assert (changed.before, changed.after) == (ZONE, grown)


def test_states_and_belts() -> None:
    """A theme that has data now is told, also when nothing concerns the parcel; so is a wider belt."""
    missing = compare_parcels(build(state="no_data", reason="never_loaded"), build(state="not_concerned"))
    wider = compare_parcels(build(belts=(BELT,)), build(belts=(replace(BELT, width_m=15.0, percent=15.0),)))

    assert [(each.state_before, each.reason_before, each.state_after) for each in missing.themes] == [
        ("no_data", "never_loaded", "not_concerned")
    ]
    assert [(each.kind, each.name) for each in wider.themes[0].belts] == [("removed", "vod"), ("added", "vod")]


def test_a_condition_or_a_legal_state_is_told() -> None:
    """A height that became known, and an act that came further, are changes of the same restriction."""
    told = replace(ZONE, told=(facts.Told("h", "Višina", "9,5", "m"),), legal_state="razgrnitev")

    (theme,) = compare_parcels(build(ZONE), build(told)).themes

    assert [each.kind for each in theme.restrictions] == ["changed"]


def test_a_parcel_that_is_gone_or_has_another_area() -> None:
    """A parcel that was divided is not there any more; a remeasured one has another area."""
    gone = compare_parcels(build(ZONE), None)
    remeasured = compare_parcels(build(ZONE), build(ZONE, registered_m2=1003.0))

    assert (gone.is_gone, gone.themes) == (True, ())
    assert (remeasured.is_another_area, remeasured.themes) == (True, ())
