"""A day of a citizen, of a planner and of somebody with a phone, in any portal and either language.

Each step asserts what its reader relies on. What a portal does not have (no cadastre, a CRS the browser cannot
compute) is asked of the portal, and its steps are left out. `Watch` hears what goes wrong meanwhile.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urljoin, urlsplit

import pikepdf
import pytest

from tests.browser.accessibility import faults
from tests.browser.chosen import wait_for_rows
from tests.browser.drawing_map import settled_address
from tests.browser.looking import PHONE, panel_heading, resting_box, wait_for_tiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from playwright.sync_api import Page

    from tests.browser.towns import Sight, Town

    Open = Callable[..., Page]

NEAR = 0.5
SMALLEST = {"width": 320, "height": 640}
SCALE = "2000"
A4_LANDSCAPE = (297.0, 210.0)
MILLIMETRES_PER_POINT = 25.4 / 72
# What moved, and by how much as web.dev/cls counts it; whether somebody had pressed something just before.
SHIFTS = """() => {
    window.shifts = [];
    const describe = ({ value, hadRecentInput, sources }) => ({
        value,
        hadRecentInput,
        moved: sources.map(({ node }) => node?.className || node?.nodeName || "").join(" "),
    });
    const keep = (list) => window.shifts.push(
        ...list.getEntries().map(describe));
    new PerformanceObserver(keep).observe({ type: 'layout-shift', buffered: true });
}"""
# The sheet may rise a while after the press, when the place or the answer has come.
UNASKED = "window.shifts.filter(({ hadRecentInput, moved }) => !hadRecentInput && !moved.includes('sidebar'))"
# A word or two in the system's font give way to those of the page's own.
FONTS_COME = 0.002
# Names of facts that run into what is said of them.
TOUCHING = """() => [...document.querySelectorAll('dl.facts dt')].filter((name) => {
    const range = document.createRange();
    range.selectNodeContents(name);
    const box = range.getBoundingClientRect();
    const value = name.nextElementSibling.getBoundingClientRect();
    return box.bottom > value.top && box.right > value.left - 6;
}).map((name) => name.textContent)"""
# What two readers of one link have to see alike.
VIEW = """() => ({
    theme: document.querySelector('.themes__input:checked').value,
    layers: [...document.querySelectorAll('.layers > .layer')].map((row) => [
        row.dataset.layer,
        row.querySelector('.layer__switch').checked,
        row.querySelector('.layer__percent').textContent,
    ]),
    parcels: [...document.querySelectorAll('.parcels tbody th')].map((each) => each.textContent),
    scale: document.getElementById('scale-bar').textContent,
    outlines: document.querySelectorAll('.leaflet-selection-pane path').length,
})"""


def walk_citizen(town: Town, open_url: Open) -> None:
    """Type what is looked for, read the answer, open the parcel's page and its PDF, return to the map."""
    page = _open(town, open_url)
    assert faults(page) == []
    _search(page, town.sight)
    assert town.sight.title in panel_heading(page)
    assert page.get_attribute("html", "lang") == town.language
    assert page.locator(".leaflet-selection-pane path").count() >= 1
    assert _is_near(page, town.sight)
    assert faults(page) == []
    _read_sources(page, town)
    if town.parcel:
        _read_parcel_page(page, town)
    else:
        assert page.locator(".feature__page").count() == 0
    page.click(f"[aria-label='{town.say('answer.close')}']")
    page.wait_for_selector("#answer", state="hidden")


def walk_planner(town: Town, open_url: Open) -> None:
    """Look through the themes, fade a layer, select, measure and print, and hand the view on by a link."""
    page = _open(town, open_url)
    _look_through_themes(page, town)
    page.goto(_link_to(town))
    page.wait_for_selector("body.is-ready")
    wait_for_tiles(page)
    _fade_a_layer(page, town.sight.layer)
    _select_parcels(page, town)
    _measure(page, town)
    _print(page, town)
    _hand_on(page, town, open_url)


def walk_phone(town: Town, open_url: Open) -> None:
    """Where am I, what is here, what is there; the sheet rises, nothing jumps, and 320 pixels are enough."""
    place = {"longitude": town.sight.lon, "latitude": town.sight.lat}
    page = _open(
        town,
        open_url,
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        permissions=["geolocation"],
        geolocation=place,
    )
    _nothing_moved_while_loading(page)
    assert page.get_attribute("#workspace", "data-sheet") == "low"
    page.tap(f"[aria-label='{town.say('map.locate')}']")
    panel_heading(page)
    assert page.get_attribute("#workspace", "data-sheet") == "half"
    mark, stage = resting_box(page, ".leaflet-selection-pane path >> nth=-1"), resting_box(page, ".stage")
    assert stage["y"] < mark["y"] < stage["y"] + stage["height"]
    _search(page, town.sight, by_touch=True)
    assert town.sight.title in panel_heading(page)
    page.tap("#sheet-grip")
    assert page.get_attribute("#workspace", "data-sheet") == "tall"
    assert faults(page) == []
    assert page.evaluate(UNASKED) == []
    page.set_viewport_size(SMALLEST)
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") == SMALLEST["width"]
    assert faults(page) == []


def _open(town: Town, open_url: Open, **options: Any) -> Page:
    return open_url(f"{town.address}/?lang={town.language}", **options)


def _link_to(town: Town) -> str:
    """The viewer over the sight, so near that every layer with data there is drawn."""
    sight = town.sight
    theme = town.theme_of(sight.layer)["id"]
    at = f"{sight.lon:.7f},{sight.lat:.7f}"
    return f"{town.address}/?lang={town.language}&theme={theme}&at={at}&mpp={NEAR}"


def _search(page: Page, sight: Sight, *, by_touch: bool = False) -> None:
    page.fill("#search-input", sight.title)
    option = page.locator("[role=option]", has_text=sight.title).first
    option.wait_for()
    if by_touch:
        option.tap()
    else:
        page.keyboard.press("ArrowDown")
        assert option.get_attribute("aria-selected") == "true" or page.locator("[role=option]").count() > 1
        option.click()


def _is_near(page: Page, sight: Sight) -> bool:
    """Whether what was asked about is where the search said: the link holds its place or the point itself."""
    query = parse_qs(urlsplit(settled_address(page)).query)
    return query.get("select") == [f"{sight.layer}:{sight.id}"] and "at" in query


def _nothing_moved_while_loading(page: Page) -> None:
    """Whatever the browser takes for somebody's doing: setting the size of a window counts for it as such."""
    page.evaluate(SHIFTS)
    page.wait_for_timeout(100)
    moved = page.evaluate("window.shifts.splice(0)")
    assert sum(each["value"] for each in moved) < FONTS_COME, moved


def _read_sources(page: Page, town: Town) -> None:
    page.click(".sources summary")
    assert page.locator(".sources__list li").count() >= 1
    assert page.locator(f"text={town.say('answer.sources')}").count() >= 1


def _read_parcel_page(page: Page, town: Town) -> None:
    """From the answer to the page, its PDF, and back."""
    sight = town.sight
    page.click(f"text={town.say('answer.parcel_page')}")
    page.wait_for_selector("h1")
    assert sight.id.split("-", 1)[1] in page.inner_text("h1")
    assert page.get_attribute("html", "lang") == town.language
    assert page.locator("table:not(:has(tbody tr))").count() == 0
    assert page.evaluate(TOUCHING) == []
    assert faults(page) == []
    link = page.locator("a[href*='f=pdf']").first.get_attribute("href")
    assert link is not None
    with _read_pdf(page, link) as document:
        assert str(document.Root.Lang).startswith(town.language)
    page.go_back()
    page.wait_for_selector("body.is-ready")
    assert sight.title in panel_heading(page)


def _read_pdf(page: Page, link: str) -> pikepdf.Pdf:
    answer = page.request.get(urljoin(page.url, link))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    return pikepdf.open(io.BytesIO(answer.body()))


def _look_through_themes(page: Page, town: Town) -> None:
    """Every theme is chosen, described, and shows a legend picture for each of its layers."""
    for theme in town.configuration["themes"]:
        page.check(f".themes__input[value='{theme['id']}']", force=True)
        page.wait_for_timeout(100)
        assert theme["description"] in page.inner_text(".themes__description")
        rows = page.locator(".layers > .layer")
        assert rows.count() == len(theme["layers"])
        page.wait_for_function(
            """() => [...document.querySelectorAll('.layers > .layer')].every((row) => {
                const pictures = [...row.querySelectorAll('.swatch')];
                return pictures.length > 0 && pictures.every((each) => each.complete && each.naturalWidth > 0);
            })"""
        )
    assert faults(page) == []


def _fade_a_layer(page: Page, layer: str) -> None:
    row = f".layer[data-layer='{layer}']"
    page.click(f"{row} .layer__summary")
    page.locator(f"{row} .layer__slider").fill("50")
    assert "50" in page.inner_text(f"{row} .layer__percent")
    assert f"opacity={layer}:0.5" in settled_address(page)


def _select_parcels(page: Page, town: Town) -> None:
    """By a click on the map and with its neighbours; the file has the rows of the table."""
    button = f".stage__tools [aria-label='{town.say('selecting.heading')}']"
    if not town.parcel:
        assert page.locator(button).count() == 0
        return
    page.click(button)
    page.wait_for_selector("#selecting .selecting__hint")
    page.mouse.click(*_middle_of_map(page))
    assert wait_for_rows(page, 1) == [" ".join(town.parcel.id.split("-", 1))]
    page.click(f"#selecting >> text={town.say('selecting.by_neighbours')}")
    page.wait_for_function("() => document.querySelectorAll('.parcels tbody tr').length > 1")
    names = page.locator(".parcels tbody th").all_inner_texts()
    with page.expect_download() as saved:
        page.click(f"text={town.say('selecting.save_csv')}")
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [re.split("[;,]", line)[0].strip('"') for line in lines[1:]] == names
    assert faults(page) == []


def _measure(page: Page, town: Town) -> None:
    """A line of 120 pixels is as long on the ground as the scale says."""
    button = f".stage__tools [aria-label='{town.say('drawing.heading')}']"
    if not town.has_measuring:
        assert page.locator(button).count() == 0
        return
    page.click(button)
    page.wait_for_selector("#drawing .drawing__kind")
    page.uncheck("#drawing .drawing__check input")
    page.click(f".drawing__kinds >> text={town.say('drawing.kind_line')}")
    x, y = _middle_of_map(page)
    page.mouse.click(x - 60, y)
    page.wait_for_timeout(60)
    page.mouse.dblclick(x + 60, y)
    page.wait_for_selector(".drawing__table tbody tr")
    told = page.locator(".drawing__table tbody tr .drawing__number").first.inner_text()
    metres = float(re.findall(r"[\d.,]+", told)[0].replace(",", "."))
    mpp = float(parse_qs(urlsplit(settled_address(page)).query)["mpp"][0])
    assert metres == pytest.approx(120 * mpp, rel=0.02)
    assert faults(page) == []
    page.click(f"[aria-label='{town.say('drawing.close')}']")


def _print(page: Page, town: Town) -> None:
    """The sheet has the size of its paper and says its scale."""
    page.click(f".stage__tools [aria-label='{town.say('printing.heading')}']")
    page.wait_for_selector("#printing-scale")
    page.select_option("#printing-scale", SCALE)
    page.select_option("#printing-orientation", "landscape")
    page.wait_for_timeout(300)
    assert faults(page) == []
    link = page.get_attribute(".printing__link", "href")
    assert link is not None
    with _read_pdf(page, link) as document:
        sides = [float(each) * MILLIMETRES_PER_POINT for each in document.pages[0].mediabox[2:]]
        assert sides == pytest.approx(A4_LANDSCAPE, abs=0.5)
        assert re.sub(r"\D", "", str(document.docinfo.Title)).endswith(f"1{SCALE}")
    page.click(f"[aria-label='{town.say('printing.close')}']")
    wait_for_tiles(page)


def _hand_on(page: Page, town: Town, open_url: Open) -> None:
    """The link of the sharing panel, opened by somebody else, shows the same."""
    page.click("#share")
    page.wait_for_function("() => document.querySelector('.sharing__picture')?.naturalWidth > 0")
    assert faults(page) == []
    link = settled_address(page)
    assert page.input_value("#sharing-link") == link
    page.click(f"[aria-label='{town.say('sharing.close')}']")
    before = page.evaluate(VIEW)
    other = open_url(link)
    if before["parcels"]:
        wait_for_rows(other, len(before["parcels"]))
    assert other.evaluate(VIEW) == before
    assert settled_address(other) == link


def _middle_of_map(page: Page) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
