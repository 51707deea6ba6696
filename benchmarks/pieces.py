"""What stored pieces of large features spare: PostgreSQL's time per tile with them and without, in one run.

    python -m benchmarks.pieces [--vertices 168000] [--tiles 60]

A made-up wood with winding edges, a lake and clearings is imported, as any layer would be. The same tiles are
drawn from its pieces and from the whole geometry, in both grids, and what they hold is compared. The figures
stand in docs/operations/large-features.md.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import numpy as np
import shapely

from benchmarks.private_cluster import private_database
from benchmarks.tiles import build_manifest
from gis import crs
from gis.geometry import transform_geometry
from gis.logs import configure_logging
from gis.prepared import Statement, read_rows
from gis.settings import Settings
from gis.statements import compose, identifier
from layers.catalogue import Catalogue
from layers.loading.importing import import_layer
from layers.loading.pieces import write_pieces
from layers.model import DATA
from layers.portal import Portal
from layers.targets import pieces_table
from tiles.grid import built_in_grid
from tiles.source import TileSource
from tiles.statement import build_statement, build_values
from tiles.vector import find_query_envelope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from tiles.grid import Grid

    Place = tuple[int, int]

MIDDLE = (500_000.0, 135_000.0)
RADIUS = 9_000.0
CLEARINGS = 400
# Metres per pixel. Tiles coarser than the first band are drawn from shapes with less detail.
COARSEST = 16
ROUNDS = 3


@dataclass(frozen=True)
class Drawn:
    """Tiles of one zoom: the quickest time of each, in PostgreSQL's milliseconds, and the features as drawn."""

    milliseconds: list[float]
    features: list[dict[int, Any]]


def main() -> None:
    """Import, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vertices", type=int, default=168_000)
    parser.add_argument("--tiles", type=int, default=60, help="distinct tiles per zoom, on its edge")
    given = parser.parse_args()
    configure_logging(Settings(log_level="warning"))
    with private_database() as (database, home):
        wood = make_wood(given.vertices)
        layer = import_wood(database, home, wood)
        report_size(database, layer, wood)
        report_making(database, layer)
        for name in ("WebMercatorQuad", "SI-D96"):
            measure_grid(database, layer, built_in_grid(name), wood, given.tiles)


def make_wood(vertices: int) -> Any:
    """One polygon of about so many vertices, most along its edge, the others around a lake and clearings."""
    chance = np.random.default_rng(1)
    clearings = [
        shapely.Point(MIDDLE + chance.uniform(-RADIUS / 2, RADIUS / 2, 2)).buffer(chance.uniform(5, 60))
        for _ in range(CLEARINGS)
    ]
    spared = vertices - CLEARINGS * int(shapely.get_num_coordinates(clearings[0]))
    edge, lake = wind(RADIUS, spared * 3 // 4, 2), wind(RADIUS / 6, spared // 4, 3)
    return edge.difference(shapely.union_all([lake, *clearings]))


def wind(radius: float, vertices: int, seed: int) -> Any:
    """A ring around the middle that winds at every scale down to its own vertices."""
    chance = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * math.pi, vertices, endpoint=False)
    waves = sum(np.sin(angles * 3**n + chance.uniform(0, 6)) / 2**n for n in range(9))
    distance = radius * (1 + 0.15 * waves) + chance.normal(0, radius / vertices, vertices)
    ring = MIDDLE + np.column_stack([distance * np.cos(angles), distance * np.sin(angles)])
    return shapely.Polygon(ring).buffer(0)


def import_wood(database: Database, home: Path, wood: Any) -> PublishedLayer:
    """Imported the ordinary way; says how long that took."""
    feature = {
        "type": "Feature",
        "properties": {"number": "1"},
        "geometry": json.loads(shapely.to_geojson(wood)),
    }
    source = home / "wood.geojson"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    portal = build_portal()
    style = {"default": {"line": "#8a5a2b"}, "scale": {"max": COARSEST}}
    manifest = build_manifest().model_validate({**build_manifest().model_dump(), "style": style})
    begun = time.perf_counter()
    import_layer(
        database,
        portal,
        manifest,
        targets=[built_in_grid(name).target() for name in portal.grids],
        home=home,
        source=source,
        who="benchmark",
    )
    say(f"imported in {time.perf_counter() - begun:.1f} s")
    return Catalogue(database).find("parcels")


def build_portal() -> Portal:
    """A portal around the wood."""
    text = {"sl": "Merjenje"}
    x, y = MIDDLE
    reach = 2 * RADIUS
    outline = {"west": x - reach, "south": y - reach, "east": x + reach, "north": y + reach}
    theme = {"id": "all", "title": text, "description": text, "layers": ["parcels"]}
    office = {"name": text, "office": text}
    return Portal.model_validate(
        {"id": "bench", "title": text, "municipality": office, "outline": outline, "themes": [theme]}
    )


def report_size(database: Database, layer: PublishedLayer, wood: Any) -> None:
    """What the pieces take, beside the table."""
    names = {"whole": layer.table_name, "pieces": pieces_table(layer.table_name)}
    tables = {name: identifier(DATA, table) for name, table in names.items()}
    with database.cursor("tiles") as cursor:
        sizes: Any = cursor.execute(compose("benchmarks", "size_of_pieces", **tables), names).fetchone()
    whole, pieces, count = sizes
    vertices = int(shapely.get_num_coordinates(wood))
    say(f"{vertices} vertices: table {whole / 1e6:.1f} MB, {count} pieces {pieces / 1e6:.1f} MB")


def report_making(database: Database, layer: PublishedLayer) -> None:
    """How long an import waits for the pieces, told by making them again."""
    pieces = identifier(DATA, pieces_table(layer.table_name))
    targets = [built_in_grid(name).target() for name in layer.grids]
    with database.loading() as connection:
        connection.execute(compose("benchmarks", "drop_rows", table=pieces))
        begun = time.perf_counter()
        write_pieces(connection, layer.table_name, layer.manifest, layer.srid, targets)
        say(f"pieces made in {time.perf_counter() - begun:.1f} s")


def measure_grid(database: Database, layer: PublishedLayer, grid: Grid, wood: Any, wanted: int) -> None:
    """One line per zoom."""
    edge = shapely.get_coordinates(transform_geometry(wood, layer.srid, grid.srid))
    x, y = crs.transform(layer.srid, grid.srid, *MIDDLE)
    say(f"\n{grid.id:16} tiles   whole ms  pieces ms   ratio   equal")
    for zoom in range(grid.max_tile_zoom + 1):
        ground = grid.ground_resolution(zoom, (x, y))
        source = TileSource(layer, grid, zoom, ground)
        if ground > layer.manifest.style.scale.max or source.coarse:
            continue
        places = choose_places(grid, zoom, edge, wanted)
        whole = draw(database, replace(source, layer=replace(layer, has_pieces=False)), places)
        pieces = draw(database, source, places)
        equal = sum(map(is_equal, whole.features, pieces.features))
        one, other = statistics.mean(whole.milliseconds), statistics.mean(pieces.milliseconds)
        figures = f"{len(places):5} {one:10.2f} {other:10.2f} {one / other:7.1f}"
        say(f"zoom {zoom:<11} {figures} {equal:4}/{len(places)}")


def choose_places(grid: Grid, zoom: int, edge: Any, wanted: int) -> list[Place]:
    """Distinct tiles that the edge of the wood passes, the same in every run."""
    chosen = random.Random(zoom).sample(range(len(edge)), 20 * wanted)  # noqa: S311  nothing secret here
    places = [grid.tile_at(zoom, *edge[at]) for at in chosen]
    return list(dict.fromkeys(place for place in places if place))[:wanted]


def draw(database: Database, source: TileSource, places: Sequence[Place]) -> Drawn:
    """The tiles, several times over."""
    statement = build_statement((source,))
    times: list[float] = []
    features: list[dict[int, Any]] = []
    explained = Statement(b"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + statement.text, statement.names)
    with database.connection() as connection:
        for place in places:
            asked = find_query_envelope(source, *place)
            if asked is None:
                continue
            values = build_values([source], *place, [asked])
            features.append(read_features(read_rows(connection, statement, values)[0][0]))
            plans = [read_rows(connection, explained, values)[0][0] for _ in range(ROUNDS)]
            times.append(min(json.loads(plan or b"")[0]["Execution Time"] for plan in plans))
    return Drawn(times, features)


def read_features(body: bytes | None) -> dict[int, Any]:
    """The shapes in a tile, by id."""
    layer = mapbox_vector_tile.decode(body).get("parcels") if body else None
    found = layer["features"] if layer else []
    return {each["id"]: shapely.geometry.shape(each["geometry"]) for each in found}


def is_equal(one: dict[int, Any], other: dict[int, Any]) -> bool:
    """True when the same features cover the same ground."""
    return one.keys() == other.keys() and all(one[each].equals(other[each]) for each in one)


def say(line: str) -> None:
    """A line for who looks on."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
