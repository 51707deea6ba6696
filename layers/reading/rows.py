"""Rows on their way from a source to the COPY file: a batch as arrays, and the source as a promise of batches.

Each format answers with the same `Table`, so another reader can take the place of one unnoticed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyproj import CRS

    from layers.reading.encoding import Encoding
    from layers.reading.report import Counts

BATCH_SIZE = 5000


@dataclass(frozen=True)
class Batch:
    """Some rows of a source: feature numbers counted from 1, geometries (None allowed) and raw columns."""

    numbers: Any
    geometries: Any
    columns: Mapping[str, Sequence[object]]

    def __len__(self) -> int:
        return len(self.numbers)

    def select(self, keep: Any) -> Batch:
        """The rows where the boolean array `keep` is true."""
        if bool(np.all(keep)):
            return self
        places = np.flatnonzero(keep).tolist()
        return replace(
            self,
            numbers=self.numbers[places],
            geometries=self.geometries[places],
            columns={name: [values[i] for i in places] for name, values in self.columns.items()},
        )


class Table(Protocol):
    """An opened source: what it says about itself, and its rows."""

    @property
    def names(self) -> tuple[str, ...]:
        """Column names as people read them."""
        ...

    @property
    def crs(self) -> CRS | None:
        """The CRS the source states, if it states one."""
        ...

    @property
    def crs_is_default(self) -> bool:
        """True when the CRS is the format's own assumption and not a statement."""
        ...

    @property
    def encoding(self) -> Encoding | None:
        """How texts are decoded, where that had to be decided."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about how the source was opened."""
        ...

    @property
    def curved(self) -> int:
        """Features so far that held arcs and were made of chords."""
        ...

    def declared(self) -> Counts:
        """What the source says it holds, before a row is read."""
        ...

    def batches(self, names: Sequence[str], size: int = BATCH_SIZE) -> Iterator[Batch]:
        """Every row, with these columns only. Raises SourceError naming the feature that cannot be read."""
        ...
