"""The rules of a parcel's answer are read strictly, and say what is wrong with them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from gis.errors import ConfigurationError
from layers.answer_plan import AnswerPlan, AnswerTheme, Belt

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.manifest import Manifest

BELT = {"layers": ["gas"], "width": 5, "article": {"sl": "EZ-2, 113. člen"}}


def build_belt(**more: Any) -> Belt:
    """A belt of gas pipes."""
    return Belt.model_validate({**BELT, **more})


def test_a_belt_holds_from_a_day_until_another() -> None:
    """Both days belong to it; without days it always holds."""
    belt = build_belt(since="2024-05-22", until="2026-12-31")

    days = [date(2024, 5, 21), date(2024, 5, 22), date(2026, 12, 31), date(2027, 1, 1)]

    assert [belt.holds("gas", {}, day) for day in days] == [False, True, True, False]
    assert build_belt().holds("gas", {}, date(1990, 1, 1))


def test_a_belt_goes_by_layer_and_values() -> None:
    """Numbers are compared as they are written; an object without the value has no such belt."""
    belt = build_belt(where={"kind": ["main", "7"]})

    values: list[dict[str, object]] = [{"kind": "main"}, {"kind": 7}, {"kind": "other"}, {"kind": None}, {}]

    assert [belt.holds("gas", each, date(2026, 1, 1)) for each in values] == [True, True, False, False, False]
    assert not belt.holds("water", {"kind": "main"}, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("plan", "wrong"),
    [
        ({"belts": [{**BELT, "since": "2026-02-01", "until": "2026-01-31"}]}, "before since"),
        ({"belts": [{**BELT, "width": 0}]}, "greater than 0"),
        ({"themes": [{"layer": "gas"}, {"layer": "gas"}]}, "one theme only"),
        ({"report": "mailto:office@example.si?body={owner}"}, r"\{features\}"),
        ({"report": "javascript:alert(1)"}, "pattern"),
        ({"fees": {"sl": "20 EUR"}}, "Extra inputs"),
    ],
)
def test_what_is_wrong_is_refused(plan: dict[str, Any], wrong: str) -> None:
    """Days in the wrong order, belts of no width, one layer twice, unknown places to fill in, unknown keys."""
    with pytest.raises(ValidationError, match=wrong):
        AnswerPlan.model_validate(plan)


def test_a_belt_names_layers_and_columns_that_exist(make_manifest: Callable[..., Manifest]) -> None:
    """A slip of the pen in the table of belts stops the start, and is named with its place."""
    manifests = {"parcels": make_manifest()}

    plan = AnswerPlan(belts=(build_belt(layers=["parcels"], where={"kinds": ["1"]}),))
    unknown = AnswerPlan(belts=(build_belt(),))

    with pytest.raises(
        ConfigurationError, match=r"answer\.belts\.0\.where: the layer parcels has no column 'kinds'"
    ):
        plan.check_belts(manifests)
    with pytest.raises(ConfigurationError, match=r"answer\.belts\.0\.layers: there is no manifest of 'gas'"):
        unknown.check_belts(manifests)


def test_roles_make_themes_when_none_are_named(make_manifest: Callable[..., Manifest]) -> None:
    """A portal that says nothing gets every layer whose role says what it is about, by subject."""
    layers = [("pipes", "utilities"), ("houses", "buildings"), ("plan", "zoning"), ("base", "other")]
    manifests = [make_manifest(id=name, role=role, search=None) for name, role in layers]

    themes = AnswerPlan().themes_of(manifests)

    assert [(each.layer, each.subject) for each in themes] == [
        ("houses", "cadastre"),
        ("plan", "zoning"),
        ("pipes", "utilities"),
    ]


def test_a_theme_may_wait_for_its_layer(make_manifest: Callable[..., Manifest]) -> None:
    """Named themes keep their order within a subject, also those whose layer nobody has."""
    plan = AnswerPlan(
        themes=(
            AnswerTheme(layer="acts", subject="acts"),
            AnswerTheme(layer="later"),
            AnswerTheme(layer="plan"),
        )
    )

    themes = plan.themes_of([make_manifest(id="plan", role="zoning", search=None)])

    assert [(each.layer, each.subject) for each in themes] == [
        ("plan", "zoning"),
        ("acts", "acts"),
        ("later", "other"),
    ]


def test_rules_of_a_layer_name_its_columns(make_manifest: Callable[..., Manifest]) -> None:
    """A column that the rules name has to be published."""
    with pytest.raises(ValidationError, match="answer names the column 'stat'"):
        make_manifest(answer={"legal_state": "stat"})
