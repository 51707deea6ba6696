"""Whoever lost the lock of a layer without noticing: the layer's row makes movers come one after the other."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import ConflictError, GoneError
from gis.statements import read_statement
from layers.catalogue import Catalogue
from layers.loading.history import list_versions
from layers.loading.journal import claim_layer
from layers.loading.publish import move_pointer, publish_version
from layers.loading.rollback import roll_back
from layers.loading.withdraw import withdraw_layer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gis.database import Database
    from layers.manifest import Manifest

pytestmark = pytest.mark.database
_PATIENCE_SECONDS = 15
_STEPS: dict[str, Callable[[Database], object]] = {
    "publish a kept one": lambda database: publish_version(database, "fields", 1, who="ana", confirm=False),
    "publish what waits": lambda database: publish_version(database, "fields", None, who="ana", confirm=True),
    "roll back": lambda database: roll_back(database, "fields", who="ana"),
}


@pytest.fixture
def three(
    run_import_of: Any, fields_manifest: Callable[..., Manifest], write_fields: Callable[..., Path]
) -> Any:
    """An importer with a kept version, the published one, and one that waits."""
    run_import_of(fields_manifest(), write_fields(range(10)))
    run_import_of(fields_manifest(), write_fields(range(11)))
    run_import_of(fields_manifest(), write_fields(range(12)), hold=True)
    return run_import_of


def wait_for_a_waiter(importer: Any) -> None:
    """Wait until some connection of this database waits for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while importer.rows(waiting) == [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("step", _STEPS)
def test_nothing_withdrawn_is_published_by_who_was_just_about_to(three: Any, step: str) -> None:
    """The withdrawal holds the row; who waits for it decides by what is true afterwards, and is told."""
    database = three.database
    with ThreadPoolExecutor(1) as pool:
        with database.loading() as withdrawing:
            claim_layer(withdrawing, "fields")
            publishing = pool.submit(_STEPS[step], database)
            wait_for_a_waiter(three)
            for statement in ("withdraw_layer", "withdraw_versions"):
                withdrawing.execute(read_statement("layers", statement), {"layer_id": "fields"})

        with pytest.raises(GoneError, match=r"is withdrawn|was withdrawn"):
            publishing.result()
    with pytest.raises(GoneError, match="was withdrawn"):
        Catalogue(database).find("fields")
    assert {each.state for each in list_versions(database, "fields")} == {"withdrawn"}


def test_a_withdrawal_takes_what_was_published_before_it(three: Any) -> None:
    """It waits for the row while somebody publishes, and then withdraws that version too."""
    database = three.database
    with ThreadPoolExecutor(1) as pool:
        with database.loading() as publishing:
            claim_layer(publishing, "fields")
            withdrawing = pool.submit(withdraw_layer, database, "fields", who="ana")
            wait_for_a_waiter(three)
            ((waiting,),) = three.rows("SELECT id FROM catalogue.layer_version WHERE number = 3")
            move_pointer(publishing, "fields", waiting, who="bor", facts={})

        assert [each.state for each in withdrawing.result().holdings.versions] == ["published", "kept", "kept"]
    assert three.rows("SELECT current_version_id FROM catalogue.layer") == [(None,)]


@pytest.mark.parametrize("state", ["withdrawn", "dropped"])
def test_a_version_that_ended_is_never_published(three: Any, state: str) -> None:
    """Also when it ended after somebody chose it: the pointer stays, and the clerk is told what to do."""
    with three.database.loading() as connection:
        connection.execute("UPDATE catalogue.layer_version SET state = %s WHERE number = 1", [state])

    with (
        pytest.raises(ConflictError, match=r"this version of 'fields' are no longer .* Import the layer"),
        three.database.loading() as connection,
    ):
        move_pointer(connection, "fields", 1, who="ana", facts={})
    assert Catalogue(three.database).find("fields").number == 2


def test_a_version_without_its_table_is_not_published(three: Any) -> None:
    """Somebody dropped the table by hand: nothing moves, neither by publishing nor by rolling back."""
    with three.database.loading() as connection:
        connection.execute("DROP TABLE data.v1")

    for step in ("publish a kept one", "roll back"):
        with pytest.raises(ConflictError, match="no longer in the database, so it cannot be published"):
            _STEPS[step](three.database)
    assert Catalogue(three.database).find("fields").number == 2
