"""One making per key at a time: who asks for a tile that is just being made waits for it.

Twenty browsers that open the same view after a new version was published cost PostGIS one query per tile.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

from gis.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")

# Longer than connecting, waiting for a connection and one statement may take together. Only a database that
# stands still takes longer, and then it is enough that one thread waits for it.
_PATIENCE_SECONDS = 15.0


class Flights(Generic[Made]):
    """Makings that are under way in this process; a failure is everybody's who waited for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[Made]] = {}

    def make_once(self, key: str, make: Callable[[], Made]) -> tuple[Made, bool]:
        """What `make` returns, or what another thread's `make` for the same key, under way now, returns.

        With True when it was made here. Raises UnavailableError when the other one takes too long.
        """
        with self._lock:
            flight = self._under_way.get(key)
            leads = flight is None
            if flight is None:
                flight = self._under_way[key] = Future()
        if leads:
            self._lead(key, flight, make)
        try:
            return flight.result(_PATIENCE_SECONDS), leads
        except TimeoutError as exc:
            if flight.done():
                raise
            raise UnavailableError("The database is busy. Please try again.", cause="flight") from exc

    def _lead(self, key: str, flight: Future[Made], make: Callable[[], Made]) -> None:
        try:
            flight.set_result(make())
        except BaseException as exc:
            flight.set_exception(exc)
            raise
        finally:
            with self._lock:
                del self._under_way[key]
