"""Processes for work that is heavy or may crash: so many at once, so many questions waiting, and no more.

A question and its answer are bytes. A process that crashes or takes too long costs the one who asked, and the
next question gets a new process. The child's side is `serve_questions`.
"""

from __future__ import annotations

import os
import resource
import select
import struct
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from gis.errors import UnavailableError
from gis.logs import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_log = logger("workers")
# In front of a question and of an answer: its bytes.
_LENGTH = struct.Struct("<Q")
_READ_AT_ONCE = 2**20


@dataclass(frozen=True)
class WorkerLimits:
    """What the processes of one kind may use; `waiting` is how many questions may stand in line."""

    processes: int = 1
    waiting: int = 8
    seconds: float = 20.0
    memory_bytes: int = 2 * 2**30
    questions_each: int = 500


class Workers:
    """Processes of one module, started when they are first needed; safe to share between threads.

    `module` is run as `python -m module` and calls `serve_questions`. `what` names the work in sentences.
    """

    def __init__(self, module: str, what: str, limits: WorkerLimits) -> None:
        self._module = module
        self._what = what
        self._limits = limits
        self._turns = threading.BoundedSemaphore(limits.processes)
        self._idle: list[_Worker] = []
        self._asking = self._working = 0
        self._lock = threading.Lock()
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many questions stand in line."""
        with self._lock:
            return self._asking - self._working

    def ask(self, question: bytes) -> bytes:
        """The answer of a process.

        Raises UnavailableError when too many wait already, or when the process crashed or took too long.
        """
        return self.ask_when_free(lambda: question)

    def ask_when_free(self, write: Callable[[], bytes]) -> bytes:
        """As `ask`, of a question that costs something to write: it is written when its turn has come.

        So no more is read for questions that wait, and nothing at all for those that are turned away.
        """
        with self._place(), self._turn():
            return self._ask(write())

    @contextmanager
    def _place(self) -> Iterator[None]:
        """A place in line, or none at once."""
        with self._lock:
            if self._asking >= self._limits.processes + self._limits.waiting:
                raise self._busy()
            self._asking += 1
        try:
            yield
        finally:
            with self._lock:
                self._asking -= 1

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=self._limits.seconds):
            raise self._busy()
        with self._lock:
            self._working += 1
        try:
            yield
        finally:
            with self._lock:
                self._working -= 1
            self._turns.release()

    def close(self) -> None:
        """End the processes that have nothing to do; those at work end after their answer."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    def _ask(self, question: bytes) -> bytes:
        worker = self._take()
        try:
            answer = worker.ask(question, time.monotonic() + self._limits.seconds)
        except (OSError, EOFError) as exc:
            worker.kill()
            _log.warning("worker_lost", module=self._module, status=worker.status, reason=str(exc))
            raise UnavailableError(f"The {self._what} could not be made. Try again.") from exc
        self._give_back(worker)
        return answer

    def _take(self) -> _Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return _Worker(self._module, self._limits)

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            wanted = not self._closed and worker.answered < self._limits.questions_each
            if wanted:
                self._idle.append(worker)
        if not wanted:
            worker.end()

    def _busy(self) -> UnavailableError:
        wait = max(1, round(self._limits.seconds / 4))
        sentence = f"Too many people want a {self._what} at this moment. Try again in a little while."
        return UnavailableError(sentence, retry_after_seconds=wait)


class _Worker:
    """One process, seen from here."""

    def __init__(self, module: str, limits: WorkerLimits) -> None:
        command = [sys.executable, "-m", module, str(limits.memory_bytes), str(round(limits.seconds) + 5)]
        to_worker, from_worker = os.pipe(), os.pipe()
        try:
            self._process = subprocess.Popen(command, stdin=to_worker[0], stdout=from_worker[1])  # noqa: S603  ours
        except OSError:
            os.close(to_worker[1])
            os.close(from_worker[0])
            raise
        finally:
            os.close(to_worker[0])
            os.close(from_worker[1])
        self._to = os.fdopen(to_worker[1], "wb", buffering=0)
        self._from = os.fdopen(from_worker[0], "rb", buffering=0)
        self.answered = 0

    @property
    def status(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll()

    def ask(self, question: bytes, deadline: float) -> bytes:
        """Its answer. Raises EOFError or BrokenPipeError when it ended, TimeoutError at the deadline."""
        _write(self._to, _LENGTH.pack(len(question)) + question)
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size, deadline))
        answer = self._read(length, deadline)
        self.answered += 1
        return answer

    def end(self) -> None:
        """Let it go: it ends when nobody can ask any more."""
        self._to.close()
        self._from.close()
        self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self.end()

    def _read(self, length: int, deadline: float) -> bytes:
        got = bytearray()
        while len(got) < length:
            ready, _, _ = select.select([self._from], [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                raise TimeoutError("it took too long")
            block = self._from.read(min(length - len(got), _READ_AT_ONCE))
            if not block:
                raise EOFError("it ended")
            got += block
        return bytes(got)


def serve_questions(answer: Callable[[bytes], bytes]) -> None:
    """The life of a worker: answer one question after another until nobody can ask any more.

    Called by the module that `Workers` runs, with the limits it was given on the command line. What libraries
    print goes to standard error.
    """
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    told = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    while head := sys.stdin.buffer.read(_LENGTH.size):
        _allow_more(seconds)
        content = answer(sys.stdin.buffer.read(*_LENGTH.unpack(head)))
        _write(told, _LENGTH.pack(len(content)) + content)


def _allow_more(seconds: int) -> None:
    """Computing time for one more question: the kernel ends what runs on when nobody waits any more."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (round(time.process_time()) + seconds, most))


def _write(pipe: IO[bytes], content: bytes) -> None:
    """A pipe takes as much at a time as it likes."""
    left = memoryview(content)
    while left:
        left = left[pipe.write(left) :]
