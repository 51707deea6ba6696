"""wrk as the load generator for warm tiles: one thread, so many connections, a list of paths in turn.

One thread asks nginx for tens of thousands of tiles a second; the row "nginx static" of a table says whether it
was the limit of another row.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.serving.asking import Outcome, watched
from benchmarks.serving.peers.server import MissingError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCRIPT = Path(__file__).with_name("paths.lua")


@dataclass(frozen=True)
class Asked:
    """A file with the paths to ask for, and the encoding that is accepted."""

    file: Path
    encoding: str


def find_wrk() -> str:
    """The program. Raises MissingError."""
    found = shutil.which("wrk")
    if found is None:
        raise MissingError("wrk is not here; apt-get install wrk")
    return found


def wrk_version() -> str:
    """What wrk says of itself. Raises MissingError."""
    said = subprocess.run([find_wrk(), "-v"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return said.split()[1] if said else ""


def ask_again_and_again(
    port: int, asked: Asked, clients: int, seconds: float, roots: Sequence[int], *, cores: str = ""
) -> Outcome:
    """Ask for the paths in turn, for so long."""
    pinned = ["taskset", "-c", cores] if cores else []
    address = f"http://127.0.0.1:{port}"
    command = [find_wrk(), "-t1", f"-c{clients}", f"-d{seconds:.0f}s", "--timeout", "30s", "-s", str(_SCRIPT)]
    said: list[str] = []

    def drive() -> None:
        done = subprocess.run(  # noqa: S603  words of ours
            [*pinned, *command, address, "--", str(asked.file), asked.encoding],
            capture_output=True,
            text=True,
            check=True,
        )
        said.append(done.stdout)

    peak = watched(roots, drive)
    return parse_figures(said[0], peak)


def write_paths(file: Path, paths: Sequence[str], encoding: str = "gzip") -> Asked:
    """Write the list that `paths.lua` reads."""
    file.write_text("\n".join(paths) + "\n", encoding="ascii")
    return Asked(file, encoding)


def parse_figures(said: str, peak_bytes: int) -> Outcome:
    """The line that `paths.lua` prints; its times are microseconds. Raises ValueError when there is none."""
    found = re.search(r"^FIGURES (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$", said, flags=re.MULTILINE)
    if found is None:
        raise ValueError(f"wrk printed no figures: {said[-200:]}")
    requests, duration, size, failed, p50, p99 = map(int, found.groups())
    return Outcome(requests - failed, duration / 1e6, p50 / 1000, p99 / 1000, size, failed, peak_bytes)
