"""Withdrawn layers leave the memory: tiles of a layer no longer published are purged within two seconds.

Everything else in the cache is immutable. While the database is away nothing is known to be withdrawn, so
what is in memory goes on being served, and the question is put again only after a pause.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from gis.errors import ProstorError
from gis.logs import logger

if TYPE_CHECKING:
    from layers.catalogue import Catalogue
    from tiles.cache import TileCache

_EVERY_SECONDS = 1.0
_AFTER_FAILURE_SECONDS = 15.0


class Withdrawals:
    """Holds a cache against the catalogue, at most once a second, by whichever request comes first."""

    def __init__(
        self, catalogue: Catalogue, cache: TileCache, *, every_seconds: float = _EVERY_SECONDS
    ) -> None:
        self._catalogue = catalogue
        self._cache = cache
        self._every_seconds = every_seconds
        self._asking = threading.Lock()
        self._next = 0.0

    def look(self) -> None:
        """Purge what was withdrawn, if it is time to ask and nobody else is asking; never raises."""
        if time.monotonic() < self._next or not self._asking.acquire(blocking=False):
            return
        try:
            self._purge()
            self._next = time.monotonic() + self._every_seconds
        except (ProstorError, SQLAlchemyError) as exc:
            logger("tiles").warning("withdrawals_not_read", cause=type(exc).__name__)
            self._next = time.monotonic() + _AFTER_FAILURE_SECONDS
        finally:
            self._asking.release()

    def _purge(self) -> None:
        kept = self._cache.layers
        if not kept:
            return
        withdrawn = kept - {layer.id for layer in self._catalogue.published()}
        if withdrawn:
            count = self._cache.purge(withdrawn)
            logger("tiles").info("withdrawn_tiles_purged", layers=sorted(withdrawn), tiles=count)
