"""The cell of the reading child: what it may open, and what every attempt at something else ends in."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from layers.reading.barriers import missing_barriers, readable_places
from layers.reading.landlock import find_abi
from layers.reading.sandbox import environment

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
# Tries each line of `attempts` behind the barriers; answers what became of each.
PROGRAM = """
import json, os, socket, sys
from pathlib import Path
from layers.reading.barriers import shut_in
folder = Path(sys.argv[1])
shut_in(folder)
found = {}
for name, attempt in json.loads(sys.argv[2]).items():
    try:
        found[name] = str(eval(attempt))
    except OSError as error:
        found[name] = type(error).__name__
print(json.dumps(found))
"""
pytestmark = pytest.mark.skipif(bool(missing_barriers()), reason=f"this kernel lacks {missing_barriers()}")


@pytest.fixture
def attempt(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Runs expressions behind the barriers, with the network left on, and gives what each came to."""
    folder = tmp_path / "cell"
    folder.mkdir()
    (folder / "source.csv").write_text("here")

    def run(**attempts: str) -> dict[str, str]:
        command = [sys.executable, "-P", "-s", "-c", PROGRAM, str(folder), json.dumps(attempts)]
        done = subprocess.run(
            command, env=environment("csv"), cwd=folder, check=True, capture_output=True, text=True
        )
        answer: dict[str, str] = json.loads(done.stdout)
        return answer

    return run


def test_the_staging_folder_is_open(attempt: Callable[..., dict[str, str]]) -> None:
    """What the child is for still works: reading the source, writing rows, removing them, listing."""
    found = attempt(
        read="(folder / 'source.csv').read_text()",
        write="(folder / 'rows.copy').write_bytes(b'123')",
        again="(folder / 'rows.copy').open('wb').close()",
        remove="(folder / 'rows.copy').unlink()",
        entries="os.listdir(folder)",
        null="open('/dev/null', 'wb').write(b'1')",
    )

    assert found == {
        "read": "here",
        "write": "3",
        "again": "None",
        "remove": "None",
        "entries": "['source.csv']",
        "null": "1",
    }


def test_every_other_file_is_closed(attempt: Callable[..., dict[str, str]], tmp_path: Path) -> None:
    """Neither the system's files, nor the home's, nor one beside the staging folder, nor a link to it."""
    (tmp_path / "beside.csv").write_text("secret")
    (tmp_path / "cell" / "link.csv").symlink_to(tmp_path / "beside.csv")

    found = attempt(
        passwords="open('/etc/passwd').read()",
        itself="open('/proc/self/environ').read()",
        beside="(folder.parent / 'beside.csv').read_text()",
        link="(folder / 'link.csv').read_text()",
        settings=f"open({str(ROOT / 'pyproject.toml')!r}).read()",
        home=f"os.listdir({str(ROOT)!r})",
        write=f"open({str(ROOT / 'layers' / 'new.py')!r}, 'w')",
        change=f"open({str(ROOT / 'layers' / '__init__.py')!r}, 'a')",
        elsewhere="(folder / 'source.csv').rename(folder.parent / 'out.csv')",
    )

    assert set(found.values()) <= {"PermissionError", "OSError"}


def test_there_is_no_socket_and_no_program(attempt: Callable[..., dict[str, str]], tmp_path: Path) -> None:
    """Not to a database on this machine through its socket file, not to anywhere; and nobody gets a signal."""
    place = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen()

        found = attempt(
            unix=f"socket.socket(socket.AF_UNIX).connect({str(place)!r})",
            internet="socket.create_connection(('127.0.0.1', 5432))",
            program="os.execv('/bin/true', ['true'])",
            signal="os.kill(os.getppid(), 0)",
            root="os.chroot('.')",
            user="os.setuid(65534)" if os.geteuid() == 0 else "os.setuid(0)",
        )

    assert set(found.values()) == {"PermissionError"}


def test_nothing_of_root_is_left(attempt: Callable[..., dict[str, str]]) -> None:
    """Of all privileges at most reading, which the list of open files bounds."""
    program = (
        "import sys\nfrom pathlib import Path\nstatus = open('/proc/self/status')\n"
        "from layers.reading.barriers import shut_in\nshut_in(Path(sys.argv[1]))\n"
        "status.seek(0)\nprint(status.read())"
    )

    shown = subprocess.run(
        [sys.executable, "-c", program, str(ROOT)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    facts: dict[str, str] = dict(line.split(":\t", 1) for line in shown.splitlines() if ":\t" in line)
    for name in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"):
        assert int(facts[name], 16) in (0, 1 << 2) or (name == "CapBnd" and os.geteuid() != 0)
    assert (facts["NoNewPrivs"].strip(), facts["Seccomp"].strip()) == ("1", "2")


def test_the_home_in_a_checkout_is_not_readable() -> None:
    """`var`, with the database's files and other imports, lies beside our packages; only they are listed."""
    assert ROOT not in readable_places()
    assert not any(place in (ROOT / "var").parents for place in readable_places())


def test_libraries_load_behind_the_barriers(attempt: Callable[..., dict[str, str]]) -> None:
    """GDAL, GEOS, PROJ and their data are found."""
    found = attempt(
        gdal="__import__('fiona').__gdal_version__ != ''",
        proj="__import__('pyproj').Transformer.from_crs(3912, 3794).transform(5000, 5000) is not None",
        geos="__import__('shapely').Point(1, 2).buffer(1).is_valid",
    )

    assert found == {"gdal": "True", "proj": "True", "geos": "True"}


def test_doctors_words_follow_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without one of them is told which one, and what for."""
    monkeypatch.setattr("layers.reading.barriers.find_abi", lambda: 0)
    monkeypatch.setattr("layers.reading.privileges.platform.machine", lambda: "riscv64")

    found = missing_barriers()

    assert [words.split()[0] for words in found] == ["Landlock,", "seccomp"]
    assert find_abi() > 0
