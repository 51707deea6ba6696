"""The pages of parcels in a browser: accessible, on any width, without JavaScript, and reached from the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.accessibility import faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database]


@pytest.fixture
def path(parcel: dict[str, Any]) -> str:
    """The page of a parcel in the middle of the town."""
    return f"/parcels/{parcel['id'].replace('-', '/', 1)}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_axe_finds_nothing(open_page: Callable[..., Page], path: str, query: str, scheme: str) -> None:
    """The answer, in both languages and both schemes."""
    assert faults(open_page(path + query, ready=False, color_scheme=scheme)) == []


def test_axe_finds_nothing_where_parcels_are_found(open_page: Callable[..., Page]) -> None:
    """The search, before and after."""
    assert faults(open_page("/parcels", ready=False)) == []
    assert faults(open_page("/parcels?q=trg%201", ready=False)) == []


def test_nothing_is_cut_on_a_narrow_screen(open_page: Callable[..., Page], path: str) -> None:
    """At 320 pixels nobody has to scroll sideways, and axe is still content."""
    page = open_page(path, ready=False, viewport={"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate("document.body.scrollWidth") == 320
    assert faults(page) == []


def test_from_a_number_to_the_answer_without_javascript(
    open_page: Callable[..., Page], parcel: dict[str, Any]
) -> None:
    """Typing a number and pressing Enter is enough; a theme is reached from the summary by keyboard."""
    page = open_page("/parcels", ready=False, java_script_enabled=False)
    ko, number = parcel["id"].split("-", 1)

    page.get_by_role("textbox").fill(f"{number} k.o. {ko}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/parcels/{ko}/{number}*")
    page.get_by_role("link", name="Namenska raba prostora").first.focus()
    page.keyboard.press("Enter")

    assert page.inner_text("h1").startswith(f"Parcela {number}, k. o. {ko}")
    assert page.url.endswith("#p1-zoning")


def test_from_the_map_to_the_answer(open_page: Callable[..., Page], parcel: dict[str, Any], path: str) -> None:
    """The panel of a parcel leads to its page, and the page back to the parcel on the map."""
    page = open_page(f"/?select=parcels:{parcel['id']}")
    page.get_by_role("link", name="Kaj velja na tej parceli").click()
    page.wait_for_url(f"**{path}")

    page.get_by_role("link", name="Odpri na zemljevidu").click()

    page.wait_for_selector("body.is-ready")
    assert f"select=parcels:{parcel['id']}" in page.url


def test_the_map_has_its_scale_on_paper(open_page: Callable[..., Page], path: str) -> None:
    """Printed, the drawing is as wide as its pixels say: 680 CSS pixels are 179.9 mm."""
    page = open_page(path, ready=False)
    page.emulate_media(media="print")

    box = page.locator(".parcel-map__drawing").bounding_box()

    assert box is not None
    assert abs(box["width"] - 680) < 2.5
