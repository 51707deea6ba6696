"""Rows 75 and 76 of the catalogue of bad input: GeoPackages that are damaged, act, or hold no layer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import LiteralString

pytestmark = pytest.mark.database


@pytest.fixture
def geopackage(tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]]) -> Path:
    """A sound GeoPackage of five squares in a layer called areas, to be spoilt."""
    return write(tmp_path / "areas.gpkg", squares(5), layer="areas")


def change(path: Path, *statements: LiteralString) -> None:
    """Change a GeoPackage as any program with SQLite can."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_row_75_damaged_pages(geopackage: Path, refused: Callable[..., str]) -> None:
    """row 75: SQLite's own check finds a page that was overwritten."""
    content = bytearray(geopackage.read_bytes())
    content[-4096:] = b"\xa5" * 4096
    geopackage.write_bytes(content)

    assert "not a readable GeoPackage: it is damaged" in refused(geopackage)


def test_row_75_cut_short(geopackage: Path, refused: Callable[..., str]) -> None:
    """row 75: the header counts more pages than there are."""
    content = geopackage.read_bytes()
    geopackage.write_bytes(content[:-8192])

    assert f"its header says {len(content)} bytes, the file has {len(content) - 8192}" in refused(geopackage)


@pytest.mark.parametrize(("name", "there"), [("-wal", True), ("-journal", True), ("-wal", False)])
def test_row_75_files_beside_it(
    geopackage: Path, refused: Callable[..., str], accepted: Callable[..., Any], name: str, *, there: bool
) -> None:
    """row 75: changes that wait beside the file are not left behind in silence; an empty file holds none."""
    geopackage.with_name(geopackage.name + name).write_bytes(b"waiting" if there else b"")

    if there:
        assert "is still open in another program. Close it there" in refused(geopackage)
    else:
        assert accepted(geopackage).row_count == 5


def test_row_75_triggers_and_old_counts(geopackage: Path, accepted: Callable[..., Any]) -> None:
    """row 75: triggers fire on writing only, a stale index and a stale count are not asked."""
    change(
        geopackage,
        "CREATE TRIGGER t AFTER INSERT ON areas BEGIN SELECT load_extension('/tmp/x'); END",
        "UPDATE gpkg_ogr_contents SET feature_count = 99",
        "DROP TRIGGER IF EXISTS rtree_areas_geom_delete",
        "DELETE FROM rtree_areas_geom",
        "INSERT INTO gpkg_extensions VALUES ('areas', 'geom', 'acme', 'http://127.0.0.1:1', 'write-only')",
    )

    assert accepted(geopackage).row_count == 5


def test_row_75_views_are_no_layers(
    geopackage: Path, refused: Callable[..., str], accepted: Callable[..., Any]
) -> None:
    """row 75: what a view would run is not run; the layer beside it is read."""
    change(
        geopackage,
        "CREATE VIEW v AS SELECT fid, geom, ID, readfile('/etc/passwd') AS IME FROM areas",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
        "SELECT 'v', 'features', 'v', srs_id FROM gpkg_contents",
        "INSERT INTO gpkg_geometry_columns SELECT 'v', column_name, geometry_type_name, srs_id, z, m "
        "FROM gpkg_geometry_columns",
    )

    sentence = refused(geopackage, source={"layer": "v"})

    assert "The GeoPackage has no layer 'v'; it has areas." in sentence
    assert accepted(geopackage).row_count == 5


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIRTUAL TABLE evil USING VirtualOGR('/etc/passwd')",
        'CREATE VIRTUAL TABLE "a using rtree" USING VirtualOGR(/etc/passwd)',
        "CREATE VIRTUAL TABLE evil USING csv(filename='/etc/passwd')",
    ],
)
def test_row_75_virtual_tables(geopackage: Path, refused: Callable[..., str], sql: str) -> None:
    """row 75: a table that is another file in truth is refused before anything opens it."""
    name = "a using rtree" if "a using" in sql else "evil"
    with closing(sqlite3.connect(geopackage)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("INSERT INTO sqlite_master VALUES ('table', ?, ?, 0, ?)", (name, name, sql))
        connection.commit()

    assert f"holds a virtual table, '{name}', which could read other files" in refused(geopackage)


def test_row_75_another_application(geopackage: Path, refused: Callable[..., str]) -> None:
    """row 75: an SQLite database of some other program."""
    change(geopackage, "PRAGMA application_id = 1")

    assert "does not say that it is a GeoPackage" in refused(geopackage)


def test_row_75_two_geometries(geopackage: Path, refused: Callable[..., str]) -> None:
    """row 75: which of two geometry columns is meant is not guessed."""
    change(
        geopackage,
        "ALTER TABLE areas ADD COLUMN geom2 BLOB",
        "CREATE TABLE g AS SELECT * FROM gpkg_geometry_columns",
        "INSERT INTO g SELECT table_name, 'geom2', geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns",
        "DROP TABLE gpkg_geometry_columns",
        "ALTER TABLE g RENAME TO gpkg_geometry_columns",
    )

    assert "The layer 'areas' of the GeoPackage has 2 geometry columns (geom, geom2)" in refused(geopackage)


def test_row_75_damaged_geometry(geopackage: Path, refused: Callable[..., str]) -> None:
    """row 75: bytes that are no geometry are not taken for a row without one."""
    change(geopackage, "DELETE FROM sqlite_master WHERE type = 'trigger'")
    change(geopackage, "UPDATE areas SET geom = x'00112233' WHERE fid = 3")

    sentence = refused(geopackage, geometry={"kind": "polygon", "allow_null": True})

    assert "Shapes were lost: 1 came without one, but the file itself says that 0 have none" in sentence


def test_row_75_two_layers(
    tmp_path: Path,
    write: Callable[..., Path],
    squares: Callable[..., list[Any]],
    refused: Callable[..., str],
    accepted: Callable[..., Any],
) -> None:
    """row 75: of several layers the manifest names one."""
    path = write(tmp_path / "two.gpkg", squares(2), layer="one")
    write(path, squares(3), layer="other")

    assert "holds 2 layers (one, other); say which under source.layer" in refused(path)
    assert accepted(path, source={"layer": "other"}).row_count == 3


@pytest.mark.parametrize("kind", ["attributes", "tiles"])
def test_row_76_no_vector_layer(geopackage: Path, refused: Callable[..., str], kind: LiteralString) -> None:
    """row 76: pictures or plain tables only; what is there is named."""
    change(
        geopackage,
        "DELETE FROM gpkg_geometry_columns",
        "UPDATE gpkg_contents SET data_type = 'tiles'" if kind == "tiles" else
        "UPDATE gpkg_contents SET data_type = 'attributes'",
    )  # fmt: skip

    assert f"The GeoPackage holds no vector layer, only {kind}" in refused(geopackage)
