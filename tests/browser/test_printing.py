"""The print panel: what it offers, the frame of the sheet on the map, its link, and the way out."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pikepdf
import pytest

from tests.browser.accessibility import faults
from tests.browser.looking import PHONE, SCRIPT_PARTS, wait_for_tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from playwright.sync_api import Page

    from tests.browser.looking import Watch

pytestmark = [pytest.mark.browser, pytest.mark.database]

BUTTON = ".stage__tools [aria-label='Natisni v merilu']"
VIEW = "/?theme=planning&at=556000,142600&mpp=0.5&off=zoning&opacity=buildings:0.5"


def open_panel(page: Page) -> None:
    """Open the panel by its button and wait for the frame."""
    page.click(BUTTON)
    page.wait_for_selector("path.print-frame", state="attached")
    wait_for_tiles(page)


def asked(page: Page) -> dict[str, str]:
    """The parameters of the link to the PDF."""
    link = page.get_attribute(".printing__link", "href") or ""
    assert urlsplit(link).path == "/print"
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def frame_size(page: Page) -> tuple[float, float]:
    """Metres of ground that the frame covers, by the map's own scale bar in the address."""
    box = page.locator("path.print-frame").bounding_box()
    mpp = page.evaluate("Number(new URLSearchParams(location.search).get('mpp'))")
    assert box is not None
    # The line of the frame is 2.5 pixels wide.
    return (box["width"] - 2.5) * mpp, (box["height"] - 2.5) * mpp


def test_the_frame_shows_what_the_sheet_will(
    open_page: Callable[..., Page], client: FlaskClient, watch: Watch
) -> None:
    """Nothing is loaded before; the frame has the ground of the sheet; the link makes the PDF of this view."""
    page = open_page(VIEW)
    assert not any("/printing/" in url or "print-frame" in url for url in watch.requests)

    open_panel(page)
    page.select_option("#printing-scale", "1000")
    page.select_option("#printing-paper", "a3")
    page.select_option("#printing-orientation", "landscape")
    page.fill("#printing-title", "Šola & vrtec")
    page.wait_for_timeout(800)
    wait_for_tiles(page)

    given = asked(page)
    assert {
        name: given[name] for name in ("theme", "off", "opacity", "scale", "paper", "orientation", "title")
    } == {
        "theme": "planning",
        "off": "zoning",
        "opacity": "buildings:0.5",
        "scale": "1000",
        "paper": "a3",
        "orientation": "landscape",
        "title": "Šola & vrtec",
    }
    east, north = map(float, given["at"].split(","))
    assert abs(east - 556000) < 3
    assert abs(north - 142600) < 3
    width, height = page.evaluate(
        "JSON.parse(document.getElementById('configuration').textContent).printing.papers.a3.landscape"
    )
    assert frame_size(page) == pytest.approx((width, height), rel=0.01)
    made = client.get(page.get_attribute(".printing__link", "href"))
    with pikepdf.open(io.BytesIO(made.data)) as document:
        assert str(document.docinfo.Title) == "Šola & vrtec, 1 : 1.000"


def test_the_link_follows_map_and_layers(open_page: Callable[..., Page]) -> None:
    """Moving the map under the frame and changing the view changes what the link asks for."""
    page = open_page(f"{VIEW}&draw=l0x1k2o.8gcsg.2s0.-1e~Pot")
    open_panel(page)
    before = asked(page)

    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(900)

    assert float(asked(page)["at"].split(",")[0]) > float(before["at"].split(",")[0]) + 10
    assert before["draw"] == "l0x1k2o.8gcsg.2s0.-1e~Pot"
    assert (before["scale"], before["paper"], before["orientation"]) == ("2000", "a4", "portrait")


def test_keyboard_opens_chooses_and_returns(open_page: Callable[..., Page]) -> None:
    """The heading gets the focus, Escape closes, the button has the focus again and the frame is gone."""
    page = open_page(VIEW)

    page.focus(BUTTON)
    page.keyboard.press("Enter")
    page.wait_for_selector("path.print-frame", state="attached")

    assert page.evaluate("document.activeElement.id") == "printing-heading"
    page.keyboard.press("Escape")
    page.wait_for_selector("#printing", state="hidden")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Natisni v merilu"
    assert page.locator("path.print-frame").count() == 0


def test_an_answer_takes_the_place_of_the_panel(open_page: Callable[..., Page]) -> None:
    """Asking about a place closes printing."""
    page = open_page(VIEW)
    open_panel(page)

    page.mouse.click(824, 416)
    page.wait_for_selector("#answer:not([aria-busy]) .answer__section")

    assert page.locator("#printing").is_hidden()


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_axe_finds_nothing_in_the_panel(
    open_page: Callable[..., Page], viewport: dict[str, int] | None
) -> None:
    """On the desktop and on a phone, where the link stays in reach."""
    page = open_page(VIEW, **({"viewport": viewport} if viewport else {}))

    open_panel(page)

    assert faults(page) == []
    page.locator(".printing__link").scroll_into_view_if_needed()
    box = page.locator(".printing__link").bounding_box()
    assert box is not None
    assert box["height"] >= 44


def test_a_panel_that_does_not_come_says_so(open_page: Callable[..., Page], watch: Watch) -> None:
    """With a way to try again, which works when the network is back."""
    page = open_page(VIEW)
    page.route(SCRIPT_PARTS, lambda route: route.abort())

    page.click(BUTTON)
    page.wait_for_selector("#printing .answer__problem")

    assert "Tiskanja ni bilo mogoče naložiti" in page.inner_text("#printing")
    watch.faults.clear()
