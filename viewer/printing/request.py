"""What a sheet is asked for: a view, and how it lies on paper. Parsed strictly; no Flask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from gis.errors import RequestError
from layers.visible import visible
from viewer.permalink import OTHER_PARAMETERS, VIEW_PARAMETERS, View, parse_view
from viewer.printing.sketches import Sketch, parse_sketches

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from layers.portal import Portal

Paper = Literal["a4", "a3"]
Orientation = Literal["portrait", "landscape"]
Choice = TypeVar("Choice", bound=str)

# What the viewer offers; any whole number between the first and the last may be asked for.
SCALES = (500, 1_000, 2_000, 2_500, 5_000, 10_000, 25_000)
PAPERS: tuple[Paper, ...] = get_args(Paper)
ORIENTATIONS: tuple[Orientation, ...] = get_args(Orientation)
# Drawings: as often as there are some.
DRAW = "draw"
OWN_PARAMETERS = ("scale", "paper", "orientation", "title")
PARAMETERS = (*VIEW_PARAMETERS, *OTHER_PARAMETERS, *OWN_PARAMETERS)
MAX_TITLE = 120

_FIRST_SCALE = 1_000
_WHOLE = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class SheetRequest:
    """A view on paper, at 1 : `scale` around `centre` (east and north in the portal's CRS, in metres)."""

    view: View
    centre: tuple[float, float]
    scale: int
    paper: Paper
    orientation: Orientation
    title: str
    sketches: tuple[Sketch, ...] = ()


def parse_sheet_request(
    given: Mapping[str, str], portal: Portal, known: Collection[str], drawn: Sequence[str] = ()
) -> SheetRequest:
    """What parameters ask for, with the drawings of the link; `known` are the portal's layers.

    Raises RequestError naming the parameter that is wrong.
    """
    view = parse_view(given, portal, known)
    x, y = view.centre or portal.start_envelope.centre
    outline = portal.outline_envelope
    reach = outline.grown(max(outline.width, outline.height))
    if not reach.contains(x, y):
        raise RequestError(
            "at", "this place lies far outside the municipality", value=given.get("at", "")[:100]
        )
    return SheetRequest(
        view=view,
        centre=(x, y),
        scale=_parse_scale(given.get("scale")),
        paper=_parse_one("paper", given, PAPERS),
        orientation=_parse_one("orientation", given, ORIENTATIONS),
        title=_parse_title(given.get("title", "")),
        sketches=parse_sketches(drawn, reach),
    )


def _parse_scale(text: str | None) -> int:
    if text is None:
        return _FIRST_SCALE
    scale = int(text) if _WHOLE.fullmatch(text) else 0
    if not SCALES[0] <= scale <= SCALES[-1]:
        reason = f"write a whole number from {SCALES[0]} to {SCALES[-1]}, such as 1000 for 1 : 1000"
        raise RequestError("scale", reason, value=text[:100])
    return scale


def _parse_one(name: str, given: Mapping[str, str], choices: tuple[Choice, ...]) -> Choice:
    asked = given.get(name, choices[0])
    for choice in choices:
        if choice == asked:
            return choice
    raise RequestError(name, f"choose one of {', '.join(choices)}", value=asked[:100])


def _parse_title(text: str) -> str:
    if len(text) > MAX_TITLE:
        raise RequestError("title", f"at most {MAX_TITLE} characters")
    return visible(text.strip())
