"""The sample municipality for several test processes: the first imports it, the others restore its backup."""

from __future__ import annotations

import fcntl
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg import sql

from gis.cluster_places import find_programs
from gis.database import Database
from gis.provision import provision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import psycopg

    from gis.cluster import EmbeddedCluster
    from gis.database import DatabaseUrls


class SampleBackup:
    """A backup in a folder that all processes of one test run share."""

    def __init__(self, cluster: EmbeddedCluster, folder: Path) -> None:
        self._cluster = cluster
        self._file = folder / "sample.backup"
        self._lock = folder / "sample.lock"

    def make(self, name: str, template: str, fill: Callable[[Database], None]) -> DatabaseUrls:
        """A new database with the sample: restored, or copied from the template, filled and backed up."""
        with self._waiting(), self._cluster.superuser() as connection:
            if self._file.exists():
                _create(connection, name, "template0")
                self._run("pg_restore", "--dbname", name, str(self._file))
                return provision(self._cluster, name)
            _create(connection, name, template)
            provision(self._cluster, name)
            database = Database(self._cluster.urls(name))
            fill(database)
            database.dispose()
            unfinished = self._file.with_suffix(".unfinished")
            self._run("pg_dump", "--format=custom", "--compress=0", "--file", str(unfinished), name)
            unfinished.rename(self._file)
            return self._cluster.urls(name)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """Until no other process imports; the kernel lets go of the lock of one that ends."""
        with self._lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def _run(self, program: str, *words: str) -> None:
        with self._cluster.superuser() as connection:
            known = connection.info
            where = ("--host", known.host, "--port", str(known.port), "--username", known.user)
        subprocess.run([find_programs().path(program), *where, *words], check=True)


def _create(connection: psycopg.Connection[tuple[object, ...]], name: str, template: str) -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    )
