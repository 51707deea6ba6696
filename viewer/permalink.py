"""The grammar of links to a view (docs/permalink.md), read on the server.

Its twin `static/js/state/permalink.js` leaves out what it cannot read and shows the rest. A sheet of paper is
kept for years, so here the first parameter that is wrong is an error.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis import crs
from gis.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from layers.portal import Portal, Theme

# What a link may say beside these does not concern a drawing: the nearest step of a screen, or its panels.
VIEW_PARAMETERS = (
    *("lang", "theme", "at", "on", "off", "labels", "nolabels", "order"),
    *("opacity", "select", "parcels", "base"),
)
OTHER_PARAMETERS = ("mpp", "point", "grid")

_MAX_NAMES = 100
_MAX_SELECTED = 500
_MAX_KEY = 500
_NUMBER = r"-?\d{1,9}(?:\.\d{1,9})?"
_PLACE = re.compile(rf"({_NUMBER}),({_NUMBER})")
_SHARE = re.compile(r"\d{1,3}(?:\.\d{1,9})?")
_FEATURE = re.compile(r"([a-z0-9-]{1,64}):(.+)", re.DOTALL)


@dataclass(frozen=True)
class Selected:
    """A feature by its layer and key; `layer` is None for a parcel by KO and number."""

    layer: str | None
    key: str


@dataclass(frozen=True)
class View:
    """What a link shows. `centre` is east and north in the portal's CRS, in metres; None when not given.

    `switched` and `labelled` say of layers what is otherwise than the theme and their styles begin with.
    """

    language: str
    theme: Theme
    centre: tuple[float, float] | None
    switched: Mapping[str, bool]
    labelled: Mapping[str, bool]
    order: tuple[str, ...]
    opacities: Mapping[str, float]
    selected: tuple[Selected, ...] = ()
    base: str | None = None

    def visible_layers(self) -> tuple[str, ...]:
        """The theme's layers that are switched on, from the bottom of the drawing upwards."""
        hidden = self.theme.hidden
        return tuple(each for each in self._layers_in_order() if self.switched.get(each, each not in hidden))

    def _layers_in_order(self) -> Iterator[str]:
        """Layers that `order` names change places among each other; others stay where the theme has them."""
        layers = self.theme.layers
        moved = iter([each for each in self.order if each in layers])
        return (next(moved) if each in self.order else each for each in layers)


def parse_view(given: Mapping[str, str], portal: Portal, known: Collection[str]) -> View:
    """The view of a link's parameters; `known` are the portal's layers. Raises RequestError."""
    return View(
        language=_parse_choice("lang", given, portal.languages),
        theme=_parse_theme(given, portal),
        centre=parse_place("at", given["at"], portal.crs) if "at" in given else None,
        switched=_two_lists("on", "off", given, known),
        labelled=_two_lists("labels", "nolabels", given, known),
        order=tuple(dict.fromkeys(_names("order", given, known))),
        opacities=dict(_parse_opacities(given, known)),
        selected=(*_parse_select(given, known), *_parse_parcels(given)),
        base=_parse_base(given, portal),
    )


def parse_place(parameter: str, text: str, srid: int) -> tuple[float, float]:
    """`east,north` in metres or `longitude,latitude` in degrees, told apart by size, in the CRS `srid`."""
    match = _PLACE.fullmatch(text)
    if match is None:
        raise RequestError(parameter, "write east,north in metres or longitude,latitude", value=text[:100])
    x, y = float(match[1]), float(match[2])
    if abs(x) > 180 or abs(y) > 90:
        return x, y
    try:
        east, north = crs.transform(crs.WGS84, srid, x, y)
    except crs.ProjError:
        east = north = math.inf
    if not math.isfinite(east) or not math.isfinite(north):
        raise RequestError(parameter, "this place lies outside the area of the portal's CRS", value=text[:100])
    return float(east), float(north)


def _parse_choice(name: str, given: Mapping[str, str], choices: Collection[str]) -> str:
    asked = given.get(name, next(iter(choices)))
    if asked not in choices:
        raise RequestError(name, f"choose one of {', '.join(choices)}", value=asked[:100])
    return asked


def _parse_theme(given: Mapping[str, str], portal: Portal) -> Theme:
    themes = {each.id: each for each in portal.themes}
    return themes[_parse_choice("theme", given, tuple(themes))]


def _parse_base(given: Mapping[str, str], portal: Portal) -> str | None:
    return _parse_choice("base", given, [each.id for each in portal.base_maps]) if "base" in given else None


def _split(name: str, given: Mapping[str, str]) -> list[str]:
    found = given[name].split(",") if given.get(name) else []
    if len(found) > _MAX_NAMES:
        raise RequestError(name, f"at most {_MAX_NAMES} layers")
    return found


def _two_lists(on: str, off: str, given: Mapping[str, str], known: Collection[str]) -> dict[str, bool]:
    named = ((on, True), (off, False))
    return {name: value for parameter, value in named for name in _names(parameter, given, known)}


def _names(name: str, given: Mapping[str, str], known: Collection[str]) -> list[str]:
    found = _split(name, given)
    for each in found:
        _check_layer(name, each, known)
    return found


def _check_layer(parameter: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise RequestError(parameter, "the portal has no such layer", value=name[:100])


def _parse_opacities(given: Mapping[str, str], known: Collection[str]) -> Iterator[tuple[str, float]]:
    for pair in _split("opacity", given):
        name, _, share = pair.partition(":")
        _check_layer("opacity", name, known)
        if not _SHARE.fullmatch(share) or float(share) > 1:
            raise RequestError("opacity", "write layer:share, a share from 0 to 1", value=pair[:100])
        yield name, float(share)


def _parse_select(given: Mapping[str, str], known: Collection[str]) -> Iterator[Selected]:
    if not given.get("select"):
        return
    match = _FEATURE.fullmatch(given["select"])
    if match is None or len(match[2]) > _MAX_KEY:
        raise RequestError("select", "write layer:id", value=given["select"][:100])
    _check_layer("select", match[1], known)
    yield Selected(match[1], match[2])


def _parse_parcels(given: Mapping[str, str]) -> Iterator[Selected]:
    """`KO:number,number;KO:number`; the key of a parcel is its KO, a hyphen and its number."""
    groups = [each.partition(":") for each in given.get("parcels", "").split(";") if each]
    found = [(ko, number) for ko, _, numbers in groups for number in numbers.split(",")]
    if len(found) > _MAX_SELECTED:
        raise RequestError("parcels", f"at most {_MAX_SELECTED} parcels")
    for ko, number in found:
        if not ko or not number or len(ko) + len(number) > _MAX_KEY:
            raise RequestError("parcels", "write KO:number,number;KO:number", value=given["parcels"][:100])
        yield Selected(None, f"{ko}-{number}")
