"""The child process: what it is not allowed, how it ends, and what a clerk reads when it does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fiona
import numpy as np
import pytest
import shapely

from gis.errors import SourceError
from layers.reading.drivers import ALL_DRIVERS, DRIVERS, skipped_drivers
from layers.reading.job import Limits
from layers.reading.sandbox import environment, isolation, readers

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
SQUARES = [shapely.box(x, 135_000, x + 80, 135_060) for x in range(502_000, 504_000, 400)]


# Forks children as the server does, but they do something else than reading.
IMPOSTOR = """#!{python}
import socket, subprocess, sys
from layers.reading.forkserver import serve
words = {words!r}
serve(socket.socket(fileno=int(sys.argv[-1])), lambda: subprocess.run(["sh", "-c", words]).returncode)
"""


def run_inside(program: str, kind: Any = "geojson") -> str:
    """What a program prints that runs as the child does."""
    command = [*isolation(), sys.executable, "-P", "-s", "-c", program]
    return subprocess.run(command, env=environment(kind), check=True, capture_output=True, text=True).stdout


def tangle(corners: int) -> Any:
    """A ring through random corners, which crosses itself at almost every edge."""
    places = np.random.default_rng(1).uniform((505_000, 135_000), (506_000, 136_000), (corners, 2))
    return shapely.Polygon(places)


def test_the_child_reads_and_answers(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, read_in_child: Any
) -> None:
    """The same reading as in this process, counted and hashed."""
    source = write_source(tmp_path / "areas.shp", SQUARES)

    reading = read_in_child(make_reading_manifest(), source)

    assert reading.row_count == 5
    assert len(reading.copy_sha256) == 64


def test_the_list_of_drivers_is_complete() -> None:
    """A driver that came with a new GDAL must be switched off as well."""
    with fiona.Env() as env:
        registered = set(env.drivers())

    assert registered <= set(ALL_DRIVERS)


@pytest.mark.parametrize("kind", ["shapefile", "geopackage", "geojson", "csv"])
def test_only_one_driver_is_there(kind: Any) -> None:
    """GDAL itself knows one driver in the child, whatever is opened how."""
    program = "import fiona\nwith fiona.Env() as env: print('\\n'.join(env.drivers()))"

    found = run_inside(program, kind).split("\n")[:-1]

    assert [name for name in found if name] == ([DRIVERS[kind]] if kind in DRIVERS else [])
    assert DRIVERS.get(kind) not in skipped_drivers(kind)


def test_there_is_no_network() -> None:
    """Not even to this machine."""
    if not isolation():
        pytest.skip("this machine allows no process without network")
    program = (
        "import socket\n"
        "for address in (('127.0.0.1', 5432), ('192.0.2.1', 80)):\n"
        "    try: socket.create_connection(address, timeout=1)\n"
        "    except OSError as error: print(error.errno)\n"
        "    else: print('reached')\n"
    )

    unreachable = {"101", "111", "99"}
    assert set(run_inside(program).split()) <= unreachable
    assert len(run_inside(program).split()) == 2


def test_no_secret_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connection strings of the parent stay with the parent."""
    monkeypatch.setenv("PROSTOR_LOADER_URL", "postgresql://loader:secret@/prostor")

    assert "secret" not in json.dumps(environment("geojson"))


def test_a_deadline_ends_it(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, read_in_child: Any
) -> None:
    """A reader that does not come back is killed, and the clerk is told what to do."""
    source = write_source(tmp_path / "areas.shp", SQUARES)

    with pytest.raises(SourceError, match="took longer than 0 minutes"):
        read_in_child(make_reading_manifest(), source, limits=Limits(wall_seconds=0))


def test_too_much_memory_ends_it(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, read_in_child: Any
) -> None:
    """The reader dies alone; the importer goes on with a sentence."""
    source = write_source(tmp_path / "areas.shp", SQUARES)

    with pytest.raises(SourceError, match="memory"):
        read_in_child(make_reading_manifest(), source, limits=Limits(memory_bytes=150 * 2**20))


def test_a_repair_without_end_is_named(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, read_in_child: Any
) -> None:
    """A random ring of 20,000 corners stops one import for a second, and no database for good."""
    source = write_source(tmp_path / "areas.gpkg", [SQUARES[0], tangle(20_000)])
    manifest = make_reading_manifest(source={"format": "geopackage"})

    with pytest.raises(SourceError, match="Feature 2 is so broken that mending it took over 1 seconds"):
        read_in_child(manifest, source, limits=Limits(repair_seconds=1))


def test_it_dies_with_its_parent(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, make_job: Callable[..., Any]
) -> None:
    """kill -9 of the importer leaves no reader behind."""
    source = write_source(tmp_path / "areas.gpkg", [tangle(20_000)])
    job = make_job(
        make_reading_manifest(source={"format": "geopackage"}), source, limits=Limits(repair_seconds=60)
    )
    program = (
        "import sys\nfrom layers.reading.job import ImportJob\nfrom layers.reading.sandbox import run_import\n"
        "run_import(ImportJob.model_validate_json(sys.stdin.read()))"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, cwd=ROOT)
    assert parent.stdin is not None
    parent.stdin.write(job.model_dump_json().encode())
    parent.stdin.close()
    assert _wait(lambda: _living_in(job.folder) != [])

    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()

    assert _wait(lambda: _living_in(job.folder) == [])


@pytest.mark.parametrize(
    "words",
    [
        "echo '{broken'",
        "echo '[1, 2]'",
        'echo \'{"progress": {"step": 7}}\'',
        "head -c 300000 /dev/zero | tr '\\0' '['",
        'echo \'{"row_count": "many"}\' > answer.json',
    ],
)
def test_what_the_child_says_is_not_trusted(
    tmp_path: Path,
    write_source: Any,
    make_reading_manifest: Any,
    read_in_child: Any,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
) -> None:
    """A broken line, one without end, and a broken answer are refusals of the source, not crashes."""
    source = write_source(tmp_path / "areas.shp", SQUARES)
    program = tmp_path / "server"
    program.write_text(IMPOSTOR.format(python=sys.executable, words=f"cat > /dev/null\n{words}"))
    program.chmod(0o755)
    readers.end()
    monkeypatch.setattr(sys, "executable", str(program))

    with pytest.raises(SourceError, match="cannot be understood"):
        read_in_child(make_reading_manifest(), source)
    readers.end()


def test_it_reads_for_process_1(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, make_job: Callable[..., Any]
) -> None:
    """In a plain container Prostor itself is process 1; its child does not take that for an orphan's parent."""
    alone = [*isolation(), "--pid", "--fork"]
    if not isolation() or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("this machine allows no process numbers of their own")
    source = write_source(tmp_path / "areas.shp", SQUARES)
    job = make_job(make_reading_manifest(), source)
    program = (
        "import os, sys\nfrom layers.reading.job import ImportJob\n"
        "from layers.reading.sandbox import run_import\n"
        "reading = run_import(ImportJob.model_validate_json(sys.stdin.read()))\n"
        "print(os.getpid(), reading.row_count)"
    )

    done = subprocess.run(
        [*alone, sys.executable, "-c", program],
        input=job.model_dump_json(),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout.split()[-2:] == ["1", "5"]


def _living_in(folder: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(process.name)
        except OSError:
            continue
    return found


def _wait(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False
