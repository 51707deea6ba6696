"""Rows, facts and remarks for people: laid out for a terminal, plain lines everywhere else; JSON for programs.

On a terminal numbers stand right, short cells are never broken, and long texts break between words; rows that
do not fit beside each other so are told one below the other. Into a
pipe or a file a row is one line with tabs, so that other programs and spreadsheets can read it. Characters that
nobody sees are written out, `\\x1b`: cells and remarks hold texts of sources.
"""

from __future__ import annotations

import dataclasses
import textwrap
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from layers.visible import visible, visible_json
from prostor.commands.console import answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_UNKNOWN = "–"
_LONGEST_UNBROKEN = 18
_LONGEST_WORD = 24
_BETWEEN_COLUMNS = 3
_WIDEST_TEXT = 100


def show_rows(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table on standard output; without rows, nothing but its head where programs read it."""
    cells = [[written(cell) for cell in row] for row in rows]
    console = Console(highlight=False)
    if not console.is_terminal:
        for line in [list(headings), *cells]:
            answer("\t".join(line))
        return
    widths = [_narrowest([heading, *column]) for heading, *column in zip(headings, *cells, strict=True)]
    if sum(widths) + _BETWEEN_COLUMNS * (len(widths) - 1) > console.width:
        _show_blocks(headings, cells)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        column = [row[place] for row in rows]
        table.add_column(
            heading,
            justify="right" if _is_numeric(column) else "left",
            no_wrap=max((len(row[place]) for row in cells), default=0) <= _LONGEST_UNBROKEN,
            min_width=width,
            overflow="fold",
        )
    for row in cells:
        table.add_row(*[Text(cell) for cell in row])
    console.print(table)


def _narrowest(column: Sequence[str]) -> int:
    """Characters a column needs: all of a short one, of texts the longest word that is not cut."""
    longest = max(map(len, column))
    if longest <= _LONGEST_UNBROKEN:
        return longest
    words = max(len(word) for cell in column for word in cell.split())
    return max(_LONGEST_UNBROKEN, min(words, _LONGEST_WORD))


def _show_blocks(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Rows that do not fit beside each other, one below the other."""
    for place, row in enumerate(cells):
        if place:
            answer("")
        show_facts(list(zip(headings, row, strict=True)))


def show_facts(facts: Sequence[tuple[str, object]]) -> None:
    """Print names and values, one pair per line; values that are unknown are left out."""
    known = [(name, written(value)) for name, value in facts if value not in (None, "", (), [], {})]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        answer(_hanging(f"{name:<{width}}  ", value))


def show_remarks(remarks: Iterable[str | None]) -> None:
    """Print sentences, each behind a dot; None is left out."""
    for remark in remarks:
        if remark:
            answer(_hanging("· ", visible(remark)))


def show_json(value: Any) -> None:
    """Print a value as indented JSON; dataclasses and dates are understood."""
    answer(visible_json(orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2).decode()))


def written(value: object) -> str:
    """One cell: dates as people write them in Slovenia, unknown as a dash, texts in one line."""
    if value is None:
        return _UNKNOWN
    if isinstance(value, datetime):
        return value.astimezone().strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    return visible(str(value))


def counted(count: int, one: str, many: str) -> str:
    """`1 row`, `2 rows`: the number with the word that goes with it."""
    return f"{count} {one if count == 1 else many}"


def _is_numeric(cells: Sequence[object]) -> bool:
    known = [cell for cell in cells if cell is not None]
    return bool(known) and all(isinstance(cell, int | float) for cell in known)


def _hanging(beginning: str, text: str) -> str:
    """The text behind its beginning; on a terminal, further lines stand under the first."""
    console = Console()
    if not console.is_terminal:
        return beginning + text
    return textwrap.fill(
        text,
        width=min(console.width, _WIDEST_TEXT),
        initial_indent=beginning,
        subsequent_indent=" " * len(beginning),
        break_on_hyphens=False,
    )


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return str(value)
