"""An embedded cluster from first start to recovery: adopted, killed, cleared away."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from gis.cluster import EmbeddedCluster
from gis.cluster_processes import find_members, find_postmaster
from gis.errors import ConfigurationError, UnavailableError
from gis.provision import provision

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.database


@pytest.fixture
def home() -> Iterator[Path]:
    """A short folder PostgreSQL's user may enter."""
    folder = Path(tempfile.mkdtemp(prefix=f"prostor-test-{os.getpid()}-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    EmbeddedCluster(folder).stop()
    shutil.rmtree(folder)


def _start(home: Path, *, durable: bool = False) -> EmbeddedCluster:
    cluster = EmbeddedCluster(home, durable=durable)
    cluster.start()
    return cluster


def _kill_postmaster(cluster: EmbeddedCluster) -> None:
    postmaster = cluster.status().pid
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)


def test_starts_once_and_keeps_its_data(home: Path) -> None:
    """The first start makes the cluster, the second finds it running, and stopping keeps what was stored."""
    said: list[str] = []
    cluster = EmbeddedCluster(home, durable=False)

    first = cluster.start(said.append)
    second = EmbeddedCluster(home, durable=False).start(said.append)
    with cluster.superuser() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    stopped = cluster.stop()
    stopped_again = cluster.stop()
    cluster.start()
    with cluster.superuser() as connection:
        row = connection.execute("SELECT answer FROM kept").fetchone()

    assert (first, second, stopped, stopped_again) == (True, False, True, False)
    assert said[0].startswith("Making a database cluster")
    assert row == (42,)


def test_runs_as_an_unprivileged_user(home: Path) -> None:
    """PostgreSQL never runs as root, and nobody else may enter its folders."""
    cluster = _start(home)

    postmaster = cluster.status().pid
    owner = Path(f"/proc/{postmaster}").owner()

    assert owner == cluster.status().user != "root"
    assert cluster.places.root.stat().st_mode & 0o777 == 0o700
    assert cluster.places.socket_folder.stat().st_mode & 0o777 == 0o700
    assert cluster.places.logins.exists() is False
    cluster.urls()
    assert cluster.places.logins.stat().st_mode & 0o777 == 0o600


def test_starts_again_after_everything_was_killed(home: Path) -> None:
    """After kill -9 of every process the next start recovers what was committed."""
    cluster = _start(home, durable=True)
    with cluster.superuser() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    _kill_postmaster(cluster)
    for pid in find_members(cluster.places.data):
        os.kill(pid, signal.SIGKILL)

    started = EmbeddedCluster(home).start()

    with cluster.superuser() as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert started


def test_ends_a_busy_orphan_before_starting(home: Path) -> None:
    """A backend that still works after its main process was killed does not keep the next start away."""
    cluster = _start(home)

    def work() -> None:
        with pytest.raises(psycopg.Error), cluster.superuser() as connection:
            connection.execute("SELECT count(*) FROM generate_series(1, 1000000000000) AS n WHERE n % 2 = 3")

    busy = threading.Thread(target=work)
    busy.start()
    _wait_for_question(cluster)
    _kill_postmaster(cluster)
    said: list[str] = []

    EmbeddedCluster(home, durable=False).start(said.append)

    busy.join(timeout=20)
    assert not busy.is_alive()
    assert "Ending what a killed PostgreSQL left behind" in said


def _wait_for_question(cluster: EmbeddedCluster) -> None:
    question = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%generate_series%' AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with cluster.superuser() as connection:
            if connection.execute(question).fetchone():
                return
        time.sleep(0.05)
    pytest.fail("the long question never began")


def test_stale_pid_file_naming_a_stranger_is_ignored(home: Path) -> None:
    """A pid file whose number now belongs to another program does not count as a running cluster."""
    cluster = _start(home)
    cluster.stop()
    pid_file = cluster.places.data / "postmaster.pid"
    pid_file.write_text(f"{os.getppid()}\n{cluster.places.data}\n1\n5432\n\n\n\nready\n", encoding="utf-8")

    assert find_postmaster(cluster.places.data) is None
    assert EmbeddedCluster(home, durable=False).start()


def test_half_made_cluster_is_made_anew(home: Path) -> None:
    """A start killed while making the cluster leaves a draft that the next start throws away."""
    cluster = _start(home)
    cluster.stop()
    cluster.places.data.rename(cluster.places.root / "data.new")
    (cluster.places.root / "data.new" / "PG_VERSION").unlink()

    assert EmbeddedCluster(home, durable=False).start()


def test_lost_passwords_are_made_anew(home: Path) -> None:
    """Without its password file the cluster gets new passwords at the next provisioning."""
    cluster = _start(home)
    before = provision(cluster)
    cluster.places.logins.unlink()

    after = provision(cluster)

    assert before.reader != after.reader
    with psycopg.connect(after.reader) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("prostor_reader",)


def test_damaged_password_file_is_named(home: Path) -> None:
    """A password file that cannot be read is named in one sentence."""
    (home / "logins.json").write_text("{", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"logins\.json is damaged"):
        EmbeddedCluster(home).urls()


def test_wrong_own_setting_is_told_in_postgresqls_words(home: Path) -> None:
    """When PostgreSQL refuses to start, its last grave line and its log are named."""
    cluster = _start(home)
    cluster.stop()
    own = cluster.places.data / "postgresql.auto.conf"
    own.write_text("shared_buffers = 'plenty'\n", encoding="utf-8")

    with pytest.raises(UnavailableError, match=r"PostgreSQL said: .*FATAL.*postgresql\.log"):
        cluster.start()
