"""Work done beside this process by forked copies of it; answers are taken in the order of giving.

A copy knows what stood when it was made; what it is to work on is sent to it, and it answers with integers.
Where one ends in any other way (an error, no memory, a kill) its work is done again here: errors are raised in
the same order, with the same words and under the same limits as without copies.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import resource
import signal
import struct
import time
from collections import deque
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# In front of what is sent: its bytes. In front of an answer: its bytes, and milliseconds of computing so far.
_SENT, _ANSWERED = struct.Struct("<Q"), struct.Struct("<QQ")


def end_with_parent() -> None:
    """Have the kernel kill this process when its parent ends, however it ends."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Forks:
    """At most `count` copies, made when they are first needed; with 0 everything is done here and at once.

    `work` makes an array of integers (int64) of whatever is given, and `take` gets it, here and in order.
    """

    def __init__(self, count: int, work: Callable[[Any], Any], take: Callable[[Any], None]) -> None:
        self._count = count
        self._work = work
        self._take = take
        self._idle: list[_Copy] = []
        self._busy: deque[tuple[_Copy, Any]] = deque()
        self._spent = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What was given before an error is finished first, and its own error is the one that is told."""
        try:
            self.settle()
        finally:
            for copy in (*self._idle, *(copy for copy, _ in self._busy)):
                copy.end()

    def give(self, given: Any) -> None:
        """Have this worked on."""
        while self._busy and len(self._busy) >= self._count:
            self._settle_first()
        copy = self._find_copy()
        if copy is None:
            self.settle()
            self._take(self._work(given))
            return
        # A copy that has died meanwhile is noticed when its answer is wanted.
        with suppress(BrokenPipeError):
            copy.send(given)
        self._busy.append((copy, given))

    def settle(self) -> None:
        """Wait for everything given so far."""
        while self._busy:
            self._settle_first()

    def _find_copy(self) -> _Copy | None:
        """One that has nothing to do, or a new one; None when there is to be none."""
        if self._idle or not self._count:
            return self._idle.pop() if self._idle else None
        try:
            return _Copy(self._work)
        except OSError:
            # The machine has no process or pipe left for it.
            self._count = len(self._busy)
            return None

    def _settle_first(self) -> None:
        copy, given = self._busy.popleft()
        answer = copy.receive()
        self._end_when_spent(copy)
        if answer is None:
            copy.end()
            self._count -= 1
            answer = self._work(given)
        else:
            self._idle.append(copy)
        self._take(answer)

    def _end_when_spent(self, copy: _Copy) -> None:
        """The limit of computing time is one for all: the kernel counts each process by itself."""
        self._spent += copy.new_seconds()
        limit, _ = resource.getrlimit(resource.RLIMIT_CPU)
        if limit != resource.RLIM_INFINITY and self._spent + time.process_time() > limit:
            signal.raise_signal(signal.SIGXCPU)


class _Copy:
    """A forked copy of this process, seen from the original."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        to_copy, from_copy = os.pipe(), os.pipe()
        try:
            self._process = os.fork()
        except OSError:
            for end in (*to_copy, *from_copy):
                os.close(end)
            raise
        if self._process == 0:
            _serve(work, to_copy[0], from_copy[1])
        os.close(to_copy[0])
        os.close(from_copy[1])
        self._to = os.fdopen(to_copy[1], "wb", buffering=0)
        self._from = os.fdopen(from_copy[0], "rb")
        self._milliseconds = self._counted = 0

    def send(self, given: Any) -> None:
        """Hand over what to work on. Raises BrokenPipeError when the copy is dead."""
        content = pickle.dumps(given, protocol=5)
        _write_all(self._to, _SENT.pack(len(content)))
        _write_all(self._to, content)

    def receive(self) -> Any:
        """Its answer, when it is ready; None when it died instead."""
        head = self._from.read(_ANSWERED.size)
        if len(head) < _ANSWERED.size:
            return None
        length, self._milliseconds = _ANSWERED.unpack(head)
        content = self._from.read(length)
        return np.frombuffer(content, dtype=np.int64) if len(content) == length else None

    def new_seconds(self) -> float:
        """Computing time it told of since this was last asked."""
        new, self._counted = self._milliseconds - self._counted, self._milliseconds
        return new / 1000

    def end(self) -> None:
        """Tell it to end, and wait."""
        with suppress(BrokenPipeError):
            _write_all(self._to, _SENT.pack(0))
        self._to.close()
        self._from.close()
        os.waitpid(self._process, 0)


def _serve(work: Callable[[Any], Any], asked: int, told: int) -> None:
    """The life of a copy. It never returns, and leaves files, pipes and buffers of the original alone."""
    status = 1
    try:
        end_with_parent()
        gc.freeze()
        with os.fdopen(asked, "rb") as requests, os.fdopen(told, "wb") as answers:
            while length := _SENT.unpack(requests.read(_SENT.size))[0]:
                # Sent by the process this one is a copy of, behind the same barriers.
                answer = work(pickle.loads(requests.read(length))).tobytes()  # noqa: S301
                answers.write(_ANSWERED.pack(len(answer), round(time.process_time() * 1000)) + answer)
                answers.flush()
        status = 0
    finally:
        os._exit(status)


def _write_all(pipe: IO[bytes], content: bytes) -> None:
    """A pipe takes as much at a time as it likes."""
    left = memoryview(content)
    while left:
        left = left[pipe.write(left) :]
