"""What differs between two versions: counts and lists against a comparison in plain Python."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import fiona
import pytest
import shapely
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping, shape
from sqlalchemy.dialects import postgresql

from gis.statements import read_statement
from layers.catalogue import Catalogue
from layers.changes.comparison import KINDS, compare_columns, read_changes, read_counts
from layers.changes.statements import Pair, Stored, count_shared, select_changes
from layers.loading.history import list_events, list_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from layers.catalogue import PublishedLayer
    from layers.changes.comparison import Change
    from layers.manifest import Manifest

pytestmark = pytest.mark.database

Field = tuple[Any, float | None]
WEST, SOUTH = 502_000, 135_000


def square(place: int, side: float = 40) -> Any:
    """One field of a grid."""
    west, south = WEST + 50 * (place % 20), SOUTH + 60 * (place // 20)
    return shapely.box(west, south, west + side, south + side)


@pytest.fixture
def write_map(tmp_path: Path) -> Callable[..., Path]:
    """Writes fields given as number → (geometry, area) into a GeoPackage."""

    def write(fields: Mapping[str, Field], name: str = "fields.gpkg") -> Path:
        path = tmp_path / name
        path.unlink(missing_ok=True)
        schema = {"geometry": "Polygon", "properties": {"ST": "str", "POVR": "float"}}
        with fiona.open(path, "w", driver="GPKG", schema=schema, crs="EPSG:3794") as file:
            for number, (geometry, area) in fields.items():
                file.write(
                    {
                        "geometry": mapping(geometry) if geometry else None,
                        "properties": {"ST": number, "POVR": area},
                    }
                )
        return path

    return write


def versions(importer: Any, *numbers: int) -> list[PublishedLayer]:
    """Versions of the fields by number, also those that wait."""
    found = {each.number: each for each in Catalogue(importer.database).versions_with_waiting("fields")}
    return [found[number] for number in numbers]


def told(importer: Any, *, kind: Any = None, **place: Any) -> list[Change]:
    """What changed from version 1 to version 2."""
    before, after = versions(importer, 1, 2)
    return list(read_changes(importer.database, before, after, kind=kind, **place))


def expected(old: Mapping[str, Field], new: Mapping[str, Field]) -> dict[str, set[str]]:
    """The oracle: keys of each kind, by Python alone."""
    shared = old.keys() & new.keys()
    return {
        "added": new.keys() - old.keys(),
        "removed": old.keys() - new.keys(),
        "geometry": {key for key in shared if shapely.to_wkb(old[key][0]) != shapely.to_wkb(new[key][0])},
        "attributes": {key for key in shared if old[key][1] != new[key][1]},
    }


def edit(fields: Mapping[str, Field], seed: int) -> dict[str, Field]:
    """A random next state: some fields gone, new, reshaped, moved by a nanometre or with another area."""
    chance = random.Random(seed)  # noqa: S311  no secret
    edited: dict[str, Field] = {}
    for key, (geometry, area) in fields.items():
        match chance.randrange(10):
            case 0:
                continue
            case 1:
                edited[key] = (shapely.affinity.scale(geometry, 1.1), area)
            case 2:
                edited[key] = (geometry, None if chance.random() < 0.3 else (area or 0) + 1)
            case 3:
                edited[key] = (shapely.affinity.translate(geometry, 1e-9), (area or 0) + 1)
            case _:
                edited[key] = (geometry, area)
    return edited | {f"n{place}": (square(300 + place), 5.0) for place in range(chance.randrange(6))}


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_random_edits_are_found_exactly(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_map: Callable[..., Path], seed: int
) -> None:
    """Counts, stored counts and the list of each kind are what Python finds."""
    old: dict[str, Field] = {f"{place}": (square(place), 10.0 + place) for place in range(60)}
    new = edit(old, seed)
    manifest = fields_manifest(id=f"fields-{seed}")
    run_import_of(manifest, write_map(old))
    report = run_import_of(manifest, write_map(new))
    catalogue = Catalogue(run_import_of.database)
    after, before = catalogue.versions(manifest.id)
    oracle = expected(old, new)

    counts = read_counts(run_import_of.database, before, after)
    backwards = read_counts(run_import_of.database, after, before)
    lists = {kind: list(read_changes(run_import_of.database, before, after, kind=kind)) for kind in KINDS}

    assert counts.as_json() == {
        **{kind: len(keys) for kind, keys in oracle.items()},
        "unchanged": len((old.keys() & new.keys()) - oracle["geometry"] - oracle["attributes"]),
    }
    assert report.changes == counts
    assert backwards == replace(counts, added=counts.removed, removed=counts.added)
    assert after.changes == {"against": 1, **counts.as_json()}
    assert {kind: [change.key for change in lists[kind]] for kind in KINDS} == {
        kind: sorted(keys) for kind, keys in oracle.items()
    }
    everything = list(read_changes(run_import_of.database, before, after))
    assert [each.key for each in everything] == sorted(set().union(*oracle.values()))
    assert {each.key: set(each.kinds) for each in everything} == {
        key: {kind for kind, keys in oracle.items() if key in keys} for key in set().union(*oracle.values())
    }


def test_a_change_tells_before_and_after(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_map: Callable[..., Path]
) -> None:
    """Values, area, how far the label moved, and the new geometry in degrees; of what is gone, the old one."""
    old: dict[str, Field] = {
        "1": (square(0), 10.0),
        "2": (square(1), 20.0),
        "3": (square(2), 30.0),
        "4": (None, 4.0),
    }
    new: dict[str, Field] = {
        "1": (shapely.affinity.translate(square(0), 3, 4), 11.0),
        "2": (square(1, side=20), None),
        "4": (square(3), 4.0),
        "5": (square(4), 50.0),
    }
    manifest = fields_manifest(geometry={"kind": "polygon", "allow_null": True})
    run_import_of(manifest, write_map(old))
    run_import_of(manifest, write_map(new))

    moved, smaller, gone, placed, fresh = told(run_import_of)

    assert (moved.change, moved.kinds, moved.title) == ("changed", ("geometry", "attributes"), "Njiva 1")
    assert moved.moved_m == pytest.approx(5)
    assert moved.size_difference == pytest.approx(0, abs=1e-6)
    assert [(each.name, each.before, each.after) for each in moved.differences] == [("area", 10.0, 11.0)]
    assert smaller.size_difference == pytest.approx(20 * 20 - 40 * 40)
    assert [(each.name, each.before, each.after) for each in smaller.differences] == [("area", 20.0, None)]
    assert (gone.change, gone.before, gone.after) == ("removed", {"number": "3", "area": 30.0}, None)
    assert shape(json.loads(gone.geojson or "")).centroid.x == pytest.approx(15.0269, abs=1e-3)
    assert (placed.kinds, placed.moved_m, placed.size_difference) == (("geometry",), None, None)
    assert (fresh.change, fresh.after) == ("added", {"number": "5", "area": 50.0})
    ring = json.loads(fresh.geojson or "")["coordinates"][0]
    assert shapely.is_ccw(shapely.linearrings(ring))


def test_a_lost_geometry_is_told_as_none(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_map: Callable[..., Path]
) -> None:
    """The newer state counts: no geometry, not the older one."""
    manifest = fields_manifest(geometry={"kind": "polygon", "allow_null": True})
    run_import_of(manifest, write_map({"1": (square(0), 1.0), "2": (square(1), 2.0)}))
    run_import_of(manifest, write_map({"1": (None, 1.0), "2": (square(1), 2.0)}))

    (lost,) = told(run_import_of)

    assert (lost.kinds, lost.geojson) == (("geometry",), None)


def test_pages_follow_each_other(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_map: Callable[..., Path]
) -> None:
    """Keyset by key: no feature twice, none left out, whatever the kind."""
    old: dict[str, Field] = {f"{place}": (square(place), 1.0) for place in range(40)}
    run_import_of(fields_manifest(), write_map(old))
    run_import_of(fields_manifest(), write_map(edit(old, 7)))

    for kind in (None, *KINDS):
        whole = [change.key for change in told(run_import_of, kind=kind)]
        walked: list[str] = []
        place = None
        while page := told(run_import_of, kind=kind, limit=3, after_place=place):
            walked, place = walked + [change.key for change in page], page[-1].place

        assert walked == whole


def test_reading_changes_spills_nothing_to_disk(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """A reader may write 64 MB: no table is hashed or sorted whole, rows are looked up by their key."""
    run_import_of(fields_manifest(), write_fields(range(300)))
    run_import_of(fields_manifest(), write_fields(range(1, 301)))
    before, after = versions(run_import_of, 1, 2)
    pair = Pair(Stored.of(before), Stored.of(after))
    asked = [count_shared(pair), *(select_changes(pair, kind=kind, limit=10) for kind in (None, *KINDS))]

    with run_import_of.database.reading("downloads") as connection:
        connection.exec_driver_sql(read_statement("layers", "prepare_reading_changes"))
        plans = ["\n".join(connection.scalars(sa.text(f"EXPLAIN {_written(each)}")).all()) for each in asked]

    for plan in plans:
        assert "Nested Loop" in plan
        assert "Hash Join" not in plan
        assert "Merge Join" not in plan


def _written(statement: Any) -> str:
    """The statement with its values written out."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def test_only_columns_of_both_are_compared(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_map: Callable[..., Path]
) -> None:
    """A new column and one of another type are told of the layer, not of every feature."""
    column = {"source": ["ST"], "title": {"sl": "Številka"}}
    area = {"source": ["POVR"], "title": {"sl": "Površina"}}
    source = write_map({f"{place}": (square(place), 2.5 + place) for place in range(3)})
    run_import_of(fields_manifest(), source)
    run_import_of(
        fields_manifest(columns={"number": column, "area": {**area, "type": "text"}, "again": column}), source
    )
    before, after = versions(run_import_of, 1, 2)

    columns = compare_columns(before, after)

    assert (columns.added, columns.removed, columns.retyped) == (("again",), (), ("area",))
    assert told(run_import_of) == []
    assert compare_columns(after, before).removed == ("again",)


def test_without_a_key_there_is_only_added_and_removed(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_map: Callable[..., Path]
) -> None:
    """Content is the key, so a changed feature is another feature."""
    run_import_of(fields_manifest(key=[]), write_map({"1": (square(0), 1.0), "2": (square(1), 2.0)}))
    report = run_import_of(fields_manifest(key=[]), write_map({"1": (square(0), 1.0), "2": (square(1), 9.0)}))

    assert report.changes is not None
    assert report.changes.as_json() == {
        "added": 1, "removed": 1, "geometry": 0, "attributes": 0, "unchanged": 1
    }  # fmt: skip


def test_with_another_key_nothing_is_the_same_feature(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_map: Callable[..., Path]
) -> None:
    """That a number stands in both is chance: all are removed and all are added, each told once."""
    run_import_of(
        fields_manifest(), write_map({str(place): (square(place), 9.0 - place) for place in range(9)})
    )
    report = run_import_of(
        fields_manifest(key=["area"]),
        write_map({str(place): (square(place), 9.0 - place) for place in range(9)}),
    )
    before, after = versions(run_import_of, 1, 2)
    walked: list[Change] = []
    while page := told(run_import_of, limit=4, after_place=walked[-1].place if walked else None):
        walked += page

    assert "its key is area and that of the published version number" in str(report.hold_reason)
    for counts in (report.changes, read_counts(run_import_of.database, before, after)):
        assert counts is not None
        assert (counts.added, counts.removed, counts.changed, counts.unchanged) == (9, 9, 0, 0)
    assert [
        (each.change, each.before is None, each.after is None) for each in told(run_import_of, kind="added")
    ] == [("added", True, False)] * 9
    assert len(walked) == len({each.place for each in walked}) == 18
    assert told(run_import_of, kind="geometry") == []


def test_other_wording_changes_nothing_at_once(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Two versions of one table are not compared, and each stays itself in the history."""
    source = write_fields(range(10))
    run_import_of(fields_manifest(), source)
    run_import_of(fields_manifest(title={"sl": "Polja"}), source)
    before, after = versions(run_import_of, 1, 2)

    assert before.table_name == after.table_name
    assert read_counts(run_import_of.database, before, after).total == 0
    assert told(run_import_of) == []
    assert [version.changes for version in list_versions(run_import_of.database, "fields")] == [
        {"against": 1, "added": 0, "removed": 0, "geometry": 0, "attributes": 0, "unchanged": 10},
        None,
    ]


def test_what_waits_is_compared_before_it_is_published(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """The version nobody reads yet can be looked at, and history says what it would change and why it waits."""
    run_import_of(fields_manifest(), write_fields(range(100)))
    run_import_of(fields_manifest(), write_fields(range(10)))
    before, after = versions(run_import_of, 1, 2)

    counts = read_counts(run_import_of.database, before, after)

    assert (after.state, counts.removed, counts.unchanged) == ("loaded", 90, 10)
    newest = list_events(run_import_of.database, "fields")[0]
    assert newest.changes == {"against": 1, **counts.as_json()}
    assert "90 % fewer" in str(newest.message)
    assert newest.source_sha256 == after.source_sha256
