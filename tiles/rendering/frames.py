"""What part of the country a picture shows, and how large: on paper at an exact scale, or on a screen.

A picture is a whole number of units wide and high: points (1/72 inch) on paper, device pixels on a screen.
So the piece of the country is made to fit the units, and the scale is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gis.envelope import Envelope

_MILLIMETRES_PER_INCH = 25.4
_POINTS_PER_INCH = 72
_PIXELS_PER_INCH = 96
METRES_PER_POINT = _MILLIMETRES_PER_INCH / _POINTS_PER_INCH / 1000


@dataclass(frozen=True)
class Frame:
    """An envelope in a CRS of metres, and the size of its picture in units.

    `units_per_pixel` is how many units make a CSS pixel (1/96 inch), in which styles are measured.
    """

    envelope: Envelope
    width: int
    height: int
    units_per_pixel: float

    @property
    def metres_per_pixel(self) -> float:
        """Metres of the CRS that a CSS pixel covers; close to the ground's in a national CRS."""
        return (self.envelope.east - self.envelope.west) / self.width * self.units_per_pixel

    @property
    def millimetres(self) -> tuple[float, float]:
        """Width and height of a picture on paper."""
        return tuple(units * METRES_PER_POINT * 1000 for units in (self.width, self.height))  # type: ignore[return-value]

    def grown(self, pixels: float) -> Envelope:
        """The envelope with what is painted from so many CSS pixels outside of it."""
        return self.envelope.grown(pixels * self.metres_per_pixel)


def paper_frame(
    centre: tuple[float, float], size_millimetres: tuple[float, float], scale: float, srid: int
) -> Frame:
    """A frame around a place at 1:`scale`, at most so large on paper: a point less where it does not fit.

    `centre` is in the CRS `srid`, whose unit is the metre (EPSG:3794 for Slovenia).
    """
    width, height = (max(math.floor(side / 1000 / METRES_PER_POINT + 1e-6), 1) for side in size_millimetres)
    envelope = _around(centre, width * METRES_PER_POINT * scale, height * METRES_PER_POINT * scale, srid)
    return Frame(envelope, width, height, _POINTS_PER_INCH / _PIXELS_PER_INCH)


def screen_frame(
    centre: tuple[float, float],
    size_pixels: tuple[int, int],
    metres_per_pixel: float,
    srid: int,
    *,
    ratio: int = 1,
) -> Frame:
    """A frame around a place in CSS pixels, drawn with `ratio` device pixels for each."""
    width, height = size_pixels
    envelope = _around(centre, width * metres_per_pixel, height * metres_per_pixel, srid)
    return Frame(envelope, width * ratio, height * ratio, float(ratio))


def _around(centre: tuple[float, float], width: float, height: float, srid: int) -> Envelope:
    x, y = centre
    return Envelope(x - width / 2, y - height / 2, x + width / 2, y + height / 2, srid=srid)
