"""A map as code for a page of another site: a frame, the component, or a picture with a link. Pure.

The frame is `Frame.html`, which is also what `/oembed` answers; the other two say in their own form what its
address says, and are written by the same `write_element`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from viewer.embedding import SAFE_IN_QUERY, write_element

if TYPE_CHECKING:
    from viewer.embedding import Frame, Widget

# Attributes of <prostor-map> that are called as in the address; `layers` says `on` and `off` in one.
_ALIKE = ("theme", "parcel", "address", "bbox", "marker", "text", "lang", "controls")
# Of those that a frame's address may have, pictures know all but the buttons.
_NOT_IN_PICTURES = ("controls",)
MOST_PICTURE_WIDTH, MOST_PICTURE_HEIGHT = 1280, 1280


@dataclass(frozen=True)
class Code:
    """What is pasted, and the line that a strict policy of the page around has to have (CSP Level 3)."""

    name: str
    text: str
    policy: str


def write_frame(frame: Frame, root: str) -> Code:
    """The plain frame."""
    return Code("frame", frame.html, f"frame-src {_origin(root)}")


def write_component(frame: Frame, root: str, widget: Widget, *, poster: bool) -> Code:
    """`<prostor-map>` and its script with integrity; a link stands inside for readers without scripts.

    With `poster` the map comes when the reader asks for it.
    """
    origin, said = _origin(root), dict(parse_qsl(urlsplit(frame.address).query))
    script = {
        "type": "module",
        "src": f"{root}/widget/{widget.release}.js",
        "integrity": widget.integrity,
        "crossorigin": "",
    }
    on, off = (said[name].split(",") if said.get(name) else [] for name in ("on", "off"))
    layers = {"layers": ",".join([*on, *(f"-{each}" for each in off)])} if on or off else {}
    alike = {name: said[name] for name in _ALIKE if name in said}
    size = {"height": str(frame.height), "title": frame.title, **({"poster": ""} if poster else {})}
    link = write_element("a", {"href": frame.address}, escape(frame.title))
    text = f"{write_element('script', script)}\n{write_element('prostor-map', alike | layers | size, link)}"
    return Code("component", text, f"frame-src {origin}; script-src {origin}")


def write_picture(frame: Frame, root: str) -> Code:
    """A picture that leads to the map: no script, no frame; also for e-mail."""
    small = replace(
        frame, width=min(frame.width, MOST_PICTURE_WIDTH), height=min(frame.height, MOST_PICTURE_HEIGHT)
    )
    said = [pair for pair in parse_qsl(urlsplit(frame.address).query) if pair[0] not in _NOT_IN_PICTURES] + [
        ("width", str(small.width)),
        ("height", str(small.height)),
    ]
    picture = {
        "src": f"{root}/static-map.png?{urlencode(said, safe=SAFE_IN_QUERY)}",
        "alt": frame.title,
        "width": str(small.width),
        "height": str(small.height),
        "loading": "lazy",
        "referrerpolicy": "strict-origin-when-cross-origin",
    }
    link = {"href": frame.address, "hreflang": frame.language}
    return Code("picture", write_element("a", link, write_element("img", picture)), f"img-src {_origin(root)}")


def _origin(root: str) -> str:
    parts = urlsplit(root)
    return f"{parts.scheme}://{parts.netloc}"
