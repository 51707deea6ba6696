"""The sample municipality: whole, deterministic, and awkward exactly where its page says so."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import fiona
import numpy as np
import pytest
import shapely
import shapely.affinity
from shapely.geometry import shape

from data_samples.generator import place, plan
from data_samples.generator.coverage import build_parcels
from data_samples.generator.cutting import LotRule, cut_lots, cut_strips
from data_samples.generator.model import Piece
from data_samples.generator.numbering import number_parcels
from gis import crs
from layers.portal import read_portal

MUNICIPALITY = Path(__file__).parents[2] / "data_samples" / "municipality"
SOURCES = MUNICIPALITY / "sources"
REGISTER = Path(__file__).parents[3] / "shared" / "data" / "si-gurs-rpe"


def read(name: str) -> list[tuple[shapely.Geometry, dict[str, object]]]:
    """Geometries and properties of one of the sample's files."""
    path = f"zip://{SOURCES / name}" if name.endswith(".zip") else str(SOURCES / name)
    with fiona.open(path, encoding="cp1250" if name.endswith(".zip") else None) as source:
        return [(shape(row.geometry), dict(row.properties)) for row in source]


@pytest.fixture(scope="module")
def parcels() -> list[tuple[shapely.Geometry, dict[str, object]]]:
    """All parcels."""
    return read("parcele.zip")


def test_the_sample_stays_small() -> None:
    """What is committed is under 8 MB."""
    assert sum(path.stat().st_size for path in SOURCES.iterdir()) < 8_000_000


def test_every_layer_of_a_theme_has_a_manifest_and_a_source() -> None:
    """The portal reads without an error and nothing it names is missing."""
    portal = read_portal(MUNICIPALITY)
    manifests = {manifest.id: manifest for manifest in portal.read_manifests()}

    named = {layer for theme in portal.themes for layer in theme.layers}

    assert named <= set(manifests)
    assert all(manifest.source_path.is_file() for manifest in manifests.values())


def test_parcels_form_a_coverage(parcels: list[tuple[shapely.Geometry, dict[str, object]]]) -> None:
    """About 8,000 parcels without a gap or an overlap, shared borders exactly equal."""
    shapes = np.array([geometry for geometry, _ in parcels])

    assert 7_000 < len(shapes) < 9_000
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert len(shapely.get_parts(shapely.coverage_union_all(shapes))) == 1


def test_parcels_are_numbered_the_slovenian_way(
    parcels: list[tuple[shapely.Geometry, dict[str, object]]],
) -> None:
    """Stems, subdivisions and asterisks; no number twice in a cadastral municipality; no real code."""
    numbers = [(row["KO_ID"], row["ST_PARCELE"]) for _, row in parcels]

    assert len(set(numbers)) == len(numbers)
    assert {ko for ko, _ in numbers} == {9001, 9002, 9003, 9004}
    kinds = {"*" if "*" in str(n) else "/" if "/" in str(n) else "plain" for _, n in numbers}
    assert kinds == {"*", "/", "plain"}


def test_the_town_has_its_buildings_and_addresses() -> None:
    """About 3,000 buildings, each inside the town's land, and addresses that are unique."""
    buildings = read("stavbe.gpkg")
    with (SOURCES / "naslovi.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    names = [(row["NASELJE_NAZIV"], row["ULICA_NAZIV"], row["HS_STEVILKA"], row["HS_DODATEK"]) for row in rows]

    assert 2_500 < len(buildings) < 3_500
    assert len(rows) > 1_800
    assert len(set(names)) == len(names)


def test_buildings_do_not_cross_parcels(parcels: list[tuple[shapely.Geometry, dict[str, object]]]) -> None:
    """Each building lies inside one parcel."""
    tree = shapely.STRtree([geometry for geometry, _ in parcels])

    alone = [len(tree.query(geometry, predicate="within")) for geometry, _ in read("stavbe.gpkg")]

    assert set(alone) == {1}


def test_zoning_has_slivers_as_real_data_have(
    parcels: list[tuple[shapely.Geometry, dict[str, object]]],
) -> None:
    """Hundreds of parcels lie with less than one percent in a neighbouring zone."""
    zones = [geometry for geometry, _ in read("namenska_raba.zip")]
    tree = shapely.STRtree(zones)
    slivers = 0
    for geometry, _ in parcels[::10]:
        for index in tree.query(geometry, predicate="intersects"):
            share = shapely.intersection(geometry, zones[index]).area / geometry.area
            slivers += 0.00001 < share < 0.01

    assert slivers > 100


def test_the_codes_of_zoning_are_real_ones() -> None:
    """Every NRP code begins with one of the rulebook's letters, č š ž are right, 0 means unknown."""
    rows = [row for _, row in read("namenska_raba.zip")]

    codes = {str(row["NRP_OZN"]) for row in rows}

    assert {"SSe", "CU", "K1", "G", "PŽ", "VC"} <= codes
    assert {str(row["NRP_OPIS"]) for row in rows} >= {"površine železnic", "najboljša kmetijska zemljišča"}
    assert 0.0 in {row["FI_MAX"] for row in rows}


def test_awkward_encoding_without_cpg() -> None:
    """The zipped shapefiles hold cp1250 bytes and no .cpg that would say so."""
    with zipfile.ZipFile(SOURCES / "namenska_raba.zip") as packed:
        names = packed.namelist()
        records = packed.read(next(name for name in names if name.endswith(".dbf")))

    assert not any(name.endswith(".cpg") for name in names)
    assert "železnic".encode("cp1250") in records


def test_awkward_datum_of_the_sewer() -> None:
    """The sewer is in D48/GK; brought to D96/TM it lies under the streets it belongs to."""
    with fiona.open(SOURCES / "kanalizacija.gpkg") as source:
        assert source.crs.to_epsg() == 3912
        lines = [shape(row.geometry) for row in source][:50]
    points = np.vstack([shapely.get_coordinates(line) for line in lines])

    e, n = crs.transform(crs.D48, crs.D96, points[:, 0], points[:, 1])

    assert read_portal(MUNICIPALITY).outline_envelope.contains(float(e.min()), float(n.min()))
    assert abs(float((points[:, 0] - e).mean()) - 370) < 15
    assert abs(float((points[:, 1] - n).mean()) + 486) < 15


def test_awkward_heights_of_the_water_supply() -> None:
    """A third of the pipes has the height −99, which means unknown."""
    heights = [shapely.get_coordinates(line, include_z=True)[0, 2] for line, _ in read("vodovod.gpkg")]

    assert 0.3 < np.mean(np.array(heights) == -99) < 0.37


def test_awkward_bow_tie() -> None:
    """Exactly one polygon of all layers crosses itself."""
    names = [path.name for path in sorted(SOURCES.iterdir()) if path.suffix != ".csv"]

    bad = [name for name in names for geometry, _ in read(name) if not geometry.is_valid]

    assert bad == ["dejanska_raba.gpkg"]


def test_awkward_byte_order_mark() -> None:
    """The address list begins with a BOM."""
    assert (SOURCES / "naslovi.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_identifiers_cannot_be_real() -> None:
    """18-digit identifiers begin with 9, which no register gives."""
    with (SOURCES / "naslovi.csv").open(encoding="utf-8-sig", newline="") as file:
        identifiers = [row["EID_NASLOV"] for row in csv.DictReader(file)]

    assert all(len(each) == 18 and each.startswith("9") for each in identifiers)


def corner_of_the_town(seed: int) -> list[Piece]:
    """A block of lots and a field of strips that meet along a line neither has vertices for."""
    rng = np.random.default_rng(seed)
    block, field = shapely.box(0, 0, 120, 90), shapely.box(-7, 90, 133, 300)
    lots = cut_lots(block, LotRule(area=640), block.boundary, rng)
    strips = cut_strips(field, np.array([0.0, 1.0]), (11.0, 27.0), rng)
    return [*(Piece(lot, "house", 1) for lot in lots), *(Piece(strip, "arable", 2) for strip in strips)]


def test_a_corner_of_the_town_is_built_the_same_again() -> None:
    """Small twin of the whole: one seed gives one clean coverage with the same numbers, twice."""
    first, second = (
        number_parcels(build_parcels(corner_of_the_town(4)), np.random.default_rng(1)) for _ in range(2)
    )

    shapes = np.array([each.shape for each in first])
    assert [each.shape.wkt for each in first] == [each.shape.wkt for each in second]
    assert [each.number for each in first] == [each.number for each in second]
    assert len(first) > 15
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(120 * 90 + 140 * 210)


def test_the_municipality_lies_inside_its_outline() -> None:
    """The whole municipality lies inside the outline imports are held against."""
    envelope = read_portal(MUNICIPALITY).outline_envelope

    west, south, east, north = shapely.affinity.translate(plan.OUTLINE, *place.ORIGIN).bounds

    assert envelope.contains(west, south)
    assert envelope.contains(east, north)


def test_the_municipality_lies_in_slovenia_and_has_no_real_name() -> None:
    """It stands among the settlements of the register, none of which bears one of its names."""
    if not REGISTER.is_dir():
        pytest.skip("the register of spatial units is not at ../shared/data")
    rows = []
    for name in ("OB.csv", "NA.csv"):
        with (REGISTER / name).open(encoding="utf-8-sig", newline="") as file:
            rows += list(csv.DictReader(file))
    names = {row.get("OB_UIME") or row.get("NA_UIME") for row in rows}
    centres = shapely.multipoints([(float(row["CEN_E"]), float(row["CEN_N"])) for row in rows])

    settled = shapely.concave_hull(centres, ratio=0.03)

    assert settled.contains(shapely.affinity.translate(plan.OUTLINE, *place.ORIGIN))
    assert not names & {place.MUNICIPALITY, *(each.name for each in place.SETTLEMENTS)}


def test_settlements_and_addresses_agree() -> None:
    """Every address lies in the settlement it names, and in a village the settlement stands for the street."""
    settlements = {str(row["NA_UIME"]): geometry for geometry, row in read("naselja.geojson")}
    with (SOURCES / "naslovi.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    for row in rows[::20]:
        lon, lat = crs.transform(crs.D96, crs.WGS84, float(row["E"]), float(row["N"]))
        assert settlements[row["NASELJE_NAZIV"]].contains(shapely.Point(lon, lat))
    villages = [row for row in rows if row["NASELJE_NAZIV"] != place.MUNICIPALITY]
    assert all(row["ULICA_NAZIV"] == row["NASELJE_NAZIV"] for row in villages)
    assert any(row["HS_DODATEK"] for row in rows)


@pytest.mark.slow
def test_the_committed_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    """Generated anew, every file holds the same features as the committed one."""
    from data_samples.generator.__main__ import SEED  # noqa: PLC0415 - costly
    from data_samples.generator.sources import write_sources  # noqa: PLC0415
    from data_samples.generator.town import build_town  # noqa: PLC0415

    write_sources(build_town(SEED), tmp_path)

    for committed in sorted(SOURCES.iterdir()):
        made = tmp_path / committed.name
        if committed.suffix in (".csv", ".geojson", ".zip"):
            assert made.read_bytes() == committed.read_bytes(), committed.name
        else:
            with fiona.open(made) as new, fiona.open(committed) as old:
                assert [json.dumps(row.__geo_interface__, default=str) for row in new] == [
                    json.dumps(row.__geo_interface__, default=str) for row in old
                ], committed.name
