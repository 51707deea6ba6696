"""Pages of a long list of changes: the same features as the whole list, at the cost of the page."""

from __future__ import annotations

import gc
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql
from sqlalchemy.dialects import postgresql

from gis.database import Database, DatabaseUrls
from gis.statements import read_statement
from layers.catalogue import Catalogue
from layers.changes.comparison import read_changes, read_counts
from layers.changes.remembered import RememberedCounts
from layers.changes.statements import Pair, Stored, walk_keys, walk_up_to

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.catalogue import PublishedLayer
    from layers.manifest import Manifest


@pytest.fixture
def two_versions(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> Callable[..., list[PublishedLayer]]:
    """Publishes fields, then as many: a quarter of them gone, a quarter new, the others moved."""

    def publish(*, rows: int = 600, **parts: Any) -> list[PublishedLayer]:
        moved = range(rows // 4, rows // 4 + rows)
        run_import_of(fields_manifest(), write_fields(range(rows)))
        run_import_of(fields_manifest(**parts), write_fields(moved, north=1.0))
        versions = Catalogue(run_import_of.database).versions_with_waiting("fields")
        return sorted(versions, key=lambda each: each.number)

    return publish


def whole_and_pages(importer: Any, before: PublishedLayer, after: PublishedLayer, **question: Any) -> Any:
    """The list as it is read without a limit, and put together of pages that are walked along the keys."""
    whole = list(read_changes(importer.database, before, after, kind=question["kind"]))
    walked: list[Any] = []
    while page := list(
        read_changes(
            importer.database, before, after, after_place=walked[-1].place if walked else None, **question
        )
    ):
        walked += page
    return whole, walked


@pytest.mark.database
def test_pages_together_are_the_whole_list(
    run_import_of: Any, two_versions: Callable[..., list[PublishedLayer]]
) -> None:
    """Every kind, whichever version more of them are in: each feature once, in the order of the whole list."""
    before, after = two_versions(rows=240)
    expected = {None: 300, "added": 60, "removed": 60, "geometry": 180, "attributes": 180}

    for kind, differing in expected.items():
        whole, pages = whole_and_pages(run_import_of, before, after, kind=kind, limit=29)
        assert len(whole) == differing
        assert pages == whole
    whole, pages = whole_and_pages(run_import_of, after, before, kind=None, limit=29)
    assert pages == whole


@pytest.mark.slow
@pytest.mark.database
def test_pages_of_versions_with_other_keys(
    run_import_of: Any, two_versions: Callable[..., list[PublishedLayer]]
) -> None:
    """A key that both versions have by chance is told twice, also where a page ends between the two."""
    before, after = two_versions(rows=120, key=["area"])

    for limit in (1, 7, 100):
        whole, pages = whole_and_pages(run_import_of, before, after, kind=None, limit=limit)
        assert len(whole) == 240
        assert pages == whole


@pytest.mark.database
def test_a_page_costs_its_own_size(
    run_import_of: Any, two_versions: Callable[..., list[PublishedLayer]]
) -> None:
    """Each table is entered by the index on the key behind the page before, and left when the page is full."""
    before, after = two_versions()
    place = list(read_changes(run_import_of.database, before, after))[300].place
    walks = walk_keys(Pair(Stored.of(before), Stored.of(after)), after=place, limit=5)

    with run_import_of.database.reading("downloads") as connection:
        for name in ("prepare_reading_changes", "prepare_walking_changes"):
            connection.exec_driver_sql(read_statement("layers", name))
        last = list(connection.execute(walks[0]))[-1].key
        plans = [explain(connection, walk) for walk in (walks[0], walk_up_to(walks[1], last))]

    for plan, index in zip(plans, ("v2__key_key", "v1__key_key"), strict=True):
        assert "Seq Scan" not in plan
        assert "Sort" not in plan
        walked = re.search(
            rf"using {index} on .* \(actual rows=(\d+) loops=1\)\n *Index Cond: \(+_key >=? ", plan
        )
        assert walked is not None, plan
        assert int(walked.group(1)) <= 8


def explain(connection: Any, statement: Any) -> str:
    """The plan of a statement that was carried out."""
    compiled = statement.compile(dialect=postgresql.dialect(paramstyle="pyformat"))  # type: ignore[no-untyped-call]
    asked = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + str(compiled)
    return "\n".join(connection.exec_driver_sql(asked, dict(compiled.params)).scalars())


@pytest.mark.database
def test_what_was_counted_is_remembered_for_this_database_only(
    run_import_of: Any, two_versions: Callable[..., list[PublishedLayer]]
) -> None:
    """The pages of a walk are not counted anew; another database with the same numbers and tokens is."""
    after, before = two_versions()
    counts = read_counts(run_import_of.database, before, after)
    with run_import_of.database.loading() as connection:
        connection.execute(
            sql.SQL("DELETE FROM {} WHERE _fid % 2 = 0").format(sql.Identifier("data", before.table_name))
        )

    again = read_counts(run_import_of.database, before, after)
    other = Database(run_import_of.database.urls)
    elsewhere = read_counts(other, before, after)
    other.dispose()

    assert (counts.added, counts.removed, counts.geometry) == (150, 150, 450)
    assert again == counts
    assert elsewhere.geometry < counts.geometry


def test_memory_is_bounded_and_ends_with_its_database() -> None:
    """Counts that were asked for last stay; nothing of a database that is not used any more does."""
    database = Database(DatabaseUrls("postgresql://a", "postgresql://a", "postgresql://a"))
    remembered = RememberedCounts(most=2)
    versions = [SimpleNamespace(version_id=number, token=f"{number}") for number in range(4)]
    first, *others = versions

    for counts, other in enumerate(others[:2]):
        remembered.keep(database, first, other, counts)  # type: ignore[arg-type]
    kept = remembered.find(database, first, others[0])  # type: ignore[arg-type]
    remembered.keep(database, first, others[2], 2)  # type: ignore[arg-type]
    found = [remembered.find(database, first, other) for other in others]  # type: ignore[arg-type]
    renamed = SimpleNamespace(version_id=first.version_id, token="other")  # noqa: S106  no secret

    assert (kept, found) == (0, [0, None, 2])
    assert remembered.find(database, renamed, others[0]) is None  # type: ignore[arg-type]
    del database
    gc.collect()
    assert len(remembered) == 0
