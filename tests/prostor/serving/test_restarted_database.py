"""PostgreSQL restarts under load: kept tiles go on, others are 503 until it is back, and nothing is mixed."""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from gis.cluster_processes import find_members
from gis.database import Database
from gis.provision import provision
from gis.settings import Settings
from layers.migrations import migrate
from prostor.app import DATABASE, create_app
from tests.prostor.publishing.town import Town, import_here, make_town
from tests.prostor.serving.places import places_with_fields
from tests.prostor.serving.running import Answer, Service, editions_in, running, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gis.cluster import EmbeddedCluster

pytestmark = pytest.mark.database

ROWS = 1600
DOWN_SECONDS = 1.5
KEPT = 20


@dataclass
class Report:
    """What guests met: how often which status, and every tile by path."""

    statuses: Counter[str] = field(default_factory=Counter)
    tiles: dict[str, set[bytes]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, kind: str, path: str, answer: Answer) -> None:
        """Write down an answer, and what is wrong with it."""
        with self.lock:
            self.statuses[f"{kind} {answer.status}"] += 1
            if answer.status == 200:
                self.tiles.setdefault(path, set()).add(answer.body)
            elif answer.status != 503 or kind == "kept":
                self.failures.append(f"{kind} {path}: {answer.status} {answer.body[:200]!r}")
            elif "retry-after" not in answer.headers or json.loads(answer.body)["status"] != 503:
                self.failures.append(f"{kind} {path}: 503 without saying when to come again")


@pytest.fixture
def own_town(own_cluster: EmbeddedCluster, tmp_path: Path) -> Town:
    """A town in that cluster, its fields published once."""
    urls = provision(own_cluster)
    database = Database(urls)
    migrate(database)
    database.dispose()
    town = make_town(tmp_path, urls, ("fields",))
    town.write_source("fields", 1, ROWS)
    import_here(town, "fields")
    return town


def test_a_restart_costs_only_what_is_not_kept(own_cluster: EmbeddedCluster, own_town: Town) -> None:
    """An immediate stop, a while without, a start: no restart of the service, and no wrong tile."""
    with running(own_town) as service:
        template = service.template("fields")
        unknown = service.template("vse").format(**next(places_with_fields()))
        with guests(service, template, readers=2) as report:
            with crashed(own_cluster):
                time.sleep(DOWN_SECONDS)
                meanwhile = service.get(unknown)
            wait_for_recovery(service, own_town)
            afterwards = service.get(unknown)
        check_tiles(report, own_town)

        assert report.statuses["kept 200"] > 100
        assert (meanwhile.status, meanwhile.headers["retry-after"]) == (503, "5")
        assert afterwards.status == 200
        check_publishing(service, own_town, template)


@pytest.mark.slow
def test_a_database_that_stands_still(own_cluster: EmbeddedCluster, own_town: Town) -> None:
    """It neither answers nor hangs up: kept tiles go on all the same, and the rest when it moves again."""
    with running(own_town) as service:
        template = service.template("fields")
        with guests(service, template, readers=2) as report:
            with frozen(own_cluster):
                enough = report.statuses["kept 200"] + 500
                wait_until(lambda: report.statuses["kept 200"] > enough, "kept tiles are answered")
            wait_for_recovery(service, own_town)
        check_tiles(report, own_town)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_restarts_and_killed_backends_again_and_again(own_cluster: EmbeddedCluster, own_town: Town) -> None:
    """Ten crashes by a killed backend and ten restarts, while eight guests ask."""
    with running(own_town) as service:
        with guests(service, service.template("fields"), readers=6) as report:
            for number in range(10):
                with crashed(own_cluster):
                    time.sleep(0.3 * number)
                wait_for_recovery(service, own_town)
                kill_a_backend(own_cluster)
                wait_for_recovery(service, own_town)
        check_tiles(report, own_town)

        assert report.statuses["kept 200"] > 1000


@contextmanager
def guests(service: Service, template: str, *, readers: int) -> Iterator[Report]:
    """Some ask for kept tiles, some for new ones, one for the alias; all over and over until the block ends."""
    places = list(places_with_fields())
    kept = [template.format(**place) for place in places[:KEPT]]
    cold = itertools.cycle(template.format(**place) for place in places[KEPT:])
    alias = template.replace(template[template.index("@") : template.index("@") + 17], "")
    report, stop = Report(), threading.Event()
    for path in kept:
        report.take("kept", path, service.get(path))

    def ask(kind: str, paths: Iterator[str]) -> None:
        client = service.client()
        while not stop.is_set():
            path = next(paths)
            report.take(kind, path, client.get(path))
            time.sleep(0.002)
        client.close()

    aliases = itertools.cycle([alias.format(**place) for place in places])
    asked: list[tuple[str, Iterator[str]]] = [("alias", aliases)]
    for number in range(readers):
        asked.append(("kept", itertools.cycle(kept[number:] + kept[:number])))
        asked.append(("cold", _taking_turns(cold)))
    threads = [threading.Thread(target=ask, args=each) for each in asked]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    try:
        yield report
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert report.failures == []


def _taking_turns(paths: Iterator[str]) -> Iterator[str]:
    while True:
        with _TURN:
            path = next(paths)
        yield path


_TURN = threading.Lock()


def check_tiles(report: Report, town: Town) -> None:
    """Each tile that was ever answered is the one a service makes that keeps nothing."""
    app = create_app(Settings(portal=town.folder, home=town.home, tile_disk_megabytes=0), town.urls)
    client = app.test_client()
    right = {path: {client.get(path).data} for path in report.tiles}
    app.extensions[DATABASE].dispose()

    assert len(right) > KEPT
    assert {path for path in right if report.tiles[path] != right[path]} == set()
    assert {
        edition for bodies in right.values() for body in bodies for edition in editions_in(body, "fields")
    } == {1}


def check_publishing(service: Service, town: Town, template: str) -> None:
    """The same service shows the next edition, and the one before under its own token."""
    place = next(places_with_fields())
    town.write_source("fields", 2, ROWS)
    import_here(town, "fields")

    def shown() -> Sequence[int]:
        return editions_in(service.get(service.template("fields").format(**place)).body, "fields")

    wait_until(lambda: set(shown()) == {2}, "the next edition is shown")
    assert set(editions_in(service.get(template.format(**place)).body, "fields")) == {1}


def wait_for_recovery(service: Service, town: Town) -> None:
    """Until both workers answer from the database again."""
    recovered: set[int] = set()

    def is_so() -> bool:
        with closing(service.client()) as client:
            pid = client.worker()
            if client.get("/ogc/collections/fields/items?limit=1").status == 200:
                recovered.add(pid)
        return len(recovered) == 2

    wait_until(is_so, "both workers read from the database")


@contextmanager
def crashed(cluster: EmbeddedCluster) -> Iterator[None]:
    """An immediate stop, as `pg_ctl stop -m immediate` does it; there is no database until the block ends."""
    pid = cluster.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    while cluster.status().pid is not None:
        time.sleep(0.05)
    yield
    cluster.start()


@contextmanager
def frozen(cluster: EmbeddedCluster) -> Iterator[None]:
    """No process of it runs until the block ends."""
    members = find_members(cluster.places.data)
    try:
        for pid in members:
            _send(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in members:
            _send(pid, signal.SIGCONT)


def _send(pid: int, number: signal.Signals) -> None:
    # A helper process of PostgreSQL may have ended by itself.
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def kill_a_backend(cluster: EmbeddedCluster) -> None:
    """As the kernel does when memory is short: PostgreSQL ends all its sessions and recovers."""
    with cluster.superuser() as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'prostor-%' LIMIT 1"
        ).fetchone()
    if found is not None:
        os.kill(int(str(found[0])), signal.SIGKILL)
