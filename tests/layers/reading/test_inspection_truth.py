"""Inspection tells the truth about a source: encodings, CRS, counts, faults by feature, keys and persons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from gis import crs
from gis.geometry import transform_geometry
from layers.drafting import draft_manifest
from layers.introspect import advise_crs, inspect_source
from layers.manifest import read_manifest, read_toml
from layers.portal import Portal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.reading.report import LayerFound

SQUARES = [shapely.box(x, 135_000, x + 80, 135_060) for x in range(502_000, 504_000, 400)]
NAMES = ["Šoštanj", "Žalec", "Črna na Koroškem", "Ćirila", "Đorđe"]
FRENCH = ["Célette", "Hôpital", "Août", "Égalité", "Forêt"]
PORTAL = """
id = "lipovec"
title = { sl = "Lipovec" }
municipality = { name = { sl = "Lipovec" }, office = { sl = "Urad" } }
outline = { west = 500000, south = 130000, east = 510000, north = 140000 }
themes = [ { id = "a", title = { sl = "A" }, description = { sl = "A" }, layers = ["areas"] } ]
"""


@pytest.fixture
def look(tmp_path: Path) -> Callable[[Path], LayerFound]:
    """Inspects a file with one layer in the child process."""

    def inspect(source: Path) -> LayerFound:
        return inspect_source(source, home=tmp_path / "home").inspection.layers[0]

    return inspect


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    """A portal of 10 × 10 km whose municipality is a circle of 2.5 km in its middle."""
    boundary = transform_geometry(shapely.Point(505_000, 135_000).buffer(2_500), crs.D96, crs.WGS84)
    (tmp_path / "obcina.geojson").write_text(shapely.to_geojson(boundary), encoding="utf-8")
    (tmp_path / "portal.toml").write_text('boundary = "obcina.geojson"' + PORTAL, encoding="utf-8")
    return Portal.model_validate(read_toml(tmp_path / "portal.toml", Portal, folder=tmp_path))


@pytest.mark.parametrize("encoding", ["cp1250", "cp852", "cp1252", "utf-8"])
@pytest.mark.parametrize("cpg", [None, "right"])
def test_encodings_with_and_without_a_cpg(
    tmp_path: Path, write_source: Callable[..., Path], look: Callable[..., Any], encoding: str, cpg: str | None
) -> None:
    """The encoding is named with its reason and three samples that read right."""
    names = FRENCH if encoding == "cp1252" else NAMES
    source = write_source(tmp_path / "areas.shp", SQUARES, names=names, encoding=encoding)
    source.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        source.with_suffix(".cpg").write_text(encoding)
    else:
        dbf = bytearray(source.with_suffix(".dbf").read_bytes())
        dbf[29] = 0
        source.with_suffix(".dbf").write_bytes(dbf)

    layer = look(source)

    assert (layer.encoding, layer.samples) == (encoding, tuple(names[:3]))
    assert layer.encoding_reason
    assert layer.encoding_stated == (encoding if cpg else None)
    assert layer.encoding_fault == ""


@pytest.mark.parametrize(("written", "said"), [("cp1250", "UTF-8"), ("utf-8", "1250"), ("cp1250", "nonsense")])
def test_a_lying_cpg_is_told_beside_what_the_bytes_say(
    tmp_path: Path, write_source: Callable[..., Path], look: Callable[..., Any], written: str, said: str
) -> None:
    """An import refuses it; inspection shows what it says, why it cannot be, and the samples both ways."""
    source = write_source(tmp_path / "areas.shp", SQUARES, names=NAMES, encoding=written)
    source.with_suffix(".cpg").write_text(said)

    layer = look(source)

    assert (layer.encoding, layer.samples) == (written, tuple(NAMES[:3]))
    assert layer.encoding_stated == said
    assert ".cpg" in layer.encoding_fault
    assert {"utf-8", "cp1250", "cp852", "cp1252"} - {written} <= set(layer.other_samples)
    assert all(samples != layer.samples for name, samples in layer.other_samples.items() if name == "cp852")


def test_a_prj_that_says_nothing_is_told(
    tmp_path: Path, write_source: Callable[..., Path], look: Callable[..., Any], portal: Portal
) -> None:
    """The rest of the file is looked through all the same."""
    source = write_source(tmp_path / "areas.shp", SQUARES)
    source.with_suffix(".prj").write_text("http://example.si/d96")

    layer = look(source)
    advice = advise_crs(layer, portal)

    assert layer.row_count == 5
    assert any("begins with 'http://example.si/d96'" in warning for warning in advice.warnings)
    assert "does not say its CRS" in advice.sentence


def test_the_counts_of_every_part_are_told(
    tmp_path: Path, write_source: Callable[..., Path], look: Callable[..., Any]
) -> None:
    """What the file says, what its index and its DBF hold, and what could be read."""
    counts = look(write_source(tmp_path / "areas.shp", SQUARES)).counts

    assert (counts.declared, counts.geometry_records, counts.attribute_records, counts.read) == (5, 5, 5, 5)


def test_faults_and_copies_name_their_features(
    tmp_path: Path, write_source: Callable[..., Path], look: Callable[..., Any]
) -> None:
    """Missing and empty shapes, why one is not valid, and which is the copy of which."""
    bow_tie = shapely.Polygon([(505_000, 135_000), (505_010, 135_010), (505_010, 135_000), (505_000, 135_010)])
    shapes = [SQUARES[0], None, bow_tie, shapely.Polygon(), SQUARES[0]]

    layer = look(write_source(tmp_path / "areas.gpkg", shapes))

    assert (layer.null_geometries, layer.empty_geometries, layer.without_shape) == (1, 1, (2, 4))
    assert layer.invalid_reasons == {"Self-intersection": 1}
    assert [(each.feature, each.reason) for each in layer.invalid_features] == [(3, "Self-intersection")]
    assert [(each.first, each.again) for each in layer.duplicate_shapes] == [(1, 5)]


def test_possible_keys_with_their_repeats(tmp_path: Path, look: Callable[..., Any], portal: Portal) -> None:
    """A pair that is unique comes first; values of the others that come again are listed with both features."""
    rows = [(9001, f"{number}/1", f"E{number}") for number in range(40)] + [(9002, "7/1", "E39")]
    lines = [f"{ko};{number};{eid};{502_000 + place};135000" for place, (ko, number, eid) in enumerate(rows)]
    source = tmp_path / "parcele.csv"
    source.write_text("\n".join(["KO_ID;ST_PARCELE;OZNAKA;E;N", *lines]) + "\n")

    layer = look(source)

    best, *others = layer.keys
    assert (best.columns, best.repeated, best.missing) == (("KO_ID", "ST_PARCELE"), 0, 0)
    repeats = {key.columns: [(each.value, each.first, each.again) for each in key.repeats] for key in others}
    assert repeats[("OZNAKA",)] == [("E39", 40, 41)]
    assert repeats[("ST_PARCELE",)] == [("7/1", 8, 41)]


@pytest.mark.parametrize(
    ("shift", "said", "words"),
    [
        (crs.D48, "EPSG:3794", "Read as EPSG:3794 the layer sticks out of the boundary of the municipality"),
        (crs.D96, "EPSG:3912", "Read as EPSG:3912 the layer sticks out of the boundary of the municipality"),
        (crs.D96, "EPSG:3794", None),
    ],
)
def test_d48_and_d96_are_told_apart_at_the_boundary(
    tmp_path: Path,
    write_source: Callable[..., Path],
    look: Callable[..., Any],
    portal: Portal,
    shift: int,
    said: str,
    words: str | None,
) -> None:
    """Deep inside the outline, and all over the municipality."""
    places = [
        shapely.box(x, y, x + 40, y + 40)
        for x in range(502_600, 507_400, 160)
        for y in range(132_600, 137_400, 160)
        if shapely.Point(505_000, 135_000).distance(shapely.Point(x, y)) < 2_430
    ]
    shapes = [transform_geometry(shape, crs.D96, shift) for shape in places]

    warnings = advise_crs(look(write_source(tmp_path / "areas.gpkg", shapes, crs=said)), portal).warnings

    assert [warning for warning in warnings if "611 m" in warning] == [
        warning for warning in warnings if words and words in warning
    ]
    assert bool(warnings) == (words is not None)


def test_a_layer_well_inside_is_no_proof(
    tmp_path: Path, write_source: Callable[..., Path], look: Callable[..., Any], portal: Portal
) -> None:
    """What the file says is believed, with a word of warning."""
    inner = [shapely.box(505_000 + n, 135_000, 505_020 + n, 135_020) for n in range(0, 300, 30)]

    advice = advise_crs(look(write_source(tmp_path / "areas.gpkg", inner)), portal)

    assert any("cannot be told apart here" in warning for warning in advice.warnings)
    assert advice.degrees is not None
    assert advice.degrees == pytest.approx((15.06, 46.355, 15.07, 46.36), abs=0.01)


def test_swapped_axes_and_wrong_units_are_told(
    tmp_path: Path, look: Callable[..., Any], portal: Portal
) -> None:
    """North before east is recognised, and a GeoJSON of metres that names no CRS."""
    (tmp_path / "swapped.csv").write_text("ID,X,Y\nA,46.355,15.05\nB,46.356,15.051\n")
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [505e3, 135e3]},
    }
    (tmp_path / "metres.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))

    swapped = advise_crs(look(tmp_path / "swapped.csv"), portal)
    metres = advise_crs(look(tmp_path / "metres.geojson"), portal)

    assert "The axes look swapped" in swapped.sentence
    assert any("is in degrees (RFC 7946), and these coordinates are not" in each for each in metres.warnings)


def test_persons_are_told_with_the_reason_and_without_samples(tmp_path: Path, look: Callable[..., Any]) -> None:
    """By the header, or by the share of values; what they are called is not shown."""
    people = ["Janez Novak", "Ana Kovač", "Peter Krajnc", "Irena Zupan", "Franc Horvat"] * 3
    lines = [f"A{n},{name},x,{502_000 + n},135000" for n, name in enumerate(people)]
    (tmp_path / "a.csv").write_text("\n".join(["ID,OPIS,LASTNIK,E,N", *lines]) + "\n", encoding="utf-8")

    fields = {field.name: field for field in look(tmp_path / "a.csv").fields}

    assert fields["OPIS"].person_reason == "15 of 15 values look like names of persons"
    assert fields["LASTNIK"].person_reason == "the name of the column speaks of 'lastnik'"
    assert (fields["OPIS"].samples, fields["LASTNIK"].samples) == ((), ())
    assert fields["ID"].person_reason == ""


def test_a_csv_of_wkt_is_drafted_as_one(tmp_path: Path, portal: Portal) -> None:
    """The column with the geometry is found, and the draft can be imported as it is."""
    source = tmp_path / "obmocja.csv"
    square = "POLYGON ((505000 135000, 505010 135000, 505010 135010, 505000 135000))"
    source.write_text(f'OZNAKA;WKT\nA1;"{square}"\nA2;"{square}"\n', encoding="utf-8")
    inspected = inspect_source(source, home=tmp_path / "home")
    layer = inspected.inspection.layers[0]

    (tmp_path / "draft.toml").write_text(
        draft_manifest(inspected, layer, advise_crs(layer, portal)), encoding="utf-8"
    )
    manifest = read_manifest(tmp_path / "draft.toml")

    assert (manifest.source.wkt, manifest.source.x, manifest.geometry.kind) == ("WKT", None, "polygon")
    assert list(manifest.columns) == ["oznaka"]
