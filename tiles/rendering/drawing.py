"""What is drawn: layers with their styles, from the bottom upwards, and their features in a frame. Pure data.

It travels to the process that draws, which knows neither the database nor the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geometry import GeometryKind
    from layers.style import Style
    from tiles.rendering.frames import Frame

PictureFormat = Literal["pdf", "svg", "png"]
Side = Literal["left", "middle", "right"]


@dataclass(frozen=True)
class DrawnLabel:
    """A text at a place of the frame's CRS; `room` is how many metres wide it may be, None for any width."""

    text: str
    x: float
    y: float
    room: float | None = None


@dataclass(frozen=True)
class DrawnLayer:
    """Features of one layer: shapes as WKB in the frame's CRS, and the place of each one's symbol.

    Symbols are those of `tiles.styles.choices.list_symbols`. `opacity` is that of the layer as a whole, for
    pictures of pixels only.
    """

    id: str
    kind: GeometryKind
    style: Style
    shapes: Sequence[bytes]
    places: Sequence[int]
    labels: Sequence[DrawnLabel] = ()
    opacity: float = 1.0


@dataclass(frozen=True)
class Lettering:
    """A line of text that stands where it is told to, whatever is there; `side` is the one that (x, y) is.

    The place is in the frame's CRS, half-way up the letters; the size is in CSS pixels.
    """

    text: str
    x: float
    y: float
    size: float
    colour: str
    side: Side = "left"
    halo: str | None = None
    is_bold: bool = False


@dataclass(frozen=True)
class Drawing:
    """A picture to be made: layers, then their labels, and above everything else what is laid over the map."""

    frame: Frame
    layers: Sequence[DrawnLayer]
    format: PictureFormat
    background: str = "#ffffff"
    overlay: Sequence[DrawnLayer] = ()
    letterings: Sequence[Lettering] = ()
