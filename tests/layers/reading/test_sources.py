"""Whole sources through the child process: each format, and each way in which one can be damaged."""

from __future__ import annotations

import json
import sqlite3
import struct
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from gis.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


SQUARES = [shapely.box(x, 135_000, x + 80, 135_060) for x in range(502_000, 504_000, 400)]
NAMES = ["Čebelnjak", "Šentilj", "Žička", "Đakovo", "Ćuprija"]


@pytest.fixture
def shapefile(tmp_path: Path, write_source: Callable[..., Path]) -> Path:
    """Five squares with Slovenian names in cp1250."""
    return write_source(tmp_path / "areas.shp", SQUARES, names=NAMES, encoding="cp1250")


def test_a_shapefile_is_read(make_reading_manifest: Any, shapefile: Path, read_source: Any) -> None:
    """Counts of all parts agree, the .cpg is believed, and the CRS of the .prj is the manifest's."""
    reading = read_source(make_reading_manifest(), shapefile)

    counts = reading.quality.counts
    assert (counts.declared, counts.geometry_records, counts.attribute_records, counts.written) == (5, 5, 5, 5)
    assert reading.quality.encoding == "cp1250"
    assert reading.quality.samples == tuple(NAMES[:3])
    assert reading.native_extent == (502_000, 135_000, 503_680, 135_060)
    assert reading.operation.startswith("none")


@pytest.mark.parametrize("ending", [".gpkg", ".geojson"])
def test_other_formats_give_the_same_rows(
    tmp_path: Path,
    make_reading_manifest: Any,
    write_source: Any,
    shapefile: Path,
    read_source: Any,
    ending: str,
) -> None:
    """Shapefile and GeoPackage of the same features make the same bytes; GeoJSON comes from degrees."""
    from_shp = read_source(make_reading_manifest(), shapefile)
    kind, srid = ("geopackage", 3794) if ending == ".gpkg" else ("geojson", 3794)
    crs = "EPSG:3794" if ending == ".gpkg" else None
    other = write_source(tmp_path / f"other{ending}", SQUARES, names=NAMES, crs=crs)

    reading = read_source(make_reading_manifest(source={"format": kind, "crs": srid}), other)

    assert reading.copy_sha256 == from_shp.copy_sha256


def test_a_csv_is_read_strictly(tmp_path: Path, make_reading_manifest: Any, read_source: Any) -> None:
    """BOM, semicolons, decimal comma, and a line break inside quotes."""
    (tmp_path / "a.csv").write_bytes(
        '\ufeffID;IME;E;N\nA1;"Šmartno\nob Paki";"505000,5";135000\nA2;;;\n'.encode()
    )
    manifest = make_reading_manifest(
        source={"format": "csv", "x": "e", "y": "n", "decimal": ","},
        geometry={"kind": "point", "allow_null": True},
    )

    reading = read_source(manifest, tmp_path / "a.csv")

    assert reading.row_count == 2
    assert reading.native_extent == (505_000.5, 135_000, 505_000.5, 135_000)
    assert reading.quality.null_geometries == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"ID,IME,E,N\nA1,x,505000\n", "Line 2 of the CSV has 3 cells, the header has 4"),
        (b'ID,IME,E,N\nA1,"x,505000,135000\nA2,y,505000,135000\n', "unclosed quote"),
        (b"ID,IME,E,N\nA1,a\x00b,505000,135000\n", "NUL character in line 2"),
        (b"ID,IME,E,N\n", "holds no rows"),
        (b"505000,135000\n505001,135001\n", "numbers, not column names"),
        (b"ID,IME,E,N\nA1,x,abc,135000\n", "Row 1, column 'E'.*is not a number"),
        (b"ID,IME,LON,LAT\nA1,x,1,2\n", "no column 'E'"),
        ("ID,IME,E,N\n".encode("utf-16"), "UTF-16"),
        (b"ID,IME,E,N\nA1,,505000,135000\nA1,,505000,135000\n", "not unique: 'A1'"),
        (b"ID,IME,E,N\n,x,505000,135000\n", "Feature 1 has no value in 'id'"),
    ],
)
def test_bad_csv_is_refused_with_its_line(
    tmp_path: Path, make_reading_manifest: Any, read_source: Any, content: bytes, reason: str
) -> None:
    """Ragged rows, open quotes, NUL, no header, no rows, text for a number, repeated and empty keys."""
    (tmp_path / "a.csv").write_bytes(content)
    manifest = make_reading_manifest(source={"format": "csv", "x": "E", "y": "N"}, geometry={"kind": "point"})

    with pytest.raises(SourceError, match=reason):
        read_source(manifest, tmp_path / "a.csv")


def test_csv_in_an_unstated_code_page(tmp_path: Path, make_reading_manifest: Any, read_source: Any) -> None:
    """cp1250 without a statement is recognised, used, and said."""
    (tmp_path / "a.csv").write_bytes("ID,IME,E,N\nA1,Šoštanj,505000,135000\n".encode("cp1250"))
    manifest = make_reading_manifest(source={"format": "csv", "x": "E", "y": "N"}, geometry={"kind": "point"})

    quality = read_source(manifest, tmp_path / "a.csv").quality

    assert quality.encoding == "cp1250"
    assert any("read as cp1250" in note for note in quality.notes)


def _truncate(path: Path, share: float) -> None:
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def _patch(path: Path, place: int, content: bytes) -> None:
    data = bytearray(path.read_bytes())
    data[place : place + len(content)] = content
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "damage", "reason"),
    [
        (
            ".shp half",
            lambda p: _truncate(p.with_suffix(".shp"), 0.5),
            "header says 780 bytes, the file has 390",
        ),
        (".shp nearly", lambda p: _truncate(p.with_suffix(".shp"), 0.9), "cut short or damaged"),
        (".dbf", lambda p: _truncate(p.with_suffix(".dbf"), 0.9), "header speaks of 5 rows"),
        (
            "rows",
            lambda p: _patch(p.with_suffix(".dbf"), 4, struct.pack("<I", 2**31)),
            "speaks of 2147483648 rows",
        ),
        (
            "fewer",
            lambda p: _patch(p.with_suffix(".dbf"), 4, struct.pack("<I", 4)),
            "5 features and .dbf 4 rows",
        ),
        ("no dbf", lambda p: p.with_suffix(".dbf").unlink(), "has no .dbf part"),
        ("empty", lambda p: p.with_suffix(".shp").write_bytes(b""), "is empty"),
        (
            "cpg",
            lambda p: p.with_suffix(".cpg").write_text("nonsense"),
            "'nonsense', which is no known encoding",
        ),
        ("lying cpg", lambda p: p.with_suffix(".cpg").write_text("UTF-8"), "It looks like cp1250"),
        ("parts", lambda p: _patch(p.with_suffix(".shp"), 144, struct.pack("<I", 2**31)), "Feature 1"),
        ("other", lambda p: p.with_suffix(".shp").write_bytes(b"x" * 200), "is not a shapefile"),
    ],
)
def test_damaged_shapefiles_are_refused(
    shapefile: Path, make_reading_manifest: Any, read_source: Any, name: str, damage: Any, reason: str
) -> None:
    """GDAL reads most of these without a word and with fewer rows."""
    damage(shapefile)

    with pytest.raises(SourceError, match=reason) as refusal:
        read_source(make_reading_manifest(), shapefile)
    assert "/" not in refusal.value.sentence.replace("D96/TM", "").replace("D48/GK", "")


def test_a_damaged_record_is_not_taken_for_a_missing_shape(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, read_source: Any
) -> None:
    """Where rows without geometry are allowed, GDAL's silence would lose the shape."""
    source = write_source(tmp_path / "areas.shp", [*SQUARES, None])
    manifest = make_reading_manifest(geometry={"kind": "polygon", "allow_null": True})

    assert read_source(manifest, source).quality.null_geometries == 1

    _patch(source, 144, struct.pack("<I", 2**31))
    with pytest.raises(SourceError, match=r"Feature 1 is damaged: its record in the \.shp part is shorter"):
        read_source(manifest, source)


def test_a_missing_index_is_rebuilt(shapefile: Path, make_reading_manifest: Any, read_source: Any) -> None:
    """In the staging copy only; the clerk is told."""
    shapefile.with_suffix(".shx").unlink()

    reading = read_source(make_reading_manifest(), shapefile)

    assert reading.row_count == 5
    assert "The .shx part was missing and was rebuilt." in reading.quality.notes
    assert not shapefile.with_suffix(".shx").exists()


def test_a_missing_cpg_is_made_up_for(shapefile: Path, make_reading_manifest: Any, read_source: Any) -> None:
    """cp1250 is what Slovenian offices write; the samples show whether it was right."""
    shapefile.with_suffix(".cpg").unlink()

    quality = read_source(make_reading_manifest(), shapefile).quality

    assert quality.encoding == "cp1250"
    assert quality.samples == tuple(NAMES[:3])


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_without_a_prj_the_manifest_counts(
    shapefile: Path, make_reading_manifest: Any, read_source: Any, content: str | None
) -> None:
    """Missing and empty .prj files are noted; the outline still guards the place."""
    if content is None:
        shapefile.with_suffix(".prj").unlink()
    else:
        shapefile.with_suffix(".prj").write_text(content)

    notes = read_source(make_reading_manifest(), shapefile).quality.notes

    assert any("does not say its CRS" in note for note in notes)


def test_a_prj_that_contradicts_is_refused(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, read_source: Any
) -> None:
    """D48 in the file and D96 in the manifest are 611 m apart."""
    source = write_source(tmp_path / "areas.shp", SQUARES, crs="EPSG:3912")

    with pytest.raises(SourceError, match="The file says its coordinates are in EPSG:3912"):
        read_source(make_reading_manifest(), source)


def test_deleted_rows_are_told_from_lost_ones(
    shapefile: Path, make_reading_manifest: Any, read_source: Any
) -> None:
    """A DBF row marked with an asterisk is gone on purpose; the counts still agree."""
    dbf = shapefile.with_suffix(".dbf")
    header, length = struct.unpack("<HH", dbf.read_bytes()[8:12])
    _patch(dbf, header + 2 * length, b"*")

    counts = read_source(make_reading_manifest(), shapefile).quality.counts

    assert (counts.deleted, counts.read) == (1, 4)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"type":"FeatureCollection","features":[{"type":"Feature"', "too early, at byte 57 in feature 1"),
        ("[1, 2]", "does not begin with a brace"),
        ("{" + '"a":{' * 100_000, "nested too deeply, at byte 5"),
        ('{"type":"FeatureCollection","features":[]}', "holds no rows"),
        ("<OGRVRTDataSource/>", "does not begin with a brace"),
        (
            '{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read /etc/passwd"}',
            "JSON of type 'gdal_streamed_alg', not a GeoJSON",
        ),
    ],
)
def test_bad_geojson_is_refused(
    tmp_path: Path, make_reading_manifest: Any, read_source: Any, text: str, reason: str
) -> None:
    """Cut short, nested without end, empty, or something else under its name."""
    (tmp_path / "a.geojson").write_text(text)

    with pytest.raises(SourceError, match=reason):
        read_source(make_reading_manifest(source={"format": "geojson"}), tmp_path / "a.geojson")


def _feature(number: int, coordinates: str, kind: str = "Point") -> str:
    return (
        f'{{"type":"Feature","properties":{{"ID":"A{number}","IME":"x"}},'
        f'"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}'
    )


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (_feature(2, "[NaN, 135000]"), "NaN, which is no number of JSON, at byte .* in feature 2"),
        (_feature(2, "[1e999, 135000]"), "Feature 2"),
        (_feature(2, '["505000", "135000"]'), "Feature 2: its geometry has a coordinate that is not a number"),
        (_feature(2, "[]"), "Feature 2"),
        (_feature(2, "[[505000,135000],[505001,135001]]", "LineString"), "Feature 2 is a LineString"),
        (_feature(1, "[505000, 135000]"), "not unique: 'A1'"),
    ],
)
def test_bad_features_are_named(
    tmp_path: Path, make_reading_manifest: Any, read_source: Any, bad: str, reason: str
) -> None:
    """The second feature is the bad one, and the refusal says so."""
    good = _feature(1, "[505000, 135000]")
    (tmp_path / "a.geojson").write_text(f'{{"type":"FeatureCollection","features":[{good},{bad}]}}')
    manifest = make_reading_manifest(source={"format": "geojson"}, geometry={"kind": "point"})

    with pytest.raises(SourceError, match=reason):
        read_source(manifest, tmp_path / "a.geojson")


def test_geojson_that_is_not_utf8_is_refused(
    tmp_path: Path, make_reading_manifest: Any, read_source: Any
) -> None:
    """The byte is named; a BOM is no fault."""
    content = json.dumps({"type": "FeatureCollection", "features": [], "name": "X"}).encode()
    (tmp_path / "a.geojson").write_bytes(content.replace(b"X", "Š".encode("cp1250")))

    with pytest.raises(SourceError, match=f"not valid UTF-8 at byte {content.index(b'X')}"):
        read_source(make_reading_manifest(source={"format": "geojson"}), tmp_path / "a.geojson")


def test_several_layers_ask_for_a_choice(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, read_source: Any
) -> None:
    """Both are named; the manifest's choice is read."""
    source = write_source(tmp_path / "a.gpkg", SQUARES[:2], layer="first")
    write_source(source, SQUARES, layer="second")

    with pytest.raises(SourceError, match=r"2 layers \(first, second\)"):
        read_source(make_reading_manifest(source={"format": "geopackage"}), source)

    chosen = make_reading_manifest(source={"format": "geopackage", "layer": "second"})
    assert read_source(chosen, source).row_count == 5


def test_damaged_geopackages_are_refused(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, read_source: Any
) -> None:
    """A database with overwritten pages, one without layers, and none at all."""
    whole = write_source(tmp_path / "a.gpkg", SQUARES * 200, names=["x"] * 1000).read_bytes()
    damaged = bytearray(whole)
    damaged[60_000:62_000] = b"\xff" * 2000
    sqlite3.connect(tmp_path / "empty.gpkg").close()
    for name, content in (("damaged", bytes(damaged)), ("text", b"no database" * 100)):
        (tmp_path / f"{name}.gpkg").write_bytes(content)

        with pytest.raises(SourceError, match=r"not a readable GeoPackage|does not begin like one|cut short"):
            read_source(make_reading_manifest(source={"format": "geopackage"}), tmp_path / f"{name}.gpkg")


def test_curves_become_chords(tmp_path: Path, make_reading_manifest: Any, read_source: Any) -> None:
    """No curve reaches the database, where it would break pages and tiles; a circle keeps its millimetres."""
    ring = "505000 135000, 505020 135020, 505040 135000, 505020 134980, 505000 135000"
    text = f"CURVEPOLYGON(CIRCULARSTRING({ring}))"
    (tmp_path / "a.csv").write_text(f'ID,IME,WKT\nA1,x,"{text}"\n')
    source = tmp_path / "a.gpkg"
    geometry = ["-oo", "GEOM_POSSIBLE_NAMES=WKT", "-nlt", "CURVEPOLYGON", "-a_srs", "EPSG:3794"]
    subprocess.run(["ogr2ogr", "-f", "GPKG", source, tmp_path / "a.csv", *geometry], check=True)

    reading = read_source(make_reading_manifest(source={"format": "geopackage"}), source)

    assert reading.quality.geometry_types == {"Polygon": 1}
    assert reading.native_extent == pytest.approx((505_000, 134_980, 505_040, 135_020), abs=0.001)


def test_rows_are_chosen_by_the_manifest(shapefile: Path, make_reading_manifest: Any, read_source: Any) -> None:
    """`where` keeps rows by the text of a column that need not be published."""
    manifest = make_reading_manifest(source={"where": {"ime": ["Šentilj", "Žička"]}})

    counts = read_source(manifest, shapefile).quality.counts

    assert (counts.read, counts.left_out, counts.written) == (5, 3, 2)
    with pytest.raises(SourceError, match="None of the 5 rows"):
        read_source(make_reading_manifest(source={"where": {"IME": ["Nikjer"]}}), shapefile)


def test_columns_outside_the_allow_list_are_told(
    shapefile: Path, make_reading_manifest: Any, read_source: Any
) -> None:
    """What is not published is not loaded, and the clerk sees what it was."""
    manifest = make_reading_manifest(columns={"id": {"source": ["ID"], "title": {"sl": "Oznaka"}}}, name=[])

    quality = read_source(manifest, shapefile).quality

    assert quality.columns_left_out == ("IME",)
    assert quality.column_sources == {"id": "ID"}


def test_a_sentinel_zero_becomes_unknown(tmp_path: Path, make_reading_manifest: Any, read_source: Any) -> None:
    """0 in planning data mostly means that nobody knows."""
    (tmp_path / "a.csv").write_text("ID,FZ,E,N\nA1,0,505000,135000\nA2,0.4,505000,135000\n")
    column = {"source": ["FZ"], "type": "number", "zero_is_unknown": True, "title": {"sl": "FZ"}}
    manifest = make_reading_manifest(
        source={"format": "csv", "x": "E", "y": "N"},
        geometry={"kind": "point"},
        columns={"id": {"source": ["ID"], "title": {"sl": "Oznaka"}}, "fz": column},
        name=[],
    )

    assert read_source(manifest, tmp_path / "a.csv").quality.unknown_values == {"fz": 1}
