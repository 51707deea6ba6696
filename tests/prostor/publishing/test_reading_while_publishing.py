"""The service is read over HTTP while versions come, go back and are cleared away: no read fails or mixes."""

from __future__ import annotations

import itertools
import random
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from gis.database import Database, plain_url
from layers.loading.history import list_versions
from layers.loading.publish import publish_version
from layers.loading.retire import sweep
from tests.prostor.publishing.reading import (
    LAYER,
    Report,
    reading,
    rows_of,
    wait_for_edition,
    wait_for_requests,
)
from tests.prostor.publishing.town import COMMAND, Town, import_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.database

# Longer than the service remembers the pointer and a request lasts; short enough that some walks outlive it.
QUIET_SECONDS = 3
READERS = 6
LONG_QUESTION_SECONDS = 2
_POINTED = (
    "SELECT v.table_name FROM catalogue.layer AS l "
    "JOIN catalogue.layer_version AS v ON v.id = l.current_version_id"
)


def test_nobody_notices_eight_publications(make_a_town: Callable[..., Town]) -> None:
    """1,500 requests of every kind, while new editions are imported and older ones are published again."""
    report = read_while_publishing(make_a_town(LAYER), requests=1_500, publications=8, imported_each=4)

    assert report.failures == []
    assert report.requests >= 1_500
    assert len(report.editions) >= 3
    assert set(report.kinds) == {"_page", "_walk", "_item", "_alias", "_token", "_identify", "_search"}


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_nobody_notices_a_hundred_publications(make_a_town: Callable[..., Town]) -> None:
    """50,000 requests; so many editions that the janitor clears away most of them."""
    report = read_while_publishing(make_a_town(LAYER), requests=50_000, publications=100, imported_each=3)

    assert report.failures == []
    assert report.requests >= 50_000
    assert len(report.editions) >= 25


def read_while_publishing(town: Town, *, requests: int, publications: int, imported_each: int) -> Report:
    """Publish so often, spread over so many requests; a long question and the janitor run all the time.

    A new edition stays until it has been read; older ones may follow each other faster than they are noticed.
    """
    database = Database(town.urls)
    editions = itertools.count(1)
    for _ in range(2):
        publish_next(town, next(editions))
    dice = random.Random(7)  # noqa: S311  nothing secret here
    with (
        serving(town) as address,
        again_and_again(lambda: ask_for_long(town)),
        again_and_again(lambda: sweep(database, town.home, quiet_seconds=QUIET_SECONDS), pause_seconds=0.5),
        reading(address, requests, readers=READERS) as report,
    ):
        for done in range(publications):
            wait_for_requests(report, requests * done / publications)
            if done % imported_each == 0:
                publish_next(town, edition := next(editions))
                wait_for_edition(report, edition)
            else:
                publish_an_older(database, dice)
        wait_for_requests(report, requests)
    database.dispose()
    return report


def publish_next(town: Town, edition: int) -> None:
    """Import and publish another edition."""
    town.write_source(LAYER, edition, rows_of(edition))
    import_here(town, LAYER)


def publish_an_older(database: Database, dice: random.Random) -> None:
    """Publish one of the two newest versions that are kept."""
    kept = [version.number for version in list_versions(database, LAYER) if version.state == "kept"]
    publish_version(database, LAYER, dice.choice(kept[:2]), who="ana", confirm=True)


def ask_for_long(town: Town) -> None:
    """A reader that takes two seconds over one question to the published table."""
    with psycopg.connect(plain_url(town.urls.reader)) as connection:
        ((table,),) = connection.execute(_POINTED).fetchall()
        question = sql.SQL("SELECT count(*), pg_sleep({}) FROM {}")
        connection.execute(
            question.format(sql.Literal(LONG_QUESTION_SECONDS), sql.Identifier("data", str(table)))
        )


@contextmanager
def again_and_again(act: Callable[[], object], *, pause_seconds: float = 0.0) -> Iterator[None]:
    """Do something over and over in a thread; a failure of it fails the test."""
    stop, failures = threading.Event(), list[BaseException]()

    def work() -> None:
        while not stop.is_set():
            try:
                act()
            except BaseException as exc:  # noqa: BLE001  told to the test's own thread
                failures.append(exc)
                return
            stop.wait(pause_seconds)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert failures == []


@contextmanager
def serving(town: Town) -> Iterator[str]:
    """`prostor serve` with two workers on a free port; the block gets its address."""
    chosen = {"PROSTOR_PORT": "0", "PROSTOR_WORKERS": "2", "PROSTOR_LOG_LEVEL": "error"}
    environment = {**town.environment, **chosen}
    with subprocess.Popen(
        [*COMMAND, "serve"], env=environment, cwd=town.folder, stdout=subprocess.PIPE, text=True
    ) as service:
        try:
            assert service.stdout is not None
            address = service.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:")
            yield address
        finally:
            service.terminate()
            service.wait()
