"""A database to import a layer of fields into, shapes for it, and another GDAL to read what was exported."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.portal import Portal
from tests.layers.writing.studio import E, N, Studio

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from gis.database import Database


@pytest.fixture
def studio(database: Database, tmp_path: Path) -> Studio:
    """A portal of 10 × 10 km without tiles, and a folder."""
    text = {"sl": "Lipovec"}
    portal = Portal.model_validate(
        {
            "id": "lipovec",
            "municipality": {"name": text, "office": text},
            "title": text,
            "outline": {"west": 500_000, "south": 130_000, "east": 510_000, "north": 140_000},
            "themes": [{"id": "a", "title": text, "description": text, "layers": ["fields"]}],
        }
    )
    return Studio(database, portal, tmp_path)


@pytest.fixture
def square() -> Callable[..., BaseGeometry]:
    """Makes a square of 10 m with coordinates that need every digit."""

    def make(place: int = 0, *, parts: int = 1, height: float | None = None) -> BaseGeometry:
        boxes = [
            shapely.box(E + 20 * place + 0.123456789, N + 20 * part, E + 20 * place + 10, N + 20 * part + 10)
            for part in range(parts)
        ]
        shape = boxes[0] if parts == 1 else shapely.multipolygons(boxes)
        return shape if height is None else shapely.force_3d(shape, z=height)

    return make


@pytest.fixture
def read_by_gdal() -> Callable[..., Any]:
    """Reads a file by Debian's own GDAL, as GeoJSON in the file's CRS; `options` are those of ogr2ogr."""

    def read(path: Path | str, *options: str) -> Any:
        done = subprocess.run(
            ["ogr2ogr", "-f", "GeoJSON", "-lco", "RFC7946=NO", "-lco", "COORDINATE_PRECISION=15", "/vsistdout/",
             str(path), *options],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "ERROR" not in done.stderr
        return json.loads(done.stdout)

    return read
