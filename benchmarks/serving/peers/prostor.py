"""Prostor as people run it: `prostor serve`, with a home of its own, so that it starts with no tile made."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import tomllib
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.serving.peers.server import MERCATOR, NATIONAL, Server
from benchmarks.serving.processes import NotStartedError

if TYPE_CHECKING:
    from benchmarks.serving.peers.server import Running, Tile
    from benchmarks.serving.portal import BenchLayer

_READY_SECONDS = 60
_PROJECT = Path(__file__).parents[3] / "pyproject.toml"
_PROGRAM = "from prostor.commands import main; main()"


class Prostor(Server):
    """Ours; `keeps_home` lets a start find what an earlier one left on the disk."""

    name = "prostor"
    grids = (MERCATOR, NATIONAL)
    has_cache = True
    sources = ("3794",)
    keeps_home = False
    cache_megabytes = 64

    def find_version(self) -> str:
        """Of the package, and the commit of the checkout."""
        return self.find_build()

    @staticmethod
    def find_build() -> str:
        """The same, without a server."""
        version = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"]
        commit = ["git", "describe", "--always", "--dirty"]
        done = subprocess.run(commit, capture_output=True, text=True, check=False)  # noqa: S603  words of ours
        return " ".join([version, done.stdout.strip()]).strip()

    @property
    def home(self) -> str:
        """PROSTOR_HOME of the web service."""
        return str(self.folder / "home")

    def path(self, layer: BenchLayer, tile: Tile) -> str:
        """The immutable address that TileJSON names."""
        template = self._templates.get((layer.id, tile.grid)) or self._read_template(layer.id, tile.grid)
        return template.format(z=tile.z, x=tile.x, y=tile.y)

    def flask_path(self, layer: BenchLayer, tile: Tile) -> str:
        """The same tile under its OGC address, which Flask answers."""
        return f"/ogc/collections/{layer.id}/tiles/{tile.grid}/{tile.z}/{tile.y}/{tile.x}"

    def read_grid(self, grid: str) -> str:
        """The definition of one of its grids, as OGC JSON."""
        return self._get(f"/ogc/tileMatrixSets/{grid}").decode()

    def _launch(self, running: Running) -> None:
        if not self.keeps_home:
            shutil.rmtree(self.home, ignore_errors=True)
        self._templates: dict[tuple[str, str], str] = {}
        environment = {
            **self.stage.environment(self.folder / "home"),
            "PROSTOR_PORT": str(self.port),
            "PROSTOR_WORKERS": str(running.workers),
            "PROSTOR_CACHE_MEGABYTES": str(self.cache_megabytes),
        }
        if not running.cached:
            environment["PROSTOR_TILE_DISK_MEGABYTES"] = "0"
        self.processes.start([sys.executable, "-c", _PROGRAM, "serve"], environment, cores=running.cores)
        self.processes.await_port(self.port)
        self._await_ready()

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            try:
                self._get("/health/ready")
            except (OSError, HTTPException, NotStartedError):
                time.sleep(0.1)
            else:
                return
        raise NotStartedError(f"it did not become ready, see {self.processes.log}")

    def _read_template(self, layer_id: str, grid: str) -> str:
        document = json.loads(self._get(f"/tiles/{layer_id}/{grid}.json"))
        address: str = document["tiles"][0]
        self._templates[layer_id, grid] = "/" + address.split("/", 3)[3]
        return self._templates[layer_id, grid]

    def _get(self, path: str) -> bytes:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise NotStartedError(f"{path} answered {answer.status}")
        return body
