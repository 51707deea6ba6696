"""GeoPackage: what is exported and imported again is the same, to the last digit and byte."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from psycopg import sql

from gis.statements import identifier, identifiers
from layers.catalogue import Catalogue
from tests.layers.writing.studio import COLUMNS, FULL, NOTHING, manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

pytestmark = pytest.mark.database


def ask(path: Path, statement: str) -> list[Any]:
    """The rows of a question to the file by SQLite."""
    with closing(sqlite3.connect(path)) as file:
        return file.execute(statement).fetchall()


def rows(studio: Any) -> list[Any]:
    """Every stored value and every geometry, byte by byte, of the published version."""
    table = Catalogue(studio.database, remember_seconds=0).find("fields").table_name
    question = sql.SQL("SELECT _fid, _key, ST_AsEWKB(_geom), {} FROM {} ORDER BY _key").format(
        identifiers(list(COLUMNS)), identifier("data", table)
    )
    with studio.database.loading() as connection:
        return list(connection.execute(question).fetchall())


def shapes_of(
    case: str, square: Callable[..., BaseGeometry]
) -> tuple[Sequence[BaseGeometry | None], dict[str, Any]]:
    """Shapes of a case, and the rules of geometry they need."""
    line = shapely.LineString([(502000, 135000), (502009.123456789, 135000), (502009, 135007)])
    return {
        "single": ([square(0), square(1)], {}),
        "multiple": ([square(0, parts=2), square(1, parts=2)], {}),
        "mixed": ([square(0), square(1, parts=2)], {}),
        "without": ([square(0), square(1), None], {"allow_null": True}),
        "heights": ([square(0, height=1.25), square(1, height=2)], {"keep_z": True}),
        "some heights": ([square(0, height=1.25), square(1)], {"keep_z": True}),
        "points": ([shapely.Point(502000.1, 135000.2), shapely.Point(502001, 135000)], {"kind": "point"}),
        "lines": ([line, shapely.reverse(line)], {"kind": "line"}),
    }[case]  # fmt: skip


@pytest.mark.parametrize(
    "case", ["single", "multiple", "mixed", "without", "heights", "some heights", "points", "lines"]
)
def test_round_trip_is_exact(studio: Any, square: Callable[..., BaseGeometry], case: str) -> None:
    """Same keys, values, types and geometry bytes; so the same token, and nothing new to publish."""
    shapes, rules = shapes_of(case, square)
    first = studio.load(shapes, [FULL, NOTHING], **rules)
    before = rows(studio)

    report = studio.export("fields.gpkg", "geopackage")
    back = studio.bring(studio.folder / "fields.gpkg", manifest("geopackage", **rules))

    assert report.row_count == len(shapes)
    assert report.remarks == ()
    assert back.token == first.token
    assert rows(studio) == before
    assert before[0][3:] == (NOTHING["number"], None, None, None, None, None, None)


def test_another_gdal_reads_types_and_values(
    studio: Any, square: Callable[..., BaseGeometry], read_by_gdal: Callable[..., Any]
) -> None:
    """Identifiers are text, dates dates, yes and no is boolean, and what is empty is NULL."""
    studio.load([square(0), square(1)], [FULL, NOTHING])
    studio.export("fields.gpkg", "geopackage")
    path = studio.folder / "fields.gpkg"

    features = {each["properties"]["number"]: each for each in read_by_gdal(path)["features"]}
    described = subprocess.run(["ogrinfo", "-so", path, "fields"], capture_output=True, text=True, check=True)

    assert features["12/4"]["properties"] == {**FULL, "changed": "2026/03/01"} or (
        features["12/4"]["properties"] == FULL
    )
    assert features["*7"]["properties"] == NOTHING
    assert shapely.geometry.shape(features["12/4"]["geometry"]).equals_exact(square(0).normalize(), 0) or (
        shapely.geometry.shape(features["12/4"]["geometry"]).equals(square(0))
    )
    lines = described.stdout
    assert "Geometry: Polygon" in lines
    assert 'ID["EPSG",3794]' in lines
    order = [lines.index(f"\n{name}:") for name in COLUMNS]
    assert order == sorted(order)
    for field in ("eid_of_the_parcel: String", "area: Integer64", "slope: Real", "changed: Date",
                  "settled: Integer(Boolean)"):  # fmt: skip
        assert field in lines


def test_it_says_whose_it_is(studio: Any, square: Callable[..., BaseGeometry]) -> None:
    """Titles of layer and columns, licence, attribution, source and date of state are inside."""
    studio.load([square(0)], [FULL])
    studio.export("fields.gpkg", "geopackage")
    path = studio.folder / "fields.gpkg"

    told = subprocess.run(["ogrinfo", "-so", path, "fields"], capture_output=True, text=True, check=True).stdout

    assert ask(path, "SELECT identifier, description FROM gpkg_contents") == [("Njive in žage", "Vse njive.")]
    titles = ask(path, "SELECT column_name, name, title, description FROM gpkg_data_columns")
    assert ("number", "Številka", "Številka", "Številka / Number") in titles
    assert ("area", "Površina", "Površina", "Površina / Area [m²]") in titles
    assert [row[1] for row in titles if row[0].startswith("eid")] == ["EID", "eid_of_the_house"]
    for fact in (
        "licence=CC-BY-4.0",
        "attribution=Vir: Občina Šmarje",
        "state_date=2026-03-01",
        "source=source.geojson",
    ):
        assert fact in told


def test_heights_are_declared_as_they_are(studio: Any, square: Callable[..., BaseGeometry]) -> None:
    """2 where some features have heights, 1 where all have, 0 without."""
    declared = []
    for number, heights in enumerate(((None, None), (1.5, 2.5), (1.5, None))):
        shapes = [square(place, height=height) for place, height in enumerate(heights)]
        studio.load(shapes, [FULL, NOTHING], keep_z=True)
        studio.export(f"{number}.gpkg", "geopackage")
        declared += ask(studio.folder / f"{number}.gpkg", "SELECT z FROM gpkg_geometry_columns")

    assert declared == [(0,), (1,), (2,)]


def test_a_column_called_like_a_part_of_the_format(
    studio: Any, square: Callable[..., BaseGeometry], read_by_gdal: Callable[..., Any]
) -> None:
    """Published columns `geom` and `fid` stay, and GeoPackage's own are called otherwise."""
    how = manifest("geojson")
    column = how.columns["number"]
    named = {name: column.model_copy(update={"source": (name,)}) for name in ("number", "geom", "fid")}
    values = {"number": "1", "geom": "raven", "fid": "osem"}
    feature = {"type": "Feature", "properties": values, "geometry": shapely.geometry.mapping(square(0))}
    source = studio.folder / "named.geojson"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    studio.bring(source, how.model_copy(update={"columns": named}))

    studio.export("fields.gpkg", "geopackage")

    (read,) = read_by_gdal(studio.folder / "fields.gpkg")["features"]
    assert read["properties"] == values
    assert shapely.geometry.shape(read["geometry"]).equals(square(0))
