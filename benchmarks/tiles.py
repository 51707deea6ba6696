"""Cold vector tiles: our statement against the published statement shapes of three tile servers, in one run.

    python -m benchmarks.tiles [--parcels 100000] [--clients 1 4] [--tiles 60] [--zooms 12 … 18]

Made-up parcels are imported into a private PostGIS, as any layer would be. Every statement answers the same
distinct tiles in turn, over the same connections, with the same columns; only ratios mean anything. Feature
counts stand beside the times, because who leaves features out is quicker.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import mapbox_vector_tile
from psycopg import sql

from benchmarks.private_cluster import private_database
from gis import crs
from gis.statements import compose, identifier
from layers.catalogue import Catalogue
from layers.loading.importing import import_layer
from layers.manifest import Manifest, parse_manifest
from layers.portal import Portal
from tiles.grid import built_in_grid
from tiles.source import TileSource
from tiles.vector import LayerQuery, find_query_envelope, read_tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from tiles.grid import Grid

PEERS = ("martin", "tipg", "pg_tileserv")
ZOOMS = (12, 13, 14, 15, 16, 17, 18)
ROUNDS = 3
LOT_WIDTH, LOT_DEPTH = 24.0, 30.0
CORNER = (480000.0, 130000.0)


@dataclass(frozen=True)
class Result:
    """How one statement did on the tiles of one zoom."""

    name: str
    seconds: float
    tiles: int
    bytes: int
    features: int


def main() -> None:
    """Import, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--tiles", type=int, default=60, help="distinct tiles per zoom")
    parser.add_argument("--zooms", type=int, nargs="+", default=ZOOMS)
    given = parser.parse_args()
    with private_database() as (database, home):
        grid = built_in_grid("WebMercatorQuad")
        layer = import_parcels(database, home, given.parcels)
        for zoom, clients in itertools.product(given.zooms, given.clients):
            source = TileSource(layer, grid, zoom, ground_resolution(grid, zoom))
            places = choose_tiles(source, given.tiles)
            report(zoom, clients, measure_zoom(database, source, clients, places))


def ground_resolution(grid: Grid, zoom: int) -> float:
    """Ground metres per pixel where the lots are."""
    return grid.ground_resolution(zoom, crs.transform(crs.D96, grid.srid, *CORNER))


def import_parcels(database: Database, home: Path, count: int) -> PublishedLayer:
    """Made-up parcels of twelve corners, imported the ordinary way."""
    side = int(count**0.5)
    portal = build_portal(side)
    source = home / "parcels.geojson"
    write_parcels(source, side)
    grids = [built_in_grid(name) for name in portal.grids]
    import_layer(
        database,
        portal,
        build_manifest(),
        targets=[grid.target() for grid in grids],
        home=home,
        source=source,
        who="benchmark",
    )
    return Catalogue(database).find("parcels")


def write_parcels(path: Path, side: int) -> None:
    """A coverage of side × side lots whose borders bend a little, shared to the last digit."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[\n')
        for number, (row, column) in enumerate(itertools.product(range(side), repeat=2)):
            feature = {
                "type": "Feature",
                "properties": {"number": f"{number // 7}/{number % 7}"},
                "geometry": {"type": "Polygon", "coordinates": [list(lot_ring(row, column))]},
            }
            file.write((",\n" if number else "") + json.dumps(feature))
        file.write("\n]}\n")


def lot_ring(row: int, column: int) -> Iterator[tuple[float, float]]:
    """The twelve corners of a lot, and the first again."""
    steps = [(x / 3, 0.0) for x in range(3)] + [(1.0, y / 3) for y in range(3)]
    steps += [(1 - x / 3, 1.0) for x in range(3)] + [(0.0, 1 - y / 3) for y in range(3)]
    for across, up in [*steps, steps[0]]:
        yield bent(CORNER[0] + (column + across) * LOT_WIDTH, CORNER[1] + (row + up) * LOT_DEPTH)


def bent(x: float, y: float) -> tuple[float, float]:
    """The same point, always moved by the same small amount."""
    noise = random.Random(f"{x:.3f} {y:.3f}")  # noqa: S311  nothing secret here
    return (round(x + noise.uniform(-2, 2), 3), round(y + noise.uniform(-2, 2), 3))


def measure_zoom(
    database: Database, source: TileSource, clients: int, places: list[tuple[int, int]]
) -> list[Result]:
    """Every statement on the same tiles, in turn and several times over; the quickest round of each counts."""
    asks = {"prostor": own_statement(database, source)}
    asks |= {name: peer_statement(database, source, name, places) for name in PEERS}
    results: dict[str, Result] = {}
    for _, (name, ask) in itertools.product(range(ROUNDS), asks.items()):
        result = measure(name, ask, places, clients)
        if name not in results or result.seconds < results[name].seconds:
            results[name] = result
    return list(results.values())


def choose_tiles(source: TileSource, wanted: int) -> list[tuple[int, int]]:
    """So many distinct tiles over the data, the same in every run."""
    grid, extent = source.grid, source.layer.native_extent
    box = crs.transform_envelope(extent, grid.srid) if extent else grid.bounds
    first_x, first_y, last_x, last_y = grid.tile_range(source.zoom, box) or (0, 0, 0, 0)
    places = list(itertools.product(range(first_x, last_x + 1), range(first_y, last_y + 1)))
    random.Random(source.zoom).shuffle(places)  # noqa: S311  nothing secret here
    return places[:wanted]


def measure(name: str, ask: Callable[[int, int], bytes], places: list[tuple[int, int]], clients: int) -> Result:
    """Time all tiles; then count what was in them."""
    begun = time.perf_counter()
    bodies = run(ask, places, clients)
    seconds = time.perf_counter() - begun
    features = sum(count_features(body) for body in bodies)
    return Result(name, seconds, len(places), sum(map(len, bodies)), features)


def run(ask: Callable[[int, int], bytes], places: list[tuple[int, int]], clients: int) -> list[bytes]:
    """The tiles, asked for by so many threads."""
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(lambda place: ask(*place), places))


def own_statement(database: Database, source: TileSource) -> Callable[[int, int], bytes]:
    """Our way, as `tiles.serving` goes it, without cache and compression."""

    def ask(x: int, y: int) -> bytes:
        asked = find_query_envelope(source, x, y)
        if asked is None:
            return b""
        with database.connection() as connection:
            return read_tiles(connection, [LayerQuery(source, asked)], x, y).made[source.name].body

    return ask


def peer_statement(
    database: Database, source: TileSource, name: str, places: list[tuple[int, int]]
) -> Callable[[int, int], bytes]:
    """A peer's statement shape on the native geometry; its numbers are computed before the clock starts."""
    statement = compose(
        "benchmarks",
        name,
        table=identifier("data", source.layer.table_name),
        srid=sql.Literal(source.layer.srid),
    ).as_bytes(None)
    values = {place: peer_values(source, *place) for place in places}

    def ask(x: int, y: int) -> bytes:
        with database.connection() as connection:
            row = connection.execute(statement, values[x, y]).fetchone()
            return cast("bytes | None", row[0] if row else None) or b""

    return ask


def peer_values(source: TileSource, x: int, y: int) -> dict[str, float]:
    """Zoom, column, row, the margin pg_tileserv adds, and the tile's box in the CRS of the data."""
    box = crs.transform_envelope(source.grid.tile_envelope(source.zoom, x, y), source.layer.srid)
    sides = dict(zip(("west", "south", "east", "north"), box.bounds, strict=True))
    return {"z": source.zoom, "x": x, "y": y, "margin": 256 * source.grid.unit(source.zoom), **sides}


def count_features(body: bytes) -> int:
    """Features of the layer itself; labels are ours alone."""
    layer = mapbox_vector_tile.decode(body).get("parcels") if body else None
    return len(layer["features"]) if layer else 0


def report(zoom: int, clients: int, results: list[Result]) -> None:
    """One table per zoom and number of clients; the ratio is against the quickest peer."""
    best = max(each.tiles / each.seconds for each in results if each.name in PEERS)
    lines = ["", f"zoom {zoom}, {clients} clients        tiles/s  kB/tile  features  x best peer"]
    for each in results:
        rate, size = each.tiles / each.seconds, each.bytes / each.tiles / 1000
        lines.append(f"  {each.name:20} {rate:9.1f} {size:8.1f} {each.features:9d} {rate / best:12.2f}")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def build_portal(side: int) -> Portal:
    """A portal around the lots."""
    text = {"sl": "Merjenje"}
    west, south = CORNER
    outline = {
        "west": west - 100,
        "south": south - 100,
        "east": west + side * LOT_WIDTH + 100,
        "north": south + side * LOT_DEPTH + 100,
    }
    theme = {"id": "all", "title": text, "description": text, "layers": ["parcels"]}
    office = {"name": text, "office": text}
    return Portal.model_validate(
        {"id": "bench", "title": text, "municipality": office, "outline": outline, "themes": [theme]}
    )


def build_manifest() -> Manifest:
    """Parcels with their numbers; no labels, because no peer sends any."""
    text = {"sl": "Parcele"}
    return parse_manifest(
        {
            "id": "parcels",
            "title": text,
            "description": text,
            "source": {
                "file": "parcels.geojson",
                "format": "geojson",
                "crs": crs.D96,
                "state_date": "2026-03-01",
                "provider": text,
                "licence": "CC0-1.0",
                "attribution": text,
            },
            "geometry": {"kind": "polygon"},
            "columns": {"number": {"source": ["number"], "title": text}},
            "key": ["number"],
            "tiles": {"columns": ["number"]},
            "style": {"default": {"line": "#8a5a2b"}},
        }
    )


if __name__ == "__main__":
    main()
