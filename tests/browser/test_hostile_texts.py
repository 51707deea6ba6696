"""Texts of data and portal are only text, wherever they are shown: twelve payloads in every output."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from gis import crs
from gis.envelope import Envelope
from layers.catalogue import Catalogue
from prostor.app import DATABASE, PAINTER, PRINTER
from tests.browser.host_sites import HostSite, widget_script
from tests.browser.hostile_town import EAST, NORTH, PARCEL, PAYLOADS, build_hostile_town
from tests.browser.looking import wait_for_tiles
from tests.browser.serving import serving
from viewer.assets import read_assets
from viewer.embedding import find_current, read_widgets
from viewer.folium_export import build_map
from viewer.map_features import read_export_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Browser, Page

    from gis.cluster import EmbeddedCluster
    from tests.browser.looking import Watch

pytestmark = [pytest.mark.browser, pytest.mark.database]

HERE = f"{EAST},{NORTH}"
# What would stand in a page only if a text had become markup.
GROWN = "img[src=x], svg[onload], iframe[srcdoc], [onmouseover], math, a[href^='javascript:']"


@dataclass(frozen=True)
class Town:
    """The hostile portal: its application and address, and a site of somebody else."""

    app: Flask
    address: str
    site: HostSite
    host: str


@pytest.fixture(scope="module")
def town(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """Imported once for this file."""
    app = build_hostile_town(tmp_path_factory.mktemp("hostile"), cluster.urls(_copy_template()))
    site = HostSite()
    with serving(app) as address, serving(site.build()) as host:
        yield Town(app, address, site, host)
    app.extensions[PRINTER].close()
    app.extensions[PAINTER].close()
    app.extensions[DATABASE].dispose()


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    """A watched page in which no dialog may open; console errors and CSP reports fail the test at its end."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="sl-SI")
    context.set_default_timeout(15_000)
    opened = context.new_page()
    opened.on("dialog", lambda dialog: (watch.faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
    watch.follow(opened)
    yield opened
    context.close()


def shown(page: Page, selector: str = "body") -> list[int]:
    """Numbers of the payloads that stand letter by letter in a part of the page; none of them is markup."""
    assert page.locator(GROWN).count() == 0
    text = page.evaluate("(part) => document.querySelector(part).textContent", selector)
    return [number for number, payload in enumerate(PAYLOADS, start=1) if payload in text]


ALL = list(range(1, len(PAYLOADS) + 1))


def test_the_viewer_shows_them_as_text(page: Page, town: Town) -> None:
    """Panel, list of layers with legend, search results, selection, drawings, share and print."""
    page.goto(f"{town.address}/?point={HERE}&at={HERE}&mpp=0.5")
    page.wait_for_selector("#answer:not([aria-busy]) .answer__section")
    wait_for_tiles(page)
    panel = shown(page, "#answer")
    page.mouse.move(700, 400)
    page.fill("input[type=search]", "onerror")
    page.wait_for_selector("[role=option]")
    found = shown(page, "[role=listbox]")
    page.keyboard.press("Escape")
    everywhere = shown(page)
    drawing = quote(f"p0{_base36(EAST)}.{_base36(NORTH)}~{PAYLOADS[1]}", safe="")
    page.goto(
        f"{town.address}/?at={HERE}&mpp=0.5&parcels=9001:1/1&draw={drawing}&select=zones:{quote(PAYLOADS[0])}"
    )
    page.wait_for_selector("#selecting tbody tr", state="attached")
    wait_for_tiles(page)

    assert panel == ALL
    assert found
    assert len(everywhere) == len(ALL)
    assert shown(page)


@pytest.mark.parametrize(
    ("path", "part"),
    [
        (f"/parcels/{PARCEL.replace('-', '/', 1)}?f=html", "main"),
        ("/layers?f=html", "main"),
        ("/layers/zones?f=html", "main"),
        ("/privacy", "body"),
        ("/accessibility", "body"),
    ],
)
def test_pages_show_them_as_text(page: Page, town: Town, path: str, part: str) -> None:
    """Those without a script of ours too."""
    page.goto(town.address + path)

    assert shown(page, part)


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/zones/items",
        "/ogc/collections/zones",
        "/layers/zones",
        f"/identify?x={EAST}&y={NORTH}",
        "/search?q=onerror",
        "/tiles/all/style.json",
        "/parcels/9001/1/1",
        "/oembed?url={address}/",
        "/nowhere/{payload}",
        "/layers/{payload}?f=html",
        "/search?q={payload}",
        "/static-map.png?theme={payload}",
        "/parcels?f=html&q={payload}",
    ],
)
def test_nothing_runs_in_what_is_opened_directly(page: Page, town: Town, watch: Watch, path: str) -> None:
    """Data and errors as a browser shows them when somebody opens their address."""
    page.goto(town.address + path.format(address=town.address, payload=quote(" ".join(PAYLOADS), safe="")))

    assert page.locator(GROWN).count() == 0
    watch.faults[:] = [fault for fault in watch.faults if "Failed to load resource" not in fault]


def test_a_frame_and_a_widget_show_them_as_text(page: Page, town: Town) -> None:
    """In the frame of another site, by attributes of the widget, and as the answer of oEmbed."""
    client = town.app.test_client()
    oembed = client.get("/oembed", query_string={"url": f"{town.address}/"}, base_url=town.address).get_json()
    script = widget_script(town.address, find_current(read_widgets()))
    quoted = PAYLOADS[1].replace('"', "&quot;")
    widget = f'<prostor-map theme="all" title="{quoted}" address="{quoted}" height="300"></prostor-map>'
    town.site.add("both", oembed["html"] + widget, head=script)
    page.goto(f"{town.host}/both")
    page.locator("prostor-map iframe").wait_for(state="attached")
    for each in page.frames[1:]:
        each.wait_for_selector("body.is-ready")
        assert each.locator(GROWN).count() == 0
    page.goto(f"{town.address}/embed?parcel={PARCEL}&text={quote(PAYLOADS[1])}&marker={HERE}&controls=text")
    page.wait_for_selector("body.is-ready")

    assert page.locator("body").count() == 1
    assert shown(page)


def test_a_map_to_take_away_shows_them_as_text(page: Page, town: Town, tmp_path: Path) -> None:
    """The file of `prostor map export`, opened from the disk."""
    layer = Catalogue(town.app.extensions[DATABASE]).find("zones")
    vendor = read_assets("").folder / "vendor"
    box = Envelope(EAST - 200, NORTH - 200, EAST + 200, NORTH + 200, srid=3794)
    file = tmp_path / "map.html"
    exported = build_map(
        [read_export_layer(town.app.extensions[DATABASE], layer, "sl")],
        title=PAYLOADS[5],
        language="sl",
        start=crs.transform_envelope(box, crs.WGS84),
        leaflet_js=(vendor / "leaflet-classic.js").read_text(encoding="utf-8"),
        leaflet_css=(vendor / "leaflet.css").read_text(encoding="utf-8"),
    )
    file.write_text(exported, encoding="utf-8")
    page.goto(file.as_uri())
    page.mouse.click(640, 400)
    page.wait_for_selector(".leaflet-popup-content table")

    assert shown(page, ".leaflet-popup-content") == ALL


def test_paper_and_pictures_hold_them_as_text(town: Town, tmp_path: Path) -> None:
    """The parcel's document and a printed view have the letters; a picture is made of them."""
    client = town.app.test_client()
    documents = {
        name: _read_pdf(client.get(path).data, tmp_path / f"{name}.pdf")
        for name, path in {
            "parcel": f"/parcels/{PARCEL.replace('-', '/', 1)}?f=pdf",
            "print": f"/print?at={HERE}&scale=1000&title={quote(PAYLOADS[1])}",
        }.items()
    }
    picture = client.get(f"/static-map.png?marker={HERE}&text={quote(PAYLOADS[10])}&width=400&height=300")

    assert "alert(2)" in documents["parcel"]
    assert "onerror=alert(2)" in documents["print"]
    assert (picture.status_code, picture.mimetype) == (200, "image/png")


def test_data_for_programs_say_what_they_are(town: Town) -> None:
    """Nothing of ours is guessed at, and JSON keeps each letter."""
    client = town.app.test_client()
    items = client.get("/ogc/collections/zones/items")
    properties: dict[str, Any] = items.get_json()["features"][0]["properties"]

    assert sorted(value for name, value in properties.items() if name.startswith("c")) == sorted(PAYLOADS)
    assert items.headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(items.data) == items.get_json()


def _read_pdf(content: bytes, path: Path) -> str:
    path.write_bytes(content)
    run = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True)
    return run.stdout


def _base36(metres: int) -> str:
    """Centimetres as drawings in a link have them."""
    digits, rest = "", metres * 100
    while rest:
        rest, digit = divmod(rest, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits
