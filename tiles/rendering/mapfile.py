"""Steps of painting and texts as mapnik's map file (XML): one style and one layer for each. Pure.

Widths are in CSS pixels, which mapnik multiplies by the scale factor it is given. Texts of features never stand
in the file: they are values of features, which mapnik does not interpret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from layers.style import Label, Symbol
    from tiles.rendering.drawing import DrawnLayer, Lettering, Side
    from tiles.rendering.steps import Step

FONT = "DejaVu Sans Book"
# Narrower letters for what is laid over a map; they come with mapnik too.
_LETTERING_FONTS = {False: "DejaVu Sans Condensed", True: "DejaVu Sans Condensed Bold"}
# mapnik names the side on which the text lies, seen from its place.
_LIES: dict[Side, str] = {"left": "right", "middle": "middle", "right": "left"}
TEXT = "text"
_HALO_PIXELS = 1.5
_LABEL_MARGIN_PIXELS = 3
# Both as in the viewer (label-placement.js).
_LABEL_GAP_PIXELS = 3
_SAME_TEXT_PIXELS = 260


def write_mapfile(symbolizers: Sequence[ET.Element], srid: int, background: str | None) -> str:
    """The map file with a layer for each symbolizer, from the bottom upwards, all in one CRS.

    Without a background the picture is see-through where nothing is drawn.
    """
    crs = f"epsg:{srid}"
    root = ET.Element("Map", {"srs": crs, **({"background-color": background} if background else {})})
    for place, symbolizer in enumerate(symbolizers):
        ET.SubElement(ET.SubElement(root, "Style", {"name": f"s{place}"}), "Rule").append(symbolizer)
    for place in range(len(symbolizers)):
        layer = ET.SubElement(root, "Layer", {"name": f"l{place}", "srs": crs})
        ET.SubElement(layer, "StyleName").text = f"s{place}"
    return ET.tostring(root, encoding="unicode")


def symbolize_step(step: Step) -> ET.Element:
    """How the shapes of a step are painted."""
    return _SYMBOLIZERS[step.kind](step.symbol)


def symbolize_label(label: Label, layer: DrawnLayer) -> ET.Element:
    """How the labels of a layer are written: where they touch none that stands already."""
    placed = {"minimum-padding": f"{_LABEL_MARGIN_PIXELS:g}", **_place(layer)}
    return _text(FONT, label.size, label.colour, label.halo, **placed)


def symbolize_lettering(lettering: Lettering) -> ET.Element:
    """How a text is written that stands where it is told to."""
    placed = {
        "allow-overlap": "true",
        "horizontal-alignment": _LIES[lettering.side],
        "vertical-alignment": "middle",
        "justify-alignment": "left",
    }
    font = _LETTERING_FONTS[lettering.is_bold]
    return _text(font, lettering.size, lettering.colour, lettering.halo, **placed)


def _fill(symbol: Symbol) -> ET.Element:
    return ET.Element(
        "PolygonSymbolizer", {"fill": str(symbol.fill), "fill-opacity": f"{symbol.fill_opacity:g}"}
    )


def _hatch(symbol: Symbol) -> ET.Element:
    colour, width = (symbol.hatch.colour, symbol.hatch.width) if symbol.hatch else ("#000000", 0)
    return ET.Element("LineSymbolizer", {"stroke": colour, "stroke-width": f"{width:g}"})


def _line(symbol: Symbol) -> ET.Element:
    dashed = any(symbol.dash)
    dash = symbol.dash if len(symbol.dash) % 2 == 0 else symbol.dash * 2
    return ET.Element(
        "LineSymbolizer",
        {
            "stroke": str(symbol.line),
            "stroke-width": f"{symbol.line_width:g}",
            "stroke-opacity": f"{symbol.line_opacity:g}",
            "stroke-linejoin": "round",
            "stroke-linecap": "butt" if dashed else "round",
            **({"stroke-dasharray": ",".join(f"{each:g}" for each in dash)} if dashed else {}),
            **({"offset": f"{symbol.offset:g}"} if symbol.offset else {}),
        },
    )


def _disc(symbol: Symbol) -> ET.Element:
    return _marker(
        symbol, {"fill": str(symbol.fill), "fill-opacity": f"{symbol.fill_opacity:g}", "stroke-width": "0"}
    )


def _ring(symbol: Symbol) -> ET.Element:
    return _marker(
        symbol,
        {
            "fill-opacity": "0",
            "stroke": str(symbol.line),
            "stroke-width": f"{symbol.line_width:g}",
            "stroke-opacity": f"{symbol.line_opacity:g}",
        },
    )


def _marker(symbol: Symbol, paint: dict[str, str]) -> ET.Element:
    size = f"{2 * symbol.radius:g}"
    return ET.Element(
        "MarkersSymbolizer",
        {
            "marker-type": "ellipse",
            "width": size,
            "height": size,
            "allow-overlap": "true",
            "ignore-placement": "true",
            **paint,
        },
    )


def _text(font: str, size: float, colour: str, halo: str | None, **more: str) -> ET.Element:
    around = {"halo-fill": halo, "halo-radius": f"{_HALO_PIXELS:g}"} if halo else {}
    attributes = {"face-name": font, "size": f"{size:g}", "fill": colour, **around, **more}
    made = ET.Element("TextSymbolizer", attributes)
    made.text = f"[{TEXT}]"
    return made


def _place(layer: DrawnLayer) -> dict[str, str]:
    """As the viewer does it: beside a point where a side is free, and a street in many pieces named once."""
    if layer.kind == "line":
        return {"repeat-distance": f"{_SAME_TEXT_PIXELS:g}"}
    if layer.kind != "point":
        return {}
    away = f"{layer.style.reach_pixels(layer.kind) + _LABEL_GAP_PIXELS:g}"
    return {"placement-type": "simple", "placements": "E,W,N,S", "dx": away, "dy": away}


_SYMBOLIZERS: dict[str, Callable[[Symbol], ET.Element]] = {
    "fill": _fill,
    "hatch": _hatch,
    "line": _line,
    "disc": _disc,
    "ring": _ring,
}
