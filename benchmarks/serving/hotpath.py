"""The hot path at its limit: one worker on one processor, the client on another, the tiles made already."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.serving.asking import ask_once_each
from benchmarks.serving.journal import Cell
from benchmarks.serving.peers.nginx import NginxOverFiles
from benchmarks.serving.peers.prostor import Prostor
from benchmarks.serving.peers.server import MERCATOR, Running
from benchmarks.serving.portal import PARCELS
from benchmarks.serving.scenarios import fill_files
from benchmarks.serving.wrk import ask_again_and_again, write_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.serving.peers.server import Server, Tile
    from benchmarks.serving.scenarios import Bench

MEMORY = "prostor, from memory"
DISK = "prostor, from the disk"
OUR_FILES = NginxOverFiles.name
FLASK = "prostor, through Flask"
STATIC = "nginx static"
_CLIENTS = 32
_ZOOM = 16
# More tiles than a megabyte holds, which is the least memory that can be set.
_DISK_TILES = 400
_SERVER_CORE, _CLIENT_CORE = "0", "1"
_SETTLING_SECONDS = 3.0


def measure_hot_path(bench: Bench) -> None:
    """Prostor from memory, from the disk where it has one, and through Flask; nginx over the same bytes."""
    ours = bench.servers[0]
    if not isinstance(ours, Prostor) or (os.cpu_count() or 1) < 2:
        bench.journal.note("hot path", "not measured: it needs two processors, one for the client")
        return
    zoom = _ZOOM if _ZOOM in bench.plan.zooms else bench.plan.zooms[-1]
    tiles = bench.tiles(PARCELS, MERCATOR, zoom, _DISK_TILES)
    few = tiles[: bench.plan.warm_tiles]
    _measure(bench, ours, MEMORY, [ours_path(ours, tile) for tile in few])
    _measure(bench, ours, FLASK, [ours_path(ours, tile, flask=True) for tile in few])
    _measure_disk(bench, ours, [ours_path(ours, tile) for tile in tiles])
    if bench.nginx is not None and _cell(STATIC) not in bench.journal:
        fill_files(bench, bench.nginx, few)
        nginx = bench.nginx
        _measure(bench, nginx, STATIC, [lambda tile=tile: nginx.path(PARCELS, tile) for tile in few])  # type: ignore[misc]


def ours_path(ours: Prostor, tile: Tile, *, flask: bool = False) -> Callable[[], str]:
    """A path that can be told only when the server runs, because it holds the token."""
    return lambda: ours.flask_path(PARCELS, tile) if flask else ours.path(PARCELS, tile)


def _cell(name: str) -> Cell:
    return Cell("hot path", name, PARCELS.id, MERCATOR, _ZOOM, _CLIENTS)


def _measure(bench: Bench, server: Server, name: str, paths: Sequence[Callable[[], str]]) -> None:
    if _cell(name) in bench.journal:
        return
    with bench.run(server, Running(cached=True, workers=1, cores=_SERVER_CORE)) as runs:
        if not runs:
            return
        words = [each() for each in paths]
        ask_once_each(server.port, words, 4, 60.0, [])
        file = write_paths(server.folder / "paths-hot", words)
        seconds = 2 * bench.plan.warm_seconds
        outcome = ask_again_and_again(server.port, file, _CLIENTS, seconds, server.roots, cores=_CLIENT_CORE)
        bench.journal.keep(_cell(name), outcome)
    bench.say(f"hot path: {name}")


def _measure_disk(bench: Bench, ours: Prostor, paths: Sequence[Callable[[], str]]) -> None:
    """Fill the disk, start again with next to no memory for tiles, and ask; only a note when none is there."""
    if _cell(DISK) in bench.journal:
        return
    megabytes = ours.cache_megabytes
    with bench.run(ours, bench.running(cached=True)) as runs:
        if not runs:
            return
        words = [each() for each in paths]
        ask_once_each(ours.port, words, 4, 60.0, [])
        kept = next(Path(ours.home).rglob(f"{PARCELS.id}@*"), None)
        if kept is not None:
            _wait_for_files(kept.parent, words)
    if kept is None:
        bench.journal.note(
            DISK, "not measured, nor nginx over our files: this build keeps no tiles on the disk"
        )
        return
    _measure_our_files(bench, kept.parent, words)
    ours.keeps_home, ours.cache_megabytes = True, 1
    try:
        _measure(bench, ours, DISK, paths)
    finally:
        ours.keeps_home, ours.cache_megabytes = False, megabytes


def _wait_for_files(root: Path, paths: Sequence[str]) -> None:
    """Prostor names its files behind its answers, in a quiet moment: wait until no more come."""
    there = -1
    while there < (now := sum(_file_of(root, path).exists() for path in paths)):
        there = now
        time.sleep(_SETTLING_SECONDS)


def _file_of(root: Path, path: str) -> Path:
    return root.joinpath(*path.split("/")[2:]).with_suffix(".mvt.gz")


def _measure_our_files(bench: Bench, root: Path, paths: Sequence[str]) -> None:
    """nginx with Prostor's folder; only tiles that are there as files."""
    if bench.nginx is None:
        return
    there = [path for path in paths if _file_of(root, path).exists()]
    server = NginxOverFiles(bench.stage, bench.nginx.tools)
    server.root = root
    _measure(bench, server, OUR_FILES, [partial(str, path) for path in there])
