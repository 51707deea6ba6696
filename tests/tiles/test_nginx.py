"""The configuration for nginx in docs/operations, word for word, in front of the service."""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import threading
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brotli
import pytest
import shapely
from werkzeug.serving import make_server

from tiles.cache import store_tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.database
ROOT = Path(__file__).parents[2]
SQUARE = shapely.box(508001, 135980, 508020, 135999)
HERE = (508000.0, 136000.0)
_AROUND = """
{user}
load_module modules/ngx_http_brotli_static_module.so;
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/prostor.conf;
}}
"""


class Front:
    """nginx in front of a workshop, and what reached the service behind it."""

    def __init__(self, workshop: Any, port: int) -> None:
        self.workshop = workshop
        self.port = port
        self.passed_on: list[str] = []

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers by small names, and body."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers={"Accept-Encoding": "identity", **given})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def address(self, name: str, token: str, *, east: int = 0) -> str:
        """The path of the tile here, or further east."""
        x, y = self.workshop.grids["SI-D96"].tile_at(12, *HERE)
        return f"/tiles/{name}@{token}/SI-D96/12/{x + east}/{y}.mvt"


@pytest.fixture
def front(make_workshop: Callable[..., Any], tmp_path: Path) -> Iterator[Front]:
    """nginx with the documented configuration; ports and folder are the test's."""
    workshop = make_workshop(home=tmp_path / "home")
    found = Front(workshop, _free_port())
    wsgi = workshop.app.wsgi_app

    def noticed(environ: Any, start_response: Any) -> Any:
        found.passed_on.append(environ["PATH_INFO"])
        return wsgi(environ, start_response)

    server = make_server("127.0.0.1", 0, noticed, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    nginx = subprocess.Popen(["nginx", "-c", str(_configure(tmp_path, found.port, server.server_port))])
    try:
        _wait_for(found.port)
        yield found
    finally:
        nginx.terminate()
        nginx.wait()
        server.shutdown()
        thread.join()
        server.server_close()
        workshop.service.store.writer.wait()


def _configure(folder: Path, port: int, behind: int) -> Path:
    text = (ROOT / "docs/operations/nginx.conf").read_text(encoding="utf-8")
    for ours, theirs in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{behind};"),
        ("root /srv/prostor/var/cache;", f"root {folder / 'home/cache'};"),
    ):
        assert text.count(ours) == 1
        text = text.replace(ours, theirs)
    (folder / "prostor.conf").write_text(text, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user), encoding="utf-8")
    return folder / "nginx.conf"


def _free_port() -> int:
    with closing(socket.socket()) as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(600):
        with closing(socket.socket()) as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx does not listen")


def test_a_hit_never_reaches_the_service(front: Front) -> None:
    """The first request is passed on, the next one is a file: the same bytes and headers, in every coding."""
    path = front.address("a", front.workshop.publish("a", [SQUARE]))
    made = front.ask(path)
    front.workshop.service.store.writer.wait()
    direct = front.workshop.client.get(path, headers={"Accept-Encoding": "br"})

    plain, small, smallest = (
        front.ask(path, Accept_Encoding=each) for each in ("identity", "gzip", "gzip, br")
    )
    head = front.ask(path, "HEAD", Accept_Encoding="gzip")

    assert front.passed_on == [path]
    assert [each[0] for each in (made, plain, small, smallest, head)] == [200] * 5
    assert plain[2] == gzip.decompress(small[2]) == brotli.decompress(smallest[2]) == made[2]
    assert (small[1]["content-encoding"], smallest[1]["content-encoding"]) == ("gzip", "br")
    assert smallest[2] == direct.data
    for name in (
        "content-type",
        "cache-control",
        "access-control-allow-origin",
        "vary",
        "x-content-type-options",
    ):
        assert smallest[1][name] == direct.headers[name]
    assert (head[2], head[1]["content-length"]) == (b"", str(len(small[2])))


def test_unchanged_and_empty_tiles(front: Front) -> None:
    """304 for who has the tile, 204 for an empty one, both readable from any page."""
    token = front.workshop.publish("a", [SQUARE])
    full, empty = front.address("a", token), front.address("a", token, east=40)
    for path in (full, empty):
        front.ask(path)
    front.workshop.service.store.writer.wait()
    etag = front.ask(full, Accept_Encoding="gzip")[1]["etag"]

    unchanged = front.ask(full, Accept_Encoding="gzip", If_None_Match=etag)
    nothing = front.ask(empty)
    ours = front.ask(full, Accept_Encoding="gzip", If_None_Match=f'"{"0" * 16}-gzip"')

    assert (unchanged[0], nothing[0], ours[0]) == (304, 204, 200)
    assert {each[1]["access-control-allow-origin"] for each in (unchanged, nothing)} == {"*"}
    assert front.passed_on == [full, empty]


def test_what_is_not_a_file_is_passed_on(front: Front) -> None:
    """Aliases, TileJSON, unknown tokens, other methods and cut tiles: the service answers, errors too."""
    token = front.workshop.publish("a", [SQUARE])
    life = front.workshop.catalogue.find("a").life
    cut = front.address("a", token, east=1)
    front.workshop.service.store.keep({cut: store_tile(b"cut", frozenset((life,)), truncated="a;max=100")})
    front.workshop.service.store.writer.wait()

    alias = front.ask(front.address("a", token).replace(f"@{token}", ""))
    tilejson = front.ask("/tiles/a/SI-D96.json")
    unknown = front.ask(front.address("a", "0" * 16))
    posted = front.ask(front.address("a", token), "POST")
    truncated = front.ask(cut)

    assert [each[0] for each in (alias, tilejson, unknown, posted, truncated)] == [200, 200, 404, 405, 200]
    assert "immutable" not in alias[1]["cache-control"]
    assert truncated[1]["x-features-truncated"] == "a;max=100"
    assert len(front.passed_on) == 5


def test_a_withdrawn_layer_is_gone_from_nginx_too(front: Front) -> None:
    """As soon as one process of the service has looked."""
    path = front.address("a", front.workshop.publish("a", [SQUARE]))
    front.ask(path)
    front.workshop.service.store.writer.wait()
    front.workshop.withdraw("a")
    front.workshop.service._withdrawals._next = 0.0
    front.workshop.service._withdrawals.look()

    assert front.ask(path)[0] == 410


def test_the_service_may_be_away(front: Front, tmp_path: Path) -> None:
    """Tiles on the disk are sent all the same."""
    path = front.address("a", front.workshop.publish("a", [SQUARE]))
    front.ask(path)
    front.workshop.service.store.writer.wait()
    (tmp_path / "prostor.conf").write_text(
        (tmp_path / "prostor.conf").read_text().replace("server 127.0.0.1:", "server 127.0.0.2:"),
        encoding="utf-8",
    )
    subprocess.run(["nginx", "-c", str(tmp_path / "nginx.conf"), "-s", "reload"], check=True)
    token = front.workshop.service.sets.find("a").token
    # An empty tile that was asked for once is on the disk as well, so each time it is another one.
    assert 502 in (front.ask(front.address("a", token, east=far))[0] for far in range(2, 2000))

    assert front.ask(path)[0] == 200


def test_metrics_are_not_public(front: Front) -> None:
    """nginx answers itself, whatever the guest brings and however the address is written."""
    for path in ("/metrics", "/metrics?x", "//metrics", "/%6detrics", "/./metrics", "/a/../metrics"):
        assert front.ask(path, Authorization="Bearer anything", Host="localhost")[0] == 404

    assert front.passed_on == []
