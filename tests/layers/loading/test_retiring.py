"""What the janitor leaves alone, whom it waits for, and an audit trail that nobody rewrites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import errors as pg
from psycopg import sql

from gis.provision import provision
from layers.catalogue import Catalogue
from layers.loading.history import list_versions
from layers.loading.publish import publish_version
from layers.loading.retire import QUIET_SECONDS, sweep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gis.cluster import EmbeddedCluster
    from layers.manifest import Manifest

pytestmark = pytest.mark.database


def states(importer: Any) -> list[tuple[int, str]]:
    """Every version with its state, oldest first."""
    return [(each.number, each.state) for each in reversed(list_versions(importer.database, "fields"))]


def age(importer: Any, seconds: int) -> None:
    """Let so much time have passed since everything that was loaded and published."""
    with importer.database.loading() as connection:
        connection.execute(
            "UPDATE catalogue.layer_version SET loaded_at = loaded_at - make_interval(secs => %s)", [seconds]
        )


@pytest.fixture
def load(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> Callable[..., Any]:
    """Imports fields, as many as said."""
    return lambda rows, **options: run_import_of(fields_manifest(), write_fields(range(rows)), **options)


def test_the_newest_waiting_version_stays(run_import_of: Any, load: Callable[..., Any]) -> None:
    """However long it waits; one that a newer version overtook goes."""
    load(20)
    load(21, hold=True)
    load(22)
    load(23, hold=True)

    swept = sweep(run_import_of.database, run_import_of.home, quiet_seconds=0)

    assert (swept.versions, swept.tables) == (1, 1)
    assert states(run_import_of) == [(1, "kept"), (2, "dropped"), (3, "published"), (4, "loaded")]


def test_what_the_pointer_left_just_now_stays(run_import_of: Any, load: Callable[..., Any]) -> None:
    """Old by its date of loading, read until a moment ago: people are still on its pages."""
    for rows in range(20, 25):
        load(rows)
    publish_version(run_import_of.database, "fields", 1, who="ana", confirm=False)
    publish_version(run_import_of.database, "fields", 5, who="ana", confirm=False)
    age(run_import_of, 2 * QUIET_SECONDS)

    early = sweep(run_import_of.database, run_import_of.home)
    late = sweep(run_import_of.database, run_import_of.home, quiet_seconds=0)

    assert (early.versions, late.versions) == (0, 1)
    assert states(run_import_of)[0] == (1, "dropped")


@pytest.mark.slow
def test_what_is_published_stays_however_old(run_import_of: Any, load: Callable[..., Any]) -> None:
    """A rollback to the oldest: it is published, and the three newest of the others are kept."""
    for rows in range(20, 26):
        load(rows)
    publish_version(run_import_of.database, "fields", 1, who="ana", confirm=False)

    sweep(run_import_of.database, run_import_of.home, quiet_seconds=0)

    assert states(run_import_of) == [
        (1, "published"),
        (2, "dropped"),
        (3, "dropped"),
        (4, "kept"),
        (5, "kept"),
        (6, "kept"),
    ]
    assert Catalogue(run_import_of.database).find("fields").row_count == 20


@pytest.mark.slow
def test_a_backup_that_runs_only_delays_the_drop(
    run_import_of: Any, load: Callable[..., Any], cluster: EmbeddedCluster
) -> None:
    """pg_dump holds ACCESS SHARE on every table for hours: publishing and reading go on, dropping waits."""
    for rows in range(20, 25):
        load(rows)
    name = run_import_of.rows("SELECT current_database()")[0][0]
    tables = run_import_of.rows(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('data','catalogue')"
    )

    with cluster.superuser(name) as backup, backup.transaction():
        for schema, table in tables:
            backup.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(sql.Identifier(schema, table)))
        published = load(26)
        during = sweep(run_import_of.database, run_import_of.home, quiet_seconds=0)
        read = Catalogue(run_import_of.database).find("fields").row_count
    after = sweep(run_import_of.database, run_import_of.home, quiet_seconds=0)

    assert (published.outcome, read) == ("published", 26)
    assert (during.versions, during.tables) == (2, 0)
    assert (after.versions, after.tables) == (0, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue.audit SET who = 'nobody'",
        "DELETE FROM catalogue.audit",
        "TRUNCATE catalogue.audit",
        "DROP TABLE catalogue.audit",
        "ALTER TABLE catalogue.audit DISABLE TRIGGER ALL",
    ],
)
@pytest.mark.parametrize("provisioned_again", [False, True])
def test_nobody_rewrites_the_audit_trail(
    run_import_of: Any,
    cluster: EmbeddedCluster,
    statement: str,
    provisioned_again: bool,
) -> None:
    """The loader and the reader may not; also after the rights were given out again, as at every start."""
    name = run_import_of.rows("SELECT current_database()")[0][0]
    if provisioned_again:
        provision(cluster, name)
    with run_import_of.database.loading() as connection:
        connection.execute(
            "INSERT INTO catalogue.audit (who, action, layer_id, facts) "
            "VALUES ('ana', 'published', 'fields', '{}')"
        )
    urls = run_import_of.database.urls

    for url in (urls.loader, urls.reader):
        with (
            psycopg.connect(url) as connection,
            pytest.raises((pg.InsufficientPrivilege, pg.ReadOnlySqlTransaction)),
        ):
            connection.execute(statement)

    assert run_import_of.rows("SELECT who FROM catalogue.audit") == [("ana",)]
