"""Counting texts with characters that nobody sees: zero width, and marks that turn the direction of writing.

They are kept, because the text is the provider's; but a key with one looks like a key without, so it is said.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from layers.notes import write_note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Soft hyphen, zero-width space and joiners, directional marks, embeddings, overrides and isolates, BOM inside.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


class TextWatch:
    """Counts, column by column, the values with invisible characters."""

    def __init__(self) -> None:
        self._found: Counter[str] = Counter()

    def look(self, columns: Mapping[str, Sequence[object]]) -> None:
        """Take note of a batch of values."""
        for name, values in columns.items():
            texts = [value for value in values if isinstance(value, str)]
            # One look at all of them: most columns have none.
            joined = "".join(texts)
            if not joined.isascii() and _INVISIBLE.search(joined):
                self._found[name] += sum(_INVISIBLE.search(text) is not None for text in texts)

    def notes(self) -> Iterator[str]:
        """A sentence for each column that has any."""
        for name, count in self._found.items():
            yield write_note("invisible", column=name, count=count)
