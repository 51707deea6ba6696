"""One embedded cluster used by several programs at once: the first starts it, the last one stops it.

Each holds a shared lock on a file in the home while it uses the cluster; the system lets the lock go when
a program is killed. `prostor database start` leaves a mark that keeps the cluster running without anybody.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gis.cluster import EmbeddedCluster, quiet
from gis.cluster_places import open_lock
from gis.errors import ConflictError
from gis.provision import provision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

_LOCK_NAME = "cluster.lock"
_MARK_NAME = "keep-running"


@contextmanager
def shared_cluster(home: Path, report: Callable[[str], None] = quiet) -> Iterator[EmbeddedCluster]:
    """A running, provisioned cluster for as long as the block lasts; stopped at its end by the last user."""
    cluster = EmbeddedCluster(home)
    with open_lock(cluster.places.home / _LOCK_NAME) as lock:
        try:
            _start_or_join(cluster, lock, report)
            yield cluster
        finally:
            if _try_alone(lock) and not _mark(cluster).exists():
                cluster.stop(report)


def keep_running(home: Path, report: Callable[[str], None] = quiet) -> None:
    """Start the cluster and leave it running until `stop_now`."""
    with shared_cluster(home, report) as cluster:
        _mark(cluster).touch()


def stop_now(home: Path, report: Callable[[str], None] = quiet) -> bool:
    """Stop the cluster; False when it did not run. Raises ConflictError while another program uses it."""
    cluster = EmbeddedCluster(home)
    with open_lock(cluster.places.home / _LOCK_NAME) as lock:
        if not _try_alone(lock):
            raise ConflictError(
                "The database is in use by another `prostor` command on this machine; stop that one first."
            )
        _mark(cluster).unlink(missing_ok=True)
        return cluster.stop(report)


def _start_or_join(cluster: EmbeddedCluster, lock: IO[str], report: Callable[[str], None]) -> None:
    while True:
        if _try_alone(lock):
            cluster.start(report)
            provision(cluster)
        fcntl.flock(lock, fcntl.LOCK_SH)
        if cluster.status().pid is not None:
            return


def _try_alone(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _mark(cluster: EmbeddedCluster) -> Path:
    return cluster.places.home / _MARK_NAME
