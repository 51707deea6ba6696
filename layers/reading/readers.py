"""Starting reading children, ending them, and learning how they ended.

They are forked by one process (`forkserver`) that is started when the first is wanted, and again whenever it
has gone meanwhile.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from typing import IO, TYPE_CHECKING

from gis.errors import UnavailableError
from layers.reading.forkserver import NUMBER, Order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NOT_STARTED = (
    "The process that reads files could not be started. Look whether this machine has memory and processes "
    "left, and at what `prostor doctor` says about imports."
)


class Reader:
    """A reading child: `stdin` to write to, `stdout` to read from, and how it ended."""

    def __init__(self, pid: int, stdin: IO[bytes], stdout: IO[bytes], status: int) -> None:
        self._pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self._status = status
        self._returncode: int | None = None

    def wait(self) -> int:
        """Wait for its end: its exit status, or minus the number of the signal that ended it."""
        if self._returncode is None:
            said = os.read(self._status, NUMBER.size)
            # Without a word the server was ended, and the kernel ended the child with it.
            self._returncode = os.waitstatus_to_exitcode(*NUMBER.unpack(said)) if said else -signal.SIGKILL
        return self._returncode

    def kill(self) -> None:
        """End it with all copies it made of itself, unless it has ended."""
        ended = select.poll()
        ended.register(self._status)
        if self._returncode is None and not ended.poll(0):
            with suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)

    def close(self) -> None:
        """Close its pipes."""
        for pipe in (self.stdin, self.stdout):
            with suppress(BrokenPipeError):
                pipe.close()
        os.close(self._status)


class Readers:
    """Starts reading children from one server, which is started by the words that `isolation` gives.

    Several threads may ask.
    """

    def __init__(self, isolation: Callable[[], Sequence[str]]) -> None:
        self._isolation = isolation
        self._turn = threading.Lock()
        self._server: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.end)

    def start(self, order: Order, errors: IO[bytes]) -> Reader:
        """Start a child whose standard error is the file `errors`.

        Raises UnavailableError when the machine gives no process for it.
        """
        with self._turn:
            for _ in range(2):
                with suppress(OSError):
                    reader = self._ask(order, errors)
                    if reader is not None:
                        return reader
                self._end_server()
        raise UnavailableError(_NOT_STARTED)

    def end(self) -> None:
        """End the server. What still reads is ended with it."""
        with self._turn:
            self._end_server()

    def _ask(self, order: Order, errors: IO[bytes]) -> Reader | None:
        """A new child; None when the server is gone or has no process for it."""
        stdin, stdout, status = os.pipe(), os.pipe(), os.pipe()
        with ExitStack() as unless_started, ExitStack() as theirs:
            for descriptor in (stdin[1], stdout[0], status[0]):
                unless_started.callback(os.close, descriptor)
            for descriptor in (stdin[0], stdout[1], status[1]):
                theirs.callback(os.close, descriptor)
            sent = (stdin[0], stdout[1], errors.fileno(), status[1])
            socket.send_fds(self._find_server(order, errors), [order.model_dump_json().encode()], sent)
            theirs.close()
            if not (said := os.read(status[0], NUMBER.size)):
                return None
            unless_started.pop_all()
            (pid,) = NUMBER.unpack(said)
            return Reader(pid, os.fdopen(stdin[1], "wb"), os.fdopen(stdout[0], "rb"), status[0])

    def _find_server(self, order: Order, errors: IO[bytes]) -> socket.socket:
        if self._server is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            module = ("-P", "-s", "-m", "layers.reading.forkserver", str(theirs.fileno()))
            with theirs:
                started = subprocess.Popen(  # noqa: S603  every word is ours
                    [*self._isolation(), sys.executable, *module],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    cwd="/",
                    env=order.environment,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            self._server = started, ours
        return self._server[1]

    def _end_server(self) -> None:
        if self._server is not None:
            server, control = self._server
            control.close()
            server.kill()
            server.wait()
            self._server = None

    def _forget(self) -> None:
        """In a forked copy of this process: the server is the original's, and nobody else may hold on to it."""
        self._turn = threading.Lock()
        if self._server is not None:
            server, control = self._server
            control.close()
            # Its end is the original's to wait for.
            server.returncode = 0
            self._server = None
