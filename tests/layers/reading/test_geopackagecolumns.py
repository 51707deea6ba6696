"""Columns and values of a GeoPackage that GDAL hides or changes, and moments in the words of GDAL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import fiona
import pytest
import shapely

from gis.errors import SourceError
from layers.reading.inspection import inspect_source
from layers.reading.job import InspectJob
from layers.reading.moments import write_moment
from layers.reading.vector import open_vector

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.manifest import Manifest

MOMENTS = [
    *(
        f"2026-03-01T23:59:{second:02d}.{fraction:03d}{zone}"
        for second in (0, 7, 29, 59)
        for fraction in (0, 1, 5, 100, 123, 250, 500, 999)
        for zone in ("", "Z", "+01:00")
    ),
    *(f"2026-03-01T10:00:00{zone}" for zone in ("", "Z", "+00:00", "-00:00", "+02:00", "-05:30", "+05:45")),
    *(f"2026-03-01T10:00:0{end}" for end in ("1.5Z", "1.25Z", "9.9Z")),
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "2024-02-29T00:00:00.000Z",
]
SHAPES = [shapely.box(502_000 + 50 * n, 135_000, 502_040 + 50 * n, 135_040) for n in range(4)]


@pytest.fixture
def geopackage(tmp_path: Path, write_source: Callable[..., Path]) -> Path:
    """Four features with ID A1 to A4; triggers are away, so that any program may write."""
    path = write_source(tmp_path / "source.gpkg", SHAPES)
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    change(path, *(f'DROP TRIGGER "{name}"' for (name,) in triggers))
    return path


def change(path: Path, *statements: str) -> None:
    """Make the file what another program might have made of it."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def read(path: Path, *names: str, plain: bool = True) -> list[tuple[object, ...]]:
    """The values of some columns."""
    with open_vector(path, "geopackage", layer=None, encoding=None) as table:
        table.plain = table.plain if plain else None
        return [
            row
            for batch in table.batches(names)
            for row in zip(*(batch.columns[n] for n in names), strict=True)
        ]


def test_moments_are_those_that_gdal_gives(tmp_path: Path) -> None:
    """Fractions, time zones and none of either: the same words as fiona's, read quickly or beside GDAL."""
    path = tmp_path / "source.gpkg"
    schema = {"geometry": "Point", "properties": {"hour": "datetime"}}
    with fiona.open(path, "w", driver="GPKG", schema=schema, crs="EPSG:3794"):
        pass
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.executemany("INSERT INTO source (hour) VALUES (?)", [[each] for each in MOMENTS])
        connection.commit()

    with fiona.open(path) as source:
        expected = [(each.properties["hour"],) for each in source]

    assert read(path, "hour") == expected
    assert read(path, "hour", plain=False) == expected
    assert [(write_moment(each),) for each in MOMENTS] == expected


@pytest.mark.parametrize(
    "text",
    ["2026-02-30T10:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01 10:00:00", "2026-03-01", "10:00", "",
     "2026-03-01T10:00:60Z", "0000-01-01T00:00:00Z", "2026-03-01T10:00:00+01:10", "2026-03-01T10:00:00.1234Z",
     "٢٠٢٦-03-01T10:00:00Z"],
)  # fmt: skip
def test_what_is_no_moment_of_the_standard_is_not_rewritten(text: str) -> None:
    """Days and hours that do not exist, and spellings that GDAL rounds."""
    with pytest.raises(ValueError, match=r"day|date and time"):
        write_moment(text)


@pytest.mark.parametrize("text", ["2026-02-30T10:00:00Z", "2026-03-01T25:00:00Z", "kmalu"])
def test_a_wrong_moment_is_refused(
    geopackage: Path,
    make_reading_manifest: Callable[..., Manifest],
    read_source: Callable[..., Any],
    text: str,
) -> None:
    """GDAL makes nothing of it, without a word; here feature and field are named."""
    change(
        geopackage,
        "ALTER TABLE source ADD COLUMN DATUM_SYS DATETIME",
        f"UPDATE source SET DATUM_SYS = '{text}' WHERE fid = 3",  # noqa: S608
    )
    columns = {
        "id": {"source": ["ID"], "title": {"sl": "Oznaka"}},
        "changed": {"source": ["DATUM_SYS"], "type": "date", "title": {"sl": "Spremenjena"}},
    }
    manifest = make_reading_manifest(source={"format": "geopackage"}, columns=columns, name=["id"])

    with pytest.raises(SourceError, match=r"Feature 3, field 'DATUM_SYS'.*not a (date|day)"):
        read_source(manifest, geopackage)


@pytest.mark.parametrize("plain", [True, False])
def test_columns_that_gdal_hides_are_read(geopackage: Path, plain: bool) -> None:
    """FLOAT is a type of the standard, the others are not; fiona offers none of them."""
    hidden = {"SLOPE": "FLOAT", "CODE": "VARCHAR(20)", "EID": "BIGINT", "AREA": "DECIMAL(10,2)"}
    change(
        geopackage,
        *(f"ALTER TABLE source ADD COLUMN {name} {kind}" for name, kind in hidden.items()),
        "UPDATE source SET SLOPE = 0.1 * fid, CODE = 'č' || fid, EID = 100200000012345670 + fid, AREA = 7.25",
    )
    with fiona.open(geopackage) as source:
        offered = set(source.schema["properties"])

    found = read(geopackage, *hidden, plain=plain)

    assert offered == {"ID", "IME"}
    assert found == [(0.1 * n, f"č{n}", 100_200_000_012_345_670 + n, 7.25) for n in range(1, 5)]


def test_a_hidden_column_is_inspected_and_imported(
    geopackage: Path, make_reading_manifest: Callable[..., Manifest], read_source: Callable[..., Any]
) -> None:
    """A FLOAT column has a type, samples and a place in the allow-list like any other."""
    change(geopackage, "ALTER TABLE source ADD COLUMN SLOPE FLOAT", "UPDATE source SET SLOPE = 2.5 + fid")
    columns = {
        "id": {"source": ["ID"], "title": {"sl": "Oznaka"}},
        "slope": {"source": ["SLOPE"], "type": "number", "title": {"sl": "Naklon"}},
    }
    job = InspectJob(folder=geopackage.parent, file=geopackage.name, source_name="a.gpkg", format="geopackage")

    inspected = inspect_source(job, lambda _: None).layers[0]
    manifest = make_reading_manifest(source={"format": "geopackage"}, columns=columns, name=["id"])
    reading = read_source(manifest, geopackage)

    slope = next(field for field in inspected.fields if field.name == "SLOPE")
    assert (slope.type, slope.filled, slope.samples[0]) == ("number", 4, "3.5")
    assert reading.row_count == 4
    assert reading.quality.column_sources["slope"] == "SLOPE"


def test_values_belong_to_the_shape_of_their_feature(geopackage: Path) -> None:
    """Also where features were deleted, where a column is called rowid, and where no key is declared."""
    change(geopackage, "DELETE FROM source WHERE fid = 2", "ALTER TABLE source ADD COLUMN rowid TEXT")
    change(geopackage, "UPDATE source SET rowid = 'r' || ID")
    by_key = read(geopackage, "ID", "rowid", plain=False)
    change(
        geopackage,
        "CREATE TABLE other AS SELECT geom, ID, rowid FROM source",
        "DROP TABLE source",
        "ALTER TABLE other RENAME TO source",
    )

    without_key = read(geopackage, "ID", "rowid", plain=False)

    assert by_key == without_key == [("A1", "rA1"), ("A3", "rA3"), ("A4", "rA4")]


def test_a_text_that_is_not_utf8_is_named(geopackage: Path) -> None:
    """Feature and field are said, not that decoding failed somewhere."""
    change(geopackage, "UPDATE source SET IME = CAST(x'4be8' AS TEXT) WHERE fid = 2")

    with pytest.raises(SourceError, match=r"Feature 2, field 'IME': the text is not in UTF-8"):
        read(geopackage, "ID", "IME")
