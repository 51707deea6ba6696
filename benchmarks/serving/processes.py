"""Server processes that the benchmark starts and ends: their port, their log, their memory and CPU time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_READY_SECONDS = 60
_END_SECONDS = 10
_POLL_SECONDS = 0.05


class NotStartedError(Exception):
    """A server did not answer; the sentence ends with what it last said."""


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class Processes:
    """The processes of one server, each in a group of its own, with one log."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # Some take no notice of SIGTERM while they wait for a request.
        self.ends_by = signal.SIGTERM
        self.log = folder / f"{name}.log"
        self._children: list[subprocess.Popen[bytes]] = []

    @property
    def roots(self) -> list[int]:
        """Process ids, without those of their children."""
        return [child.pid for child in self._children]

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        stdin: int = subprocess.DEVNULL,
        cores: str = "",
    ) -> None:
        """Start one process, on the named cores only when there are any named."""
        pinned = ["taskset", "-c", cores, *command] if cores else list(command)
        with self.log.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603  words of ours
                pinned, env=environment, stdin=stdin, stdout=log, stderr=log, start_new_session=True
            )
        self._children.append(child)

    def await_port(self, port: int) -> None:
        """Wait until something listens. Raises NotStartedError with the end of the log."""
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline and all(child.poll() is None for child in self._children):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(_POLL_SECONDS)
        said = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise NotStartedError(" / ".join(said[-3:]) or "it said nothing")

    def stop(self) -> None:
        """Ask each to end, and end those that do not; with them whatever they started and left behind."""
        for child in self._children:
            child.send_signal(self.ends_by)
        for child in self._children:
            try:
                child.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        self._children = []


def tree(roots: Iterable[int]) -> Iterator[int]:
    """These processes and everything below them."""
    for root in roots:
        yield root
        try:
            children = Path(f"/proc/{root}/task/{root}/children").read_text(encoding="ascii").split()
        except OSError:
            continue
        yield from tree(map(int, children))


def memory_bytes(roots: Iterable[int]) -> int:
    """Memory of the trees; a page that several processes share is counted once (PSS)."""
    return sum(map(_own_bytes, tree(roots)))


def cpu_seconds(roots: Iterable[int]) -> float:
    """User and system time that the trees have used so far."""
    total = 0
    for process in tree(roots):
        for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
            try:
                total += int(thread.read_text(encoding="ascii").split()[0])
            except OSError:
                continue
    return total / 1e9


def _own_bytes(process: int) -> int:
    try:
        with Path(f"/proc/{process}/smaps_rollup").open(encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0
