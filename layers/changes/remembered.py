"""Counts of what differs between two versions, remembered so that the pages of a walk need not count anew.

They live as long as the database they were counted in is in use, the ones used last stay, and nothing of a
feature is among them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from gis.database import Database
    from layers.catalogue import PublishedLayer

    # A number may come again when a database was restored, a token of other content does not.
    Name = tuple[int, str, int, str]

Counts = TypeVar("Counts")
MOST = 256


class RememberedCounts(Generic[Counts]):
    """Counts by database and pair of versions; safe to share between threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._counts: WeakKeyDictionary[Database, OrderedDict[Name, Counts]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """For how many databases something is remembered."""
        return len(self._counts)

    def find(self, database: Database, before: PublishedLayer, after: PublishedLayer) -> Counts | None:
        """What was counted in this database for these two versions, in this order."""
        name = _name(before, after)
        with self._lock:
            known = self._counts.get(database)
            if known is None or name not in known:
                return None
            known.move_to_end(name)
            return known[name]

    def keep(self, database: Database, before: PublishedLayer, after: PublishedLayer, counts: Counts) -> None:
        """Remember counts; those that nobody asked for longest are forgotten."""
        with self._lock:
            known = self._counts.setdefault(database, OrderedDict())
            known[_name(before, after)] = counts
            while len(known) > self._most:
                known.popitem(last=False)


def _name(before: PublishedLayer, after: PublishedLayer) -> Name:
    return (before.version_id, before.token, after.version_id, after.token)
