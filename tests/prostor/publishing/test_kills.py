"""`kill -9` at any moment: one whole version is served, nothing is half visible, the next command clears up."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.prostor.publishing.looking import Onlooker, Served, State, looking_at
from tests.prostor.publishing.town import STEPS, Town
from tests.prostor.publishing.warm import Running, Warm, warm

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.database

SEED = 20261122
WHOM = ("command", "reader", "both")
_SETTLED_SECONDS = 20


@dataclass(frozen=True)
class Kill:
    """When and whom: after so many seconds, or so soon after the line of a step."""

    whom: str
    seconds: float
    step: str | None


def plan_kills(number: int, journey_seconds: float) -> list[Kill]:
    """Half of them anywhere in the journey, half right after a step has begun; the same in every run."""
    dice = random.Random(SEED)  # noqa: S311  nothing secret here
    kills = []
    for place in range(number):
        whom = dice.choice(WHOM)
        if place % 2:
            kills.append(Kill(whom, dice.uniform(0, journey_seconds), None))
        else:
            kills.append(
                Kill(whom, dice.choice((0, 0.002, dice.uniform(0, 0.08))), STEPS[place // 2 % len(STEPS)])
            )
    dice.shuffle(kills)
    return kills


class Layer:
    """One layer that is imported and killed again and again, with what has to be true of it each time."""

    def __init__(self, name: str, program: Warm, onlooker: Onlooker) -> None:
        self._name = name
        self._program = program
        self._onlooker = onlooker
        self._edition = 0
        self.outcomes: dict[str, int] = {}

    def import_whole(self) -> float:
        """An import that nobody kills; how long it took."""
        rows = self._write()
        began = time.monotonic()
        done = self._program.run("layer", "import", self._name)
        assert done.status == 0, done.text
        now = self._onlooker.state(self._name)
        assert (now.edition, now.rows) == (self._edition, rows)
        return time.monotonic() - began

    def import_and_kill(self, kill: Kill) -> None:
        """An import that is killed, and everything that must be true then."""
        before = self._onlooker.state(self._name)
        self._onlooker.catch_up(self._name)
        jobs = len(self._onlooker.jobs(self._name))
        rows = self._write()
        with self._program.begin("layer", "import", self._name) as running:
            if kill.step is not None:
                running.wait_for(f"{self._name}: {kill.step}")
            running.wait(kill.seconds)
            running.kill(kill.whom)
            assert running.wait(), running.text
        self._check_whole(before, rows)
        self._check_told(kill, running)
        self._check_swept(jobs)

    def _check_whole(self, before: State, rows: int) -> None:
        """Nothing was cleared up yet: the old version or all of the new one."""
        now = self._onlooker.state(self._name)
        assert now in (before, State(self._edition, before.number + 1, rows))
        whole = [Served(frozenset([each.edition]), each.rows) for each in (before, now)]
        assert self._onlooker.items(self._name) in whole
        assert self._onlooker.tile(self._name) in whole
        assert self._onlooker.half_visible(swept=False) == []
        outcome = "new" if now.edition == self._edition else "old"
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def _check_told(self, kill: Kill, running: Running) -> None:
        """Who was not killed ends by itself: with a sentence, or well, when nothing was there to kill."""
        if kill.whom != "reader":
            return
        assert running.status in (0, 1), running.text
        assert "Traceback" not in running.text
        if running.status == 1:
            assert f"{self._name} ({self._name}.geojson): The reader stopped" in running.text
        assert (running.status == 0) == (self._onlooker.edition(self._name) == self._edition)

    def _check_swept(self, jobs_before: int) -> None:
        """What every command begins with leaves no job that is said to run, and the journal tells the truth."""
        deadline = time.monotonic() + _SETTLED_SECONDS
        self._onlooker.sweep()
        while self._is_running() and time.monotonic() < deadline:
            time.sleep(0.05)
            self._onlooker.sweep()
        begun = self._onlooker.jobs(self._name)[jobs_before:]
        published = self._onlooker.edition(self._name) == self._edition
        if published:
            assert [state for state, _ in begun] == ["published"]
        for state, message in begun if not published else []:
            assert state in ("failed", "rejected")
            assert "nothing of it was kept" in str(message) or "The reader stopped" in str(message)

    def _is_running(self) -> bool:
        return any(state == "running" for state, _ in self._onlooker.jobs(self._name))

    def _write(self) -> int:
        """The next source, of another size each time but never half of the one before."""
        self._edition += 1
        rows = 200 + self._edition % 17
        self._onlooker.town.write_source(self._name, self._edition, rows)
        return rows


def kill_imports(town: Town, number: int, *, whole_each: int) -> dict[str, int]:
    """So many kills, shared between the layers of a town, side by side; how often which version was served."""
    with ExitStack() as stack:
        onlooker = stack.enter_context(looking_at(town))
        layers = [Layer(name, stack.enter_context(warm(town)), onlooker) for name in town.layers]
        journey = max(layer.import_whole() for layer in layers)
        kills = plan_kills(number, journey)

        def work(place: int) -> None:
            for turn, kill in enumerate(kills[place :: len(layers)], start=1):
                layers[place].import_and_kill(kill)
                if turn % whole_each == 0:
                    layers[place].import_whole()
            layers[place].import_whole()

        with ThreadPoolExecutor(len(layers)) as pool:
            list(pool.map(work, range(len(layers))))
        onlooker.sweep()
        assert onlooker.half_visible(swept=True) == []
        assert onlooker.left_folders() == []
        outcomes: dict[str, int] = {}
        for layer in layers:
            for outcome, count in layer.outcomes.items():
                outcomes[outcome] = outcomes.get(outcome, 0) + count
    return outcomes


def test_twenty_kills_leave_nothing_behind(make_a_town: Callable[..., Town]) -> None:
    """Importer, reading child or both killed, at random moments and as each step begins."""
    outcomes = kill_imports(make_a_town("fields", "meadows"), 20, whole_each=10)

    assert sum(outcomes.values()) == 20
    assert outcomes["old"] > 0


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_hundred_kills_leave_nothing_behind(make_a_town: Callable[..., Town]) -> None:
    """The same, and after each of them an import that succeeds."""
    outcomes = kill_imports(make_a_town("fields", "meadows", "woods"), 200, whole_each=1)

    assert sum(outcomes.values()) == 200
    assert outcomes["old"] > 0
    assert outcomes["new"] > 0
