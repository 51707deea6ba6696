"""What readers notice of publishing: our pointer against the ways other tools replace a table, in one run.

    python -m benchmarks.publishing [--parcels 20000] [--seconds 6] [--readers 4]

Every strategy makes the same table from the same rows and puts it in the place of the one before, again and
again, while readers ask for windows of a hundred features; then once more beside a reader who takes two seconds
over each question. Only ratios mean anything; they stand in docs/operations/publishing-while-reading.md.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from benchmarks.private_cluster import private_database
from benchmarks.tiles import import_parcels
from gis.database import Database, plain_url
from gis.errors import ProstorError
from gis.logs import configure_logging
from gis.settings import Settings
from gis.statements import compose, identifier, read_statement
from layers.catalogue import Catalogue
from layers.loading.plan import table_name
from layers.loading.publish import move_pointer
from layers.loading.retire import sweep
from layers.model import DATA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gis.envelope import Envelope
    from layers.catalogue import PublishedLayer

    Connection = psycopg.Connection[tuple[object, ...]]

LONG_QUESTION_SECONDS = 2.0
QUIET_SECONDS = 3
# The rows that every strategy publishes; the janitor may drop the table they were imported into.
SOURCE = identifier(DATA, "peer_source")
_PAUSE_SECONDS = 0.1
_WINDOW_METRES = 150.0


@dataclass
class Result:
    """What the readers met under one strategy."""

    waits: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    mixed: int = 0
    publications: int = 0

    def quantile(self, share: float) -> float:
        """The wait that this share of the reads did not exceed, in milliseconds."""
        ordered = sorted(self.waits) or [0.0]
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class Strategy(ABC):
    """One way to put a new table in the place of the old one; `editions` tell them apart."""

    name: str

    def __init__(self, database: Database, layer: PublishedLayer) -> None:
        self.database = database
        self.layer = layer
        self.editions = itertools.count(1)

    def prepare(self) -> None:
        """Make what readers read at the beginning."""
        self.publish()

    @abstractmethod
    def publish(self) -> None:
        """Make a new table and publish it."""

    @abstractmethod
    def find_table(self) -> sql.Composable:
        """The table a reader reads now."""

    @abstractmethod
    def clear(self) -> None:
        """Remove what was made."""

    def copy(self, connection: Connection, table: sql.Composable) -> None:
        """A new table with the source's rows and an index."""
        edition = sql.Literal(next(self.editions))
        connection.execute(compose("benchmarks", "copy_rows_of", table=table, edition=edition, source=SOURCE))
        connection.execute(compose("benchmarks", "index_rows", table=table))


class Nothing(Strategy):
    """Nobody publishes: what reading costs by itself."""

    name = "nobody publishes"
    table = identifier(DATA, "peer")

    def prepare(self) -> None:
        with self.database.loading() as connection:
            self.copy(connection, self.table)

    def publish(self) -> None:
        time.sleep(_PAUSE_SECONDS)

    def find_table(self) -> sql.Composable:
        return self.table

    def clear(self) -> None:
        with self.database.loading() as connection:
            connection.execute(compose("benchmarks", "drop_rows", table=self.table))


class DropAndCreate(Nothing):
    """`ogr2ogr -overwrite`, `shp2pgsql -d`: the table goes, the next one comes, each step for itself."""

    name = "drop + create"

    def publish(self) -> None:
        self.clear()
        self.prepare()


class Rename(Nothing):
    """A table beside it, then two renames in one transaction."""

    name = "rename swap"

    def publish(self) -> None:
        fresh, old = identifier(DATA, "peer_new"), identifier(DATA, "peer_old")
        with self.database.loading() as connection:
            self.copy(connection, fresh)
            connection.execute(
                compose("benchmarks", "rename_rows", table=self.table, renamed=identifier("peer_old"))
            )
            connection.execute(compose("benchmarks", "rename_rows", table=fresh, renamed=identifier("peer")))
            connection.execute(compose("benchmarks", "drop_rows", table=old))


class TruncateAndInsert(Nothing):
    """The table is emptied and filled again in one transaction."""

    name = "truncate + insert"

    def publish(self) -> None:
        edition = sql.Literal(next(self.editions))
        with self.database.loading() as connection:
            connection.execute(compose("benchmarks", "truncate_rows", table=self.table))
            connection.execute(
                compose("benchmarks", "insert_rows_of", table=self.table, edition=edition, source=SOURCE)
            )


class ViewSwap(Strategy):
    """Readers read a view, which is made to show another table."""

    name = "view swap"
    view = identifier(DATA, "peer")

    def publish(self) -> None:
        self._turn = 1 - getattr(self, "_turn", 1)
        fresh, old = (identifier(DATA, f"peer_{turn}") for turn in (self._turn, 1 - self._turn))
        with self.database.loading() as connection:
            connection.execute(compose("benchmarks", "drop_rows", table=fresh))
            self.copy(connection, fresh)
            connection.execute(compose("benchmarks", "replace_view", view=self.view, table=fresh))
            connection.execute(compose("benchmarks", "drop_rows", table=old))

    def find_table(self) -> sql.Composable:
        return self.view

    def clear(self) -> None:
        with self.database.loading() as connection:
            connection.execute(compose("benchmarks", "drop_view", view=self.view))
            for turn in (0, 1):
                connection.execute(compose("benchmarks", "drop_rows", table=identifier(DATA, f"peer_{turn}")))


class Pointer(Strategy):
    """Ours: a table per version, one pointer, the catalogue's memory, and the janitor."""

    name = "pointer (Prostor)"

    def __init__(self, database: Database, layer: PublishedLayer) -> None:
        super().__init__(database, layer)
        self._catalogue = Catalogue(database)

    def publish(self) -> None:
        with self.database.loading() as connection:
            edition = time.time_ns()
            row = connection.execute(
                read_statement("benchmarks", "copy_version"), {"id": self.layer.version_id, "edition": edition}
            ).fetchone()
            version_id = int(str(row[0])) if row else 0
            name = table_name(version_id)
            self.copy(connection, identifier(DATA, name))
            move_pointer(connection, self.layer.id, version_id, who="benchmark", facts={})
        sweep(self.database, Path(tempfile.gettempdir(), "prostor-bench-nowhere"), quiet_seconds=QUIET_SECONDS)

    def find_table(self) -> sql.Composable:
        return identifier(DATA, self._catalogue.find(self.layer.id).table_name)

    def clear(self) -> None:
        """The janitor does it."""


STRATEGIES = (Nothing, DropAndCreate, Rename, ViewSwap, TruncateAndInsert, Pointer)


def main() -> None:
    """Import, measure every strategy with and without a long question, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each strategy is measured, twice")
    parser.add_argument("--readers", type=int, default=4)
    given = parser.parse_args()
    configure_logging(Settings(log_level="warning"))
    with private_database() as (database, home):
        layer = import_parcels(database, home, given.parcels)
        keep_rows(database, layer)
        for long_question in (False, True):
            report(
                long_question,
                {
                    kind.name: measure(kind(database, layer), given.seconds, given.readers, long_question)
                    for kind in STRATEGIES
                },
            )


def keep_rows(database: Database, layer: PublishedLayer) -> None:
    """Put the imported rows where no strategy drops them."""
    with database.loading() as connection:
        table = identifier(DATA, layer.table_name)
        connection.execute(compose("benchmarks", "keep_rows", table=SOURCE, source=table))


def measure(strategy: Strategy, seconds: float, readers: int, long_question: bool) -> Result:
    """Publish over and over for so long, while readers read."""
    result, stop = Result(), threading.Event()
    strategy.prepare()
    work: list[Callable[[], None]] = [
        lambda seed=seed: read(strategy, result, stop, seed)  # type: ignore[misc]
        for seed in range(readers)
    ]
    if long_question:
        work.append(lambda: ask_for_long(strategy, stop))
    with at_once(work, stop):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            strategy.publish()
            result.publications += 1
            time.sleep(_PAUSE_SECONDS)
    strategy.clear()
    return result


def read(strategy: Strategy, result: Result, stop: threading.Event, seed: int) -> None:
    """Ask for window after window, and write down how long each took."""
    dice = random.Random(seed)  # noqa: S311  nothing secret here
    extent = strategy.layer.native_extent
    if extent is None:
        return
    with reader(strategy.database) as connection:
        while not stop.is_set():
            began = time.perf_counter()
            try:
                row = ask(strategy, connection, window(extent, dice))
            except (psycopg.Error, ProstorError) as exc:
                result.failures[type(exc).__name__] += 1
                continue
            result.waits.append(time.perf_counter() - began)
            result.mixed += row[0] == 0 or row[1] != row[2]


def ask(strategy: Strategy, connection: Connection, values: dict[str, float]) -> tuple[object, ...]:
    """One read, as a request does it: find the table, then ask it."""
    srid = sql.Literal(strategy.layer.srid)
    statement = compose("benchmarks", "read_window", table=strategy.find_table(), srid=srid)
    return connection.execute(statement, values).fetchone() or (0, None, None)


def window(extent: Envelope, dice: random.Random) -> dict[str, float]:
    """A window somewhere in the layer."""
    west = dice.uniform(extent.west, extent.east - _WINDOW_METRES)
    south = dice.uniform(extent.south, extent.north - _WINDOW_METRES)
    return {"west": west, "south": south, "east": west + _WINDOW_METRES, "north": south + _WINDOW_METRES}


def ask_for_long(strategy: Strategy, stop: threading.Event) -> None:
    """A reader who takes two seconds over one question, always."""
    with reader(strategy.database) as connection:
        while not stop.is_set():
            try:
                statement = compose("benchmarks", "read_for_long", table=strategy.find_table())
                connection.execute(statement, {"seconds": LONG_QUESTION_SECONDS})
            except (psycopg.Error, ProstorError):
                time.sleep(_PAUSE_SECONDS)


@contextmanager
def reader(database: Database) -> Iterator[Connection]:
    """A connection with the reader's login, which waits for locks as long as it takes."""
    url = plain_url(database.urls.reader)
    # No prepared statements: they would fail by themselves when a table is replaced under its name.
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        connection.execute("SET lock_timeout = 0")
        yield connection


@contextmanager
def at_once(work: list[Callable[[], None]], stop: threading.Event) -> Iterator[None]:
    """Everything in a thread of its own, told to stop when the block ends."""
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def report(long_question: bool, results: dict[str, Result]) -> None:
    """One table."""
    title = "with a reader of 2 s" if long_question else "short reads only"
    lines = ["", f"{title:22} publications   reads  failed  mixed   p50 ms   p99 ms   max ms"]
    for name, each in results.items():
        waits = "".join(f"{each.quantile(share):9.1f}" for share in (0.5, 0.99, 1.0))
        failed = each.failures.total()
        counts = f"{each.publications:12} {len(each.waits) + failed:7} {failed:7} {each.mixed:6}"
        lines.append(f"  {name:20} {counts}{waits}  {' '.join(each.failures)}".rstrip())
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
