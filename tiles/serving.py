"""The journey of one tile: find the set and its version, look what is kept, else ask PostGIS, compress, answer.

One `TileService` per worker process, shared by the hot path and Flask. It knows no web framework: a request
comes as an address and a question, and leaves as an `Answer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis import crs
from gis.errors import GoneError, NotFoundError, ProstorError, UnavailableError
from gis.logs import logger
from tiles.addresses import parse_tile_path
from tiles.answers import IMMUTABLE, SHORT_LIVED, answer_tile
from tiles.cache import store_tile
from tiles.flights import Flights
from tiles.grid import WEB_MERCATOR_QUAD
from tiles.metrics import TileMetrics
from tiles.source import find_source
from tiles.store import Found, build_store
from tiles.themes import TileSet, TileSets
from tiles.tokens import tile_token
from tiles.vector import LayerQuery, find_query_envelope, read_tiles
from tiles.withdrawals import Withdrawals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gis.database import Database
    from gis.metrics import Metrics
    from gis.settings import Settings
    from layers.catalogue import Catalogue, PublishedLayer
    from layers.portal import Portal
    from tiles.addresses import TileAddress
    from tiles.answers import Answer, Question
    from tiles.cache import StoredTile
    from tiles.grid import Grid
    from tiles.source import TileSource
    from tiles.withdrawals import Store

_MAX_SOURCES = 4096


class TileService:
    """Finds or makes tiles, and answers requests for them."""

    def __init__(
        self,
        settings: Settings,
        portal: Portal,
        catalogue: Catalogue,
        database: Database,
        grids: Mapping[str, Grid],
        metrics: Metrics | None = None,
    ) -> None:
        self.grids = grids
        self._metrics = TileMetrics(metrics)
        self._count_hit = self._metrics.count_hit
        self._known_grids = {**grids, **_large_grids(grids)}
        self.sets = TileSets(portal, catalogue)
        self.store = build_store(settings, self._find_current, self._metrics)
        self._database = database
        # Ground metres are measured in the middle of the portal.
        self._centres = {
            grid.id: crs.transform(portal.crs, grid.srid, *portal.outline_envelope.centre)
            for grid in self._known_grids.values()
        }
        self._flights: Flights[Found] = Flights()
        self._sources: dict[tuple[int, str, int], TileSource | None] = {}
        self._last_tokens: dict[str, str] = {}
        self._withdrawals = Withdrawals(catalogue, self.store.stores)

    def answer(self, address: TileAddress, question: Question) -> Answer:
        """The answer for one tile. Raises NotFoundError, GoneError or UnavailableError."""
        with self._metrics.counted_refusals():
            found, token = self._find_tile(address, self._find_grid(address))
        cache_control = IMMUTABLE if address.token == token else SHORT_LIVED
        return self._answer(found, question, cache_control)

    def answer_kept(self, path: str, question: Question) -> Answer | None:
        """The answer when the path spells a tile that is in memory, else None."""
        self._withdrawals.look()
        tile = self.store.memory.find(path)
        if tile is None:
            return None
        answer = answer_tile(tile, question, cache_control=IMMUTABLE)
        self._count_hit(answer.status, len(answer.body))
        return answer

    def look_after(self, store: Store) -> Callable[[], None]:
        """Purge what was withdrawn from this store too; answers what looks whether there is something."""
        self._withdrawals.watch(store)
        return self._withdrawals.look

    def answer_path(self, path: str, question: Question) -> Answer | None:
        """As `answer`, for the path of a request; None when it is not the path of a tile."""
        address = parse_tile_path(path)
        return self.answer(address, question) if address is not None else None

    def _answer(self, found: Found, question: Question, cache_control: str) -> Answer:
        answer = answer_tile(found.tile, question, cache_control=cache_control)
        self._metrics.count_answer(found.origin, answer.status, len(answer.body))
        return answer

    def find_source(self, layer: PublishedLayer, grid: Grid, zoom: int) -> TileSource | None:
        """What a layer version puts into tiles of this zoom; None when it is not drawn there."""
        key = (layer.version_id, grid.id, zoom)
        if key in (known := self._sources):
            return known[key]
        found = find_source(layer, grid, zoom, self._centres[grid.id])
        if len(known) >= _MAX_SOURCES:
            self._sources = {}
        self._sources[key] = found
        return found

    def find_grid(self, grid_id: str) -> Grid:
        """A grid of this portal. Raises NotFoundError naming those there are."""
        if grid_id not in self._known_grids:
            raise NotFoundError(f"There is no grid {grid_id[:64]!r} here. There are: {', '.join(self.grids)}.")
        return self._known_grids[grid_id]

    def _find_grid(self, address: TileAddress) -> Grid:
        grid = self.find_grid(address.grid_id)
        if not grid.has_tile(address.z, address.x, address.y):
            raise NotFoundError(
                f"{grid.id} has no tile {address.z}/{address.x}/{address.y}; its tiles end at zoom "
                f"{grid.max_tile_zoom}."
            )
        return grid

    def _find_tile(self, address: TileAddress, grid: Grid) -> tuple[Found, str]:
        """The tile, and the token under which it may be kept for good."""
        if address.token is None:
            current = self._find_current_set(address)
            if not isinstance(current, TileSet):
                return current
            tile_set = current
        else:
            kept = self.store.find(address.path)
            if kept is not None:
                return kept, address.token
            tile_set = self.sets.find_version(address.set_id, address.token)
        if address.token != tile_set.token:
            address = address._replace(token=tile_set.token)
            kept = self.store.find(address.path)
            if kept is not None:
                return kept, tile_set.token
        found, leads = self._flights.make_once(address.path, lambda: self._make(address, grid, tile_set))
        return found if leads else Found(found.tile, "shared"), tile_set.token

    def _find_current_set(self, address: TileAddress) -> TileSet | tuple[Found, str]:
        """The set as it is published now; while the database is away, a kept tile of the last one known."""
        try:
            tile_set = self.sets.find(address.set_id)
        except UnavailableError:
            token = self._last_tokens.get(address.set_id)
            kept = self.store.find(address._replace(token=token).path) if token else None
            if token is None or kept is None:
                raise
            return kept, token
        except (NotFoundError, GoneError):
            self._last_tokens.pop(address.set_id, None)
            raise
        self._last_tokens[address.set_id] = tile_set.token
        return tile_set

    def _make(self, address: TileAddress, grid: Grid, tile_set: TileSet) -> Found:
        if tile_set.theme is not None:
            return Found(self._make_of_theme(address, grid, tile_set), "made")
        made, failure = self._make_in_turn(address, grid, tile_set, {tile_set.id: address.path})
        if failure is not None:
            raise failure
        return made[tile_set.id]

    def _make_of_theme(self, address: TileAddress, grid: Grid, tile_set: TileSet) -> StoredTile:
        """The members' tiles in one; without those that do not answer just now, and then it is not kept."""
        found, failure = self._member_tiles(address, grid, tile_set)
        parts = [found[member.id].tile for member in tile_set.members if member.id in found]
        missing = [member.id for member in tile_set.members if member.id not in found]
        if failure is not None:
            if not isinstance(failure, UnavailableError) or all(part.is_empty for part in parts):
                raise failure
            self._report_missing(missing, failure, address)
        tile = store_tile(
            b"".join(part.body() for part in parts),
            tile_set.lives,
            truncated=", ".join(part.truncated for part in parts if part.truncated),
            missing=", ".join(missing),
        )
        if not missing:
            self.store.keep({address.path: tile})
        return tile

    def _member_tiles(
        self, address: TileAddress, grid: Grid, tile_set: TileSet
    ) -> tuple[dict[str, Found], ProstorError | None]:
        """The tile of each member, kept ones as they are, the others over one connection; and what failed."""
        paths = {
            member.id: address._replace(set_id=member.id, token=tile_token(member.token)).path
            for member in tile_set.members
        }
        kept = self._find_kept(paths)
        wanted = {name: path for name, path in paths.items() if name not in kept}
        if not wanted:
            return kept, None
        made, failure = self._make_in_turn(address, grid, tile_set, wanted)
        return kept | made, failure

    def _find_kept(self, paths: Mapping[str, str]) -> dict[str, Found]:
        return {name: kept for name, path in paths.items() if (kept := self.store.find(path)) is not None}

    def _make_in_turn(
        self, address: TileAddress, grid: Grid, tile_set: TileSet, paths: dict[str, str]
    ) -> tuple[dict[str, Found], ProstorError | None]:
        """Make tiles that nobody else is making; what another thread or process made meanwhile is taken.

        With what kept one of them from being made: the others are there all the same.
        """
        turn = self.store.take_turn(paths.values())
        try:
            shared = self._find_kept(paths)
            missing = [each for each in tile_set.members if each.id in paths and each.id not in shared]
            made, failure = self._make_members(address, grid, missing)
        except BaseException:
            turn.end()
            raise
        self.store.keep({paths[name]: tile for name, tile in made.items()}, turn)
        tiles = {name: Found(each.tile, "shared") for name, each in shared.items()}
        return tiles | {name: Found(tile, "made") for name, tile in made.items()}, failure

    def _make_members(
        self, address: TileAddress, grid: Grid, members: list[PublishedLayer]
    ) -> tuple[dict[str, StoredTile], ProstorError | None]:
        """The tiles that could be made, by layer, and what kept another one from being made."""
        queries = [
            LayerQuery(source, envelope)
            for member in members
            if (source := self.find_source(member, grid, address.z)) is not None
            and (envelope := find_query_envelope(source, address.x, address.y)) is not None
        ]
        sources = {query.source.name: query.source for query in queries}
        made = {
            member.id: store_tile(b"", frozenset((member.life,)))
            for member in members
            if member.id not in sources
        }
        if not queries:
            return made, None
        with self._metrics.timed_making():
            with self._database.connection() as connection:
                result = read_tiles(connection, queries, address.x, address.y)
            for name, tile in result.made.items():
                truncated = self._report_truncation(sources[name], address) if tile.is_truncated else ""
                made[name] = store_tile(tile.body, frozenset((sources[name].layer.life,)), truncated=truncated)
        return made, result.failure

    def _report_missing(self, missing: list[str], failure: ProstorError, address: TileAddress) -> None:
        """Say in log and metric which layers a theme's tile is sent without; its header says so too."""
        logger("tiles").warning(
            "tile_without_layers",
            layers=missing,
            grid=address.grid_id,
            tile=f"{address.z}/{address.x}/{address.y}",
            reason=failure.sentence,
        )
        for layer_id in missing:
            self._metrics.count_missing(layer_id)

    def _report_truncation(self, source: TileSource, address: TileAddress) -> str:
        """Say in log, metric and header that a tile does not hold everything, and where to raise the cap."""
        logger("tiles").warning(
            "tile_truncated",
            layer=source.name,
            grid=address.grid_id,
            tile=f"{address.z}/{address.x}/{address.y}",
            max_features=source.max_features,
        )
        self._metrics.count_truncation(source.name)
        return f"{source.name};max={source.max_features}"

    def _find_current(self) -> frozenset[str] | None:
        """The names `{set}@{token}` of what is published now; None while that is not known."""
        try:
            return frozenset(f"{each.id}@{each.token}" for each in self.sets.published())
        except ProstorError:
            return None


def _large_grids(grids: Mapping[str, Grid]) -> dict[str, Grid]:
    """What is asked for by name only: WebMercatorQuad for clients that draw tiles 512 pixels wide."""
    large = [grid.doubled() for grid in grids.values() if grid.id == WEB_MERCATOR_QUAD]
    return {grid.id: grid for grid in large}
