"""Holding what makes tiles: a table locked for a moment, and the statements PostgreSQL was asked meanwhile."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg import sql
from sqlalchemy.engine import make_url

from gis.database import Database
from layers.catalogue import Catalogue
from tests.prostor.serving.running import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gis.cluster import EmbeddedCluster
    from tests.prostor.publishing.town import Town

_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name = 'prostor-tiles' "
    "AND wait_event_type = 'Lock'"
)


def database_of(town: Town) -> str:
    """The name of its database."""
    return str(make_url(town.urls.reader).database)


def table_of(town: Town, layer: str) -> str:
    """The table of the published version."""
    database = Database(town.urls)
    try:
        return Catalogue(database).find(layer).table_name
    finally:
        database.dispose()


@contextmanager
def held(cluster: EmbeddedCluster, town: Town) -> Iterator[Callable[[], None]]:
    """Nobody can read the layers' tables in the block; what it gets waits until somebody tries to."""
    name = database_of(town)
    tables = sql.SQL(", ").join(sql.Identifier("data", table_of(town, layer)) for layer in town.layers)
    with cluster.superuser(name) as administrator, cluster.superuser() as onlooker:

        def wait() -> None:
            wait_until(lambda: onlooker.execute(_WAITING, [name]).fetchone() != (0,), "a tile is being made")

        with administrator.transaction():
            administrator.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables))
            yield wait


class Notes:
    """What PostgreSQL writes down of the statements that make tiles of a town."""

    def __init__(self, log: Path, town: Town) -> None:
        self._log = log
        self._tables = {layer: f'"{table_of(town, layer)}"' for layer in town.layers}
        self._position = 0
        self.forget()

    def forget(self) -> None:
        """Begin to count anew."""
        self._position = self._log.stat().st_size

    def count(self) -> dict[str, int]:
        """How many statements read the table of each layer since then."""
        with self._log.open(encoding="utf-8") as file:
            file.seek(self._position)
            statements = [part for part in file.read().split("LOG:") if "ST_AsMVT(" in part]
        return {layer: sum(table in each for each in statements) for layer, table in self._tables.items()}


@contextmanager
def noted(cluster: EmbeddedCluster, town: Town) -> Iterator[Notes]:
    """PostgreSQL writes down every statement of sessions that begin in the block."""
    name = sql.Identifier(database_of(town))
    with cluster.superuser() as administrator:
        administrator.execute(sql.SQL("ALTER DATABASE {} SET log_statement = 'all'").format(name))
        yield Notes(cluster.places.log, town)
        administrator.execute(sql.SQL("ALTER DATABASE {} RESET log_statement").format(name))


def at_once(*acts: Callable[[], object]) -> list[threading.Thread]:
    """Begin them all at the same moment, each in a thread of its own."""
    barrier = threading.Barrier(len(acts))

    def begin(act: Callable[[], object]) -> None:
        barrier.wait()
        act()

    threads = [threading.Thread(target=begin, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    return threads
