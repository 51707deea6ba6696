"""The web service: granian's workers around our WSGI application, started and stopped as one.

Workers are fresh processes that end when the main one dies, however it dies. What is served is `prostor.app`.
"""

from __future__ import annotations

import ctypes
import errno
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from gis.database import DatabaseUrls
from gis.errors import ConflictError, UnavailableError
from gis.logs import configure_logging
from gis.metric_memory import shared_pages
from gis.metrics import Metrics
from prostor.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from flask import Flask

    from gis.metric_memory import SharedPages
    from gis.settings import Settings

# One to count in, and one for a worker that begins while the one before it has not ended.
_PAGES_PER_WORKER = 2
# A worker's database pools hold ten connections; the other threads answer from memory.
_THREADS = 16
_STOP_SECONDS = 10
_READY_SECONDS = 60
_POLL_SECONDS = 0.1
_PORT_PATIENCE_SECONDS = 3.0
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound
_PR_SET_PDEATHSIG = 1


def serve(settings: Settings, urls: DatabaseUrls, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; `announce` gets the address once it really answers.

    Only the reader's login goes to the workers. Raises ConfigurationError when the portal is not usable,
    ConflictError when the port is taken and UnavailableError when the workers do not become ready.
    """
    known = _for_readers(settings, urls)
    create_app(*known)
    host, port = reserve_address(settings)
    server = _server(settings, host, port)
    failures: list[str] = []
    watch = partial(_announce_when_ready, host, port, announce, failures, server.signal_handler_interrupt)
    hang_up = signal.getsignal(signal.SIGHUP)

    @server.on_startup
    def watch_readiness() -> None:
        signal.signal(signal.SIGHUP, hang_up if hang_up is signal.SIG_IGN else server.signal_handler_interrupt)
        threading.Thread(target=watch, daemon=True).start()

    with shared_pages(_PAGES_PER_WORKER * settings.workers) as pages:
        try:
            server.serve(target_loader=partial(_load, *known, pages), wrap_loader=False)
        except SystemExit as exc:
            raise UnavailableError("The web service stopped: its workers failed, see the lines above.") from exc
    if failures:
        raise UnavailableError(failures[0])


@contextmanager
def stopped_gently(say: Callable[[str], None]) -> Iterator[None]:
    """Being told to stop (Ctrl-C, SIGTERM, a closed terminal) unwinds the block, and is a wished end.

    While workers serve, `serve` minds the signals itself.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    except KeyboardInterrupt:
        say("Stopped")
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def reserve_address(settings: Settings) -> tuple[str, int]:
    """The numeric host and the port to listen on; port 0 becomes a free one.

    Asked with a plain socket, because granian's workers share a port with anybody who also shares it.
    Raises ConflictError when another program listens there, waiting a moment for one that is just ending.
    """
    deadline = time.monotonic() + _PORT_PATIENCE_SECONDS
    while True:
        try:
            return _try_address(settings.host, settings.port)
        except OSError as exc:
            if exc.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise ConflictError(_why_not(settings, exc)) from exc
        time.sleep(_POLL_SECONDS)


def _try_address(host: str, port: int) -> tuple[str, int]:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, socket.SOCK_STREAM) as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        asked.bind(address)
        found = asked.getsockname()
    return (str(found[0]), int(found[1]))


def _why_not(settings: Settings, exc: OSError) -> str:
    if isinstance(exc, socket.gaierror) or exc.errno == errno.EADDRNOTAVAIL:
        return f"PROSTOR_HOST={settings.host} is no address of this machine."
    if isinstance(exc, PermissionError):
        return f"Port {settings.port} may be used by the system only; set PROSTOR_PORT to 1024 or more."
    return (
        f"Port {settings.port} on {settings.host} is taken by another program; "
        "stop that one, or choose another port with PROSTOR_PORT."
    )


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _server(settings: Settings, host: str, port: int) -> MPServer:
    multiprocessing.set_start_method("spawn", force=True)
    return MPServer(
        "prostor.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=settings.workers,
        blocking_threads=_THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.error,
        log_dictconfig={"handlers": _LOG_TO_STDERR},
    )


_LOG_TO_STDERR = {
    name: {"formatter": formatter, "class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
    for name, formatter in (("console", "generic"), ("access", "access"))
}


def _for_readers(settings: Settings, urls: DatabaseUrls) -> tuple[Settings, DatabaseUrls]:
    """What a worker may know: how to read, and no other login."""
    nothing = {"database_url": None, "loader_url": None, "owner_url": None}
    return (settings.model_copy(update=nothing), DatabaseUrls(reader=urls.reader, loader="", owner=""))


def _load(settings: Settings, urls: DatabaseUrls, pages: SharedPages) -> Flask:
    """Runs in each worker: tie its life to the main process, then build the application.

    A process group of its own keeps Ctrl-C from the terminal away: the main process stops its workers.
    """
    for secret in ("PROSTOR_LOADER_URL", "PROSTOR_OWNER_URL"):
        os.environ.pop(secret, None)
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid != os.getppid():
        sys.exit("the main process ended before this worker began")
    configure_logging(settings)
    return create_app(settings, urls, Metrics(pages))


def _announce_when_ready(
    host: str,
    port: int,
    announce: Callable[[str], None],
    failures: list[str],
    stop: Callable[[int, FrameType | None], None],
) -> None:
    reachable = _WILDCARDS.get(host, host)
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if _answers(reachable, port):
            announce(_address(reachable, port))
            return
        time.sleep(_POLL_SECONDS)
    failures.append(
        f"The web service did not become ready within {_READY_SECONDS} seconds; see the lines above."
    )
    stop(signal.SIGTERM, None)


def _answers(host: str, port: int) -> bool:
    """True when `/health/ready` says so; asked directly, whatever proxy the environment names."""
    connection = HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
