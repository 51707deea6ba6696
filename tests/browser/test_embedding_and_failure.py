"""The map in a frame, and what people see when something does not come."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.looking import Watch, panel_heading, wait_for_tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.database]
OLD = "0" * 16


def test_embedded_map_leaves_the_wheel_to_the_page(
    open_page: Callable[..., Page], parcel: dict[str, Any]
) -> None:
    """The wheel zooms only once the map was pressed, or with Ctrl; the link leads to the same view."""
    point = parcel["point"]
    page = open_page(
        f"/embed?theme=planning&at={point['e']},{point['n']}&mpp=0.5", viewport={"width": 600, "height": 400}
    )
    page.mouse.move(300, 200)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(900)
    untouched = page.get_attribute("#full-viewer", "href")

    page.mouse.click(300, 200)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(900)

    assert untouched is not None
    assert "mpp=0.5" in untouched
    assert "theme=planning" in untouched
    assert page.get_attribute("#full-viewer", "href") != untouched


def test_embedded_map_outlines_a_parcel(open_page: Callable[..., Page], parcel: dict[str, Any]) -> None:
    """A frame can show one parcel by its id alone."""
    page = open_page(f"/embed?select=parcels:{parcel['id']}", viewport={"width": 600, "height": 400})

    assert page.locator(".leaflet-selection-pane path").count() == 2


def test_frames_are_allowed_where_the_portal_says(client: FlaskClient) -> None:
    """The viewer may only be framed by itself; the embedded map by those the portal names as well."""
    whole = client.get("/").headers["Content-Security-Policy"]
    embedded = client.get("/embed").headers["Content-Security-Policy"]

    assert whole.endswith("frame-ancestors 'self'")
    assert "frame-ancestors 'self'" in embedded or "frame-ancestors *" in embedded
    assert "X-Frame-Options" not in client.get("/embed").headers


def test_missing_tiles_are_told_and_asked_for_again(open_page: Callable[..., Page], watch: Watch) -> None:
    """When tiles do not come, a message says so; trying again brings them and takes it away."""
    page = open_page(ready=False)
    page.wait_for_selector("body.is-ready")
    page.route("**/*.mvt", lambda route: route.abort())
    page.click("label:has([value=infrastructure])")
    page.wait_for_selector("#map-message:not([hidden])")
    told = page.inner_text("#map-message")
    page.unroute("**/*.mvt")

    page.click("#map-message button")
    wait_for_tiles(page)

    assert "ni naložil" in told
    assert page.locator("#map-message").is_hidden()
    watch.faults.clear()


def test_a_page_that_outlived_its_version_shows_the_present_one(
    open_page: Callable[..., Page], watch: Watch
) -> None:
    """Tiles of a version that is no longer kept: TileJSON is asked once more, and the map is whole."""
    page = open_page(ready=False)
    page.wait_for_selector("body.is-ready")
    asked: list[str] = []

    def tell_an_old_one(route: Route) -> None:
        response = route.fetch()
        asked.append(route.request.url)
        text = response.text()
        route.fulfill(response=response, body=text if asked[1:] else re.sub("@[0-9a-f]{16}/", f"@{OLD}/", text))

    page.route("**/tiles/infrastructure/*.json", tell_an_old_one)
    page.click("label:has([value=infrastructure])")
    wait_for_tiles(page)

    assert len(asked) == 2
    assert page.locator("#map-message").is_hidden()
    assert any(f"@{OLD}/" in url for url in watch.requests)
    assert watch.faults
    assert all("404" in fault for fault in watch.faults)
    watch.faults.clear()


@pytest.mark.parametrize(
    ("path", "words"), [("/", "prikazani samo največji: Ceste."), ("/?lang=en", "largest are shown: Roads.")]
)
def test_layers_that_are_not_whole_are_named(open_page: Callable[..., Page], path: str, words: str) -> None:
    """Of the layers shown, those are named of which tiles hold only the largest; elsewhere the message goes."""

    def cut(route: Route) -> None:
        response = route.fetch()
        headers = {**response.headers, "x-features-truncated": "parcels;max=100, roads;max=100"}
        route.fulfill(response=response, headers=headers)

    page = open_page(path, ready=False)
    page.wait_for_selector("body.is-ready")
    page.route("**/*.mvt", cut)
    page.click("label:has([value=infrastructure])")
    page.wait_for_selector("#map-message:not([hidden])")
    told, role = page.inner_text("#map-message"), page.get_attribute("#map-message", "role")
    page.unroute("**/*.mvt")

    page.click("label:has([value=planning])")
    wait_for_tiles(page)

    assert words in told
    assert role == "status"
    assert page.locator("#map-message").is_hidden()


def test_a_layer_that_does_not_answer_is_marked_in_the_list(
    open_page: Callable[..., Page], watch: Watch
) -> None:
    """The other layers are drawn, the row of the silent one says so, and trying again brings it back."""
    page = open_page("/?theme=planning", ready=False)
    page.wait_for_selector("body.is-ready")

    def leave_out(route: Route) -> None:
        response = route.fetch()
        headers = {**response.headers, "x-layers-missing": "sewer, water", "cache-control": "no-store"}
        route.fulfill(response=response, headers=headers)

    page.route("**/*.mvt", leave_out)
    page.click("label:has([value=infrastructure])")
    page.wait_for_selector("[data-layer=sewer].layer--missing")
    marked = page.locator(".layer--missing").count()
    told = page.inner_text("[data-layer=sewer] .layer__hint--warning")
    page.unroute("**/*.mvt")
    asked = watch.tiles()

    page.click("[data-layer=sewer] .layer__hint--warning button")
    page.wait_for_selector("[data-layer=sewer]:not(.layer--missing)")

    assert marked == 2
    assert "ne odziva" in told
    assert page.locator(".layer--missing").count() == 0
    assert watch.tiles() > asked


def test_a_link_to_a_parcel_that_is_gone_is_explained(
    open_page: Callable[..., Page], watch: Watch, parcel: dict[str, Any]
) -> None:
    """Without a point the panel says what the link meant; with one it tells also what lies there now."""
    point = parcel["point"]
    alone = open_page("/?select=parcels:9001-99999/9")
    alone.wait_for_selector("#answer:not([aria-busy]) .answer__problem")
    beside = open_page(f"/?select=parcels:9001-99999/9&point={point['e']},{point['n']}")

    heading = panel_heading(beside)

    assert "9001-99999/9" in alone.inner_text(".answer__problem >> nth=0")
    assert alone.inner_text("#answer-heading") == "Tega zapisa ni več"
    assert heading == f"Parcela {parcel['title']}"
    assert "9001-99999/9" in beside.inner_text(".answer__problem")
    assert all("404" in fault for fault in watch.faults)
    watch.faults.clear()


def test_answer_that_does_not_come_can_be_asked_again(
    open_page: Callable[..., Page], watch: Watch, parcel: dict[str, Any]
) -> None:
    """A failed question says so in the panel and offers to try again."""
    point = parcel["point"]
    page = open_page(f"/?at={point['e']},{point['n']}&mpp=0.25")
    page.route("**/identify?*", lambda route: route.fulfill(status=503, body="{}"))
    page.mouse.click(824, 416)
    page.wait_for_selector(".answer__problem")
    page.unroute("**/identify?*")

    page.click("#answer .button")

    assert panel_heading(page).startswith("Parcela")
    watch.faults.clear()


def test_unknown_address_is_a_page_for_people(client: FlaskClient) -> None:
    """A browser gets a page in the reader's language, a program the problem as JSON."""
    page = client.get("/ni-te-strani", headers={"Accept": "text/html"})
    problem = client.get("/ni-te-strani", headers={"Accept": "application/json"})

    assert page.status_code == problem.status_code == 404
    assert "Te strani ni" in page.get_data(as_text=True)
    assert problem.mimetype == "application/problem+json"


def test_pages_are_asked_for_again_and_files_never(client: FlaskClient) -> None:
    """Pages carry an ETag and answer 304; files of a release are immutable and packed."""
    page = client.get("/")
    again = client.get("/", headers={"If-None-Match": page.headers["ETag"]})
    script = page.get_data(as_text=True).split('type="module" src="')[1].split('"')[0]
    file = client.get(script, headers={"Accept-Encoding": "br"})

    assert (page.headers["Cache-Control"], again.status_code) == ("no-cache", 304)
    assert "immutable" in file.headers["Cache-Control"]
    assert file.headers["Content-Encoding"] == "br"
    assert client.get("/static/000000000000/js/viewer.js").status_code == 404
    file.close()
