"""A neutral style as MapLibre layers, in the order in which our own canvas draws.

The canvas draws a layer's classes one after another, default first, each fill before its hatch; then the lines
of all classes. Neighbours in that order which MapLibre can draw in one layer share it, the others follow as
layers of their own, so that nothing comes to lie differently. What MapLibre has no word for is left out:
hatching and dashes of points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from layers.style import SCALE_TOLERANCE
from tiles.styles.choices import choose, list_symbols
from tiles.styles.hatching import image_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from layers.manifest import Manifest
    from layers.style import Label, Style, Symbol

Json = dict[str, Any]

MAX_ZOOM = 24
# What our canvas strokes around letters, half of it on each side.
_HALO_PIXELS = 1.5
_LABEL_MARGIN_PIXELS = 3
_LABEL_GAP_PIXELS = 3
# The mean width of a letter in an ordinary sans-serif, as a share of the font's size, a little generous.
_LETTER_SHARE = 0.58
# Fonts of the reader's machine. MapLibre puts no quotes around them, so no word may begin with a digit.
_FONTS = ("Noto Sans", "Helvetica Neue", "Arial", "sans-serif")
_NEVER_BROKEN_EMS = 1000


@dataclass(frozen=True)
class ZoomScale:
    """How MapLibre's zoom and ground metres per CSS pixel belong together: `metres0` are those of zoom 0."""

    metres0: float

    def zoom(self, metres_per_pixel: float) -> float:
        """The zoom at which a CSS pixel covers so many ground metres, between 0 and `MAX_ZOOM`."""
        return min(max(math.log2(self.metres0 / metres_per_pixel), 0.0), float(MAX_ZOOM))


@dataclass(frozen=True)
class _Step:
    """One thing to draw for one symbol; steps with the same `kind` fit into one MapLibre layer."""

    kind: tuple[Any, ...]
    place: int


def draw_layer(manifest: Manifest, source: str, scale: ZoomScale) -> list[Json]:
    """The MapLibre layers of one of ours, without its labels, from the bottom upwards."""
    style, kind = manifest.style, manifest.geometry.kind
    runs = [(key, [step.place for step in run]) for key, run in groupby(_steps(style, kind), _kind_of)]
    made: list[Json] = []
    for key, places in runs:
        name = f"{manifest.id}/{key[0]}"
        count = sum(layer["id"].partition("~")[0] == name for layer in made)
        made.append(
            {
                "id": f"{name}~{count + 1}" if count else name,
                "source": source,
                "source-layer": manifest.id,
                **_zooms(style, scale),
                **_filter(style, places),
                **_WRITERS[key[0]](style, key, places),
            }
        )
    return made


def draw_labels(manifest: Manifest, source: str, scale: ZoomScale) -> Json | None:
    """The MapLibre layer of a layer's labels; None when it has none."""
    label = manifest.style.label
    if label is None:
        return None
    fits = label.inside and manifest.geometry.kind == "polygon"
    return {
        "id": f"{manifest.id}/labels",
        "type": "symbol",
        "source": source,
        "source-layer": f"{manifest.id}:labels",
        **_zooms(manifest.style, scale, coarsest=label.max_metres_per_pixel),
        **({"filter": _fits_inside(label, scale)} if fits else {}),
        "layout": {
            "text-field": ["to-string", ["get", "text"]],
            "text-font": list(_FONTS),
            "text-size": label.size,
            "text-max-width": _NEVER_BROKEN_EMS,
            "text-padding": _LABEL_MARGIN_PIXELS,
            **({"symbol-sort-key": ["-", 0, ["get", "w"]]} if manifest.geometry.kind == "polygon" else {}),
            **(_beside(manifest.style, label) if manifest.geometry.kind == "point" else {}),
        },
        "paint": {
            "text-color": label.colour,
            **({"text-halo-color": label.halo, "text-halo-width": _HALO_PIXELS} if label.halo else {}),
        },
    }


def _beside(style: Style, label: Label) -> Json:
    """On the first side of a point that is free, away from its symbol; MapLibre counts that in ems."""
    away = style.reach_pixels("point") + _LABEL_GAP_PIXELS
    return {
        "text-variable-anchor": ["left", "right", "bottom", "top"],
        "text-radial-offset": round(away / label.size, 3),
        "text-justify": "auto",
    }


def _kind_of(step: _Step) -> tuple[Any, ...]:
    return step.kind


def _steps(style: Style, kind: str) -> Iterator[_Step]:
    symbols = list_symbols(style)
    for place, symbol in enumerate(symbols):
        if symbol.fill and kind != "line":
            yield _Step(("disc",) if kind == "point" else ("fill",), place)
        if symbol.hatch and kind == "polygon":
            yield _Step(("hatch",), place)
    for place, symbol in enumerate(symbols):
        if symbol.line and symbol.line_width > 0:
            yield _Step(("ring",) if kind == "point" else ("line", kind, *_dash_in_widths(symbol)), place)


def _dash_in_widths(symbol: Symbol) -> tuple[float, ...]:
    """MapLibre counts dashes in line widths, and wants as many gaps as dashes: a canvas repeats an odd list."""
    if not any(symbol.dash):
        return ()
    dash = symbol.dash if len(symbol.dash) % 2 == 0 else symbol.dash * 2
    return tuple(round(each / symbol.line_width, 4) for each in dash)


def _write_fill(style: Style, _key: tuple[Any, ...], places: Sequence[int]) -> Json:
    return {
        "type": "fill",
        **_sorted(style, places, "fill-sort-key"),
        "paint": {
            "fill-color": _among(style, places, lambda symbol: symbol.fill),
            "fill-opacity": _among(style, places, lambda symbol: symbol.fill_opacity),
            **_edges(style, places),
        },
    }


def _edges(style: Style, places: Sequence[int]) -> Json:
    """MapLibre smooths edges by a thin line on top, which would show as a border of what is see-through."""
    symbols = list_symbols(style)
    return {"fill-antialias": False} if any(symbols[place].fill_opacity < 1 for place in places) else {}


def _write_hatch(style: Style, _key: tuple[Any, ...], places: Sequence[int]) -> Json:
    return {
        "type": "fill",
        **_sorted(style, places, "fill-sort-key"),
        "paint": {"fill-pattern": _among(style, places, lambda symbol: image_name(symbol.hatch))},
    }


def _write_line(style: Style, key: tuple[Any, ...], places: Sequence[int]) -> Json:
    _, kind, *dash = key
    offset = _among(style, places, lambda symbol: symbol.offset) if kind == "line" else 0
    return {
        "type": "line",
        "layout": {
            "line-cap": "butt" if dash else "round",
            "line-join": "round",
            **_sorted(style, places, "line-sort-key").get("layout", {}),
        },
        "paint": {
            "line-color": _among(style, places, lambda symbol: symbol.line),
            "line-width": _among(style, places, lambda symbol: symbol.line_width),
            "line-opacity": _among(style, places, lambda symbol: symbol.line_opacity),
            **({"line-offset": offset} if offset else {}),
            **({"line-dasharray": dash} if dash else {}),
        },
    }


def _write_disc(style: Style, _key: tuple[Any, ...], places: Sequence[int]) -> Json:
    return {
        "type": "circle",
        **_sorted(style, places, "circle-sort-key"),
        "paint": {
            "circle-radius": _among(style, places, lambda symbol: symbol.radius),
            "circle-color": _among(style, places, lambda symbol: symbol.fill),
            "circle-opacity": _among(style, places, lambda symbol: symbol.fill_opacity),
        },
    }


def _write_ring(style: Style, _key: tuple[Any, ...], places: Sequence[int]) -> Json:
    """The line around a point. MapLibre strokes outside of a radius, a canvas to both sides of it."""
    return {
        "type": "circle",
        **_sorted(style, places, "circle-sort-key"),
        "paint": {
            "circle-opacity": 0,
            "circle-radius": _among(style, places, _inner_radius),
            "circle-stroke-width": _among(
                style, places, lambda symbol: symbol.radius + symbol.line_width / 2 - _inner_radius(symbol)
            ),
            "circle-stroke-color": _among(style, places, lambda symbol: symbol.line),
            "circle-stroke-opacity": _among(style, places, lambda symbol: symbol.line_opacity),
        },
    }


def _inner_radius(symbol: Symbol) -> float:
    return max(symbol.radius - symbol.line_width / 2, 0)


_WRITERS: dict[str, Callable[[Style, tuple[Any, ...], Sequence[int]], Json]] = {
    "fill": _write_fill,
    "hatch": _write_hatch,
    "line": _write_line,
    "disc": _write_disc,
    "ring": _write_ring,
}


def _among(style: Style, places: Sequence[int], read: Callable[[Symbol], Any]) -> Any:
    """A property of the symbols at these places; the others, which the filter keeps out, repeat the first."""
    symbols = list_symbols(style)
    return choose(style, lambda place: read(symbols[place if place in places else places[0]]))


def _filter(style: Style, places: Sequence[int]) -> Json:
    condition = choose(style, lambda place: place in places)
    return {} if condition is True else {"filter": condition}


def _sorted(style: Style, places: Sequence[int], key: str) -> Json:
    """Within one MapLibre layer, too, classes lie above one another in the order of the style."""
    if len(places) == 1:
        return {}
    return {"layout": {key: choose(style, lambda place: place if place in places else places[0])}}


def _zooms(style: Style, scale: ZoomScale, *, coarsest: float = math.inf) -> Json:
    """The zooms between which the style's ground metres hold; MapLibre hides a layer at its maxzoom."""
    coarsest = min(coarsest, style.scale.max) * (1 + SCALE_TOLERANCE)
    zooms: Json = {"minzoom": math.floor(scale.zoom(coarsest) * 1000) / 1000}
    if style.scale.min > 0:
        zooms["maxzoom"] = math.ceil(scale.zoom(style.scale.min * (1 - SCALE_TOLERANCE)) * 1000) / 1000
    return zooms


def _fits_inside(label: Label, scale: ZoomScale) -> list[Any]:
    """True where the free width `w` (decimetres) takes the text. MapLibre asks once for each whole zoom.

    Between them a shape only grows, so no text sticks out; some come up to a zoom later than they could.
    """
    pixels = ["*", ["get", "w"], ["^", 2, ["zoom"]], 0.1 / scale.metres0]
    across = ["*", ["length", ["to-string", ["get", "text"]]], _LETTER_SHARE * label.size]
    return [">=", pixels, ["+", across, _LABEL_MARGIN_PIXELS]]
