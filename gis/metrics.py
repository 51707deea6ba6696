"""What a process counts and measures for whoever watches it, and how that is written for Prometheus.

A floor names its families as constants, asks `Metrics` for a counter, gauge or histogram when it is built, and
adds to it: a few hundred nanoseconds, no file, no network. `write_text` writes text format 0.0.4.
Never in a label: anything about a guest, a search, a parcel, a path of this machine.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter as Sums
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gis.metric_memory import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.metric_memory import SharedPages

TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Family:
    """A metric: its name after Prometheus' conventions, what it means, and its labels with their known values.

    A label without known values gets them while counting. `bounds` are a histogram's, in its unit.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    bounds: tuple[float, ...] = ()

    def sample(self, *values: str) -> str:
        """The name of the sample with these values of the labels, in order."""
        return _write_sample(self.name, zip((name for name, _ in self.labels), values, strict=True))

    def known_values(self) -> Iterable[tuple[str, ...]]:
        """Every combination of known values; none when a label has no known ones."""
        return itertools.product(*(values for _, values in self.labels))


class Count:
    """One sample that goes up; of a gauge also down.

    Without a lock, which would cost more than the counting: CPython changes threads at calls and at jumps
    backwards, and there is neither within an addition. A test counts with many threads that change as often as
    they can. Where that is not so, a count may be lost; nothing else depends on it.
    """

    __slots__ = ("_place", "_values")

    def __init__(self, values: memoryview[float], place: int) -> None:
        self._values = values
        self._place = place

    def add(self, amount: float = 1) -> None:
        """Count once, or so much."""
        self._values[self._place] += amount

    def add_beside(self, other: Count, amount: float) -> None:
        """Count once, and so much in another sample of the same process: one call instead of two."""
        self._values[self._place] += 1
        other._values[other._place] += amount

    def set(self, value: float) -> None:
        """What is so now, of a gauge."""
        self._values[self._place] = value


class Histogram:
    """How often something took how long, in seconds."""

    def __init__(self, bounds: tuple[float, ...], buckets: list[Count], total: Count, count: Count) -> None:
        self._buckets = list(zip((*bounds, float("inf")), buckets, strict=True))
        self._total = total
        self._count = count

    def observe(self, value: float) -> None:
        """One more. Buckets are cumulative, as Prometheus wants them."""
        for bound, bucket in self._buckets:
            if value <= bound:
                bucket.add()
        self._total.add(value)
        self._count.add()


class Metrics:
    """The counts of this process; with `shared`, beside those of the other workers of the same service.

    Without a page of the service, in tests or under another web server, a process counts for itself.
    """

    def __init__(self, shared: SharedPages | None = None) -> None:
        taken = shared.take() if shared is not None else None
        self._shared = shared if taken is not None else None
        self._page = taken if taken is not None else Page()
        self._lock = threading.Lock()
        self._gauges: set[str] = set()

    def count(self, family: Family, *values: str) -> Count:
        """The sample of a counter with these values of its labels. What has no room is not written out."""
        return self._count(family.sample(*values))

    def counts(self, family: Family) -> Mapping[tuple[str, ...], Count]:
        """Every sample of a counter whose values are known, so that all of them are there from the start."""
        return {values: self.count(family, *values) for values in family.known_values()}

    def gauge(self, family: Family) -> Count:
        """A gauge without labels; over all living workers, values are added up."""
        sample = family.sample()
        gauge = self._count(sample)
        gauge.set(0)
        self._gauges.add(sample)
        return gauge

    def histogram(self, family: Family) -> Histogram:
        """A histogram without labels, in seconds."""
        bounds = (*(f"{bound:g}" for bound in family.bounds), "+Inf")
        buckets = [self._count(_write_sample(f"{family.name}_bucket", [("le", each)])) for each in bounds]
        return Histogram(
            family.bounds, buckets, self._count(f"{family.name}_sum"), self._count(f"{family.name}_count")
        )

    def read(self) -> dict[str, float]:
        """Every sample by name, added up over the workers; gauges over those that live."""
        if self._shared is None:
            return dict(self._page.samples())
        sums: Sums[str] = Sums()
        for is_alive, page in self._shared.read():
            for name, value in page.samples():
                sums[name] += value if is_alive or name not in self._gauges else 0  # type: ignore[assignment]
        return dict(sums)

    def _count(self, sample: str) -> Count:
        with self._lock:
            place = self._page.place(sample)
        if place is None:
            return Count(memoryview(bytearray(8)).cast("d"), 0)
        return Count(self._page.values, place)


def write_text(families: Iterable[Family], samples: Mapping[str, float]) -> str:
    """The samples in Prometheus' text format 0.0.4, family by family."""
    lines: list[str] = []
    for family in families:
        lines += [f"# HELP {family.name} {family.meaning}", f"# TYPE {family.name} {family.kind}"]
        lines += [f"{name} {_write_number(samples[name])}" for name in _samples_of(family, samples)]
    return "\n".join(lines) + "\n"


def _samples_of(family: Family, samples: Mapping[str, float]) -> list[str]:
    endings = ("_bucket", "_sum", "_count") if family.kind == "histogram" else ("",)
    names = {family.name + ending for ending in endings}
    return [name for name in samples if name.partition("{")[0] in names]


def _write_sample(name: str, labels: Iterable[tuple[str, str]]) -> str:
    written = ",".join(f'{label}="{_escape(value)}"' for label, value in labels)
    return f"{name}{{{written}}}" if written else name


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _write_number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(value)
