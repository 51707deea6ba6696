"""What is in the tiles: each server's features held against PostGIS, so that nobody wins by leaving things out.

Tiles are decoded by mapbox-vector-tile, which none of the servers uses. What belongs into a tile is decided by
exact geometry: features that touch it, and those that touch only its buffer of 64 units.
"""

from __future__ import annotations

import gzip
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import psycopg
import shapely
from psycopg import sql

from benchmarks.serving.asking import fetch
from benchmarks.serving.grids import tile_box
from benchmarks.serving.peers.server import MERCATOR, NATIONAL
from benchmarks.serving.portal import BUFFER
from benchmarks.serving.stage import PEERS_SCHEMA
from gis.statements import compose, identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.serving.peers.pg_tileserv import PgTileservStatement
    from benchmarks.serving.peers.server import Server, Tile
    from benchmarks.serving.portal import BenchLayer
    from benchmarks.serving.scenarios import Bench
    from benchmarks.serving.stage import Stage

# Half a CSS pixel is eight of a tile's 4096 units; a line's quarter of a pixel is four.
HALF_PIXEL_UNITS = 8.0
# Tiles of the coarsest zooms hold tens of thousands of features, and decoding them takes seconds each.
_FEW = {12: 1, 13: 2, 5: 1}

Key = tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """A feature of a tile, of its buffer, or just beside it: its properties, and its size in units."""

    properties: Key
    is_inside: bool
    is_near: bool
    units: float | None


@dataclass(frozen=True)
class Decoded:
    """What a server put into one tile: properties by key, and how many shapes are broken."""

    features: dict[Key, Key]
    repeated: int
    invalid: int


@dataclass
class Tally:
    """Sums over the tiles of one server, layer, grid and zoom."""

    tiles: int = 0
    expected: int = 0
    missing_large: int = 0
    missing_small: int = 0
    missing_in_buffer: int = 0
    extra: int = 0
    wrong: int = 0
    repeated: int = 0
    invalid: int = 0
    errors: int = 0
    plain_bytes: int = 0
    gzip_bytes: int = 0

    @property
    def is_whole(self) -> bool:
        """Nothing that can be seen is missing, and every property is right."""
        return not (self.missing_large or self.wrong or self.errors or self.repeated)

    def add(self, expected: dict[Key, Expected], found: Decoded) -> None:
        """One more tile."""
        self.tiles += 1
        self.expected += sum(each.is_inside for each in expected.values())
        for key in expected.keys() - found.features.keys():
            self._count_missing(expected[key])
        self.extra += len(found.features.keys() - expected.keys())
        both = expected.keys() & found.features.keys()
        self.wrong += sum(expected[key].properties != found.features[key] for key in both)
        self.repeated += found.repeated
        self.invalid += found.invalid

    def _count_missing(self, feature: Expected) -> None:
        if not feature.is_inside:
            self.missing_in_buffer += feature.is_near
        elif feature.units is not None and feature.units < HALF_PIXEL_UNITS:
            self.missing_small += 1
        else:
            self.missing_large += 1


def compare_content(bench: Bench) -> None:
    """Ask every server for the same few tiles of every layer, and write tallies into the journal."""
    wanted = [*_wanted(bench, MERCATOR, bench.plan.zooms), *_wanted(bench, NATIONAL, bench.plan.national_zooms)]
    truth = Truth(bench.stage)
    for server in bench.servers:
        name = f"content {server.label}"
        if name in bench.journal.facts:
            continue
        with bench.run(server, bench.running()) as runs:
            if runs:
                ours = [each for each in wanted if _can(server, each[1][0].grid)]
                ask = _asking(server)
                bench.journal.note(name, _tallies(truth, ours, ask))
        bench.say(f"content: {server.label}")
    for statement in bench.statements:
        name = f"content {statement.label}"
        if name not in bench.journal.facts:
            ours = [each for each in wanted if each[1][0].grid == MERCATOR]
            bench.journal.note(name, _tallies(truth, ours, partial(_plain, statement)))


def _can(server: Server, grid: str) -> bool:
    return grid in server.grids and (grid == MERCATOR or server.srid == "3794")


def _wanted(bench: Bench, grid: str, zooms: Iterable[int]) -> list[tuple[BenchLayer, list[Tile]]]:
    wanted = []
    for zoom in zooms:
        count = min(_FEW.get(zoom, bench.plan.content_tiles), bench.plan.content_tiles)
        for layer in bench.layers:
            coarser = zoom - 4 if layer.is_real else zoom
            if layer.is_real and coarser < 1:
                continue
            tiles = bench.tiles(layer, grid, coarser, count)
            if tiles:
                wanted.append((layer, tiles))
    return wanted


def _asking(server: Server) -> Callable[[BenchLayer, Tile], tuple[bytes, int] | None]:
    def ask(layer: BenchLayer, tile: Tile) -> tuple[bytes, int] | None:
        path = server.path(layer, tile)
        plain, small = fetch(server.port, path), fetch(server.port, path, "gzip")
        if not plain.is_good:
            return None
        return plain.body, len(small.body)

    return ask


def _plain(statement: PgTileservStatement, layer: BenchLayer, tile: Tile) -> tuple[bytes, int]:
    body = statement.read(layer, tile)
    return body, len(gzip.compress(body, 6)) if body else 0


def _tallies(
    truth: Truth,
    wanted: list[tuple[BenchLayer, list[Tile]]],
    ask: Callable[[BenchLayer, Tile], tuple[bytes, int] | None],
) -> list[dict[str, Any]]:
    tallies = []
    for layer, tiles in wanted:
        tally = Tally()
        for tile in tiles:
            answer = ask(layer, tile)
            if answer is None:
                tally.errors += 1
                continue
            tally.add(truth.read(layer, tile), decode(answer[0], layer))
            tally.plain_bytes += len(answer[0])
            tally.gzip_bytes += answer[1]
        where = {"layer": layer.id, "grid": tiles[0].grid, "zoom": tiles[0].z}
        tallies.append({**where, "tally": asdict(tally)})
    return tallies


def decode(body: bytes, layer: BenchLayer) -> Decoded:
    """Properties as texts, because servers write numbers differently; the layer's name is not compared."""
    features: dict[Key, Key] = {}
    repeated = 0
    shapes = []
    for found in (mapbox_vector_tile.decode(body) if body else {}).values():
        for feature in found["features"]:
            properties = feature["properties"]
            key = tuple(str(properties.get(name)) for name in layer.key)
            repeated += key in features
            features[key] = tuple(str(properties.get(name)) for name in layer.columns)
            shapes.append(feature["geometry"])
    return Decoded(features, repeated, _count_invalid(shapes) if layer.kind == "polygon" else 0)


def _count_invalid(geometries: list[dict[str, Any]]) -> int:
    broken = 0
    for each in geometries:
        try:
            shape = shapely.geometry.shape(each)
            broken += shape.is_empty or not shape.is_valid
        except (ValueError, shapely.errors.GEOSException):
            broken += 1
    return broken


class Truth:
    """What PostGIS says belongs into a tile, by exact geometry in the CRS of the tile."""

    def __init__(self, stage: Stage) -> None:
        self._url = stage.peer_url
        self._known: dict[tuple[str, Tile], dict[Key, Expected]] = {}

    def read(self, layer: BenchLayer, tile: Tile) -> dict[Key, Expected]:
        """The features of one tile and of its buffer, by key."""
        if (layer.id, tile) not in self._known:
            self._known[layer.id, tile] = self._read(layer, tile)
        return self._known[layer.id, tile]

    def _read(self, layer: BenchLayer, tile: Tile) -> dict[Key, Expected]:
        box = tile_box(tile)
        srid = str(box.srid)
        unit = box.width / 4096
        statement = compose(
            "benchmarks",
            "features_in_tile",
            table=identifier(PEERS_SCHEMA, layer.tables[srid]),
            key=_texts(layer.key),
            columns=_texts(layer.columns),
            srid=sql.Literal(box.srid),
        )
        sides = dict(zip(("west", "south", "east", "north"), box.bounds, strict=True))
        with psycopg.connect(self._url) as connection:
            rows: list[Any] = connection.execute(
                statement, {**sides, "margin": unit * BUFFER, "unit": unit}
            ).fetchall()
        return {tuple(key): Expected(tuple(columns), *rest) for key, columns, *rest in rows}


def _texts(names: tuple[str, ...]) -> sql.Composable:
    parts = [sql.SQL("{}::text").format(sql.Identifier(name)) for name in names]
    return sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(parts))
