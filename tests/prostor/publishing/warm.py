"""Commands begun by forking a program that has everything loaded: a kill a second instead of one in three.

Each is the real `prostor …` in a process and a process group of its own; only starting Python is saved.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from tests.prostor.publishing.town import Town

PATIENCE_SECONDS = 120
_PROGRAM = """
import json, os, signal, sys
from layers.reading.sandbox import isolation
from prostor.commands import main

isolation()
# finished commands are not waited for here
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
for line in sys.stdin:
    words, said = json.loads(line)
    pid = os.fork()
    if pid:
        print(pid, flush=True)
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.argv = ["prostor", *words]
    status = 0
    try:
        main()
    except SystemExit as exc:
        status = exc.code or 0
    print(f"status {status}", flush=True)
    os._exit(0)
"""


@dataclass(frozen=True)
class Running:
    """A command that runs: its process, and the file that holds what it says."""

    pid: int
    handle: int
    said: Path

    def wait(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until it has ended; False when it still runs after that time."""
        return bool(select.select([self.handle], [], [], max(seconds, 0))[0])

    def wait_for(self, words: str) -> bool:
        """Wait until it says this; False when it ended without."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while words not in self.text:
            if self.wait(0.002) or time.monotonic() > deadline:
                return words in self.text
        return True

    @property
    def text(self) -> str:
        """Everything it said so far."""
        return self.said.read_text(encoding="utf-8") if self.said.exists() else ""

    @property
    def status(self) -> int | None:
        """Its exit status, None when it was killed."""
        last = self.text.splitlines()[-1:]
        return int(last[0].removeprefix("status ")) if last and last[0].startswith("status ") else None

    def kill(self, whom: str) -> None:
        """Kill the command, the reading child it has now, or both."""
        children = self._children() if whom in ("reader", "both") else []
        for pid in (*([self.pid] if whom in ("command", "both") else []), *children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _children(self) -> list[int]:
        with suppress(FileNotFoundError, ProcessLookupError):
            found = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
            return [int(pid) for pid in found.split()]
        return []


class Warm:
    """The loaded program, which begins commands when told."""

    def __init__(self, town: Town, requests: IO[str], answers: IO[str]) -> None:
        self._town = town
        self._requests = requests
        self._answers = answers
        self._number = 0

    @contextmanager
    def begin(self, *words: str) -> Iterator[Running]:
        """Begin `prostor …`; at the end of the block it is killed if it still runs."""
        self._number += 1
        said = self._town.folder / f"said-{id(self)}-{self._number}"
        self._requests.write(json.dumps([words, str(said)]) + "\n")
        self._requests.flush()
        pid = int(self._answers.readline())
        running = Running(pid, os.pidfd_open(pid), said)
        try:
            yield running
        finally:
            running.kill("both")
            running.wait()
            os.close(running.handle)

    def run(self, *words: str) -> Running:
        """Run `prostor …` to its end."""
        with self.begin(*words) as running:
            assert running.wait(), running.text
        return running


@contextmanager
def warm(town: Town) -> Iterator[Warm]:
    """A loaded program for the commands of one thread."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=town.environment,
        cwd=town.folder,
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        yield Warm(town, program.stdin, program.stdout)
        program.stdin.close()
