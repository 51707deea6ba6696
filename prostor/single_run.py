"""One `prostor up` per home: the second is told where the first one answers.

The lock is the system's, so a killed process holds nothing.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gis.cluster_places import make_home, open_lock
from gis.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

_LOCK_NAME = "up.lock"


@contextmanager
def single_run(home: Path) -> Iterator[Callable[[str], None]]:
    """Hold the home for one run; the block gets a function that writes down its address for others.

    Raises ConflictError naming process and address of the run that holds it.
    """
    make_home(home)
    with open_lock(home / _LOCK_NAME) as lock:
        holder = _try(lock)
        if holder is not None:
            raise ConflictError(
                f"Prostor already runs from {home}: {holder}. "
                "Stop it first, or give this one a home of its own with PROSTOR_HOME."
            )

        def write_down(text: str) -> None:
            lock.truncate(0)
            lock.write(text)
            lock.flush()

        write_down(f"process {os.getpid()}, starting")
        yield lambda address: write_down(f"process {os.getpid()}, {address}")


def find_run(home: Path) -> str | None:
    """Process and address of the `prostor up` that holds this home; None when there is none."""
    if not (home / _LOCK_NAME).exists():
        return None
    with (home / _LOCK_NAME).open("r", encoding="utf-8") as lock:
        return _try(lock, fcntl.LOCK_SH)


def _try(lock: IO[str], kind: int = fcntl.LOCK_EX) -> str | None:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        return lock.read().strip()
    return None
