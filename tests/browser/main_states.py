"""The main states of the viewer, each with the way into it: for tests and pictures that look at all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.looking import panel_heading, wait_for_tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

PLACE = "at=556090,142650&mpp=0.5"
PARCELS = "9001:1104/1,1104/2,1104/3"


@dataclass(frozen=True)
class MainState:
    """An address of the viewer, and what is done there; `covers` when it hides other controls on purpose."""

    name: str
    path: str
    enter: Callable[[Page], object]
    covers: bool = False


def enter(page: Page, state: MainState, address: str) -> None:
    """Go there and wait until nothing moves any more."""
    page.unroute_all()
    page.goto(address + state.path)
    page.wait_for_selector("body.is-ready")
    wait_for_tiles(page)
    state.enter(page)


def _begin(page: Page) -> None:
    """As the page opens."""


def _search(text: str, until: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.fill("#search-input", text)
        page.wait_for_selector(until)

    return act


def _open_layer(page: Page) -> None:
    page.locator("[data-layer=zoning] .layer__summary").press("Enter")
    page.wait_for_selector("[data-layer=zoning] .layer__details", state="visible")


def _fail(page: Page) -> None:
    """One layer is silent and the tiles of another theme do not come."""

    def leave_out(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, "x-layers-missing": "sewer"})

    page.route("**/*.mvt", leave_out)
    page.locator("[value=infrastructure]").check(force=True)
    page.wait_for_selector("[data-layer=sewer].layer--missing")


def _press(tool: int, until: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.locator("#map-tools .tool").nth(tool).press("Enter")
        page.wait_for_selector(until, state="attached")

    return act


def _measure(page: Page) -> None:
    """Two points of a line, the third not yet."""
    _press(4, "#drawing .drawing__kind")(page)
    page.locator(".drawing__kind").nth(1).press("Enter")
    for key in ("Enter", "ArrowRight", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(350)
    page.wait_for_selector(".pen-bar")


def _share(page: Page) -> None:
    page.locator("#share").press("Enter")
    page.wait_for_function("() => document.querySelector('.sharing__picture')?.naturalWidth > 0")


STATES = (
    MainState("begin", "/?theme=planning", _begin),
    MainState("layer", f"/?theme=planning&{PLACE}", _open_layer),
    MainState("found", f"/?{PLACE}", _search("9001 110", "[role=option]"), covers=True),
    MainState("meant", f"/?{PLACE}", _search("adjova ulcia 3", ".search__meant"), covers=True),
    MainState("not found", f"/?{PLACE}", _search("400000 40000", "#search-message:not([hidden])"), covers=True),
    MainState("answer", f"/?theme=planning&{PLACE}&select=parcels:9001-1104/3", panel_heading),
    MainState(
        "gone",
        "/?select=parcels:9001-99999/9",
        lambda page: page.wait_for_selector("#answer:not([aria-busy]) .answer__problem"),
    ),
    MainState("failing", f"/?theme=planning&{PLACE}", _fail),
    MainState(
        "selecting",
        f"/?theme=cadastre&parcels={PARCELS}",
        lambda page: page.wait_for_selector("#selecting table"),
    ),
    MainState("measuring", f"/?theme=cadastre&{PLACE}", _measure, covers=True),
    MainState("drawn", "/?draw=l0x1k2o.8gcsg.2s0.-1e~Pot", _press(4, "#drawing .drawing__table")),
    MainState("printing", f"/?theme=planning&{PLACE}", _press(5, "path.print-frame")),
    MainState("sharing", f"/?theme=planning&{PLACE}", _share),
)
