"""The process that reading children are forked from: `python -m layers.reading.forkserver <descriptor>`.

Python's libraries take longer to load than a small file takes to read, so they are loaded here, once. This
process reads nothing and loads no library of a file format: each child does that itself, inside its cell. It is
started by `layers.reading.readers`, never by hand, and ends when that side is gone or wants nothing for long.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from layers.parts import Part
from layers.reading.forks import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable

# What a child's status pipe says: first its process number, then how `waitpid` says it ended.
NUMBER = struct.Struct("<q")
LONGEST_ORDER = 2**16
# Standard input, output and error of a child, and its status pipe.
_DESCRIPTORS = 4
_IDLE_SECONDS = 10


class Order(Part):
    """One child, asked for with its four descriptors: the folder it works in, and its whole environment."""

    folder: Path
    environment: dict[str, str]


@dataclass(frozen=True)
class _Forked:
    """A child that works: its process number, and where to tell how it ended."""

    pid: int
    status: int

    def report(self) -> None:
        _, status = os.waitpid(self.pid, 0)
        # Nobody may want to know any more.
        with suppress(BrokenPipeError):
            os.write(self.status, NUMBER.pack(status))
        os.close(self.status)


def main() -> None:
    """Load what every child needs, then fork them as they are asked for."""
    read = _load()
    control = socket.socket(fileno=int(sys.argv[1]))
    # What went wrong so far is told to the first who asked; its file goes when it has its answer.
    os.dup2(1, 2)
    gc.collect()
    gc.freeze()
    serve(control, read)


def _load() -> Callable[[], int]:
    """Load what children need but for the libraries of file formats; what a child then does.

    Here and not above: the side that asks needs none of it. fiona wants attr, and numpy.unique numpy.ma.
    """
    import attr  # noqa: F401, PLC0415
    import numpy.ma  # noqa: F401, PLC0415

    from layers.reading import (  # noqa: PLC0415
        child,
        conversion,  # noqa: F401
        curves,  # noqa: F401
        geojsontext,  # noqa: F401
        geopackagerows,  # noqa: F401
        inspection,  # noqa: F401
    )

    return child.main


def serve(control: socket.socket, read: Callable[[], int]) -> None:
    """Fork children that `read` and end with the status it gives, until nobody is there to want one."""
    children: dict[int, _Forked] = {}
    while True:
        waiting = None if children else _IDLE_SECONDS
        ready, _, _ = select.select([control.fileno(), *children], [], [], waiting)
        if not ready:
            return
        for handle in children.keys() & set(ready):
            children.pop(handle).report()
            os.close(handle)
        if control.fileno() in ready and not _take_order(control, children, read):
            for each in children.values():
                with suppress(ProcessLookupError):
                    os.killpg(each.pid, signal.SIGKILL)
            return


def _take_order(control: socket.socket, children: dict[int, _Forked], read: Callable[[], int]) -> bool:
    """Fork a child as ordered; False when nobody is left to order one."""
    try:
        said, descriptors, _, _ = socket.recv_fds(control, LONGEST_ORDER, _DESCRIPTORS)
    except ConnectionResetError:
        return False
    if not said:
        return False
    *pipes, status = descriptors
    parent = os.getpid()
    with suppress(OSError):  # no process is left for it: whoever ordered it finds the pipe closed
        if (pid := os.fork()) == 0:
            for left in (control.fileno(), status, *children, *(each.status for each in children.values())):
                os.close(left)
            _become_reader(Order.model_validate_json(said), pipes, parent, read)
        _lead_group(pid)
        children[os.pidfd_open(pid)] = _Forked(pid, os.dup(status))
        os.write(status, NUMBER.pack(pid))
    for descriptor in descriptors:
        os.close(descriptor)
    return True


def _become_reader(order: Order, pipes: list[int], parent: int, read: Callable[[], int]) -> NoReturn:
    """Become what a program started anew would be, and never return."""
    status = 1
    try:
        end_with_parent()
        if os.getppid() != parent:  # it ended before that was asked for
            os._exit(status)
        _lead_group(os.getpid())
        for place, pipe in enumerate(pipes):
            os.dup2(pipe, place)
            os.close(pipe)
        os.environ.clear()
        os.environ.update(order.environment)
        os.chdir(order.folder)
        status = read()
        sys.stdout.flush()
    finally:
        if sys.exc_info()[0] is not None:
            traceback.print_exc()
            sys.stderr.flush()
        # Everything is written: taking libraries and memory apart piece by piece would only cost time.
        os._exit(status)


def _lead_group(pid: int) -> None:
    """Put a child into a group of its own, to be ended with its copies. Both sides do it, so none waits."""
    with suppress(ProcessLookupError):
        os.setpgid(pid, pid)


if __name__ == "__main__":
    main()
