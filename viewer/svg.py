"""Shapes in pixels as SVG by the neutral style: what a map on a page is drawn with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from layers.style import Hatch, Symbol


def draw_feature(shape: BaseGeometry, symbol: Symbol, kind: str, pattern: str) -> str:
    """One feature; `pattern` is the id of its hatching, if its symbol has one. Empty when nothing is drawn."""
    if kind == "point":
        return "".join(draw_point(part, symbol) for part in shapely.get_parts(shape).tolist())
    path = build_path(shape)
    return ("" if kind == "line" else fill_path(path, symbol, pattern)) + stroke_path(path, symbol)


def fill_path(path: str, symbol: Symbol, pattern: str) -> str:
    """The inside of a path: its colour, then its hatching, whose id is `pattern`."""
    parts = []
    if symbol.fill:
        parts.append(f'<path d="{path}" fill="{symbol.fill}" fill-opacity="{symbol.fill_opacity:g}"/>')
    if symbol.hatch:
        parts.append(f'<path d="{path}" fill="url(#{pattern})"/>')
    return "".join(parts)


def stroke_path(path: str, symbol: Symbol) -> str:
    """The line of a path; empty when its symbol has none."""
    return f'<path d="{path}" fill="none"{_stroke(symbol)}/>' if symbol.line else ""


def draw_pattern(hatch: Hatch, name: str) -> str:
    """Lines at `angle` degrees counter-clockwise from east; SVG turns clockwise, hence the minus."""
    spacing = max(hatch.spacing, 2)
    return (
        f'<pattern id="{name}" width="{spacing:g}" height="{spacing:g}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({-hatch.angle:g})">'
        f'<path d="M0 {spacing / 2:g}H{spacing:g}" stroke="{hatch.colour}" stroke-width="{hatch.width:g}"/>'
        "</pattern>"
    )


def build_path(shape: BaseGeometry) -> str:
    """The lines and rings of a shape as the data of a path, to a tenth of a pixel; rings are closed."""
    return "".join(_write_part(part) for part in _open(shape))


def _open(shape: BaseGeometry) -> list[Any]:
    parts: list[Any] = []
    for part in shapely.get_parts(shape).tolist():
        if part.geom_type == "Polygon":
            parts += [part.exterior, *part.interiors]
        elif part.geom_type in ("LineString", "LinearRing"):
            parts.append(part)
        elif part.geom_type.startswith(("Multi", "Geometry")):
            parts += _open(part)
    return parts


def _write_part(line: Any) -> str:
    closed = line.geom_type == "LinearRing"
    points = shapely.get_coordinates(line)[: -1 if closed else None].round(1).tolist()
    written = "L".join(f"{x:g} {y:g}" for x, y in points)
    return f"M{written}{'Z' if closed else ''}" if points else ""


def draw_point(point: BaseGeometry, symbol: Symbol) -> str:
    """A disc with its ring."""
    fill = f'fill="{symbol.fill}" fill-opacity="{symbol.fill_opacity:g}"' if symbol.fill else 'fill="none"'
    x, y = point.centroid.x, point.centroid.y
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{symbol.radius:g}" {fill}{_stroke(symbol)}/>'


def _stroke(symbol: Symbol) -> str:
    if symbol.line is None:
        return ""
    dash = f' stroke-dasharray="{" ".join(f"{each:g}" for each in symbol.dash)}"' if symbol.dash else ""
    width, opacity = symbol.line_width, symbol.line_opacity
    return f' stroke="{symbol.line}" stroke-width="{width:g}" stroke-opacity="{opacity:g}"{dash}'
