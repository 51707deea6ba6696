"""The scenarios: cold, national grid, warm, and mixed. Each server runs alone, in turn, in rounds.

Every figure is written down at once; what stands in the journal is not measured again.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.serving.asking import Connection, ask_once_each
from benchmarks.serving.grids import choose_tiles
from benchmarks.serving.journal import Cell
from benchmarks.serving.peers.nginx import NginxStatic
from benchmarks.serving.peers.server import MERCATOR, NATIONAL, Running, Server, Tile
from benchmarks.serving.portal import PARCELS, BenchLayer
from benchmarks.serving.processes import NotStartedError
from benchmarks.serving.wrk import Asked, ask_again_and_again, write_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from benchmarks.serving.asking import Outcome
    from benchmarks.serving.journal import Journal
    from benchmarks.serving.peers.pg_tileserv import PgTileservStatement
    from benchmarks.serving.plan import Plan
    from benchmarks.serving.stage import Stage

# In the name of a server that is asked for tiles as they are; browsers accept gzip.
PLAIN = ", not compressed"
_WARM_UP_TILES = 8
_ZIPF_REQUESTS = 40_000
_OTHER_CLIENTS = 4
_MIXED_CLIENTS = (4, 32)
_LONG_FACTOR = 6


@dataclass
class Bench:
    """Everything a scenario needs."""

    stage: Stage
    plan: Plan
    journal: Journal
    servers: Sequence[Server]
    statements: Sequence[PgTileservStatement]
    nginx: NginxStatic | None
    say: Callable[[str], None]

    @property
    def layers(self) -> tuple[BenchLayer, ...]:
        """The layers that are there."""
        return self.stage.layers

    def tiles(self, layer: BenchLayer, grid: str, zoom: int, wanted: int) -> list[Tile]:
        """Tiles over a layer."""
        return choose_tiles(grid, zoom, self.stage.extents[layer.id], wanted)

    def cold_tiles(self, layer: BenchLayer, grid: str, zoom: int, wanted: int) -> tuple[list[Tile], list[Tile]]:
        """Tiles to measure, and others to ask for before, so that no server meets a zoom for the first time."""
        tiles = self.tiles(layer, grid, zoom, wanted + _WARM_UP_TILES)
        others = min(_WARM_UP_TILES, len(tiles) // 4)
        measured = len(tiles) - others
        return tiles[:measured], tiles[measured:]

    def in_turn(self, number: int) -> list[Server]:
        """The servers, another one first in every round."""
        begin = number % len(self.servers)
        return [*self.servers[begin:], *self.servers[:begin]]

    def running(self, *, cached: bool = False) -> Running:
        """With as many workers as the plan says."""
        return Running(cached, self.plan.workers)

    @contextmanager
    def run(self, server: Server, running: Running) -> Iterator[bool]:
        """Start, do, stop; False when it did not start, which is written down once."""
        try:
            server.start(running)
        except NotStartedError as exc:
            server.stop()
            self.journal.note(f"failed {server.label}", str(exc))
            self.say(f"{server.label} did not start: {exc}")
            yield False
            return
        try:
            yield True
        finally:
            server.stop()


def measure_cold(bench: Bench) -> None:
    """Distinct tiles, each once, with no tile made before: parcels at all zooms, other layers at some."""
    plan = bench.plan
    for number in range(plan.rounds):
        for place, clients in enumerate(plan.clients):
            wanted = [(PARCELS, MERCATOR, zoom, plan.cold_tiles[zoom]) for zoom in plan.zooms]
            if clients == _OTHER_CLIENTS and number == 0:
                wanted += _other_layers(bench)
            for server in bench.in_turn(number * len(plan.clients) + place):
                _measure_once_each(bench, server, "cold", wanted, clients, number)
            for statement in bench.statements:
                _measure_statement(bench, statement, wanted, clients, number)


def _other_layers(bench: Bench) -> list[tuple[BenchLayer, str, int, int]]:
    wanted = []
    for layer in bench.layers:
        if layer.is_real:
            wanted += [(layer, MERCATOR, zoom, 60) for zoom in (8, 10, 12)]
        elif layer is not PARCELS:
            wanted += [(layer, MERCATOR, zoom, bench.plan.cold_tiles[zoom]) for zoom in bench.plan.zooms[::2]]
    return wanted


def measure_national(bench: Bench) -> None:
    """Cold tiles of the national grid, from those that have one."""
    plan = bench.plan
    tiles = dict(zip((5, 7, 9, 11), (20, 150, 400, 800), strict=True))
    wanted = [(PARCELS, NATIONAL, zoom, tiles[zoom]) for zoom in plan.national_zooms]
    for server in bench.in_turn(1):
        if NATIONAL in server.grids and server.srid == "3794":
            _measure_once_each(bench, server, "national", wanted, _OTHER_CLIENTS, 0)


def _measure_once_each(
    bench: Bench,
    server: Server,
    scenario: str,
    wanted: Sequence[tuple[BenchLayer, str, int, int]],
    clients: int,
    number: int,
) -> None:
    cells = {
        Cell(scenario, server.label, layer.id, grid, zoom, clients, number): (layer, grid, zoom, count)
        for layer, grid, zoom, count in wanted
    }
    missing = {cell: each for cell, each in cells.items() if cell not in bench.journal}
    if not missing:
        return
    with bench.run(server, bench.running()) as runs:
        if not runs:
            return
        for cell, (layer, grid, zoom, count) in missing.items():
            tiles, others = bench.cold_tiles(layer, grid, zoom, count)
            _warm_up(server, layer, others)
            paths = [server.path(layer, tile) for tile in tiles]
            outcome = ask_once_each(server.port, paths, clients, bench.plan.cold_seconds, server.roots)
            bench.journal.keep(cell, outcome)
    bench.say(f"{scenario}, {clients} clients, round {number + 1}: {server.label}")


def _measure_statement(
    bench: Bench,
    statement: PgTileservStatement,
    wanted: Sequence[tuple[BenchLayer, str, int, int]],
    clients: int,
    number: int,
) -> None:
    for layer, grid, zoom, count in wanted:
        cell = Cell("cold", statement.label, layer.id, grid, zoom, clients, number)
        if grid == MERCATOR and cell not in bench.journal:
            tiles, _ = bench.cold_tiles(layer, grid, zoom, count)
            bench.journal.keep(cell, statement.ask_once_each(layer, tiles, clients, bench.plan.cold_seconds))


def _warm_up(server: Server, layer: BenchLayer, tiles: Sequence[Tile]) -> None:
    """Open connections and load libraries, in every worker, with tiles that are not measured."""
    if tiles:
        ask_once_each(server.port, [server.path(layer, tile) for tile in tiles], len(tiles), 10.0, [])


def measure_ceiling(bench: Bench) -> None:
    """What the generator of cold requests can do at most: the same lists, from nginx with files."""
    nginx = bench.nginx
    if nginx is None:
        return
    lists = {
        zoom: bench.cold_tiles(PARCELS, MERCATOR, zoom, bench.plan.cold_tiles[zoom])[0]
        for zoom in bench.plan.zooms[2::2] or bench.plan.zooms
    }
    cells = [
        Cell("ceiling", nginx.label, PARCELS.id, MERCATOR, zoom, clients)
        for zoom in lists
        for clients in bench.plan.clients
    ]
    if all(cell in bench.journal for cell in cells):
        return
    fill_files(bench, nginx, [tile for tiles in lists.values() for tile in tiles])
    with bench.run(nginx, bench.running()) as runs:
        for cell in cells if runs else []:
            paths = [nginx.path(PARCELS, tile) for tile in lists[cell.zoom]]
            outcome = ask_once_each(nginx.port, paths, cell.clients, bench.plan.cold_seconds, nginx.roots)
            bench.journal.keep(cell, outcome)
    bench.say("ceiling of the cold generator: nginx static")


def measure_warm(bench: Bench) -> None:
    """The same tiles again and again, caches on; nginx has Prostor's own bytes as files."""
    plan = bench.plan
    zooms = {zoom: bench.tiles(PARCELS, MERCATOR, zoom, plan.warm_tiles) for zoom in plan.zooms}
    for server in [*_quickest_sources(bench), *filter(None, [bench.nginx])]:
        cells = [
            Cell("warm", server.label, PARCELS.id, MERCATOR, zoom, clients)
            for zoom in plan.zooms
            for clients in plan.clients
        ]
        if all(cell in bench.journal for cell in cells):
            continue
        if isinstance(server, NginxStatic):
            fill_files(bench, server, [tile for tiles in zooms.values() for tile in tiles])
        with bench.run(server, bench.running(cached=True)) as runs:
            if runs:
                _measure_again(bench, server, zooms, cells)
                _measure_plain(bench, server, zooms)
        bench.say(f"warm: {server.label}")


def _measure_again(bench: Bench, server: Server, zooms: dict[int, list[Tile]], cells: Iterable[Cell]) -> None:
    files = {}
    for zoom, tiles in zooms.items():
        paths = [server.path(PARCELS, tile) for tile in tiles]
        files[zoom] = write_paths(server.folder / f"paths-{zoom}", paths)
        _fill_caches(server, paths)
    for cell in cells:
        bench.journal.keep(cell, _ask_on(bench, server, files[cell.zoom], cell.clients))


def _ask_on(bench: Bench, server: Server, asked: Asked, clients: int) -> Outcome:
    """For the usual time; much longer when nothing was finished in it."""
    for seconds in (bench.plan.warm_seconds, _LONG_FACTOR * bench.plan.warm_seconds):
        outcome = ask_again_and_again(server.port, asked, clients, seconds, server.roots)
        if outcome.tiles:
            break
    return outcome


def _measure_plain(bench: Bench, server: Server, zooms: dict[int, list[Tile]]) -> None:
    """Martin keeps tiles uncompressed and compresses every answer anew, so it is asked without gzip, too."""
    if server.name != "martin":
        return
    for zoom, tiles in zooms.items():
        cell = Cell("warm", f"{server.label}{PLAIN}", PARCELS.id, MERCATOR, zoom, _MIXED_CLIENTS[-1])
        paths = [server.path(PARCELS, tile) for tile in tiles]
        asked = write_paths(server.folder / f"paths-{zoom}", paths, "identity")
        bench.journal.keep(cell, _ask_on(bench, server, asked, cell.clients))


def _fill_caches(server: Server, paths: Sequence[str]) -> None:
    """Every worker process has a memory of its own, so each tile is asked for over several connections."""
    if server.has_cache:
        for _ in range(3):
            ask_once_each(server.port, paths, 4, 60.0, [])


def _quickest_sources(bench: Bench) -> list[Server]:
    """Of each server the source that it answers most cold tiles from; what is warm does not depend on it."""
    rates: Counter[str] = Counter()
    for each in bench.journal.all():
        if each.cell.scenario == "cold" and each.cell.layer == PARCELS.id:
            rates[each.cell.server] += int(1000 * each.outcome.rate)
    best = {}
    for server in sorted(bench.servers, key=lambda one: rates[one.label]):
        best[server.name] = server
    return list(best.values())


def fill_files(bench: Bench, nginx: NginxStatic, tiles: Sequence[Tile]) -> None:
    """Prostor's tiles as nginx' files."""
    ours = bench.servers[0]
    with bench.run(ours, bench.running(cached=True)) as runs:
        if not runs:
            return
        connection = Connection(ours.port)
        bodies = {}
        for tile in tiles:
            answer = connection.ask(ours.path(PARCELS, tile), "identity")
            bodies[nginx.path(PARCELS, tile)] = answer.body
        connection.close()
    nginx.fill(bodies)


def measure_mixed(bench: Bench) -> None:
    """Visitors: few tiles asked for often, many seldom (Zipf), all zooms, caches on and empty at first."""
    plan = bench.plan
    tiles = [
        tile
        for zoom in plan.zooms
        for tile in bench.tiles(PARCELS, MERCATOR, zoom, plan.mixed_tiles // len(plan.zooms))
    ]
    for server in _quickest_sources(bench):
        for clients in _MIXED_CLIENTS:
            cell = Cell("mixed", server.label, PARCELS.id, MERCATOR, 0, clients)
            if cell in bench.journal:
                continue
            with bench.run(server, bench.running(cached=True)) as runs:
                if not runs:
                    continue
                paths = [server.path(PARCELS, tile) for tile in zipf(tiles, _ZIPF_REQUESTS)]
                file = write_paths(server.folder / "paths-mixed", paths)
                outcome = ask_again_and_again(server.port, file, clients, plan.mixed_seconds, server.roots)
                bench.journal.keep(cell, outcome)
        bench.say(f"mixed: {server.label}")


def zipf(tiles: Sequence[Tile], requests: int) -> list[Tile]:
    """So many requests, in which the nth favourite comes 1/n as often as the first; the same every time."""
    dice = np.random.default_rng(7)
    order = dice.permutation(len(tiles))
    weights = 1 / np.arange(1, len(tiles) + 1)
    chosen = dice.choice(len(tiles), size=requests, p=weights / weights.sum())
    return [tiles[order[each]] for each in chosen]
