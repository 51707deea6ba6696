"""The process that draws: `python -m tiles.rendering.worker`, started by `gis.workers`, never by hand."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING

from gis.workers import serve_questions
from tiles.rendering.painter import paint

if TYPE_CHECKING:
    from tiles.rendering.drawing import Drawing

# Whoever waits for a tile goes before whoever waits for a picture.
_NICENESS = 10


def draw(question: bytes) -> bytes:
    """The picture that a pickled `Drawing` describes; it comes from the process that started this one."""
    drawing: Drawing = pickle.loads(question)  # noqa: S301  our own process made it
    return paint(drawing)


if __name__ == "__main__":
    os.nice(_NICENESS)
    serve_questions(draw)
