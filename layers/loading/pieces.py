"""Large features cut into the squares of each grid, so that a tile reads and clips the part around it only.

A table of pieces belongs to one data table: it is made in the same transaction and dropped with it. A layer
without large features has none. PostGIS cuts, and keeps what does not fit into its working memory on disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.statements import compose, identifier, read_statement
from layers import table
from layers.model import DATA
from layers.targets import CUT_MARGIN, LARGE_BYTES, buffer_units, grid_geometry, pieces_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from layers.manifest import Manifest
    from layers.targets import TileTarget

    Connection = psycopg.Connection[tuple[object, ...]]

# Cutting a tile out of so many vertices costs some hundredths of a millisecond.
_ENOUGH_VERTICES = 256


def write_pieces(
    connection: Connection, name: str, manifest: Manifest, srid: int, targets: Sequence[TileTarget]
) -> bool:
    """Make the pieces of a finished data table whose CRS is `srid`; False when no feature of it is large.

    `targets` say from which zoom on the layer is drawn in each grid.
    """
    if manifest.geometry.kind == "point" or not _holds_large_rows(connection, name):
        return False
    pieces = identifier(DATA, pieces_table(name))
    connection.execute(compose("layers", "create_pieces", pieces=pieces))
    connection.execute(compose("layers", "keep_pieces_plain", pieces=pieces))
    reach = manifest.style.reach_pixels(manifest.geometry.kind)
    for target in targets:
        column = table.GEOMETRY if target.srid == srid else grid_geometry(target.srid)
        statement = compose(
            "layers",
            "cut_pieces",
            pieces=pieces,
            table=identifier(DATA, name),
            geometry=identifier(column),
        )
        connection.execute(statement, _values(target, reach))
    connection.execute(compose("layers", "analyze_pieces", pieces=pieces))
    connection.execute(read_statement("layers", "note_pieces"), {"table_name": name})
    return True


def _holds_large_rows(connection: Connection, name: str) -> bool:
    statement = compose(
        "layers", "holds_large_rows", table=identifier(DATA, name), geometry=identifier(table.GEOMETRY)
    )
    values = {"table": f"{DATA}.{name}", "least_bytes": LARGE_BYTES}
    row = connection.execute(statement, values).fetchone()
    return row is not None and bool(row[0])


def _values(target: TileTarget, reach_pixels: float) -> dict[str, object]:
    """Twice the margin that a tile cuts with: what it asks for lies well within its piece."""
    buffer = buffer_units(reach_pixels, tile_size=target.tile_size, extent=target.extent)
    return {
        "grid": target.name,
        "left": target.origin_x,
        "top": target.origin_y,
        "span": target.resolution(0) * target.tile_size,
        "margin": (buffer + 2 * CUT_MARGIN) / target.extent,
        "least_bytes": LARGE_BYTES,
        "enough_vertices": _ENOUGH_VERTICES,
        "min_zoom": target.min_zoom,
        "max_zoom": target.max_tile_zoom,
    }
