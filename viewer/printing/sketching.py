"""Somebody's own drawings on the map of a sheet, above everything else, with their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from layers.style import Symbol
from viewer.printing.drawing import write_text
from viewer.svg import build_path, draw_point, fill_path, stroke_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from viewer.printing.drawing import MapFrame
    from viewer.printing.sketches import Sketch

_FONT = 12


def draw_sketches(sketches: Sequence[Sketch], frame: MapFrame) -> str:
    """The drawings with their texts, above everything else on the map."""
    return "".join(_draw(each, frame) for each in sketches) + "".join(_write(each, frame) for each in sketches)


def _draw(sketch: Sketch, frame: MapFrame) -> str:
    shape, symbol = _shape(sketch, frame), sketch.symbol
    if sketch.kind == "p":
        return draw_point(shape, symbol.model_copy(update={"line": "#ffffff", "line_width": 2.5}))
    path = build_path(shape)
    casing = Symbol(line="#ffffff", line_width=7, line_opacity=0.9)
    inside = fill_path(path, symbol, "") if sketch.kind == "a" else ""
    return f'<g stroke-linejoin="round">{stroke_path(path, casing)}{inside}{stroke_path(path, symbol)}</g>'


def _shape(sketch: Sketch, frame: MapFrame) -> BaseGeometry:
    points = frame.to_pixels(sketch.points)
    if sketch.kind == "p":
        return shapely.Point(points[0])
    return shapely.LineString(points) if sketch.kind == "l" else shapely.Polygon(points)


def _write(sketch: Sketch, frame: MapFrame) -> str:
    if not sketch.text:
        return ""
    shape = _shape(sketch, frame)
    place = shape.interpolate(0.5, normalized=True) if sketch.kind == "l" else shape.centroid
    x, y = place.x, place.y + (4 if sketch.kind == "a" else -11)
    placed = f'x="{x:.1f}" y="{y:.1f}" font-size="{_FONT}" font-weight="600" text-anchor="middle"'
    return write_text(sketch.text, placed, colour=sketch.colour, halo="#ffffff")
