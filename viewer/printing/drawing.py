"""The map of a sheet as SVG: layers from the bottom upwards, the selection, labels.

Sizes are CSS pixels (1/96 inch). Of each layer the features of one class are one path, so lines that meet do
not add up where they are see-through. What stands in SVG comes from the catalogue, so every text is escaped.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from markupsafe import escape

from layers.style import Symbol
from viewer.printing.layout import BAND_MM, PIXELS_PER_MM
from viewer.svg import build_path, draw_pattern, draw_point, fill_path, stroke_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gis.envelope import Envelope
    from layers.catalogue import PublishedLayer
    from layers.style import Label
    from viewer.printing.reading import LabelPlace, LayerContent

BAND = BAND_MM * PIXELS_PER_MM
GROUND = "#fbfaf6"
SELECTED = Symbol(line="#b3134f", line_width=3)

_CASING = Symbol(line="#ffffff", line_width=7, line_opacity=0.85)
_SELECTED_POINT = Symbol(line="#b3134f", line_width=3, radius=8)
# The mean width of a letter as a share of the font's size, and the height of a line.
_LETTER, _LINE = 0.55, 1.2
_CELL = 64.0
_MAX_LABEL = 80
# As in the viewer (label-placement.js): from a point to its name, the sides it may stand on, and a glance.
_GAP_PX = 3
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1))
_SAME_TEXT_PX = 260

_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class MapFrame:
    """The ground that the map shows, and its metres in a pixel; the upper left corner is at (BAND, BAND)."""

    envelope: Envelope
    metres_per_pixel: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in pixels, without the band."""
        return self.envelope.width / self.metres_per_pixel, self.envelope.height / self.metres_per_pixel

    def to_pixels(self, points: Any) -> Any:
        """Places of the CRS as pixels of the figure, y downwards."""
        corner = (self.envelope.west, self.envelope.north)
        return (np.asarray(points) - corner) / (self.metres_per_pixel, -self.metres_per_pixel) + BAND


@dataclass(frozen=True)
class DrawnLayer:
    """A layer to be drawn: what was read of it, how much it covers, its label where it has one at this scale.

    `symbols` are the default symbol and those of the classes, `places` say which of them each feature has.
    """

    layer: PublishedLayer
    content: LayerContent
    opacity: float
    label: Label | None
    symbols: tuple[Symbol, ...]
    places: tuple[int, ...]

    def shown_symbols(self, frame: Envelope) -> Mapping[int, Symbol]:
        """The symbols that leave ink in the frame, by their places, as see-through as they are drawn."""
        shapes: defaultdict[int, list[Any]] = defaultdict(list)
        for place, shape in zip(self.places, self.content.shapes, strict=True):
            shapes[place].append(shape)
        kind = self.layer.manifest.geometry.kind
        return {
            place: _fade(self.symbols[place], self.opacity)
            for place, of in sorted(shapes.items())
            if _leaves_ink(self.symbols[place], kind, of, frame)
        }


def build_drawn(
    layer: PublishedLayer, content: LayerContent, opacity: float, label: Label | None
) -> DrawnLayer:
    """A layer with the symbols of its features; each class value is looked up once."""
    style = layer.manifest.style
    places = {each.value: place for place, each in enumerate(style.classes, start=1)}
    found = {value: style.find_class(value) for value in set(content.values)}
    by_value = {value: places[each.value] if each else 0 for value, each in found.items()}
    symbols = (style.default, *(each.symbol for each in style.classes))
    return DrawnLayer(layer, content, opacity, label, symbols, tuple(by_value[each] for each in content.values))


def _leaves_ink(symbol: Symbol, kind: str, shapes: Sequence[Any], frame: Envelope) -> bool:
    """False for a symbol that draws nothing, and for an outline that runs outside of the frame."""
    has_line = bool(symbol.line and symbol.line_width)
    if kind != "polygon" or not has_line or symbol.fill or symbol.hatch:
        return has_line or bool(kind != "line" and (symbol.fill or symbol.hatch))
    lines = shapely.boundary(np.asarray(shapes, dtype=object))
    return bool(shapely.intersects(shapely.box(*frame.bounds), lines).any())


def draw_layers(layers: Sequence[DrawnLayer], frame: MapFrame) -> str:
    """Layers from the bottom upwards, what is selected, then the labels of the uppermost layer first."""
    drawn = "".join(_draw_layer(each, frame) for each in layers)
    selected = "".join(_draw_selected(each, frame) for each in layers)
    return drawn + selected + "".join(_draw_labels(layers, frame))


def _draw_layer(drawn: DrawnLayer, frame: MapFrame) -> str:
    kind = drawn.layer.manifest.geometry.kind
    shapes: defaultdict[int, list[Any]] = defaultdict(list)
    for place, shape in zip(drawn.places, drawn.content.shapes, strict=True):
        shapes[place].append(shape)
    groups = [(place, drawn.symbols[place], _in_pixels(of, frame)) for place, of in sorted(shapes.items())]
    if kind == "point":
        parts = [draw_point(part, symbol) for _, symbol, of in groups for part in shapely.get_parts(of)]
    else:
        parts = list(_draw_paths(groups, kind, drawn.layer.id))
    content = "".join(parts)
    return f'<g opacity="{drawn.opacity:g}">{content}</g>' if drawn.opacity < 1 else content


def _draw_paths(groups: Sequence[tuple[int, Symbol, Any]], kind: str, name: str) -> Iterator[str]:
    """The insides of all classes, then their lines, as on the viewer's canvas."""
    paths = []
    for place, symbol, shapes in groups:
        pattern = f"{name}-{place}"
        if symbol.hatch:
            yield f"<defs>{draw_pattern(symbol.hatch, pattern)}</defs>"
        drawn = shapely.orient_polygons(shapes) if kind == "polygon" else _moved_aside(shapes, symbol)
        paths.append((symbol, "".join(build_path(each) for each in drawn), pattern))
    if kind == "polygon":
        yield from (fill_path(path, symbol, pattern) for symbol, path, pattern in paths)
    for symbol, path, _ in paths:
        if symbol.line_width:
            yield f'<g stroke-linejoin="round">{stroke_path(path, symbol)}</g>'


def _moved_aside(shapes: Any, symbol: Symbol) -> Any:
    """Lines beside others, as styles of utilities want them; y goes down, so right of a line is positive."""
    return shapely.offset_curve(shapes, symbol.offset, join_style="round") if symbol.offset else shapes


def _in_pixels(shapes: Sequence[Any], frame: MapFrame) -> Any:
    return shapely.transform(np.asarray(shapes, dtype=object), frame.to_pixels)


def _draw_selected(drawn: DrawnLayer, frame: MapFrame) -> str:
    shapes = _in_pixels(list(drawn.content.selected.values()), frame)
    if drawn.layer.manifest.geometry.kind == "point":
        return "".join(draw_point(part, _SELECTED_POINT) for part in shapely.get_parts(shapes))
    path = "".join(build_path(each) for each in shapes)
    if not path:
        return ""
    return f'<g stroke-linejoin="round">{stroke_path(path, _CASING)}{stroke_path(path, SELECTED)}</g>'


@dataclass
class _Taken:
    """Boxes of the labels that stand already, by the cells of a coarse grid."""

    cells: defaultdict[tuple[int, int], list[_Box]] = field(default_factory=lambda: defaultdict(list))

    def take(self, box: _Box) -> bool:
        """Take the room of a box; False when something stands there."""
        west, north, east, south = box
        cells = [
            (column, row)
            for column in range(int(west // _CELL), int(east // _CELL) + 1)
            for row in range(int(north // _CELL), int(south // _CELL) + 1)
        ]
        for cell in cells:
            for other in self.cells[cell]:
                if west < other[2] and other[0] < east and north < other[3] and other[1] < south:
                    return False
        for cell in cells:
            self.cells[cell].append(box)
        return True


def _draw_labels(layers: Sequence[DrawnLayer], frame: MapFrame) -> Iterator[str]:
    taken, names = _Taken(), _Names()
    for point in (point for drawn in layers if drawn.label for point in _symbol_boxes(drawn, frame)):
        taken.take(point)
    for drawn in reversed(layers):
        label = drawn.label
        if label is None:
            continue
        is_line = drawn.layer.manifest.geometry.kind == "line"
        wanted = [each for each in drawn.content.labels if each is not None and len(each.text) <= _MAX_LABEL]
        for place in sorted(wanted, key=lambda each: (-(each.room or 0), each.text)):
            name = (drawn.layer.id, place.text)
            middle = frame.to_pixels((place.x, place.y))
            if is_line and names.stands_near(name, middle):
                continue
            boxes = _label_boxes(drawn, label, place, frame)
            box = next((each for each in boxes if _is_inside(each, frame) and taken.take(each)), None)
            if box is not None:
                names.keep(name, middle)
                yield _write_label(place.text, label, box, middle[0])


@dataclass
class _Names:
    """Where each name of a layer stands: a street in many pieces is read once within a glance."""

    places: defaultdict[tuple[str, str], list[Any]] = field(default_factory=lambda: defaultdict(list))

    def stands_near(self, name: tuple[str, str], place: Any) -> bool:
        return any(np.hypot(*(place - other)) < _SAME_TEXT_PX for other in self.places[name])

    def keep(self, name: tuple[str, str], place: Any) -> None:
        self.places[name].append(place)


def _symbol_boxes(drawn: DrawnLayer, frame: MapFrame) -> Iterator[_Box]:
    """What the symbols of labelled points cover, so that no name is written over one."""
    style, kind = drawn.layer.manifest.style, drawn.layer.manifest.geometry.kind
    if kind != "point":
        return
    reach = style.reach_pixels(kind)
    for each in drawn.content.labels:
        if each is not None:
            x, y = frame.to_pixels((each.x, each.y))
            yield (x - reach, y - reach, x + reach, y + reach)


def _label_boxes(drawn: DrawnLayer, label: Label, place: LabelPlace, frame: MapFrame) -> list[_Box]:
    """Where a text may stand, best first: in its surface, above a line, on a side of a point.

    Each is west, north, east and south; none when the text is wider than its room.
    """
    width, height = len(place.text) * label.size * _LETTER, label.size * _LINE
    room = None if place.room is None or not label.inside else place.room / frame.metres_per_pixel
    if room is not None and width > room:
        return []
    kind = drawn.layer.manifest.geometry.kind
    x, y = frame.to_pixels((place.x, place.y))
    steps = [(0.0, 0.0 if kind == "polygon" else -label.size)]
    if kind == "point":
        away = drawn.layer.manifest.style.reach_pixels(kind) + _GAP_PX
        steps = [(right * (away + width / 2), down * (away + height / 2)) for right, down in _SIDES]
    return [
        (x + right - width / 2, y + down - height / 2, x + right + width / 2, y + down + height / 2)
        for right, down in steps
    ]


def _is_inside(box: _Box, frame: MapFrame) -> bool:
    width, height = frame.size
    west, north, east, south = box
    return west >= BAND and north >= BAND and east <= BAND + width and south <= BAND + height


def _write_label(text: str, label: Label, box: _Box, place: float) -> str:
    """A text in its box, at the end that is nearer to its place: the letters may be narrower than the box."""
    west, north, east, south = box
    x, anchor = (west + east) / 2, "middle"
    if place < west:
        x, anchor = west, "start"
    elif place > east:
        x, anchor = east, "end"
    placed = (
        f'x="{x:.1f}" y="{(north + south) / 2 + label.size * 0.35:.1f}" '
        f'font-size="{label.size:g}" text-anchor="{anchor}"'
    )
    return write_text(text, placed, colour=label.colour, halo=label.halo)


def write_text(text: str, placed: str, *, colour: str, halo: str | None) -> str:
    """A text, and its halo as a text of its own below it: paper knows no `paint-order`."""
    written = escape(text)
    below = (
        f'<text {placed} fill="{halo}" stroke="{halo}" stroke-width="2.5" stroke-linejoin="round" '
        f'aria-hidden="true">{written}</text>'
    )
    return f'{below if halo else ""}<text {placed} fill="{colour}">{written}</text>'


def _fade(symbol: Symbol, opacity: float) -> Symbol:
    return symbol.model_copy(
        update={"fill_opacity": symbol.fill_opacity * opacity, "line_opacity": symbol.line_opacity * opacity}
    )
