"""`prostor layer export` as a clerk uses it: one file, what is in it, and what to do when it is refused."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from gis.errors import ProstorError
from tests.prostor.trees import publish_trees, run

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.database


@pytest.fixture
def folder(clerk_portal: Path) -> Path:
    """A portal with one published layer of trees, and the settings pointing at it."""
    return publish_trees(clerk_portal)


def test_a_layer_becomes_a_file(folder: Path) -> None:
    """Said where it is, with how many features; another program reads it."""
    done = run("export", "drevesa", "--format", "geopackage", folder / "drevesa.gpkg")

    assert (done.exit_code, "drevesa: version 1 (40 features) is in drevesa.gpkg." in done.output) == (0, True)
    told = subprocess.run(
        ["ogrinfo", "-so", folder / "drevesa.gpkg", "drevesa"], capture_output=True, text=True, check=True
    )
    assert "Feature Count: 40" in told.stdout


def test_every_format_by_its_name(folder: Path) -> None:
    """The file beside it is named, and so is what did not fit."""
    csv = run("export", "drevesa", folder / "d.csv", "--format", "csv", "--for-spreadsheets", "--crs", "4326")
    shapefile = run("export", "drevesa", folder / "d.zip", "--format", "shapefile", "--version", "1")
    geojson = run("export", "drevesa", folder / "d.geojson", "--format", "geojson")
    flatgeobuf = run("export", "drevesa", folder / "e.fgb", "--format", "flatgeobuf")

    assert "is in d.txt and d.csv." in csv.output
    assert (folder / "d.csv").read_text(encoding="utf-8-sig").startswith("lon;lat;")
    assert [each.exit_code for each in (csv, shapefile, geojson, flatgeobuf)] == [0, 0, 0, 0]


def test_what_is_refused(folder: Path) -> None:
    """A file in the way, a wrong ending, an unknown layer, version or format; each says what to do."""
    run("export", "drevesa", folder / "d.gpkg", "--format", "geopackage")

    with pytest.raises(ProstorError, match=r"d\.gpkg is there already.*--force"):
        run("export", "drevesa", folder / "d.gpkg", "--format", "geopackage")
    assert run("export", "drevesa", folder / "d.gpkg", "--format", "geopackage", "--force").exit_code == 0
    with pytest.raises(ProstorError, match=r"let the name end in \.zip"):
        run("export", "drevesa", folder / "d.shp", "--format", "shapefile")
    with pytest.raises(ProstorError, match="no layer 'travniki'"):
        run("export", "travniki", folder / "t.gpkg", "--format", "geopackage")
    with pytest.raises(ProstorError, match="Published or kept are: 1"):
        run("export", "drevesa", folder / "v.gpkg", "--format", "geopackage", "--version", "7")
    assert run("export", "drevesa", folder / "d.kml", "--format", "kml").exit_code == 2
    run("withdraw", "drevesa", "--confirm")
    with pytest.raises(ProstorError, match="was withdrawn"):
        run("export", "drevesa", folder / "w.gpkg", "--format", "geopackage")
