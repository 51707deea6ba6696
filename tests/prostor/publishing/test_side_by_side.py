"""Two at once: of one layer the second is told, of two layers both go on, and a lost lock publishes nothing."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import make_url

from gis.errors import UnavailableError
from tests.prostor.publishing.town import at_step, import_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.cluster import EmbeddedCluster
    from layers.loading.importing import ImportReport
    from tests.prostor.publishing.looking import Onlooker, State
    from tests.prostor.publishing.town import Town
    from tests.prostor.publishing.warm import Running, Warm

pytestmark = pytest.mark.database
RIGHT_NOW = (
    "is being imported or published by somebody else right now. Wait until that is done, then try again."
)


@pytest.fixture
def before(onlooker: Onlooker) -> State:
    """What is published of the fields when the test begins."""
    return onlooker.state("fields")


@pytest.fixture
def halted(town: Town, program: Warm, before: State) -> Iterator[Running]:
    """An import of the fields' next edition, halted while it reads."""
    town.write_source("fields", before.edition + 1, 210)
    with program.begin("layer", "import", "fields") as running:
        assert running.wait_for("fields: reading and checking")
        os.kill(running.pid, signal.SIGSTOP)
        yield running


def go_on(running: Running) -> int | None:
    """Let a halted command go on to its end; its status."""
    os.kill(running.pid, signal.SIGCONT)
    assert running.wait()
    return running.status


@pytest.mark.slow
def test_the_second_of_a_layer_is_told(
    halted: Running, program: Warm, onlooker: Onlooker, before: State
) -> None:
    """Whatever it wants to do: exit status 1 and one sentence. The first is not disturbed."""
    for words in (("import", "fields"), ("publish", "fields", "1"), ("rollback", "fields")):
        second = program.run("layer", *words)

        assert second.status == 1
        assert f"The layer 'fields' {RIGHT_NOW}" in second.text
    assert onlooker.state("fields") == before
    assert go_on(halted) == 0
    assert onlooker.state("fields") == before.next(210)


def test_another_layer_goes_on_meanwhile(
    town: Town, halted: Running, program: Warm, onlooker: Onlooker, before: State
) -> None:
    """Its import neither waits nor clears away what the halted one made."""
    meadows = onlooker.state("meadows")
    town.write_source("meadows", meadows.edition + 1, 220)

    other = program.run("layer", "import", "meadows")

    assert other.status == 0
    assert onlooker.state("meadows") == meadows.next(220)
    assert len(onlooker.left_folders()) == 1
    assert go_on(halted) == 0
    assert onlooker.state("fields") == before.next(210)
    assert onlooker.left_folders() == []


def test_many_at_the_same_moment_make_one_version(
    town: Town, program: Warm, onlooker: Onlooker, before: State
) -> None:
    """Whoever comes first imports; the others are told, or find that nothing is new."""
    town.write_source("fields", before.edition + 1, 210)

    with ExitStack() as stack:
        begun = [stack.enter_context(program.begin("layer", "import", "fields")) for _ in range(4)]
        assert all(each.wait() for each in begun)

    assert {each.status for each in begun} <= {0, 1}
    assert all(RIGHT_NOW in each.text for each in begun if each.status == 1)
    assert onlooker.state("fields") == before.next(210)


def test_an_import_that_lost_its_lock_publishes_nothing(
    town: Town, cluster: EmbeddedCluster, onlooker: Onlooker, before: State
) -> None:
    """Somebody else may have begun meanwhile, so it ends with a sentence, and its rows with it."""
    town.write_source("fields", before.edition + 1, 210)

    with pytest.raises(UnavailableError, match="'fields' for this import was lost, so nothing was published"):
        import_here(town, "fields", at_step("index", lambda: end_lock_holder(cluster, town)))

    assert onlooker.state("fields") == before
    onlooker.sweep()
    assert onlooker.half_visible(swept=True) == []
    assert onlooker.jobs("fields")[-1] == ("failed", "The import was interrupted; nothing of it was kept.")


def test_who_took_over_a_lost_lock_wins(
    town: Town, cluster: EmbeddedCluster, onlooker: Onlooker, before: State
) -> None:
    """The second begins while the first still loads: it waits for its end, and is the one that is published."""
    town.write_source("fields", before.edition + 1, 210)
    second: list[Future[ImportReport]] = []
    holds = Event()

    def take_over() -> None:
        end_lock_holder(cluster, town)
        town.write_source("fields", before.edition + 1, 220)
        second.append(pool.submit(import_here, town, "fields", at_step("read", holds.set)))
        assert holds.wait(60)

    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(UnavailableError, match="nothing was published"):
            import_here(town, "fields", at_step("index", take_over))

        assert second[0].result().row_count == 220
    assert onlooker.state("fields") == before.next(220)


def end_lock_holder(cluster: EmbeddedCluster, town: Town) -> None:
    """End the connection that holds a layer's lock in the town's database, as a restarted proxy would."""
    with cluster.superuser() as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(l.pid, 5000) FROM pg_locks AS l "
            "JOIN pg_database AS d ON d.oid = l.database "
            "WHERE l.locktype = 'advisory' AND l.classid = 7776787 AND d.datname = %s",
            [make_url(town.urls.loader).database],
        ).fetchall()
    assert ended == [(True,)]
