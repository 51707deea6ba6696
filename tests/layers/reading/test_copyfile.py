"""The binary COPY stream, read back by PostgreSQL: every type, every edge, in an order of its own."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from psycopg import sql

from layers.loading.load import copy_rows, create_table
from layers.reading.copyfile import SIGNATURE, TRAILER, CopyFile
from layers.reading.identity import KeyMaker, build_titles, fid_of, other_fid
from layers.reading.job import StoredColumn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gis.database import Database
    from layers.manifest import Manifest

COLUMNS = (
    StoredColumn(name="_fid", type="bigint", required=True),
    StoredColumn(name="_key", type="text", required=True),
    StoredColumn(name="_geom", type="geometry", srid=3794, heights=True),
    StoredColumn(name="_size", type="real"),
    StoredColumn(name="_safe_si_d96", type="smallint"),
    StoredColumn(name="select", type="text"),
    StoredColumn(name="amount", type="double precision"),
    StoredColumn(name="day", type="date"),
    StoredColumn(name="yes", type="boolean"),
)
PLAIN = COLUMNS[:2]
TEXTS = ["Šoštanj", "", 'a"b\tc\\N\nd', "<img onerror=x>", "𝒳 🗺"]


def shapes() -> Any:
    """One of each kind of geometry, one with heights, one missing."""
    made = np.empty(5, dtype=object)
    made[:] = [
        shapely.Point(1, 2),
        shapely.LineString([(0, 0, 300), (1, 1, 301)]),
        shapely.box(0, 0, 1, 1),
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]),
        None,
    ]
    return made


def keyed(*keys: str) -> dict[str, Any]:
    """A batch of rows with these keys and their ids."""
    return {"_fid": [fid_of(key) for key in keys], "_key": list(keys)}


@pytest.mark.database
def test_postgresql_reads_back_what_was_written(database: Database, tmp_path: Path) -> None:
    """Texts, numbers, dates from year 1 to 9999, booleans, NULLs and EWKB arrive bit by bit."""
    values = {
        **keyed("1", "2", "3", "4", "5"),
        "_geom": shapes(),
        "_size": np.array([1.5, math.nan, 0.0, 3.25, 1e30]),
        "_safe_si_d96": np.array([0, 13, 5, 7, 12], dtype=np.int16),
        "select": TEXTS,
        "amount": [0.1, -0.0, 1e308, None, 5e-324],
        "day": [dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(2000, 1, 1), None, dt.date(1999, 12, 31)],
        "yes": [True, False, None, True, False],
    }
    file = CopyFile(tmp_path / "rows.copy", COLUMNS)
    file.add(values, np.arange(5))
    written = file.finish()

    with database.loading() as connection:
        create_table(connection, "v1", COLUMNS)
        copy_rows(connection, "v1", COLUMNS, tmp_path / "rows.copy", lambda _done, _total: None)
        rows = connection.execute(
            'SELECT "_fid", ST_AsEWKB("_geom"), "_size", "_safe_si_d96", "select", amount, day, yes '
            'FROM data.v1 ORDER BY "_key"'
        ).fetchall()

    assert written.row_count == 5
    assert [row[0] for row in rows] == values["_fid"]
    expected = shapely.to_wkb(shapely.set_srid(shapes(), 3794), include_srid=True).tolist()
    assert [bytes(row[1]) if row[1] else None for row in rows] == expected  # type: ignore[call-overload]
    assert [row[2] for row in rows] == [1.5, None, 0.0, 3.25, 1e30]
    assert [row[3] for row in rows] == [0, 13, 5, 7, 12]
    assert [row[4] for row in rows] == TEXTS
    assert [row[5] for row in rows] == values["amount"]
    assert [row[6] for row in rows] == values["day"]
    assert [row[7] for row in rows] == values["yes"]


@pytest.mark.database
def test_an_empty_stream_is_valid(database: Database, tmp_path: Path) -> None:
    """Header and trailer alone make an empty table."""
    CopyFile(tmp_path / "rows.copy", PLAIN).finish()

    with database.loading() as connection:
        create_table(connection, "v1", PLAIN)
        copy_rows(connection, "v1", PLAIN, tmp_path / "rows.copy", lambda _done, _total: None)
        count = connection.execute(sql.SQL("SELECT count(*) FROM data.v1")).fetchone()

    assert count == (0,)
    assert (tmp_path / "rows.copy").read_bytes() == SIGNATURE + TRAILER


def test_order_of_rows_does_not_change_the_hash(tmp_path: Path) -> None:
    """The same rows in another order, and in other batches, give the same bytes."""
    keys = [f"key {number}" for number in range(50)]
    places = {key: number % 7 for number, key in enumerate(keys)}
    hashes = []
    for name, order, size in (("a", keys, 50), ("b", keys[::-1], 3)):
        file = CopyFile(tmp_path / f"{name}.copy", PLAIN)
        for start in range(0, 50, size):
            part = order[start : start + size]
            file.add(keyed(*part), np.array([places[key] for key in part]))
        hashes.append(file.finish().sha256)

    assert hashes[0] == hashes[1]


def test_rows_lie_along_the_curve(tmp_path: Path) -> None:
    """What is near on the map is near on the disk."""
    file = CopyFile(tmp_path / "rows.copy", PLAIN)
    file.add(keyed("far", "near", "middle"), np.array([9, 1, 5]))
    file.finish()

    content = (tmp_path / "rows.copy").read_bytes()
    assert content.index(b"near") < content.index(b"middle") < content.index(b"far")


def test_repeated_keys_are_listed(tmp_path: Path) -> None:
    """Across batches; the first twenty, in order."""
    file = CopyFile(tmp_path / "rows.copy", PLAIN)
    file.add(keyed("a", "b", "c"), np.arange(3))
    file.add(keyed("c", "d", "a"), np.arange(3))

    assert file.repeated_keys() == ["a", "c"]


def test_colliding_ids_are_told_apart(tmp_path: Path) -> None:
    """Two keys with one 52-bit hash are no repeated key: the second in order gets another id."""
    file = CopyFile(tmp_path / "rows.copy", PLAIN)
    file.add({"_fid": [7, 7], "_key": ["b", "a"]}, np.arange(2))

    assert file.repeated_keys() == []
    file.finish()
    content = (tmp_path / "rows.copy").read_bytes()
    assert content.count((7).to_bytes(8, "big")) == 1
    assert other_fid("b").to_bytes(8, "big") in content


def test_ids_fit_into_javascript_numbers() -> None:
    """52 bits, the same for the same key for ever."""
    assert fid_of("9001-123/4") == fid_of("9001-123/4") < 2**52
    assert fid_of("9001-123/4") != fid_of("9001-123/5")


def test_rows_without_a_key_are_known_by_their_content(make_reading_manifest: Callable[..., Manifest]) -> None:
    """The same row has the same key tomorrow; exact copies are numbered."""
    manifest = make_reading_manifest(key=[])
    square = np.array([shapely.box(0, 0, 1, 1)] * 2, dtype=object)
    columns = {"id": ["A", "A"], "name": ["x", "x"]}

    maker = KeyMaker(manifest)
    first, second = maker.build(columns, square, np.array([1, 2]))

    assert second == f"{first}-2"
    assert maker.copies == 1
    assert KeyMaker(manifest).build(columns, square, np.array([1, 2]))[0] == first


def test_titles_follow_the_pattern(make_reading_manifest: Callable[..., Manifest]) -> None:
    """Unknown parts are left out, white space closes up, and a row without a name is called by its key."""
    manifest = make_reading_manifest(search={"text": "{id}  {name}"})

    titles = build_titles(manifest, {"id": ["964", None], "name": [None, None]}, ["964", "K2"])

    assert titles == ["964", "K2"]
