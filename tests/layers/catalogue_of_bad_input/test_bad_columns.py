"""Rows 66, 68, 70 and 82 of the catalogue of bad input: impossible names of columns and layers; persons."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import fiona
import pytest

from gis.errors import ConfigurationError
from layers.drafting import draft_manifest, name_columns
from layers.introspect import advise_crs, inspect_source
from layers.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

pytestmark = pytest.mark.database

CSV = {"x": "E", "y": "N"}
POINT = {"kind": "point"}
HOSTILE = (
    *("select", '"a""b"', "; drop table", "%s", ":x", "geom", "id", "ctid", "xmin", "fid", "", "x" * 200),
    *("😀", "Š", "ID", "Id", "\u0160ifra", "S\u030cifra", "_fid", "_geom", "limit", "1st", "a.b", "a b"),
)


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """A CSV of points with these columns before E and N."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*header, "E", "N"])
        for number, row in enumerate(rows):
            writer.writerow([*row, 502_000 + number, 135_000])
    return path


def column(*names: str, **rules: Any) -> Mapping[str, Any]:
    """A column of a manifest."""
    return {"source": list(names), "title": {"sl": names[0]}, **rules}


@pytest.mark.parametrize("ending", [".csv", ".geojson"])
def test_row_68_hostile_names_get_plain_ones(registry: Any, tmp_path: Path, ending: str) -> None:
    """row 68: the draft maps every name to one of its own, always alike, with the original as title."""
    values = [f"value {place}" for place in range(len(HOSTILE))]
    source = tmp_path / f"names{ending}"
    if ending == ".csv":
        write_csv(source, HOSTILE, [values])
        crs = 3794
    else:
        write_geojson(source, dict(zip(HOSTILE, values, strict=True)))
        crs = 4326
    inspected = inspect_source(source, home=registry.home)
    layer = inspected.inspection.layers[0]
    draft = tmp_path / "names.toml"
    draft.write_text(draft_manifest(inspected, layer, advise_crs(layer, registry.portal)), encoding="utf-8")
    manifest = read_manifest(draft).model_copy(update={"id": f"names-{ending[1:]}", "key": ()})

    report = registry.load(manifest, source)

    mapping = name_columns(layer)
    assert len(set(mapping.values())) == len(HOSTILE)
    assert all(name.isascii() and name.isidentifier() for name in mapping.values())
    assert manifest.source.crs == crs
    row = registry.rows("SELECT to_jsonb(t) FROM {table} AS t", f"v{report.version_id}")[0][0]
    assert sorted(row[name] for name in mapping.values()) == sorted(values)
    assert report.quality.column_sources == {name: original for original, name in mapping.items()}
    assert {manifest.columns[name].title.sl for name in mapping.values()} >= {'"a""b"', "; drop table", "😀"}


def write_geojson(path: Path, properties: Mapping[str, object]) -> Path:
    """A GeoJSON of one point with these properties."""
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [15.04, 46.36]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    return path


def test_row_68_twins_of_a_csv_header(
    tmp_path: Path, accepted: Callable[..., Any], stored: Callable[..., Any]
) -> None:
    """row 68: the second column of a name and one without a name can be had under another, which is told."""
    source = write_csv(tmp_path / "twins.csv", ["ID", "IME", "IME", ""], [["A1", "first", "second", "third"]])

    report = accepted(
        source,
        source=CSV,
        geometry=POINT,
        columns={"id": column("ID"), "one": column("IME"), "two": column("IME_2"), "three": column("column_4")},
    )

    assert [stored(report)[0][name] for name in ("one", "two", "three")] == ["first", "second", "third"]
    assert (
        "Columns of the source with no name or the same name are called here: IME_2, column_4."
        in report.quality.notes
    )


def test_row_68_names_cut_to_ten_bytes_in_a_dbf(
    tmp_path: Path, accepted: Callable[..., Any], stored: Callable[..., Any]
) -> None:
    """row 68: two columns of a DBF with one name both keep their values; GDAL alone gives one of them."""
    schema = {"geometry": "Point", "properties": {"ID": "str:9", "PODROBNA_1": "str:9", "PODROBNA_2": "str:9"}}
    path = tmp_path / "twins.shp"
    with fiona.open(path, "w", driver="ESRI Shapefile", schema=schema, crs="EPSG:3794") as file:
        file.write(
            {
                "geometry": {"type": "Point", "coordinates": (502_000, 135_000)},
                "properties": {"ID": "A1", "PODROBNA_1": "first", "PODROBNA_2": "second"},
            }
        )
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace(b"PODROBNA_2", b"PODROBNA_1"))

    report = accepted(
        path,
        geometry=POINT,
        columns={"id": column("ID"), "one": column("PODROBNA_1"), "two": column("PODROBNA_2")},
    )

    assert [stored(report)[0][name] for name in ("one", "two")] == ["first", "second"]
    assert any("are called here: PODROBNA_2" in note for note in report.quality.notes)


def test_row_68_names_that_differ_in_capitals(
    tmp_path: Path,
    accepted: Callable[..., Any],
    refused: Callable[..., str],
    stored: Callable[..., Any],
) -> None:
    """row 68: written exactly they are told apart; written otherwise the refusal shows both."""
    source = write_csv(tmp_path / "case.csv", ["ID", "Raba", "RABA"], [["A1", "first", "second"]])

    report = accepted(
        source, source=CSV, geometry=POINT,
        columns={"id": column("ID"), "one": column("Raba"), "two": column("RABA")},
    )  # fmt: skip
    sentence = refused(source, source=CSV, geometry=POINT, columns={"id": column("ID"), "one": column("raba")})

    assert [stored(report)[0][name] for name in ("one", "two")] == ["first", "second"]
    assert "'Raba', 'RABA'" in sentence


@pytest.mark.parametrize("name", ["ctid", "xmin", "tableoid", "Ime", "1st", "_fid", "a-b", "x" * 50, ""])
def test_row_68_published_names_that_cannot_be(make_manifest: Callable[..., Any], name: str) -> None:
    """row 68: a manifest may not publish under a name that PostgreSQL has taken, or that is no plain word."""
    with pytest.raises(ValueError, match=r"columns\.|column every table has already"):
        make_manifest(
            "areas", {"format": "geopackage"}, columns={"id": column("ID"), name: column("IME")}, key=["id"]
        )


def test_row_66_five_thousand_columns(tmp_path: Path, refused: Callable[..., str]) -> None:
    """row 66: more columns than any table can hold are refused with their number."""
    header = ["ID", *[f"c{number}" for number in range(5_000)]]
    source = write_csv(tmp_path / "wide.csv", header, [["A1", *["1"] * 5_000]])

    sentence = refused(source, source=CSV, geometry=POINT, columns={"id": column("ID")})

    assert "The source has 5003 columns; at most 2000 are read" in sentence


@pytest.mark.parametrize(
    "bad", ["Parcele", "a/b", "../a", 'a"b', "a\nb", "1a", "", "x" * 500, "ž", "a b", "conformance/x", "@a"]
)
def test_row_70_ids_of_layers(tmp_path: Path, make_manifest: Callable[..., Any], bad: str) -> None:
    """row 70: an id stands in addresses, so it is a short plain word; the error names file and key."""
    good = make_manifest("areas", {"format": "geopackage"})
    text = json.dumps(bad, ensure_ascii=True)
    path = tmp_path / "layer.toml"
    path.write_text(f'id = {text}\ntitle = {{ sl = "A" }}\n', encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"layer\.toml: id: "):
        read_manifest(path)
    assert good.id == "areas"


def test_row_70_hostile_names_inside_a_geopackage(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], accepted: Callable[..., Any]
) -> None:
    """row 70: a layer in a GeoPackage may be called what it likes: its name is a value, never a statement."""
    name = "Območja'; drop table areas; --"
    source = write(tmp_path / "areas.gpkg", squares(2), layer=name)

    assert accepted(source, source={"layer": name}).row_count == 2


@pytest.mark.parametrize("header", ["LASTNIK", "DAVCNA_ST"])
def test_row_82_columns_that_name_persons(tmp_path: Path, refused: Callable[..., str], header: str) -> None:
    """row 82: in the allow-list they stop the import, whatever they are published as."""
    source = write_csv(tmp_path / "persons.csv", ["ID", header], [["A1", "x"]])

    sentence = refused(source, source=CSV, geometry=POINT, columns={"id": column("ID"), "code": column(header)})

    assert f"The column {header!r} (published as 'code') seems to name persons" in sentence


PEOPLE = (
    *("Janez Novak", "NOVAK MARIJA", "Ana Kovač", "Peter Krajnc", "Irena Zupan", "Franc Horvat", "Maja Kos"),
    *("Andrej Vidmar", "Alojz Golob", "Mojca Turk", "Jože Pirc", "Tatjana Oblak"),
)


def emso(serial: int) -> str:
    """A number made like an EMŠO: 1 January 1980, with its check digit."""
    digits = f"010198050{serial:03}"
    rest = sum(int(d) * w for d, w in zip(digits, (7, 6, 5, 4, 3, 2) * 2, strict=True)) % 11
    return digits + str((11 - rest) % 11)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([f"oseba{n}@example.si" for n in range(12)], "look like e-mail addresses"),
        ([number for number in map(emso, range(40)) if len(number) == 13], "look like EMŠO numbers"),
        (PEOPLE, "look like names of persons"),
    ],
)
def test_row_82_persons_under_a_harmless_header(
    tmp_path: Path, refused: Callable[..., str], values: Sequence[str], words: str
) -> None:
    """row 82: the share of values counts too."""
    rows = [[f"A{number}", value] for number, value in enumerate(values)]
    source = write_csv(tmp_path / "persons.csv", ["ID", "OPIS"], rows)

    sentence = refused(source, source=CSV, geometry=POINT, columns={"id": column("ID"), "note": column("OPIS")})

    assert "The column 'note' holds personal data" in sentence
    assert words in sentence


def test_row_82_names_that_are_public(tmp_path: Path, accepted: Callable[..., Any]) -> None:
    """row 82: monuments bear names of people; the manifest says so, and nothing else is let through by it."""
    rows = [[f"A{number}", value] for number, value in enumerate(PEOPLE)]
    source = write_csv(tmp_path / "monuments.csv", ["ID", "OPIS"], rows)

    report = accepted(
        source,
        source=CSV,
        geometry=POINT,
        columns={"id": column("ID"), "note": column("OPIS", public_names=True)},
    )

    assert report.row_count == len(PEOPLE)


def test_row_82_persons_outside_the_list_are_dropped_and_told(
    tmp_path: Path, accepted: Callable[..., Any], registry: Any
) -> None:
    """row 82: what nobody publishes is not loaded, and the report names it."""
    source = write_csv(tmp_path / "persons.csv", ["ID", "LASTNIK", "DAVCNA_ST"], [["A1", "Janez", "12345678"]])

    report = accepted(source, source=CSV, geometry=POINT, columns={"id": column("ID")})

    assert report.quality.person_columns_left_out == ("LASTNIK", "DAVCNA_ST")
    row = registry.rows("SELECT to_jsonb(t)::text FROM {table} AS t", f"v{report.version_id}")[0][0]
    assert "Janez" not in row
    assert "12345678" not in row
