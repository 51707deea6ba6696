"""Vector tiles (Mapbox Vector Tile 2.1): one statement per tile, sent to PostGIS, for one layer or many.

`find_query_envelope` says where to look, `read_tiles` asks. The statement itself is built in `statement`;
compression, caching and themes are elsewhere.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psycopg.errors import LockNotAvailable, QueryCanceled, UndefinedTable

from gis import crs
from gis.envelope import Envelope
from gis.errors import GoneError, UnavailableError
from gis.prepared import read_rows
from tiles.statement import build_statement, build_statement_of_largest, build_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from gis.prepared import Row
    from tiles.source import TileSource

    AnyConnection = Connection[tuple[object, ...]]


@dataclass(frozen=True)
class LayerTile:
    """One layer in one tile, uncompressed; `body` is empty when it holds nothing."""

    body: bytes
    features: int
    is_truncated: bool = False


@dataclass(frozen=True)
class LayerQuery:
    """A layer that is in a tile, and the box of its stored column that the tile with its buffer covers."""

    source: TileSource
    asked: Envelope


@dataclass
class LayerTiles:
    """What came of asking for a tile: the layers that could be made, by name, and why another could not."""

    made: dict[str, LayerTile] = field(default_factory=dict)
    failure: GoneError | UnavailableError | None = None


def read_tiles(connection: AnyConnection, queries: Sequence[LayerQuery], x: int, y: int) -> LayerTiles:
    """All layers of the tile z/x/y in one statement, z being the zoom of every source.

    When that fails because of a layer, layers are asked for one by one, so that the others are not lost and
    the failure names the layer: GoneError for a version whose table was dropped meanwhile, UnavailableError
    for one that takes too long. Raises psycopg's errors when the database is away; `Database.connection` knows
    what they mean.
    """
    if len(queries) > 1:
        with contextlib.suppress(UndefinedTable, QueryCanceled, LockNotAvailable):
            return LayerTiles(_read_together(connection, queries, x, y))
    return _read_one_by_one(connection, queries, x, y)


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


def _read_together(
    connection: AnyConnection, queries: Sequence[LayerQuery], x: int, y: int
) -> dict[str, LayerTile]:
    sources = tuple(query.source for query in queries)
    values = build_values(sources, x, y, [query.asked for query in queries])
    rows = read_rows(connection, build_statement(sources), values)
    return {
        query.source.name: _read_layer(connection, query, row, x, y)
        for query, row in zip(queries, rows, strict=True)
    }


def _read_layer(connection: AnyConnection, query: LayerQuery, row: Row, x: int, y: int) -> LayerTile:
    """One layer's row; one that holds more than the cap is asked for once more, with the largest features."""
    is_truncated = _count(row) > query.source.max_features
    if is_truncated:
        values = build_values((query.source,), x, y, [query.asked])
        (row,) = read_rows(connection, build_statement_of_largest(query.source), values)
    features, labels, _ = row
    return LayerTile((features or b"") + (labels or b""), _count(row), is_truncated=is_truncated)


def _count(row: Row) -> int:
    return int.from_bytes(row[2] or b"")


def _read_one_by_one(connection: AnyConnection, queries: Sequence[LayerQuery], x: int, y: int) -> LayerTiles:
    """Past one that is gone or locked, up to one that takes too long: the database has enough to do then."""
    result = LayerTiles()
    for query in queries:
        name = query.source.name
        try:
            result.made |= _read_together(connection, [query], x, y)
        except UndefinedTable as exc:
            result.failure = GoneError("This version is no longer kept.", layer=name)
            result.failure.__cause__ = exc
        except LockNotAvailable as exc:
            result.failure = UnavailableError("The layer is being changed. Please try again.", layer=name)
            result.failure.__cause__ = exc
        except QueryCanceled as exc:
            result.failure = UnavailableError("The question took too long. Please ask for less.", layer=name)
            result.failure.__cause__ = exc
            break
    return result
