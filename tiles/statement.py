"""The statement for a tile, composed from the files in `sql/` for recipes of `tiles.source`. Pure.

One statement makes all the layers of a tile. What differs from tile to tile is bound: its box and that of the
query as plain numbers, so that the column itself is never transformed in WHERE and one prepared plan serves
every tile. Values that belong to one layer carry its place as a suffix, `asked_0`.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING

from psycopg import sql

from gis.envelope import Envelope
from gis.prepared import parse_statement
from gis.statements import compose, identifier, identifiers
from layers import table
from layers.model import DATA
from layers.targets import CUT_MARGIN, LARGE_BYTES, squares_around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.prepared import Statement, Value
    from tiles.source import TileSource

# Units by which a polygon may reach beyond the buffer and yet is not clipped: 16 CSS pixels. More would save
# little and make tiles larger: of what is not clipped all vertices travel.
_SLACK = 256
# Little-endian: byte order, type, SRID, rings, points of the ring, and five points.
_EWKB_BOX = struct.Struct("<BIIII10d")
_POLYGON_WITH_SRID = 0x20000003


@lru_cache(maxsize=2048)
def build_statement(sources: tuple[TileSource, ...]) -> Statement:
    """The statement that answers one row for each source, in order: name, features, labels, count."""
    members = [sql.SQL("({})").format(_Member(source, at).statement()) for at, source in enumerate(sources)]
    return parse_statement(sql.SQL(" UNION ALL ").join(members).as_string(None))


@lru_cache(maxsize=2048)
def build_statement_of_largest(source: TileSource) -> Statement:
    """The same for one source that has more features in a tile than it may hold: with the largest of them."""
    return parse_statement(_Member(source, 0, chosen="chosen_largest").statement().as_string(None))


def build_values(sources: Sequence[TileSource], x: int, y: int, asked: Sequence[Envelope]) -> dict[str, Value]:
    """What the statements are asked with for one tile; `asked` are the boxes of the queries."""
    first = sources[0]
    tile, unit = first.grid.tile_envelope(first.zoom, x, y), first.grid.unit(first.zoom)
    values: dict[str, Value] = {
        "west": tile.west,
        "south": tile.south,
        "east": tile.east,
        "north": tile.north,
        "tile": _write_box(tile),
        "zoom": first.zoom,
        "scale": 1 / unit,
        "move_x": -tile.west / unit,
        "move_y": tile.north / unit,
    }
    if any(source.pieces for source in sources):
        values["squares"] = "{" + ",".join(map(str, squares_around(first.zoom, x, y))) + "}"
    for at, (source, box) in enumerate(zip(sources, asked, strict=True)):
        values |= {
            f"asked_{at}": _write_geometry(box),
            f"around_{at}": _write_box(box.grown(CUT_MARGIN * source.stored_unit)),
            f"unit_{at}": source.stored_unit,
            f"least_size_{at}": source.least_size,
        }
        if source.is_snapped:
            values |= _write_slack(box, _SLACK * source.stored_unit, at)
    return values


def _write_slack(box: Envelope, slack: float, at: int) -> dict[str, Value]:
    """The box with some room to west and east, and with some to south and north."""
    west, south, east, north = box.bounds
    wide = Envelope(west - slack, south, east + slack, north, box.srid)
    tall = Envelope(west, south - slack, east, north + slack, box.srid)
    return {f"wide_{at}": _write_geometry(wide), f"tall_{at}": _write_geometry(tall)}


def _write_box(box: Envelope) -> str:
    return f"BOX({box.west!r} {box.south!r},{box.east!r} {box.north!r})"


def _write_geometry(box: Envelope) -> str:
    """The box as PostGIS writes geometry itself, EWKB in hex digits: a fifteenth of the time shapely takes."""
    west, south, east, north = box.bounds
    corners = (west, south, east, south, east, north, west, north, west, south)
    return _EWKB_BOX.pack(1, _POLYGON_WITH_SRID, box.srid, 1, 5, *corners).hex()


class _Member:
    """One source's part of the statement; `at` is its place, `chosen` the clause that chooses features."""

    def __init__(self, source: TileSource, at: int, chosen: str = "chosen") -> None:
        self._source = source
        self._at = at
        self._clause = chosen
        self._stored = identifier(source.geometry)
        # What is drawn: at small scales the shape with less detail, where there is one.
        self._geometry = identifier("_drawn") if source.coarse else self._stored

    def statement(self) -> sql.Composed:
        return compose(
            "tiles",
            "tile",
            layer=sql.Literal(self._source.name),
            labels=self._labels(),
            chosen=self._chosen(),
            properties=identifiers([table.FID, *self._source.columns]),
            shape=self._shape(),
            moves=self._moves(),
            places=self._label_places(),
        )

    def _chosen(self) -> sql.Composable:
        """From which table features are taken, which ones, in which order, and how many at most."""
        source = self._source
        size = identifier(table.SIZE)
        enough = sql.SQL("{} >= {}").format(size, self._bound("least_size"))
        return compose(
            "tiles",
            self._clause,
            stored=self._stored_columns(),
            table=identifier(DATA, source.layer.table_name),
            geometry=self._stored,
            asked=self._bound("asked", "geometry"),
            large_enough=enough if source.least_size > 0 else sql.SQL("TRUE"),
            order=self._order(),
            size=size,
            fid=identifier(table.FID),
            limit=sql.Literal(source.max_features),
        )

    def _bound(self, name: str, kind: str | None = None) -> sql.Composable:
        """A value of this member; texts say what they stand for."""
        value = sql.Placeholder(f"{name}_{self._at}")
        return value if kind is None else sql.SQL("{}::{}").format(value, identifier(kind))

    def _stored_columns(self) -> sql.Composable:
        source = self._source
        names = [table.FID, *([] if source.coarse else [source.geometry]), *source.columns]
        names += [source.safe_zoom] if source.safe_zoom else []
        names += [source.label, table.LABEL, table.LABEL_WIDTH] if source.label else []
        stored = identifiers(list(dict.fromkeys(names)))
        if source.coarse is None:
            return stored
        drawn = sql.SQL("COALESCE({}, {}) AS _drawn").format(identifier(source.coarse), self._stored)
        return sql.SQL("{}, {}").format(stored, drawn)

    def _order(self) -> sql.Composable:
        if self._source.kind == "polygon":
            return compose("tiles", "order_polygons", size=identifier(table.SIZE))
        return sql.SQL("ctid")

    def _shape(self) -> sql.Composable:
        if self._source.kind == "point":
            return self._clipped(self._geometry)
        if self._source.kind == "line":
            diagonal = sql.SQL("ST_BoundingDiagonal(ST_Expand(_near, {}))").format(self._bound("unit"))
            return compose("tiles", "shape_line", widened=self._line_in_tile(diagonal))
        return self._polygon()

    def _polygon(self) -> sql.Composable:
        source = self._source
        near = self._near()
        wide = sql.SQL("ST_Buffer({}, {}, 'quad_segs=1')").format(near, self._bound("unit"))
        clipped, widened = self._clipped(near), self._clipped(wide)
        if not source.is_snapped:
            return sql.SQL("COALESCE({}, {})").format(clipped, widened)
        return compose(
            "tiles",
            "shape_snapped",
            geometry=self._geometry,
            wide=self._bound("wide", "geometry"),
            tall=self._bound("tall", "geometry"),
            safe_zoom=identifier(source.safe_zoom or ""),
            clipped=clipped,
            widened=widened,
        )

    def _near(self) -> sql.Composable:
        """Of a large geometry what lies around the tile, of any other the whole."""
        return compose(
            "tiles",
            "near",
            geometry=self._geometry,
            held=self._held(),
            least_bytes=sql.Literal(LARGE_BYTES),
            around=self._bound("around", "box2d"),
        )

    def _held(self) -> sql.Composable:
        """The stored piece of a large geometry that holds the tile with its surroundings, or all of it."""
        source = self._source
        if source.pieces is None:
            return self._geometry
        return compose(
            "tiles",
            "piece",
            pieces=identifier(DATA, source.pieces),
            geometry=self._geometry,
            grid=sql.Literal(source.grid.stored_as),
            least_bytes=sql.Literal(LARGE_BYTES),
        )

    def _moves(self) -> sql.Composable:
        """Steps of a line on its way into the tile that are looked at more than once."""
        if self._source.kind != "line":
            return sql.SQL("")
        return compose(
            "tiles",
            "line_moves",
            geometry=self._geometry,
            asked=self._bound("asked", "geometry"),
            held=self._held(),
            around=self._bound("around", "box2d"),
            moved=self._line_in_tile(identifier("_near")),
        )

    def _line_in_tile(self, line: sql.Composable) -> sql.Composable:
        return compose("tiles", "line_in_tile", line=self._in_grid(line))

    def _clipped(self, geometry: sql.Composable) -> sql.Composable:
        buffer = sql.Literal(self._source.buffer)
        return compose("tiles", "shape_clipped", geometry=self._in_grid(geometry), buffer=buffer)

    def _in_grid(self, geometry: sql.Composable) -> sql.Composable:
        """In the grid's CRS. Thinned by half a tile unit first, transforming costs less than half."""
        if self._source.is_stored:
            return geometry
        thinned = sql.SQL("ST_Simplify({}, {} / 2, true)").format(geometry, self._bound("unit"))
        return sql.SQL("ST_Transform({}, {})").format(thinned, sql.Literal(self._source.grid.srid))

    def _labels(self) -> sql.Composable:
        source = self._source
        if source.label is None:
            return sql.SQL("NULL::bytea")
        name = sql.Literal(f"{source.name}:labels")
        return compose("tiles", "labels", layer=name, text=identifier("_chosen", source.label))

    def _label_places(self) -> sql.Composable:
        source = self._source
        if source.label is None:
            return sql.SQL("")
        columns = [
            identifier("_chosen", table.FID),
            sql.SQL("{}::text AS text").format(identifier("_chosen", source.label)),
        ]
        if source.kind == "polygon":
            columns.append(sql.SQL("round({} * 10)::integer AS w").format(identifier(table.LABEL_WIDTH)))
        point: sql.Composable = identifier(table.LABEL)
        if source.layer.srid != source.grid.srid:
            point = sql.SQL("ST_Transform({}, {})").format(point, sql.Literal(source.grid.srid))
        return compose("tiles", "label_places", point=point, columns=sql.SQL(", ").join(columns))
