"""Layers made by hand, following docs/decisions/0003-stored-columns.md, so that shapes are exactly known."""

from __future__ import annotations

import functools
import hashlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import flask
import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from geoalchemy2.shape import from_shape
from psycopg import sql
from sqlalchemy.orm import Session

from gis import crs
from gis.database import Database
from gis.errors import GoneError, NotFoundError, RequestError, UnavailableError
from gis.geometry import transform_geometries, transform_geometry
from gis.settings import Settings
from layers.catalogue import Catalogue
from layers.loading.load import create_table, finish_table
from layers.loading.pieces import write_pieces
from layers.loading.plan import find_bands, stored_columns, table_name
from layers.loading.withdraw import withdraw_layer
from layers.manifest import parse_manifest
from layers.model import Layer, LayerVersion
from layers.portal import Portal
from layers.reading.bands import find_coarse
from layers.reading.snapping import find_safe_zooms
from layers.targets import grid_geometry, safe_zoom
from tiles import hotpath
from tiles.grid import read_grids
from tiles.routes import build_blueprint
from tiles.tokens import tile_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from gis.cluster import EmbeddedCluster
    from gis.metrics import Metrics
    from tiles.grid import Grid
    from tiles.serving import TileService

_publications = itertools.count()


@dataclass(frozen=True)
class Row:
    """One feature: its geometry in the portal's CRS, the published values, and its free width."""

    fid: int
    geometry: BaseGeometry
    values: Mapping[str, Any]
    width: float | None = None


@dataclass(frozen=True)
class Workshop:
    """A portal with a database, an application, and a way to publish layers into it."""

    portal: Portal
    database: Database
    catalogue: Catalogue
    grids: dict[str, Grid]
    app: flask.Flask

    @property
    def service(self) -> TileService:
        """The service behind the routes."""
        service: TileService = self.app.extensions[hotpath.EXTENSION]
        return service

    @property
    def client(self) -> flask.testing.FlaskClient:
        """A client in front of hot path and Flask."""
        return self.app.test_client()

    def publish(
        self,
        layer_id: str,
        shapes: Sequence[BaseGeometry],
        *,
        values: Sequence[Mapping[str, Any]] = (),
        width: float | None = None,
        grids: Sequence[str] | None = None,
        **changes: Any,
    ) -> str:
        """Store shapes of the portal's CRS as a new version, move the pointer, return the token of its tiles.

        Ids count from 1; `width` is every feature's free width.
        """
        manifest = make_manifest(layer_id, **changes)
        every = list(values) or [{"name": str(n), "code": n} for n in range(1, len(shapes) + 1)]
        rows = [
            Row(fid, shape, named, width)
            for fid, (shape, named) in enumerate(zip(shapes, every, strict=True), start=1)
        ]
        names = tuple(self.grids) if grids is None else tuple(grids)
        token = hashlib.sha256(f"{layer_id} {next(_publications)}".encode()).hexdigest()[:16]
        with Session(self.database.loader) as session:
            version_id = _register(session, self.portal, manifest, rows, token=token, grids=names)
        _create_table(
            self.database, self.portal, manifest, rows, number=version_id, grids=tuple(self.grids.values())
        )
        self.catalogue.forget()
        return tile_token(token)

    def table_name(self, layer_id: str) -> str:
        """The data table of the published version."""
        return self.catalogue.find(layer_id).table_name

    def order(self, layer_id: str) -> list[int]:
        """The ids of a layer in the order of every tile: by classes of width, then as stored."""
        is_polygon = self.catalogue.find(layer_id).manifest.geometry.kind == "polygon"
        width = "floor(ln(GREATEST(_size, 0.001)::double precision) * 1.4426950408889634)"
        with self.database.cursor() as cursor:
            composed = sql.SQL("SELECT _fid FROM {} ORDER BY {} DESC, ctid").format(
                sql.Identifier("data", self.table_name(layer_id)),
                sql.SQL(width if is_polygon else "0 * _size"),
            )
            return [row[0] for row in cursor.execute(composed).fetchall()]

    def withdraw(self, layer_id: str) -> None:
        """What `prostor layer withdraw` does."""
        withdraw_layer(self.database, layer_id, who="test")
        self.catalogue.forget()

    def tile(self, set_id: str, grid: str, z: int, x: int, y: int) -> dict[str, Any]:
        """A tile by its alias, decoded; an empty dictionary for 204."""
        response = self.client.get(f"/tiles/{set_id}/{grid}/{z}/{x}/{y}.mvt")
        assert response.status_code in (200, 204), response.text
        return decode(response.data)

    def on_ground(
        self, geometry: Mapping[str, Any], grid_id: str, z: int, point: tuple[float, float]
    ) -> BaseGeometry:
        """A decoded geometry of the tile that holds `point`, back in the portal's CRS."""
        grid = self.grids[grid_id]
        place = grid.tile_at(z, *crs.transform(self.portal.crs, grid.srid, *point))
        assert place is not None
        box, unit = grid.tile_envelope(z, *place), grid.unit(z)
        in_grid = shapely.transform(
            shapely.geometry.shape(geometry), lambda c: (box.west, box.north) + c * (unit, -unit)
        )
        return transform_geometry(in_grid, grid.srid, self.portal.crs)

    def corner_near(self, grid_id: str, z: int, point: tuple[float, float]) -> tuple[float, float]:
        """The upper left corner of the tile that holds `point`, in the portal's CRS."""
        grid = self.grids[grid_id]
        place = grid.tile_at(z, *crs.transform(self.portal.crs, grid.srid, *point))
        assert place is not None
        box = grid.tile_envelope(z, *place)
        x, y = crs.transform(grid.srid, self.portal.crs, box.west, box.north)
        return (float(x), float(y))

    def tiles_around(
        self, set_id: str, grid_id: str, z: int, corner: tuple[float, float]
    ) -> list[dict[str, Any]]:
        """The four tiles that meet in a corner, decoded."""
        grid = self.grids[grid_id]
        x, y = crs.transform(self.portal.crs, grid.srid, *corner)
        half = grid.resolution(z) * grid.tile_size / 2
        places = [grid.tile_at(z, x + dx, y + dy) for dx in (-half, half) for dy in (-half, half)]
        return [self.tile(set_id, grid_id, z, *place) for place in places if place is not None]

    def decode(self, body: bytes) -> dict[str, Any]:
        """A vector tile by an independent decoder, y pointing down as in the standard."""
        return decode(body)

    def tile_at(self, set_id: str, grid_id: str, z: int, point: tuple[float, float]) -> dict[str, Any]:
        """The decoded tile that holds a point given in the portal's CRS."""
        grid = self.grids[grid_id]
        place = grid.tile_at(z, *crs.transform(self.portal.crs, grid.srid, *point))
        assert place is not None
        return self.tile(set_id, grid_id, z, *place)


def decode(body: bytes) -> dict[str, Any]:
    """A vector tile by an independent decoder, y pointing down as in the standard."""
    return mapbox_vector_tile.decode(body, default_options={"y_coord_down": True}) if body else {}


def make_manifest(layer_id: str, **changes: Any) -> Any:
    """A manifest with the columns `name` and `code`; `changes` replace whole parts of it."""
    both = {"sl": layer_id, "en": layer_id}
    return parse_manifest(
        {
            "id": layer_id,
            "title": both,
            "description": both,
            "source": {
                "file": "made.geojson",
                "format": "geojson",
                "crs": 3794,
                "state_date": "2026-03-01",
                "provider": both,
                "licence": "CC-BY-4.0",
                "attribution": both,
            },
            "geometry": changes.pop("geometry", {"kind": changes.pop("kind", "polygon")}),
            "columns": {
                "name": {"source": ["name"], "title": both},
                "code": {"source": ["code"], "type": "integer", "title": both},
            },
            "key": ["name"],
            "style": {"default": {"line": "#000000"}, **changes.pop("style", {})},
            **changes,
        }
    )


def make_portal(**changes: Any) -> Portal:
    """A portal around Velenje's town hall square in D96/TM, with one theme `view` of the layers a, b and c."""
    text = {"sl": "Občina", "en": "Municipality"}
    return Portal.model_validate(
        {
            "id": "made",
            "title": text,
            "municipality": {"name": text, "office": text},
            "outline": {"west": 500000, "south": 130000, "east": 516000, "north": 142000},
            "themes": [{"id": "view", "title": text, "description": text, "layers": ["a", "b", "c"]}],
            **changes,
        }
    )


def build_workshop(
    database: Database,
    *,
    remember_seconds: float = 0.0,
    home: Path | None = None,
    metrics: Metrics | None = None,
    **changes: Any,
) -> Workshop:
    """A workshop on a database, for a portal whose settings may differ; with a home it keeps tiles on disk."""
    settings = Settings(home=home) if home else Settings(tile_disk_megabytes=0)
    portal = make_portal(**changes)
    catalogue = Catalogue(database, remember_seconds=remember_seconds)
    grids = read_grids(portal)
    app = flask.Flask("made")
    app.config["TESTING"] = True
    app.register_blueprint(build_blueprint(settings, portal, catalogue, database, grids, metrics))
    statuses = {NotFoundError: 404, GoneError: 410, RequestError: 400, UnavailableError: 503}
    for error, status in statuses.items():
        app.register_error_handler(error, lambda exc, status=status: (exc.sentence, status))
    hotpath.wrap(app)
    return Workshop(portal, database, catalogue, grids, app)


@pytest.fixture
def make_workshop(database: Database) -> Callable[..., Workshop]:
    """Makes workshops on one database, as several processes would have them."""
    return functools.partial(build_workshop, database)


@pytest.fixture
def workshop(database: Database) -> Workshop:
    """A workshop with a database of its own."""
    return build_workshop(database)


@pytest.fixture(scope="module")
def shared_workshop(cluster: EmbeddedCluster, _copy_template: Callable[[], str]) -> Iterator[Workshop]:
    """A workshop for the tests of one file that publish what they look at and depend on nothing else."""
    database = Database(cluster.urls(_copy_template()))
    yield build_workshop(database)
    database.dispose()


def _register(
    session: Session, portal: Portal, manifest: Any, rows: Sequence[Row], *, token: str, grids: tuple[str, ...]
) -> int:
    layer = session.get(Layer, manifest.id) or Layer(id=manifest.id)
    session.add(layer)
    session.flush()
    earlier = session.query(LayerVersion).filter_by(layer_id=manifest.id).all()
    for version in earlier:
        version.state = "kept" if version.state == "published" else version.state
    box = shapely.union_all([row.geometry for row in rows]).bounds if rows else None
    extent = shapely.box(*box) if box else None
    version = LayerVersion(
        layer_id=manifest.id,
        number=len(earlier) + 1,
        token=token,
        table_name="",
        srid=portal.crs,
        row_count=len(rows),
        extent=from_shape(transform_geometry(extent, portal.crs, 4326), srid=4326) if extent else None,
        native_extent=list(box) if box else None,
        source_name="made.geojson",
        source_sha256="0" * 64,
        state_date=manifest.source.state_date,
        operation="none",
        state="published",
        manifest=manifest.model_dump(mode="json"),
        quality={},
        grids=list(grids),
        bands=list(find_bands(manifest)),
    )
    session.add(version)
    session.flush()
    version.table_name = table_name(version.id)
    layer.current_version_id, layer.withdrawn_at = version.id, None
    number = version.id
    session.commit()
    return number


def _create_table(
    database: Database,
    portal: Portal,
    manifest: Any,
    rows: Sequence[Row],
    *,
    number: int,
    grids: Sequence[Grid],
) -> None:
    """The data table of a version, with the columns and indexes that the import gives it."""
    targets = [grid.target() for grid in grids]
    columns = stored_columns(manifest, portal.crs, targets)
    shapes = shapely.force_2d(np.array([row.geometry for row in rows], dtype=object))
    stored = {srid: transform_geometries(shapes, portal.crs, srid) for srid in (portal.crs, 3857)}
    safe = {safe_zoom(each.name): find_safe_zooms(stored[each.srid], each) for each in targets}
    coarse = {
        column: find_coarse(shapes, manifest.geometry.kind, portal.crs, column)
        for column in columns
        if column.band
    }
    insert = sql.SQL("INSERT INTO {} VALUES ({})").format(
        sql.Identifier("data", table_name(number)), sql.SQL(", ").join([sql.Placeholder()] * len(columns))
    )
    with database.loading() as connection:
        create_table(connection, table_name(number), columns)
        with connection.cursor() as cursor:
            for index, row in enumerate(rows):
                cells = _cells(row, manifest.geometry.kind, portal.crs)
                cells |= {grid_geometry(srid): _wkb(shapes[index], srid) for srid, shapes in stored.items()}
                cells |= {name: int(zooms[index]) for name, zooms in safe.items()}
                cells |= {
                    column.name: _wkb(thinned[index], column.srid)
                    for column, thinned in coarse.items()
                    if thinned[index] is not None
                }
                cursor.execute(insert, [cells.get(column.name) for column in columns])
        finish_table(connection, table_name(number), columns, searched=True)
        write_pieces(connection, table_name(number), manifest, portal.crs, targets)


def _cells(row: Row, kind: str, srid: int) -> dict[str, Any]:
    """What a row holds beside what depends on grids."""
    shape = row.geometry
    if kind == "polygon":
        size, label = shape.area**0.5, shape.point_on_surface()
    elif kind == "line":
        size, label = shape.length, shape.interpolate(0.5, normalized=True)
    else:
        size, label = None, shape.centroid
    return {
        "_fid": row.fid,
        "_key": str(row.fid),
        "_geom": _wkb(shape, srid),
        "_size": size,
        "_label": _wkb(label, srid),
        "_label_width": row.width,
        **row.values,
    }


def _wkb(geometry: BaseGeometry, srid: int) -> str:
    return shapely.to_wkb(shapely.set_srid(geometry, srid), hex=True, include_srid=True)
