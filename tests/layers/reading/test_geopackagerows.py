"""Rows of a GeoPackage read straight from SQLite: the same ones that GDAL gives, or left to GDAL."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import fiona
import numpy as np
import pytest
import shapely
from shapely.geometry import Point, Polygon, box, mapping

from gis.errors import SourceError
from layers.reading.rows import Batch
from layers.reading.vector import open_vector

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {
    "geometry": "Unknown",
    "properties": {
        "name": "str",
        "short": "str:10",
        "number": "int64",
        "small": "int32",
        "share": "float",
        "open": "bool",
        "day": "date",
        "hour": "datetime",
    },
}
WORDS = ("name", "short", "number", "small", "share", "open", "day", "hour")
HOLED = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)]])
SHAPES = [
    box(0, 0, 1, 1),
    HOLED,
    shapely.MultiPolygon([HOLED, box(20, 20, 21, 21)]),
    shapely.LineString([(0, 0, 1), (1, 1, 2)]),
    shapely.MultiPoint([(1, 2), (3, 4)]),
    Point(1, 2, 3),
    None,
    box(5, 5, 6, 6),
]


@pytest.fixture
def geopackage(tmp_path: Path) -> Path:
    """One layer with every plain type, NULLs, and shapes of each kind."""
    path = tmp_path / "source.gpkg"
    with fiona.open(path, "w", driver="GPKG", schema=SCHEMA, crs="EPSG:3794", layer="areas") as file:
        for number, shape in enumerate(SHAPES):
            full = {
                "name": f"Območje {number}",
                "short": "",
                "number": 2**40 + number,
                "small": -number,
                "share": number / 7,
                "open": number % 2 == 0,
                "day": f"2026-03-0{number + 1}",
                "hour": "2026-03-01T10:00:00",
            }
            empty = number == 4
            values = dict.fromkeys(full) if empty else full
            file.write({"geometry": mapping(shape) if shape else None, "properties": values})
    return path


def read(path: Path, names: tuple[str, ...], *, plain: bool) -> tuple[int, list[Any]]:
    """How many rows SQLite gave, and every row as comparable values."""
    with open_vector(path, "geopackage", layer=None, encoding=None) as table:
        direct = list(table.plain.batches(names, 3)) if table.plain else []
        table.plain = table.plain if plain else None
        rows = [row for batch in table.batches(names, 3) for row in rows_of(batch, names)]
    return sum(map(len, direct)), rows


def read_by_gdal(path: Path, names: tuple[str, ...]) -> list[Any]:
    """Every row as fiona alone gives it."""
    with fiona.open(path) as source:
        shapes = [shapely.geometry.shape(each.geometry) if each.geometry else None for each in source]
        columns = {name: [each.properties[name] for each in source] for name in names}
    return rows_of(Batch(np.arange(1, len(shapes) + 1), np.array(shapes, dtype=object), columns), names)


def rows_of(batch: Batch, names: tuple[str, ...]) -> list[Any]:
    """Number, shape and values; a date is compared by what it says."""
    shapes = shapely.to_wkb(batch.geometries, output_dimension=3)
    columns = [[str(value) if name == "day" else value for value in batch.columns[name]] for name in names]
    return list(zip(batch.numbers.tolist(), shapes, *columns, strict=True))


def change(path: Path, statement: str, *values: object) -> None:
    """Put into the file what a careless program might have put there."""
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(statement, values)
    connection.close()


def test_rows_are_those_that_gdal_gives(geopackage: Path) -> None:
    """Every plain type, NULLs, holes, parts and heights come out as GDAL reads them, in the same order."""
    direct, found = read(geopackage, WORDS, plain=True)
    _, slowly = read(geopackage, WORDS, plain=False)
    expected = read_by_gdal(geopackage, WORDS)

    assert direct == len(SHAPES)
    assert found == slowly == expected
    assert all(
        type(a) is type(b)
        for rows in (found, slowly)
        for ours, theirs in zip(rows, expected, strict=True)
        for a, b in zip(ours, theirs, strict=True)
    )


CURVE = bytes.fromhex("4750000100000000") + shapely.to_wkb(
    shapely.LineString([(0, 0), (1, 1), (2, 0)]), byte_order=1
)
MEASURED = bytes.fromhex("4750000100000000") + b"\x01" + (2001).to_bytes(4, "little") + bytes(24)


@pytest.mark.parametrize("shape", [CURVE[:9] + (8).to_bytes(4, "little") + CURVE[13:], MEASURED])
def test_a_shape_that_is_not_plain_is_left_to_gdal_from_there_on(geopackage: Path, shape: bytes) -> None:
    """SQLite stops before the batch with an odd shape; all rows together are what GDAL alone gives."""
    change(geopackage, "UPDATE areas SET geom = ? WHERE fid = 5", shape)

    direct, found = read(geopackage, WORDS, plain=True)
    _, expected = read(geopackage, WORDS, plain=False)

    assert direct == 3
    assert found == expected


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", 7.5),
        ("number", "12a"),
        ("small", 2**40),
        ("share", "1,5"),
        ("open", 2),
        ("day", "1. 3. 2026"),
        ("day", "2026-02-30"),
        ("hour", "2026-03-01 25:00"),
        ("name", b"\xff\xfe"),
    ],
)
def test_a_value_that_is_not_plain_is_given_as_it_stands(geopackage: Path, column: str, value: object) -> None:
    """GDAL would cut it to fit its column, or leave it out; here whoever parses it decides, and can refuse."""
    _, sound = read(geopackage, WORDS, plain=True)
    change(geopackage, f"UPDATE areas SET {column} = ? WHERE fid = 6", value)  # noqa: S608

    direct, found = read(geopackage, WORDS, plain=True)

    assert direct == 3
    assert found[5][2 + WORDS.index(column)] == value
    assert [*found[:5], *found[6:]] == [*sound[:5], *sound[6:]]


def test_a_lost_shape_is_not_taken_for_a_missing_one(geopackage: Path) -> None:
    """A NULL that SQLite gave does not excuse a damaged geometry that GDAL gives as nothing later."""
    change(geopackage, "UPDATE areas SET geom = NULL WHERE fid = 1")
    change(geopackage, "UPDATE areas SET geom = x'000102' WHERE fid = 5")

    with pytest.raises(SourceError, match="Shapes were lost: 3 came without one"):
        read(geopackage, WORDS, plain=True)


def test_an_index_over_everything_does_not_change_the_order(geopackage: Path) -> None:
    """Rows come as the table holds them, so that GDAL can go on behind the last one."""
    before = read(geopackage, ("number",), plain=True)
    connection = sqlite3.connect(geopackage)
    connection.execute("CREATE INDEX turned ON areas (small, number, geom)")
    connection.commit()
    connection.close()

    assert read(geopackage, ("number",), plain=True) == before
