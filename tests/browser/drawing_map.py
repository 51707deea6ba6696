"""How tests draw: the tool over a quiet part of the sample, places of the map as east and north and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

MIDDLE = (555000.0, 142000.0)
MPP = 0.5
VIEW = f"at={MIDDLE[0]},{MIDDLE[1]}&mpp={MPP}"


@dataclass(frozen=True)
class Ground:
    """Where places lie in the window while the view stands still."""

    x: float
    y: float
    mpp: float

    def pixel(self, east: float, north: float) -> tuple[float, float]:
        """The window's pixel of a place."""
        return (self.x + (east - MIDDLE[0]) / self.mpp, self.y - (north - MIDDLE[1]) / self.mpp)


def open_tool(open_page: Callable[..., Page], query: str = VIEW, **options: object) -> Page:
    """The viewer with the tool open, without snapping unless a test wants it."""
    page = open_page(f"/?{query}", **options)
    page.click(".stage__tools [aria-label='Meri in riši'], .stage__tools [aria-label='Measure and draw']")
    page.wait_for_selector("#drawing .drawing__kind")
    return page


def ground_of(page: Page) -> Ground:
    """The map's place in the window, once it stands still; the plane's scale, not the ground's."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    return Ground(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, MPP)


def drawings_in_link(page: Page) -> list[str]:
    """The `draw` parameters of the address bar, once the page no longer rewrites it."""
    return parse_qs(urlsplit(settled_address(page)).query).get("draw", [])


def settled_address(page: Page) -> str:
    """The address, once the map stands still and the page had its pause, as timed in the page."""
    page.evaluate(
        """() => new Promise((resolve) => {
            const isMoving = () => document.querySelector('.leaflet-pan-anim, .leaflet-zoom-anim') !== null;
            const wait = () => { if (isMoving()) setTimeout(wait, 50); else setTimeout(resolve, 350); };
            wait();
        })"""
    )
    return page.url


def rows(page: Page) -> list[list[str]]:
    """Name and measure of each drawing, as the table says them."""
    return [
        [cell.replace("\u00a0", " ") for cell in row.locator("th, .drawing__number").all_inner_texts()]
        for row in page.locator("#drawing tbody").first.locator("tr").all()
    ]


def type_shape(page: Page, kind: str, points: list[tuple[float, float]]) -> None:
    """Draw a shape by typing its coordinates."""
    if page.locator("#typed-points").is_hidden():
        page.click("#drawing summary >> nth=0")
    page.select_option("#typed-kind", kind)
    page.fill("#typed-points", "\n".join(f"{east:.2f}, {north:.2f}" for east, north in points))
    page.click(".drawing__typed:has(#typed-points) button")


def shapes_of(page: Page) -> list[list[tuple[float, float]]]:
    """The points of each drawing, east and north, as the link has them (docs/permalink.md, `draw`)."""
    return [points_of(code) for code in drawings_in_link(page)]


def points_of(code: str) -> list[tuple[float, float]]:
    """East and north of a drawing's code, in metres, added up from its steps to the base of 36."""
    numbers = [int(each, 36) for each in code[2:].split("~", maxsplit=1)[0].split(".")]
    east = north = 0
    points = []
    for step_east, step_north in zip(numbers[::2], numbers[1::2], strict=True):
        east, north = east + step_east, north + step_north
        points.append((east / 100, north / 100))
    return points
