"""Grids: the tile matrix sets a portal serves, read from OGC JSON (17-083r4, TileMatrixSet 2.0).

One shape only, which is what every web map draws: square tiles counted from the top left, each zoom half the
cell of the one before. WebMercatorQuad and SI-D96 come with Prostor; a portal adds its own as files of the
same kind. The member `prostor.maxTileZoom` names the deepest zoom we make tiles for; clients over-zoom beyond.
Tile numbers are always z, x, y with y counted from the north.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gis import crs
from gis.envelope import Envelope
from gis.errors import ConfigurationError
from layers.targets import TileTarget

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.portal import Portal

WEB_MERCATOR_QUAD = "WebMercatorQuad"
BUILT_IN = (WEB_MERCATOR_QUAD, "SI-D96")
EXTENT = 4096
_DOUBLED = "512"
# Words that stand in an address where the id of a grid stands in others.
_TAKEN = ("style", "sprite")

# Finer than this a portal's own grid needs no tiles of its own: data surveyed to the centimetre is still drawn
# to a sixteenth of a cell.
_FINEST_CELL_M = 0.25
_EXTENSION = "prostor"


@dataclass(frozen=True)
class Grid:
    """One tile matrix set. `origin` is the top left corner, `resolution0` CRS units per pixel at zoom 0."""

    id: str
    title: str
    srid: int
    origin: tuple[float, float]
    resolution0: float
    min_zoom: int
    max_zoom: int
    max_tile_zoom: int
    sizes: tuple[tuple[int, int], ...]
    tile_size: int = 256
    uri: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    twin_of: str | None = None

    @property
    def stored_as(self) -> str:
        """The name under which an import prepared geometry for these tiles."""
        return self.twin_of or self.id

    @property
    def is_drawn_between(self) -> bool:
        """True when a tile is also drawn at every scale up to twice as fine, as MapLibre does."""
        return self.twin_of is not None

    def doubled(self) -> Grid:
        """The same tiles for clients that draw them 512 pixels wide, and at every scale between two zooms.

        They cover the same squares in the same units, so all that was prepared for this grid serves them.
        """
        name = f"{self.id}{_DOUBLED}"
        document = {
            key: value for key, value in self.document.items() if key not in ("uri", "wellKnownScaleSet")
        }
        matrices = [_double(matrix) for matrix in self.document.get("tileMatrices", ())]
        return replace(
            self,
            id=name,
            title=f"{self.title}, tiles of 512 pixels",
            resolution0=self.resolution0 / 2,
            tile_size=self.tile_size * 2,
            uri=None,
            document={**document, "id": name, "tileMatrices": matrices},
            twin_of=self.id,
        )

    @cached_property
    def bounds(self) -> Envelope:
        """The box that all tiles of the first zoom cover together, in the grid's CRS."""
        columns, rows = self.size(self.min_zoom)
        first = self.tile_envelope(self.min_zoom, 0, 0)
        last = self.tile_envelope(self.min_zoom, columns - 1, rows - 1)
        return first.united(last)

    def size(self, z: int) -> tuple[int, int]:
        """How many columns and rows the matrix of a zoom has. Raises ValueError outside the zooms."""
        if not self.min_zoom <= z <= self.max_zoom:
            msg = f"{self.id} has zooms {self.min_zoom} to {self.max_zoom}, not {z}"
            raise ValueError(msg)
        return self.sizes[z - self.min_zoom]

    def resolution(self, z: int) -> float:
        """CRS units per pixel."""
        return math.ldexp(self.resolution0, -z)

    def ground_resolution(self, z: int, at: tuple[float, float]) -> float:
        """Ground metres per CSS pixel at a point x, y of the grid's CRS: what styles speak of."""
        return self.resolution(z) * crs.ground_scale(self.srid, *at)

    def unit(self, z: int) -> float:
        """CRS units per unit of a tile's own coordinates (4096 to a side)."""
        return self.resolution(z) * self.tile_size / EXTENT

    def has_tile(self, z: int, x: int, y: int) -> bool:
        """True when we make a tile with these numbers."""
        if not self.min_zoom <= z <= self.max_tile_zoom:
            return False
        columns, rows = self.size(z)
        return 0 <= x < columns and 0 <= y < rows

    def tile_envelope(self, z: int, x: int, y: int) -> Envelope:
        """The box of a tile. Neighbours share the very same number for their common side."""
        span = self.resolution(z) * self.tile_size
        left, top = self.origin
        return Envelope(
            left + x * span,
            top - (y + 1) * span,
            left + (x + 1) * span,
            top - y * span,
            self.srid,
        )

    def tile_at(self, z: int, px: float, py: float) -> tuple[int, int] | None:
        """Numbers x, y of the tile that holds a point of the grid's CRS; None outside the grid.

        A point on a side belongs to the tile east and south of it.
        """
        span = self.resolution(z) * self.tile_size
        x = math.floor((px - self.origin[0]) / span)
        y = math.floor((self.origin[1] - py) / span)
        columns, rows = self.size(z)
        return (x, y) if 0 <= x < columns and 0 <= y < rows else None

    def tile_range(self, z: int, envelope: Envelope) -> tuple[int, int, int, int] | None:
        """First x, first y, last x, last y of the tiles that meet an envelope; None when there are none."""
        span = self.resolution(z) * self.tile_size
        left, top = self.origin
        columns, rows = self.size(z)
        first_x = max(math.floor((envelope.west - left) / span), 0)
        first_y = max(math.floor((top - envelope.north) / span), 0)
        last_x = min(math.floor((envelope.east - left) / span), columns - 1)
        last_y = min(math.floor((top - envelope.south) / span), rows - 1)
        if first_x > last_x or first_y > last_y:
            return None
        return (first_x, first_y, last_x, last_y)

    def target(self) -> TileTarget:
        """What the import needs to know to prepare stored geometry and safe zooms for this grid."""
        return TileTarget(
            name=self.id,
            srid=self.srid,
            origin_x=self.origin[0],
            origin_y=self.origin[1],
            resolution0=self.resolution0,
            tile_size=self.tile_size,
            extent=EXTENT,
            min_zoom=self.min_zoom,
            max_tile_zoom=self.max_tile_zoom,
        )


def read_grids(portal: Portal) -> dict[str, Grid]:
    """The grids of a portal by id, in the portal's order. Raises ConfigurationError naming file and key."""
    own = [_read_own_grid(portal, name) for name in portal.grid_files]
    known = {grid.id: grid for grid in own}
    known.update({name: built_in_grid(name) for name in BUILT_IN})
    for name in portal.grids:
        if name not in known:
            raise ConfigurationError(
                f"portal.toml, grids: there is no grid {name!r}. Known are {', '.join(sorted(known))}; "
                "name the file of another one under grid_files."
            )
    return {name: known[name] for name in portal.grids}


@lru_cache(maxsize=8)
def built_in_grid(name: str) -> Grid:
    """One of the grids that come with Prostor."""
    text = resources.files("tiles").joinpath("grids", f"{name}.json").read_bytes()
    return parse_grid(text, place=f"{name}.json")


def parse_grid(text: bytes, *, place: str) -> Grid:
    """A grid from OGC TileMatrixSet JSON; `place` names it in the sentence of a ConfigurationError."""
    try:
        data = orjson.loads(text)
        document = _Document.model_validate(data)
    except orjson.JSONDecodeError as exc:
        raise ConfigurationError(f"{place} is not JSON: {exc}") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{place}, {where}: {first['msg']}") from exc
    problem = _find_problem(document)
    if problem is not None:
        raise ConfigurationError(f"{place}: {problem}")
    return _build_grid(document, {key: value for key, value in data.items() if key != _EXTENSION})


def _double(matrix: Mapping[str, Any]) -> dict[str, Any]:
    halved = {key: matrix[key] / 2 for key in ("cellSize", "scaleDenominator") if key in matrix}
    return {**matrix, **halved, "tileWidth": 2 * matrix["tileWidth"], "tileHeight": 2 * matrix["tileHeight"]}


def _read_own_grid(portal: Portal, name: str) -> Grid:
    path = (portal.folder / name).resolve()
    try:
        grid = parse_grid(path.read_bytes(), place=name)
    except OSError as exc:
        raise ConfigurationError(f"portal.toml, grid_files: {name} cannot be read: {exc.strerror}") from exc
    if grid.id.removesuffix(_DOUBLED) in BUILT_IN:
        raise ConfigurationError(f"{name}: the id {grid.id!r} belongs to a grid that comes with Prostor")
    if grid.id in _TAKEN:
        raise ConfigurationError(f"{name}: a grid cannot be called {grid.id!r}, a word that addresses need")
    return grid


class _Matrix(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern=r"^(0|[1-9][0-9]?)$")
    cell_size: float = Field(alias="cellSize", gt=0)
    corner: str = Field(default="topLeft", alias="cornerOfOrigin")
    origin: tuple[float, float] = Field(alias="pointOfOrigin")
    tile_width: int = Field(alias="tileWidth")
    tile_height: int = Field(alias="tileHeight")
    columns: int = Field(alias="matrixWidth", ge=1)
    rows: int = Field(alias="matrixHeight", ge=1)


class _Extension(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    max_tile_zoom: int | None = Field(default=None, alias="maxTileZoom", ge=0)


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,40}$")
    title: str = ""
    uri: str | None = None
    crs: str
    matrices: tuple[_Matrix, ...] = Field(alias="tileMatrices", min_length=1)
    prostor: _Extension = _Extension()


def _find_problem(document: _Document) -> str | None:
    """What makes this tile matrix set one we cannot serve, or None."""
    try:
        srid, _ = crs.parse_crs_uri(document.crs)
    except ValueError:
        return "crs must be an EPSG URI such as http://www.opengis.net/def/crs/EPSG/0/3794"
    if not crs.is_metric(srid) or crs.is_north_first(srid):
        return f"EPSG:{srid} must count metres, east first"
    first = document.matrices[0]
    for step, matrix in enumerate(document.matrices):
        rule = _find_broken_rule(matrix, first, step)
        if rule is not None:
            return f"tile matrix {matrix.id}: {rule}"
    return None


def _find_broken_rule(matrix: _Matrix, first: _Matrix, step: int) -> str | None:
    rules = {
        "zooms must follow one another without a gap": int(matrix.id) == int(first.id) + step,
        "tiles must be 256 pixels wide and high": (matrix.tile_width, matrix.tile_height) == (256, 256),
        "every zoom must be counted from the same top left corner": (
            matrix.corner == "topLeft" and matrix.origin == first.origin
        ),
        "cellSize must be half of the one before": math.isclose(
            math.ldexp(matrix.cell_size, step), first.cell_size, rel_tol=1e-9
        ),
    }
    return next((rule for rule, holds in rules.items() if not holds), None)


def _build_grid(document: _Document, published: Mapping[str, Any]) -> Grid:
    first, last = document.matrices[0], document.matrices[-1]
    min_zoom, max_zoom = int(first.id), int(last.id)
    coarse_enough = [int(each.id) for each in document.matrices if each.cell_size >= _FINEST_CELL_M]
    declared = document.prostor.max_tile_zoom
    return Grid(
        id=document.id,
        title=document.title or document.id,
        srid=crs.parse_crs_uri(document.crs)[0],
        origin=first.origin,
        resolution0=math.ldexp(first.cell_size, min_zoom),
        min_zoom=min_zoom,
        max_zoom=max_zoom,
        max_tile_zoom=min(max(coarse_enough, default=min_zoom) if declared is None else declared, max_zoom),
        sizes=tuple((each.columns, each.rows) for each in document.matrices),
        uri=document.uri,
        document=published,
    )
