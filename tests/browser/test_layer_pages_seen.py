"""The pages about layers in a browser: reached from the map, accessible, on any width, without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database]


@pytest.mark.parametrize("path", ["/layers", "/layers/parcels", "/layers/zoning?lang=en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: Callable[..., Page], path: str, scheme: str) -> None:
    """List and layer, in both languages and both schemes."""
    assert faults(open_page(path, ready=False, color_scheme=scheme)) == []


@pytest.mark.parametrize("path", ["/layers", "/layers/zoning"])
def test_nothing_is_cut_on_a_narrow_screen(open_page: Callable[..., Page], path: str) -> None:
    """At 320 pixels nobody has to scroll sideways, and axe is still content."""
    page = open_page(path, ready=False, viewport={"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate("document.body.scrollWidth") == 320
    assert faults(page) == []


def test_rows_keep_their_meaning_when_stacked(open_page: Callable[..., Page]) -> None:
    """On a phone the cells stand below each other, and a screen reader still finds rows with a header."""
    page = open_page("/layers/parcels", ready=False, viewport={"width": 390, "height": 844})
    row = page.get_by_role("table").first.get_by_role("row").nth(1)

    assert row.get_by_role("rowheader").count() == 1
    assert row.get_by_role("cell").count() == 4


def test_the_way_from_the_map_and_back(open_page: Callable[..., Page]) -> None:
    """Details of a layer in the map's list lead to its page, and from there a theme leads back."""
    page = open_page("/?theme=planning")
    row = page.locator("[data-layer=zoning]")
    row.locator("summary").first.click()
    row.get_by_role("link", name="Več o sloju").click()
    page.wait_for_url("**/layers/zoning")
    assert page.inner_text("h1") == "Namenska raba prostora"

    page.get_by_role("link", name="Prostorski načrt").click()

    page.wait_for_selector("body.is-ready")
    assert "theme=planning" in page.url


def test_a_long_legend_opens_by_keyboard(open_page: Callable[..., Page]) -> None:
    """The first entries are there at once, the rest opens with Enter, without JavaScript."""
    page = open_page("/layers/zoning", ready=False, java_script_enabled=False)
    rest = page.locator(".legend-rest")
    before = page.locator(".legend-line:visible").count()

    rest.locator("summary").focus()
    page.keyboard.press("Enter")

    assert before == 8
    assert page.locator(".legend-line:visible").count() > 20
