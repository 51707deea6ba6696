"""nginx with files that are tiles: the limit of what this machine can send. Also the door of MapServer."""

from __future__ import annotations

import gzip
import os
import pwd
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from benchmarks.serving.peers.server import MERCATOR, NATIONAL, Server, find_program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from benchmarks.serving.peers.server import Running, Tile
    from benchmarks.serving.portal import BenchLayer

HOW = "apt-get install nginx-light"


class NginxStatic(Server):
    """The bytes of Prostor's tiles, as files compressed beforehand (gzip_static, sendfile, open_file_cache)."""

    name = "nginx static"
    grids = (MERCATOR, NATIONAL)
    has_cache = True

    def find_version(self) -> str:
        """What the program says."""
        return nginx_version(self.tools)

    def path(self, layer: BenchLayer, tile: Tile) -> str:
        """The file's place."""
        return f"/{layer.id}/{tile.grid}/{tile.z}/{tile.x}/{tile.y}.mvt"

    def fill(self, bodies: Mapping[str, bytes]) -> None:
        """Write these tiles, by path, and remove those of before."""
        shutil.rmtree(self.folder / "files", ignore_errors=True)
        for path, body in bodies.items():
            file = self.folder / "files" / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
            file.with_name(file.name + ".gz").write_bytes(gzip.compress(body, 6, mtime=0))

    def _launch(self, running: Running) -> None:
        (self.folder / "files").mkdir(exist_ok=True)
        server = _STATIC.replace("{files}", str(self.folder / "files"))
        config = write_config(self.folder, self.port, server, running.workers)
        start_nginx(self, config, running)


class NginxOverFiles(NginxStatic):
    """The files Prostor keeps on the disk, sent by nginx under the addresses Prostor gives them."""

    name = "nginx over our files"
    root: Path

    def _launch(self, running: Running) -> None:
        server = _OVER_FILES.replace("{files}", str(self.root))
        start_nginx(self, write_config(self.folder, self.port, server, running.workers), running)


def nginx_version(tools: Path) -> str:
    """Version of nginx. Raises MissingError."""
    program = find_program("nginx", tools, HOW)
    said = subprocess.run([program, "-v"], capture_output=True, text=True, check=True).stderr  # noqa: S603
    return "".join(re.findall(r"nginx/(\S+)", said))


def write_config(folder: Path, port: int, server: str, workers: int) -> Path:
    """A configuration around one server block; nginx stays in front and writes only below `folder`."""
    text = _CONFIG.replace("{folder}", str(folder)).replace("{workers}", str(workers))
    text = text.replace("{user}", pwd.getpwuid(os.geteuid()).pw_name)
    text = text.replace("{port}", str(port)).replace("{server}", server)
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    return path


def start_nginx(server: Server, config: Path, running: Running) -> None:
    """Start nginx as one of the server's processes."""
    program = find_program("nginx", server.tools, HOW)
    server.processes.start([program, "-c", str(config), "-e", "stderr"], cores=running.cores)


_CONFIG = """\
daemon off;
user {user};
worker_processes {workers};
pid {folder}/nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  client_body_temp_path {folder}/tmp-body;
  proxy_temp_path {folder}/tmp-proxy;
  fastcgi_temp_path {folder}/tmp-fastcgi;
  uwsgi_temp_path {folder}/tmp-uwsgi;
  scgi_temp_path {folder}/tmp-scgi;
  server {
    listen 127.0.0.1:{port} reuseport;
{server}
  }
}
"""
_OVER_FILES = """\
    open_file_cache max=100000 inactive=600s;
    types { application/vnd.mapbox-vector-tile mvt; }
    location /tiles/ {
      alias {files}/;
      gzip_static always;
      add_header Cache-Control "public, max-age=31536000, immutable";
    }
"""
_STATIC = """\
    root {files};
    open_file_cache max=100000 inactive=600s;
    types { application/vnd.mapbox-vector-tile mvt; }
    gzip_static on;
    add_header Cache-Control "public, max-age=31536000, immutable";
"""
