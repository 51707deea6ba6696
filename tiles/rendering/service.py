"""Pictures of published layers: features are read here, and drawn in bounded processes of their own."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.workers import WorkerLimits, Workers
from tiles.rendering.drawing import Drawing
from tiles.rendering.features import read_drawn_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from tiles.rendering.drawing import DrawnLayer, PictureFormat
    from tiles.rendering.frames import Frame

_WORKER = "tiles.rendering.worker"


@dataclass(frozen=True)
class Picture:
    """A finished picture; `cut` are the layers of which not every feature is on it."""

    content: bytes
    cut: tuple[str, ...]


class MapPainter:
    """Draws published layers. One for a whole service: it bounds how many pictures are made at once."""

    def __init__(self, database: Database, limits: WorkerLimits | None = None) -> None:
        self._database = database
        self._workers = Workers(_WORKER, "map", limits or WorkerLimits())

    def draw(
        self,
        layers: Sequence[PublishedLayer],
        frame: Frame,
        picture_format: PictureFormat,
        *,
        above: Sequence[DrawnLayer] = (),
    ) -> Picture:
        """The layers from the bottom upwards, by the order of their styles, then what lies above them.

        The frame is in the layers' CRS. Raises GoneError when a version is no longer kept, UnavailableError
        when the database is away, too many pictures are wanted, or this one could not be made.
        """
        ordered = sorted(layers, key=lambda layer: layer.manifest.style.order)
        drawn = [read_drawn_layer(self._database, layer, frame) for layer in ordered]
        shown = [*(layer for layer in drawn if layer is not None), *above]
        content = self._workers.ask(pickle.dumps(Drawing(frame, shown, picture_format), protocol=5))
        return Picture(content, tuple(layer.id for layer in shown if layer.is_cut))

    def paint_when_free(self, write: Callable[[], Drawing]) -> bytes:
        """The picture of a drawing that is written when its turn has come: nothing is read for those who wait.

        Raises UnavailableError when too many pictures are wanted, or this one could not be made.
        """
        return self._workers.ask_when_free(lambda: pickle.dumps(write(), protocol=5))

    def close(self) -> None:
        """End the processes."""
        self._workers.close()
