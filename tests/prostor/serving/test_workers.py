"""Two worker processes asked at once, counted together, and killed at bad moments."""

from __future__ import annotations

import gzip
import itertools
import threading
import time
from contextlib import suppress
from functools import partial
from http.client import HTTPException
from typing import TYPE_CHECKING

import pytest

from tests.prostor.serving.holding import Notes, at_once, held
from tests.prostor.serving.places import places_with_fields
from tests.prostor.serving.running import Answer, Service, editions_in, kill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gis.cluster import EmbeddedCluster
    from tests.prostor.publishing.town import Town

pytestmark = pytest.mark.database

GUESTS = 32
# Less than a reader waits for a lock, together with what a test does meanwhile.
A_MOMENT_SECONDS = 0.3


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, int]]:
    """Each test takes places that no other had."""
    return places_with_fields()


def ask_at_once(service: Service, cluster: EmbeddedCluster, town: Town, paths: list[str]) -> list[Answer]:
    """All paths at the same moment, while no tile can be made; it can be when all have arrived."""
    answers: list[Answer] = []
    with held(cluster, town) as wait_for_one:
        threads = at_once(*(partial(lambda path: answers.append(service.get(path)), path) for path in paths))
        wait_for_one()
        time.sleep(A_MOMENT_SECONDS)
        assert answers == []
    for thread in threads:
        thread.join()
    return answers


def test_thirty_two_guests_cost_one_statement(
    service: Service, notes: Notes, town: Town, cluster: EmbeddedCluster, places: Iterator[dict[str, int]]
) -> None:
    """One worker makes the tile, everybody else waits, and all get the same; metrics tell who waited."""
    path = service.template("fields").format(**next(places))
    before = service.metrics()
    notes.forget()

    answers = ask_at_once(service, cluster, town, [path] * GUESTS)

    assert {each.status for each in answers} == {200}
    assert len({each.body for each in answers}) == 1
    assert set(editions_in(answers[0].body, "fields")) == {1}
    assert notes.count() == {"fields": 1, "meadows": 0}
    counted = {name: value - before[name] for name, value in service.metrics().items()}
    answered = {name: value for name, value in counted.items() if name.startswith("prostor_tile_answers_total")}
    assert counted["prostor_tile_making_seconds_count"] == 1
    assert answered['prostor_tile_answers_total{origin="made",status="200"}'] == 1
    assert sum(answered.values()) == GUESTS


def test_members_of_a_theme_are_asked_for_once(
    service: Service, notes: Notes, town: Town, cluster: EmbeddedCluster, places: Iterator[dict[str, int]]
) -> None:
    """The theme and its layers wanted at once: whoever makes a layer's tile makes it for all."""
    place = next(places)
    paths = [service.template(set_id).format(**place) for set_id in ("vse", "fields", "meadows")]
    notes.forget()

    answers = ask_at_once(service, cluster, town, paths * 8)

    assert {each.status for each in answers} == {200}
    assert len({each.body for each in answers}) == 3
    assert notes.count() == {"fields": 1, "meadows": 1}


def test_a_worker_killed_while_it_makes_a_tile(
    service: Service, town: Town, cluster: EmbeddedCluster, places: Iterator[dict[str, int]]
) -> None:
    """Guests of the other worker, who waited for it, get the tile; its own get it when they ask again."""
    path = service.template("fields").format(**next(places))
    clients = [service.client() for _ in range(16)]
    pids = [client.worker() for client in clients]
    answers: dict[int, list[Answer]] = {pid: [] for pid in pids}

    def ask(number: int) -> None:
        with suppress(OSError, HTTPException):
            answers[pids[number]].append(clients[number].get(path))

    with held(cluster, town) as wait_for_one:
        first = at_once(partial(ask, 0))
        wait_for_one()
        others = at_once(*(partial(ask, number) for number in range(1, len(clients))))
        time.sleep(0.1)
        kill(pids[0])
    for thread in (*first, *others):
        thread.join()
    service.wait_for_workers(without=pids[0])
    again = service.get(path)
    for client in clients:
        client.close()

    assert len(answers) == 2
    (served,) = (found for pid, found in answers.items() if pid != pids[0])
    assert answers[pids[0]] == []
    assert len(served) == sum(pid != pids[0] for pid in pids)
    assert {each.status for each in served} == {again.status} == {200}
    assert {each.body for each in served} == {again.body}
    assert set(editions_in(again.body, "fields")) == {1}


def test_a_worker_killed_while_it_writes_tiles(
    service: Service, town: Town, places: Iterator[dict[str, int]]
) -> None:
    """Every file under the name of a tile is whole, each tile is answered as before, counts do not fall."""
    template = service.template("fields")
    clients = [service.client() for _ in range(16)]
    victim = next(pid for pid in (client.worker() for client in clients) if pid is not None)
    theirs = [client for client in clients if client.worker() == victim]
    before: dict[str, Answer] = {}

    def ask(client_number: int) -> None:
        with suppress(OSError, HTTPException):
            for place in itertools.islice(places_with_fields(), 100 + client_number, 250, len(theirs)):
                before[template.format(**place)] = theirs[client_number].get(template.format(**place))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(theirs))]
    for thread in threads:
        thread.start()
    while len(before) < 40:
        time.sleep(0.001)
    counted = service.metrics()
    kill(victim)
    for thread in threads:
        thread.join()
    service.wait_for_workers(without=victim)
    after = {path: service.get(path) for path in before}
    recounted = service.metrics()
    for client in clients:
        client.close()

    assert {path: each.body for path, each in after.items()} == {
        path: each.body for path, each in before.items()
    }
    cache = town.home / "cache" / "tiles"
    files = [each for ending in ("fresh", "gz") for each in cache.rglob(f"[0-9]*.mvt.{ending}")]
    assert len(files) >= 40
    assert all(gzip.decompress(read_kept(file)) for file in files)
    assert recounted["prostor_tile_disk_torn_total"] == 0
    rising = [name for name in counted if "_total" in name]
    assert all(recounted[name] >= counted[name] for name in rising)
    assert recounted["prostor_tile_memory_tiles"] > 0


def read_kept(file: Path) -> bytes:
    """A tile's file; the worker that lives may give it the name for web servers meanwhile."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return file.with_suffix(".gz").read_bytes()
