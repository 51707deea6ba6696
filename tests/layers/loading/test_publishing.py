"""The pointer: what waits is published on purpose, what nobody reads goes, and what was done is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from gis.errors import ConflictError, NotFoundError
from gis.statements import read_statement
from layers.catalogue import Catalogue
from layers.loading.history import list_events, list_layers, list_versions
from layers.loading.journal import layer_lock
from layers.loading.publish import move_pointer, publish_version
from layers.loading.retire import sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.manifest import Manifest

pytestmark = pytest.mark.database
ROOT = Path(__file__).parents[3]
# An import in a process of its own, which the test kills.
_PROGRAM = """
import json, sys
from pathlib import Path
from gis.database import Database, DatabaseUrls
from layers.loading.importing import import_layer
from layers.manifest import parse_manifest
from layers.portal import Portal
from tiles.grid import read_grids

job = json.load(sys.stdin)
portal = Portal.model_validate(job["portal"])
import_layer(
    Database(DatabaseUrls(*job["urls"])), portal, parse_manifest(job["manifest"]), who="ana",
    targets=[grid.target() for grid in read_grids(portal).values()],
    home=Path(job["home"]), source=Path(job["source"]),
)
"""


def tables(importer: Any) -> list[str]:
    """The tables of schema data."""
    return [
        row[0] for row in importer.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'data' ORDER BY 1")
    ]


def test_what_waits_is_published_with_confirm(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Without --confirm the reason is given again."""
    database = run_import_of.database
    run_import_of(fields_manifest(), write_fields(range(100)))
    run_import_of(fields_manifest(), write_fields(range(10)))

    with pytest.raises(ConflictError, match="90 % fewer"):
        publish_version(database, "fields", None, who="ana", confirm=False)
    done = publish_version(database, "fields", None, who="ana", confirm=True)

    assert done.number == 2
    assert Catalogue(database).find("fields").row_count == 10


def test_a_kept_version_is_published_again(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """By its number, without copying a row."""
    database = run_import_of.database
    run_import_of(fields_manifest(), write_fields(range(10)))
    run_import_of(fields_manifest(), write_fields(range(11)))

    publish_version(database, "fields", 1, who="ana", confirm=False)

    assert Catalogue(database).find("fields").row_count == 10
    assert [(v.number, v.state) for v in list_versions(database, "fields")] == [(2, "kept"), (1, "published")]
    with pytest.raises(NotFoundError, match="no version 7"):
        publish_version(database, "fields", 7, who="ana", confirm=False)
    with pytest.raises(NotFoundError, match="no version that waits"):
        publish_version(database, "fields", None, who="ana", confirm=False)


def test_only_the_newest_kept_versions_stay(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Published and three kept ones; older tables go, and their tokens are gone, not unknown."""
    database = run_import_of.database
    first = run_import_of(fields_manifest(), write_fields(range(10)))
    for rows in range(11, 16):
        run_import_of(fields_manifest(), write_fields(range(rows)))
    before = tables(run_import_of)

    early = sweep(database, run_import_of.home)
    late = sweep(database, run_import_of.home, quiet_seconds=0)

    assert (early.versions, early.tables) == (0, 0)
    assert (late.versions, late.tables) == (2, 2)
    assert len(before) == 6
    assert len(tables(run_import_of)) == 4
    assert [v.state for v in list_versions(database, "fields")] == [
        "published",
        "kept",
        "kept",
        "kept",
        "dropped",
        "dropped",
    ]
    assert first.number == 1


def test_a_shared_table_stays_while_one_version_needs_it(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Wording changed five times: one table, and the oldest versions leave it alone."""
    database = run_import_of.database
    source = write_fields(range(10))
    for day in range(1, 7):
        run_import_of(fields_manifest(source={"state_date": f"2026-03-0{day}"}), source)

    swept = sweep(database, run_import_of.home, quiet_seconds=0)

    assert (swept.versions, swept.tables) == (2, 0)
    assert len(tables(run_import_of)) == 1
    assert Catalogue(database).find("fields").row_count == 10


def test_a_table_that_is_being_read_is_left_for_later(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Nobody waits for the janitor, and the janitor waits for nobody."""
    database = run_import_of.database
    for rows in range(10, 15):
        run_import_of(fields_manifest(), write_fields(range(rows)))
    oldest = list_versions(database, "fields")[-1]
    table = Catalogue(database).find_version("fields", oldest.token).table_name

    with database.loading() as reader:
        reader.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("data", table)))
        during = sweep(database, run_import_of.home, quiet_seconds=0)
    after = sweep(database, run_import_of.home, quiet_seconds=0)

    assert (during.versions, during.tables) == (1, 0)
    assert (after.versions, after.tables) == (0, 1)


def test_a_layer_that_is_being_imported_is_left_for_later(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """An import may be about to share a kept version's table, or a rollback to publish it."""
    database = run_import_of.database
    for rows in range(10, 15):
        run_import_of(fields_manifest(), write_fields(range(rows)))

    with layer_lock(database, "fields"):
        during = sweep(database, run_import_of.home, quiet_seconds=0)
        kept = tables(run_import_of)
    after = sweep(database, run_import_of.home, quiet_seconds=0)

    assert (during.versions, during.tables, len(kept)) == (0, 0, 5)
    assert (after.versions, after.tables) == (1, 1)


def test_a_version_published_meanwhile_is_not_retired(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """A rollback not yet committed when the janitor looks: the version keeps its state and table."""
    database = run_import_of.database
    for rows in range(10, 15):
        run_import_of(fields_manifest(), write_fields(range(rows)))
    ((oldest,),) = run_import_of.rows("SELECT id FROM catalogue.layer_version WHERE number = 1")

    with ThreadPoolExecutor(1) as pool:
        with database.loading() as rollback:
            move_pointer(rollback, "fields", oldest, who="ana", facts={})
            sweeping = pool.submit(sweep, database, run_import_of.home, quiet_seconds=0)
            wait([sweeping], timeout=1)
        swept = sweeping.result()

    assert (swept.versions, swept.tables) == (0, 0)
    assert list_versions(database, "fields")[-1].state == "published"
    assert Catalogue(database).find("fields").row_count == 10
    with database.loading() as connection:
        late = connection.execute(read_statement("layers", "retire_version"), {"id": oldest})
        assert late.rowcount == 0


def test_without_a_number_nothing_older_is_published(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """What waited while a newer one was published waits no more; its number still names it."""
    database = run_import_of.database
    run_import_of(fields_manifest(), write_fields(range(10)), hold=True)
    run_import_of(fields_manifest(), write_fields(range(11)))

    with pytest.raises(NotFoundError, match="no version that waits"):
        publish_version(database, "fields", None, who="ana", confirm=True)
    assert publish_version(database, "fields", 1, who="ana", confirm=True).number == 1


def test_lists_tell_what_is_there_and_what_was_done(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """The layer, what waits, its versions, and every event with who did it."""
    database = run_import_of.database
    run_import_of(fields_manifest(), write_fields(range(100)))
    with pytest.raises(Exception, match="not unique"):
        run_import_of(fields_manifest(), write_fields([1, 1]))
    run_import_of(fields_manifest(), write_fields(range(10)), who="bor")

    (layer,) = list_layers(database)
    assert (layer.id, layer.number, layer.row_count, layer.waiting) == ("fields", 1, 100, 2)
    events = list_events(database, "fields")
    assert [(event.who, event.action, event.number) for event in events] == [
        ("bor", "loaded", 2),
        ("ana", "rejected", None),
        ("ana", "published", 1),
    ]
    assert "not unique" in str(events[1].message)
    with pytest.raises(NotFoundError, match="no layer 'meadows'"):
        list_versions(database, "meadows")


@pytest.mark.parametrize("seconds", [0.3, 0.9])
def test_kill_9_at_any_moment_leaves_the_old_version(
    run_import_of: Any,
    fields_manifest: Callable[..., Manifest],
    write_fields: Callable[..., Path],
    seconds: float,
) -> None:
    """No half table, no moved pointer unless all of it, and the next sweep clears the rest."""
    database = run_import_of.database
    run_import_of(fields_manifest(), write_fields(range(10)))
    source = write_fields(range(3000))
    urls = database.urls
    job = {
        "portal": run_import_of.portal.model_dump(mode="json"),
        "manifest": fields_manifest().model_dump(mode="json"),
        "urls": [urls.reader, urls.loader, urls.owner],
        "home": str(run_import_of.home),
        "source": str(source),
    }
    importer = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    assert importer.stdin is not None
    importer.stdin.write(json.dumps(job).encode())
    importer.stdin.close()
    time.sleep(seconds)
    os.kill(importer.pid, signal.SIGKILL)
    importer.wait()

    deadline = time.monotonic() + 10
    while (
        run_import_of.rows("SELECT 1 FROM catalogue.import_job WHERE state = 'running'")
        and time.monotonic() < deadline
    ):
        sweep(database, run_import_of.home, quiet_seconds=0)
        time.sleep(0.1)
    sweep(database, run_import_of.home, quiet_seconds=0)
    layer = Catalogue(database).find("fields")
    count = run_import_of.rows("SELECT count(*) FROM {table}", layer.table_name)[0][0]
    assert count == layer.row_count
    assert layer.row_count in (10, 3000)
    readable = {v.number for v in list_versions(database, "fields") if v.state != "dropped"}
    assert len(tables(run_import_of)) == len(readable)
    assert not list((run_import_of.home / "staging").iterdir())
