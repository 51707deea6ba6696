"""Rows 64, 65, 67, 69, 71 and 72 of the catalogue of bad input: values that are not what they should be."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import fiona
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

pytestmark = pytest.mark.database

CSV = {"x": "E", "y": "N"}
POINT = {"kind": "point"}


def columns(kind: str) -> Mapping[str, Any]:
    """The columns of a manifest: an id, and a value of this type from VREDNOST."""
    return {
        "id": {"source": ["ID"], "title": {"sl": "Oznaka"}},
        "value": {"source": ["VREDNOST"], "type": kind, "title": {"sl": "Vrednost"}},
    }


def write_values(path: Path, values: Sequence[str]) -> Path:
    """A CSV of points with these values, quoted where they need it."""
    lines = [
        f"A{number:02};{502_000 + number};135000;" + '"' + value.replace('"', '""') + '"'
        for number, value in enumerate(values, start=1)
    ]
    path.write_text("\n".join(["ID;E;N;VREDNOST", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def refused_value(tmp_path: Path, refused: Callable[..., str]) -> Callable[..., str]:
    """Imports a sound and a bad value and gives the sentence; it has to name feature and field."""

    def refuse(kind: str, good: str, bad: str, **source: Any) -> str:
        path = write_values(tmp_path / "values.csv", [good, bad])
        sentence = refused(path, source={**CSV, **source}, geometry=POINT, columns=columns(kind))

        assert "Feature 2, field 'VREDNOST'" in sentence
        return sentence

    return refuse


@pytest.fixture
def kept(tmp_path: Path, accepted: Callable[..., Any], stored: Callable[..., Any]) -> Callable[..., list[Any]]:
    """Imports values and gives them back as they are stored."""

    def keep(kind: str, values: Sequence[str], **source: Any) -> list[Any]:
        path = write_values(tmp_path / "values.csv", values)
        report = accepted(path, source={**CSV, **source}, geometry=POINT, columns=columns(kind))
        return [row["value"] for row in stored(report)]

    return keep


@pytest.mark.parametrize("bad", ["2026-02-30", "1.3.2026 24:00", "12000-01-01"])
def test_row_64_days_that_are_none(refused_value: Callable[..., str], bad: str) -> None:
    """row 64: no calendar has them; nothing becomes NULL in silence."""
    assert bad in refused_value("date", "1. 3. 2026", bad)


def test_row_64_days_as_people_write_them(kept: Callable[..., list[Any]]) -> None:
    """row 64: Slovenian, ISO, with and without a time and a zone; the day is the one that stands there."""
    written = [
        *("1. 3. 2026", "01.03.2026", "1.3.2026 0:00:00", "2026-03-01T23:30:00Z", "2026-03-01 08:15:00+01:00"),
        *("2026/03/01", "20260301"),
    ]

    assert kept("date", [*written, "9999-12-31"]) == [*["2026-03-01"] * len(written), "9999-12-31"]
    assert dt.date.fromisoformat("9999-12-31") == dt.date.max


@pytest.mark.parametrize(
    ("kind", "bad", "words"),
    [
        ("integer", str(2**63), "too large for a whole number"),
        ("number", "450000,5", 'decimal = ","'),
        ("text", "1,001E+17", "a spreadsheet has rounded"),
    ],
)
def test_row_65_numbers_that_are_none(
    refused_value: Callable[..., str], kind: str, bad: str, words: str
) -> None:
    """row 65: too large, another decimal sign, or an identifier that a spreadsheet has eaten."""
    assert words in refused_value(kind, "7", bad)


def test_row_65_slovenian_numbers(kept: Callable[..., list[Any]]) -> None:
    """row 65: where the manifest says so, a comma is the decimal sign and points group thousands."""
    values = kept("number", ["450000,5", "1.234,56", "1 234,5", "7"], decimal=",")

    assert values == [450000.5, 1234.56, 1234.5, 7]


def test_row_65_identifiers_of_18_digits_stay_whole(
    tmp_path: Path, accepted: Callable[..., Any], stored: Callable[..., Any]
) -> None:
    """row 65: an EID keeps its last digit as text, from text and from a number column alike."""
    source = write_numbers(tmp_path / "values.geojson", [100100001379837235, 100100001379837236])

    report = accepted(source, source={"crs": 4326}, geometry=POINT, columns=columns("text"))

    assert [row["value"] for row in stored(report)] == ["100100001379837235", "100100001379837236"]


@pytest.mark.parametrize("kind", ["text", "integer"])
@pytest.mark.parametrize("bad", [100100001379837235.0, 12345678901234567890123])
def test_row_65_identifiers_that_have_lost_digits(
    tmp_path: Path, refused: Callable[..., str], kind: str, bad: float
) -> None:
    """row 65: a decimal beyond 2^53, or a number GDAL made the largest there is, names feature and field."""
    source = write_numbers(tmp_path / "values.geojson", [bad])

    sentence = refused(source, source={"crs": 4326}, geometry=POINT, columns=columns(kind))

    assert "Feature 1, field 'VREDNOST'" in sentence
    assert "the source must hold it as text" in sentence


def write_numbers(path: Path, values: Sequence[float]) -> Path:
    """A GeoJSON of points with these numbers."""
    features = [
        {
            "type": "Feature",
            "properties": {"ID": f"A{number}", "VREDNOST": value},
            "geometry": {"type": "Point", "coordinates": [15.04 + number / 1e5, 46.36]},
        }
        for number, value in enumerate(values, start=1)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


@pytest.mark.parametrize(("bad", "words"), [("a\x01b", "U+0001"), ("\x8ako", "U+008A")])
def test_row_67_control_characters(refused_value: Callable[..., str], bad: str, words: str) -> None:
    """row 67: what no keyboard writes is named by its code point."""
    assert words in refused_value("text", "Škofja Loka", bad)


def test_row_67_nul_in_a_csv(tmp_path: Path, refused: Callable[..., str]) -> None:
    """row 67: a NUL, at which others cut the text in silence, is refused with its line."""
    path = write_values(tmp_path / "values.csv", ["a", "b\x00c"])

    assert "NUL character in line 3" in refused(path, source=CSV, geometry=POINT, columns=columns("text"))


def test_row_67_half_a_character(tmp_path: Path, refused: Callable[..., str]) -> None:
    """row 67: a lone surrogate in a GeoJSON is no text."""
    path = write_numbers(tmp_path / "values.geojson", [7])
    path.write_text(path.read_text().replace("7}", '"\\ud800"}'), encoding="utf-8")

    sentence = refused(path, source={"crs": 4326}, geometry=POINT, columns=columns("text"))

    assert "eature 1" in sentence


def test_row_67_bytes_of_another_encoding(tmp_path: Path, refused: Callable[..., str]) -> None:
    """row 67: cp1250 said to be UTF-8 is refused with samples."""
    path = tmp_path / "values.csv"
    path.write_bytes("ID;E;N;VREDNOST\nA1;502000;135000;Šoštanj\n".encode("cp1250"))

    sentence = refused(path, source={**CSV, "encoding": "utf-8"}, geometry=POINT, columns=columns("text"))

    assert "cp1250: 'Šoštanj'" in sentence


def test_row_69_unicode_forms_and_invisible_characters(
    tmp_path: Path, accepted: Callable[..., Any], stored: Callable[..., Any]
) -> None:
    """row 69: one form is stored; zero width and directional marks are kept, and counted by column."""
    values = ["S\u030cos\u030ctanj", "Šoštanj", "a\u200bb", "abc\u202edef", "İzmir", "Кранj"]
    path = write_values(tmp_path / "values.csv", values)

    report = accepted(path, source=CSV, geometry=POINT, columns=columns("text"))

    assert [row["value"] for row in stored(report)] == ["Šoštanj", *values[1:]]
    assert "Characters that nobody sees were kept in value, 2 values." in report.quality.notes


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "`${1}`",
    "{{7*7}}",
    "javascript:alert(1)",
    "</script><script>alert(1)</script>",
    "'; DROP TABLE catalogue.layer; --",
    "%s %(x)s :name",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1:A2)",
)


def test_rows_71_and_72_hostile_texts_are_stored_word_for_word(
    kept: Callable[..., list[Any]],
) -> None:
    """rows 71 and 72: HTML, templates, SQL and formulas are texts like any other."""
    assert kept("text", HOSTILE) == list(HOSTILE)


def test_row_66_a_text_of_ten_megabytes(tmp_path: Path, refused: Callable[..., str]) -> None:
    """row 66: one value may have 100,000 characters."""
    schema = {"geometry": "Point", "properties": {"ID": "str", "VREDNOST": "str"}}
    with fiona.open(tmp_path / "values.gpkg", "w", driver="GPKG", schema=schema, crs="EPSG:3794") as file:
        file.write(
            {
                "geometry": {"type": "Point", "coordinates": (502_000, 135_000)},
                "properties": {"ID": "A1", "VREDNOST": "x" * 10_000_000},
            }
        )

    sentence = refused(tmp_path / "values.gpkg", geometry=POINT, columns=columns("text"))

    assert "the text has 10000000 characters; at most 100000 are accepted" in sentence
