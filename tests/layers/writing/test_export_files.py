"""Where an export is put: whole or not at all, never over something else, and never where GDAL would look."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from gis.errors import ConfigurationError, ConflictError, GoneError, NotFoundError, UnavailableError
from layers.catalogue import Catalogue
from layers.writing.export import ExportRequest, choose_srid, choose_version, export_layer
from tests.layers.writing.studio import FULL, NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

pytestmark = pytest.mark.database
FORMATS = {
    "geopackage": "gpkg",
    "geojson": "geojson",
    "csv": "csv",
    "shapefile": "zip",
    "flatgeobuf": "fgb",
}


@pytest.fixture
def loaded(studio: Any, square: Callable[..., BaseGeometry]) -> Any:
    """The studio with two fields, and an empty folder `out`."""
    studio.load([square(0), square(1)], [FULL, NOTHING])
    (studio.folder / "out").mkdir()
    return studio


def left(studio: Any) -> list[str]:
    """What lies in the folder."""
    return sorted(path.name for path in (studio.folder / "out").iterdir())


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_is_overwritten_unless_forced(loaded: Any, kind: str) -> None:
    """Not the file, and not the text beside it; nothing else is left in the folder."""
    name = f"out/fields.{FORMATS[kind]}"
    loaded.export(name, kind)
    files = left(loaded)
    before = (loaded.folder / name).read_bytes()

    with pytest.raises(ConflictError, match="is there already; it was left as it is"):
        loaded.export(name, kind)
    assert (loaded.folder / name).read_bytes() == before
    (loaded.folder / name).write_text("mine")
    loaded.export(name, kind, force=True)
    assert len((loaded.folder / name).read_bytes()) > 100
    assert left(loaded) == files == (["fields.fgb", "fields.txt"] if kind == "flatgeobuf" else
                                     ["fields.csv", "fields.txt"] if kind == "csv" else
                                     [f"fields.{FORMATS[kind]}"])  # fmt: skip


@pytest.mark.parametrize("kind", FORMATS)
def test_a_failure_leaves_nothing(loaded: Any, kind: str) -> None:
    """The data are dropped before they are read: no file, no half file, and the old one stays."""
    layer = Catalogue(loaded.database).find("fields")
    old = loaded.folder / "out" / f"old.{FORMATS[kind]}"
    old.write_text("old")
    with loaded.database.loading() as connection:
        connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier("data", layer.table_name)))

    with pytest.raises(GoneError, match="replaced"):
        loaded.export(f"out/{old.name}", kind, force=True)

    assert left(loaded) == [old.name]
    assert old.read_text() == "old"


def test_what_lacks_features_is_not_kept(loaded: Any) -> None:
    """The features of the finished file are counted against the catalogue."""
    with loaded.database.loading() as connection:
        connection.execute("UPDATE catalogue.layer_version SET row_count = 3")

    with pytest.raises(UnavailableError, match="Only 2 of 3 features"):
        loaded.export("out/fields.gpkg", "geopackage")

    assert left(loaded) == []


def test_what_a_killed_export_left_is_removed(loaded: Any) -> None:
    """The folder of a process that is gone goes; that of a living one stays."""
    gone = loaded.folder / "out" / ".prostor-export-999999999-abc"
    living = loaded.folder / "out" / f".prostor-export-{os.getpid()}-abc"
    for folder in (gone, living):
        folder.mkdir()
        (folder / "export.gpkg").write_text("half")

    loaded.export("out/fields.gpkg", "geopackage")

    assert left(loaded) == [living.name, "fields.gpkg"]


@pytest.mark.parametrize("folder", ["a!b", "zip+file", "s3:", "x?y=1", "čš ž", "%2e", "-o"])
def test_a_folder_is_only_a_folder(loaded: Any, folder: str) -> None:
    """Names that mean something to GDAL or fiona mean nothing here."""
    (loaded.folder / "out" / folder).mkdir()

    for kind, suffix in FORMATS.items():
        loaded.export(f"out/{folder}/GPKG:fields,x=1.{suffix}", kind)
        assert (loaded.folder / "out" / folder / f"GPKG:fields,x=1.{suffix}").stat().st_size > 0
        (loaded.folder / "out" / folder / "GPKG:fields,x=1.txt").unlink(missing_ok=True)
    assert left(loaded) == [folder]


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("/vsimem/fields.gpkg", "no folder /vsimem"),
        ("/vsizip/fields.zip/fields.gpkg", "no folder /vsizip"),
        ("nowhere/fields.gpkg", "no folder .*nowhere"),
        ("fields.shp", r"let the name end in \.gpkg, not in '\.shp'"),
        ("fields", "not in 'nothing'"),
    ],
)
def test_a_place_that_cannot_be_used(loaded: Any, out: str, sentence: str) -> None:
    """The sentence says what is wrong with it, before anything is read."""
    with pytest.raises(ConfigurationError, match=sentence):
        loaded.export(out, "geopackage")


def test_a_folder_in_the_way_and_one_that_may_not_be_written(loaded: Any) -> None:
    """A folder of that name is never replaced; a link is, and what it points at stays."""
    (loaded.folder / "out" / "fields.gpkg").mkdir()
    kept = loaded.folder / "kept.gpkg"
    kept.write_text("kept")
    (loaded.folder / "out" / "link.gpkg").symlink_to(kept)

    with pytest.raises(ConflictError, match="is a folder"):
        loaded.export("out/fields.gpkg", "geopackage", force=True)
    with pytest.raises(ConflictError, match="is there already"):
        loaded.export("out/link.gpkg", "geopackage")
    loaded.export("out/link.gpkg", "geopackage", force=True)

    assert kept.read_text() == "kept"
    assert not (loaded.folder / "out" / "link.gpkg").is_symlink()


def test_a_kept_version_by_its_number(loaded: Any, square: Callable[..., BaseGeometry]) -> None:
    """Its own rows; a number that is gone or never was is refused with those there are."""
    loaded.load([square(0), square(1), square(2)], [FULL, NOTHING])
    catalogue = Catalogue(loaded.database, remember_seconds=0)
    layer = choose_version(catalogue, "fields", 1)

    report = export_layer(
        loaded.database, ExportRequest(layer, "csv", loaded.folder / "out" / "one.csv", layer.srid)
    )

    assert (report.number, report.row_count) == (1, 2)
    assert choose_version(catalogue, "fields", None).number == 2
    with pytest.raises(NotFoundError, match="Published or kept are: 2, 1"):
        choose_version(catalogue, "fields", 7)
    with loaded.database.loading() as connection:
        connection.execute("UPDATE catalogue.layer_version SET state = 'dropped' WHERE number = 1")
    with pytest.raises(GoneError, match="Version 1 of 'fields' cannot be exported"):
        choose_version(catalogue, "fields", 1)


def test_a_crs_that_is_not_to_be_used(loaded: Any) -> None:
    """Deprecated and unknown codes are refused as everywhere."""
    layer = Catalogue(loaded.database).find("fields")

    with pytest.raises(ConfigurationError, match="EPSG:3787 is deprecated"):
        choose_srid(layer, "csv", 3787)
    with pytest.raises(ConfigurationError, match="not a code"):
        choose_srid(layer, "csv", 1)


def test_progress_is_told(loaded: Any) -> None:
    """Features written and features in all."""
    layer = Catalogue(loaded.database).find("fields")
    told: list[tuple[int, int]] = []

    export_layer(
        loaded.database,
        ExportRequest(layer, "geojson", loaded.folder / "out" / "a.geojson", 4326),
        lambda done, total: told.append((done, total)),
    )

    assert told == [(2, 2)]
    assert isinstance(loaded.folder, Path)
