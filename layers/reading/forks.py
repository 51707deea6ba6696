"""Work done by forked copies of this process, one for each core, with answers taken in the order of giving.

A copy sees everything as it stands when the work is given, so nothing is sent to it; it answers in shared
memory. Where one ends in any other way (an error, no memory, a kill) its work is done again here: errors are
raised in the same order, with the same words and under the same limits as without copies.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import os
import resource
import signal
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Have the kernel kill this process when its parent ends, however it ends."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


@dataclass(frozen=True)
class _Fork:
    """A copy at work: its process number, where it answers, and what to do with the answer."""

    process: int
    shared: mmap.mmap
    work: Callable[[], Any]
    take: Callable[[Any], None]


class Forks:
    """At most `count` copies at a time; with 0 everything is done here and at once."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._running: deque[_Fork] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What was given before an error is finished first, and its own error is the one that is told."""
        self.settle()

    def give(self, work: Callable[[], Any], take: Callable[[Any], None], *, size: int) -> None:
        """Have `work` done, which answers with `size` integers (int64); `take` gets them, here and in order."""
        if self._count == 0:
            take(work())
            return
        while len(self._running) >= self._count:
            self._settle_first()
        shared = mmap.mmap(-1, 8 * size)
        process = os.fork()
        if process == 0:
            _work_and_exit(work, shared)
        self._running.append(_Fork(process, shared, work, take))

    def settle(self) -> None:
        """Wait for everything given so far."""
        while self._running:
            self._settle_first()

    def _settle_first(self) -> None:
        first = self._running.popleft()
        _, status = os.waitpid(first.process, 0)
        _end_when_spent()
        with first.shared:
            answer = np.frombuffer(first.shared.read(), dtype=np.int64)
        first.take(answer if status == 0 else first.work())


def _work_and_exit(work: Callable[[], Any], shared: mmap.mmap) -> None:
    """The life of a copy. It never returns, and leaves files, pipes and buffers of the original alone."""
    status = 1
    try:
        end_with_parent()
        gc.disable()
        shared.write(work().tobytes())
        status = 0
    finally:
        os._exit(status)


def _end_when_spent() -> None:
    """The limit of computing time is one for all: the kernel counts each process by itself."""
    limit, _ = resource.getrlimit(resource.RLIMIT_CPU)
    usages = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    if limit != resource.RLIM_INFINITY and sum(each.ru_utime + each.ru_stime for each in usages) > limit:
        signal.raise_signal(signal.SIGXCPU)
