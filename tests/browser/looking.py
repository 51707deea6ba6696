"""How tests look at a page: what went wrong in it, what the panel says, what is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page, Request

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# Parts of the built script; what a page needs at once has come when it is ready.
SCRIPT_PARTS = "**/js/part-*.js"


@dataclass
class Watch:
    """What went wrong in the pages of a test, and what they asked for."""

    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Write down errors, CSP reports and requests of a page."""
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", self._miss)

    def tiles(self) -> int:
        """How many tiles were asked for."""
        return sum(url.endswith(".mvt") for url in self.requests)

    def script_parts(self) -> int:
        """How many parts of the script were asked for."""
        return sum("/js/part-" in url for url in self.requests)

    def _hear(self, message: ConsoleMessage) -> None:
        caused_by_looking = "willReadFrequently" in message.text
        if message.type in ("error", "warning") and not caused_by_looking:
            self.faults.append(message.text)

    def _miss(self, request: Request) -> None:
        if request.failure and "ERR_ABORTED" not in request.failure:
            self.faults.append(f"{request.url}: {request.failure}")


def wait_for_tiles(page: Page) -> None:
    """Wait until no tile of the map is on its way any more."""
    page.wait_for_function(
        """() => {
            const tiles = [...document.querySelectorAll('canvas.leaflet-tile')];
            return tiles.length > 0 && tiles.every((tile) => tile.classList.contains('leaflet-tile-loaded'));
        }"""
    )
    page.wait_for_timeout(350)


def panel_heading(page: Page) -> str:
    """The heading of the finished answer."""
    page.wait_for_selector("#answer:not([aria-busy]) .answer__section")
    return page.inner_text("#answer-heading")


def resting_box(page: Page, selector: str) -> dict[str, float]:
    """Where an element is, once it has stood still for a while: the map may be flying, or the sheet rising."""
    before: dict[str, float] | None = None
    for _ in range(50):
        now = page.locator(selector).bounding_box()
        if now is not None and now == before:
            return dict(now)
        before = dict(now) if now is not None else None
        page.wait_for_timeout(400)
    msg = f"{selector} did not come to rest"
    raise AssertionError(msg)


def view_of(page: Page) -> dict[str, float]:
    """East, north and scale of the address bar."""
    page.wait_for_timeout(400)
    east, north, scale = page.evaluate(
        """() => {
            const query = new URLSearchParams(location.search);
            return [...query.get('at').split(','), query.get('mpp')].map(Number);
        }"""
    )
    return {"east": east, "north": north, "mpp": scale}


def colours_on_map(page: Page) -> int:
    """How many different colours the tiles show, counted coarsely: what is drawn, told by its effect."""
    return int(
        page.evaluate(
            """() => {
                const seen = new Set();
                for (const tile of document.querySelectorAll('canvas.leaflet-tile')) {
                    const pixels = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data;
                    for (let at = 0; at < pixels.length; at += 52) {
                        seen.add((pixels[at] >> 4) * 256 + (pixels[at + 1] >> 4) * 16 + (pixels[at + 2] >> 4));
                    }
                }
                return seen.size;
            }"""
        )
    )
