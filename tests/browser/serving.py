"""An application served for a while in threads of the test's process."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


class _Handler(WSGIRequestHandler):
    """Lets go of connections that a browser opened just in case."""

    timeout = 5


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address at which the application answers until the block ends, and with it every answer under way."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Handler)
    server.daemon_threads = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
