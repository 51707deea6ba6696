"""What other sites put into their pages: the widget's releases, the frame's code, and oEmbed answers.

A release of the widget is a file under `widget/released/`, named by its hash and never changed or removed, for
pages of others name it with its integrity. `scripts/release_widget.py` adds one. Pure but for reading them.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from gis.errors import ConfigurationError, NotFoundError, RequestError
from viewer.wording import read_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.portal import Portal

SOURCE = Path(__file__).parent / "widget" / "prostor-map.js"
RELEASED = Path(__file__).parent / "widget" / "released"
SANDBOX = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"
# What the address of a frame may say: the grammar of links (docs/permalink.md), and what is for frames only.
PARAMETERS = (
    *("lang", "theme", "at", "mpp", "on", "off", "opacity", "labels", "nolabels", "order", "select", "point"),
    *("grid", "base", "parcels", "draw", "parcel", "address", "bbox", "marker", "text", "controls"),
)
DEFAULT_WIDTH, DEFAULT_HEIGHT = 800, 500
# What previews of links are best at; larger pictures are cut or made smaller.
PREVIEW_SIZE = (1200, 630)
_LARGEST_THUMBNAIL = 1280
LEAST_SIDE, MOST_SIDE = 200, 4000
# As addresses are read aloud: what need not be percent-encoded in a query.
SAFE_IN_QUERY = ",:/*"
_WITHOUT_CONTENT = ("img",)
_NAME_LENGTH = 12


@dataclass(frozen=True)
class Widget:
    """One release: its name, what it is, and its integrity as a page writes it (SRI, section 3.5)."""

    release: str
    content: bytes
    integrity: str


@dataclass(frozen=True)
class Frame:
    """A frame in a page: address of the embedded map, title for screen readers, CSS pixels."""

    address: str
    title: str
    language: str
    width: int = DEFAULT_WIDTH
    height: int = DEFAULT_HEIGHT
    is_full_width: bool = False

    @property
    def html(self) -> str:
        """The frame as HTML: lazy, titled, sandboxed, and never wider than there is room."""
        locates = "locate" in dict(parse_qsl(urlsplit(self.address).query)).get("controls", "").split(",")
        attributes = {
            "src": self.address,
            "title": self.title,
            "lang": self.language,
            "width": "100%" if self.is_full_width else str(self.width),
            "height": str(self.height),
            "loading": "lazy",
            "referrerpolicy": "strict-origin-when-cross-origin",
            "sandbox": SANDBOX,
            "allow": "fullscreen; geolocation" if locates else "fullscreen",
            "style": "border:0;max-width:100%",
        }
        return write_element("iframe", attributes)


@dataclass(frozen=True)
class Shared:
    """The address of a page as it is shared, its oEmbed answer (oEmbed 1.0, section 4), and a picture of it."""

    address: str
    oembed: str
    picture: str


def read_widgets(folder: Path = RELEASED) -> Mapping[str, Widget]:
    """Every release by name. Raises ConfigurationError when a file is not what its name says."""
    widgets = {}
    for path in sorted(folder.glob("*.js")):
        content = path.read_bytes()
        if name_release(content) != path.stem:
            raise ConfigurationError(
                f"The file {path.name} of the widget's releases was changed; restore it from the sources."
            )
        digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
        widgets[path.stem] = Widget(path.stem, content, f"sha384-{digest}")
    return widgets


def name_release(content: bytes) -> str:
    """The name of a release: the beginning of its SHA-256, 12 hex digits."""
    return hashlib.sha256(content).hexdigest()[:_NAME_LENGTH]


def find_current(widgets: Mapping[str, Widget]) -> Widget:
    """The release that is the present source. Raises ConfigurationError when it was not released."""
    name = name_release(SOURCE.read_bytes())
    if name not in widgets:
        raise ConfigurationError("The widget's source is not released: run scripts/release_widget.py.")
    return widgets[name]


def write_element(name: str, attributes: Mapping[str, str], content: str = "") -> str:
    """An element of a page of somebody else. Values are escaped; `content` is HTML."""
    written = "".join(f' {key}="{escape(value)}"' if value else f" {key}" for key, value in attributes.items())
    return f"<{name}{written}>" + ("" if name in _WITHOUT_CONTENT else f"{content}</{name}>")


def name_frame(portal: Portal, address: str, language: str) -> str:
    """What a frame shows, for screen readers: a parcel, a theme, or the whole map; and whose it is."""
    said = dict(parse_qsl(urlsplit(address).query))
    theme = next((each for each in portal.themes if each.id == said.get("theme")), portal.themes[0])
    shown = theme.title.in_language(language)
    if "parcel" in said:
        number = said["parcel"].replace("-", " ", 1)[:60]
        shown = read_texts(language)["answer.parcel_title"].format(number=number)
    return f"{shown} – {portal.municipality.name.in_language(language)}"


def frame_address(shared: str, root: str) -> str:
    """The address of the frame that shows what a shared address shows.

    `shared` is an address of the viewer, the embedded map or a parcel's page. Only parameters we know go on.
    Raises RequestError for an address elsewhere, NotFoundError for one of ours that cannot be framed.
    """
    parts, ours = urlsplit(shared), urlsplit(root)
    if (parts.scheme, parts.netloc) != (ours.scheme, ours.netloc) or not parts.path.startswith(ours.path):
        raise RequestError("url", f"give an address of {root}/", value=shared[:200])
    query = [(name, value) for name, value in parse_qsl(parts.query) if name in PARAMETERS]
    path = parts.path.removeprefix(ours.path).rstrip("/")
    if path.startswith("/parcels/"):
        first = path.removeprefix("/parcels/").split(",")[0]
        query = [*(pair for pair in query if pair[0] == "lang"), ("parcel", first.replace("/", "-", 1))]
    elif path not in ("", "/embed"):
        raise NotFoundError("There is no map to embed at this address.")
    return f"{root}/embed" + (f"?{urlencode(query, safe=SAFE_IN_QUERY)}" if query else "")


def find_shared(root: str, path: str, query: str) -> Shared | None:
    """How a page is shared that can be framed; None for others, and when we do not know our address."""
    if not root or not (path == "/" or path.startswith("/parcels/")):
        return None
    known = [(name, value) for name, value in parse_qsl(query) if name in PARAMETERS]
    address = f"{root}{path}" + (f"?{urlencode(known, safe=SAFE_IN_QUERY)}" if known else "")
    oembed = f"{root}/oembed?{urlencode({'url': address})}"
    return Shared(address, oembed, picture_address(frame_address(address, root), *PREVIEW_SIZE))


def picture_address(frame: str, width: int, height: int) -> str:
    """The address of a picture of what a frame shows, in CSS pixels; `frame` is one of `frame_address`."""
    place, _, query = frame.partition("?")
    known = [pair for pair in parse_qsl(query) if pair[0] != "controls"]
    size = [("width", str(width)), ("height", str(height))]
    return f"{place.removesuffix('/embed')}/static-map.png?{urlencode([*known, *size], safe=SAFE_IN_QUERY)}"


def build_oembed(frame: Frame, root: str, provider: str) -> dict[str, Any]:
    """The answer of oEmbed 1.0, section 2.3.4.4 (rich)."""
    thumbnail = (min(frame.width, _LARGEST_THUMBNAIL), min(frame.height, _LARGEST_THUMBNAIL))
    return {
        "version": "1.0",
        "type": "rich",
        "title": frame.title,
        "provider_name": provider,
        "provider_url": f"{root}/",
        "cache_age": 86_400,
        "width": frame.width,
        "height": frame.height,
        "html": frame.html,
        "thumbnail_url": picture_address(frame.address, *thumbnail),
        "thumbnail_width": thumbnail[0],
        "thumbnail_height": thumbnail[1],
    }


def fit_size(name: str, text: str | None, usual: int) -> int:
    """A side in CSS pixels that is at most what the asker has room for. Raises RequestError."""
    if text is None:
        return usual
    if not text.isascii() or not text.isdigit() or int(text) < LEAST_SIDE:
        raise RequestError(name, f"write whole pixels, at least {LEAST_SIDE}", value=text[:20])
    return min(usual, int(text), MOST_SIDE)
