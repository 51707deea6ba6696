"""What a tile grid asks of a stored feature, in numbers; `tiles.grid` builds these and hands them down.

This floor knows no grids: it only prepares geometry and safe zooms for the ones it is given, and names the
columns that hold them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Ground metres per CSS pixel from which on geometry with less detail is drawn: each band serves up to the next.
BANDS = (8, 32, 128)
# Detail below this share of a pixel goes: nobody sees it, and borders move by less than lines are wide.
_DETAIL_SHARE = 0.25
# Tile units that every layer gets beyond the sides: four CSS pixels, the custom of all tile servers.
BUFFER = 64
# So many further units around a tile a large geometry is cut to, so that the cut is never drawn.
CUT_MARGIN = 16
# Stored bytes from which on a geometry is large: PostgreSQL keeps it out of line, in many parts.
LARGE_BYTES = 8000
# Where a square is in the number that stands for it: the zoom above its column, and that above its row.
_ROW_BITS = 27


def grid_geometry(srid: int) -> str:
    """The column with the geometry in the CRS of a grid, where that is not the portal's."""
    return f"_geom_{srid}"


def coarse_geometry(srid: int, band: int) -> str:
    """The column with the geometry of a band in a CRS; NULL where nothing can be left out of it."""
    return f"_geom_{srid}_{band}m"


def bands_of(coarsest: float) -> tuple[int, ...]:
    """The bands of a layer that is drawn up to so many ground metres per pixel."""
    return tuple(band for band in BANDS if band <= coarsest)


def band_tolerance(band: int) -> float:
    """How far a border may move, in metres, when details are left out for a band."""
    return band * _DETAIL_SHARE


def safe_zoom(grid: str) -> str:
    """The column with the zoom from which rounding to this grid's tile units is safe, by the grid's name."""
    return "_safe_" + grid.lower().replace("-", "_")


def pieces_table(table_name: str) -> str:
    """The table beside a data table that holds its large features in pieces."""
    return f"{table_name}_pieces"


def names_table(table_name: str) -> str:
    """The table beside a data table of addresses that holds its streets and places."""
    return f"{table_name}_names"


def words_table(table_name: str) -> str:
    """The table beside a data table of addresses that holds the words of its streets and places."""
    return f"{table_name}_words"


def buffer_units(reach_pixels: float, *, tile_size: int, extent: int) -> int:
    """Tile units beyond the sides: at least `BUFFER`, more where strokes or offsets reach further."""
    return max(BUFFER, math.ceil(reach_pixels * extent / tile_size))


def squares_around(zoom: int, x: int, y: int) -> list[int]:
    """The numbers of all squares of a grid that hold a tile: its own, and one for each zoom before."""
    return [(zoom - step) << 2 * _ROW_BITS | (x >> step) << _ROW_BITS | (y >> step) for step in range(zoom + 1)]


@dataclass(frozen=True)
class TileTarget:
    """One grid: its CRS, the corner it is counted from, and CRS units per pixel at zoom 0.

    `extent` is the tile's own units per side; `max_tile_zoom` is the deepest zoom that is built.
    """

    name: str
    srid: int
    origin_x: float
    origin_y: float
    resolution0: float
    tile_size: int = 256
    extent: int = 4096
    min_zoom: int = 0
    max_tile_zoom: int = 18

    def resolution(self, zoom: int) -> float:
        """CRS units per pixel at a zoom."""
        return self.resolution0 / float(2**zoom)

    def unit(self, zoom: int) -> float:
        """CRS units per tile unit at a zoom: the step that coordinates in a tile are rounded to."""
        return self.resolution(zoom) * self.tile_size / self.extent
