"""The files of docs/examples, run as they are: in pages of another origin, and by Python."""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from layers.catalogue import Catalogue
from tests.browser.example_site import EXAMPLES, ROOT, make_site, read_example
from tests.browser.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from gis.database import Database
    from tests.browser.looking import Watch

pytestmark = [pytest.mark.browser, pytest.mark.database]
GUIDES = ROOT / "docs" / "guides"
# How many pixels of about this colour a canvas shows.
PIXELS = """([canvases, [red, green, blue]]) => {
    let seen = 0;
    for (const canvas of document.querySelectorAll(canvases)) {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        for (let at = 0; at < data.length; at += 4) {
            const far = [red, green, blue].map((part, place) => Math.abs(data[at + place] - part));
            if (data[at + 3] > 100 && Math.max(...far) < 25) seen += 1;
        }
    }
    return seen;
}"""
STROKE = [0x6B, 0x4A, 0x1F]


@dataclass(frozen=True)
class Truth:
    """What the database has of a layer: features, and square metres in D96/TM."""

    count: int
    area_m2: float


@pytest.fixture(scope="module")
def truths(sample_database: Database) -> dict[str, Truth]:
    """Of the two layers the examples show."""
    found = {}
    for name in ("parcels", "zoning"):
        layer = Catalogue(sample_database).find(name)
        question = sql.SQL("SELECT count(*), sum(ST_Area(_geom)) FROM {}").format(
            sql.Identifier("data", layer.table_name)
        )
        with sample_database.cursor() as cursor:
            row = cursor.execute(question).fetchone()
        assert row is not None
        found[name] = Truth(int(str(row[0])), float(str(row[1])))
    return found


@pytest.fixture(scope="module")
def site(address: str) -> Iterator[str]:
    """Where the webmaster's site answers."""
    with serving(make_site(address)) as started:
        yield started


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    """A watched page."""
    context = browser.new_context(viewport={"width": 900, "height": 600})
    context.set_default_timeout(30_000)
    opened = context.new_page()
    watch.follow(opened)
    yield opened
    context.close()


def show(page: Page, address: str) -> str:
    """Open an example, wait until it says it has drawn, and read the line below the map."""
    page.goto(address)
    page.wait_for_selector("body.is-drawn", state="attached")
    return page.inner_text("#note")


def hosts_of(watch: Watch) -> set[str]:
    """The hosts that were asked."""
    return {url.split("/")[2] for url in watch.requests if not url.startswith(("data:", "blob:"))}


def test_leaflet_shows_the_feed(
    page: Page, site: str, address: str, watch: Watch, truths: dict[str, Truth]
) -> None:
    """Every zone is a shape, a click tells what is known of it, and nobody else was asked."""
    note = show(page, f"{site}/leaflet-feed.html")
    shapes = page.locator("path.leaflet-interactive")
    shapes.first.dispatch_event("click")
    told = page.inner_text(".leaflet-popup dl")

    assert shapes.count() == truths["zoning"].count
    assert note.startswith(f"Namenska raba prostora: {truths['zoning'].count}. Vir: ")
    assert "eup" in told
    assert {f"http://{host}" for host in hosts_of(watch)} == {site, address}


def test_leaflet_shows_our_tiles(page: Page, site: str, watch: Watch) -> None:
    """The tiles that TileJSON names are drawn as lines, and where they are from is written below."""
    note = show(page, f"{site}/leaflet-tiles.html")
    drawn = page.evaluate(PIXELS, ["canvas.leaflet-tile", STROKE])

    assert watch.tiles() >= 6
    assert all("@" in url for url in watch.requests if url.endswith(".mvt"))
    assert drawn > 5_000
    assert note == "Vir: izmišljeni vzorčni podatki Prostor, stanje 1. 3. 2026"


def test_openlayers_works_in_the_national_crs(
    page: Page, site: str, watch: Watch, truths: dict[str, Truth]
) -> None:
    """Zones are there in metres with their true areas, and parcels as tiles of the national grid."""
    note = show(page, f"{site}/openlayers.html")
    zones = page.evaluate(
        """() => map.getLayers().item(0).getSource().getFeatures()
            .map((zone) => [zone.get('nrp'), zone.getGeometry().getArea()])"""
    )
    page.mouse.click(450, 250)
    page.wait_for_function("() => document.querySelector('#note').textContent.includes('m²')")
    told = page.inner_text("#note")

    assert len(zones) == truths["zoning"].count
    assert sum(area for _, area in zones) == pytest.approx(truths["zoning"].area_m2, abs=1)
    assert any("/SI-D96/" in url for url in watch.requests if url.endswith(".mvt"))
    assert note.startswith(f"Območij: {truths['zoning'].count}. Vir: ")
    assert told.split(" m²")[0].split(": ")[1] in {f"{area:.0f}" for _, area in zones}
    assert page.evaluate(PIXELS, ["#map canvas", STROKE]) > 2_000


def test_maplibre_shows_a_theme(webgl: Browser, site: str, watch: Watch) -> None:
    """The style of the theme is drawn, its layers are named, and a click tells the land use."""
    context = webgl.new_context(viewport={"width": 600, "height": 500})
    page = context.new_page()
    watch.follow(page)
    note = show(page, f"{site}/maplibre.html")
    drawn = page.evaluate("map.queryRenderedFeatures().map(({ properties }) => properties.nrp)")
    page.mouse.click(300, 200)
    told = page.inner_text(".maplibregl-popup-content")
    context.close()

    assert "Namenska raba prostora" in note
    assert len(drawn) > 20
    assert told.strip("× \n") in drawn


def test_a_script_of_another_origin_reads_answers_and_faults(
    page: Page, site: str, address: str, watch: Watch
) -> None:
    """A second question with an ETag passes its preflight and gets 304; an error tells status and request."""
    page.goto(f"{site}/leaflet-feed.html")
    told = page.evaluate(
        """async (portal) => {
            const items = `${portal}/ogc/collections/zoning/items`;
            const first = await fetch(`${items}?limit=1`);
            const etag = first.headers.get('ETag');
            const known = { headers: { 'If-None-Match': etag }, cache: 'no-store' };
            const again = await fetch(`${items}?limit=1`, known);
            const fault = await fetch(`${items}?limit=none`, { method: 'GET' });
            const login = await fetch(items, { credentials: 'include' }).catch(() => 'refused');
            const whole = await fetch(`${portal}/privacy`).catch(() => 'refused');
            return [etag, again.status, fault.status, fault.headers.get('X-Request-Id').length, login, whole];
        }""",
        address,
    )
    complaints, watch.faults[:] = watch.faults[:], []

    assert len(complaints) > 2
    assert told[0].startswith('W/"')
    assert told[1:4] == [304, 400, 32]
    assert told[4:] == ["refused", "refused"]


def test_geopandas_has_every_parcel_with_its_area(
    address: str,
    truths: dict[str, Truth],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The frame is in EPSG:3794, whole, without doubles, and its areas are those of the database."""
    parcels = run("parcels_geopandas.py", address, tmp_path, monkeypatch)["parcels"]

    assert parcels.crs.to_epsg() == 3794
    assert len(parcels) == truths["parcels"].count > 1000
    assert not parcels.duplicated(["ko", "number"]).any()
    assert parcels.area.sum() == pytest.approx(truths["parcels"].area_m2, abs=1)
    assert capsys.readouterr().out.startswith(f"{len(parcels)} parcels, ")


def test_folium_shows_the_zones(
    page: Page, address: str, truths: dict[str, Truth], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that the script writes draws every zone, with its name in a popup."""
    run("zoning_folium.py", address, tmp_path, monkeypatch)
    page.route(lambda url: url.startswith("https://"), send_library)
    page.goto((tmp_path / "zoning.html").as_uri())
    shapes = page.locator("path.leaflet-interactive")
    shapes.first.wait_for(state="attached")
    shapes.first.dispatch_event("click")

    assert shapes.count() == truths["zoning"].count
    assert "EUP" in page.inner_text(".leaflet-popup")


@pytest.mark.parametrize("guide", ["feeds.sl.md", "feeds.en.md"])
def test_the_guide_names_every_example(guide: str) -> None:
    """Each file that somebody would copy is linked, in both languages."""
    text = (GUIDES / guide).read_text(encoding="utf-8")
    files = [each.name for each in EXAMPLES.iterdir() if each.suffix in (".html", ".js", ".py", ".css")]

    assert len(files) > 9
    assert [name for name in files if f"(../examples/{name})" not in text] == []


def run(name: str, address: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run a Python example in a folder of its own; gives the names it has at its end."""
    (folder / name).write_text(read_example(name, address), encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return runpy.run_path(name)


def send_library(route: Route) -> None:
    """Leaflet from the disk, and nothing for what folium also loads: there is no network in a test."""
    name = route.request.url.rsplit("/", 1)[-1]
    file = ROOT / "node_modules" / "leaflet" / "dist" / name
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    route.fulfill(body=file.read_text(encoding="utf-8") if file.is_file() else "", content_type=kind)
