"""A portal's folder with layers whose every feature says of which edition it is, and commands run on it.

An answer that mixes versions, or holds half of one, is told by its editions and its number of features.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.database import Database
from layers.loading.importing import ImportReport, import_layer
from layers.manifest import read_manifest
from layers.portal import read_portal
from tiles.grid import read_grids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gis.database import DatabaseUrls
    from layers.reading.report import Progress

ROOT = Path(__file__).parents[3]
COMMAND = (sys.executable, "-c", "from prostor.commands import main; main()")
WEST, SOUTH, SIDE = 502_300, 135_000, 40
# The steps of an import as its progress names them, in their order.
STEPS = (
    "taking a copy of the source",
    "reading and checking",
    "putting neighbours together",
    "loading",
    "making indexes",
    "publishing",
)

_PORTAL = """
id = "lipovec"
title = {{ sl = "Lipovec" }}
grids = ["WebMercatorQuad"]
outline = {{ west = 500000, south = 130000, east = 510000, north = 140000 }}
[municipality]
name = {{ sl = "Lipovec" }}
office = {{ sl = "Urad" }}
[[themes]]
id = "vse"
title = {{ sl = "Vse" }}
description = {{ sl = "Vse" }}
layers = {layers}
"""
_LAYER = """
id = "{layer}"
title = {{ sl = "Njive" }}
description = {{ sl = "Njive." }}
key = ["number"]
search = {{ text = "Njiva {{number}} izdaja {{edition}}" }}
style = {{ default = {{ fill = "#aabbcc" }} }}
tiles = {{ columns = ["edition"] }}
[source]
file = "{layer}.geojson"
format = "geojson"
crs = 3794
state_date = 2026-03-01
provider = {{ sl = "Občina" }}
licence = "CC-BY-4.0"
attribution = {{ sl = "Vir: Občina" }}
[geometry]
kind = "polygon"
[columns.number]
source = ["number"]
title = {{ sl = "Številka" }}
[columns.edition]
source = ["edition"]
type = "integer"
title = {{ sl = "Izdaja" }}
"""


@dataclass(frozen=True)
class Town:
    """The folder of a portal, its home, and the database its commands use."""

    folder: Path
    urls: DatabaseUrls
    layers: tuple[str, ...]

    @property
    def home(self) -> Path:
        """PROSTOR_HOME of every command."""
        return self.folder / "home"

    @property
    def environment(self) -> dict[str, str]:
        """What a command finds in its environment."""
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PROSTOR_PORTAL": str(self.folder),
            "PROSTOR_HOME": str(self.home),
            "PROSTOR_DATABASE_URL": self.urls.reader,
            "PROSTOR_LOADER_URL": self.urls.loader,
            "PROSTOR_OWNER_URL": self.urls.owner,
        }

    def source(self, layer: str) -> Path:
        """The file a layer's manifest names."""
        return self.folder / "layers" / f"{layer}.geojson"

    def write_source(self, layer: str, edition: int, rows: int) -> None:
        """A new source; the file before it is replaced at once, as a provider would."""
        fresh = self.source(layer).with_suffix(".part")
        with fresh.open("w", encoding="utf-8") as file:
            file.write('{"type":"FeatureCollection","features":[\n')
            file.write(",\n".join(json.dumps(each) for each in _features(edition, rows)))
            file.write("\n]}\n")
        fresh.replace(self.source(layer))

    def run(self, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `prostor …` to its end."""
        return subprocess.run(
            [*COMMAND, *words],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Begin `prostor …` in a process group of its own; its progress is on standard error."""
        return subprocess.Popen(
            [*COMMAND, *words],
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def make_town(folder: Path, urls: DatabaseUrls, layers: Sequence[str]) -> Town:
    """Write the portal and its manifests."""
    (folder / "layers").mkdir()
    (folder / "portal.toml").write_text(_PORTAL.format(layers=json.dumps(list(layers))), encoding="utf-8")
    for layer in layers:
        text = _LAYER.format(layer=layer)
        (folder / "layers" / f"{layer}.toml").write_text(text, encoding="utf-8")
    return Town(folder, urls, tuple(layers))


def _features(edition: int, rows: int) -> Iterator[dict[str, Any]]:
    for place in range(rows):
        west, south = WEST + 50 * (place % SIDE), SOUTH + 60 * (place // SIDE)
        ring = [(west, south), (west + 40, south), (west + 40, south + 50), (west, south + 50), (west, south)]
        yield {
            "type": "Feature",
            "properties": {"number": f"{place}", "edition": edition},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }


def import_here(town: Town, layer: str, progress: Callable[[Progress], None] | None = None) -> ImportReport:
    """Import a layer in this process, so that a test can do something at a certain step of it."""
    portal = read_portal(town.folder)
    database = Database(town.urls)
    try:
        return import_layer(
            database,
            portal,
            read_manifest(town.folder / "layers" / f"{layer}.toml"),
            targets=[grid.target() for grid in read_grids(portal).values()],
            home=town.home,
            who="ana",
            progress=progress,
        )
    finally:
        database.dispose()


def at_step(step: str, act: Callable[[], object]) -> Callable[[Progress], None]:
    """A listener that does something once, when a step begins."""
    waiting = [act]

    def listen(progress: Progress) -> None:
        if progress.step == step and waiting:
            waiting.pop()()

    return listen
