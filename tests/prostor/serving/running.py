"""`prostor serve` as an operator starts it, looked at from outside: its workers, its answers, its metrics."""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import mapbox_vector_tile
import pytest

from tests.prostor.publishing.town import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.prostor.publishing.town import Town

TOKEN = "a-token-of-some-length"  # noqa: S105  of a test
PATIENCE_SECONDS = 60
_LOOKS = 3000


@dataclass(frozen=True)
class Answer:
    """Status, headers by small names, and the body as it was before compression."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """One connection, so all its requests come to the same worker."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE_SECONDS)

    def get(self, path: str, **headers: str) -> Answer:
        """Ask once."""
        self._connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
        with self._connection.getresponse() as response:
            body = response.read()
            named = {name.lower(): value for name, value in response.getheaders()}
        is_packed = "content-encoding" in named
        return Answer(response.status, named, gzip.decompress(body) if is_packed else body)

    def worker(self) -> int:
        """The process at the other end."""
        self.get("/health/live")
        # From the service's side; an earlier connection to somebody else may have had the same port here.
        ends = [
            _write_end(*self._connection.sock.getpeername()),
            _write_end(*self._connection.sock.getsockname()),
        ]
        lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()
        (inode,) = (fields[9] for each in lines[1:] if (fields := each.split())[1:3] == ends)
        return next(pid for pid in _processes() if f"socket:[{inode}]" in _open_files(pid))

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass(frozen=True)
class Service:
    """A running service."""

    address: str
    process: subprocess.Popen[str]

    def client(self) -> Client:
        """A new connection."""
        return Client(self.address)

    def get(self, path: str, **headers: str) -> Answer:
        """Ask once, over a connection of its own."""
        client = self.client()
        with closing(client):
            return client.get(path, **headers)

    def metrics(self) -> dict[str, float]:
        """Every sample by name."""
        answer = self.get("/metrics", Authorization=f"Bearer {TOKEN}")
        assert answer.status == 200
        lines = answer.body.decode().splitlines()
        return {name: float(value) for name, value in (re.split(r" (?=\S+$)", x) for x in lines if x[0] != "#")}

    def workers(self) -> set[int]:
        """The processes that answer."""
        return {pid for pid in _processes() if _parent(pid) == self.process.pid and _is_worker(pid)}

    def wait_for_workers(self, *, without: int) -> None:
        """Wait until the place of a killed worker is taken again."""
        wait_until(lambda: without not in self.workers() and len(self.workers()) == 2, "two workers are there")
        wait_until(lambda: self.metrics()["prostor_workers"] == 2, "both answer")

    def template(self, set_id: str) -> str:
        """The address of the tiles of a set, with z, x and y left open."""
        told = self.get(f"/tiles/{set_id}/WebMercatorQuad.json")
        assert told.status == 200, told.body
        (template,) = re.findall(rb'"tiles":\["([^"]+)"\]', told.body)
        return urlsplit(template.decode()).path


@contextmanager
def running(town: Town, *, workers: int = 2, **settings: str) -> Iterator[Service]:
    """`prostor serve` on a free port, with metrics; settings by their small names."""
    chosen = {
        "PROSTOR_PORT": "0",
        "PROSTOR_WORKERS": str(workers),
        "PROSTOR_LOG_LEVEL": "error",
        "PROSTOR_METRICS_TOKEN": TOKEN,
        **{f"PROSTOR_{name.upper()}": value for name, value in settings.items()},
    }
    with subprocess.Popen(
        [*COMMAND, "serve"],
        env={**town.environment, **chosen},
        cwd=town.folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:")
            yield Service(address, process)
        finally:
            process.terminate()
            process.wait()


def kill(pid: int) -> None:
    """End a process as the kernel does when memory is short."""
    os.kill(pid, signal.SIGKILL)


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Look for a minute at least; counted in looks, for a machine may stand still meanwhile."""
    for _ in range(_LOOKS):
        if is_so():
            return
        time.sleep(PATIENCE_SECONDS / _LOOKS)
    pytest.fail(f"still not: {what}")


def editions_in(body: bytes, layer: str) -> list[int]:
    """The edition that each feature of a tile speaks of."""
    features = mapbox_vector_tile.decode(body).get(layer, {"features": []})["features"] if body else []
    return [each["properties"]["edition"] for each in features]


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> int | None:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    return int(status.rpartition(")")[2].split()[1])


def _is_worker(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _open_files(pid: int) -> list[str]:
    """What a process has open; it opens and closes more while it is looked at, and may end."""
    found = []
    with suppress(OSError):
        for each in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                found.append(str(each.readlink()))
    return found


def _write_end(host: str, port: int) -> str:
    """As the kernel's list of connections has it."""
    return "".join(f"{int(part):02X}" for part in reversed(host.split("."))) + f":{port:04X}"
