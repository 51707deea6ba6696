"""Withdrawing a layer: every version ends, the data go at once, and what comes back has another token."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from gis.errors import GoneError, NotFoundError
from layers.catalogue import Catalogue
from layers.loading.history import list_events, list_layers, list_versions
from layers.loading.journal import layer_lock
from layers.loading.publish import publish_version
from layers.loading.retire import sweep
from layers.loading.withdraw import find_holdings, withdraw_layer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.manifest import Manifest

pytestmark = pytest.mark.database


def tables(importer: Any) -> int:
    """How many tables schema data holds."""
    return int(importer.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'data'")[0][0])


@pytest.fixture
def three(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> tuple[str, ...]:
    """A kept version, the published one and one that waits; their tokens."""
    kept = run_import_of(fields_manifest(), write_fields(range(100)))
    published = run_import_of(fields_manifest(), write_fields(range(90)))
    waiting = run_import_of(fields_manifest(), write_fields(range(10)))
    assert [each.outcome for each in (kept, published, waiting)] == ["published", "published", "waiting"]
    return tuple(each.token for each in (kept, published, waiting))


def test_everything_of_a_layer_goes_at_once(run_import_of: Any, three: tuple[str, ...]) -> None:
    """Published, kept and waiting: no version is readable, no table is left, whatever the quiet period says."""
    database = run_import_of.database
    catalogue = Catalogue(database, remember_seconds=0)
    catalogue.find("fields")

    done = withdraw_layer(database, "fields", who="ana", reason="objavljeni osebni podatki")

    assert [(each.number, each.state, each.row_count) for each in done.holdings.versions] == [
        (3, "loaded", 10),
        (2, "published", 90),
        (1, "kept", 100),
    ]
    assert (done.dropped_tables, done.left_tables, tables(run_import_of)) == (3, 0, 0)
    assert {each.state for each in list_versions(database, "fields")} == {"withdrawn"}
    with pytest.raises(GoneError, match="was withdrawn"):
        catalogue.find("fields")
    for token in three:
        with pytest.raises(GoneError, match="was withdrawn"):
            catalogue.find_version("fields", token)
    assert (catalogue.published(), catalogue.lives()) == ((), frozenset())
    (layer,) = list_layers(database)
    assert layer.number is layer.waiting is None
    assert layer.withdrawn_at is not None


def test_who_and_why_is_written_down(run_import_of: Any, three: tuple[str, ...]) -> None:
    """One event says who withdrew what and why, and one for each table that its data were erased."""
    withdraw_layer(run_import_of.database, "fields", who="ana", reason="zahteva lastnika")

    events = list_events(run_import_of.database, "fields")

    assert [event.action for event in events[:4]] == ["erased", "erased", "erased", "withdrawn"]
    assert (events[3].who, events[3].message) == ("ana", "zahteva lastnika")
    ((facts,),) = run_import_of.rows("SELECT facts FROM catalogue.audit WHERE action = 'withdrawn'")
    assert facts == {"reason": "zahteva lastnika", "versions": [3, 2, 1], "rows": 200}


def test_nothing_quoted_from_the_data_stays_in_the_catalogue(
    run_import_of: Any,
    fields_manifest: Callable[..., Manifest],
    write_fields: Callable[..., Path],
    three: tuple[str, ...],
) -> None:
    """Samples, notes and repairs of the quality report, and refusals that quote a key, go with the data."""
    with pytest.raises(Exception, match="not unique"):
        run_import_of(fields_manifest(), write_fields([771, 771]))
    before = run_import_of.rows("SELECT count(*) FROM catalogue.import_job WHERE message LIKE '%771%'")

    withdraw_layer(run_import_of.database, "fields", who="ana")

    assert before == [(1,)]
    assert run_import_of.rows("SELECT 1 FROM catalogue.import_job WHERE message LIKE '%771%'") == []
    for (quality,) in run_import_of.rows("SELECT quality FROM catalogue.layer_version"):
        assert quality.keys().isdisjoint({"samples", "repairs", "notes"})
        assert quality["counts"]["written"] > 0


def test_the_same_data_come_back_under_another_token(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Published again the layer lives; the tokens of its earlier lives stay gone, twice over."""
    database, manifest = run_import_of.database, fields_manifest()
    source = write_fields(range(10))
    catalogue = Catalogue(database, remember_seconds=0)
    tokens, lives = [], []
    for _ in range(3):
        report = run_import_of(manifest, source)
        assert report.outcome == "published"
        tokens.append(report.token)
        lives.append(catalogue.find("fields").life)
        if len(tokens) < 3:
            withdraw_layer(database, "fields", who="ana")

    assert len(set(tokens)) == len(set(lives)) == 3
    assert catalogue.find_version("fields", tokens[2]).row_count == 10
    for token in tokens[:2]:
        with pytest.raises(GoneError, match="was withdrawn"):
            catalogue.find_version("fields", token)
    again = run_import_of(manifest, source)
    assert (again.outcome, again.token) == ("unchanged", tokens[2])
    assert run_import_of(manifest, source, dry_run=True).token == tokens[2]


def test_a_withdrawn_version_is_not_published_again(run_import_of: Any, three: tuple[str, ...]) -> None:
    """Neither by its number nor as the one that waits; the sentence says what to do."""
    database = run_import_of.database
    withdraw_layer(database, "fields", who="ana")

    with pytest.raises(GoneError, match=r"Version 1 of 'fields' was withdrawn.*Import the layer again"):
        publish_version(database, "fields", 1, who="ana", confirm=True)
    with pytest.raises(GoneError, match=r"'fields' is withdrawn.*none of its versions can be published"):
        publish_version(database, "fields", None, who="ana", confirm=True)


def test_what_is_being_read_goes_when_it_has_been_read(run_import_of: Any, three: tuple[str, ...]) -> None:
    """The layer is withdrawn at once; a table a reader holds is told, and the janitor drops it later."""
    database = run_import_of.database
    table = Catalogue(database).find("fields").table_name
    with database.loading() as reader:
        reader.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("data", table)))

        done = withdraw_layer(database, "fields", who="ana", patience_seconds=0)
        swept = sweep(database, run_import_of.home)

        assert (done.dropped_tables, done.left_tables, swept.tables) == (2, 1, 0)
        with pytest.raises(GoneError):
            Catalogue(database).find("fields")
    assert sweep(database, run_import_of.home).tables == 1
    assert tables(run_import_of) == 0
    last = list_events(database, "fields")[0]
    assert (last.who, last.action) == ("janitor", "erased")


def test_a_short_reader_is_waited_for(run_import_of: Any, three: tuple[str, ...]) -> None:
    """A request that is just being answered ends, and then the data are gone when the command returns."""
    database = run_import_of.database
    table = Catalogue(database).find("fields").table_name

    with ThreadPoolExecutor(1) as pool:
        with database.loading() as reader:
            reader.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("data", table)))
            withdrawing = pool.submit(withdraw_layer, database, "fields", who="ana", patience_seconds=20)
            while tables(run_import_of) > 1:
                time.sleep(0.05)
        done = withdrawing.result()

    assert (done.dropped_tables, done.left_tables, tables(run_import_of)) == (3, 0, 0)


def test_withdrawing_twice_changes_nothing(run_import_of: Any, three: tuple[str, ...]) -> None:
    """The second time there is nothing to withdraw, and the layer's life is not counted on."""
    database = run_import_of.database
    withdraw_layer(database, "fields", who="ana")

    again = withdraw_layer(database, "fields", who="ana")

    assert (again.holdings.is_empty, again.dropped_tables, again.left_tables) == (True, 0, 0)
    assert run_import_of.rows("SELECT withdrawals FROM catalogue.layer") == [(1,)]
    assert find_holdings(database, "fields").withdrawn_at is not None


def test_a_layer_nobody_knows(run_import_of: Any, three: tuple[str, ...]) -> None:
    """It is not there, and the list of layers is named."""
    database = run_import_of.database

    with pytest.raises(NotFoundError, match="no layer 'meadows'"):
        find_holdings(database, "meadows")
    with pytest.raises(NotFoundError, match="no layer 'meadows'"):
        withdraw_layer(database, "meadows", who="ana")


def test_who_holds_the_lock_of_a_layer_is_not_waited_for(run_import_of: Any, three: tuple[str, ...]) -> None:
    """An import keeps it for minutes; the layer is withdrawn at once."""
    database = run_import_of.database

    with layer_lock(database, "fields"):
        withdraw_layer(database, "fields", who="ana")

    with pytest.raises(GoneError):
        Catalogue(database).find("fields")


def test_refusals_of_a_layer_that_never_was_go_too(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """An import that was refused may have quoted a person; what it said goes, that it was tried stays."""
    database = run_import_of.database
    with pytest.raises(Exception, match="not unique"):
        run_import_of(fields_manifest(), write_fields([771, 771]))
    before = find_holdings(database, "fields")

    done = withdraw_layer(database, "fields", who="ana", reason="osebni podatki")
    again = withdraw_layer(database, "fields", who="ana")

    assert (before.versions, before.messages, before.running) == ((), 1, 0)
    assert (done.holdings.messages, again.holdings.is_empty) == (1, True)
    assert [(event.action, event.message) for event in list_events(database, "fields")] == [
        ("withdrawn", "osebni podatki"),
        ("rejected", None),
    ]


def test_refusals_after_a_withdrawal_go_with_the_next_one(
    run_import_of: Any,
    fields_manifest: Callable[..., Manifest],
    write_fields: Callable[..., Path],
    three: tuple[str, ...],
) -> None:
    """The layer is withdrawn already, and what an import said since is deleted all the same."""
    database = run_import_of.database
    withdraw_layer(database, "fields", who="ana")
    with pytest.raises(Exception, match="not unique"):
        run_import_of(fields_manifest(), write_fields([771, 771]))

    done = withdraw_layer(database, "fields", who="ana")

    assert (done.holdings.versions, done.holdings.messages) == ((), 1)
    assert run_import_of.rows("SELECT 1 FROM catalogue.import_job WHERE message IS NOT NULL") == []
    assert run_import_of.rows("SELECT withdrawals FROM catalogue.layer") == [(1,)]


def test_a_shared_table_goes_with_all_its_versions(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> None:
    """Versions that differ only in wording share a table; it is dropped once."""
    source = write_fields(range(10))
    for day in ("2026-03-01", "2026-03-02"):
        run_import_of(fields_manifest(source={"state_date": day}), source)

    done = withdraw_layer(run_import_of.database, "fields", who="ana")

    assert len(done.holdings.versions) == 2
    assert (done.dropped_tables, tables(run_import_of)) == (1, 0)
