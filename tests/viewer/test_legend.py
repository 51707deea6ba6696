"""The legend and its pictures."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from layers.style import Hatch, Symbol
from viewer.legend import build_legend, draw_swatch

if TYPE_CHECKING:
    from layers.manifest import Manifest

SVG = "{http://www.w3.org/2000/svg}"


def picture(address: str) -> ET.Element:
    """The SVG of a swatch."""
    head, content = address.split(",", 1)
    assert head == "data:image/svg+xml"
    return ET.fromstring(unquote(content))  # noqa: S314 - our own drawing


def test_legend_has_the_classes_in_the_order_of_the_style(zoning: Manifest) -> None:
    """Each class is an entry in the asked language, which falls back to Slovenian."""
    legend = build_legend(zoning, "en")

    assert [(entry.value, entry.title) for entry in legend] == [
        ("S", "Housing"),
        ("SK", "Podeželska naselja"),
    ]
    assert [entry.official for entry in legend] == [True, False]


def test_style_without_classes_is_named_as_the_layer(water: Manifest) -> None:
    """One entry with the layer's title."""
    legend = build_legend(water, "sl")

    assert [(entry.value, entry.title) for entry in legend] == [(None, "Vodovod")]


def test_features_in_no_class_are_named_when_the_style_names_them(zoning: Manifest) -> None:
    """A default title adds a last entry."""
    titled = zoning.style.model_copy(update={"default_title": zoning.title})

    legend = build_legend(zoning.model_copy(update={"style": titled}), "sl")

    assert (legend[-1].value, legend[-1].title) == (None, "Namenska raba")


def test_line_keeps_dash_colour_and_width() -> None:
    """A line swatch is one path with the symbol's stroke."""
    path = picture(draw_swatch(Symbol(line="#1f6fd6", line_width=2, dash=(6, 3)), "line")).find(f"{SVG}path")

    assert path is not None
    assert (path.get("stroke"), path.get("stroke-width")) == ("#1f6fd6", "2")
    assert path.get("stroke-dasharray") == "6 3"


def test_white_line_is_cased() -> None:
    """A white street is drawn on a faint broader line, a dark one is not."""
    drawn = [
        picture(draw_swatch(Symbol(line=colour, line_width=3), "line")) for colour in ("#ffffff", "#1f6fd6")
    ]

    assert [len(svg.findall(f"{SVG}path")) for svg in drawn] == [2, 1]


def test_hatch_turns_as_on_the_map() -> None:
    """Angles count counter-clockwise in the style and clockwise in SVG."""
    svg = picture(draw_swatch(Symbol(hatch=Hatch(colour="#8a5a00", angle=30)), "polygon"))
    pattern = svg.find(f"{SVG}pattern")

    assert pattern is not None
    assert pattern.get("patternTransform") == "rotate(-30)"


def test_white_surface_without_line_still_shows_on_white_paper() -> None:
    """A surface without a line of its own gets a faint frame."""
    frames = picture(draw_swatch(Symbol(fill="#ffffff"), "polygon")).findall(f"{SVG}rect[@stroke]")

    assert len(frames) == 1


@pytest.mark.parametrize("kind", ["point", "line", "polygon"])
def test_empty_symbol_is_still_a_picture(kind: str) -> None:
    """A symbol that draws nothing gives a valid, empty picture."""
    assert picture(draw_swatch(Symbol(), kind)).tag == f"{SVG}svg"


def test_a_white_surface_with_a_white_edge_is_seen() -> None:
    """Roads drawn as white surfaces get a faint frame in the legend."""
    swatch = draw_swatch(Symbol(fill="#ffffff", line="#ffffff"), "polygon")

    assert "0.18" in swatch
