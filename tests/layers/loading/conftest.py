"""A small portal, its grids, sources written by the tests, and imports of them into a fresh database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import fiona
import pytest
import shapely
from psycopg import sql
from shapely.geometry import mapping

from layers.loading.importing import ImportReport, import_layer
from layers.manifest import Manifest, parse_manifest
from layers.portal import Portal
from tiles.grid import read_grids

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import LiteralString

    from gis.database import Database

WEST, SOUTH = 502_000, 135_000


@pytest.fixture
def lipovec() -> Portal:
    """A made-up portal of 10 × 10 km in D96/TM with both grids."""
    return Portal.model_validate(
        {
            "id": "lipovec",
            "municipality": {"name": {"sl": "Lipovec"}, "office": {"sl": "Urad"}},
            "title": {"sl": "Lipovec"},
            "outline": {"west": 500_000, "south": 130_000, "east": 510_000, "north": 140_000},
            "themes": [{"id": "a", "title": {"sl": "A"}, "description": {"sl": "A"}, "layers": ["fields"]}],
        }
    )


@pytest.fixture
def fields_manifest() -> Callable[..., Manifest]:
    """Makes a manifest of fields with a number and an area; keyword arguments replace its parts."""

    def make(*, source: Mapping[str, Any] | None = None, **parts: Any) -> Manifest:
        return parse_manifest(
            {
                "id": "fields",
                "title": {"sl": "Njive"},
                "description": {"sl": "Njive."},
                "source": {
                    "file": "fields.gpkg",
                    "format": "geopackage",
                    "crs": 3794,
                    "state_date": "2026-03-01",
                    "provider": {"sl": "Občina"},
                    "licence": "CC-BY-4.0",
                    "attribution": {"sl": "Vir: Občina"},
                    **(source or {}),
                },
                "geometry": {"kind": "polygon"},
                "columns": {
                    "number": {"source": ["ST"], "title": {"sl": "Številka"}},
                    "area": {"source": ["POVR"], "type": "number", "title": {"sl": "Površina"}},
                },
                "key": ["number"],
                "search": {"text": "Njiva {number}"},
                "style": {"default": {"fill": "#aabbcc"}},
                **parts,
            }
        )

    return make


@pytest.fixture
def write_fields(tmp_path: Path) -> Callable[..., Path]:
    """Writes a GeoPackage of rectangular fields, one for each number."""

    def write(
        numbers: Sequence[object], *, shift: float = 0.0, north: float = 0.0, name: str = "fields.gpkg"
    ) -> Path:
        path = tmp_path / name
        path.unlink(missing_ok=True)
        schema = {"geometry": "Polygon", "properties": {"ST": "str", "POVR": "float"}}
        with fiona.open(path, "w", driver="GPKG", schema=schema, crs="EPSG:3794") as file:
            for place, number in enumerate(numbers):
                west = WEST + 50 * (place % 100) + shift
                south = SOUTH + 60 * (place // 100) + north
                shape = shapely.box(west, south, west + 40, south + 50)
                file.write(
                    {"geometry": mapping(shape), "properties": {"ST": str(number), "POVR": 2000.0 + place}}
                )
        return path

    return write


@dataclass(frozen=True)
class Importer:
    """Imports into one database as the command does."""

    database: Database
    portal: Portal
    home: Path

    def __call__(self, manifest: Manifest, source: Path, **options: Any) -> ImportReport:
        """Import a source by a manifest."""
        targets = [grid.target() for grid in read_grids(self.portal).values()]
        return import_layer(
            self.database,
            self.portal,
            manifest,
            **{"targets": targets, "home": self.home, "source": source, "who": "ana", **options},
        )

    def rows(self, statement: LiteralString, table: str = "") -> list[tuple[Any, ...]]:
        """The rows of a statement, asked by the loader; `{table}` in it is a table of schema data."""
        with self.database.loading() as connection:
            composed = sql.SQL(statement).format(table=sql.Identifier("data", table))
            return connection.execute(composed).fetchall()


@pytest.fixture
def run_import_of(database: Database, lipovec: Portal, tmp_path: Path) -> Importer:
    """An importer into a fresh database."""
    return Importer(database, lipovec, tmp_path / "home")
