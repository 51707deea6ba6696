"""Styles held against the published MapLibre specification, by its own package."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.style import Style
from tiles.styles.choices import choose, list_symbols

if TYPE_CHECKING:
    from flask.testing import FlaskClient

HERE = Path(__file__).parent
SQUARE = shapely.box(508001, 135980, 508020, 135999)
TEXT = {"sl": "besedilo", "en": "text"}


def ask_node(script: str, question: Any) -> Any:
    """What a script beside this file answers to a question, both in JSON."""
    done = subprocess.run(
        ["node", HERE / script], input=json.dumps(question), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.database
def test_every_style_of_the_sample_is_valid(client: FlaskClient) -> None:
    """Each layer and each theme, in both languages, is a style without a fault."""
    names = [each["id"] for each in client.get("/layers?f=json").get_json()["layers"]]
    names += ["cadastre", "planning", "infrastructure", "environment"]
    styles = [
        client.get(f"/tiles/{name}/style.json?lang={lang}").get_json()
        for name in names
        for lang in ("sl", "en")
    ]

    faults = ask_node("validate-styles.mjs", styles)

    assert len(styles) > 30
    assert dict(zip([style["name"] for style in styles], faults, strict=True)) == {
        style["name"]: [] for style in styles
    }


@pytest.mark.database
@pytest.mark.parametrize("kind", ["polygon", "line", "point"])
@pytest.mark.parametrize("match", ["exact", "prefix"])
def test_everything_a_neutral_style_can_say_is_valid(workshop: Any, kind: str, match: str) -> None:
    """Hatches, dashes, offsets, opacities, radii, labels, ranges and odd classes make a valid style."""
    symbols = [
        {"fill": "#112233", "fill_opacity": 0.3, "radius": 0},
        {"hatch": {"colour": "#445566", "angle": -30}, "line": "#778899", "dash": [3], "line_width": 0.3},
        {"line": "#aabbcc", "offset": -3, "line_opacity": 0.5, "dash": [4, 2, 1, 2]},
        {},
    ]
    values = ["", "S", "SS", 'quote"', "Š"]
    classes = [
        {"value": value, "title": TEXT, "symbol": symbols[index % 4]} for index, value in enumerate(values * 2)
    ]
    style = {
        "default": symbols[2],
        "by": "name",
        "match": match,
        "classes": classes,
        "label": {"column": "name", "halo": None},
        "scale": {"min": 0.1, "max": 40},
    }
    shape = {"polygon": SQUARE, "line": SQUARE.exterior, "point": SQUARE.centroid}[kind]
    workshop.publish(
        "a", [shapely.LineString(shape.coords) if kind == "line" else shape], kind=kind, style=style
    )
    made = workshop.client.get("/tiles/a/style.json").json

    faults = ask_node("validate-styles.mjs", [made])

    assert faults == [[]]
    assert len(made["layers"]) >= 2


def test_expressions_find_the_class_that_the_neutral_style_finds() -> None:
    """For made-up classes and values MapLibre's evaluation and `find_class` agree, exact and by prefix."""
    chance = random.Random(46)  # noqa: S311 - nothing secret
    styles = [make_style(chance) for _ in range(300)]
    values = ["", "S", "SS", "SSo", "SSoX", "s", "Š", "ŠS", "B", "SB", None]
    features = [{} if value is None else {"code": value} for value in values]
    questions = [[["literal", 0] if style.by is None else place_of(style), features] for style in styles]

    answers = ask_node("evaluate-expressions.mjs", questions)

    for style, places in zip(styles, answers, strict=True):
        symbols = list_symbols(style)
        for value, place in zip(values, places, strict=True):
            found = style.find_class(value)
            assert symbols[place] is (found.symbol if found else style.default), (style, value)


def place_of(style: Style) -> Any:
    """The place of a feature's symbol, as an expression."""
    chosen = choose(style, lambda place: place)
    return chosen if isinstance(chosen, list) else ["literal", chosen]


def make_style(chance: random.Random) -> Style:
    """A style of a few classes whose values are beginnings of one another, one perhaps twice."""
    values = chance.choices(["", "S", "SS", "SSo", "Š", "B", "SB"], k=chance.randint(0, 6))
    return Style.model_validate(
        {
            "default": {},
            "by": "code",
            "match": chance.choice(["exact", "prefix"]),
            "classes": [{"value": value, "title": TEXT, "symbol": {}} for value in values],
        }
    )
