"""The piece of land that a map of a parcel shows, at a round scale in the portal's CRS, and what lies in it.

Sizes are CSS pixels (1/96 inch), so that a drawing of this size has its scale on a screen and on paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.envelope import Envelope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.answer.candidates import Near
    from layers.answer.facts import ParcelAnswer

WIDTH_PX, HEIGHT_PX = 680, 480
_METRES_OF_A_PIXEL = 0.0254 / 96
_SCALES = (500, 1_000, 2_000, 2_500, 5_000, 10_000, 25_000, 50_000)
# The parcel takes that much of the width or height at most; the rest is where it lies.
_LARGEST_SHARE = 0.7


@dataclass(frozen=True)
class Frame:
    """What a map shows: its envelope in the portal's CRS, and the scale as 1 : `scale`."""

    envelope: Envelope
    scale: int

    @property
    def metres_per_pixel(self) -> float:
        """Metres in the CRS for one CSS pixel."""
        return self.scale * _METRES_OF_A_PIXEL


@dataclass(frozen=True)
class MapContent:
    """A map of a parcel to be drawn: the frame, and the features in it by layer."""

    parcel: ParcelAnswer
    frame: Frame
    near: Mapping[str, Near]


def find_frame(bounds: tuple[float, float, float, float], srid: int) -> Frame:
    """The frame at the largest round scale in which the box fits with its surroundings, box in the middle."""
    box = Envelope(*bounds, srid)
    for scale in _SCALES:
        width, height = WIDTH_PX * scale * _METRES_OF_A_PIXEL, HEIGHT_PX * scale * _METRES_OF_A_PIXEL
        if box.width <= width * _LARGEST_SHARE and box.height <= height * _LARGEST_SHARE:
            break
    x, y = box.centre
    return Frame(Envelope(x - width / 2, y - height / 2, x + width / 2, y + height / 2, srid), scale)
