"""What makes a version wait: the rules alone, and whole imports that have to stop for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fiona
import pytest

from gis import crs
from gis.errors import ConflictError
from layers.catalogue import Catalogue
from layers.changes.comparison import ChangeCounts, Shift, Stored
from layers.loading.holding import Comparison, Seen, find_hold_reason, is_shift_worth_measuring
from layers.loading.publish import publish_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.manifest import Manifest

EXTENT = (502_000.0, 135_000.0, 505_000.0, 138_000.0)


def seen(manifest: Manifest, rows: int = 100, *, srid: int = 3794, east: float = 0, north: float = 0) -> Seen:
    """A version of this manifest, its extent moved by some metres."""
    west, south, right, top = EXTENT
    return Seen(Stored("v1", srid, manifest, rows), (west + east, south + north, right + east, top + north))


def compared(
    *, removed: int = 0, added: int = 0, geometry: int = 0, shared: int = 100, shift: Shift | None = None
) -> Comparison:
    """What was found feature by feature."""
    counts = ChangeCounts(added, removed, geometry, 0, unchanged=shared - geometry, changed=geometry)
    return Comparison(counts, shift)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [(100, None), (51, None), (300, None), (50, "it has 50 rows and the published version 100 (50 % fewer): ")],
)
def test_half_the_rows_gone_asks_a_person(
    fields_manifest: Callable[..., Manifest], rows: int, reason: str | None
) -> None:
    """More rows are fine, and so are a few less; half of them are not."""
    found = find_hold_reason(seen(fields_manifest()), seen(fields_manifest(), rows))

    assert (found or "").startswith(reason or "")
    assert (found is None) == (reason is None)


def test_other_columns_ask_a_person(fields_manifest: Callable[..., Manifest]) -> None:
    """Columns that went or have another type; new ones hurt nobody."""
    column = {"source": ["ST"], "title": {"sl": "Številka"}}
    before = seen(fields_manifest())
    fewer = seen(fields_manifest(columns={"number": column}))
    other = seen(fields_manifest(columns={"number": column, "area": {**column, "type": "text"}}))
    more = seen(fields_manifest(columns={**fields_manifest().model_dump()["columns"], "use": column}))

    for after in (fewer, other):
        assert "columns were taken away or have another type: area:" in str(find_hold_reason(before, after))
    assert find_hold_reason(before, more) is None
    assert find_hold_reason(None, fewer) is None


def test_another_kind_key_or_crs_asks_a_person(fields_manifest: Callable[..., Manifest]) -> None:
    """Each is named with what it was and what it is now, and several stand side by side."""
    before = seen(fields_manifest())

    points = find_hold_reason(before, seen(fields_manifest(geometry={"kind": "point"})))
    keyless = find_hold_reason(before, seen(fields_manifest(key=[])))
    moved = find_hold_reason(before, seen(fields_manifest(), 10, srid=3857))

    assert "its geometry is point and that of the published version polygon" in str(points)
    assert "its key is the whole content and that of the published version number" in str(keyless)
    assert "90 % fewer" in str(moved)
    assert "the portal's CRS was EPSG:3794 and is EPSG:3857 now" in str(moved)


@pytest.mark.parametrize(
    ("rows", "removed", "after", "waits"),
    [(100, 90, 100, True), (100, 89, 100, False), (19, 19, 19, False), (100, 95, 201, False)],
)
def test_keys_numbered_anew_ask_a_person(
    fields_manifest: Callable[..., Manifest], rows: int, removed: int, after: int, *, waits: bool
) -> None:
    """Nine of ten keys gone and about as many rows: not one of ten less, not a handful, not a grown layer."""
    comparison = compared(removed=removed, shared=rows - removed)

    reason = find_hold_reason(seen(fields_manifest(), rows), seen(fields_manifest(), after), comparison)

    assert ("numbered anew" in str(reason)) == waits


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        (Shift(80, 3.0, 4.0), "80 of 100 features moved by the same 5.0 m (+3.0 m east, +4.0 m north): look"),
        (Shift(79, 3.0, 4.0), None),
        (Shift(100, 0.5, 0.5), None),
        (Shift(100, 369.7, -485.7), "looks like D48/GK read as D96/TM; look whether the source is in D48/GK"),
        (Shift(100, -369.7, 485.7), "looks like D96/TM read as D48/GK, or the published version was"),
        (Shift(100, -485.7, 369.7), "look at it on the map, and at source.crs"),
    ],
)
def test_everything_moved_alike_asks_a_person(
    fields_manifest: Callable[..., Manifest], shift: Shift, words: str | None
) -> None:
    """Four of five features by more than a metre, and the datum change is called by its name."""
    comparison = compared(geometry=100, shift=shift)

    reason = find_hold_reason(seen(fields_manifest()), seen(fields_manifest()), comparison)

    assert words in reason if words and reason else (reason, words) == (None, None)


def test_without_a_key_the_whole_extent_is_followed(fields_manifest: Callable[..., Manifest]) -> None:
    """Its content is its key, so every key is new; only an extent that moved whole asks a person."""
    keyless = fields_manifest(key=[])
    comparison = compared(removed=100, added=100, shared=0)

    new = find_hold_reason(seen(keyless), seen(keyless), comparison)
    moved = find_hold_reason(seen(keyless), seen(keyless, east=369.7, north=-485.7), comparison)
    small = find_hold_reason(seen(keyless, 19), seen(keyless, 19, east=369.7), comparison)

    assert (new, small) == (None, None)
    assert "the area it covers moved by the same 610.4 m" in str(moved)
    assert "D48/GK read as D96/TM" in str(moved)


@pytest.mark.parametrize(("geometry", "shared", "worth"), [(80, 100, True), (79, 100, False), (19, 19, False)])
def test_a_shift_is_measured_only_when_most_moved(geometry: int, shared: int, *, worth: bool) -> None:
    """Four of five features, and twenty at least."""
    assert is_shift_worth_measuring(compared(geometry=geometry, shared=shared).counts) == worth


@pytest.mark.database
def test_d48_read_as_d96_waits(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """The same fields 611 m away: loaded, not published, and the sentence names both datums."""
    database = run_import_of.database
    run_import_of(fields_manifest(), write_fields(range(30)))
    x, y = crs.transform(crs.D96, crs.D48, 502_000, 135_000)

    report = run_import_of(
        fields_manifest(), write_fields(range(30), shift=x - 502_000, north=y - 135_000, name="d48.gpkg")
    )

    assert report.outcome == "waiting"
    assert "30 of 30 features moved by the same 610" in str(report.hold_reason)
    assert "looks like D48/GK read as D96/TM" in str(report.hold_reason)
    assert Catalogue(database).find("fields").number == 1
    with pytest.raises(ConflictError, match="D48/GK read as D96/TM"):
        publish_version(database, "fields", None, who="ana", confirm=False)
    assert publish_version(database, "fields", None, who="ana", confirm=True).number == 2


@pytest.mark.database
def test_parcels_in_d48_said_to_be_d96_wait(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    """Every vertex in real D48/GK, in all the municipality; a tenth of the parcels new, all values changed."""
    database = run_import_of.database
    run_import_of(fields_manifest(), write_parcels(tmp_path / "d96.gpkg", range(100), crs.D96, area=1.0))

    report = run_import_of(
        fields_manifest(), write_parcels(tmp_path / "d48.gpkg", range(10, 110), crs.D48, area=2.0)
    )

    assert report.outcome == "waiting"
    assert report.changes.geometry == report.changes.attributes == 90
    assert "90 of 90 features moved by the same 610" in str(report.hold_reason)
    assert "this looks like D48/GK read as D96/TM" in str(report.hold_reason)
    assert Catalogue(database).find("fields").number == 1


def write_parcels(path: Path, numbers: range, datum: int, *, area: float) -> Path:
    """Parcels of 40 m, two kilometres and more inside the outline; labelled D96 whatever the datum is."""
    schema = {"geometry": "Polygon", "properties": {"ST": "str", "POVR": "float"}}
    with fiona.open(path, "w", driver="GPKG", schema=schema, crs="EPSG:3794") as file:
        for number in numbers:
            west, south = 502_000 + 500 * (number % 12), 132_000 + 600 * (number // 12)
            corners = [(west, south), (west + 40, south), (west + 40, south + 40), (west, south + 40)]
            ring = [crs.transform(crs.D96, datum, x, y) for x, y in (*corners, corners[0])]
            shape = {"type": "Polygon", "coordinates": [ring]}
            file.write({"geometry": shape, "properties": {"ST": str(number), "POVR": area}})
    return path


@pytest.mark.database
def test_keys_numbered_anew_wait(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """The same fields under other numbers."""
    run_import_of(fields_manifest(), write_fields(range(30)))

    report = run_import_of(fields_manifest(), write_fields(range(1000, 1030), name="anew.gpkg"))

    assert report.outcome == "waiting"
    assert "30 of 30 published keys are gone" in str(report.hold_reason)
    assert "whether number still means" in str(report.hold_reason)


@pytest.mark.database
def test_the_same_file_waits_once(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Imported again it makes no further version; what waits for --hold alone is published without it."""
    source, held = write_fields(range(30)), fields_manifest()
    run_import_of(held, source)
    fewer = write_fields(range(10), name="fewer.gpkg")

    first, second = (run_import_of(held, fewer) for _ in range(2))
    on_hold, released = (
        run_import_of(held, write_fields(range(31), name="more.gpkg"), hold=h) for h in (True, False)
    )

    assert (first.number, second.number, second.outcome) == (2, 2, "waiting")
    assert second.hold_reason == first.hold_reason
    assert (on_hold.outcome, on_hold.number) == ("waiting", 3)
    assert (released.outcome, released.number) == ("published", 4)
