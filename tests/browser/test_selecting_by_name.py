"""Selecting parcels by name: pasted lists, links, neighbours and distance; what is taken along as a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.browser.accessibility import faults
from tests.browser.chosen import Plot, outline_of, read_plots, wait_for_rows
from tests.browser.looking import panel_heading, view_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from flask.testing import FlaskClient
    from playwright.sync_api import Download, Page

pytestmark = [pytest.mark.browser, pytest.mark.database]

PASTE = """(field, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    field.focus();
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def middle(client: FlaskClient, parcel: dict[str, Any]) -> Plot:
    """A parcel in the town."""
    ko, number = parcel["id"].split("-", 1)
    (found,) = read_plots(client, parcels=f"{ko}:{number}")
    return found


@pytest.fixture
def around(client: FlaskClient, middle: Plot) -> list[Plot]:
    """Its neighbours."""
    return read_plots(client, parcels=middle.written, neighbours="true")


def write_link(plots: list[Plot]) -> str:
    """The viewer with these parcels selected."""
    by_ko: dict[str, list[str]] = {}
    for plot in plots:
        by_ko.setdefault(plot.ko, []).append(plot.number)
    return "/?parcels=" + quote(";".join(f"{ko}:{','.join(each)}" for ko, each in by_ko.items()), safe="/:,;*")


def test_a_list_pasted_into_the_search_selects_all(open_page: Callable[..., Page], around: list[Plot]) -> None:
    """The first result of several lines is all their parcels together; Return takes it, the map goes there."""
    page = open_page()
    lines = "\n".join(plot.name for plot in around) + "\n9001 99999\n"

    page.eval_on_selector("#search-input", PASTE, lines)
    first = page.locator("[role=option]").first
    first.wait_for()
    page.wait_for_selector("text=Več parcel skupaj")
    told = first.inner_text()
    assert faults(page) == []
    page.keyboard.press("Enter")
    names = wait_for_rows(page, len(around))

    assert str(len(around)) in told
    assert set(names) == {plot.name for plot in around}
    assert "V podatkih ni: 9001 99999." in page.inner_text(".selecting__messages")
    assert view_of(page)["mpp"] < 2
    assert page.input_value("#search-input") == ""


def test_many_numbers_in_one_line_are_a_list(open_page: Callable[..., Page], around: list[Plot]) -> None:
    """A line of more numbers than the search takes words still offers all its parcels."""
    numbers = [plot.number for plot in around if plot.ko == around[0].ko]
    page = open_page()

    page.fill("#search-input", f"{around[0].ko} " + ", ".join(numbers + [f"99{n}" for n in range(200, 220)]))
    page.locator("[role=option]", has_text=f"{len(numbers)}").first.click()

    assert set(wait_for_rows(page, len(numbers))) == {f"{around[0].ko} {number}" for number in numbers}


def test_a_list_in_the_panel_says_what_is_missing_and_unclear(
    open_page: Callable[..., Page], middle: Plot
) -> None:
    """What no parcel has and what may mean several is named; an empty and an endless list are told so."""
    page = open_page("/?parcels=")
    page.click("text=Seznam …")
    page.click("#selecting-list-form >> text=Dodaj")
    empty = page.inner_text(".selecting__messages")

    page.fill("#selecting-list", f"{middle.name}\n9001 99999\n9001 1 2")
    page.click("#selecting-list-form >> text=Dodaj")
    wait_for_rows(page, 1)
    told = page.inner_text(".selecting__messages")
    page.fill("#selecting-list", "9001 1\n" * 501)
    page.click("#selecting-list-form >> text=Dodaj")

    assert empty.startswith("Seznam je prazen")
    assert f"Dodana je parcela {middle.name}." in told
    assert "V podatkih ni: 9001 99999." in told
    assert "9001 1 2" in told.split("Ni jasno")[1]
    assert "predolg" in page.inner_text(".selecting__messages")


def test_answer_leads_to_neighbours_and_distance(
    open_page: Callable[..., Page], client: FlaskClient, middle: Plot, around: list[Plot]
) -> None:
    """From the answer about a parcel one press selects its neighbours, or asks how far around it."""
    page = open_page(f"/?point={middle.east:.1f},{middle.north:.1f}")
    panel_heading(page)

    page.click("text=Izberi sosednje parcele")
    neighbours = wait_for_rows(page, len(around))
    page.go_back()
    panel_heading(page)
    page.click("text=Parcele v bližini …")
    page.wait_for_function("() => document.activeElement.id === 'selecting-metres'")
    page.keyboard.press("Control+A")
    page.keyboard.type("25")
    page.keyboard.press("Enter")
    expected = {plot.name for plot in read_plots(client, parcels=middle.written, distance="25")}

    assert set(neighbours) == {plot.name for plot in around}
    assert set(wait_for_rows(page, len(expected) + 1)) == expected | {middle.name}


def test_link_shows_table_outlines_and_what_is_gone(
    open_page: Callable[..., Page], middle: Plot, around: list[Plot]
) -> None:
    """A link is enough: rows in natural order with pages, sums, the map round them, and who is not there."""
    page = open_page(write_link([middle, *around]) + ",99999")
    names = wait_for_rows(page, len(around) + 1)

    assert names == [each.name for each in sorted([middle, *around], key=_natural)]
    assert "V podatkih ni" in page.inner_text(".selecting__messages")
    assert outline_of(page) is not None
    sums = page.locator(".parcels tfoot td").all_inner_texts()
    registered = sum(plot.registered_m2 for plot in [middle, *around])
    assert sums[0].replace(".", "").split("\n")[0] == f"{registered:.0f}"
    link = page.locator(".parcels tbody a", has_text=middle.name).first
    assert link.get_attribute("href") == f"/parcels/{middle.ko}/{middle.number}"


def test_outlines_survive_another_grid(open_page: Callable[..., Page], middle: Plot) -> None:
    """A step to a view in Web Mercator makes the map anew, and what is selected is outlined there too."""
    page = open_page(f"/?parcels={middle.written}&at={middle.east:.1f},{middle.north:.1f}&mpp=0.25")
    wait_for_rows(page, 1)
    before = outline_of(page)

    page.evaluate(
        """() => {
            history.pushState(null, '', `${location.search}&grid=WebMercatorQuad`);
            dispatchEvent(new PopStateEvent('popstate'));
        }"""
    )
    page.wait_for_timeout(300)

    assert "grid=WebMercatorQuad" in page.url
    assert outline_of(page) not in (None, before)


def test_one_answer_for_all_opens(open_page: Callable[..., Page], around: list[Plot]) -> None:
    """Up to ten parcels of a cadastral municipality have one answer together."""
    same = [plot for plot in around if plot.ko == around[0].ko][:3]
    page = open_page(write_link(same))
    wait_for_rows(page, len(same))

    page.click(".selecting__answers a")
    page.wait_for_load_state()

    heading = page.inner_text("h1")
    assert all(plot.number in heading for plot in same)


def _natural(plot: Plot) -> tuple[object, ...]:
    stem, _, part = plot.number.lstrip("*").partition("/")
    return plot.ko, plot.number.startswith("*"), int(stem), int(part or 0)


def test_files_for_spreadsheets_and_gis(
    open_page: Callable[..., Page], around: list[Plot], tmp_path: Path
) -> None:
    """CSV for a Slovenian spreadsheet, which pasted back selects the same; GeoJSON with names and source."""
    page = open_page(write_link(around))
    wait_for_rows(page, len(around))

    with page.expect_download() as geojson:
        page.click("text=GeoJSON za GIS")
    with page.expect_download() as csv:
        page.click("text=CSV za preglednico")
    content = json.loads(read_download(geojson.value, tmp_path))
    text = read_download(csv.value, tmp_path)
    page.click("text=Odstrani vse")
    page.click("text=Seznam …")
    page.fill("#selecting-list", text.removeprefix("\ufeff"))
    page.click("#selecting-list-form >> text=Dodaj")
    again = wait_for_rows(page, len(around))

    rows = [line.split(";") for line in text.splitlines()]
    assert csv.value.suggested_filename.startswith("parcele-")
    assert text.startswith("\ufeffParcela;KO;")
    assert [row[0] for row in rows[1:]] == again
    assert [float(row[5].replace(",", ".")) for row in rows[1:]] == [
        plot.drawn_m2 for name in again for plot in around if plot.name == name
    ]
    assert all(row[6].startswith("http") for row in rows[1:])
    assert {each["properties"]["number"] for each in content["features"]} == {plot.number for plot in around}
    assert {each["geometry"]["type"] for each in content["features"]} <= {"Polygon", "MultiPolygon"}
    assert content["source"]["licence"]


def read_download(download: Download, folder: Path) -> str:
    """The file as it is, its first sign included."""
    download.save_as(folder / download.suggested_filename)
    return (folder / download.suggested_filename).read_bytes().decode("utf-8")


def test_embedded_map_outlines_them_too(open_page: Callable[..., Page], around: list[Plot]) -> None:
    """The same parameter works in a frame."""
    page = open_page(write_link(around).replace("/?", "/embed?"), viewport={"width": 600, "height": 400})

    assert outline_of(page) is not None
