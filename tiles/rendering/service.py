"""Pictures are painted in bounded processes of their own, one kind for the whole service."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from gis.workers import WorkerLimits, Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiles.rendering.drawing import Drawing

_WORKER = "tiles.rendering.worker"


class MapPainter:
    """Paints drawings. One for a whole service: it bounds how many pictures are made at once."""

    def __init__(self, limits: WorkerLimits | None = None) -> None:
        self._workers = Workers(_WORKER, "map", limits or WorkerLimits())

    def paint_when_free(self, write: Callable[[], Drawing]) -> bytes:
        """The picture of a drawing that is written when its turn has come: nothing is read for those who wait.

        Raises UnavailableError when too many pictures are wanted, or this one could not be made.
        """
        return self._workers.ask_when_free(lambda: pickle.dumps(write(), protocol=5))

    def close(self) -> None:
        """End the processes."""
        self._workers.close()
