"""MapServer (C, OSGeo) as FastCGI behind nginx; vector tiles by its MVT driver, connections kept open.

https://mapserver.org/output/vector_tiles.html and https://mapserver.org/optimization/fastcgi.html. nginx
compresses, as MapServer does not. For the national grid it is asked as a WMS, with the box in EPSG:3794.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.serving.grids import tile_box
from benchmarks.serving.peers.nginx import nginx_version, start_nginx, write_config
from benchmarks.serving.peers.server import CONNECTIONS, MERCATOR, NATIONAL, MissingError, Server
from benchmarks.serving.portal import BUFFER, INTEGERS
from benchmarks.serving.stage import PEERS_SCHEMA

if TYPE_CHECKING:
    from benchmarks.serving.peers.server import Running, Tile
    from benchmarks.serving.portal import BenchLayer

_PROGRAM = Path("/usr/lib/cgi-bin/mapserv")
_KINDS = {"point": "POINT", "line": "LINE", "polygon": "POLYGON"}


class MapServer(Server):
    """As many FastCGI processes as the others have connections; each keeps its own."""

    name = "mapserver"
    grids = (MERCATOR, NATIONAL)

    def find_version(self) -> str:
        """Versions of MapServer and of nginx. Raises MissingError."""
        if not _PROGRAM.is_file():
            raise MissingError("mapserv is not here; apt-get install cgi-mapserver")
        said = subprocess.run([str(_PROGRAM), "-v"], capture_output=True, text=True, check=True).stdout  # noqa: S603
        return f"{said.split()[2]} (nginx {nginx_version(self.tools)})"

    def path(self, layer: BenchLayer, tile: Tile) -> str:
        """Tile mode for the world's grid, WMS for the national one."""
        if tile.grid == MERCATOR:
            return (
                f"/?map=TILES&mode=tile&tilemode=gmap&tile={tile.x}+{tile.y}+{tile.z}"
                f"&layers={layer.id}&map.imagetype=mvt"
            )
        box = ",".join(f"{each:.6f}" for each in tile_box(tile).bounds)
        return (
            "/?map=TILES&SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&SRS=EPSG:3794&WIDTH=256&HEIGHT=256&STYLES="
            f"&LAYERS={layer.id}&FORMAT=mvt&BBOX={box}"
        )

    def _launch(self, running: Running) -> None:
        folder = self.folder
        layers = "".join(self._layer(layer) for layer in self.stage.layers)
        (folder / "tiles.map").write_text(_MAP.replace("{layers}", layers), encoding="utf-8")
        config = _CONFIG.replace("{map}", str(folder / "tiles.map"))
        (folder / "mapserver.conf").write_text(config, encoding="utf-8")
        place = folder / "fastcgi.sock"
        self.processes.ends_by = signal.SIGKILL
        environment = {**os.environ, "MAPSERVER_CONFIG_FILE": str(folder / "mapserver.conf")}
        place.unlink(missing_ok=True)
        # What spawn-fcgi does: processes that share one listening socket as their standard input.
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(place))
            place.chmod(0o666)
            door.listen(128)
            for _ in range(CONNECTIONS):
                self.processes.start([str(_PROGRAM)], environment, stdin=door.fileno(), cores=running.cores)
        server = _SERVER.replace("{socket}", str(place))
        start_nginx(self, write_config(folder, self.port, server, running.workers), running)

    def _layer(self, layer: BenchLayer) -> str:
        info = self.stage.peer_conninfo
        words = {
            "{name}": layer.id,
            "{kind}": _KINDS[layer.kind],
            "{connection}": " ".join(f"{name}={value}" for name, value in info.items()),
            "{table}": f"{PEERS_SCHEMA}.{layer.tables[self.srid]}",
            "{srid}": self.srid,
            "{items}": ",".join(layer.columns),
            "{types}": "".join(
                f'      "gml_{name}_type" "Integer"\n' for name in layer.columns if name in INTEGERS
            ),
        }
        text = _LAYER
        for word, value in words.items():
            text = text.replace(word, value)
        return text


_CONFIG = """\
CONFIG
  MAPS
    TILES "{map}"
  END
END
"""
_MAP = """\
MAP
  NAME "tiles"
  EXTENT 370000 28000 630000 200000
  SIZE 256 256
  MAXSIZE 8192
  PROJECTION
    "init=epsg:3794"
  END
  WEB
    METADATA
      "ows_title" "tiles"
      "ows_enable_request" "*"
      "ows_srs" "EPSG:3857 EPSG:3794"
    END
  END
  OUTPUTFORMAT
    NAME "mvt"
    DRIVER MVT
    MIMETYPE "application/vnd.mapbox-vector-tile"
    EXTENSION "pbf"
    FORMATOPTION "EXTENT=4096"
    FORMATOPTION "EDGE_BUFFER={buffer}"
  END
{layers}END
""".replace("{buffer}", str(BUFFER))
_LAYER = """\
  LAYER
    NAME "{name}"
    TYPE {kind}
    STATUS ON
    CONNECTIONTYPE POSTGIS
    CONNECTION "{connection}"
    DATA "geom from {table} using unique gid using srid={srid}"
    PROCESSING "CLOSE_CONNECTION=DEFER"
    PROJECTION
      "init=epsg:{srid}"
    END
    METADATA
      "ows_title" "{name}"
      "gml_include_items" "{items}"
      "gml_featureid" "gid"
      "ows_include_items" "{items}"
{types}    END
    CLASS
      STYLE
        COLOR 0 0 0
        SIZE 1
      END
    END
  END
"""
_SERVER = """\
    gzip on;
    gzip_comp_level 6;
    gzip_min_length 0;
    gzip_types application/vnd.mapbox-vector-tile;
    location / {
      fastcgi_pass unix:{socket};
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param SCRIPT_NAME /mapserv;
      fastcgi_param SERVER_NAME $host;
      fastcgi_param SERVER_PORT $server_port;
      fastcgi_param SERVER_PROTOCOL $server_protocol;
      fastcgi_buffers 64 64k;
      fastcgi_buffer_size 64k;
      fastcgi_max_temp_file_size 0;
    }
"""
