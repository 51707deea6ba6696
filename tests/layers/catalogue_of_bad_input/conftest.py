"""One published layer that every bad input tries to replace, and what has to hold each time.

`refused` and `accepted` import for real: child process, PostGIS, catalogue. A refusal leaves no version, table
or file behind, and the layer is served byte for byte as before; its sentence is one a clerk can act on.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from psycopg import sql

from gis.database import Database
from gis.errors import SourceError
from gis.settings import Settings
from layers.loading.importing import ImportReport, import_layer
from layers.portal import Portal, read_portal
from prostor.app import DATABASE, create_app
from tests.layers.area_sources import build_areas_manifest, write_areas
from tiles.grid import read_grids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import LiteralString

    from flask.testing import FlaskClient

    from gis.cluster import EmbeddedCluster
    from layers.manifest import Manifest

WEST, SOUTH = 502_000, 135_000
# Somewhere in the squares, for a tile of them.
LON, LAT = 15.03, 46.355
PORTAL = """
id = "lipovec"
title = { sl = "Prostor Lipovec" }
municipality = { name = { sl = "Lipovec" }, office = { sl = "Urad za prostor" } }
outline = { west = 500000, south = 130000, east = 510000, north = 140000 }
themes = [ { id = "a", title = { sl = "A" }, description = { sl = "A" }, layers = ["areas"] } ]
"""
FORMATS: Mapping[str, str] = {
    ".shp": "shapefile",
    ".zip": "shapefile",
    ".gpkg": "geopackage",
    ".geojson": "geojson",
    ".json": "geojson",
    ".csv": "csv",
}
# What a clerk must not be shown: how it works inside, and what only a programmer understands.
INSIDE = re.compile(
    r"/(tmp|var|home)\b|staging|source\.(shp|shx|dbf|prj|gpkg|geojson|json|csv)\b|archive\.zip|answer\.json|"
    r"rows\.copy|\b(SELECT|INSERT|COPY|UPDATE|CREATE TABLE)\b|Traceback|fiona|pyogrio|shapely|numpy|sqlite3?\b|"
    r"GDAL|OGR\b|driver|/vsi|psycopg|Errno|Exception|0x[0-9a-f]{6,}|<class|object at"
)
# Every sentence ends with something to do.
ADVICE = re.compile(
    r"\b(Add|Ask|Change|Check|Choose|Close|Correct|Divide|Export|Fetch|Find|Free|Give|Keep|Linearise|List|Look|Make|"
    r"Mend|Name|Pack|Publish|Put|Remove|Rename|Replace|Save|Say|Send|Simplify|Split|State|Take|Try|Unpack|Wait|"
    r"Write|raise)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Served:
    """Everything outside the process that an import could have changed."""

    items: bytes
    tile: tuple[str | None, bytes]
    versions: tuple[tuple[Any, ...], ...]
    pointers: tuple[tuple[Any, ...], ...]
    tables: tuple[str, ...]
    published: int


@dataclass(frozen=True)
class Registry:
    """A catalogue with one published layer, and the service in front of it."""

    database: Database
    portal: Portal
    home: Path
    client: FlaskClient

    def rows(self, statement: LiteralString, table: str = "", **values: object) -> list[tuple[Any, ...]]:
        """The rows of a statement, asked by the loader; `{table}` in it is a table of schema data."""
        with self.database.loading() as connection:
            composed = sql.SQL(statement).format(table=sql.Identifier("data", table))
            return connection.execute(composed, values or None).fetchall()

    def load(self, manifest: Manifest, source: Path, **options: Any) -> ImportReport:
        """Import a source as the command does."""
        targets = [grid.target() for grid in read_grids(self.portal).values()]
        choices: dict[str, Any] = {"targets": targets, "home": self.home, "source": source, "who": "ana"}
        return import_layer(self.database, self.portal, manifest, **{**choices, **options})

    def manifest(self, path: Path, **source: Any) -> Manifest:
        """A manifest that would replace the published layer by this file."""
        return build_areas_manifest("areas", {"format": FORMATS[path.suffix.lower()], **source})

    def left_in_staging(self) -> list[Path]:
        """Staging folders of imports that are over."""
        return [path for path in (self.home / "staging").iterdir() if path.is_dir()]

    def look(self) -> Served:
        """What is served of the layer, and what the catalogue holds."""
        items = self.client.get("/ogc/collections/areas/items?limit=100")
        column, row = _tile_at(LON, LAT, 12)
        tile = self.client.get(f"/tiles/areas/WebMercatorQuad/12/{column}/{row}.mvt")
        assert (items.status_code, tile.status_code) == (200, 200)
        return Served(
            items=re.sub(rb'"timeStamp": ?"[^"]*"', b"", items.data),
            tile=(tile.headers.get("ETag"), tile.data),
            versions=tuple(self.rows("SELECT id, token, state FROM catalogue.layer_version ORDER BY id")),
            pointers=tuple(self.rows("SELECT id, current_version_id FROM catalogue.layer ORDER BY id")),
            tables=tuple(
                row[0]
                for row in self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'data' ORDER BY 1")
            ),
            published=self.rows("SELECT count(*) FROM catalogue.audit")[0][0],
        )


@pytest.fixture(scope="session")
def registry(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """The layer `areas` of twelve squares, published; shared by all rows, because none may change it."""
    folder = tmp_path_factory.mktemp("registry")
    (folder / "layers").mkdir()
    (folder / "portal.toml").write_text(PORTAL, encoding="utf-8")
    database = Database(cluster.urls(_copy_template()))
    settings = Settings(home=folder / "home", portal=folder)
    app = create_app(settings, database.urls)
    made = Registry(database, read_portal(folder), settings.home, app.test_client())
    source = write_areas(folder / "areas.gpkg", make_squares(12))
    made.load(build_areas_manifest("areas", {"format": "geopackage"}), source)
    yield made
    app.extensions[DATABASE].dispose()
    database.dispose()


@pytest.fixture
def refused(registry: Registry) -> Callable[..., str]:
    """Imports a source that has to be refused, checks that nothing changed, and gives the sentence.

    `source` options and parts of the manifest may be changed by keyword; the format follows from the ending.
    """

    def refuse(path: Path, *, source: Mapping[str, Any] | None = None, **parts: Any) -> str:
        manifest = build_areas_manifest(
            "areas", {"format": FORMATS[path.suffix.lower()], **(source or {})}, **parts
        )
        before = registry.look()

        with pytest.raises(SourceError) as caught:
            registry.load(manifest, path)

        sentence = caught.value.sentence
        assert registry.look() == before
        assert registry.left_in_staging() == []
        last = registry.rows("SELECT state, message FROM catalogue.import_job ORDER BY id DESC LIMIT 1")
        assert last == [("rejected", sentence)]
        check_sentence(sentence, path)
        return sentence

    return refuse


@pytest.fixture
def accepted(registry: Registry) -> Callable[..., ImportReport]:
    """Imports a source that has to be accepted, as a layer of its own, and gives the report."""

    def accept(path: Path, *, source: Mapping[str, Any] | None = None, **parts: Any) -> ImportReport:
        number = registry.rows("SELECT count(*) FROM catalogue.layer")[0][0]
        made = {"format": FORMATS[path.suffix.lower()], **(source or {})}
        manifest = build_areas_manifest(f"row-{number}", made, **parts)
        before = registry.look()

        report = registry.load(manifest, path)

        assert report.outcome == "published"
        assert replace(registry.look(), versions=(), pointers=(), tables=(), published=0) == replace(
            before, versions=(), pointers=(), tables=(), published=0
        )
        assert registry.left_in_staging() == []
        return report

    return accept


@pytest.fixture
def stored(registry: Registry) -> Callable[..., list[dict[str, Any]]]:
    """The rows of a version as it was loaded: columns by name and the geometry as shapely knows it."""

    def read(report: ImportReport) -> list[dict[str, Any]]:
        found = registry.rows(
            "SELECT to_jsonb(t) - '_geom', ST_AsBinary(t._geom) FROM {table} AS t ORDER BY _key",
            f"v{report.version_id}",
        )
        return [{**row, "_geom": shapely.from_wkb(shape)} for row, shape in found]

    return read


@pytest.fixture
def write() -> Callable[..., Path]:
    """`write(path, shapes, names=…, crs=…, kind=…)`: shapes with an ID (A1, A2, …) and a name (IME)."""
    return write_areas


@pytest.fixture
def make_manifest() -> Callable[..., Manifest]:
    """`make_manifest("areas", {"format": "csv", …}, geometry=…)`: polygons in D96/TM unless said otherwise."""
    return build_areas_manifest


@pytest.fixture
def squares() -> Callable[[int], list[Any]]:
    """`squares(5)`: five squares of 40 m side by side, inside the outline."""
    return make_squares


def make_squares(count: int) -> list[Any]:
    """Squares of 40 m side by side, inside the outline."""
    return [shapely.box(WEST + 50 * n, SOUTH, WEST + 50 * n + 40, SOUTH + 40) for n in range(count)]


def check_sentence(sentence: str, path: Path) -> None:
    """A refusal names layer and file, says what to do, and keeps the inside of the house to itself."""
    assert sentence.startswith(f"areas ({path.name}): ")
    assert sentence.endswith(".")
    said = sentence.removeprefix(f"areas ({path.name}): ")
    assert INSIDE.search(said) is None, said
    assert ADVICE.search(said), said
    assert len(said) < 1200
    assert said.isprintable(), said


def _tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    across = 2**zoom
    up = math.asinh(math.tan(math.radians(lat)))
    return int((lon + 180) / 360 * across), int((1 - up / math.pi) / 2 * across)
