"""A load generator for cold tiles: so many connections ask for every tile of a list once, and time each answer.

Plain sockets, because a client must not take the servers' processors from them. For warm tiles, of which there
are tens of thousands a second, `benchmarks.serving.wrk` is quick enough; this one is not.
"""

from __future__ import annotations

import itertools
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.serving.processes import memory_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TIMEOUT_SECONDS = 60.0
_SAMPLE_SECONDS = 0.2


@dataclass(frozen=True)
class Outcome:
    """What came of asking: answers a second are `tiles` by `seconds`; bytes are bodies as they were sent."""

    tiles: int
    seconds: float
    p50_ms: float
    p99_ms: float
    bytes: int
    errors: int
    peak_bytes: int = 0
    usual_error: str = ""

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.tiles / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Answer:
    """One answer over HTTP; the body is not decoded."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_good(self) -> bool:
        """A tile, or that there is nothing in it."""
        return self.status in (200, 204)


class Connection:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), _TIMEOUT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb", 65536)

    def ask(self, path: str, encoding: str = "gzip") -> Answer:
        """GET a path. Raises OSError when the connection breaks."""
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: {encoding}\r\n\r\n"
        self._socket.sendall(head.encode("ascii"))
        status = int(self._line().split()[1])
        headers = {}
        while line := self._line():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return Answer(status, headers, self._body(status, headers))

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def _line(self) -> str:
        line = self._file.readline()
        if not line:
            raise ConnectionError("the server hung up")
        return line.decode("latin-1").rstrip("\r\n")

    def _body(self, status: int, headers: dict[str, str]) -> bytes:
        if status in (204, 304):
            return b""
        if "chunked" in headers.get("transfer-encoding", ""):
            return b"".join(iter(self._chunk, b""))
        return bytes(self._file.read(int(headers.get("content-length", 0))))

    def _chunk(self) -> bytes:
        size = int(self._line().split(";")[0], 16)
        chunk = bytes(self._file.read(size))
        self._line()
        return chunk


def fetch(port: int, path: str, encoding: str = "identity") -> Answer:
    """One answer over a connection of its own."""
    connection = Connection(port)
    try:
        return connection.ask(path, encoding)
    finally:
        connection.close()


def ask_once_each(
    port: int, paths: Sequence[str], clients: int, seconds: float, roots: Sequence[int]
) -> Outcome:
    """Ask for each path once over `clients` connections, beginning no new request after so many seconds."""
    numbers = itertools.count()
    waits: list[float] = []
    sizes: list[int] = []
    errors: list[str] = []
    begun = time.perf_counter()

    def ask_on() -> None:
        connection: Connection | None = None
        while (number := next(numbers)) < len(paths) and time.perf_counter() - begun < seconds:
            asked = time.perf_counter()
            try:
                connection = connection or Connection(port)
                answer = connection.ask(paths[number])
            except (OSError, ValueError) as exc:
                errors.append(str(exc))
                connection = None
                continue
            if answer.is_good:
                waits.append(time.perf_counter() - asked)
                sizes.append(len(answer.body))
            else:
                errors.append(f"{answer.status} {answer.body[:80].decode('utf-8', 'replace')}")
        if connection is not None:
            connection.close()

    peak = watched(roots, lambda: _at_once(ask_on, clients))
    elapsed = time.perf_counter() - begun
    return Outcome(
        tiles=len(waits),
        seconds=elapsed,
        p50_ms=quantile(waits, 0.5),
        p99_ms=quantile(waits, 0.99),
        bytes=sum(sizes),
        errors=len(errors),
        peak_bytes=peak,
        usual_error=max(errors, key=errors.count, default=""),
    )


def watched(roots: Sequence[int], work: Callable[[], None]) -> int:
    """Do the work, and return the most memory the process trees had meanwhile."""
    ended = threading.Event()
    peak = [0]

    def look() -> None:
        while True:
            peak[0] = max(peak[0], memory_bytes(roots))
            if ended.wait(_SAMPLE_SECONDS):
                return

    watch = threading.Thread(target=look)
    watch.start()
    try:
        work()
    finally:
        ended.set()
        watch.join()
    return peak[0]


def quantile(waits: Sequence[float], share: float) -> float:
    """The wait in milliseconds that this share did not exceed."""
    ordered = sorted(waits) or [0.0]
    return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _at_once(work: Callable[[], None], times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
