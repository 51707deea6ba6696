"""The database fails an import: a clear sentence, the old version served, nothing left after the next sweep."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from gis import database as connections
from gis.database import Database
from gis.errors import UnavailableError
from gis.provision import provision
from layers.loading.publish import publish_version
from layers.migrations import migrate
from tests.prostor.publishing.looking import looking_at
from tests.prostor.publishing.town import at_step, import_here, make_town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gis.cluster import EmbeddedCluster
    from tests.prostor.publishing.looking import Onlooker, State
    from tests.prostor.publishing.town import Town

pytestmark = pytest.mark.database
LOST = "connection to the database was lost in the middle"


@pytest.fixture
def before(onlooker: Onlooker) -> State:
    """What is published of the fields when the test begins."""
    return onlooker.state("fields")


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers wait for locks a moment instead of twenty seconds."""
    monkeypatch.setitem(connections._WRITING, "lock_timeout", "300ms")


@pytest.fixture
def own_town(own_cluster: EmbeddedCluster, tmp_path: Path) -> Town:
    """A town in that cluster, its fields published once."""
    urls = provision(own_cluster)
    migrate(Database(urls))
    town = make_town(tmp_path, urls, ("fields",))
    town.write_source("fields", 1, 200)
    import_here(town, "fields")
    return town


@pytest.mark.parametrize("step", ["load", "index", "publish"])
def test_the_loading_backend_is_ended(
    town: Town, cluster: EmbeddedCluster, onlooker: Onlooker, before: State, step: str
) -> None:
    """An administrator or the system ends PostgreSQL's process for the import."""
    town.write_source("fields", before.edition + 1, 210)

    with pytest.raises(UnavailableError, match=LOST):
        import_here(town, "fields", at_step(step, lambda: end_loader(cluster, town)))

    check_nothing_changed(town, onlooker, before)


def test_postgresql_restarts_in_the_middle_of_loading(own_cluster: EmbeddedCluster, own_town: Town) -> None:
    """An immediate stop and a recovery: no failure of the import outlives it."""
    with looking_at(own_town) as onlooker:
        before = onlooker.state("fields")
        own_town.write_source("fields", before.edition + 1, 210)

        with pytest.raises(UnavailableError, match=LOST):
            import_here(own_town, "fields", at_step("load", lambda: crash(own_cluster)))

        check_nothing_changed(own_town, onlooker, before)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_the_disk_of_the_database_is_full(own_cluster: EmbeddedCluster, own_town: Town) -> None:
    """Told as what it is; with more room the same import succeeds."""
    with looking_at(own_town) as onlooker:
        before = onlooker.state("fields")
        own_town.write_source("fields", before.edition + 1, 3000)

        with (
            small_tablespace(own_cluster),
            pytest.raises(UnavailableError, match="disk of the database is full"),
        ):
            import_here(own_town, "fields")

        check_nothing_changed(own_town, onlooker, before)


def test_somebody_locks_the_catalogue(
    town: Town, cluster: EmbeddedCluster, onlooker: Onlooker, before: State, short_patience: None
) -> None:
    """A migration or an administrator's lock: importing and publishing give up with a sentence."""
    town.write_source("fields", before.edition + 1, 210)

    with cluster.superuser(database_name(town)) as administrator, administrator.transaction():
        administrator.execute("LOCK TABLE catalogue.layer IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(UnavailableError, match="Something else in the database is in the way"):
            import_here(town, "fields")
        with pytest.raises(UnavailableError, match="Something else in the database is in the way"):
            publish_version(onlooker.database, "fields", before.number, who="ana", confirm=False)

    check_nothing_changed(town, onlooker, before)


@pytest.mark.slow
def test_a_backup_and_a_long_question_stand_in_nobodys_way(
    town: Town, cluster: EmbeddedCluster, onlooker: Onlooker, before: State, short_patience: None
) -> None:
    """They hold every table as `pg_dump` does: publishing goes on, the janitor drops nothing of theirs."""
    rows = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("data", onlooker.table("fields")))
    with cluster.superuser(database_name(town)) as backup, backup.transaction():
        backup.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        held = onlooker.tables()
        backup.execute(
            sql.SQL("LOCK TABLE catalogue.layer, catalogue.layer_version, {} IN ACCESS SHARE MODE").format(
                sql.SQL(", ").join(sql.Identifier("data", name) for name in held)
            )
        )
        (first,) = backup.execute(rows).fetchall()
        for edition in range(before.edition + 1, before.edition + 6):
            town.write_source("fields", edition, 210)
            import_here(town, "fields")
            onlooker.sweep()

        assert set(held) <= set(onlooker.tables())
        assert backup.execute(rows).fetchall() == [first]
    onlooker.sweep()

    assert onlooker.state("fields").edition == before.edition + 5
    assert onlooker.half_visible(swept=True) == []
    assert len(onlooker.tables()) == 5  # four of the fields, one of the meadows


def check_nothing_changed(town: Town, onlooker: Onlooker, before: State) -> None:
    """The old version is published and served; the next sweep and import find nothing in their way."""
    assert onlooker.state("fields") == before
    onlooker.catch_up("fields")
    assert onlooker.half_visible(swept=False) == []
    onlooker.sweep()
    assert onlooker.jobs("fields")[-1][0] == "failed"
    assert onlooker.left_folders() == []
    rows = 211
    town.write_source("fields", before.edition + 1, rows)
    import_here(town, "fields")
    assert onlooker.state("fields") == before.next(rows)


def database_name(town: Town) -> str:
    """The name of the town's database."""
    return str(make_url(town.urls.loader).database)


def end_loader(cluster: EmbeddedCluster, town: Town) -> None:
    """End the backend that loads, not the one that holds the lock."""
    with cluster.superuser() as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = %s AND application_name = 'prostor-loader' "
            "AND state IN ('idle in transaction', 'active')",
            [database_name(town)],
        ).fetchall()
    assert ended == [(True,)]


def crash(cluster: EmbeddedCluster) -> None:
    """An immediate stop, as `pg_ctl stop -m immediate` does it, and a start."""
    pid = cluster.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    while cluster.status().pid is not None:
        time.sleep(0.05)
    cluster.start()


@contextmanager
def small_tablespace(cluster: EmbeddedCluster) -> Iterator[None]:
    """New tables of the cluster's database go to a disk of one megabyte."""
    folder = cluster.places.root / "small"
    folder.mkdir()
    owner = cluster.places.user
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size=1m,mode=0700,uid={owner.uid},gid={owner.gid}", "tmpfs", folder],
        check=True,
    )
    try:
        with cluster.superuser() as connection:
            connection.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(folder))))
            connection.execute("GRANT CREATE ON TABLESPACE small TO prostor_loader")
            connection.execute("ALTER DATABASE prostor SET default_tablespace = small")
            yield
            connection.execute("ALTER DATABASE prostor RESET default_tablespace")
            connection.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
