"""What applies on a parcel, measured over HTTP: JSON for eight clients at 100,000 parcels, and one PDF alone.

    python -m benchmarks.parcel_answers [--copies 12] [--clients 8] [--seconds 20] [--workers 3]

The sample municipality is imported into a private PostGIS and laid out so many times side by side: with twelve
copies there are 104,000 parcels, and thirteen layers answer. Every request asks another parcel, so nothing is
remembered. CPU seconds stand beside the times, for a machine that has something else to do as well.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import sys
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from benchmarks.private_cluster import private_cluster
from benchmarks.serving.processes import Processes, cpu_seconds, free_port
from gis.database import Database, plain_url
from gis.provision import provision
from gis.settings import Settings
from layers.catalogue import Catalogue
from layers.migrations import migrate
from prostor.portal_choice import read_chosen_portal
from prostor.sample import import_missing_layers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gis.cluster import EmbeddedCluster
    from gis.database import DatabaseUrls
    from layers.catalogue import PublishedLayer

_SIDE_METRES = 7_000
_COPIES_IN_A_ROW = 4
_PROGRAM = "from prostor.commands import main; main()"
_WARM_REQUESTS = 40


@dataclass(frozen=True)
class Measured:
    """Times of requests in seconds, and the CPU seconds that service and database took for all of them."""

    times: tuple[float, ...]
    cpu: float
    wall: float

    def quantile(self, share: float) -> float:
        """The time that this share of the requests did not exceed."""
        ordered = sorted(self.times)
        return ordered[min(round(share * len(ordered)), len(ordered) - 1)]


def main() -> None:
    """Lay out the land, start the service, ask, and print one line for each measurement."""
    given = _read_arguments()
    with private_cluster() as (cluster, folder):
        _measure(cluster, folder, given)


def _measure(cluster: EmbeddedCluster, folder: Path, given: argparse.Namespace) -> None:
    urls = provision(cluster, "bench")
    database = Database(urls)
    migrate(database)
    import_missing_layers(database, read_chosen_portal(Settings(home=folder)), folder, _report)
    layers = Catalogue(database).published()
    with psycopg.connect(plain_url(urls.loader), autocommit=True) as connection:
        for layer in layers:
            _report(f"Laying out {layer.id}")
            _copy(connection, layer, given.copies)
        parcels = _read_parcels(connection, layers)
    database.dispose()
    _report(f"{len(parcels):,} parcels, {len(layers)} layers")
    port, processes = free_port(), Processes(folder, "prostor")
    processes.start(
        [sys.executable, "-c", _PROGRAM, "serve"], service_environment(urls, folder, port, given.workers)
    )
    try:
        processes.await_port(port)
        _ask_all(port, processes, cluster, parcels, given)
    finally:
        processes.stop()


def _ask_all(
    port: int,
    processes: Processes,
    cluster: EmbeddedCluster,
    parcels: Sequence[str],
    given: argparse.Namespace,
) -> None:
    paths = iter(parcels)
    roots = [*processes.roots, *_postmaster(cluster)]
    _ask(port, itertools.islice(paths, _WARM_REQUESTS), "json")
    measured = _ask_with_clients(port, paths, roots, given.clients, given.seconds)
    count, (p50, p95) = len(measured.times), (measured.quantile(share) * 1e3 for share in (0.5, 0.95))
    _say(
        f"JSON, {given.clients} clients: {count} answers, p50 {p50:.0f} ms, p95 {p95:.0f} ms, "
        f"{count / measured.wall:.0f} a second, {measured.cpu / count * 1e3:.1f} ms of CPU each"
    )
    _ask(port, itertools.islice(paths, 2 * given.workers), "pdf")
    before = cpu_seconds(roots)
    times = _ask(port, itertools.islice(paths, 5), "pdf")
    _say(
        f"PDF, alone: median {sorted(times)[2]:.2f} s, longest {max(times):.2f} s, "
        f"{(cpu_seconds(roots) - before) / 5:.2f} s of CPU each"
    )


def _ask_with_clients(
    port: int, paths: Iterator[str], roots: Sequence[int], clients: int, seconds: float
) -> Measured:
    """Ask with so many clients at once, each its next parcel as soon as it has an answer."""
    lock, times = threading.Lock(), []
    ends_at, before, began = time.monotonic() + seconds, cpu_seconds(roots), time.monotonic()

    def ask() -> None:
        while time.monotonic() < ends_at:
            with lock:
                path = next(paths)
            times.extend(_ask(port, [path], "json"))

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Measured(tuple(times), cpu_seconds(roots) - before, time.monotonic() - began)


def _ask(port: int, paths: Sequence[str] | Iterator[str], form: str) -> list[float]:
    """Seconds for each, one after the other."""
    times = []
    for path in paths:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        began = time.perf_counter()
        connection.request("GET", f"/parcels/{path}?f={form}")
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        connection.close()
        if answer.status != 200:
            sys.exit(f"/parcels/{path} answered {answer.status}")
    return times


def _copy(connection: psycopg.Connection[tuple[object, ...]], layer: PublishedLayer, copies: int) -> None:
    """Lay the layer out again, to the east and north of the first; parcels and buildings get other KOs."""
    table = sql.Identifier("data", layer.table_name)
    own = ["_fid", "_key", "_title", "_search", "_size", "_label_width"]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(table))
        names = [column.name for column in cursor.description or ()]
    geometries = [name for name in names if name in ("_geom", "_label")]
    plain = [name for name in names if name not in (*own, *geometries)]
    has_ko = layer.manifest.key[:1] == ("ko",)
    key = "(ko + %(copy)s * 10)::text || substring(_key from '-.*')" if has_ko else "_key || '-' || %(copy)s"
    values = {
        **{name: sql.Identifier(name) for name in (*own, *plain)},
        **{
            name: sql.SQL("ST_Translate({}, %(east)s, %(north)s)").format(sql.Identifier(name))
            for name in geometries
        },
        "_fid": sql.SQL("_fid + %(copy)s * 4503599627370496"),
        "_key": sql.SQL(key),
        **({"ko": sql.SQL("ko + %(copy)s * 10")} if has_ko else {}),
    }
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} WHERE _fid < 4503599627370496").format(
        table,
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(values.values()),
        table,
    )
    for copy in range(1, copies):
        north, east = divmod(copy, _COPIES_IN_A_ROW)
        shift = {"copy": copy, "east": east * _SIDE_METRES, "north": north * _SIDE_METRES}
        connection.execute(statement, shift)
    connection.execute(sql.SQL("ANALYZE {}").format(table))


def _read_parcels(
    connection: psycopg.Connection[tuple[object, ...]], layers: Sequence[PublishedLayer]
) -> list[str]:
    """Addresses of all parcels, shuffled alike in each run."""
    (layer,) = (each for each in layers if each.id == "parcels")
    rows = connection.execute(
        sql.SQL("SELECT ko || '/' || number FROM {} ORDER BY _fid").format(
            sql.Identifier("data", layer.table_name)
        )
    ).fetchall()
    paths = [str(row[0]) for row in rows]
    random.Random(1).shuffle(paths)  # noqa: S311  no secret
    return paths


def service_environment(urls: DatabaseUrls, folder: Path, port: int, workers: int) -> dict[str, str]:
    """What the service is started with."""
    return {
        **os.environ,
        "PROSTOR_HOME": str(folder / "home"),
        "PROSTOR_DATABASE_URL": urls.reader,
        "PROSTOR_LOADER_URL": urls.loader,
        "PROSTOR_OWNER_URL": urls.owner,
        "PROSTOR_PORT": str(port),
        "PROSTOR_WORKERS": str(workers),
    }


def _postmaster(cluster: EmbeddedCluster) -> list[int]:
    """The process of PostgreSQL that all others are below."""
    with cluster.superuser() as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid', 0, 20)").fetchone()
    return [int(str(row[0]).split()[0])] if row else []


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=12)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--workers", type=int, default=3)
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _report(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    main()
