"""Rows 73 and 74 of the catalogue of bad input: CSV files that are torn, and CSV files without a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.database

XY = {"x": "E", "y": "N"}
WKT = {"wkt": "GEOM"}
POINT = {"kind": "point"}
SOUND = "ID;IME;E;N\nA1;Šoštanj;502000;135000\nA2;Žalec;502100;135000\n"


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A file with exactly this text."""
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('ID;IME;E;N\nA1;"a\nb;502000;135000\n', "cannot be read from line 2 on"),
        ("ID;IME;E;N\nA1;a;502000;135000\nA2;b;502100\n", "Line 3 of the CSV has 3 cells, the header has 4"),
        ('ID;IME;E;N\nA1;"a\nb";502000;135000\nA2;b\n', "Line 4 of the CSV has 2 cells"),
        ("A1;a;502000;135000\n", "The source has no column 'E'"),
        ("ID;IME;E;N\n", "The source holds no rows"),
        ("\n\n", "The CSV has no header"),
        ("ID;IME;E;N\nA1;a;sto;135000\n", "Row 1, column 'E': 'sto' is not a number"),
    ],
)
def test_row_73_torn_tables(tmp_path: Path, refused: Callable[..., str], text: str, words: str) -> None:
    """row 73: the line is named where something is missing, surplus, or not closed."""
    sentence = refused(write(tmp_path / "rows.csv", text), source=XY, geometry=POINT)

    assert words in sentence


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SOUND, "cp1250"),
        (SOUND.replace(";", "\t").replace("\n", "\r\n"), "utf-8-sig"),
        (SOUND.replace(";", ",").replace("\n", "\r"), "utf-8"),
        (SOUND.rstrip("\n").replace("\n", "\n\n"), "utf-8"),
    ],
)
def test_row_73_tables_of_many_makers(
    tmp_path: Path,
    accepted: Callable[..., Any],
    stored: Callable[..., Any],
    text: str,
    encoding: str,
) -> None:
    """row 73: code pages, marks, delimiters and line ends are recognised; no letter is lost."""
    report = accepted(write(tmp_path / "rows.csv", text, encoding), source=XY, geometry=POINT)

    assert [row["name"] for row in stored(report)] == ["Šoštanj", "Žalec"]


def test_row_74_geometry_as_wkt(
    tmp_path: Path, accepted: Callable[..., Any], stored: Callable[..., Any]
) -> None:
    """row 74: a column of WKT is read, with and without its SRID, in lower case and with empty cells."""
    text = (
        "ID;IME;GEOM\n"
        'A1;a;"POLYGON ((502000 135000, 502010 135000, 502010 135010, 502000 135000))"\n'
        'A2;b;"srid=3794; multipolygon (((502100 135000, 502110 135000, 502110 135010, 502100 135000)))"\n'
        "A3;c;\n"
    )
    report = accepted(
        write(tmp_path / "rows.csv", text), source=WKT, geometry={"kind": "polygon", "allow_null": True}
    )

    first, second, third = (row["_geom"] for row in stored(report))
    assert (first.area, second.geom_type, third) == (50, "MultiPolygon", None)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("POLYGON ((502000 135000, 502010", "Row 1, column 'GEOM': 'POLYGON ((502000 135000, 502010' …"),
        ("SRID=3912;POINT (502000 135000)", "it says SRID 3912, and source.crs says 3794"),
        ("CIRCULARSTRING (0 0, 1 1, 2 0)", "curves have to be made lines"),
    ],
)
def test_row_74_cells_that_are_no_wkt(
    tmp_path: Path, refused: Callable[..., str], cell: str, words: str
) -> None:
    """row 74: row and column are named."""
    path = write(tmp_path / "rows.csv", f'ID;IME;GEOM\nA1;a;"{cell}"\n')

    assert words in refused(path, source=WKT, geometry=POINT)


def test_row_74_latitude_and_longitude_exchanged(tmp_path: Path, refused: Callable[..., str]) -> None:
    """row 74: the axes look swapped, and which CRS would fit is said."""
    path = write(tmp_path / "rows.csv", "ID;IME;E;N\nA1;a;46.36;15.05\n")

    assert "axes look swapped" in refused(path, source={**XY, "crs": 4326}, geometry=POINT)


@pytest.mark.parametrize("placing", [{**XY, **WKT}, {}, {"x": "E"}, {"y": "N", "wkt": "GEOM"}])
def test_row_74_both_or_neither(make_manifest: Callable[..., Any], placing: dict[str, str]) -> None:
    """row 74: the manifest says either x and y or wkt, and not half of it."""
    with pytest.raises(ValueError, match=r"a CSV needs either x and y, .* or wkt"):
        make_manifest("areas", {"format": "csv", **placing})
