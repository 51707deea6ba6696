"""Showing how an import gets on: a moving bar with rate and remaining time on a terminal.

Where nobody watches, a plain line when a step begins and one every few seconds while it lasts.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from layers.visible import visible
from prostor.commands.console import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from layers.reading.report import Progress as Step

_STEPS = {
    "stage": "taking a copy of the source",
    "read": "reading and checking",
    "sort": "putting neighbours together",
    "load": "loading",
    "index": "making indexes",
    "compare": "comparing with the published version",
    "publish": "publishing",
    "write": "writing",
}
_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def shown_progress(name: str) -> Iterator[Callable[[Step], None]]:
    """A listener that shows the steps of an import or an export as they are done."""
    console = Console(stderr=True, highlight=False)
    if console.is_terminal:
        with _bar(console) as bar:
            yield _BarListener(visible(name), bar)
    else:
        yield _LineListener(visible(name))


def _bar(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


class _BarListener:
    """One bar per step, the last one moving."""

    def __init__(self, name: str, bar: Progress) -> None:
        self._name = name
        self._bar = bar
        self._task = bar.add_task(name, total=None, rate="")
        self._step = ""
        self._began = time.monotonic()

    def __call__(self, step: Step) -> None:
        if step.step != self._step:
            self._step, self._began = step.step, time.monotonic()
            self._bar.reset(self._task, total=None)
        self._bar.update(
            self._task,
            description=f"{self._name}: {_STEPS.get(step.step, step.step)}",
            completed=step.done,
            total=step.total,
            rate=_rate(step, time.monotonic() - self._began),
        )


class _LineListener:
    """A line when a step begins, and one every few seconds while it lasts."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._step = ""
        self._began = self._said = time.monotonic()

    def __call__(self, step: Step) -> None:
        now = time.monotonic()
        if step.step != self._step:
            self._step, self._began, self._said = step.step, now, now
            say(f"{self._name}: {_STEPS.get(step.step, step.step)}")
        elif now - self._said >= _SECONDS_BETWEEN_LINES:
            self._said = now
            taken = now - self._began
            far = _far(step) + _rate(step, taken) + _remaining(step, taken)
            say(f"{self._name}: {_STEPS.get(step.step, step.step)}, {far}")


def _far(step: Step) -> str:
    of_total = f" of {_amount(step, step.total)}" if step.total else ""
    return f"{_amount(step, step.done)}{of_total}"


def _rate(step: Step, seconds: float) -> str:
    """Rows or megabytes per second; indexes are too different from each other for a rate."""
    if step.step not in _UNITS or seconds < 1 or not step.done:
        return ""
    return f" {_amount(step, round(step.done / seconds))}{_UNITS[step.step]}"


def _remaining(step: Step, seconds: float) -> str:
    if not step.total or not step.done or seconds < 1:
        return ""
    return f", about {max(1, round(seconds * (step.total - step.done) / step.done))} s left"


def _amount(step: Step, number: int) -> str:
    """Rows and indexes are counted one by one; what is loaded, in megabytes."""
    return f"{number / 1e6:.0f} MB" if step.step == "load" else f"{number:,}".replace(",", " ")


_UNITS = {"read": " rows/s", "sort": " rows/s", "load": "/s"}
