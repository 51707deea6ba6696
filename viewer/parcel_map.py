"""The map of a parcel as SVG, drawn on the server from stored geometry by the neutral style.

It needs no JavaScript, has its scale on paper, and is the same on screen and in print. What stands in SVG comes
from the catalogue, so every text is escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from markupsafe import Markup, escape
from shapely.errors import GEOSException

from layers.answer.frame import HEIGHT_PX, WIDTH_PX
from layers.style import Symbol
from viewer.legend import draw_swatch
from viewer.svg import build_path, draw_feature, draw_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from layers.answer.candidates import Candidate
    from layers.answer.facts import ThemeAnswer
    from layers.answer.frame import Frame, MapContent
    from layers.catalogue import PublishedLayer
    from layers.style import Class, Label, LegendRow

_BARS_M = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
_LONGEST_BAR_PX = 150
# Drawn that far beyond the frame, so that no border of a shape is seen where the frame cuts it.
_BEYOND_PX = 40
_LETTER_WIDTH = 0.58
_GROUND = "#fbfaf6"
_HIGHLIGHT = Symbol(line="#b3134f", line_width=3)


@dataclass(frozen=True)
class LegendLine:
    """What a symbol of the map means."""

    layer: str
    title: str
    swatch: str


@dataclass(frozen=True)
class ParcelMap:
    """A drawn map: the symbol of the parcel, its scale, its bar in metres, and the legend in two parts."""

    svg: Markup
    swatch: str
    scale: int
    bar_m: int
    on_parcel: tuple[LegendLine, ...]
    elsewhere: tuple[LegendLine, ...]


@dataclass(frozen=True)
class _Drawn:
    """A feature as it is drawn: its shape in pixels, and its class."""

    layer: PublishedLayer
    feature: Candidate
    shape: BaseGeometry
    found: Class | None


def draw_map(content: MapContent, language: str, name: str) -> ParcelMap:
    """The map of one parcel; `name` begins the ids in it, which are unique on a page."""
    drawn = tuple(_find_drawn(content))
    bar = max((each for each in _BARS_M if each <= _LONGEST_BAR_PX * content.frame.metres_per_pixel), default=5)
    parts = [
        f'<rect width="{WIDTH_PX}" height="{HEIGHT_PX}" fill="{_GROUND}"/>',
        *_draw_patterns(drawn, name),
        *(_draw(each, name) for each in drawn),
        _draw_highlight(content),
        *_draw_labels(drawn, content.frame),
        _draw_bar(bar, content.frame),
    ]
    on_parcel, elsewhere = _build_legends(content, drawn, language)
    return ParcelMap(
        svg=Markup("".join(parts)),  # noqa: S704  numbers, checked colours and escaped texts only
        swatch=draw_swatch(_HIGHLIGHT, "polygon"),
        scale=content.frame.scale,
        bar_m=bar,
        on_parcel=on_parcel,
        elsewhere=elsewhere,
    )


def _find_drawn(content: MapContent) -> Iterator[_Drawn]:
    """What the frame shows at its scale, the lowest first."""
    frame = content.frame
    for layer in sorted(content.parcel.versions.values(), key=lambda each: each.manifest.style.order):
        style = layer.manifest.style
        if not style.scale.holds(frame.metres_per_pixel):
            continue
        for feature in content.near[layer.id].features:
            shape = _to_pixels(feature.shape, frame)
            if shape is not None:
                value = feature.values.get(style.by) if style.by else None
                yield _Drawn(layer, feature, shape, style.find_class(str(value)) if value is not None else None)


def _to_pixels(shape: BaseGeometry | None, frame: Frame) -> BaseGeometry | None:
    """A shape cut to the frame and a little more, y downwards; None when nothing of it is seen."""
    if shape is None:
        return None
    box, size = frame.envelope.grown(_BEYOND_PX * frame.metres_per_pixel), frame.metres_per_pixel
    try:
        seen = shapely.clip_by_rect(shape, *box.bounds)
    except GEOSException:
        return None
    west, north = frame.envelope.west, frame.envelope.north
    if seen.is_empty or not shapely.box(*frame.envelope.bounds).intersects(seen):
        return None
    return shapely.transform(seen, lambda points: (points - (west, north)) / (size, -size))


def _draw_patterns(drawn: tuple[_Drawn, ...], name: str) -> Iterator[str]:
    seen = {_pattern_id(each, name): _symbol(each).hatch for each in drawn}
    patterns = "".join(draw_pattern(hatch, key) for key, hatch in seen.items() if hatch)
    if patterns:
        yield f"<defs>{patterns}</defs>"


def _symbol(drawn: _Drawn) -> Symbol:
    return drawn.found.symbol if drawn.found else drawn.layer.manifest.style.default


def _pattern_id(drawn: _Drawn, name: str) -> str:
    classes = drawn.layer.manifest.style.classes
    place = classes.index(drawn.found) if drawn.found else len(classes)
    return f"{name}-{drawn.layer.id}-{place}"


def _draw(drawn: _Drawn, name: str) -> str:
    kind = drawn.layer.manifest.geometry.kind
    return draw_feature(drawn.shape, _symbol(drawn), kind, _pattern_id(drawn, name))


def _draw_highlight(content: MapContent) -> str:
    shape = _to_pixels(content.parcel.shape, content.frame)
    path = build_path(shape) if shape is not None else ""
    joined = f'<path d="{path}" fill="none" stroke-linejoin="round"'
    return (
        f'{joined} stroke="#ffffff" stroke-width="7" stroke-opacity="0.85"/>'
        f'{joined} stroke="{_HIGHLIGHT.line}" stroke-width="{_HIGHLIGHT.line_width:g}"/>'
    )


def _draw_labels(drawn: tuple[_Drawn, ...], frame: Frame) -> Iterator[str]:
    """Labels where they fit and hide no other one, the uppermost layer first."""
    taken: list[BaseGeometry] = []
    for each in reversed(drawn):
        label = each.layer.manifest.style.label
        if label is None or not label.shown or frame.metres_per_pixel > label.max_metres_per_pixel:
            continue
        value = each.feature.values.get(label.column)
        place = _place_label(each, label, str(value)) if value is not None else None
        if place is not None and not any(place.intersects(other) for other in taken):
            taken.append(place)
            yield _draw_label(place, label, str(value))


def _place_label(drawn: _Drawn, label: Label, text: str) -> BaseGeometry | None:
    """The box that a text takes, None when it does not fit."""
    in_polygon = drawn.layer.manifest.geometry.kind == "polygon"
    point = drawn.shape.representative_point() if in_polygon else drawn.shape.centroid
    x, y = point.x, point.y - (0 if in_polygon else label.size)
    width, height = len(text) * label.size * _LETTER_WIDTH / 2, label.size * 0.6
    box = shapely.box(x - width, y - height, x + width, y + height)
    if not shapely.box(0, 0, WIDTH_PX, HEIGHT_PX).contains(box):
        return None
    west, south, east, north = drawn.shape.bounds
    fits = not label.inside or (east - west > 2 * width and north - south > 2 * height)
    return box if fits else None


def _draw_label(place: BaseGeometry, label: Label, text: str) -> str:
    x, y = place.centroid.x, place.centroid.y + label.size * 0.35
    return _draw_text(
        f'x="{x:.1f}" y="{y:.1f}" font-size="{label.size:g}" text-anchor="middle"',
        text,
        colour=label.colour,
        halo=label.halo,
    )


def _draw_text(placed: str, text: str, *, colour: str, halo: str | None) -> str:
    """A text, and its halo as a text of its own below it: paper knows no `paint-order`."""
    written = escape(text)
    below = (
        f'<text {placed} fill="{halo}" stroke="{halo}" stroke-width="3" stroke-linejoin="round" '
        f'aria-hidden="true">{written}</text>'
    )
    return f'{below if halo else ""}<text {placed} fill="{colour}">{written}</text>'


def _draw_bar(bar_m: int, frame: Frame) -> str:
    length = bar_m / frame.metres_per_pixel
    y = HEIGHT_PX - 14
    path = f"M14 {y - 6}V{y}H{14 + length:.1f}V{y - 6}"
    said = _draw_text(
        f'x="{20 + length:.1f}" y="{y}" font-size="13"', f"{bar_m} m", colour="#1c2326", halo="#ffffff"
    )
    return (
        f'<path d="{path}" fill="none" stroke="#ffffff" stroke-width="5"/>'
        f'<path d="{path}" fill="none" stroke="#1c2326" stroke-width="2"/>{said}'
    )


def _build_legends(
    content: MapContent, drawn: tuple[_Drawn, ...], language: str
) -> tuple[tuple[LegendLine, ...], tuple[LegendLine, ...]]:
    """Symbols of what is on the parcel, and of what only the map shows; each once, in the themes' order."""
    told = {(theme.layer, key) for theme in content.parcel.themes for key in _features(theme)}
    on = {_class_of(each) for each in drawn if (each.layer.id, each.feature.key) in told}
    seen = {_class_of(each) for each in drawn}
    lines: tuple[list[LegendLine], list[LegendLine]] = ([], [])
    for layer in content.parcel.versions.values():
        manifest = layer.manifest
        for row in _rows(layer):
            if (layer.id, row.value) in seen:
                title = manifest.title.in_language(language)
                swatch = draw_swatch(row.symbol, manifest.geometry.kind)
                line = LegendLine(title, row.title.in_language(language), swatch)
                lines[0 if (layer.id, row.value) in on else 1].append(line)
    return tuple(lines[0]), tuple(lines[1])


def _features(theme: ThemeAnswer) -> Iterator[str]:
    yield from (key for each in theme.restrictions for key in each.features)
    yield from (key for each in theme.belts for key in each.features)


def _class_of(drawn: _Drawn) -> tuple[str, str | None]:
    return drawn.layer.id, drawn.found.value if drawn.found else None


def _rows(layer: PublishedLayer) -> tuple[LegendRow, ...]:
    return layer.manifest.style.legend(layer.manifest.title)
