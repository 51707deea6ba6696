"""The search box shows why something was found, what was probably meant, and how coordinates were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.looking import view_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database]


def test_a_street_is_shown_whole(open_page: Callable[..., Page]) -> None:
    """Typed without case, the typed part is set off; by keyboard the map goes to the street's extent."""
    page = open_page()
    before = page.url

    page.fill("#search-input", "ajdova ul")
    page.wait_for_selector("[role=option]")
    street = page.locator("[role=group]", has_text="Ulice in kraji").locator("[role=option]").first
    marks = street.locator("mark").all_inner_texts()
    size = street.bounding_box()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_timeout(800)

    assert marks == ["Ajdova", "ul"]
    assert size is not None
    assert size["height"] >= 44
    assert page.url != before
    assert view_of(page)["east"] == pytest.approx(555780, abs=300)
    assert page.input_value("#search-input") == "Ajdova ulica, Jelšnica"


def test_what_was_probably_meant(open_page: Callable[..., Page]) -> None:
    """Slips are forgiven and that is said, also to screen readers."""
    page = open_page()

    page.fill("#search-input", "adjova ulcia 3")
    page.wait_for_selector("[role=option]")

    assert "Ste morda mislili" in page.inner_text(".search__meant")
    assert page.locator(".search__option-title").first.inner_text().startswith("Ajdova ulica 3")
    assert "Ste morda mislili" in page.inner_text("#announcer")


def test_how_coordinates_were_read(open_page: Callable[..., Page]) -> None:
    """D48/GK is said with its accuracy; coordinates of elsewhere are not called a missing parcel."""
    page = open_page()

    page.fill("#search-input", "D48 556161 142488")
    page.wait_for_selector(".search__option-note")
    note = page.inner_text(".search__option-note")
    page.fill("#search-input", "400000 40000")
    page.wait_for_selector("#search-message:not([hidden])")

    assert "D48/GK" in note
    assert "natančnost 0," in note
    assert "ležijo zunaj občine" in page.inner_text("#search-message")
