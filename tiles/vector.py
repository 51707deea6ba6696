"""Vector tiles (Mapbox Vector Tile 2.1): one statement per layer and tile, sent to PostGIS.

`build_statement` composes it from the files in `sql/` for a recipe of `tiles.source`, `read_tile` asks it. The
query's box comes as plain numbers, computed here by pyproj with the buffer as margin, so the planner sees
constants and the column itself is never transformed in WHERE. Compression, caching and themes are elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from psycopg import sql
from psycopg.errors import UndefinedTable

from gis import crs
from gis.envelope import Envelope
from gis.errors import GoneError
from gis.statements import compose, identifier, identifiers
from layers import table
from layers.model import DATA
from tiles.grid import EXTENT

if TYPE_CHECKING:
    from psycopg import Cursor

    from tiles.source import TileSource


@dataclass(frozen=True)
class LayerTile:
    """One layer in one tile, uncompressed; `body` is empty when it holds nothing."""

    body: bytes
    features: int
    is_truncated: bool = False


def read_tile(
    cursor: Cursor[tuple[object, ...]], source: TileSource, x: int, y: int, *, asked: Envelope
) -> LayerTile:
    """One layer in the tile z/x/y, z being the source's zoom and `asked` the answer of `find_query_envelope`.

    Raises GoneError when the version's table was dropped meanwhile, and UnavailableError by way of
    `Database.cursor` when the database is away or too slow.
    """
    try:
        row = cursor.execute(build_statement(source), build_values(source, x, y, asked)).fetchone()
    except UndefinedTable as exc:
        raise GoneError("This version is no longer kept.", layer=source.name) from exc
    features, labels, found = cast("tuple[bytes, bytes | None, int]", row)
    return LayerTile(
        bytes(features) + bytes(labels or b""),
        min(found, source.max_features),
        is_truncated=found > source.max_features,
    )


def find_query_envelope(source: TileSource, x: int, y: int) -> Envelope | None:
    """The box, in the CRS of the stored column, that the tile with its buffer covers.

    None when the data's own box is elsewhere. The tile is cut to that box before it is transformed, because a
    tile of the whole world has no image in a national CRS.
    """
    unit = source.grid.unit(source.zoom)
    tile = source.grid.tile_envelope(source.zoom, x, y).grown(source.buffer * unit)
    reach = source.reach
    if reach is None or not tile.intersects(reach):
        return None
    if source.is_stored:
        return tile
    cut = Envelope(
        max(tile.west, reach.west),
        max(tile.south, reach.south),
        min(tile.east, reach.east),
        min(tile.north, reach.north),
        tile.srid,
    )
    return crs.transform_envelope(cut, source.srid).grown(unit)


@lru_cache(maxsize=1024)
def build_statement(source: TileSource) -> bytes:
    """The statement for every tile of a source; values are bound by `read_tile`."""
    statement = compose(
        "tiles",
        "tile",
        stored=_stored_columns(source),
        table=identifier(DATA, source.layer.table_name),
        geometry=identifier(source.geometry),
        asked=_box("asked", source.srid),
        large_enough=_large_enough(source),
        order=_order(source),
        properties=identifiers([table.FID, *source.columns]),
        shape=_shape(source),
        labels=_labels(source),
    )
    return statement.as_bytes(None)


def build_values(source: TileSource, x: int, y: int, asked: Envelope) -> dict[str, object]:
    """The numbers that the statement is asked with for one tile."""
    tile = source.grid.tile_envelope(source.zoom, x, y)
    unit = source.grid.unit(source.zoom)
    return {
        "name": source.name,
        "labels_name": f"{source.name}:labels",
        "west": tile.west,
        "south": tile.south,
        "east": tile.east,
        "north": tile.north,
        "asked_west": asked.west,
        "asked_south": asked.south,
        "asked_east": asked.east,
        "asked_north": asked.north,
        "buffer": source.buffer,
        "zoom": source.zoom,
        "scale": 1 / unit,
        "half_unit_m": source.ground_resolution * source.grid.tile_size / EXTENT / 2,
        "least_size": source.least_size,
        "limit": source.max_features,
    }


def _stored_columns(source: TileSource) -> sql.Composable:
    names = [table.FID, source.geometry, *source.columns]
    if source.safe_zoom:
        names.append(source.safe_zoom)
    if source.label:
        names += [table.LABEL, table.LABEL_WIDTH]
    return identifiers(list(dict.fromkeys([*names, *([source.label] if source.label else [])])))


def _large_enough(source: TileSource) -> sql.Composable:
    if source.least_size == 0:
        return sql.SQL("TRUE")
    return sql.SQL("{} >= %(least_size)s").format(identifier(table.SIZE))


def _order(source: TileSource) -> sql.Composable:
    """Largest first, so that a cap takes the least and small features are drawn on top; then by id."""
    if source.kind == "point":
        return identifier(table.FID)
    return sql.SQL("{} DESC, {}").format(identifier(table.SIZE), identifier(table.FID))


def _shape(source: TileSource) -> sql.Composable:
    geometry: sql.Composable = identifier(source.geometry)
    tile = _box(None, source.grid.srid)
    if not source.is_stored:
        geometry = _transformed(source, geometry)
    if source.safe_zoom is None:
        return compose("tiles", "shape_clipped", geometry=geometry, tile=tile)
    return compose(
        "tiles",
        "shape_snapped",
        geometry=geometry,
        tile=tile,
        asked=_box("asked", source.srid),
        safe_zoom=identifier(source.safe_zoom),
    )


def _transformed(source: TileSource, geometry: sql.Composable) -> sql.Composable:
    """Fewer vertices first: thinned by half a tile unit, transforming costs less than half."""
    thinned = sql.SQL("ST_Simplify({}, %(half_unit_m)s, true)").format(geometry)
    return sql.SQL("ST_Transform({}, {})").format(thinned, sql.Literal(source.grid.srid))


def _labels(source: TileSource) -> sql.Composable:
    if source.label is None:
        return sql.SQL("NULL::bytea")
    text = identifier(source.label)
    columns = [identifier(table.FID), sql.SQL("{}::text AS text").format(text)]
    if source.kind == "polygon":
        width = identifier(table.LABEL_WIDTH)
        columns.append(sql.SQL("round({} * 10)::integer AS w").format(width))
    point: sql.Composable = identifier(table.LABEL)
    if source.layer.srid != source.grid.srid:
        point = sql.SQL("ST_Transform({}, {})").format(point, sql.Literal(source.grid.srid))
    return compose(
        "tiles",
        "labels",
        columns=sql.SQL(", ").join(columns),
        tile=_box(None, source.grid.srid),
        point=point,
        text=text,
    )


def _box(prefix: str | None, srid: int) -> sql.Composable:
    """An envelope from four bound numbers, `west` … or with a prefix `asked_west` …."""
    sides = [f"{prefix}_{side}" if prefix else side for side in ("west", "south", "east", "north")]
    numbers = sql.SQL(", ").join([sql.Placeholder(side) for side in sides])
    return sql.SQL("ST_MakeEnvelope({}, {})").format(numbers, sql.Literal(srid))
