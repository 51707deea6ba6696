"""From a file to a published version: tables, rows, pointer, journal, and nothing left when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely

from gis.errors import ConflictError, SourceError
from layers.catalogue import Catalogue
from layers.loading.journal import OpenJob, layer_lock
from layers.loading.plan import retoken
from layers.reading.identity import fid_of
from layers.reading.report import Progress
from layers.reading.snapping import find_safe_zooms
from layers.table import data_table
from layers.targets import TileTarget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.manifest import Manifest

pytestmark = pytest.mark.database


def tables(importer: Any) -> list[str]:
    """The tables of schema data."""
    return [
        row[0] for row in importer.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'data' ORDER BY 1")
    ]


def jobs(importer: Any) -> list[tuple[Any, ...]]:
    """States and messages of the import jobs."""
    return importer.rows("SELECT state, message FROM catalogue.import_job ORDER BY id")  # type: ignore[no-any-return]


def test_a_layer_is_published(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Pointer, version, journal and audit agree, and the reader sees it."""
    report = run_import_of(fields_manifest(), write_fields(range(120)))

    layer = Catalogue(run_import_of.database).find("fields")
    assert (report.outcome, report.row_count, report.number) == ("published", 120, 1)
    assert (layer.version_id, layer.token, layer.row_count) == (report.version_id, report.token, 120)
    assert layer.table_name == f"v{report.version_id}"
    assert layer.source_name == "fields.gpkg"
    assert layer.native_extent is not None
    assert layer.native_extent.bounds == (502_000, 135_000, 506_990, 135_110)
    assert layer.extent is not None
    assert layer.extent.contains(15.03, 46.355)
    assert jobs(run_import_of) == [("published", None)]
    assert run_import_of.rows("SELECT who, action, layer_id, version_id FROM catalogue.audit") == [
        ("ana", "published", "fields", report.version_id)
    ]
    assert not list((run_import_of.home / "staging").iterdir())


def test_rows_hold_what_tiles_and_search_need(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Ids, titles, search text, size, label inside, and a second geometry in Web Mercator."""
    run_import_of(fields_manifest(), write_fields(["12/1", "*45"]))

    layer = Catalogue(run_import_of.database).find("fields")
    table = data_table(layer)
    with run_import_of.database.reading() as connection:
        rows = connection.execute(table.select().order_by(table.c["_key"])).mappings().all()
    moved = run_import_of.rows(
        'SELECT ST_Distance("_geom_3857", ST_Transform("_geom", 3857)), ST_IsValid("_geom_3857"), '
        'ST_Contains("_geom", "_label"), "_safe_si_d96" FROM {table}',
        layer.table_name,
    )

    assert [row["_key"] for row in rows] == ["*45", "12/1"]
    assert [row["_fid"] for row in rows] == [fid_of("*45"), fid_of("12/1")]
    assert [row["_title"] for row in rows] == ["Njiva *45", "Njiva 12/1"]
    assert [row["_search"] for row in rows] == ["njiva *45", "njiva 12/1"]
    assert rows[0]["_size"] == pytest.approx(2000**0.5)
    assert rows[0]["_label_width"] == pytest.approx(40)
    assert [row["area"] for row in rows] == [2001.0, 2000.0]
    for distance, valid, labelled, safe in moved:
        assert distance < 0.001
        assert valid
        assert labelled
        assert 0 <= safe <= 12


def test_the_same_again_changes_nothing(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Neither the same file, nor the same rows in another file and order, make a new version."""
    first = run_import_of(fields_manifest(), write_fields(range(10)))

    same_file = run_import_of(fields_manifest(), write_fields(range(10)))
    again = run_import_of(fields_manifest(), write_fields(range(10), name="other.gpkg"))

    assert (same_file.outcome, again.outcome) == ("unchanged", "unchanged")
    assert again.version_id == first.version_id
    assert tables(run_import_of) == [f"v{first.version_id}"]


def test_other_wording_needs_no_new_table(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """A new date of state makes a new version of the same rows, under the same token; both are readable."""
    first = run_import_of(fields_manifest(), write_fields(range(10)))

    second = run_import_of(fields_manifest(source={"state_date": "2026-04-01"}), write_fields(range(10)))

    catalogue = Catalogue(run_import_of.database)
    now = catalogue.find("fields")
    assert (second.outcome, second.number, second.token) == ("published", 2, first.token)
    assert now.state_date.isoformat() == "2026-04-01"
    assert tables(run_import_of) == [f"v{first.version_id}"]
    before = catalogue.find_version("fields", retoken(first.token, first.version_id))
    assert (before.number, before.table_name) == (1, now.table_name)


def test_new_rows_make_a_new_version_and_keep_the_old(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """The old version stays readable under its token."""
    first = run_import_of(fields_manifest(), write_fields(range(10)))

    second = run_import_of(fields_manifest(), write_fields(range(11)))

    catalogue = Catalogue(run_import_of.database)
    assert second.token != first.token
    assert catalogue.find("fields").row_count == 11
    assert catalogue.find_version("fields", first.token).row_count == 10
    assert catalogue.find_version("fields", first.token).state == "kept"


def test_going_back_to_rows_that_were_kept_shares_their_table(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """The provider sends the older file again: its rows are here already."""
    first = run_import_of(fields_manifest(), write_fields(range(10)))
    run_import_of(fields_manifest(), write_fields(range(11)))

    third = run_import_of(fields_manifest(), write_fields(range(10)))

    assert (third.outcome, third.number, third.token) == ("published", 3, first.token)
    assert Catalogue(run_import_of.database).find("fields").table_name == f"v{first.version_id}"


def test_half_the_rows_gone_waits(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Loaded, not published; the old version is still served."""
    run_import_of(fields_manifest(), write_fields(range(100)))

    report = run_import_of(fields_manifest(), write_fields(range(40)))

    assert report.outcome == "waiting"
    assert "60 % fewer" in str(report.hold_reason)
    assert Catalogue(run_import_of.database).find("fields").row_count == 100
    assert jobs(run_import_of)[-1][0] == "loaded"


def test_hold_loads_and_waits(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """--hold keeps even a first version from being read."""
    report = run_import_of(fields_manifest(), write_fields(range(5)), hold=True)

    assert report.outcome == "waiting"
    assert Catalogue(run_import_of.database).published() == ()


def test_a_dry_run_writes_nothing(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """It tells what would be, in the catalogue nothing is."""
    report = run_import_of(fields_manifest(), write_fields(range(5)), dry_run=True)

    assert (report.outcome, report.row_count) == ("checked", 5)
    assert tables(run_import_of) == []
    assert jobs(run_import_of) == []


def test_a_refused_source_leaves_a_sentence_and_nothing_else(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Layer and file are named; the version before is served on."""
    run_import_of(fields_manifest(), write_fields(range(10)))
    served = tables(run_import_of)

    with pytest.raises(SourceError, match=r"^fields \(fields\.gpkg\): The key \(number\) is not unique: '1'"):
        run_import_of(fields_manifest(), write_fields([1, 1, 2]))

    assert tables(run_import_of) == served
    assert not list((run_import_of.home / "staging").iterdir())
    state, message = jobs(run_import_of)[-1]
    assert state == "rejected"
    assert "not unique" in message
    assert Catalogue(run_import_of.database).find("fields").row_count == 10


def test_two_imports_of_one_layer_at_once(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """The second is told, and leaves no trace; another layer is not held up."""
    with layer_lock(run_import_of.database, "fields"):
        with pytest.raises(ConflictError, match="'fields' is being imported or published by somebody else"):
            run_import_of(fields_manifest(), write_fields(range(3)))
        other = run_import_of(fields_manifest(id="meadows"), write_fields(range(3)))

    assert other.outcome == "published"
    assert len(jobs(run_import_of)) == 1


def test_progress_is_told(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Every step in order, with counts of rows while reading and of bytes while loading."""
    steps: list[Progress] = []

    run_import_of(fields_manifest(), write_fields(range(50)), progress=steps.append)

    assert list(dict.fromkeys(step.step for step in steps)) == [
        "stage",
        "read",
        "sort",
        "load",
        "index",
        "publish",
    ]
    assert Progress(step="read", done=50, total=50) in steps


def test_heights_are_kept_where_the_manifest_says_so(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    """Lines with heights and one with the unknown height stand in one table; copies for tiles are flat."""
    (tmp_path / "pipes.geojson").write_text(
        '{"type":"FeatureCollection","features":['
        '{"type":"Feature","properties":{"ST":"1","POVR":1},"geometry":{"type":"LineString",'
        '"coordinates":[[502000,135000,300],[502100,135000,301]]}},'
        '{"type":"Feature","properties":{"ST":"2","POVR":1},"geometry":{"type":"LineString",'
        '"coordinates":[[502000,135000,-99],[502100,135000,301]]}}]}'
    )
    manifest = fields_manifest(source={"format": "geojson"}, geometry={"kind": "line", "keep_z": True})

    report = run_import_of(manifest, tmp_path / "pipes.geojson")

    rows = run_import_of.rows(
        'SELECT ST_Zmflag("_geom"), ST_Zmflag("_geom_3857") FROM {table} ORDER BY "_key"',
        f"v{report.version_id}",
    )
    assert rows == [(2, 0), (0, 0)]
    assert (report.quality.heights_dropped, report.quality.unknown_heights) == (1, 1)


def test_stored_safe_zooms_are_those_of_the_stored_geometry(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Computed before storing, they hold for what PostGIS gives back."""
    report = run_import_of(fields_manifest(), write_fields(range(20)))
    rows = run_import_of.rows(
        'SELECT ST_AsBinary("_geom"), "_safe_si_d96" FROM {table}', f"v{report.version_id}"
    )
    target = TileTarget("SI-D96", 3794, 370_000, 200_000, 1024, max_tile_zoom=12)

    found = find_safe_zooms(shapely.from_wkb([bytes(row[0]) for row in rows]), target)

    assert found.tolist() == [row[1] for row in rows]


def test_a_job_that_ended_keeps_its_end(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Whatever fails after the publication was committed does not call it a failure."""
    run_import_of(fields_manifest(), write_fields(range(3)))
    (job,) = run_import_of.rows("SELECT id FROM catalogue.import_job")

    with layer_lock(run_import_of.database, "fields") as connection:
        OpenJob(id=job[0], layer_id="fields", connection=connection).end_badly("failed", message="interrupted")

    assert jobs(run_import_of) == [("published", None)]
