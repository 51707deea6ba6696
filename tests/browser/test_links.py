"""Links, steps back, sharing, and what the page keeps to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.browser.looking import Watch, panel_heading, view_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database]


def test_link_to_a_parcel_alone_shows_it_whole(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """`?select=` is enough: the map fits the parcel, outlines it and answers for a point inside."""
    page = open_page(f"/?select=parcels:{parcel['id']}")

    assert panel_heading(page) == f"Parcela {parcel['title']}"
    assert page.locator(".leaflet-selection-pane path").count() == 2
    assert view_of(page)["mpp"] < 2
    assert abs(view_of(page)["east"] - parcel["point"]["e"]) < 100


def test_link_to_a_point_shows_what_is_around_it(open_page: Callable[..., Page], client: FlaskClient) -> None:
    """An address named by a link is shown as one that was searched: a house among its neighbours."""
    item = client.get("/ogc/collections/addresses/items?limit=1").get_json()["features"][0]

    page = open_page(f"/?select=addresses:{item['id']}")
    panel_heading(page)

    assert view_of(page)["mpp"] == pytest.approx(0.25, rel=0.01)


def test_address_bar_reproduces_the_view(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """What the address says after moving about is what a second page shows."""
    page = open_page(f"/?theme=planning&at={parcel['point']['e']},{parcel['point']['n']}&mpp=0.5")
    page.mouse.move(800, 400)
    page.mouse.down()
    page.mouse.move(700, 330, steps=5)
    page.mouse.up()
    page.wait_for_timeout(1200)
    moved = view_of(page)

    second = open_page(urlsplit(page.url)._replace(scheme="", netloc="").geturl())

    assert view_of(second) == pytest.approx(moved, abs=0.2)
    assert moved["east"] > parcel["point"]["e"] + 20


def test_back_returns_from_a_selection(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """Asking about a place is a step: back closes the answer and takes the outline away."""
    page = open_page(f"/?theme=planning&at={parcel['point']['e']},{parcel['point']['n']}&mpp=0.25")
    page.mouse.click(824, 416)
    panel_heading(page)

    page.go_back()
    page.wait_for_selector("#answer", state="hidden")

    assert page.locator(".leaflet-selection-pane path").count() == 0
    page.go_forward()
    assert panel_heading(page).startswith("Parcela")


def test_coordinates_are_copied_for_other_programs(
    open_page: Callable[..., Page], parcel: dict[str, Any]
) -> None:
    """The copied coordinates have a decimal point and no thin spaces."""
    point = parcel["point"]
    page = open_page(f"/?point={point['e']},{point['n']}", permissions=["clipboard-read", "clipboard-write"])
    panel_heading(page)

    page.click(".tool--copy >> nth=0")
    page.wait_for_timeout(300)

    assert page.evaluate("navigator.clipboard.readText()") == f"{point['e']:.2f}, {point['n']:.2f}"


def test_nothing_is_kept_and_nobody_else_is_asked(
    open_page: Callable[..., Page], watch: Watch, address: str, parcel: dict[str, Any]
) -> None:
    """No cookie, no storage, no request to another origin."""
    point = parcel["point"]
    page = open_page(f"/?theme=infrastructure&point={point['e']},{point['n']}")
    panel_heading(page)

    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    others = [url for url in watch.requests if not url.startswith((address, "data:"))]
    assert others == []
