"""In which order a picture is painted: the same as on the viewer's canvas. Pure.

Layer by layer from the bottom: the classes one after another, default first, each fill before its hatch, then
the lines of all classes. Labels come last, over everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tiles.styles.choices import list_symbols

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from layers.style import Symbol
    from tiles.rendering.drawing import DrawnLayer

# The mean width of a letter as a share of the font's size, a little generous, as in the MapLibre style.
_LETTER_SHARE = 0.58

StepKind = Literal["fill", "hatch", "line", "disc", "ring"]


@dataclass(frozen=True)
class Step:
    """One kind of paint for the features of one symbol."""

    kind: StepKind
    symbol: Symbol
    shapes: Sequence[bytes]


def list_steps(layer: DrawnLayer) -> Iterator[Step]:
    """The steps of a layer, from the bottom; none for symbols that no feature has."""
    symbols = list_symbols(layer.style)
    shapes: list[list[bytes]] = [[] for _ in symbols]
    for shape, place in zip(layer.shapes, layer.places, strict=True):
        shapes[place].append(shape)
    drawn = [(symbol, of) for symbol, of in zip(symbols, shapes, strict=True) if of]
    for symbol, of in drawn:
        if symbol.fill and layer.kind != "line":
            yield Step("disc" if layer.kind == "point" else "fill", symbol, of)
        if symbol.hatch and layer.kind == "polygon":
            yield Step("hatch", symbol, of)
    for symbol, of in drawn:
        if symbol.line and symbol.line_width > 0:
            yield Step("ring" if layer.kind == "point" else "line", symbol, of)


def fits(text: str, room: float | None, size: float, metres_per_pixel: float) -> bool:
    """True when a text of this size (CSS pixels) is no wider than its room in metres."""
    return room is None or len(text) * _LETTER_SHARE * size * metres_per_pixel <= room
