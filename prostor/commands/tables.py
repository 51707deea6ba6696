"""Rows for people: a table on a terminal, lines with tabs between the cells everywhere else.

JSON on request, for programs.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from prostor.commands.console import answer

if TYPE_CHECKING:
    from collections.abc import Sequence


def show_rows(headings: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None) -> None:
    """Print a table on standard output."""
    cells = [[written(cell) for cell in row] for row in rows]
    console = Console(highlight=False)
    if not console.is_terminal:
        for line in [list(headings), *cells]:
            answer("\t".join(" ".join(cell.split()) for cell in line))
        return
    table = Table(title=title, title_justify="left", show_lines=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in cells:
        table.add_row(*[Text(cell) for cell in row])
    console.print(table)


def show_facts(facts: Sequence[tuple[str, object]]) -> None:
    """Print names and values, one pair per line; values that are unknown are left out."""
    known = [(name, written(value)) for name, value in facts if value not in (None, "", (), [], {})]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        answer(f"{name:<{width}}  {value}")


def show_json(value: Any) -> None:
    """Print a value as indented JSON; dataclasses and dates are understood."""
    answer(orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2).decode())


def written(value: object) -> str:
    """One cell: dates as people write them in Slovenia, unknown as a dash."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    return str(value)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return str(value)
