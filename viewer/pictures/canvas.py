"""What is laid over a map, measured in CSS pixels from the upper left corner of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.style import Style
from tiles.rendering.drawing import DrawnLayer, Lettering

if TYPE_CHECKING:
    from gis.geometry import GeometryKind
    from layers.style import Symbol
    from tiles.rendering.drawing import Side
    from tiles.rendering.frames import Frame


class Canvas:
    """Shapes and texts in the order in which they are painted; all texts lie above all shapes."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self.overlay: list[DrawnLayer] = []
        self.letterings: list[Lettering] = []

    @property
    def width(self) -> float:
        """CSS pixels."""
        return self._frame.width / self._frame.units_per_pixel

    @property
    def height(self) -> float:
        """CSS pixels."""
        return self._frame.height / self._frame.units_per_pixel

    def find(self, place: tuple[float, float]) -> tuple[float, float]:
        """Where a place of the frame's CRS is on the picture."""
        box, size = self._frame.envelope, self._frame.metres_per_pixel
        return (place[0] - box.west) / size, (box.north - place[1]) / size

    def draw(self, kind: GeometryKind, symbol: Symbol, *shapes: Any) -> None:
        """Shapes in the frame's CRS."""
        if shapes:
            painted = shapely.to_wkb(list(shapes)).tolist()
            style = Style(default=symbol)
            self.overlay.append(DrawnLayer("overlay", kind, style, painted, [0] * len(painted)))

    def draw_in_pixels(self, symbol: Symbol, *polygons: Any) -> None:
        """Polygons in pixels, y downwards."""
        self.draw("polygon", symbol, *(shapely.transform(each, self._to_ground) for each in polygons))

    def write(
        self,
        text: str,
        place: tuple[float, float],
        size: float,
        colour: str,
        *,
        side: Side = "left",
        halo: str | None = None,
        is_bold: bool = False,
    ) -> None:
        """A line of text at a place in pixels; `side` is the one that the place is."""
        if text.strip():
            x, y = self._to_ground(np.array([place]))[0].tolist()
            self.letterings.append(Lettering(text, x, y, size, colour, side, halo, is_bold))

    def _to_ground(self, points: Any) -> Any:
        box, size = self._frame.envelope, self._frame.metres_per_pixel
        return (box.west, box.north) + points * (size, -size)
