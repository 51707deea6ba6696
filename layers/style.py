"""The neutral style of a layer: one description from which legend, viewer, exports and print are drawn.

Lengths are in CSS pixels (1/96 inch), scales in ground metres per CSS pixel, never a zoom level, so one
style serves every grid. This module knows no drawing engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from layers.parts import Part

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Share = Annotated[float, Field(ge=0, le=1)]
Pixels = Annotated[float, Field(ge=0, le=64)]
GroundResolution = Annotated[float, Field(gt=0, le=200_000)]

# A grid of 2 m per pixel shows 2.0001 m of ground, because D96/TM shortens by 0.9999; it still means 2.
SCALE_TOLERANCE = 0.01


class Text(Part):
    """One text in the two languages of the interface; English falls back to Slovenian."""

    sl: str = Field(min_length=1)
    en: str = ""

    def in_language(self, language: str) -> str:
        """The text in `sl` or `en`."""
        return (self.en or self.sl) if language == "en" else self.sl


class Hatch(Part):
    """Parallel lines inside a polygon; seamless across tiles because they hang on the CRS origin."""

    colour: Colour
    spacing: Pixels = 8
    width: Pixels = 1
    angle: float = Field(default=45, ge=-90, le=90, description="degrees, counter-clockwise from east")


class Symbol(Part):
    """How one class of features is drawn. Everything left out is not drawn."""

    fill: Colour | None = None
    fill_opacity: Share = 1
    hatch: Hatch | None = None
    line: Colour | None = None
    line_width: Pixels = 1
    line_opacity: Share = 1
    dash: tuple[Pixels, ...] = Field(default=(), max_length=8)
    offset: float = Field(
        default=0, ge=-32, le=32, description="lines only: pixels to the right of their direction"
    )
    radius: Pixels = Field(default=4, description="points only")

    def reach_pixels(self, kind: str) -> float:
        """How many pixels beyond the geometry stroke, offset or radius paint."""
        stroke = self.line_width / 2 if self.line else 0.0
        return stroke + (self.radius if kind == "point" else abs(self.offset))


class Class(Part):
    """The symbol and legend title of features whose `by` column holds `value`."""

    value: str
    title: Text
    symbol: Symbol
    official: bool = Field(default=False, description="true when the colours come from an official rulebook")


class Label(Part):
    """A text from one column, drawn where it fits; shown only when the map is at least this detailed."""

    column: str
    size: Pixels = 11
    colour: Colour = "#333333"
    halo: Colour | None = "#ffffff"
    max_metres_per_pixel: GroundResolution = 0.6
    inside: bool = Field(default=True, description="polygons: only where the text fits inside the shape")
    italic: bool = Field(default=False, description="slanted, to tell it from the labels of other layers")
    shown: bool = Field(default=True, description="false: only for readers who switch the labels on")


class ScaleRange(Part):
    """The ground metres per CSS pixel between which a layer is drawn: at least min, at most max."""

    min: float = Field(default=0.0, ge=0)
    max: GroundResolution = 200_000.0

    def holds(self, metres_per_pixel: float) -> bool:
        """True when the layer is drawn at this resolution, give or take `SCALE_TOLERANCE`."""
        return self.meets(metres_per_pixel, metres_per_pixel)

    def meets(self, finest: float, coarsest: float) -> bool:
        """True when the layer is drawn at any resolution between these two, both included."""
        return self.min * (1 - SCALE_TOLERANCE) <= coarsest and finest <= self.max * (1 + SCALE_TOLERANCE)


@dataclass(frozen=True)
class LegendRow:
    """What a symbol means; `value` is the class value, None for features in no class."""

    value: str | None
    title: Text
    official: bool
    symbol: Symbol


class Style(Part):
    """Symbols by class: the class of a feature is found by its `by` column, else the default is used.

    `match = "prefix"` finds the longest class value that the column's text begins with, which zoning codes
    need: an exact match first, then SSo → SS → S, then the default. Case counts (F is not f).
    """

    default: Symbol
    default_title: Text | None = Field(default=None, description="legend text of features in no class")
    by: str | None = None
    match: Literal["exact", "prefix"] = "exact"
    classes: tuple[Class, ...] = ()
    label: Label | None = None
    scale: ScaleRange = ScaleRange()
    order: int = Field(default=50, description="smaller is drawn first, below the others")

    def find_class(self, value: str | None) -> Class | None:
        """The class that a value of the `by` column falls in, or None for the default symbol."""
        if value is None:
            return None
        by_value = {each.value: each for each in self.classes}
        if self.match == "exact":
            return by_value.get(value)
        for length in range(len(value), 0, -1):
            if value[:length] in by_value:
                return by_value[value[:length]]
        return None

    def legend(self, layer_title: Text) -> tuple[LegendRow, ...]:
        """The classes in the order of the style, then the default symbol if the style gives it a title.

        A style without classes has one row, named as the layer.
        """
        rows = [LegendRow(each.value, each.title, each.official, each.symbol) for each in self.classes]
        default_title = self.default_title or (layer_title if not rows else None)
        if default_title is not None:
            rows.append(LegendRow(None, default_title, official=False, symbol=self.default))
        return tuple(rows)

    def reach_pixels(self, kind: str) -> float:
        """How many pixels beyond its geometry a feature of this kind may be painted: tiles overlap by that."""
        symbols = (self.default, *(each.symbol for each in self.classes))
        return max(symbol.reach_pixels(kind) for symbol in symbols)

    def columns(self) -> tuple[str, ...]:
        """The columns the style reads, each once: class column first, then the label's."""
        wanted = [self.by, self.label.column if self.label else None]
        return tuple(dict.fromkeys(name for name in wanted if name is not None))
