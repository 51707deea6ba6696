"""What a picture is asked for: a view of a link or an embedded map, and its size. Parsed strictly; no Flask."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gis.envelope import Envelope
from gis.errors import RequestError
from layers.visible import visible
from viewer.embedding import DEFAULT_HEIGHT, DEFAULT_WIDTH
from viewer.embedding import PARAMETERS as FRAME_PARAMETERS
from viewer.permalink import View, parse_place, parse_view
from viewer.printing.sketches import Sketch, parse_sketches

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from layers.portal import Portal, Theme

# Drawings: as often as there are some.
DRAW = "draw"
OWN_PARAMETERS = ("layers", "width", "height", "scale")
PARAMETERS = (*(each for each in FRAME_PARAMETERS if each != DRAW), *OWN_PARAMETERS)
LEAST_SIDE, MOST_SIDE = 100, 1280
MOST_PIXELS = 4_000_000
MAX_TEXT = 200

_PARCEL = re.compile(r"([0-9]{1,4})[-/ ](\*?[0-9]{1,9}(?:/[0-9]{1,9})?)")
_WHOLE = re.compile(r"[1-9][0-9]{0,4}")
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,9})?")
_LEAST_MPP, _MOST_MPP = 0.01, 2000.0


@dataclass(frozen=True)
class Size:
    """CSS pixels, and how many device pixels each of them is across."""

    width: int = DEFAULT_WIDTH
    height: int = DEFAULT_HEIGHT
    ratio: int = 1


@dataclass(frozen=True)
class PictureRequest:
    """A view as a picture. Places are in the portal's CRS; `metres_per_pixel` are metres of ground.

    `parcel` is the key of one that has to be there, `address` a text to be searched for.
    """

    view: View
    size: Size
    metres_per_pixel: float | None = None
    box: Envelope | None = None
    marker: tuple[float, float] | None = None
    point: tuple[float, float] | None = None
    parcel: str | None = None
    address: str | None = None
    text: str = ""
    sketches: tuple[Sketch, ...] = ()


def parse_picture_request(
    given: Mapping[str, str], portal: Portal, known: Collection[str], drawn: Sequence[str] = ()
) -> PictureRequest:
    """What parameters ask for; `known` are the portal's layers. Raises RequestError naming what is wrong."""
    reach = find_reach(portal)
    return PictureRequest(
        view=_parse_view(given, portal, known, reach),
        size=parse_size(given),
        metres_per_pixel=_parse_scale(given),
        box=_parse_box(given, portal, reach),
        marker=_parse_point("marker", given, portal, reach),
        point=_parse_point("point", given, portal, reach),
        parcel=_parse_parcel(given),
        address=_parse_text("address", given) or None,
        text=_parse_text("text", given),
        sketches=parse_sketches(drawn, reach),
    )


def find_reach(portal: Portal) -> Envelope:
    """Where pictures may be of: the municipality, and as far around it as it is large."""
    outline = portal.outline_envelope
    return outline.grown(max(outline.width, outline.height))


def parse_size(given: Mapping[str, str]) -> Size:
    """Width, height and scale. Raises RequestError."""
    width = _parse_side("width", given, DEFAULT_WIDTH)
    height = _parse_side("height", given, DEFAULT_HEIGHT)
    ratio = given.get("scale", "1")
    if ratio not in ("1", "2"):
        raise RequestError("scale", "write 1, or 2 for screens with twice the pixels", value=ratio[:20])
    if width * height * int(ratio) ** 2 > MOST_PIXELS:
        reason = (
            f"the picture would have more than {MOST_PIXELS:,} pixels; ask for a smaller one, or without scale"
        )
        raise RequestError("scale", reason, value=ratio)
    return Size(width, height, int(ratio))


def _parse_side(name: str, given: Mapping[str, str], usual: int) -> int:
    text = given.get(name, str(usual))
    side = int(text) if _WHOLE.fullmatch(text) else 0
    if not LEAST_SIDE <= side <= MOST_SIDE:
        raise RequestError(name, f"write whole pixels, {LEAST_SIDE} to {MOST_SIDE}", value=text[:20])
    return side


def _parse_view(given: Mapping[str, str], portal: Portal, known: Collection[str], reach: Envelope) -> View:
    """The view of the link; `layers` are exactly those that are switched on, of a theme that has them."""
    if "layers" not in given:
        view = parse_view(given, portal, known)
    else:
        names = [each for each in given["layers"].split(",") if each]
        theme = _find_theme(given, portal, names, known)
        view = parse_view({**given, "theme": theme.id}, portal, known)
        view = replace(view, switched={each: each in names for each in theme.layers})
    if view.centre is not None:
        _check_within("at", given, view.centre, reach)
    return view


def _find_theme(
    given: Mapping[str, str], portal: Portal, names: Sequence[str], known: Collection[str]
) -> Theme:
    for name in names:
        if name not in known:
            raise RequestError("layers", "the portal has no such layer", value=name[:100])
    offered = [each for each in portal.themes if given.get("theme", each.id) == each.id]
    found = next((each for each in offered if set(names) <= set(each.layers)), None)
    if found is not None or not offered:
        return found or portal.themes[0]
    raise RequestError(
        "layers", "no theme has all of these layers; name a theme that has", value=given["layers"][:100]
    )


def _parse_scale(given: Mapping[str, str]) -> float | None:
    text = given.get("mpp")
    if text is None:
        return None
    metres = float(text) if _NUMBER.fullmatch(text) else 0.0
    if not _LEAST_MPP <= metres <= _MOST_MPP:
        reason = f"write metres of ground in a pixel, {_LEAST_MPP:g} to {_MOST_MPP:g}"
        raise RequestError("mpp", reason, value=text[:20])
    return metres


def _parse_box(given: Mapping[str, str], portal: Portal, reach: Envelope) -> Envelope | None:
    if "bbox" not in given:
        return None
    parts = given["bbox"].split(",")
    if len(parts) != 4:
        raise RequestError("bbox", "write west,south,east,north", value=given["bbox"][:100])
    west, south = parse_place("bbox", ",".join(parts[:2]), portal.crs)
    east, north = parse_place("bbox", ",".join(parts[2:]), portal.crs)
    if west >= east or south >= north:
        raise RequestError(
            "bbox", "west must be less than east and south less than north", value=given["bbox"][:100]
        )
    box = Envelope(west, south, east, north, portal.crs)
    is_near = reach.contains(west, south) and reach.contains(east, north)
    if not is_near or not box.intersects(portal.outline_envelope):
        raise RequestError("bbox", "it lies outside the municipality", value=given["bbox"][:100])
    return box


def _parse_point(
    name: str, given: Mapping[str, str], portal: Portal, reach: Envelope
) -> tuple[float, float] | None:
    if name not in given:
        return None
    place = parse_place(name, given[name], portal.crs)
    _check_within(name, given, place, reach)
    return place


def _check_within(name: str, given: Mapping[str, str], place: tuple[float, float], reach: Envelope) -> None:
    if not reach.contains(*place):
        raise RequestError(name, "this place lies far outside the municipality", value=given[name][:100])


def _parse_parcel(given: Mapping[str, str]) -> str | None:
    """The key of a parcel, `9001-123/4`, also when it is written `9001/123/4` or `9001 123/4`."""
    if "parcel" not in given:
        return None
    match = _PARCEL.fullmatch(given["parcel"].strip())
    if match is None:
        raise RequestError("parcel", "write KO and number, such as 9001-123/4", value=given["parcel"][:100])
    return f"{int(match[1])}-{match[2]}"


def _parse_text(name: str, given: Mapping[str, str]) -> str:
    text = given.get(name, "").strip()
    if len(text) > MAX_TEXT:
        raise RequestError(name, f"write at most {MAX_TEXT} characters", value=text[:100])
    return visible(text)
