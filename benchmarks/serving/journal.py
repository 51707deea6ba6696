"""What was measured so far, one line of JSON per figure, so that an ended run goes on where it stopped."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.serving.asking import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Cell(NamedTuple):
    """One figure of one table: who answered what, how often at once, in which round."""

    scenario: str
    server: str
    layer: str
    grid: str
    zoom: int
    clients: int
    round: int = 0


@dataclass(frozen=True)
class Measured:
    """A cell and what came of it."""

    cell: Cell
    outcome: Outcome


class Journal:
    """Figures in a file; `facts` are whatever else the report needs, by name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cells: dict[Cell, Outcome] = {}
        self.facts: dict[str, Any] = {}
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.is_resumed = bool(lines)
        for line in lines:
            self._read(json.loads(line))

    def __contains__(self, cell: Cell) -> bool:
        return cell in self._cells

    def begun_anew(self) -> Journal:
        """An empty one in the same place."""
        self._path.unlink(missing_ok=True)
        return Journal(self._path)

    def keep(self, cell: Cell, outcome: Outcome) -> None:
        """Write a figure down."""
        self._cells[cell] = outcome
        self._append({"cell": cell._asdict(), "outcome": asdict(outcome)})

    def note(self, name: str, fact: Any) -> None:
        """Write something else down; the last word under a name holds."""
        self.facts[name] = fact
        self._append({"name": name, "fact": fact})

    def all(self) -> Iterator[Measured]:
        """Every figure, in the order they were written."""
        return (Measured(cell, outcome) for cell, outcome in self._cells.items())

    def _read(self, entry: dict[str, Any]) -> None:
        if "cell" in entry:
            self._cells[Cell(**entry["cell"])] = Outcome(**entry["outcome"])
        else:
            self.facts[entry["name"]] = entry["fact"]

    def _append(self, entry: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
