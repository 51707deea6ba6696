"""Counting: by threads and processes at once, never going down, and written as Prometheus reads it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gis.metric_memory import MAX_RECORDS, Page, SharedPages, shared_pages
from gis.metrics import Family, Metrics, write_text

EATEN = Family("cakes_eaten_total", "counter", "Cakes that were eaten.", (("kind", ("plum", "poppy")),))
LEFT = Family("cakes_left", "gauge", "Cakes there are.")
BAKING = Family("cakes_baking_seconds", "histogram", "Time to bake one.", bounds=(0.5, 1.0))
GUEST = Family("cakes_guests_total", "counter", "Who ate.", (("name", ()),))

# A worker of the service: it counts, says so, and waits for its end.
WORKER = """
import pickle, sys, time
from tests.gis.test_metrics import EATEN, LEFT
from gis.metrics import Metrics
metrics = Metrics(pickle.loads(bytes.fromhex(sys.argv[1])))
metrics.count(EATEN, "plum").add(int(sys.argv[2]))
metrics.gauge(LEFT).set(10)
print("counted", flush=True)
time.sleep(600)
"""


def test_text_is_what_prometheus_reads() -> None:
    """Help, type and samples family by family; known labels are there from the start, histograms cumulative."""
    metrics = Metrics()
    metrics.counts(EATEN)["poppy",].add(2)
    metrics.gauge(LEFT).set(1.5)
    baking = metrics.histogram(BAKING)
    for seconds in (0.5, 0.75, 7):
        baking.observe(seconds)
    metrics.count(GUEST, 'Ana "the\\cook"\n').add()

    text = write_text((LEFT, EATEN, BAKING, GUEST), metrics.read())

    assert text == (
        "# HELP cakes_left Cakes there are.\n"
        "# TYPE cakes_left gauge\n"
        "cakes_left 1.5\n"
        "# HELP cakes_eaten_total Cakes that were eaten.\n"
        "# TYPE cakes_eaten_total counter\n"
        'cakes_eaten_total{kind="plum"} 0\n'
        'cakes_eaten_total{kind="poppy"} 2\n'
        "# HELP cakes_baking_seconds Time to bake one.\n"
        "# TYPE cakes_baking_seconds histogram\n"
        'cakes_baking_seconds_bucket{le="0.5"} 1\n'
        'cakes_baking_seconds_bucket{le="1"} 2\n'
        'cakes_baking_seconds_bucket{le="+Inf"} 3\n'
        "cakes_baking_seconds_sum 8.25\n"
        "cakes_baking_seconds_count 3\n"
        "# HELP cakes_guests_total Who ate.\n"
        "# TYPE cakes_guests_total counter\n"
        'cakes_guests_total{name="Ana \\"the\\\\cook\\"\\n"} 1\n'
    )


def test_threads_lose_no_count() -> None:
    """However many count the same thing at once, and however often the interpreter changes between them."""
    metrics = Metrics()
    first, second = (metrics.count(EATEN, kind) for kind in ("plum", "poppy"))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def count() -> None:
        for _ in range(20_000):
            first.add()
            first.add_beside(second, 3)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)

    assert metrics.read() == {EATEN.sample("plum"): 320_000, EATEN.sample("poppy"): 480_000}


def test_workers_are_added_up_and_a_killed_one_is_remembered() -> None:
    """What it counted stays counted, its gauges go; the next worker counts on where it ended."""
    with shared_pages(3) as pages:
        ours = Metrics(pages)
        ours.count(EATEN, "plum").add(1)
        ours.gauge(LEFT).set(1)
        first, second = begin(pages, 20), begin(pages, 300)
        together = ours.read()
        first.send_signal(signal.SIGKILL)
        end(first)
        after = ours.read()
        third = begin(pages, 4000)
        at_last = ours.read()
        end(second)
        end(third)

    assert [each[EATEN.sample("plum")] for each in (together, after, at_last)] == [321, 321, 4321]
    assert [each[LEFT.sample()] for each in (together, after, at_last)] == [21, 11, 21]


def test_without_a_free_page_a_process_counts_for_itself() -> None:
    """Also where the pages are gone: it says less, and works."""
    with shared_pages(1) as pages:
        first, second = Metrics(pages), Metrics(pages)
        for each in (first, second):
            each.count(EATEN, "plum").add()

        assert [each.read()[EATEN.sample("plum")] for each in (first, second)] == [1, 1]

    lost = Metrics(SharedPages(["/proc/self/fd/9999"]))
    lost.count(EATEN, "plum").add()

    assert lost.read()[EATEN.sample("plum")] == 1


def test_a_full_page_takes_no_more_names() -> None:
    """Counting goes on, what is there stays right, and what has no room is left out."""
    metrics = Metrics()
    for number in range(MAX_RECORDS + 5):
        metrics.count(GUEST, str(number)).add(2)

    samples = metrics.read()

    assert len(samples) == MAX_RECORDS
    assert set(samples.values()) == {2}


def test_a_name_that_is_too_long_is_a_mistake_of_the_program() -> None:
    """It is refused rather than cut: two samples might become one."""
    with pytest.raises(ValueError, match="no room"):
        Page().place("x" * 121)


def begin(pages: SharedPages, eaten: int) -> subprocess.Popen[bytes]:
    """A worker that has counted."""
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, pickle.dumps(pages).hex(), str(eaten)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"counted\n"
    return worker


def end(worker: subprocess.Popen[bytes]) -> None:
    """Its end, however it came to it."""
    worker.kill()
    worker.wait()
    assert worker.stdout is not None
    worker.stdout.close()
