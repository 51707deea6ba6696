"""What commands say: progress on standard error, results on standard output.

A terminal sees one moving line; anything else gets plain lines, one per step. Every line passes here, so
nothing that stood in a source can command the terminal.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from layers.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# What our own sentences and tables are laid out with; texts of a source lose theirs before they get into one.
_LAYOUT = "\n\t"


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A report for the steps of a long command: a spinner on a terminal, plain lines elsewhere."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield say
        return
    with console.status("Starting") as status:

        def report(sentence: str) -> None:
            console.print(f"· {visible(sentence)}", markup=False)
            status.update(escape(visible(sentence)))

        yield report


def say(sentence: str) -> None:
    """One line on standard error, shown at once."""
    print(visible(sentence, _LAYOUT), file=sys.stderr, flush=True)


def answer(line: str) -> None:
    """One line of result on standard output, shown at once."""
    print(visible(line, _LAYOUT), flush=True)
