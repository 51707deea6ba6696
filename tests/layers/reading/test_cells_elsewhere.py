"""The cell of the reading child under another user, and on kernels that lack a part of it.

What a kernel lacks is taken away by a real filter of system calls, put up before the child shuts itself in.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.reading.barriers import missing_barriers
from layers.reading.child import ANSWER
from layers.reading.job import InspectJob
from layers.reading.sandbox import environment, isolation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
NOBODY = "65534"
pytestmark = pytest.mark.skipif(bool(missing_barriers()), reason=f"this kernel lacks {missing_barriers()}")

# Refuses system calls by number, or prctl by its first argument, for this process and what becomes of it.
LACKING = """
import ctypes, errno, platform, struct, sys
def lack(calls=(), prctls=()):
    place = ("x86_64", "aarch64").index(platform.machine())
    lines = [(0x20, 0, 0, 0)]
    for number in calls:
        lines += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | errno.ENOSYS)]
    lines += [(0x15, 0, 1 + 2 * len(prctls), (157, 167)[place]), (0x20, 0, 0, 16)]
    for option in prctls:
        lines += [(0x15, 0, 1, option), (0x06, 0, 0, 0x00050000 | errno.EINVAL)]
    lines += [(0x06, 0, 0, 0x7FFF0000)]
    text = b"".join(struct.pack("=HBBI", *line) for line in lines)
    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(Program(len(lines), text)), 0, 0) == 0
"""
LANDLOCK = "lack(calls=(444, 445, 446))"
HALF_A_LANDLOCK = "lack(calls=(446,))"
SECCOMP = "lack(prctls=(21, 22))"
HALF_A_SECCOMP = "lack(prctls=(22,))"
CHILD = """
import os
from pathlib import Path
from pydantic import TypeAdapter
from layers.reading import child
from layers.reading.job import Job
job = TypeAdapter(Job).validate_json(sys.argv[1])
os.chdir(job.folder)
sys.exit(child.answer_job(job))
"""
ATTEMPTS = """
import json, os, socket, sys
from pathlib import Path
from layers.reading.barriers import shut_in
folder = Path(sys.argv[1])
shut_in(folder)
found = {"user": str(os.getuid())}
for name, attempt in json.loads(sys.argv[2]).items():
    try:
        found[name] = str(eval(attempt))
    except OSError as error:
        found[name] = type(error).__name__
print(json.dumps(found))
"""


@pytest.fixture
def inspect_without(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Inspects a source in a child on a kernel that lacks something; its answer."""

    def inspect(lacking: str, source: Path, *, network: bool) -> dict[str, Any]:
        kind: Any = {".csv": "csv", ".geojson": "geojson"}[source.suffix]
        folder = tmp_path / "cell"
        folder.mkdir()
        shutil.copy(source, folder / source.name)
        job = InspectJob(folder=folder, file=source.name, source_name=source.name, format=kind)
        command = [sys.executable, "-P", "-s", "-c", f"{LACKING}\n{lacking}\n{CHILD}", job.model_dump_json()]
        subprocess.run(
            command if network else [*isolation(), *command], env=environment(kind), check=True, timeout=120
        )
        answer: dict[str, Any] = json.loads((folder / ANSWER).read_text())
        return answer

    return inspect


@pytest.fixture
def geojson(tmp_path: Path, write_source: Callable[..., Path]) -> Path:
    """One square."""
    return write_source(tmp_path / "areas.geojson", [shapely.box(15, 46, 15.1, 46.1)], crs="EPSG:4326")


def test_without_seccomp_and_with_a_network_gdal_reads_nothing(
    inspect_without: Callable[..., dict[str, Any]], geojson: Path
) -> None:
    """A file could make it call somebody; the operator is told where to look."""
    answer = inspect_without(SECCOMP, geojson, network=True)

    assert "apart from network and other files, so nothing was read" in answer["sentence"]
    assert "`prostor doctor`" in answer["sentence"]


def test_without_seccomp_a_csv_is_read(inspect_without: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    """GDAL has no part in it."""
    (tmp_path / "trees.csv").write_text("ID;E;N\n1;501000;135000\n")

    answer = inspect_without(SECCOMP, tmp_path / "trees.csv", network=True)

    assert answer["layers"][0]["row_count"] == 1


def test_without_seccomp_the_namespace_is_enough(
    inspect_without: Callable[..., dict[str, Any]], geojson: Path
) -> None:
    """`unshare` has taken the network."""
    if not isolation():
        pytest.skip("this machine allows no process without network")

    assert inspect_without(SECCOMP, geojson, network=False)["layers"][0]["row_count"] == 1


def test_without_landlock_sockets_are_refused_still(
    inspect_without: Callable[..., dict[str, Any]], geojson: Path
) -> None:
    """An older kernel, or a container that forbids it: driver lock and seccomp stand, and doctor says so."""
    assert inspect_without(LANDLOCK, geojson, network=True)["layers"][0]["row_count"] == 1


@pytest.mark.parametrize("lacking", [HALF_A_LANDLOCK, HALF_A_SECCOMP])
def test_a_barrier_that_is_promised_and_not_put_up_is_a_refusal(
    inspect_without: Callable[..., dict[str, Any]], geojson: Path, lacking: str
) -> None:
    """The kernel says it has one and then does not put it up: the file is not to blame, and not read."""
    answer = inspect_without(lacking, geojson, network=False)

    assert "This machine does not keep the reader" in answer["sentence"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that anybody may enter, as pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


def _python_for_nobody() -> str | None:
    """A Python that another user may start: ours may lie in the home of root."""
    for python in (sys.executable, "/usr/bin/python3"):
        if (
            _as_nobody(python, "-P", "-c", "import typing, ctypes; assert hasattr(typing, 'Self')").returncode
            == 0
        ):
            return python
    return None


def _as_nobody(*command: str) -> subprocess.CompletedProcess[str]:
    words = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "env", "-C", "/", *command]
    return subprocess.run(
        words,
        env={**environment("csv"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root may become another user"
)
@pytest.mark.parametrize("alone", [False, True])
def test_a_normal_user_is_shut_in_as_well(open_folder: Path, alone: bool) -> None:
    """No privilege is needed for any barrier, with and without a namespace of its own."""
    python = _python_for_nobody()
    if python is None:
        pytest.skip("no Python here that another user may start")
    if alone and _as_nobody("unshare", "-rn", "true").returncode:
        pytest.skip("this machine allows no namespaces to users")
    attempts = {
        "write": "(folder / 'rows.copy').write_text('123')",
        "passwords": "open('/etc/passwd').read()",
        "beside": "os.listdir(folder.parent)",
        "checkout": f"os.listdir({str(ROOT)!r})",
        "socket": "socket.socket()",
        "program": "os.execv('/bin/true', ['true'])",
        "signal": "os.kill(os.getppid(), 0)",
    }

    prefix = ["unshare", "-rn"] if alone else []
    done = _as_nobody(*prefix, python, "-P", "-c", ATTEMPTS, str(open_folder), json.dumps(attempts))

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found.pop("user"), found.pop("write")) == ("0" if alone else NOBODY, "3")
    assert set(found.values()) == {"PermissionError"}
