"""A portal whose layers use everything a neutral style can say, one shape in each square of a board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WEST, SOUTH, SIDE = 504_000, 135_000, 100
COLUMNS, ROWS = 8, 3
CENTRE = (WEST + COLUMNS * SIDE / 2, SOUTH + ROWS * SIDE / 2)

ZONES = {
    "A": 'fill = "#3366cc"',
    "B": 'fill = "#cc3300", fill_opacity = 0.5',
    "C": 'hatch = { colour = "#117733", width = 3, spacing = 8, angle = 45 }',
    "D": 'fill = "#ffeeaa", hatch = { colour = "#882255", width = 3, spacing = 10, angle = -30 }',
    "S": 'fill = "#dd8800", line = "#663300", line_width = 4, dash = [7, 3]',
    "SS": 'fill = "#8800dd"',
    "SSo": 'fill = "#00aa88", line = "#004433", line_width = 6, line_opacity = 0.5',
}
PIPES = {
    "solid": 'line = "#0055aa", line_width = 8',
    "dashed": 'line = "#aa0055", line_width = 8, dash = [12, 6]',
    "odd": 'line = "#aa5500", line_width = 6, dash = [9]',
    "right": 'line = "#228833", line_width = 6, offset = 16',
    "left": 'line = "#ee6677", line_width = 6, offset = -16',
    "faint": 'line = "#000000", line_width = 9, line_opacity = 0.4',
}
SIGNS = {
    "disc": 'fill = "#4477aa", radius = 14',
    "ringed": 'fill = "#ccbb44", line = "#aa3377", line_width = 3, radius = 8',
    "ring": 'line = "#228833", line_width = 3, radius = 8',
    "faint": 'fill = "#000000", fill_opacity = 0.4, radius = 12',
    "faint-ring": 'fill = "#66ccee", line = "#000000", line_opacity = 0.5, line_width = 3, radius = 8',
}


# Texts in squares of their own: one that fits its shape, and one that is too long for it.
NAMES = {"Čšž 12/3 ŽŠČ": 48, "Predolgo ime za ozko njivo": 6}
NAME_COLOUR = (85, 0, 102)


@dataclass(frozen=True)
class Square:
    """One square of the board: which layer and value is in it, the class it falls in, and its middle."""

    layer: str
    value: str
    class_value: str | None
    east: float
    north: float


def list_squares() -> list[Square]:
    """Every class once, zones by a value that only begins with the class; then a value of no class."""
    rows = [("zones", ZONES, "7"), ("pipes", PIPES, ""), ("signs", SIGNS, "")]
    return [
        Square(
            layer,
            f"{name}{ending}" if name else "x",
            name,
            WEST + (column + 0.5) * SIDE,
            SOUTH + (row + 0.5) * SIDE,
        )
        for row, (layer, classes, ending) in enumerate(rows)
        for column, name in enumerate([*classes, None])
    ]


def place_of_name(name: str) -> tuple[float, float]:
    """The middle of the square in which a text is."""
    place = list(NAMES).index(name)
    return (WEST + (7.5 - place) * SIDE, SOUTH + (1.5 + place) * SIDE)


def write_portal(folder: Path) -> None:
    """Write portal.toml, the manifests and their sources, CSV with WKT."""
    (folder / "layers").mkdir(parents=True)
    (folder / "portal.toml").write_text(_PORTAL, encoding="utf-8")
    _write_names(folder)
    shapes = {"zones": _square, "pipes": _line, "signs": _point}
    for layer, kind, match, default, classes in (
        ("zones", "polygon", "prefix", 'fill = "#777777"', ZONES),
        ("pipes", "line", "exact", 'line = "#777777", line_width = 8', PIPES),
        ("signs", "point", "exact", 'fill = "#777777", radius = 10', SIGNS),
    ):
        lines = [
            f'{square.value};"{shapes[layer](square)}"' for square in list_squares() if square.layer == layer
        ]
        (folder / f"{layer}.csv").write_text("\n".join(["code;shape", *lines, ""]), encoding="utf-8")
        written = "\n".join(_CLASS.format(value=value, symbol=symbol) for value, symbol in classes.items())
        text = _LAYER.format(layer=layer, kind=kind, match=match, default=default, classes=written)
        (folder / "layers" / f"{layer}.toml").write_text(text, encoding="utf-8")


def _write_names(folder: Path) -> None:
    lines = [f'{name};"{_box(*place_of_name(name), half)}"' for name, half in NAMES.items()]
    (folder / "names.csv").write_text("\n".join(["code;shape", *lines, ""]), encoding="utf-8")
    colour = "#" + bytes(NAME_COLOUR).hex()
    label = f'label = {{ column = "code", size = 14, colour = "{colour}", max_metres_per_pixel = 2 }}'
    text = _LAYER.format(layer="names", kind="polygon", match="exact", default="", classes=label)
    (folder / "layers" / "names.toml").write_text(text, encoding="utf-8")


def _square(square: Square) -> str:
    return _box(square.east, square.north, SIDE * 0.4)


def _box(x: float, y: float, half: float) -> str:
    corners = [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    return f"POLYGON (({', '.join(f'{east} {north}' for east, north in [*corners, corners[0]])}))"


def _line(square: Square) -> str:
    half = SIDE * 0.4
    return f"LINESTRING ({square.east - half} {square.north}, {square.east + half} {square.north})"


def _point(square: Square) -> str:
    return f"POINT ({square.east} {square.north})"


_PORTAL = """
id = "board"
title = { sl = "Deska čšž" }
grids = ["WebMercatorQuad", "SI-D96"]
outline = { west = 500000, south = 131000, east = 508800, north = 139300 }
[municipality]
name = { sl = "Deska" }
office = { sl = "Urad" }
[[themes]]
id = "board"
title = { sl = "Deska čšž", en = "Board" }
description = { sl = "Vse, kar zna slog." }
layers = ["zones", "pipes", "signs", "names"]
"""
_LAYER = """
id = "{layer}"
title = {{ sl = "Sloj {layer}" }}
description = {{ sl = "Sloj." }}
key = ["code"]
[source]
file = "../{layer}.csv"
format = "csv"
crs = 3794
wkt = "shape"
encoding = "utf-8"
state_date = 2026-03-01
provider = {{ sl = "Občina" }}
licence = "CC-BY-4.0"
attribution = {{ sl = "Vir: Občina" }}
[geometry]
kind = "{kind}"
[columns.code]
source = ["code"]
title = {{ sl = "Oznaka" }}
[style]
by = "code"
match = "{match}"
default = {{ {default} }}
default_title = {{ sl = "ostalo" }}
{classes}
"""
_CLASS = """
[[style.classes]]
value = "{value}"
title = {{ sl = "razred {value}" }}
symbol = {{ {symbol} }}
"""
