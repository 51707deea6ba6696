"""tipg (Python, Development Seed) under uvicorn, as its documentation says, in its own virtual environment.

`python -m benchmarks.serving --prepare` makes that from requirements/tipg.txt. tipg has no cache of tiles.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from benchmarks.serving.peers.server import CONNECTIONS, MERCATOR, NATIONAL, MissingError, Server
from benchmarks.serving.portal import BUFFER, MAX_FEATURES
from benchmarks.serving.stage import PEERS_SCHEMA
from tiles.grid import built_in_grid

if TYPE_CHECKING:
    from benchmarks.serving.peers.server import Running, Tile
    from benchmarks.serving.portal import BenchLayer

LOCK = Path(__file__).parents[3] / "requirements" / "tipg.txt"


class Tipg(Server):
    """Two uvicorn workers with a pool of four each, as Prostor has."""

    name = "tipg"
    grids = (MERCATOR, NATIONAL)

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return self.tools / "tipg" / "bin" / "python"

    def find_version(self) -> str:
        """Versions of tipg and uvicorn."""
        if not self.python.is_file():
            raise MissingError("tipg is not here; python -m benchmarks.serving --prepare")
        asked = "from importlib.metadata import version as v; print(v('tipg'), '(uvicorn', v('uvicorn') + ')')"
        done = subprocess.run([str(self.python), "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout.strip()

    def path(self, layer: BenchLayer, tile: Tile) -> str:
        """OGC's address, asking for the columns every server sends."""
        collection = f"{PEERS_SCHEMA}.{layer.tables[self.srid]}"
        asked = f"properties={','.join(layer.columns)}&limit={MAX_FEATURES}"
        return f"/collections/{collection}/tiles/{tile.grid}/{tile.z}/{tile.x}/{tile.y}?{asked}"

    def _launch(self, running: Running) -> None:
        info = self.stage.peer_conninfo
        grid = self.folder / "grids" / f"{NATIONAL}.json"
        grid.parent.mkdir(exist_ok=True)
        grid.write_text(json.dumps(dict(built_in_grid(NATIONAL).document)), encoding="utf-8")
        environment = {
            **os.environ,
            "DATABASE_URL": _address(info),
            "DB_MIN_CONN_SIZE": "1",
            "DB_MAX_CONN_SIZE": str(CONNECTIONS // running.workers),
            "TIPG_DB_SCHEMAS": json.dumps([PEERS_SCHEMA]),
            "TIPG_DB_SPATIAL_EXTENT": "FALSE",
            "TIPG_DB_DATETIME_EXTENT": "FALSE",
            "TIPG_TILE_BUFFER": str(BUFFER),
            "TIPG_MAX_FEATURES_PER_TILE": str(MAX_FEATURES),
            "TIPG_CATALOG_TTL": "0",
            "TILEMATRIXSET_DIRECTORY": str(grid.parent),
        }
        command = [str(self.python), "-m", "uvicorn", "tipg.main:app", "--host", "127.0.0.1"]
        command += [
            "--port",
            str(self.port),
            "--workers",
            str(running.workers),
            "--log-level",
            "warning",
            "--no-access-log",
            "--timeout-graceful-shutdown",
            "1",
        ]
        self.processes.start(command, environment, cores=running.cores)


def prepare(tools: Path) -> None:
    """Make the environment from the lock file."""
    folder = tools / "tipg"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603
    install = [str(folder / "bin" / "pip"), "install", "--quiet", "--require-hashes", "-r", str(LOCK)]
    subprocess.run(install, check=True)  # noqa: S603


def _address(info: dict[str, str]) -> str:
    """A connection string whose host is the socket's folder, as asyncpg reads it."""
    place = f"{quote(info['host'], safe='')}:{info['port']}"
    return f"postgresql://{info['user']}:{quote(info['password'])}@{place}/{info['dbname']}"
