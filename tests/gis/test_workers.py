"""Bounded worker processes: what a crash, a slow answer and a crowd cost, and whom."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gis.errors import UnavailableError
from gis.workers import WorkerLimits, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A module of its own, as every kind of work has: it answers with its process number, or does what it is told.
MODULE = """
import os, sys, time
from gis.workers import serve_questions

def answer(question):
    word, _, rest = question.decode().partition(" ")
    if word == "crash":
        os.abort()
    if word == "fail":
        raise ValueError("not this")
    if word == "sleep":
        open(rest, "w").close()
        while os.path.exists(rest):
            time.sleep(0.01)
    if word == "grow":
        return bytes(int(rest))
    if word == "print":
        print("a library talks", flush=True)
    return str(os.getpid()).encode()

serve_questions(answer)
"""


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Workers]]:
    """Starts workers of the module above; they are ended with the test."""
    (tmp_path / "made_worker.py").write_text(MODULE, encoding="utf-8")
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{root}{os.pathsep}{tmp_path}")
    started: list[Workers] = []

    def make(**limits: float) -> Workers:
        started.append(Workers("made_worker", "map", WorkerLimits(**limits)))  # type: ignore[arg-type]
        return started[-1]

    yield make
    for workers in started:
        workers.close()


def test_one_process_answers_one_question_after_another(start: Callable[..., Workers]) -> None:
    """It is started once; large answers and what libraries print come to no harm."""
    workers = start()

    first, talked, large = workers.ask(b"who"), workers.ask(b"print"), workers.ask(b"grow 3000000")

    assert first == talked
    assert len(large) == 3_000_000


@pytest.mark.parametrize("death", [b"crash", b"fail"])
def test_a_crash_costs_one_question(start: Callable[..., Workers], death: bytes) -> None:
    """The one who asked is told to try again; the next question gets another process."""
    workers = start()
    before = workers.ask(b"who")

    with pytest.raises(UnavailableError, match=r"The map could not be made\. Try again"):
        workers.ask(death)

    assert workers.ask(b"who") != before


def test_a_process_killed_while_idle_is_noticed(start: Callable[..., Workers]) -> None:
    """One question pays, the next is answered."""
    workers = start()
    os.kill(int(workers.ask(b"who")), signal.SIGKILL)

    with pytest.raises(UnavailableError):
        workers.ask(b"who")

    assert workers.ask(b"who")


def test_what_takes_too_long_is_ended(start: Callable[..., Workers], tmp_path: Path) -> None:
    """The process is killed, and others are answered."""
    workers = start(seconds=1)

    with pytest.raises(UnavailableError, match="could not be made"):
        workers.ask(f"sleep {tmp_path / 'asleep'}".encode())

    assert workers.ask(b"who")


def test_what_needs_too_much_memory_is_ended(start: Callable[..., Workers]) -> None:
    """The limit is that of the process, and the service's memory is never touched."""
    workers = start(memory_bytes=2**28)

    with pytest.raises(UnavailableError):
        workers.ask(b"grow 1000000000")

    assert workers.ask(b"who")


def test_a_crowd_is_turned_away_at_once(start: Callable[..., Workers], tmp_path: Path) -> None:
    """One is at work and one waits; everybody else hears when to come again, and those two are answered."""
    workers = start(processes=1, waiting=1, seconds=60)
    workers.ask(b"who")
    asleep = tmp_path / "asleep"
    with ThreadPoolExecutor(2) as pool:
        at_work = pool.submit(workers.ask, f"sleep {asleep}".encode())
        wait_until(asleep.exists)
        waiting = pool.submit(workers.ask, b"who")
        wait_until(lambda: workers.waiting == 1)

        with pytest.raises(UnavailableError, match="Too many people want a map") as refused:
            workers.ask(b"who")
        asleep.unlink()

        assert refused.value.retry_after_seconds == 15
        assert at_work.result() == waiting.result()


def test_as_many_work_at_once_as_there_are_processes(start: Callable[..., Workers], tmp_path: Path) -> None:
    """Two processes, two questions at the same time."""
    workers = start(processes=2, seconds=60)
    places = [tmp_path / "first", tmp_path / "second"]
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(workers.ask, f"sleep {place}".encode()) for place in places]
        wait_until(lambda: all(place.exists() for place in places))
        for place in places:
            place.unlink()

        assert asked[0].result() != asked[1].result()


def test_a_process_is_replaced_after_so_many_questions(start: Callable[..., Workers]) -> None:
    """Libraries that lose memory are not kept for ever."""
    workers = start(questions_each=2)

    numbers = [workers.ask(b"who") for _ in range(3)]

    assert numbers[0] == numbers[1] != numbers[2]


def test_closing_ends_the_processes(start: Callable[..., Workers]) -> None:
    """Nothing is left behind."""
    workers = start()
    number = int(workers.ask(b"who"))

    workers.close()

    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something another thread or process does."""
    pause = threading.Event()
    while not true():
        pause.wait(0.01)
