"""Rows 28 to 33 of the catalogue of bad input: files that are something else, and names that want to be paths.

What they would open or call is watched in tests/layers/reading/test_trap.py; here it is what a clerk reads, and
that the published layer stays.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.database

VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)
NETWORK = VRT.replace("/etc/passwd", "/vsicurl/http://127.0.0.1:1/x.csv")
PIPELINE = '{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read /etc/passwd"}'
SERVICE = "<OGRWFSDataSource><URL>http://127.0.0.1:1/wfs</URL></OGRWFSDataSource>"
POINTS = {"x": "E", "y": "N"}


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.geojson", VRT, "The file is not a GeoJSON: it does not begin with a brace"),
        ("a.csv", VRT, "The source has no column 'E'"),
        ("a.gpkg", VRT, "'a.gpkg' is not a GeoPackage: it does not begin like one"),
        ("a.shp", VRT, "The .shp part is not a shapefile"),
        ("b.geojson", NETWORK, "The file is not a GeoJSON: it does not begin with a brace"),
        ("c.geojson", PIPELINE, "The file is a JSON of type 'gdal_streamed_alg', not a GeoJSON"),
        ("d.geojson", SERVICE, "The file is not a GeoJSON: it does not begin with a brace"),
    ],
    ids=["row 28 geojson", "row 28 csv", "row 28 gpkg", "row 28 shp", "row 29", "row 30", "row 31"],
)
def test_rows_28_to_31_pretenders(
    tmp_path: Path, refused: Callable[..., str], name: str, text: str, reason: str
) -> None:
    """row 28, row 29, row 30, row 31: a file is what it begins like, whatever its ending says."""
    (tmp_path / name).write_text(text)
    more: dict[str, Any] = {"source": POINTS, "geometry": {"kind": "point"}} if name.endswith(".csv") else {}

    assert reason in refused(tmp_path / name, **more)


def test_row_28_in_a_zip(tmp_path: Path, refused: Callable[..., str]) -> None:
    """row 28: packing it changes nothing."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("areas.geojson", VRT)

    sentence = refused(tmp_path / "a.zip", source={"format": "geojson"})

    assert "does not begin with a brace" in sentence


@pytest.mark.parametrize(
    "name", ["WFS:url=x.gpkg", "PG:dbname=x.gpkg", "-overwrite.gpkg", "--config.gpkg", "MEM::0x1.gpkg"]
)
def test_rows_32_and_33_names(
    tmp_path: Path,
    write: Callable[..., Path],
    squares: Callable[..., list[Any]],
    registry: Any,
    accepted: Callable[..., Any],
    name: str,
) -> None:
    """row 32, row 33: a file may be called like a connection or an option; its name is only shown."""
    source = write(tmp_path / "areas.gpkg", squares(2)).rename(tmp_path / name)

    report = accepted(source)

    ((shown,),) = registry.rows(
        "SELECT source_name FROM catalogue.layer_version WHERE id = %(id)s", id=report.version_id
    )
    assert shown == name


def test_row_33_layer_names(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], refused: Callable[..., str]
) -> None:
    """row 33: the name of a layer is looked up in the file, and is nobody's option."""
    source = write(tmp_path / "areas.gpkg", squares(2), layer="areas")

    assert "has no layer '--config'; it has areas" in refused(source, source={"layer": "--config"})
