"""What is measured on: one private PostGIS with everything imported, and the peers' tables beside it.

The folder may be used again: what stands in it is not made a second time. Peers read tables of their own, as
they would be set up: only the columns that travel, in the stored order, with primary key, index and statistics.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from benchmarks.parcels import side_of, write_parcels
from benchmarks.serving.geopackages import write_lines
from benchmarks.serving.portal import LAYERS, PARCELS, REAL_SOURCES, BenchLayer, write_portal
from gis import crs
from gis.cluster import DATABASE, EmbeddedCluster
from gis.database import Database, plain_url
from gis.envelope import Envelope
from gis.provision import provision
from gis.statements import compose, identifier, identifiers
from layers import table
from layers.catalogue import Catalogue
from layers.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gis.database import DatabaseUrls

    Admin = psycopg.Connection[tuple[object, ...]]

PEERS_SCHEMA = "peers"
WEB_MERCATOR = 3857
# Says whose folder it is and what is meant to be in it; the other one, that all of it is.
_MARK = "stage.json"
_DONE = "stage.done"


@dataclass(frozen=True)
class Wish:
    """What shall stand: so many parcels and lines, and real layers from the folder `real` when it is there.

    `build` is the Prostor that imported it; data of another one are made anew.
    """

    parcels: int
    lines: int
    real: Path | None = None
    build: str = ""

    @property
    def layers(self) -> tuple[BenchLayer, ...]:
        """The layers there can be."""
        made = [each for each in LAYERS if not each.is_real and (each is PARCELS or self.lines)]
        return (*made, *(each for each in LAYERS if each.is_real and self.find_real(each) is not None))

    def find_real(self, layer: BenchLayer) -> Path | None:
        """The file of a real layer."""
        found = self.real / REAL_SOURCES[layer.id] if self.real else None
        return found.resolve() if found and found.is_file() else None


@dataclass(frozen=True)
class Stage:
    """The cluster with everything in it; `extents` are of the native geometry."""

    folder: Path
    urls: DatabaseUrls
    layers: tuple[BenchLayer, ...]
    extents: dict[str, Envelope]
    cluster: EmbeddedCluster

    @property
    def portal(self) -> Path:
        """The portal's folder."""
        return self.folder / "portal"

    @property
    def peer_url(self) -> str:
        """How peers connect: the loader's login, with the planner settings of our tile pool."""
        return plain_url(self.urls.loader)

    @property
    def peer_conninfo(self) -> dict[str, str]:
        """The same in words: host, port, user, password, dbname."""
        return {name: str(value) for name, value in conninfo_to_dict(self.peer_url).items()}

    def environment(self, home: Path) -> dict[str, str]:
        """What `prostor` is told, with a home of its own."""
        return {
            **os.environ,
            "PROSTOR_HOME": str(home),
            "PROSTOR_PORTAL": str(self.portal),
            "PROSTOR_DATABASE_URL": self.urls.reader,
            "PROSTOR_LOADER_URL": self.urls.loader,
            "PROSTOR_OWNER_URL": self.urls.owner,
            "PROSTOR_LOG_LEVEL": "error",
        }


@dataclass(frozen=True)
class _Filling:
    folder: Path
    cluster: EmbeddedCluster
    database: Database
    say: Callable[[str], None]


@contextmanager
def staged(folder: Path, wish: Wish, say: Callable[[str], None], *, fresh: bool = False) -> Iterator[Stage]:
    """The stage in this folder, made when it is not there. Ends the program when the folder is not ours."""
    with _locked(folder):
        clear_folder(folder, wish, fresh=fresh)
        with _prepared(folder, wish, say) as stage:
            yield stage


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Nobody else measures in this folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Another run measures in {folder}.")
        yield


@contextmanager
def _prepared(folder: Path, wish: Wish, say: Callable[[str], None]) -> Iterator[Stage]:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    (folder / _MARK).write_text(describe(wish), encoding="utf-8")
    cluster = EmbeddedCluster(folder, durable=False)
    cluster.start()
    try:
        urls = provision(cluster)
        database = Database(urls)
        try:
            if not (folder / _DONE).exists():
                _fill(_Filling(folder, cluster, database, say), wish)
        finally:
            database.dispose()
        yield Stage(folder, urls, wish.layers, _measure(urls, wish.layers), cluster)
    finally:
        cluster.stop()


def clear_folder(folder: Path, wish: Wish, *, fresh: bool) -> None:
    """Remove a stage of other data, of another build, or half made; nothing that is not a stage."""
    mark = folder / _MARK
    if not mark.exists():
        if folder.exists() and any(folder.iterdir()):
            sys.exit(f"{folder} holds something else; name another folder with --folder.")
    elif fresh or mark.read_text(encoding="utf-8") != describe(wish) or not (folder / _DONE).exists():
        EmbeddedCluster(folder).stop()
        shutil.rmtree(folder)


def describe(wish: Wish) -> str:
    """What is meant to be in a folder, in one line."""
    layers = [each.id for each in wish.layers]
    return json.dumps({"counts": [wish.parcels, wish.lines], "layers": layers, "build": wish.build})


def _fill(filling: _Filling, wish: Wish) -> None:
    migrate(filling.database)
    write_portal(filling.folder / "portal", wish.layers, _write_sources(filling, wish))
    with filling.cluster.superuser(DATABASE) as admin:
        for layer in wish.layers:
            _import(filling, layer)
            _make_peer_tables(filling, admin, layer)
        _settle(admin)
    (filling.folder / _DONE).touch()


def _write_sources(filling: _Filling, wish: Wish) -> dict[str, Path]:
    filling.say(f"Writing {wish.parcels} parcels and {wish.lines} utility lines")
    sources = {layer.id: filling.folder / f"{layer.id}.gpkg" for layer in wish.layers}
    for layer in wish.layers:
        if layer.is_real:
            sources[layer.id] = wish.find_real(layer) or sources[layer.id]
        elif layer is PARCELS:
            write_parcels(sources[layer.id], wish.parcels)
        else:
            write_lines(sources[layer.id], wish.lines, side_of(wish.parcels))
    return sources


def _import(filling: _Filling, layer: BenchLayer) -> None:
    """The command a clerk gives."""
    begun = time.perf_counter()
    stage = Stage(filling.folder, filling.database.urls, (), {}, filling.cluster)
    manifest = stage.portal / "layers" / f"{layer.id}.toml"
    program = "from prostor.commands import main; main()"
    command = [sys.executable, "-c", program, "layer", "import", str(manifest)]
    done = subprocess.run(  # noqa: S603  words of ours
        command, env=stage.environment(stage.folder / "home"), capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"Importing {layer.id} failed:\n{done.stdout}{done.stderr}")
    filling.say(f"Imported {layer.id} in {time.perf_counter() - begun:.0f} s")


def _make_peer_tables(filling: _Filling, admin: Admin, layer: BenchLayer) -> None:
    begun = time.perf_counter()
    rows = identifier("data", Catalogue(filling.database).find(layer.id).table_name)
    admin.execute("CREATE SCHEMA IF NOT EXISTS peers")
    shape = identifier(table.GEOMETRY)
    geometries: dict[str, sql.Composable] = {
        "3794": shape,
        "3857": sql.SQL("ST_Transform({}, {})").format(shape, sql.Literal(WEB_MERCATOR)),
    }
    for srid, geometry in geometries.items():
        target = identifier(PEERS_SCHEMA, layer.tables[srid])
        parts = {"columns": identifiers(layer.columns), "geometry": geometry, "srid": sql.Literal(int(srid))}
        admin.execute(compose("benchmarks", "peer_rows", table=target, source=rows, **parts))
        admin.execute(compose("benchmarks", "index_peer_rows", table=target))
    filling.say(f"Made the peers' tables of {layer.id} in {time.perf_counter() - begun:.0f} s")


def _settle(admin: Admin) -> None:
    """Rights, planner settings like our tile pool's, and statistics for every table, ours too."""
    admin.execute("GRANT USAGE ON SCHEMA peers TO prostor_loader")
    admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA peers TO prostor_loader")
    admin.execute("ALTER ROLE prostor_loader CONNECTION LIMIT -1")
    # tipg makes its catalogue of temporary functions.
    admin.execute("GRANT TEMPORARY ON DATABASE prostor TO prostor_loader")
    admin.execute("GRANT USAGE ON LANGUAGE plpgsql TO prostor_loader")
    admin.execute("ALTER ROLE prostor_loader SET jit = off")
    admin.execute("ALTER ROLE prostor_loader SET max_parallel_workers_per_gather = 0")
    admin.execute("VACUUM (FREEZE, ANALYZE)")
    admin.execute("CHECKPOINT")


def _measure(urls: DatabaseUrls, layers: tuple[BenchLayer, ...]) -> dict[str, Envelope]:
    extents = {}
    with psycopg.connect(plain_url(urls.loader)) as connection:
        for layer in layers:
            target = identifier(PEERS_SCHEMA, layer.tables["3794"])
            row = connection.execute(compose("benchmarks", "measure_rows", table=target)).fetchone() or ()
            west, south, east, north = (float(str(each)) for each in row)
            extents[layer.id] = Envelope(west, south, east, north, crs.D96)
    return extents
