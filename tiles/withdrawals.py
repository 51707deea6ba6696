"""Withdrawn layers leave the memory: within two seconds, in every process that serves tiles.

Everything else in a store is immutable. Each tile names the lives of its layers, and a life that the catalogue
no longer knows is over: also when the layer was published again while this process slept, also for a tile
that was still being made. While the database is away nothing is known to be withdrawn, so what is in memory
goes on being served, and the question is put again only after a pause; a busy one is asked again soon. One that
stands still keeps nobody waiting for more than a second: a thread of its own waits for the answer.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sqlalchemy.exc import SQLAlchemyError

from gis.errors import ProstorError, UnavailableError
from gis.logs import logger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from layers.catalogue import Catalogue, Life

# The catalogue remembers its pointers for a second: a tile is purged a second and a half later at the latest.
_EVERY_SECONDS = 0.5
_AFTER_FAILURE_SECONDS = 15.0
_AFTER_BUSY_SECONDS = 1.0
# A process that slept must not answer one request while another finds out what was withdrawn.
_OVERDUE_SECONDS = 1.0
_PATIENCE_SECONDS = 1.0


class Store(Protocol):
    """A place where finished tiles are kept: the memory of a process, or any other."""

    @property
    def lives(self) -> AbstractSet[Life]:
        """The lives of all layers in kept tiles."""

    def purge(self, lives: AbstractSet[Life]) -> int:
        """Forget every tile with a layer of one of these lives; return how many there were."""


class _Asking(NamedTuple):
    """A question under way: since when, and whether it was answered."""

    began: float
    done: threading.Event


class Withdrawals:
    """Holds stores against the catalogue, twice a second, by whichever request comes first.

    A further store is purged as soon as it is watched; there is no other place that purges.
    """

    def __init__(
        self, catalogue: Catalogue, stores: Sequence[Store], *, every_seconds: float = _EVERY_SECONDS
    ) -> None:
        self._catalogue = catalogue
        self._stores = tuple(stores)
        self._every_seconds = every_seconds
        self._lock = threading.Lock()
        self._asking: _Asking | None = None
        self._next = 0.0
        self._failed = False

    def watch(self, store: Store) -> None:
        """Purge this store too from now on."""
        self._stores = (*self._stores, store)

    def look(self) -> None:
        """Purge what was withdrawn, if it is time to ask; never raises, and waits for a second at most."""
        late = time.monotonic() - self._next
        if late < 0:
            return
        with self._lock:
            asking = self._asking
            is_ours = asking is None and time.monotonic() >= self._next
            if is_ours:
                asking = self._asking = _Asking(time.monotonic(), threading.Event())
                threading.Thread(target=self._ask, args=(asking,), name="withdrawals", daemon=True).start()
        # While it is known that nobody gets an answer, only the one who asks waits for it.
        if asking is not None and (is_ours or (late > _OVERDUE_SECONDS and not self._failed)):
            asking.done.wait(max(0.0, asking.began + _PATIENCE_SECONDS - time.monotonic()))

    def _ask(self, asking: _Asking) -> None:
        try:
            self._purge()
            self._failed, self._next = False, time.monotonic() + self._every_seconds
        except (ProstorError, SQLAlchemyError) as exc:
            pause = _AFTER_BUSY_SECONDS if _is_busy(exc) else _AFTER_FAILURE_SECONDS
            logger("tiles").warning("withdrawals_not_read", cause=type(exc).__name__, again_in_seconds=pause)
            self._failed, self._next = True, time.monotonic() + pause
        finally:
            self._asking = None
            asking.done.set()

    def _purge(self) -> None:
        kept: frozenset[Life] = frozenset().union(*(store.lives for store in self._stores))
        if not kept:
            return
        over = kept - self._catalogue.lives()
        if over:
            count = sum(store.purge(over) for store in self._stores)
            layers = sorted({life.layer_id for life in over})
            logger("tiles").info("withdrawn_tiles_purged", layers=layers, tiles=count)


def _is_busy(error: Exception) -> bool:
    """True when the database is there: no connection of the pool was free, or the question took too long."""
    return isinstance(error, UnavailableError) and error.facts.get("cause") in (None, "pool")
