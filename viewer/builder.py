"""What somebody chose on `/embed/builder`: read from the form's query, and made into the frame that shows it.

Forgiving: what cannot be read is named beside its field and left out of the code. Pure; no Flask.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from gis.errors import RequestError
from viewer.embedding import (
    LEAST_SIDE,
    MOST_SIDE,
    SAFE_IN_QUERY,
    Frame,
    frame_address,
    name_frame,
)
from viewer.permalink import parse_place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layers.portal import Portal, Theme

# As in static/js/state/embed-options.js; a test holds them together.
CONTROLS = ("zoom", "home", "locate", "scale", "text")
USUAL_CONTROLS = ("zoom", "home", "scale", "text")
BEGINNINGS = ("usual", "parcel", "address", "extent")
# Frames as wide as a phone, as the text of a page, as whatever they stand in, and as somebody says.
WIDTHS = {"phone": 360, "column": 640, "full": 1000, "own": 800}
USUAL_SIZE, USUAL_HEIGHT = "column", 480
MAX_TEXT = 200

_TYPED = ("parcel", "address", "bbox", "marker", "text", "title")
_PARCEL = re.compile(r"(\d{1,4})[-/ ](\*?\d+(?:/\d+)?)")
_PIXELS = re.compile(r"\d{1,5}")
_PLACE = r"-?\d{1,9}(?:\.\d{1,9})?,-?\d{1,9}(?:\.\d{1,9})?"
_BOX = re.compile(rf"({_PLACE}),({_PLACE})")


@dataclass(frozen=True)
class Choice:
    """Everything the form says. `layers` are those that are switched on; `beginning` is one of BEGINNINGS.

    `parcel`, `address`, `bbox`, `marker`, `text` and `title` are as typed; `wrong` names the fields among them
    that cannot be read.
    """

    theme: Theme
    layers: tuple[str, ...]
    beginning: str
    parcel: str
    address: str
    bbox: str
    marker: str
    text: str
    title: str
    language: str
    controls: tuple[str, ...]
    is_poster: bool
    size: str
    width: int
    height: int
    wrong: tuple[str, ...]

    def query(self) -> dict[str, str]:
        """What the address of the frame says, in its grammar (docs/guides/embed-parameters.en.md)."""
        hidden = self.theme.hidden
        said = {
            "theme": self.theme.id,
            "on": ",".join(each for each in self.layers if each in hidden),
            "off": ",".join(each for each in self.theme.layers if each not in (*self.layers, *hidden)),
            **self._begins(),
            "controls": "" if self.controls == USUAL_CONTROLS else ",".join(self.controls) or "none",
            "lang": self.language,
        }
        return {name: value for name, value in said.items() if value}

    def _begins(self) -> dict[str, str]:
        beginnings = {"parcel": self.parcel, "address": self.address, "extent": self.bbox}
        name = "bbox" if self.beginning == "extent" else self.beginning
        said = {name: beginnings[self.beginning]} if self.beginning in beginnings else {}
        if self.marker:
            said |= {"marker": self.marker, "text": self.text if "marker" not in self.wrong else ""}
        return {name: value for name, value in said.items() if name not in self.wrong}


def parse_choice(
    given: Mapping[str, str], ticked: Sequence[str] | None, portal: Portal, language: str
) -> Choice:
    """The choice of a query; `ticked` are the layers of the form, None when the theme's own are to be shown.

    Beside the form's fields it knows those of a link to the viewer: `on`, `off`, `select`, `at` with `mpp`.
    """
    theme = next((each for each in portal.themes if each.id == given.get("theme")), portal.themes[0])
    texts = {name: _clip(given.get(name, "")) for name in _TYPED}
    texts |= {name: texts[name].replace(", ", ",") for name in ("bbox", "marker")}
    texts["parcel"] = texts["parcel"] or _selected_parcel(given, portal)
    size = given.get("size") if given.get("size") in WIDTHS else USUAL_SIZE
    width = _pixels(given.get("width"), WIDTHS["own"]) if size == "own" else WIDTHS[str(size)]
    texts["bbox"] = texts["bbox"] or _box_of_view(given, portal, width)
    return Choice(
        theme=theme,
        layers=tuple(each for each in theme.layers if each in ticked)
        if ticked is not None
        else _shown(theme, given),
        beginning=_find_beginning(given, texts),
        language=given["speaks"] if given.get("speaks") in portal.languages else language,
        controls=_controls(given),
        is_poster="poster" in given,
        size=str(size),
        width=width,
        height=_pixels(given.get("height"), USUAL_HEIGHT),
        wrong=tuple(name for name, check in _checks(portal).items() if texts[name] and not check(texts[name])),
        **(texts | {"parcel": _tidy_parcel(texts["parcel"])}),
    )


def build_frame(choice: Choice, portal: Portal, root: str) -> Frame:
    """The frame that shows what was chosen."""
    address = frame_address(f"{root}/embed?{urlencode(choice.query(), safe=SAFE_IN_QUERY)}", root)
    title = choice.title or name_frame(portal, address, choice.language)
    return Frame(
        address, title, choice.language, choice.width, choice.height, is_full_width=choice.size == "full"
    )


def _checks(portal: Portal) -> Mapping[str, Callable[[str], Any]]:
    return {
        "parcel": lambda text: _PARCEL.fullmatch(text.strip()),
        "bbox": lambda text: _is_box(text, portal.crs),
        "marker": lambda text: _is_place(text, portal.crs),
    }


def _is_place(text: str, srid: int) -> bool:
    try:
        parse_place("marker", text, srid)
    except RequestError:
        return False
    return True


def _is_box(text: str, srid: int) -> bool:
    match = _BOX.fullmatch(text)
    if match is None or not all(_is_place(each, srid) for each in match.groups()):
        return False
    west, south, east, north = (float(each) for each in text.split(","))
    return west < east and south < north


def _tidy_parcel(text: str) -> str:
    match = _PARCEL.fullmatch(text)
    return f"{int(match[1])}-{match[2]}" if match else text


def _selected_parcel(given: Mapping[str, str], portal: Portal) -> str:
    """The parcel that a link to the viewer selects."""
    layer, _, key = given.get("select", "").partition(":")
    roles = {each.id: each.role for each in portal.read_manifests()} if key else {}
    return _clip(key) if roles.get(layer) == "parcels" else ""


def _box_of_view(given: Mapping[str, str], portal: Portal, width: int) -> str:
    """What a link with `at` and `mpp` shows in a frame so wide and of the usual height; in whole metres."""
    try:
        east, north = parse_place("at", given.get("at", ""), portal.crs)
        scale = min(max(float(given.get("mpp", "")), 0.01), 2000.0)
    except (RequestError, ValueError):
        return ""
    across, up = scale * width / 2, scale * USUAL_HEIGHT / 2
    return f"{east - across:.0f},{north - up:.0f},{east + across:.0f},{north + up:.0f}"


def _find_beginning(given: Mapping[str, str], texts: Mapping[str, str]) -> str:
    if given.get("begin") in BEGINNINGS:
        return given["begin"]
    named = {"parcel": "parcel", "address": "address", "bbox": "extent"}
    return next((beginning for name, beginning in named.items() if texts[name]), "usual")


def _shown(theme: Theme, given: Mapping[str, str]) -> tuple[str, ...]:
    on, off = (given.get(name, "").split(",") for name in ("on", "off"))
    return tuple(each for each in theme.layers if each in on or (each not in theme.hidden and each not in off))


def _controls(given: Mapping[str, str]) -> tuple[str, ...]:
    if "controls" not in given:
        return USUAL_CONTROLS
    asked = given["controls"].split(",")
    return tuple(each for each in CONTROLS if each in asked)


def _pixels(text: str | None, usual: int) -> int:
    if text is None or not text.isascii() or not _PIXELS.fullmatch(text):
        return usual
    return min(max(int(text), LEAST_SIDE), MOST_SIDE)


def _clip(text: str) -> str:
    return " ".join(text.split())[:MAX_TEXT]
