"""An export needs as much memory for a million features as for a few thousand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from layers.catalogue import Catalogue
from tests.layers.writing.studio import COLUMNS, FULL

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

pytestmark = pytest.mark.database
ROOT = Path(__file__).parents[3]
_PROGRAM = """
import json, sys
from pathlib import Path
from gis.database import Database, DatabaseUrls
from layers.catalogue import Catalogue
from layers.writing.export import ExportRequest, choose_srid, export_layer

job = json.load(sys.stdin)
database = Database(DatabaseUrls(*job["urls"]))
layer = Catalogue(database).find("fields")
kind = job["kind"]
request = ExportRequest(layer, kind, Path(job["out"]), choose_srid(layer, kind, None), force=True)
report = export_layer(database, request)
# Of this program alone: what getrusage calls the most began with whoever started it.
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(report.row_count, int(status["VmHWM"].split()[0]) // 1024)
"""
_KINDS = {"geopackage": "gpkg", "geojson": "geojson", "csv": "csv", "shapefile": "zip", "flatgeobuf": "fgb"}


def multiply(studio: Any, count: int) -> None:
    """Fill the published table with so many features, each ten metres from the next."""
    table = Catalogue(studio.database, remember_seconds=0).find("fields").table_name
    names = [name for name in COLUMNS if name != "number"]
    fill = sql.SQL(
        "INSERT INTO {table} (_fid, _key, _geom, number, {names}) "
        "SELECT n, 'k' || n, ST_Translate(_geom, 10 * (n % 1000), 10 * (n / 1000)), n::text, {names} "
        "FROM {table}, generate_series(1, {more}) AS n WHERE _key = {key}"
    ).format(
        table=sql.Identifier("data", table),
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
        more=count - 1,
        key=FULL["number"],
    )
    with studio.database.loading() as connection:
        connection.execute(fill)
        connection.execute("UPDATE catalogue.layer_version SET row_count = %s", [count])


def peak_megabytes(studio: Any, kind: str) -> tuple[int, int]:
    """Features exported by a process of its own, and the most memory it had."""
    urls = studio.database.urls
    job = {
        "urls": [urls.reader, urls.loader, urls.owner],
        "kind": kind,
        "out": str(studio.folder / f"large.{_KINDS[kind]}"),
    }
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=json.dumps(job),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    count, peak = done.stdout.split()
    return int(count), int(peak)


@pytest.mark.parametrize("kind", ["geojson", pytest.param("geopackage", marks=pytest.mark.slow)])
def test_memory_stays_flat(studio: Any, square: Callable[..., BaseGeometry], kind: str) -> None:
    """Ten times the features need less than 40 MB more; the rows themselves would need twice that."""
    studio.load([square(0)], [{**FULL, "eid_of_the_house": "x" * 1000}])
    multiply(studio, 5_000)
    _, few = peak_megabytes(studio, kind)
    with studio.database.loading() as connection:
        table = Catalogue(studio.database).find("fields").table_name
        connection.execute(
            sql.SQL("DELETE FROM {} WHERE _key <> %s").format(sql.Identifier("data", table)), [FULL["number"]]
        )
    multiply(studio, 50_000)

    count, many = peak_megabytes(studio, kind)

    assert count == 50_000
    assert many - few < 40, (few, many)


@pytest.mark.slow
@pytest.mark.parametrize("kind", _KINDS)
def test_a_million_features(studio: Any, square: Callable[..., BaseGeometry], kind: str) -> None:
    """Under 400 MB in all, in every format."""
    studio.load([square(0)], [FULL])
    multiply(studio, 1_000_000)

    count, peak = peak_megabytes(studio, kind)

    assert count == 1_000_000
    assert peak < 400, peak
