"""Where things stand on a sheet: page, map and the boxes beside it, in millimetres. Pure.

The map with its frame of coordinates is one figure; its inside is the ground at 1 : scale. Beside it in
landscape, below it in portrait stand the key, and the plate with scale, north, notice and code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.envelope import Envelope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from viewer.printing.request import Orientation, Paper

PIXELS_PER_MM = 96 / 25.4
# Round the map, for coordinates of the grid.
BAND_MM = 5.0

_MARGIN_MM = 10.0
_HEAD_MM = 13.0
_GAP_MM = 3.0
_SIDES_MM: Mapping[Paper, tuple[float, float]] = {"a4": (210.0, 297.0), "a3": (297.0, 420.0)}
_STRIP_MM: Mapping[Paper, float] = {"a4": 56.0, "a3": 56.0}
_PANEL_MM: Mapping[Paper, float] = {"a4": 64.0, "a3": 78.0}
_PLATE_MM = 62.0
# The plate in a panel stands at its foot.
_PLATE_HEIGHT_MM = 54.0
# How wide a column of the key is at least.
_COLUMN_MM = 55.0


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """A page with its boxes. `figure` is the map with its band, `columns` are those of the key."""

    page: tuple[float, float]
    head: Box
    figure: Box
    key: Box
    plate: Box
    columns: int

    @property
    def map_size(self) -> tuple[float, float]:
        """Width and height of the map without its band."""
        return self.figure.width - 2 * BAND_MM, self.figure.height - 2 * BAND_MM

    @property
    def column_width(self) -> float:
        """Width of a column of the key."""
        return (self.key.width - (self.columns - 1) * _GAP_MM) / self.columns

    def ground(self, centre: tuple[float, float], scale: int, srid: int) -> Envelope:
        """What the map shows at 1 : `scale`, in the CRS `srid` of metres."""
        width, height = (side * scale / 1000 for side in self.map_size)
        x, y = centre
        return Envelope(x - width / 2, y - height / 2, x + width / 2, y + height / 2, srid)


def find_layout(paper: Paper, orientation: Orientation) -> Layout:
    """The layout of a paper."""
    if orientation == "portrait":
        return _portrait(paper)
    return _landscape(paper)


def _portrait(paper: Paper) -> Layout:
    """The boxes stand side by side below the map."""
    width, height = _SIDES_MM[paper]
    inner, strip = width - 2 * _MARGIN_MM, _STRIP_MM[paper]
    top = _MARGIN_MM + _HEAD_MM
    strip_top = height - _MARGIN_MM - strip
    key = Box(_MARGIN_MM, strip_top, inner - _PLATE_MM - 2 * _GAP_MM, strip)
    return Layout(
        page=(width, height),
        head=Box(_MARGIN_MM, _MARGIN_MM, inner, _HEAD_MM),
        figure=Box(_MARGIN_MM, top, inner, strip_top - _GAP_MM - top),
        key=key,
        plate=Box(width - _MARGIN_MM - _PLATE_MM, strip_top, _PLATE_MM, strip),
        columns=int(key.width / _COLUMN_MM),
    )


def _landscape(paper: Paper) -> Layout:
    """The boxes stand one above the other, right of the map."""
    height, width = _SIDES_MM[paper]
    panel = _PANEL_MM[paper]
    top, left = _MARGIN_MM + _HEAD_MM, width - _MARGIN_MM - panel
    bottom = height - _MARGIN_MM
    plate_top = bottom - _PLATE_HEIGHT_MM
    return Layout(
        page=(width, height),
        head=Box(_MARGIN_MM, _MARGIN_MM, width - 2 * _MARGIN_MM, _HEAD_MM),
        figure=Box(_MARGIN_MM, top, left - _GAP_MM - _MARGIN_MM, bottom - top),
        key=Box(left, top, panel, plate_top - _GAP_MM - top),
        plate=Box(left, plate_top, panel, _PLATE_HEIGHT_MM),
        columns=1,
    )
