"""Martin (Rust, MapLibre), built from its crate; its cache is off (`cache.size_mb: 0`) or of its default size.

https://maplibre.org/martin/config-file/
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from benchmarks.serving.peers.server import CONNECTIONS, Server, find_program
from benchmarks.serving.portal import BUFFER, INTEGERS
from benchmarks.serving.stage import PEERS_SCHEMA

if TYPE_CHECKING:
    from benchmarks.serving.peers.server import Running, Tile
    from benchmarks.serving.portal import BenchLayer

_HOW = "cargo install martin --locked --no-default-features --features postgres --root TOOLS/martin"
# What the makers' documentation names as the default size of the cache.
_CACHE_MEGABYTES = 512


class Martin(Server):
    """One process; its worker threads are as many as our worker processes."""

    name = "martin"
    has_cache = True

    def find_version(self) -> str:
        """What the program says."""
        program = find_program("martin", self.tools, _HOW)
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout.strip().split()[-1]

    def path(self, layer: BenchLayer, tile: Tile) -> str:
        """Its own grammar: source/z/x/y."""
        return f"/{layer.tables[self.srid]}/{tile.z}/{tile.x}/{tile.y}"

    def _launch(self, running: Running) -> None:
        tables = {
            layer.tables[self.srid]: {
                "layer_id": layer.id,
                "schema": PEERS_SCHEMA,
                "table": layer.tables[self.srid],
                "srid": int(self.srid),
                "geometry_column": "geom",
                "geometry_type": "GEOMETRY",
                "id_column": "gid",
                "extent": 4096,
                "buffer": BUFFER,
                "clip_geom": True,
                "properties": {name: "int8" if name in INTEGERS else "text" for name in layer.columns},
            }
            for layer in self.stage.layers
        }
        config = {
            "listen_addresses": f"127.0.0.1:{self.port}",
            "worker_processes": running.workers,
            "cache": {"size_mb": _CACHE_MEGABYTES if running.cached else 0},
            "postgres": {
                "connection_string": self.stage.peer_url,
                "pool_size": CONNECTIONS,
                "auto_publish": False,
                "tables": tables,
            },
        }
        # JSON is YAML, too.
        (self.folder / "martin.yaml").write_text(json.dumps(config, indent=1), encoding="utf-8")
        program = find_program("martin", self.tools, _HOW)
        self.processes.start(
            [program, "--config", str(self.folder / "martin.yaml")], {"RUST_LOG": "warn"}, cores=running.cores
        )
