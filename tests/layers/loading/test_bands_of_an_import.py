"""An import stores geometry with less detail for small scales, and only for layers that are drawn there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fiona
import numpy as np
import pytest
import shapely
from psycopg import sql

from layers.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.manifest import Manifest

pytestmark = pytest.mark.database

STYLE = {"default": {"line": "#000000"}, "scale": {"max": 40.0}}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two neighbours with a border that winds by half a metre, and a square apart with nothing to leave out."""
    bends = np.random.default_rng(5).normal(0, 0.5, 101)
    border = [(504_000 + float(bend), 134_000 + 10 * step) for step, bend in enumerate(bends)]
    west = shapely.Polygon([(503_000, 134_000), *border, (503_000, 135_000)])
    east = shapely.Polygon([(505_000, 134_000), (505_000, 135_000), *reversed(border)])
    shapes = [west, east, shapely.box(506_000, 134_000, 506_500, 134_500)]
    path = tmp_path / "fields.gpkg"
    schema = {"geometry": "Polygon", "properties": {"ST": "str", "POVR": "float"}}
    with fiona.open(path, "w", driver="GPKG", schema=schema, crs="EPSG:3794") as file:
        for number, shape in enumerate(shapes, start=1):
            geometry = {"type": "Polygon", "coordinates": [list(shape.exterior.coords)]}
            file.write({"geometry": geometry, "properties": {"ST": str(number), "POVR": shape.area}})
    return path


def read(database: Any, column: str) -> list[Any]:
    """A stored geometry of each row in the order of keys; None where it is NULL."""
    table = Catalogue(database).find("fields").table_name
    statement = sql.SQL("SELECT ST_AsBinary({}) FROM {} ORDER BY _key").format(
        sql.Identifier(column), sql.Identifier("data", table)
    )
    with database.loading() as connection:
        return [shapely.from_wkb(text) if text else None for (text,) in connection.execute(statement)]


def test_neighbours_lose_the_same_vertices(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], source: Path
) -> None:
    """In both grids' CRS; what has nothing to leave out is not stored twice."""
    run_import_of(fields_manifest(style=STYLE), source)
    database = run_import_of.database

    west, east, square = read(database, "_geom")
    coarse_west, coarse_east, nothing = read(database, "_geom_3794_8m")

    assert Catalogue(database).find("fields").bands == (8, 32)
    assert nothing is None
    assert shapely.get_num_coordinates(coarse_west) < shapely.get_num_coordinates(west) / 2
    assert shapely.intersection(coarse_west, coarse_east).length == pytest.approx(1000, abs=60)
    assert coarse_west.area + coarse_east.area == pytest.approx(west.area + east.area, abs=1)
    assert [shape is None for shape in read(database, "_geom_3857_8m")] == [False, False, True]
    assert square.area == pytest.approx(250_000)


def test_a_layer_seen_from_nearby_only_has_none(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], source: Path
) -> None:
    """Parcels are not drawn at eight metres per pixel, so nothing is made for that."""
    run_import_of(fields_manifest(style={**STYLE, "scale": {"max": 2.0}}), source)
    database = run_import_of.database
    table = Catalogue(database).find("fields").table_name

    with database.loading() as connection:
        names = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
        ).fetchall()

    assert {name for (name,) in names if name.startswith("_geom")} == {"_geom", "_geom_3857"}
    assert Catalogue(database).find("fields").bands == ()


def test_the_same_rows_in_another_order_give_the_same_bands(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], source: Path, tmp_path: Path
) -> None:
    """Bands are part of the content, and content does not depend on the order of the file."""
    first = run_import_of(fields_manifest(style=STYLE), source)
    turned = tmp_path / "turned.gpkg"
    with fiona.open(source) as given:
        schema, rows = given.schema, list(given)
    with fiona.open(turned, "w", driver="GPKG", schema=schema, crs="EPSG:3794") as file:
        file.writerecords(reversed(rows))

    again = run_import_of(fields_manifest(style=STYLE), turned)

    assert (again.outcome, again.token) == ("unchanged", first.token)
