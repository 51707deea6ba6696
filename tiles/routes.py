"""The door of the tiles floor: `/tiles/…`, and the tile resources below `/ogc`.

    app.register_blueprint(build_blueprint(settings, portal, catalogue, database, grids))
    tiles.hotpath.wrap(app)

`grids` is `tiles.grid.read_grids(portal)`. Errors of `gis.errors` leave this floor as they are; `prostor`
turns them into problems. Everything here is public data, so every answer, errors too, allows any origin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from gis.errors import NotFoundError
from layers.filters import check_format
from layers.links import find_root
from layers.routes.answers import given_parameters, send_json
from tiles import ogc
from tiles.addresses import parse_style_path, parse_tile_path, parse_tilejson_path
from tiles.answers import PUBLIC_HEADERS, Question
from tiles.hotpath import EXTENSION, FAILURE
from tiles.serving import TileService
from tiles.styles.service import StyleService, StyleWish
from tiles.tilejson import build_tilejson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask.blueprints import BlueprintSetupState

    from gis.database import Database
    from gis.metrics import Metrics
    from gis.settings import Settings
    from layers.catalogue import Catalogue
    from layers.portal import Portal
    from tiles.addresses import StyleAddress, TileAddress, TileJsonAddress
    from tiles.grid import Grid
    from tiles.withdrawals import Store


def build_blueprint(
    settings: Settings,
    portal: Portal,
    catalogue: Catalogue,
    database: Database,
    grids: Mapping[str, Grid],
    metrics: Metrics | None = None,
) -> Blueprint:
    """The routes of this floor. The service behind them is left in `app.extensions` for the hot path."""
    door = _Door(settings, portal, TileService(settings, portal, catalogue, database, grids, metrics))
    blueprint = Blueprint("tiles", __name__)
    blueprint.record(lambda state: _leave_service(state, door.service))
    blueprint.after_request(_allow_any_origin)
    blueprint.get("/tiles/<path:rest>")(door.tiles)
    blueprint.get("/ogc/tileMatrixSets")(door.tile_matrix_sets)
    blueprint.get("/ogc/tileMatrixSets/<grid_id>")(door.tile_matrix_set)
    blueprint.get("/ogc/collections/<layer_id>/tiles")(door.tilesets)
    blueprint.get("/ogc/collections/<layer_id>/tiles/<grid_id>")(door.tileset)
    blueprint.get("/ogc/collections/<layer_id>/tiles/<grid_id>/<z>/<row>/<column>")(door.tile_of_collection)
    return blueprint


class _Door:
    """Parses a request, calls the service, represents what it says."""

    def __init__(self, settings: Settings, portal: Portal, service: TileService) -> None:
        self._settings = settings
        self._portal = portal
        self._styles = StyleService(portal, service)
        self.service = service

    def tiles(self, rest: str) -> Response:
        """A tile, a style or a TileJSON, told apart by the grammar of `tiles.addresses`."""
        failure: Exception | None = request.environ.get(FAILURE)
        if failure is not None:
            raise failure
        tile = parse_tile_path(f"/tiles/{rest}")
        if tile is not None:
            return self._answer(tile)
        style = parse_style_path(f"/tiles/{rest}")
        if style is not None:
            return self._style(style)
        tilejson = parse_tilejson_path(f"/tiles/{rest}")
        if tilejson is not None:
            return self._tilejson(tilejson)
        raise NotFoundError("There is no tile at this address. It reads /tiles/{set}/{grid}/{z}/{x}/{y}.mvt.")

    def tile_matrix_sets(self) -> Response:
        """The grids of this portal."""
        _check_format("json")
        return send_json(ogc.describe_grids(self.service.grids.values(), self._root()))

    def tile_matrix_set(self, grid_id: str) -> Response:
        """The definition of one grid, as OGC TileMatrixSet JSON."""
        _check_format("json")
        return send_json(dict(self.service.find_grid(grid_id).document))

    def tilesets(self, layer_id: str) -> Response:
        """The tilesets of a collection."""
        _check_format("json")
        tile_set = self.service.sets.find_layer(layer_id)
        return send_json(ogc.describe_tilesets(tile_set, self.service.grids.values(), self._root()))

    def tileset(self, layer_id: str, grid_id: str) -> Response:
        """One tileset of a collection."""
        _check_format("json")
        tile_set = self.service.sets.find_layer(layer_id)
        grid = self.service.find_grid(grid_id)
        return send_json(ogc.describe_tileset(self.service, self._portal, tile_set, grid, root=self._root()))

    def tile_of_collection(self, layer_id: str, grid_id: str, z: str, row: str, column: str) -> Response:
        """A tile under its OGC address, z/row/column: the same bytes as the alias under `/tiles`."""
        _check_format("mvt")
        address = parse_tile_path(f"/tiles/{layer_id}/{grid_id}/{z}/{column}/{row}.mvt")
        if address is None or address.token is not None:
            raise NotFoundError("There is no tile at this address: tile matrix, row and column are numbers.")
        self.service.sets.find_layer(layer_id)
        return self._answer(address)

    def _answer(self, address: TileAddress) -> Response:
        question = Question(request.headers.get("Accept-Encoding"), request.headers.get("If-None-Match"))
        answer = self.service.answer(address, question)
        response = Response(answer.body, answer.status)
        response.headers.clear()
        response.headers.extend(answer.headers)
        return response

    def _tilejson(self, address: TileJsonAddress) -> Response:
        grid = self.service.find_grid(address.grid_id)
        tile_set = self.service.sets.find(address.set_id)
        return send_json(build_tilejson(self.service, self._portal, tile_set, grid, root=self._root()))

    def _style(self, address: StyleAddress) -> Response:
        given = given_parameters(("lang", "grid"))
        wish = StyleWish(self._root(), given.get("lang"), given.get("grid"))
        answer = self._styles.answer(address, wish)
        response = Response(answer.body, mimetype=answer.media_type)
        response.headers["Cache-Control"] = answer.cache_control
        response.add_etag()
        response.make_conditional(request)
        return response

    def _root(self) -> str:
        return find_root(self._settings, request.host)


def tile_trouble(extensions: Mapping[str, Any]) -> Callable[[], str | None]:
    """What says why tiles cannot be written to the disk just now, of an application with this blueprint."""
    return lambda: extensions[EXTENSION].store.trouble


def look_after(extensions: Mapping[str, Any], store: Store) -> Callable[[], None]:
    """Have what was withdrawn purged from a further store too; what to call before it gives anything away."""
    look: Callable[[], None] = extensions[EXTENSION].look_after(store)
    return look


def tile_disk_bytes(extensions: Mapping[str, Any]) -> Callable[[], int | None]:
    """What says how many bytes of tiles the last sweep left on the disk, of the same application."""
    return lambda: extensions[EXTENSION].store.disk_bytes


def _leave_service(state: BlueprintSetupState, service: TileService) -> None:
    state.app.extensions[EXTENSION] = service


def _allow_any_origin(response: Response) -> Response:
    for name, value in PUBLIC_HEADERS:
        response.headers[name] = value
    return response


def _check_format(written: str) -> None:
    """No parameter but `f`, and that only with the one format this address writes. Raises RequestError."""
    check_format(given_parameters(("f",)), (written,))
