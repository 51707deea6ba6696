"""What makes a tile: one version of a layer, one grid, one zoom. Pure; `tiles.vector` turns it into SQL.

It decides whether the layer is drawn at that zoom at all, from which stored geometry, with which columns and
labels, how much it needs beyond the tile's sides, and which features are too small to be seen.
Styles speak of ground metres per CSS pixel; a tile is 256 CSS pixels wide at its own zoom.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gis import crs
from layers import table
from layers.style import SCALE_TOLERANCE
from layers.targets import buffer_units, coarse_geometry, grid_geometry, pieces_table, safe_zoom
from tiles.grid import EXTENT

if TYPE_CHECKING:
    from gis.envelope import Envelope
    from layers.catalogue import PublishedLayer
    from tiles.grid import Grid

# A client that draws 512-pixel tiles shows a tile at half its resolution, so labels and columns that begin at a
# scale travel one zoom early.
_EARLIER = 2.0

# Smaller than this share of a CSS pixel a feature leaves no mark even on a screen with two dots per pixel.
# Lines get half of it: a street made of short pieces must not fall into dashes.
_LEAST_POLYGON_PIXELS = 0.5
_LEAST_LINE_PIXELS = 0.25

# The box of the data is transformed by points along its sides; between them it may bend a little further.
_BEND_SHARE = 0.001


@dataclass(frozen=True, eq=False)
class TileSource:
    """The recipe for every tile of one layer version, grid and zoom."""

    layer: PublishedLayer
    grid: Grid
    zoom: int
    ground_resolution: float

    @property
    def finest_resolution(self) -> float:
        """The ground metres per pixel of the finest map that shows this tile before the next zoom does."""
        return self.ground_resolution / 2 if self.grid.is_drawn_between else self.ground_resolution

    @property
    def name(self) -> str:
        """The name of the MVT layer; its labels are in `<name>:labels`."""
        return self.layer.id

    @property
    def kind(self) -> str:
        """point, line or polygon."""
        return self.layer.manifest.geometry.kind

    @property
    def is_stored(self) -> bool:
        """True when the table holds geometry in the grid's own CRS, so that nothing is transformed."""
        return self.grid.srid == self.layer.srid or self.grid.stored_as in self.layer.grids

    @property
    def srid(self) -> int:
        """The CRS of the column tiles are made from."""
        return self.grid.srid if self.is_stored else self.layer.srid

    @property
    def stored_unit(self) -> float:
        """About how much of that column's CRS one tile unit is."""
        if self.is_stored:
            return self.grid.unit(self.zoom)
        return self.ground_resolution * self.grid.tile_size / EXTENT

    @property
    def geometry(self) -> str:
        """The column tiles are made from."""
        return table.GEOMETRY if self.srid == self.layer.srid else grid_geometry(self.srid)

    @property
    def coarse(self) -> str | None:
        """The column with less detail for this scale, NULL where all is kept; None when there is none."""
        if self.is_deepest:
            return None
        finest = self.finest_resolution * (1 + SCALE_TOLERANCE)
        bands = [band for band in self.layer.bands if band <= finest]
        return coarse_geometry(self.srid, max(bands)) if bands else None

    @property
    def safe_zoom(self) -> str | None:
        """The column with the zoom from which a polygon may be snapped; None when there is nothing to gain."""
        if self.kind != "polygon" or self.grid.stored_as not in self.layer.grids:
            return None
        return safe_zoom(self.grid.stored_as)

    @property
    def is_snapped(self) -> bool:
        """True when polygons that lie in a tile are only rounded.

        With less detail a shape may be narrower somewhere, and safe zooms are those of the whole one.
        """
        return self.safe_zoom is not None and self.coarse is None

    @property
    def pieces(self) -> str | None:
        """The table with large features in pieces, cut for this grid; None without, and for less detail."""
        if not self.layer.has_pieces or self.grid.stored_as not in self.layer.grids:
            return None
        return None if self.coarse else pieces_table(self.layer.table_name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The published columns that travel as properties. Texts of labels are in the layer of labels."""
        columns = self.layer.manifest.tile_columns
        return tuple(name for name, coarsest in columns.items() if coarsest is None or self._is_finer(coarsest))

    @property
    def label(self) -> str | None:
        """The column labels are made from, None where the map is too coarse for them."""
        label = self.layer.manifest.style.label
        if label is None:
            return None
        return label.column if self._is_finer(label.max_metres_per_pixel) else None

    def _is_finer(self, metres_per_pixel: float) -> bool:
        """True when a map that shows this tile may be at least this detailed."""
        coarsest = metres_per_pixel * _EARLIER * (1 + SCALE_TOLERANCE)
        return self.is_deepest or self.ground_resolution <= coarsest

    @property
    def is_deepest(self) -> bool:
        """True at the last zoom we make tiles for: clients enlarge it for every finer scale."""
        return self.zoom == self.grid.max_tile_zoom

    @cached_property
    def buffer(self) -> int:
        """Tile units beyond the sides: four CSS pixels, or what strokes and offsets reach."""
        reach = self.layer.manifest.style.reach_pixels(self.kind)
        return buffer_units(reach, tile_size=self.grid.tile_size, extent=EXTENT)

    @property
    def least_size(self) -> float:
        """Ground metres of `_size` below which a feature is left out; 0 leaves out nothing."""
        if self.is_deepest or self.kind == "point":
            return 0.0
        share = _LEAST_LINE_PIXELS if self.kind == "line" else _LEAST_POLYGON_PIXELS
        return share * self.finest_resolution

    @property
    def max_features(self) -> int:
        """How many features a tile holds at most, largest first."""
        return self.layer.manifest.tiles.max_features

    @cached_property
    def reach(self) -> Envelope | None:
        """Where tiles can hold anything: the data's box in the grid's CRS with the buffer; None if empty."""
        extent = self.layer.native_extent
        if extent is None:
            return None
        box = crs.transform_envelope(extent, self.grid.srid)
        bend = _BEND_SHARE * max(box.width, box.height)
        return box.grown(bend + self.buffer * self.grid.unit(self.zoom))


def find_source(layer: PublishedLayer, grid: Grid, zoom: int, centre: tuple[float, float]) -> TileSource | None:
    """What the layer puts into tiles of this zoom, or None when it is not drawn at that scale.

    `centre` is the point x, y of the grid's CRS where ground metres are measured: the middle of the portal.
    """
    ground = grid.ground_resolution(zoom, centre)
    source = TileSource(layer, grid, zoom, ground)
    scale = layer.manifest.style.scale
    is_enlarged = source.is_deepest and scale.min <= ground
    return source if is_enlarged or scale.meets(source.finest_resolution, ground) else None
