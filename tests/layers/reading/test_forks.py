"""Forked copies of the reader: the same answers in the same order, and no fault that gets lost in one."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.reading.conversion import import_source
from layers.reading.report import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
SQUARES = [shapely.box(x, y, x + 8, y + 6) for x in range(502_000, 508_000, 2) for y in (135_000, 136_000)]
# The beginning of a program without threads, which may be forked; `noted` gets what each piece of work answers.
BEGINNING = """
import os, resource, signal, sys, time
import numpy as np
from layers.reading.forks import Forks
here, noted = os.getpid(), []
def numbers(*values):
    return np.array(values, dtype=np.int64)
def note(answer):
    noted.append(answer.tolist())
"""


# Reads a job with two copies, and says how many were made.
READING = """
import os, sys
from layers.reading import conversion
from layers.reading.job import ImportJob
forks, fork = [], os.fork
os.fork = lambda: forks.append(fork()) or forks[-1]
job = ImportJob.model_validate_json(sys.stdin.read())
print(conversion.import_source(job, lambda _step: None, lambda _feature: None, forks=2).model_dump_json())
print(len(forks), file=sys.stderr)
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Runs a program after the beginning above."""
    return subprocess.run(
        [sys.executable, "-c", BEGINNING + program], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("count", [0, 1, 3])
def test_answers_come_in_the_order_of_giving(count: int) -> None:
    """Also when the first piece of work takes longest; with 0 copies everything is done here."""
    done = run(f"""
def work(number):
    time.sleep(0.2 if number == 0 else 0)
    return numbers(number, os.getpid() == here)
with Forks({count}, work, note) as forks:
    for number in range(5):
        forks.give(number)
print(noted)
""")

    assert done.stdout.strip() == str([[number, int(count == 0)] for number in range(5)])


def test_much_may_be_sent_and_answered() -> None:
    """More than a pipe holds, in both directions, while the copies are busy."""
    done = run("""
with Forks(2, lambda given: np.frombuffer(given, dtype=np.int64) + 1, note) as forks:
    for number in range(6):
        forks.give(np.full(200_000, number).tobytes())
print([(len(each), each[-1]) for each in noted])
""")

    assert done.stdout.strip() == str([(200_000, number + 1) for number in range(6)])


def test_what_fails_in_a_copy_is_done_here() -> None:
    """A copy that raises, is killed or runs out of memory costs time, and nothing else."""
    done = run("""
def work(number):
    if os.getpid() != here and number == 1:
        raise MemoryError
    if os.getpid() != here and number == 3:
        signal.raise_signal(signal.SIGKILL)
    return numbers(number)
with Forks(2, work, note) as forks:
    for number in range(8):
        forks.give(number)
print(noted)
""")

    assert done.stdout.strip() == str([[number] for number in range(8)])


def test_without_a_process_to_be_had_it_is_done_here() -> None:
    """A machine at its limit of processes imports more slowly."""
    done = run("""
def refuse(): raise BlockingIOError("no process left")
def work(number): return numbers(number, os.getpid() == here)
with Forks(2, work, note) as forks:
    forks.give(0)
    fork, os.fork = os.fork, refuse
    for number in range(1, 5):
        forks.give(number)
print(noted)
""")

    assert [number for number, _ in json.loads(done.stdout)] == list(range(5))


def test_an_earlier_fault_is_the_one_that_is_told() -> None:
    """Work given before something else fails is finished, and its own error comes first."""
    done = run("""
def work(given): raise ValueError("earlier")
with Forks(2, work, note) as forks:
    forks.give(1)
    raise RuntimeError("later")
""")

    assert done.stderr.strip().endswith("ValueError: earlier")


def test_copies_end_with_the_original() -> None:
    """kill -9 of the reader leaves none of them at work."""
    done = run("""
read, write = os.pipe()
if os.fork() == 0:
    os.close(read)
    forks = Forks(1, lambda given: time.sleep(60), note)
    forks.give(1)
    time.sleep(0.5)
    signal.raise_signal(signal.SIGKILL)
os.close(write)
begun = time.monotonic()
os.read(read, 1)
print(time.monotonic() - begun < 30)
""")

    assert done.stdout.strip() == "True"


def test_computing_time_is_limited_for_all_together() -> None:
    """Two copies with less than the limit each are together more than the limit."""
    done = run("""
resource.setrlimit(resource.RLIMIT_CPU, (2, 10))
def work(given):
    begun = time.process_time()
    while time.process_time() < begun + 0.3: pass
    return numbers(1)
with Forks(2, work, note) as forks:
    for _ in range(9):
        forks.give(1)
print("went on")
""")

    assert "went on" not in done.stdout
    assert done.returncode == -signal.SIGXCPU


def test_reading_with_copies_gives_the_same(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, make_job: Callable[..., Any]
) -> None:
    """Rows, hash and report of several copies, each with a part of the rows, are those of one process."""
    source = write_source(tmp_path / "areas.gpkg", SQUARES)
    manifest = make_reading_manifest(source={"format": "geopackage"})
    alone = import_source(make_job(manifest, source), lambda _step: None, lambda _feature: None)

    done = subprocess.run(
        [sys.executable, "-c", READING],
        input=make_job(manifest, source).model_dump_json(),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert Reading.model_validate_json(done.stdout) == alone
    assert done.stderr.split() == ["2"]
