"""What somebody drew in the viewer, read from a link (docs/permalink.md, Drawings)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import RequestError
from layers.style import Symbol
from layers.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.envelope import Envelope

# As static/js/base/shapes.js has them.
COLOURS = ("#005aa0", "#a84300", "#006b4a", "#a8186b", "#5a3a9e", "#1c2326")
MAX_SKETCHES = 200

_MAX_POINTS, _MAX_TEXT = 500, 80
_LEAST = {"p": 1, "l": 2, "a": 3}
_FORM = re.compile(r"([pla])([0-9])(-?[0-9a-z]{1,7}(?:\.-?[0-9a-z]{1,7})*)(?:~(.*))?")
_BASE = 36
_FILL_OPACITY = 0.15


@dataclass(frozen=True)
class Sketch:
    """A drawing: `p` a point, `l` a line, `a` an area; points are metres east and north in the portal's CRS."""

    kind: str
    colour: str
    points: tuple[tuple[float, float], ...]
    text: str

    @property
    def symbol(self) -> Symbol:
        """How it is drawn."""
        fill = None if self.kind == "l" else self.colour
        opacity = _FILL_OPACITY if self.kind == "a" else 1
        return Symbol(line=self.colour, line_width=3, fill=fill, fill_opacity=opacity, radius=6)


def parse_sketches(codes: Sequence[str], reach: Envelope) -> tuple[Sketch, ...]:
    """The drawings of a link, all within `reach`. Raises RequestError."""
    if len(codes) > MAX_SKETCHES:
        raise RequestError("draw", f"at most {MAX_SKETCHES} drawings")
    return tuple(_parse(each, reach) for each in codes)


def _parse(code: str, reach: Envelope) -> Sketch:
    match = _FORM.fullmatch(code)
    steps = [int(each, _BASE) / 100 for each in match[3].split(".")] if match else []
    if match is None or len(steps) % 2 or not _LEAST[match[1]] <= len(steps) // 2 <= _MAX_POINTS:
        raise RequestError("draw", "this is no drawing; see docs/permalink.md", value=code[:100])
    points, x, y = [], 0.0, 0.0
    for east, north in zip(steps[::2], steps[1::2], strict=True):
        x, y = round(x + east, 2), round(y + north, 2)
        points.append((x, y))
    if not all(reach.contains(*point) for point in points) or (match[1] == "p" and len(points) > 1):
        raise RequestError("draw", "it lies far outside the municipality", value=code[:100])
    colour = COLOURS[int(match[2])] if int(match[2]) < len(COLOURS) else COLOURS[0]
    return Sketch(match[1], colour, tuple(points), visible((match[4] or "")[:_MAX_TEXT]))
