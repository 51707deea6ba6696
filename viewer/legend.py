"""The legend: one entry for each class of a layer, with a small picture drawn from the neutral style.

Pictures are SVG in `data:` addresses, so the same legend serves pages with and without JavaScript.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from layers.manifest import Manifest
    from layers.style import Hatch, Symbol

WIDTH, HEIGHT = 28, 18


@dataclass(frozen=True)
class LegendEntry:
    """What a symbol means; `value` is the class value, None for features in no class."""

    value: str | None
    title: str
    official: bool
    swatch: str


def build_legend(manifest: Manifest, language: str) -> tuple[LegendEntry, ...]:
    """What each symbol of a layer means, as `Style.legend` lists them."""
    kind = manifest.geometry.kind
    return tuple(
        LegendEntry(
            value=row.value,
            title=row.title.in_language(language),
            official=row.official,
            swatch=draw_swatch(row.symbol, kind),
        )
        for row in manifest.style.legend(manifest.title)
    )


def draw_swatch(symbol: Symbol, kind: str) -> str:
    """A picture of a symbol as a `data:` address, 28 × 18 CSS pixels."""
    draw = {"point": _draw_point, "line": _draw_line}.get(kind, _draw_polygon)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{draw(symbol)}</svg>'
    )
    return f"data:image/svg+xml,{quote(svg, safe=_SAFE)}"


_SAFE = " =:/,;()'"
# white surfaces and lines would not be seen on white paper
_FAINT_FRAME = 'stroke="#000000" stroke-opacity="0.18"'
_LIGHT = 235


def _draw_polygon(symbol: Symbol) -> str:
    inset = min(symbol.line_width, 4) / 2 + 0.5
    box = f'x="{inset:g}" y="{inset:g}" width="{WIDTH - 2 * inset:g}" height="{HEIGHT - 2 * inset:g}"'
    parts = []
    if symbol.fill:
        parts.append(f'<rect {box} fill="{symbol.fill}" fill-opacity="{symbol.fill_opacity:g}"/>')
    if symbol.hatch:
        parts.append(f"{_pattern(symbol.hatch)}<rect {box} fill='url(#h)'/>")
    seen = symbol.line is not None and not _is_light(symbol.line)
    stroke = _stroke(symbol, most=4) if seen else _FAINT_FRAME
    parts.append(f'<rect {box} fill="none" {stroke}/>')
    return "".join(parts)


def _draw_line(symbol: Symbol) -> str:
    path = f'd="M1 {HEIGHT / 2:g}H{WIDTH - 1}" fill="none"'
    line = f"<path {path} {_stroke(symbol, most=10)}/>"
    if symbol.line is None or not _is_light(symbol.line):
        return line
    return f'<path {path} {_FAINT_FRAME} stroke-width="{min(symbol.line_width, 10) + 2:g}"/>{line}'


def _draw_point(symbol: Symbol) -> str:
    radius = min(symbol.radius, HEIGHT / 2 - 1)
    fill = symbol.fill or "none"
    return (
        f'<circle cx="{WIDTH / 2:g}" cy="{HEIGHT / 2:g}" r="{radius:g}" fill="{fill}" '
        f'fill-opacity="{symbol.fill_opacity:g}" {_stroke(symbol, most=3)}/>'
    )


def _stroke(symbol: Symbol, *, most: float) -> str:
    if symbol.line is None:
        return ""
    dash = f' stroke-dasharray="{" ".join(f"{each:g}" for each in symbol.dash)}"' if symbol.dash else ""
    width = min(symbol.line_width, most)
    return f'stroke="{symbol.line}" stroke-width="{width:g}" stroke-opacity="{symbol.line_opacity:g}"{dash}'


def _is_light(colour: str) -> bool:
    """True for `#rrggbb` that would not be seen on white paper."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return 0.299 * red + 0.587 * green + 0.114 * blue > _LIGHT


def _pattern(hatch: Hatch) -> str:
    """Lines at `angle` degrees counter-clockwise from east; SVG turns clockwise, hence the minus."""
    spacing = max(hatch.spacing, 2)
    turn = -hatch.angle if math.isfinite(hatch.angle) else 0
    return (
        f"<pattern id='h' width='{spacing:g}' height='{spacing:g}' patternUnits='userSpaceOnUse' "
        f"patternTransform='rotate({turn:g})'>"
        f"<path d='M0 {spacing / 2:g}H{spacing:g}' stroke='{hatch.colour}' stroke-width='{hatch.width:g}'/>"
        "</pattern>"
    )
