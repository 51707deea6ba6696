"""The table with large features in pieces lives and dies with the table of its version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fiona
import psycopg
import pytest
import shapely
from shapely.geometry import mapping

from layers.catalogue import Catalogue
from layers.loading.publish import publish_version
from layers.loading.retire import sweep
from layers.loading.rollback import roll_back
from layers.loading.withdraw import withdraw_layer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.manifest import Manifest

pytestmark = pytest.mark.database

MIDDLE = (505_000, 135_000)


@pytest.fixture
def load(run_import_of: Any, fields_manifest: Callable[..., Manifest], tmp_path: Path) -> Callable[..., Any]:
    """Imports a round wood of two thousand vertices, or as many as said, and a square field."""

    def run(vertices: int = 2000, *, hold: bool = False, **parts: Any) -> Any:
        path = tmp_path / f"woods{vertices}.gpkg"
        schema = {"geometry": "Polygon", "properties": {"ST": "str", "POVR": "float"}}
        wood = shapely.Point(MIDDLE).buffer(2000, quad_segs=vertices // 4)
        if not path.exists():
            with fiona.open(path, "w", driver="GPKG", schema=schema, crs="EPSG:3794") as file:
                for name, shape in (("wood", wood), ("field", shapely.box(501_000, 131_000, 501_100, 131_100))):
                    file.write({"geometry": mapping(shape), "properties": {"ST": name, "POVR": shape.area}})
        return run_import_of(fields_manifest(**parts), path, hold=hold)

    return run


def tables(importer: Any) -> list[str]:
    """The names of all tables with data."""
    return [
        row[0] for row in importer.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'data' ORDER BY 1")
    ]


def published(importer: Any) -> Any:
    """The version that is read now."""
    return Catalogue(importer.database, remember_seconds=0).find("fields")


def test_a_large_feature_is_stored_in_pieces(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Only that feature, whole and for both grids, and the reader's login may read them."""
    load()

    layer = published(run_import_of)
    with run_import_of.database.cursor("tiles") as cursor:
        rows = cursor.execute(
            f"SELECT _grid, count(*), count(DISTINCT _fid) FROM data.{layer.table_name}_pieces "  # noqa: S608
            "GROUP BY _grid ORDER BY _grid"
        ).fetchall()
    (row,) = run_import_of.rows(
        "SELECT ST_Area(ST_SymDifference((SELECT ST_Union(_geom) FROM {table} WHERE _grid = 'SI-D96' "
        "AND ST_NPoints(_geom) <= 256), ST_Buffer(ST_Point(505000, 135000, 3794), 2000, 500)))",
        f"{layer.table_name}_pieces",
    )
    assert layer.has_pieces
    assert row[0] < 1
    assert [(grid, features) for grid, _, features in rows] == [("SI-D96", 1), ("WebMercatorQuad", 1)]
    assert all(pieces > 20 for _, pieces, _ in rows)


def test_without_large_features_nothing_is_made(run_import_of: Any, load: Callable[..., Any]) -> None:
    """A layer of small features has one table."""
    load(200)

    layer = published(run_import_of)
    assert not layer.has_pieces
    assert tables(run_import_of) == [layer.table_name]


def test_other_words_share_the_pieces(run_import_of: Any, load: Callable[..., Any]) -> None:
    """A version with the same rows uses the table and the pieces of the one before."""
    load()
    first = published(run_import_of)
    load(title={"sl": "Gozdovi"})

    second = published(run_import_of)
    assert second.version_id != first.version_id
    assert second.table_name == first.table_name
    assert second.has_pieces
    assert tables(run_import_of) == [first.table_name, f"{first.table_name}_pieces"]


def test_what_waits_has_its_pieces_when_it_is_published(run_import_of: Any, load: Callable[..., Any]) -> None:
    """They are made when it is loaded."""
    load(200)
    load(hold=True)
    assert not published(run_import_of).has_pieces

    publish_version(run_import_of.database, "fields", 2, who="ana", confirm=True)

    assert published(run_import_of).has_pieces


def test_rollback_goes_back_to_the_pieces(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Of the version that is published again; those of the other stay while it is kept."""
    load()
    first = published(run_import_of)
    load(3000)
    second = published(run_import_of)

    roll_back(run_import_of.database, "fields", who="ana")
    sweep(run_import_of.database, run_import_of.home, quiet_seconds=0)

    back = published(run_import_of)
    assert (back.table_name, back.has_pieces) == (first.table_name, True)
    assert tables(run_import_of) == sorted(
        name + end for name in (first.table_name, second.table_name) for end in ("", "_pieces")
    )


def test_a_version_that_is_cleared_away_takes_its_pieces_along(
    run_import_of: Any, load: Callable[..., Any]
) -> None:
    """Counted as one table."""
    load()
    load(3000)
    kept = published(run_import_of).table_name

    swept = sweep(run_import_of.database, run_import_of.home, keep=0, quiet_seconds=0)

    assert (swept.versions, swept.tables) == (1, 1)
    assert tables(run_import_of) == [kept, f"{kept}_pieces"]


def test_pieces_without_a_table_are_cleared_away(run_import_of: Any, load: Callable[..., Any]) -> None:
    """However it came that they were left; those of versions that are read stay."""
    load()
    with run_import_of.database.loading() as connection:
        connection.execute("CREATE TABLE data.v999_pieces ()")
        connection.execute("CREATE TABLE data.v998 ()")

    swept = sweep(run_import_of.database, run_import_of.home)

    kept = published(run_import_of).table_name
    assert swept.tables == 2
    assert tables(run_import_of) == [kept, f"{kept}_pieces"]


def test_withdrawing_deletes_the_pieces(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Nothing of the data stays, in whole or in parts."""
    load()
    load(3000)

    withdrawal = withdraw_layer(run_import_of.database, "fields", who="ana")

    assert (withdrawal.dropped_tables, withdrawal.left_tables) == (2, 0)
    assert tables(run_import_of) == []


def test_pieces_that_are_read_keep_their_table(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Both are dropped or neither: a reader of the pieces is not left without the table."""
    load()
    name = published(run_import_of).table_name
    with psycopg.connect(run_import_of.database.urls.reader) as reader:
        reader.execute(f"SELECT FROM data.{name}_pieces")

        held = withdraw_layer(run_import_of.database, "fields", who="ana", patience_seconds=0)

        assert (held.dropped_tables, held.left_tables) == (0, 1)
        assert tables(run_import_of) == [name, f"{name}_pieces"]
    swept = sweep(run_import_of.database, run_import_of.home)
    assert swept.tables == 1
    assert tables(run_import_of) == []
