"""Rows 1 to 16 of the catalogue of bad input: shapefiles cut short, with parts missing, or that lie."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.database

FOREIGN = ("Škofja Loka", "Čatež", "Žužemberk", "Šmarješke Toplice", "Črešnjevec")


@pytest.fixture
def shapefile(tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]]) -> Path:
    """A sound shapefile of five squares, to be spoilt."""
    return write(tmp_path / "areas.shp", squares(5))


@pytest.fixture
def named(tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]]) -> Callable[..., Path]:
    """Makes a shapefile of five places with foreign letters in an encoding, and with or without a .cpg."""

    def make(encoding: str, cpg: str | None) -> Path:
        path = write(tmp_path / "places.shp", squares(5), names=FOREIGN, encoding=encoding)
        path.with_suffix(".cpg").unlink(missing_ok=True)
        # GDAL notes the encoding in the DBF header too; most programs do not.
        content = bytearray(path.with_suffix(".dbf").read_bytes())
        content[29] = 0
        path.with_suffix(".dbf").write_bytes(content)
        if cpg is not None:
            path.with_suffix(".cpg").write_text(cpg)
        return path

    return make


def patch(path: Path, place: int, content: bytes) -> None:
    """Write some bytes over a file."""
    changed = bytearray(path.read_bytes())
    changed[place : place + len(content)] = content
    path.write_bytes(changed)


def cut(path: Path, share: float) -> None:
    """Leave a share of a file."""
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


@pytest.mark.parametrize(("share", "left"), [(0.5, 390), (0.9, 702)])
def test_rows_1_and_2_shp_cut_short(
    shapefile: Path, refused: Callable[..., str], share: float, left: int
) -> None:
    """row 1, row 2: the length in the header and the length of the file are both named."""
    cut(shapefile, share)

    sentence = refused(shapefile)

    assert f".shp part is cut short or damaged: its header says 780 bytes, the file has {left}" in sentence


def test_row_3_dbf_cut_short(shapefile: Path, refused: Callable[..., str]) -> None:
    """row 3: a .dbf of fewer bytes than its header counts rows, which GDAL reads without a word."""
    cut(shapefile.with_suffix(".dbf"), 0.7)

    assert "The .dbf part is damaged: its header speaks of 5 rows, 602 bytes" in refused(shapefile)


def test_row_4_dbf_of_another_file(
    shapefile: Path,
    tmp_path: Path,
    write: Callable[..., Path],
    squares: Callable[..., list[Any]],
    refused: Callable[..., str],
) -> None:
    """row 4: a sound .dbf with fewer rows than there are shapes."""
    other = write(tmp_path / "other.shp", squares(3))
    shapefile.with_suffix(".dbf").write_bytes(other.with_suffix(".dbf").read_bytes())

    assert ".shx has 5 features and .dbf 3 rows" in refused(shapefile)


def test_row_5_dbf_counts_two_thousand_million(shapefile: Path, refused: Callable[..., str]) -> None:
    """row 5: a row count of 2³¹, of which GDAL reads five rows."""
    patch(shapefile.with_suffix(".dbf"), 4, struct.pack("<I", 2**31))

    assert "its header speaks of 2147483648 rows" in refused(shapefile)


@pytest.mark.parametrize(
    ("place", "content"),
    [
        (36, struct.pack("<i", 2**31 - 1)),
        (40, struct.pack("<i", 2**31 - 1)),
        (40, struct.pack("<i", -5)),
        (44, struct.pack("<i", 77)),
        (0, struct.pack("<i", 3)),
    ],
    ids=["2³¹ parts", "2³¹ points", "−5 points", "a ring that begins at point 77", "a line among polygons"],
)
def test_row_6_damaged_records(
    shapefile: Path, refused: Callable[..., str], place: int, content: bytes
) -> None:
    """row 6: a record that cannot hold what it says, which GDAL answers with no shape at all."""
    patch(shapefile, 100 + 2 * 136 + 8 + place, content)

    assert "Feature 3 is damaged: " in refused(shapefile, geometry={"kind": "polygon", "allow_null": True})


def test_row_6_an_index_that_leads_elsewhere(shapefile: Path, refused: Callable[..., str]) -> None:
    """row 6: two entries of the .shx part on one record would load a shape twice and lose another."""
    patch(shapefile.with_suffix(".shx"), 100 + 8 * 3, shapefile.with_suffix(".shx").read_bytes()[100:108])

    assert "Feature 4 is damaged: the .shx part points to another place" in refused(shapefile)


def test_row_7_missing_shx(shapefile: Path, accepted: Callable[..., Any], stored: Callable[..., Any]) -> None:
    """row 7: rebuilt in the staging copy and said so; the provider's folder stays as it was."""
    shapefile.with_suffix(".shx").unlink()

    report = accepted(shapefile)

    assert "The .shx part was missing and was rebuilt." in report.quality.notes
    assert [row["id"] for row in stored(report)] == ["A1", "A2", "A3", "A4", "A5"]
    assert not shapefile.with_suffix(".shx").exists()


def test_row_7_missing_shx_and_damage(shapefile: Path, refused: Callable[..., str]) -> None:
    """row 7: without an index nothing after a damaged record can be found, so nothing is guessed."""
    shapefile.with_suffix(".shx").unlink()
    patch(shapefile, 100 + 2 * 136 + 4, struct.pack(">i", 10_000))

    assert "Feature 3: the .shp part is damaged there, and without the .shx part" in refused(shapefile)


def test_row_8_missing_dbf(shapefile: Path, refused: Callable[..., str]) -> None:
    """row 8: shapes without columns have no key."""
    shapefile.with_suffix(".dbf").unlink()

    assert "The shapefile has no .dbf part, which holds its columns" in refused(shapefile)


def test_row_9_missing_prj(shapefile: Path, accepted: Callable[..., Any], refused: Callable[..., str]) -> None:
    """row 9: the manifest names the CRS, and the outline is the proof; elsewhere it is refused."""
    shapefile.with_suffix(".prj").unlink()

    report = accepted(shapefile)
    elsewhere = refused(shapefile, source={"crs": 32632})

    assert "The file does not say its CRS; EPSG:3794 of the manifest was used." in report.quality.notes
    assert "5 of 5 features lie outside the portal's outline" in elsewhere
    assert "They look like EPSG:3794" in elsewhere


@pytest.mark.parametrize(
    "text",
    ["nonsense", "PROJCS[", "http://127.0.0.1:1/wkt"],
    ids=["words", "half a WKT", "row 11: a URL"],
)
def test_rows_10_and_11_garbage_prj(shapefile: Path, refused: Callable[..., str], text: str) -> None:
    """row 10, row 11: a .prj that says no CRS is shown, not followed (test_trap.py listens) and not ignored."""
    shapefile.with_suffix(".prj").write_text(text)

    assert f"The .prj part does not say a CRS; it begins with '{text}'" in refused(shapefile)


@pytest.mark.parametrize(
    ("encoding", "row"),
    [("utf-8", 12), ("cp1250", 13), ("cp852", 13)],
    ids=["row 12", "row 13", "row 13 cp852"],
)
def test_rows_12_and_13_missing_cpg(
    named: Callable[..., Path],
    accepted: Callable[..., Any],
    stored: Callable[..., Any],
    encoding: str,
    row: int,
) -> None:
    """row 12, row 13: the bytes themselves say UTF-8, or the letters say which code page; samples are shown."""
    report = accepted(named(encoding, None))

    assert [each["name"] for each in stored(report)] == list(FOREIGN), row
    assert report.quality.encoding == encoding
    assert report.quality.samples == FOREIGN[:3]


def test_row_13_control_characters(named: Callable[..., Path], refused: Callable[..., str]) -> None:
    """row 13: Š as ISO 8859-1 is a control character that no keyboard has."""
    assert "said to be iso8859-1" in refused(named("cp1250", "ISO-8859-1"))


def test_row_14_lying_cpg(named: Callable[..., Path], refused: Callable[..., str]) -> None:
    """row 14: UTF-8 over cp1250, where GDAL makes NULL of each such text; the likely one is shown."""
    sentence = refused(named("cp1250", "UTF-8"))

    assert "said to be utf-8 (the .cpg file says so), but some cannot be read that way" in sentence
    assert "It looks like cp1250: 'Škofja Loka'" in sentence


@pytest.mark.parametrize("text", ["System", "rot13", ""])
def test_row_15_cpg_that_names_nothing(
    named: Callable[..., Path], refused: Callable[..., str], text: str
) -> None:
    """row 15: a .cpg of no known encoding is named with its words."""
    assert f"The .cpg file beside the shapefile says {text!r}" in refused(named("cp1250", text))


def test_row_15_cpg_of_the_wrong_code_page(
    named: Callable[..., Path], refused: Callable[..., str], accepted: Callable[..., Any]
) -> None:
    """row 15: ANSI 1252 over Slovenian letters would load è for č; the manifest's word settles it."""
    path = named("cp1250", "ANSI 1252")

    sentence = refused(path)
    report = accepted(path, source={"encoding": "cp1250"})

    assert "The .cpg file says cp1252, but the texts look like cp1250: 'Škofja Loka'" in sentence
    assert "The .cpg file says 'ANSI 1252'; the manifest's cp1250 was used." in report.quality.notes


@pytest.mark.parametrize("name", ["areas.shp", "areas.zip", "areas.gpkg", "areas.geojson", "areas.csv"])
def test_row_16_empty_files(tmp_path: Path, refused: Callable[..., str], name: str) -> None:
    """row 16: a file of no bytes."""
    (tmp_path / name).touch()
    more = {"x": "x", "y": "y"} if name.endswith(".csv") else {}

    assert f"The source file {name!r} is empty." in refused(tmp_path / name, source=more)
