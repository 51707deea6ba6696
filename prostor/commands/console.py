"""What commands say: progress on standard error, results on standard output.

A terminal sees one moving line; anything else gets plain lines, one per step.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A report for the steps of a long command: a spinner on a terminal, plain lines elsewhere."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield say
        return
    with console.status("Starting") as status:

        def report(sentence: str) -> None:
            console.print(f"· {sentence}", markup=False)
            status.update(sentence)

        yield report


def say(sentence: str) -> None:
    """One line on standard error, shown at once."""
    print(sentence, file=sys.stderr, flush=True)


def answer(line: str) -> None:
    """One line of result on standard output, shown at once."""
    print(line, flush=True)
