"""Processes of an embedded cluster: PostgreSQL's programs run as its user, and what still lives is found.

Every PostgreSQL process works in its data folder, so /proc tells ours from a stranger that got the same number.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gis.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from gis.cluster_places import Places

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
_POLL_SECONDS = 0.05
_REPORT_EVERY_SECONDS = 2.0
_ORPHANS_OWN_SECONDS = 1.0


def run_program(
    command: Sequence[str], places: Places, *, given: str = "", waiting: Callable[[], None] = lambda: None
) -> tuple[int, str]:
    """Run one program as the cluster's user in the cluster's folder; exit status and what it said.

    `given` is its standard input; `waiting` is called every two seconds while it runs. Name paths relative
    to the folder: pg_ctl passes them through a shell. Root writes nothing into that folder itself, so that
    a link put there by PostgreSQL's user leads nowhere.
    """
    user = places.user
    with (
        _undisturbed(),
        subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs, found in their fixed folder
            command,
            cwd=places.root,
            env=_ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
            user=user.uid if user.switched else None,
            group=user.gid if user.switched else None,
            extra_groups=[] if user.switched else None,
        ) as process,
    ):
        said = _communicate(process, given, waiting)
        return (process.returncode, said)


def write_file(places: Places, name: str, text: str) -> None:
    """Write a private file in the cluster's folder, as its user. Raises UnavailableError when it cannot."""
    status, said = run_program(["/bin/sh", "-c", 'umask 077 && cat > "$0"', name], places, given=text)
    if status != 0:
        raise UnavailableError(f"The file {places.root / name} cannot be written: {said.strip()}")


def find_postmaster(data: Path) -> int | None:
    """The process number of the cluster's main process, None when it does not run."""
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if _works_in(pid, data) else None


def find_members(data: Path) -> list[int]:
    """Every living process that works in the data folder."""
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if _works_in(pid, data)]


def end_orphans(data: Path, patience_seconds: float = 5.0) -> int:
    """End what outlived a killed main process, gently at first; the number of processes there were.

    PostgreSQL refuses to start while one of them still holds the shared memory.
    """
    orphans = find_members(data)
    _wait_for_end(data, _ORPHANS_OWN_SECONDS)
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for pid in find_members(data):
            _send(pid, number)
        _wait_for_end(data, patience_seconds)
    return len(orphans)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Being told to stop waits for the program's end, for a database half-started could not be stopped.

    Told twice, it does not wait.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wishes: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        wishes.append(number)
        if len(wishes) > 1:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, remember) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)
    if wishes:
        signal.raise_signal(wishes[0])


def _wait_for_end(data: Path, patience_seconds: float) -> None:
    deadline = time.monotonic() + patience_seconds
    while find_members(data) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _works_in(pid: int, data: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
    except OSError:
        return False


def _communicate(process: subprocess.Popen[str], given: str, waiting: Callable[[], None]) -> str:
    while True:
        try:
            return process.communicate(given, timeout=_REPORT_EVERY_SECONDS)[0]
        except subprocess.TimeoutExpired:
            waiting()
