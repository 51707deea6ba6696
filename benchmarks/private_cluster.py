"""A PostGIS of a benchmark's own: in a folder of its own, stopped and removed afterwards."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gis.cluster import EmbeddedCluster
from gis.database import Database
from gis.provision import provision
from layers.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def private_cluster(*, durable: bool = False) -> Iterator[tuple[EmbeddedCluster, Path]]:
    """A running cluster, and a folder for whatever else is needed; `durable` as `prostor up` makes it."""
    with tempfile.TemporaryDirectory(prefix="prostor-bench-", dir="/tmp") as name:
        folder = Path(name)
        home = folder / "cluster"
        home.mkdir()
        for each in (folder, home):
            each.chmod(0o755)
        cluster = EmbeddedCluster(home, durable=durable)
        cluster.start()
        try:
            yield cluster, folder
        finally:
            cluster.stop()


@contextmanager
def private_database(*, durable: bool = False) -> Iterator[tuple[Database, Path]]:
    """The same with an empty catalogue in it."""
    with private_cluster(durable=durable) as (cluster, folder):
        database = Database(provision(cluster))
        try:
            migrate(database)
            yield database, folder
        finally:
            database.dispose()
