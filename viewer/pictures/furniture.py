"""What stands on a picture beside the map: selection, marker with its text, scale bar, and whom to credit.

Colours and widths of what is selected are those of the viewer (static/js/map/selection.js).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from layers.style import Symbol
from viewer.pictures.words import measure, shorten, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geometry import GeometryKind
    from viewer.phrases import Phrases
    from viewer.pictures.canvas import Canvas
    from viewer.printing.sketches import Sketch

GROUND = "#fbfaf6"
SELECTED = "#d4003c"
INK = "#1c2326"
WHITE = "#ffffff"

_QUIET, _WARNING = "#4a5458", "#9a1b10"
_NO_BREAK_SPACE = "\u00a0"
_MARGIN = 12
_MOST_BAR, _BAR_SHARE, _BAR_HEIGHT = 120, 0.3, 4


@dataclass(frozen=True)
class Caption:
    """What the foot of a picture says: whose map it is, what is missing, and the sources."""

    title: str
    notes: Sequence[str]
    sources: Sequence[str]


@dataclass(frozen=True)
class _Line:
    text: str
    colour: str
    is_bold: bool = False


def outline(canvas: Canvas, kind: GeometryKind, shapes: Sequence[Any], *, is_one_of_many: bool = False) -> None:
    """What is selected, in white and red."""
    casing, line, fill = (5, 2, 0.16) if is_one_of_many else (7, 3, 0.12)
    inside = Symbol(fill=SELECTED, fill_opacity=fill, radius=9)
    around = Symbol(line=WHITE, line_width=casing, line_opacity=0.9, radius=9)
    canvas.draw(kind, around, *shapes)
    if kind == "polygon":
        canvas.draw(kind, inside, *shapes)
    canvas.draw(kind, Symbol(line=SELECTED, line_width=line, radius=9), *shapes)


def mark(canvas: Canvas, place: tuple[float, float]) -> None:
    """A place, as the viewer marks it and a little larger: a ring with a dot in its middle."""
    point = shapely.Point(place)
    canvas.draw("point", Symbol(line=WHITE, line_width=6, line_opacity=0.95, radius=9), point)
    canvas.draw("point", Symbol(line=SELECTED, line_width=3, radius=9), point)
    canvas.draw("point", Symbol(fill=WHITE, radius=4), point)
    canvas.draw("point", Symbol(fill=SELECTED, radius=2.5), point)


def write_beside(canvas: Canvas, place: tuple[float, float], text: str) -> None:
    """Somebody's own words above a place, or below it where there is no room."""
    size, leading, away = 13, 17, 24
    x, y = canvas.find(place)
    lines = wrap(text, min(canvas.width * 0.6, 320), size, most=3, is_bold=True)
    top = y - away - leading * (len(lines) - 1)
    if top < leading:
        top = y + away
    half = max(measure(line, size, is_bold=True) for line in lines) / 2
    middle = min(max(x, half + _MARGIN), max(canvas.width - half - _MARGIN, half + _MARGIN))
    for number, line in enumerate(lines):
        at = (middle, top + number * leading)
        canvas.write(line, at, size, INK, side="middle", halo=WHITE, is_bold=True)


def draw_sketches(canvas: Canvas, sketches: Sequence[Sketch]) -> None:
    """What somebody drew, with its texts."""
    for each in sketches:
        kind: GeometryKind = {"p": "point", "l": "line", "a": "polygon"}[each.kind]  # type: ignore[assignment]
        shape = _shape(each)
        if kind != "point":
            canvas.draw(kind, Symbol(line=WHITE, line_width=7, line_opacity=0.9), shape)
        canvas.draw(kind, each.symbol, shape)
        middle = shape.interpolate(0.5, normalized=True) if kind == "line" else shape.centroid
        x, y = canvas.find((middle.x, middle.y))
        at = (x, y if kind == "polygon" else y - 14)
        canvas.write(each.text, at, 12, each.colour, side="middle", halo=WHITE, is_bold=True)


def _shape(sketch: Sketch) -> Any:
    makers = {"p": lambda points: shapely.Point(points[0]), "l": shapely.LineString, "a": shapely.Polygon}
    return makers[sketch.kind](sketch.points)  # type: ignore[operator]


def find_bar(metres_per_pixel: float, width: float) -> float:
    """Metres of the scale bar: the longest of 1, 2 and 5 times a power of ten that has room."""
    most = min(_MOST_BAR, width * _BAR_SHARE) * metres_per_pixel
    power = math.pow(10, math.floor(math.log10(most)))
    return next(power * factor for factor in (5, 2, 1) if power * factor <= most)


def draw_scale_bar(canvas: Canvas, metres_per_pixel: float, bottom: float, phrases: Phrases) -> None:
    """Black and white in two halves, with its length; `metres_per_pixel` are those of the ground."""
    metres = find_bar(metres_per_pixel, canvas.width)
    length = metres / metres_per_pixel
    left, top = _MARGIN, bottom - _MARGIN - _BAR_HEIGHT
    canvas.draw_in_pixels(
        Symbol(fill=WHITE, fill_opacity=0.9), _box(left - 2, top - 2, length + 4, _BAR_HEIGHT + 4)
    )
    canvas.draw_in_pixels(Symbol(fill=INK), _box(left, top, length, _BAR_HEIGHT))
    canvas.draw_in_pixels(Symbol(fill=WHITE), _box(left + length / 2, top + 1, length / 2 - 1, _BAR_HEIGHT - 2))
    place = (left + length + 7, top + _BAR_HEIGHT / 2)
    canvas.write(_write_length(metres, phrases), place, 11, INK, halo=WHITE, is_bold=True)


def draw_caption(canvas: Canvas, caption: Caption) -> float:
    """The foot of the picture; returns where it begins, in pixels from the top."""
    is_small = canvas.width < 240 or canvas.height < 160
    size, leading, margin = (8.5, 11, 6) if is_small else (10.5, 14, _MARGIN)
    room = canvas.width - 2 * margin
    lines = _list_lines(
        caption, room, size, most=max(1, int(canvas.height * 0.3 / leading) - 1), is_small=is_small
    )
    height = leading * len(lines) + (6 if is_small else 10)
    top = canvas.height - height
    canvas.draw_in_pixels(Symbol(fill=WHITE), _box(0, top, canvas.width, height))
    for number, line in enumerate(lines):
        at = (margin, top + (height - leading * len(lines)) / 2 + leading * (number + 0.5))
        canvas.write(line.text, at, size, line.colour, is_bold=line.is_bold)
    return top


def _list_lines(caption: Caption, room: float, size: float, *, most: int, is_small: bool) -> list[_Line]:
    """What is missing goes before the title, and that before the sources."""
    lines = [] if is_small else [_Line(shorten(caption.title, room, size, is_bold=True), INK, is_bold=True)]
    for note in caption.notes:
        lines += [_Line(each, _WARNING) for each in wrap(note, room, size, most=2)]
    left = max(most - len(lines), 1)
    sources = " · ".join(caption.sources)
    if sources:
        lines += [_Line(each, _QUIET) for each in wrap(sources, room, size, most=left)]
    return lines[-most:] if is_small and caption.notes else lines


def _write_length(metres: float, phrases: Phrases) -> str:
    if metres >= 1000:
        return f"{phrases.number(metres / 1000)}{_NO_BREAK_SPACE}km"
    return phrases.length(metres)


def _box(left: float, top: float, width: float, height: float) -> Any:
    return shapely.box(left, top, left + width, top + height)
