"""The sample municipality in the database: what is awkward in it, and what PostGIS says of the rest."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from gis.settings import Settings
from layers.catalogue import Catalogue
from prostor.portal_choice import read_chosen_portal
from tiles.grid import read_grids

if TYPE_CHECKING:
    from pathlib import Path
    from typing import LiteralString

    from gis.database import Database
    from layers.catalogue import PublishedLayer

pytestmark = pytest.mark.database


@pytest.fixture
def published(sample_database: Database) -> dict[str, PublishedLayer]:
    """Every layer of the sample by its id."""
    return {layer.id: layer for layer in Catalogue(sample_database).published()}


def ask(
    database: Database, layer: PublishedLayer, statement: LiteralString, *values: object, **names: str
) -> list[Any]:
    """The rows of a statement on the layer's table; other braces are columns, `%s` are values."""
    parts = {name: sql.Identifier(column) for name, column in names.items()}
    with database.cursor() as cursor:
        composed = sql.SQL(statement).format(table=sql.Identifier("data", layer.table_name), **parts)
        return cursor.execute(composed, values or None).fetchall()


def count_with_gdal(source: Path, layer: str | None) -> int:
    """How many features the ogrinfo of the system finds."""
    name = f"/vsizip/{source}" if source.suffix == ".zip" else str(source)
    command = ["ogrinfo", "-so", name, layer] if layer else ["ogrinfo", "-so", "-al", name]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return sum(map(int, re.findall(r"Feature Count: (\d+)", run.stdout)))


def test_what_is_awkward_is_dealt_with_and_told(published: dict[str, PublishedLayer]) -> None:
    """Encoding, datum, unknown heights, a bow-tie, a byte order mark and zeros that mean unknown."""
    quality = {name: layer.quality for name, layer in published.items()}

    assert "D48/GK to D96/TM" in published["sewer"].operation
    assert published["sewer"].operation_accuracy_m == pytest.approx(0.2)
    assert quality["parcels"]["encoding"] == quality["zoning"]["encoding"] == "cp1250"
    assert quality["addresses"]["encoding"] == "utf-8"
    assert quality["water"]["unknown_heights"] > 0
    assert quality["water"]["heights_dropped"] == published["water"].row_count
    assert sum(quality["zoning"]["unknown_values"].values()) > 0
    (repair,) = quality["land-cover"]["repairs"]
    assert repair["reason"] == "Self-intersection"
    assert repair["area_before_m2"] == pytest.approx(repair["area_after_m2"])


def test_every_row_of_every_source_is_there(
    sample_database: Database, published: dict[str, PublishedLayer], tmp_path: Path
) -> None:
    """As many as another GDAL counts."""
    portal = read_chosen_portal(Settings(home=tmp_path))

    for manifest in portal.read_manifests():
        layer = published[manifest.id]
        counted = count_with_gdal(manifest.source_path, manifest.source.layer)
        left_out = layer.quality["counts"]["left_out"]
        assert ask(sample_database, layer, "SELECT count(*) FROM {table}") == [(layer.row_count,)]
        assert layer.row_count + left_out == counted, manifest.id


def test_postgis_finds_nothing_wrong(sample_database: Database, published: dict[str, PublishedLayer]) -> None:
    """Valid and flat in both CRSs, labels on their features, ids unique, everything in the outline."""
    for layer in published.values():
        wrong = ask(
            sample_database,
            layer,
            'SELECT count(*) FILTER (WHERE NOT ST_IsValid("_geom")), '
            'count(*) FILTER (WHERE NOT ST_IsValid("_geom_3857")), '
            'count(*) FILTER (WHERE ST_Zmflag("_geom") <> 0), '
            'count(*) FILTER (WHERE ST_Distance("_geom", "_label") > 0.001), '
            'count(*) - count(DISTINCT "_fid") FROM {table}',
        )
        assert wrong == [(0, 0, 0, 0, 0)], layer.id


def test_rounding_is_safe_where_it_is_said_to_be(
    sample_database: Database, published: dict[str, PublishedLayer], tmp_path: Path
) -> None:
    """PostGIS rounds every parcel and zone to the tile units of its safe zoom, and all stay valid."""
    for grid in read_grids(read_chosen_portal(Settings(home=tmp_path))).values():
        target = grid.target()
        geometry = "_geom" if target.srid == 3794 else f"_geom_{target.srid}"
        safe = "_safe_" + target.name.lower().replace("-", "_")
        for name in ("parcels", "zoning"):
            rows = ask(
                sample_database,
                published[name],
                "SELECT count(*), count(*) FILTER (WHERE NOT ST_IsValid("
                "ST_SnapToGrid({geometry}, %s, %s, unit, unit))) "
                "FROM {table}, LATERAL (SELECT %s / 2 ^ {safe} AS unit) AS at_safe_zoom WHERE {safe} <= %s",
                target.origin_x,
                target.origin_y,
                target.unit(0),
                target.max_tile_zoom,
                geometry=geometry,
                safe=safe,
            )
            assert rows[0][0] > 400
            assert rows[0][1] == 0
