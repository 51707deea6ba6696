"""Real data in the database, row by row against the ogr2ogr of the system: another GDAL, another way."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import pytest
import shapely

from layers.manifest import read_manifest
from layers.portal import read_portal

pytestmark = pytest.mark.database

DATA = Path(__file__).parents[4] / "shared" / "data"
PORTAL = Path(__file__).parents[2] / "portals" / "montpellier"
SOURCES = {
    "zones": "fr-montpellier/ZAC/VilleMTP_MTP_ZAC.zip",
    "streets": "fr-montpellier/FilaireVoies/VilleMTP_MTP_FilaireVoies.zip",
    "buildings": "fr-montpellier/Batiments/VilleMTP_MTP_Batiments.zip",
    "parcels": "fr-cadastre/cadastre-91216-parcelles.json",
}
METRE_TOLERANCE = 0.001


@pytest.fixture
def montpellier(run_import_of: Any) -> Any:
    """An importer into the portal in Lambert-93."""
    if not DATA.is_dir():
        pytest.skip("the folder shared/data with real data is not beside this checkout")
    return type(run_import_of)(run_import_of.database, read_portal(PORTAL), run_import_of.home)


def read_with_gdal(source: Path) -> list[dict[str, Any]]:
    """Rows in Lambert-93 as ogr2ogr reads them, geometry as WKT with all digits."""
    name = f"/vsizip/{source}/{source.stem}.shp" if source.suffix == ".zip" else str(source)
    target = ["-t_srs", "EPSG:2154"] if source.suffix != ".zip" else []
    command = ["ogr2ogr", "--config", "SHAPE_ENCODING", "CP1252", "-f", "GeoJSON"]
    options = ["-lco", "COORDINATE_PRECISION=9", "/vsistdout/", name]
    run = subprocess.run([*command, *target, *options], check=True, capture_output=True)
    rows: list[dict[str, Any]] = json.loads(run.stdout)["features"]
    return [{**row, "properties": {"id": row.get("id"), **row["properties"]}} for row in rows]


@pytest.mark.parametrize(
    ("layer", "key", "columns"),
    [
        ("streets", "IDARC", {"name": "LIB_OFF", "length": "LONGUEUR", "kind": "TYPVOI"}),
        ("buildings", "OBJECTID", {"name": "PATRLIB", "district": "LIBQUART", "area": "SHAPE_Area"}),
        ("parcels", "id", {"section": "section", "number": "numero", "area": "contenance"}),
    ],
)
def test_every_row_is_what_gdal_reads(montpellier: Any, layer: str, key: str, columns: dict[str, str]) -> None:
    """Counts, extents, texts, numbers, and vertices within a millimetre."""
    manifest, source = read_manifest(PORTAL / "layers" / f"{layer}.toml"), DATA / SOURCES[layer]
    expected = {str(row["properties"][key]): row for row in read_with_gdal(source)}

    report = montpellier(manifest, source)

    rows = montpellier.rows(
        'SELECT "_key", ST_AsBinary("_geom"), to_jsonb(t) FROM {table} AS t', f"v{report.version_id}"
    )
    repaired = {repair.key for repair in report.quality.repairs}
    assert len(rows) == len(expected) == report.row_count
    for found_key, wkb, stored in rows:
        row = expected[found_key]
        for name, original in columns.items():
            assert _same(stored[name], row["properties"].get(original))
        found, shape = shapely.from_wkb(bytes(wkb)), shapely.geometry.shape(row["geometry"])
        if found_key not in repaired:
            assert shapely.hausdorff_distance(_vertices(found), _vertices(shape)) <= METRE_TOLERANCE
            assert len(_vertices(found).geoms) == len(_vertices(shape).geoms)
    bounds = shapely.total_bounds([shapely.geometry.shape(row["geometry"]) for row in expected.values()])
    stored_bounds = montpellier.rows(
        'SELECT ST_Extent("_geom")::box2d::text FROM {table}', f"v{report.version_id}"
    )
    numbers = stored_bounds[0][0].removeprefix("BOX(").removesuffix(")").replace(" ", ",").split(",")
    assert [float(number) for number in numbers] == pytest.approx(bounds.tolist(), abs=METRE_TOLERANCE)


def test_zones_without_a_key_are_all_there(montpellier: Any) -> None:
    """35 development zones, two of them with the name of another; one is mended without losing area."""
    manifest, source = read_manifest(PORTAL / "layers" / "zones.toml"), DATA / SOURCES["zones"]
    expected = sorted(str(row["properties"]["NOMZAC"]) for row in read_with_gdal(source))

    report = montpellier(manifest, source)

    rows = montpellier.rows('SELECT "name", "_title" FROM {table}', f"v{report.version_id}")
    assert sorted(str(row[0]) for row in rows) == expected
    assert [(repair.feature, repair.reason) for repair in report.quality.repairs] == [
        (17, "Ring Self-intersection")
    ]
    assert report.quality.repairs[0].area_before_m2 == report.quality.repairs[0].area_after_m2


def test_settlements_of_one_municipality(run_import_of: Any) -> None:
    """25 of 6,035 rows of a CSV with BOM, by the code of the municipality."""
    if not DATA.is_dir():
        pytest.skip("the folder shared/data with real data is not beside this checkout")
    folder = PORTAL.parent / "velenje"
    importer = type(run_import_of)(run_import_of.database, read_portal(folder), run_import_of.home)

    report = importer(read_manifest(folder / "layers" / "settlements.toml"), DATA / "si-gurs-rpe" / "NA.csv")

    assert (report.row_count, report.quality.counts.left_out) == (25, 6010)
    rows = importer.rows(
        'SELECT "_title", "_search", ST_X("_geom") FROM {table} ORDER BY 1', f"v{report.version_id}"
    )
    assert ("Škale", "skale") in [(title, folded) for title, folded, _ in rows]


def _same(stored: Any, original: Any) -> bool:
    if isinstance(stored, float) and isinstance(original, int | float):
        return math.isclose(stored, original, rel_tol=1e-12)
    return stored == original or (stored is None and original in (None, ""))


def _vertices(shape: Any) -> Any:
    return shapely.multipoints(shapely.get_coordinates(shape))
