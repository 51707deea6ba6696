"""Withdrawing a layer that is being imported: at once, and no import brings back what was withdrawn."""

from __future__ import annotations

import itertools
import os
import signal
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from layers.loading.withdraw import withdraw_layer
from tests.prostor.publishing.town import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.prostor.publishing.looking import Onlooker
    from tests.prostor.publishing.town import Town
    from tests.prostor.publishing.warm import Running, Warm

pytestmark = pytest.mark.database
READING, LOADING, INDEXES, PUBLISHING = (STEPS[place] for place in (1, 3, 4, 5))
COMPARING = "comparing with the published version"
_editions = itertools.count(2)
_NEVER_IMPORTED = (
    "UPDATE catalogue.layer SET current_version_id = NULL WHERE id = 'fields'",
    "DELETE FROM catalogue.import_job WHERE layer_id = 'fields'",
    "DELETE FROM catalogue.layer_version WHERE layer_id = 'fields'",
    "DELETE FROM catalogue.layer WHERE id = 'fields'",
)
MEANWHILE = (
    "The layer 'fields' was withdrawn while it was imported; nothing was published, and nothing of the import "
    "was kept."
)


@pytest.fixture
def published(town: Town, program: Warm, onlooker: Onlooker) -> Iterator[None]:
    """The fields are published, a new source lies ready, and it can be imported when the test has ended."""
    town.write_source("fields", next(_editions), 150)
    assert program.run("layer", "import", "fields").status == 0
    town.write_source("fields", next(_editions), 160)
    yield
    assert program.run("layer", "import", "fields").status == 0
    assert onlooker.state("fields").rows == 160


def halt(running: Running, step: str) -> None:
    """Stop an import where it says that a step begins."""
    assert running.wait_for(f"fields: {step}"), running.text
    os.kill(running.pid, signal.SIGSTOP)


def go_on(running: Running) -> int | None:
    """Let a halted command go on to its end; its status."""
    os.kill(running.pid, signal.SIGCONT)
    assert running.wait()
    return running.status


def is_withdrawn(onlooker: Onlooker) -> bool:
    """True when nothing of the fields is published, readable or stored."""
    pointer, withdrawn_at = onlooker.row(
        "SELECT current_version_id, withdrawn_at FROM catalogue.layer WHERE id = {}", "fields"
    )
    (readable,) = onlooker.row(
        "SELECT count(*) FROM catalogue.layer_version WHERE layer_id = {} AND state IN ('loaded', 'published', "
        "'kept')",
        "fields",
    )
    tables = [name for name in onlooker.tables() if name != onlooker.table("meadows")]
    return pointer is None and withdrawn_at is not None and readable == 0 and tables == []


@pytest.mark.parametrize(
    "step",
    [
        READING,
        LOADING,
        pytest.param(INDEXES, marks=pytest.mark.slow),
        pytest.param(COMPARING, marks=pytest.mark.slow),
    ],
)
@pytest.mark.usefixtures("published")
def test_a_running_import_is_not_waited_for(program: Warm, onlooker: Onlooker, step: str) -> None:
    """Wherever it is: the layer is withdrawn at once, and the import says so and publishes nothing.

    Where it stands still in the middle of reading, its data go when it goes on.
    """
    with program.begin("layer", "import", "fields") as running:
        halt(running, step)
        withdrawing = program.run("layer", "withdraw", "fields", "--reason", "osebni podatki", "--confirm")
        withdrawn = is_withdrawn(onlooker)
        status = go_on(running)

    assert withdrawing.status == 0, withdrawing.text
    assert withdrawn or "Somebody is still reading" in withdrawing.text
    assert "It was being imported; that import publishes nothing any more." in withdrawing.text
    assert status == 1
    assert MEANWHILE in running.text
    assert is_withdrawn(onlooker)
    state, message = onlooker.jobs("fields")[-1]
    assert (state, str(message).startswith(MEANWHILE)) == ("failed", True)
    assert onlooker.left_folders() == []


@pytest.mark.slow
@pytest.mark.usefixtures("published")
def test_an_import_that_copies_no_row_is_not_waited_for(town: Town, program: Warm, onlooker: Onlooker) -> None:
    """It shares the table of a kept version, and does not keep that from being withdrawn."""
    assert program.run("layer", "import", "fields").status == 0
    town.write_source("fields", onlooker.state("fields").edition - 1, 150)
    with program.begin("layer", "import", "fields") as running:
        halt(running, COMPARING)
        withdrawing = program.run("layer", "withdraw", "fields", "--confirm")
        status = go_on(running)
    town.write_source("fields", next(_editions), 160)

    assert (withdrawing.status, status) == (0, 1), withdrawing.text + running.text
    assert "loading" not in running.text
    assert is_withdrawn(onlooker)


@pytest.mark.usefixtures("published")
def test_an_import_deletes_what_it_kept_from_being_deleted(program: Warm, onlooker: Onlooker) -> None:
    """It is comparing with a table while that is withdrawn: when it is told, it clears the table away."""
    table = sql.Identifier("data", onlooker.table("fields"))
    with program.begin("layer", "import", "fields") as running:
        with onlooker.database.loading() as in_the_way:
            in_the_way.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(table))
            assert running.wait_for(f"fields: {COMPARING}"), running.text
            done = withdraw_layer(onlooker.database, "fields", who="ana", patience_seconds=0)
        assert running.wait()

    assert (done.left_tables, running.status) == (1, 1), running.text
    assert MEANWHILE in running.text
    assert is_withdrawn(onlooker)


@pytest.mark.usefixtures("published")
def test_an_import_that_just_publishes_is_withdrawn_with_the_rest(program: Warm, onlooker: Onlooker) -> None:
    """It holds the layer's row by then and ends first; the withdrawal takes its version too."""
    with program.begin("layer", "import", "fields") as running:
        halt(running, PUBLISHING)
        with program.begin("layer", "withdraw", "fields", "--confirm") as withdrawing:
            assert not withdrawing.wait(0.5)
            status = go_on(running)
            assert withdrawing.wait()

    assert (status, withdrawing.status) == (0, 0), withdrawing.text
    assert is_withdrawn(onlooker)


@pytest.mark.slow
def test_a_first_import_is_stopped_too(town: Town, program: Warm, onlooker: Onlooker) -> None:
    """Of a layer nobody has seen yet nothing is published, whether the import still reads or already loads."""
    for step in (READING, LOADING):
        with onlooker.database.owner.begin() as connection:
            for statement in _NEVER_IMPORTED:
                connection.exec_driver_sql(statement)
        with program.begin("layer", "import", "fields") as running:
            halt(running, step)
            withdrawing = program.run("layer", "withdraw", "fields", "--confirm")
            status = go_on(running)

        assert (withdrawing.status, status) == (0, 1), withdrawing.text
        assert MEANWHILE in running.text
        assert "nothing of it was published or kept" in withdrawing.text
        assert onlooker.tables() == [onlooker.table("meadows")]
        assert onlooker.jobs("fields")[-1][0] == "failed"
    assert program.run("layer", "import", "fields").status == 0
    assert onlooker.state("fields").number == 1
