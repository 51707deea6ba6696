"""A citizen's five seconds: type a parcel number, see it outlined, read its zone."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.looking import panel_heading, view_of, wait_for_tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.database]


def test_typed_parcel_is_shown_and_outlined(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """A parcel number is typed in haste; the map goes there, outlines it, the panel names it and its zone."""
    page = open_page()

    page.focus("#search-input")
    page.keyboard.type(parcel["title"])
    page.keyboard.press("Enter")

    assert panel_heading(page) == f"Parcela {parcel['title']}"
    assert page.locator(".leaflet-selection-pane path").count() == 2
    assert abs(view_of(page)["east"] - parcel["point"]["e"]) < 60
    assert abs(view_of(page)["north"] - parcel["point"]["n"]) < 60
    assert page.locator("[data-section=zone] .zone__words").first.inner_text() != ""
    assert page.locator("#search-results").is_hidden()


def test_return_is_not_lost_while_the_answer_is_slow(
    open_page: Callable[..., Page], parcel: dict[str, Any]
) -> None:
    """The pause after the last letter ends while the answer is on its way; it is not asked for again."""
    page = open_page()
    asked: list[str] = []

    def answer_slowly(route: Route) -> None:
        asked.append(route.request.url)
        time.sleep(0.6)
        route.continue_()

    page.route("**/search?**", answer_slowly)
    page.fill("#search-input", parcel["title"])
    page.keyboard.press("Enter")

    assert panel_heading(page) == f"Parcela {parcel['title']}"
    assert len(asked) == 1


def test_click_shows_where_what_and_whence(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """A click answers with coordinates in both systems, parcel, zone, utilities and sources."""
    point = parcel["point"]
    page = open_page(f"/?theme=planning&at={point['e']},{point['n']}&mpp=0.25")
    box = page.locator("#map").bounding_box()
    assert box is not None

    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    assert panel_heading(page) == f"Parcela {parcel['title']}"
    place = re.sub(r"\s", "", page.inner_text("[data-section=place]"))
    told = re.search(r"e([0-9]+,[0-9]+)", place)
    assert told is not None
    assert abs(float(told[1].replace(",", ".")) - point["e"]) < 1
    assert "°N" in place
    assert page.locator("[data-section=zone] .zone").count() >= 1
    assert page.locator("[data-section=utilities]").count() == 1
    page.click(".sources summary")
    assert "stanje" in page.inner_text(".sources__list")


def test_what_was_clicked_is_outlined_without_a_request(
    open_page: Callable[..., Page], parcel: dict[str, Any]
) -> None:
    """The parcel is outlined from the tiles while the server has not answered yet."""
    point = parcel["point"]
    page = open_page(f"/?theme=cadastre&at={point['e']},{point['n']}&mpp=0.25")
    before = reddish_pixels(page)
    page.route("**/identify?*", lambda _route: None)

    page.mouse.click(824, 416)
    page.wait_for_timeout(700)

    assert page.get_attribute("#answer", "aria-busy") == "true"
    assert reddish_pixels(page) > before + 200
    page.unroute_all(behavior="ignoreErrors")


def test_address_leads_to_its_parcel(open_page: Callable[..., Page]) -> None:
    """An address is found by its beginning; the parcel it stands on is outlined and named."""
    page = open_page()
    page.fill("#search-input", address_of(page))
    page.wait_for_selector("[role=option]")
    option = page.locator("[role=group]", has_text="Naslovi").locator("[role=option]").first
    title = option.locator(".search__option-title").inner_text()

    option.click()

    assert panel_heading(page) == title
    assert page.inner_text(".answer__subtitle").startswith("Parcela ")
    assert page.locator(".leaflet-selection-pane path").count() >= 2


def test_newer_question_replaces_the_older(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """Typing on aborts the question before; only the last text's results are shown."""
    page = open_page()
    aborted: list[str] = []
    page.on("requestfailed", lambda request: aborted.append(request.url))
    first = parcel["title"].split()[0]
    page.route("**/search?*", lambda route: route.continue_() if "%2F" in route.request.url else None)

    page.fill("#search-input", first)
    page.wait_for_timeout(400)
    page.fill("#search-input", f"{parcel['title']}/" if "/" not in parcel["title"] else parcel["title"])
    page.wait_for_timeout(1200)

    assert any("/search?" in url for url in aborted)
    page.unroute_all(behavior="ignoreErrors")


def test_nothing_found_is_said(open_page: Callable[..., Page]) -> None:
    """A text without results is answered by a sentence, also for screen readers."""
    page = open_page()

    page.fill("#search-input", "xqzw nikjer")
    page.wait_for_selector("#search-message:not([hidden])")

    assert "ni zadetkov" in page.inner_text("#search-message")
    assert "ni zadetkov" in page.inner_text("#announcer")


def test_outside_the_municipality_nothing_is_claimed(open_page: Callable[..., Page]) -> None:
    """Outside the outline the answer says so and calls layers without data by name."""
    page = open_page("/?point=400000.0,40000.0")

    assert panel_heading(page) == "Točka zunaj občine"
    assert page.locator(".absence--unknown").count() >= 1
    assert page.locator("[data-section=zone] .zone").count() == 0


def test_english_page_speaks_english(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """`?lang=en` changes interface and answers; the language link keeps what is shown."""
    point = parcel["point"]
    page = open_page(f"/?theme=planning&at={point['e']},{point['n']}&mpp=0.5&point={point['e']},{point['n']}")
    assert panel_heading(page).startswith("Parcela")

    page.click("[data-language=en]")
    page.wait_for_selector("html[lang=en] body.is-ready")
    wait_for_tiles(page)

    assert panel_heading(page) == f"Parcel {parcel['title']}"
    assert page.locator("[data-section=zone] h3").inner_text() == "Zoning"
    assert view_of(page)["mpp"] == pytest.approx(0.5, rel=0.01)


def reddish_pixels(page: Page) -> int:
    """Pixels in the colour of the selection, over all tiles."""
    return int(
        page.evaluate(
            """() => [...document.querySelectorAll('canvas.leaflet-tile')].reduce((sum, tile) => {
                const pixels = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data;
                let count = 0;
                for (let at = 0; at < pixels.length; at += 4) {
                    if (pixels[at] > 190 && pixels[at + 1] < 40 && pixels[at + 2] < 100) count += 1;
                }
                return sum + count;
            }, 0)"""
        )
    )


def address_of(page: Page) -> str:
    """The beginning of some address of the sample."""
    text = page.evaluate(
        """async () => {
            const answer = await fetch('/ogc/collections/addresses/items?limit=1').then((each) => each.json());
            return Object.values(answer.features[0].properties).filter((each) => /^\\p{L}{3}/u.test(each))[0];
        }"""
    )
    return str(text)[:5]


def test_the_page_itself_does_not_scroll(open_page: Callable[..., Page]) -> None:
    """Only the list scrolls, and takes its hidden texts with it; the map stays where it is."""
    page = open_page()

    assert page.evaluate("document.documentElement.scrollHeight - window.innerHeight") == 0
