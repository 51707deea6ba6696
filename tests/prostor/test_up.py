"""`prostor up` and its neighbours as a person meets them: started, told twice, killed, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from gis.cluster import EmbeddedCluster
from gis.cluster_processes import find_members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gis.database import DatabaseUrls

ROOT = Path(__file__).parents[2]
PROSTOR = [sys.executable, "-c", "from prostor.commands import main; main()"]

pytestmark = pytest.mark.database


@contextmanager
def _temporary_home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix=f"prostor-test-{os.getpid()}-", dir="/tmp"))
    home.chmod(0o755)
    yield home
    EmbeddedCluster(home).stop()
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def shared_home() -> Iterator[Path]:
    """One home for all tests that leave nothing running: making a cluster takes seconds."""
    with _temporary_home() as home:
        yield home


@pytest.fixture
def empty_home() -> Iterator[Path]:
    """A home nobody has used."""
    with _temporary_home() as home:
        yield home


@pytest.fixture
def environment(shared_home: Path) -> dict[str, str]:
    """An environment with a home, a free port and a portal of which nothing is loaded."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {
        "PATH": os.environ["PATH"],
        "PROSTOR_HOME": str(shared_home),
        "PROSTOR_PORTAL": str(ROOT / "tests" / "portals" / "velenje"),
        "PROSTOR_PORT": str(port),
        "PROSTOR_WORKERS": "1",
    }


@contextmanager
def _up(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`prostor up` in a session of its own, killed at the end if it still runs."""
    with subprocess.Popen(
        [*PROSTOR, "up"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _address(process: subprocess.Popen[str]) -> str:
    """The first line on standard output, which comes when the service answers."""
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, process.stderr.read() if process.stderr else ""
    return line


def _run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROSTOR, *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def _status(address: str) -> int | None:
    try:
        with urllib.request.urlopen(f"{address}/health/ready", timeout=5) as answer:
            return int(answer.status)
    except (urllib.error.URLError, ConnectionError):
        return None


def _home(environment: dict[str, str]) -> Path:
    return Path(environment["PROSTOR_HOME"])


def test_up_serves_tells_the_second_and_stops_all_of_it(environment: dict[str, str]) -> None:
    """One `up` answers at the address it prints, a second is told of it, and SIGTERM ends everything with 0."""
    with _up(environment) as process:
        address = _address(process)
        ready = _status(address)
        second = _run(environment, "up")
        stop = _run(environment, "database", "stop")
        doctor = _run(environment, "doctor")
        process.send_signal(signal.SIGTERM)
        rest, said = process.communicate(timeout=300)

    assert ready == 200
    assert (second.returncode, stop.returncode) == (1, 1)
    assert "already runs" in second.stderr
    assert address in second.stderr
    assert "in use" in stop.stderr
    assert f"process {process.pid}, {address}" in doctor.stdout
    assert "WRONG" not in doctor.stdout
    assert process.returncode == 0, said
    assert rest == ""
    assert EmbeddedCluster(_home(environment)).status().pid is None
    assert _status(address) is None


def test_ctrl_c_at_the_terminal_ends_with_nought(environment: dict[str, str]) -> None:
    """Ctrl-C reaches every process of the terminal's group at once; no failure is told."""
    with _up(environment) as process:
        _address(process)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=300)

    assert process.returncode == 0, said
    assert "failed" not in said
    assert EmbeddedCluster(_home(environment)).status().pid is None


@pytest.mark.slow
def test_ctrl_c_while_starting_ends_with_nought(environment: dict[str, str]) -> None:
    """Stopped before it serves, nothing keeps running either."""
    with _up(environment) as process:
        assert process.stderr is not None
        while "Starting PostgreSQL" not in process.stderr.readline():
            pass
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=300)

    assert process.returncode == 0, said
    assert EmbeddedCluster(_home(environment)).status().pid is None


def test_up_after_kill_9_of_the_main_process(environment: dict[str, str]) -> None:
    """Workers end with the main process, and the next start takes over the database that still runs."""
    with _up(environment) as process:
        address = _address(process)
        process.kill()
        process.wait()

    with _up(environment) as process:
        again = _address(process)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=300)

    assert again == address
    assert process.returncode == 0
    assert EmbeddedCluster(_home(environment)).status().pid is None


@pytest.mark.slow
def test_up_after_kill_9_of_everything(environment: dict[str, str]) -> None:
    """When PostgreSQL was killed as well, the next start recovers and answers."""
    with _up(environment) as process:
        _address(process)
        process.kill()
        process.wait()
    for pid in find_members(EmbeddedCluster(_home(environment)).places.data):
        os.kill(pid, signal.SIGKILL)

    with _up(environment) as process:
        ready = _status(_address(process))

    assert ready == 200


def test_taken_port_is_told(environment: dict[str, str], empty_home: Path) -> None:
    """A port somebody else listens on is named before anything is started."""
    environment["PROSTOR_HOME"] = str(empty_home)

    with socket.create_server(("127.0.0.1", int(environment["PROSTOR_PORT"]))):
        refused = _run(environment, "up")

    assert refused.returncode == 1
    assert f"Port {environment['PROSTOR_PORT']} on 127.0.0.1 is taken" in refused.stderr
    assert not EmbeddedCluster(empty_home).places.exists


def test_nothing_is_loaded_into_an_existing_postgis(
    environment: dict[str, str], empty_home: Path, database_urls: DatabaseUrls
) -> None:
    """With its three URLs set an existing PostGIS is served as it is, the sample's portal notwithstanding."""
    del environment["PROSTOR_PORTAL"]
    environment |= _named(database_urls) | {"PROSTOR_HOME": str(empty_home)}

    with _up(environment) as process:
        ready = _status(_address(process))

    with psycopg.connect(database_urls.reader) as connection:
        row = connection.execute("SELECT count(*) FROM catalogue.layer").fetchone()
    assert ready == 200
    assert row == (0,)
    assert not EmbeddedCluster(empty_home).places.exists


def test_existing_postgis_without_catalogue_is_told(
    environment: dict[str, str], fresh_database: Callable[[], DatabaseUrls]
) -> None:
    """A database that was never migrated is not served, and the sentence says what to do."""
    urls = fresh_database()
    with psycopg.connect(urls.owner) as connection:
        connection.execute("DROP TABLE catalogue.migration")

    refused = _run(environment | _named(urls), "up")

    assert refused.returncode == 1
    assert "prostor database migrate" in refused.stderr


@pytest.mark.slow
def test_database_runs_until_it_is_stopped(environment: dict[str, str]) -> None:
    """`database start` outlives its command and those that use the database; `stop` ends it."""
    started = _run(environment, "database", "start")
    migrated = _run(environment, "database", "migrate")
    running = _run(environment, "database", "status")
    stopped = _run(environment, "database", "stop")
    status = _run(environment, "database", "status")

    codes = [done.returncode for done in (started, migrated, running, stopped, status)]
    assert codes == [0, 0, 0, 0, 1], started.stderr
    assert "runs as process" in running.stdout
    assert "does not run" in status.stdout


def test_wrong_usage_has_its_own_exit_status(environment: dict[str, str]) -> None:
    """An unknown command is wrong usage, 2, and not a failure."""
    assert _run(environment, "fly").returncode == 2


def test_wrong_setting_is_named(environment: dict[str, str]) -> None:
    """A setting that cannot be used is named with its variable."""
    refused = _run(environment | {"PROSTOR_PORT": "many"}, "up")

    assert refused.returncode == 1
    assert "PROSTOR_PORT" in refused.stderr


def test_unusable_portal_is_told_in_one_sentence(environment: dict[str, str], empty_home: Path) -> None:
    """A folder without portal.toml is named before the database is started, without a stack of calls."""
    environment |= {"PROSTOR_PORTAL": str(empty_home), "PROSTOR_HOME": str(empty_home)}

    refused = _run(environment, "up")

    assert refused.returncode == 1
    assert "portal.toml" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not EmbeddedCluster(empty_home).places.exists


def _named(urls: DatabaseUrls) -> dict[str, str]:
    return {
        "PROSTOR_DATABASE_URL": urls.reader,
        "PROSTOR_LOADER_URL": urls.loader,
        "PROSTOR_OWNER_URL": urls.owner,
    }
