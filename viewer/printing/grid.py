"""Crosses of the CRS's grid on the map, their coordinates on all four sides of its frame; scale bar and north.

The step is 1, 2 or 5 times a power of ten metres, so that crosses stand some four to five centimetres apart.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from viewer.printing.drawing import BAND
from viewer.printing.layout import PIXELS_PER_MM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from viewer.phrases import Phrases
    from viewer.printing.drawing import MapFrame

INK = "#1c2326"
_LEAST_MM, _MOST_BAR_MM = 35.0, 42.0
_CROSS = 7.0
_TICK = 5.0
_FONT = 8.5
_NO_BREAK_SPACE = "\u00a0"


def find_step(scale: int, least_mm: float = _LEAST_MM) -> int:
    """Metres between crosses at 1 : `scale`: the smallest round number at least so many millimetres apart."""
    least = least_mm / 1000 * scale
    power = 10 ** math.floor(math.log10(least))
    return int(next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least))


def list_lines(low: float, high: float, step: int) -> list[int]:
    """The multiples of a step in an interval."""
    return list(range(math.ceil(low / step) * step, math.floor(high / step) * step + 1, step))


def write_coordinate(metres: int) -> str:
    """507 100: digits in threes, for dots and commas would be misread."""
    return f"{metres:,}".replace(",", _NO_BREAK_SPACE)


def draw_grid(frame: MapFrame, step: int) -> str:
    """Crosses on the map, ticks and coordinates in the band round it, and the frame's line."""
    west, south, east, north = frame.envelope.bounds
    columns, rows = list_lines(west, east, step), list_lines(south, north, step)
    return "".join(
        [*_draw_crosses(frame, columns, rows), *_draw_sides(frame, columns, rows), _draw_frame(frame)]
    )


def _draw_crosses(frame: MapFrame, columns: list[int], rows: list[int]) -> Iterator[str]:
    places = [frame.to_pixels((x, y)).tolist() for x in columns for y in rows]
    path = "".join(
        f"M{x - _CROSS:.2f} {y:.2f}H{x + _CROSS:.2f}M{x:.2f} {y - _CROSS:.2f}V{y + _CROSS:.2f}"
        for x, y in places
    )
    yield f'<path d="{path}" fill="none" stroke="#ffffff" stroke-width="2.4" stroke-opacity="0.75"/>'
    yield f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="0.8"/>'


def _draw_sides(frame: MapFrame, columns: list[int], rows: list[int]) -> Iterator[str]:
    width, height = frame.size
    right, bottom = BAND + width, BAND + height
    ticks = []
    for metres in columns:
        x = float(frame.to_pixels((metres, frame.envelope.north))[0])
        ticks.append(f"M{x:.2f} {BAND - _TICK:.2f}V{BAND:.2f}M{x:.2f} {bottom:.2f}V{bottom + _TICK:.2f}")
        yield from (_label(metres, x, y, 0, room=width) for y in (BAND - 8.5, bottom + 14.5))
    for metres in rows:
        y = float(frame.to_pixels((frame.envelope.west, metres))[1])
        ticks.append(f"M{BAND - _TICK:.2f} {y:.2f}H{BAND:.2f}M{right:.2f} {y:.2f}H{right + _TICK:.2f}")
        yield from (_label(metres, y, x, -90, room=height) for x in (BAND - 8.5, right + 14.5))
    yield f'<path d="{"".join(ticks)}" fill="none" stroke="{INK}" stroke-width="0.8"/>'


def _label(metres: int, along: float, across: float, turn: int, *, room: float) -> str:
    """A coordinate beside its tick; none where it would run round the corner."""
    text = write_coordinate(metres)
    half = len(text) * _FONT * 0.27
    if not BAND + half <= along <= BAND + room - half:
        return ""
    x, y = (across, along) if turn else (along, across)
    turned = f' transform="rotate({turn} {x:.2f} {y:.2f})"' if turn else ""
    placed = f'x="{x:.2f}" y="{y:.2f}" font-size="{_FONT:g}" text-anchor="middle"'
    return f'<text {placed} fill="{INK}"{turned}>{text}</text>'


def _draw_frame(frame: MapFrame) -> str:
    width, height = frame.size
    return (
        f'<rect x="{BAND:.3f}" y="{BAND:.3f}" width="{width:.3f}" height="{height:.3f}" fill="none" '
        f'stroke="{INK}" stroke-width="1.2"/>'
    )


def find_bar(scale: int) -> int:
    """Metres of the scale bar: the longest round number that fits in its place."""
    most = _MOST_BAR_MM / 1000 * scale
    power = 10 ** math.floor(math.log10(most))
    return int(next(power * factor for factor in (8, 5, 4, 2, 1) if power * factor <= most))


def draw_bar(scale: int, metres: int, phrases: Phrases) -> tuple[str, float, float]:
    """The scale bar in four parts with its numbers, as an SVG file; its width and height in millimetres."""
    length = metres / scale * 1000 * PIXELS_PER_MM
    left, top, height = 14.0, 3.0, 6.0
    parts = [
        f'<rect x="{left + place * length / 4:.3f}" y="{top}" width="{length / 4:.3f}" height="{height}" '
        f'fill="{INK if place % 2 == 0 else "#ffffff"}" stroke="{INK}" stroke-width="0.8"/>'
        for place in range(4)
    ]
    numbers = (
        (0, "0"),
        (metres / 2, _write_length(metres / 2, phrases)),
        (metres, _write_length(metres, phrases)),
    )
    parts += [
        f'<text x="{left + at / metres * length:.2f}" y="{top + height + 11:.2f}" font-size="9" '
        f'text-anchor="middle" fill="{INK}">{text}</text>'
        for at, text in numbers
    ]
    width, depth = (length + left + 24) / PIXELS_PER_MM, 24 / PIXELS_PER_MM
    return write_svg("".join(parts), width, depth), width, depth


def _write_length(metres: float, phrases: Phrases) -> str:
    return f"{phrases.number(metres, 0 if metres == int(metres) else 1)}{_NO_BREAK_SPACE}m"


def draw_north() -> str:
    """An arrow to the north of the grid, 9 × 14 mm."""
    arrow = (
        f'<g stroke="{INK}" stroke-width="1" stroke-linejoin="round"><path d="M17 16L26 46L17 40Z" '
        f'fill="#ffffff"/><path d="M17 16L8 46L17 40Z" fill="{INK}"/></g>'
        f'<text x="17" y="12" font-size="12" text-anchor="middle" font-weight="700" fill="{INK}">N</text>'
    )
    return write_svg(arrow, 9, 14)


def write_svg(content: str, width: float, height: float) -> str:
    """A drawing in CSS pixels as a file of so many millimetres."""
    box = f"0 0 {width * PIXELS_PER_MM:.4f} {height * PIXELS_PER_MM:.4f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.3f}mm" height="{height:.3f}mm" '
        f'viewBox="{box}" font-family="Prostor, Prostor Ext">{content}</svg>'
    )
