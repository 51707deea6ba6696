"""Which tiles are asked for: those over the data, in a fixed order that looks random."""

from __future__ import annotations

import itertools
import random
from functools import lru_cache
from typing import TYPE_CHECKING

from benchmarks.serving.peers.server import Tile
from gis import crs
from tiles.grid import Grid, built_in_grid

if TYPE_CHECKING:
    from gis.envelope import Envelope

# Wider than any tile list needs, so that choosing stays quick at the deepest zooms.
_MOST_CONSIDERED = 200_000


@lru_cache(maxsize=8)
def grid_of(name: str) -> Grid:
    """One of the built-in grids."""
    return built_in_grid(name)


def tile_box(tile: Tile) -> Envelope:
    """The tile's sides in the grid's CRS."""
    return grid_of(tile.grid).tile_envelope(tile.z, tile.x, tile.y)


def choose_tiles(grid: str, zoom: int, extent: Envelope, wanted: int) -> list[Tile]:
    """So many distinct tiles whose middle lies over the data, the same ones in every run."""
    found = grid_of(grid)
    box = crs.transform_envelope(extent, found.srid)
    first_x, first_y, last_x, last_y = found.tile_range(zoom, box) or (0, 0, -1, -1)
    places = list(itertools.product(range(first_x, last_x + 1), range(first_y, last_y + 1)))
    random.Random(zoom).shuffle(places)  # noqa: S311  nothing secret here
    tiles = (Tile(grid, zoom, x, y) for x, y in places[:_MOST_CONSIDERED])
    over = list(itertools.islice((each for each in tiles if _is_over(each, box)), wanted))
    return over or [Tile(grid, zoom, x, y) for x, y in places[:wanted]]


def _is_over(tile: Tile, box: Envelope) -> bool:
    x, y = tile_box(tile).centre
    return box.west <= x <= box.east and box.south <= y <= box.north
