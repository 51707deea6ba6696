"""Where reading children come from: one server, which may go at any time, and which leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.reading.sandbox import readers, run_import

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from layers.reading.job import ImportJob

ROOT = Path(__file__).parents[3]
SQUARES = [shapely.box(x, 135_000, x + 80, 135_060) for x in range(502_000, 504_000, 400)]


@pytest.fixture(autouse=True)
def _own_server() -> Iterator[None]:
    """The server of each test is its own."""
    readers.end()
    yield
    readers.end()


@pytest.fixture
def make_whole_job(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, make_job: Any
) -> Callable[[], ImportJob]:
    """Makes jobs of five squares, each in a staging folder of its own."""

    def make() -> ImportJob:
        job: ImportJob = make_job(make_reading_manifest(), write_source(tmp_path / "areas.shp", SQUARES))
        return job

    return make


def servers() -> list[int]:
    """The servers that this process has."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    return [int(pid) for pid in children if b"layers.reading.forkserver" in words_of(int(pid))]


def words_of(pid: int) -> bytes:
    """The command of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_a_second_source_is_read_by_a_child_of_the_same_server(make_whole_job: Callable[[], ImportJob]) -> None:
    """Which holds no file of a source open, and none of its libraries."""
    first = run_import(make_whole_job())
    (server,) = servers()
    second = run_import(make_whole_job())

    assert servers() == [server]
    assert first.copy_sha256 == second.copy_sha256
    libraries = Path(f"/proc/{server}/maps").read_text(encoding="utf-8")
    assert "libgeos" in libraries
    assert "libgdal" not in libraries
    held = [str(handle.readlink()) for handle in Path(f"/proc/{server}/fd").iterdir()]
    assert [name for name in held if "staging" in name or "errors" in name] == []


def test_a_server_that_was_killed_is_started_again(make_whole_job: Callable[[], ImportJob]) -> None:
    """Whoever killed it between two imports: the second notices nothing."""
    run_import(make_whole_job())
    (killed,) = servers()
    os.kill(killed, signal.SIGKILL)

    again = run_import(make_whole_job())

    assert again.row_count == len(SQUARES)
    assert servers() != [killed]


def test_several_threads_read_at_once(make_whole_job: Callable[[], ImportJob]) -> None:
    """Each has its own child, its own pipes and its own answer."""
    jobs = [make_whole_job() for _ in range(4)]

    with ThreadPoolExecutor(4) as threads:
        read = list(threads.map(run_import, jobs))

    assert len({reading.copy_sha256 for reading in read}) == 1
    assert [reading.row_count for reading in read] == [len(SQUARES)] * 4
    assert len(servers()) == 1


def test_a_forked_copy_has_a_server_of_its_own(make_whole_job: Callable[[], ImportJob]) -> None:
    """And does not keep the server of the original alive."""
    run_import(make_whole_job())
    (server,) = servers()
    job = make_whole_job()
    copy = os.fork()
    if copy == 0:
        status = 1
        try:
            status = 0 if run_import(job).row_count == len(SQUARES) else 2
            signal.pause()
        finally:
            os._exit(status)
    try:
        readers.end()

        assert gone(server)
    finally:
        os.kill(copy, signal.SIGKILL)
        os.waitpid(copy, 0)


def test_nothing_is_left_of_a_killed_program(make_whole_job: Callable[[], ImportJob]) -> None:
    """The server ends when nobody can ask it any more."""
    program = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom layers.reading.job import ImportJob\n"
        "from layers.reading.sandbox import run_import\n"
        "run_import(ImportJob.model_validate_json(sys.stdin.readline()))\n"
        "print(Path(f'/proc/self/task/{os.getpid()}/children').read_text(), flush=True)\n"
        "signal.pause()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(make_whole_job().model_dump_json() + "\n")
        parent.stdin.flush()
        (server,) = map(int, parent.stdout.readline().split())
        parent.kill()

    assert gone(server)


def gone(pid: int) -> bool:
    """Wait until a process has ended; False when it has not after long."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if not Path(f"/proc/{pid}").exists() or not words_of(pid):
            return True
        time.sleep(0.02)
    return False
