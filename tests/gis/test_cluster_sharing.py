"""Several programs on one embedded cluster: the first starts it, the last one stops it, a mark keeps it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gis.cluster import EmbeddedCluster
from gis.cluster_sharing import keep_running, shared_cluster, stop_now
from gis.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """One home for these tests, each of which leaves nothing running."""
    folder = Path(tempfile.mkdtemp(prefix=f"prostor-test-{os.getpid()}-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    EmbeddedCluster(folder).stop()
    shutil.rmtree(folder)


def _runs(home: Path) -> bool:
    return EmbeddedCluster(home).status().pid is not None


def test_the_last_user_stops_it(home: Path) -> None:
    """It runs as long as anybody uses it, whoever began."""
    with shared_cluster(home):
        with shared_cluster(home):
            inner = _runs(home)
        outer = _runs(home)

    assert (inner, outer, _runs(home)) == (True, True, False)


def test_it_is_not_stopped_under_a_user(home: Path) -> None:
    """Stopping while another command uses it is refused in a sentence."""
    with shared_cluster(home), pytest.raises(ConflictError, match="in use"):
        stop_now(home)


def test_a_kept_one_runs_until_it_is_stopped(home: Path) -> None:
    """`database start` keeps it running without a user, and stopping lifts that."""
    keep_running(home)
    with shared_cluster(home):
        pass
    kept = _runs(home)
    stopped = stop_now(home)
    with shared_cluster(home):
        pass

    assert (kept, stopped, _runs(home)) == (True, True, False)


def test_one_that_a_killed_program_left_is_taken_over(home: Path) -> None:
    """A cluster found running without a user belongs to whoever comes next, and stops with them."""
    EmbeddedCluster(home).start()

    with shared_cluster(home) as cluster:
        found = cluster.status().pid

    assert found is not None
    assert not _runs(home)
