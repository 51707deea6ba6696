"""The folium file opens from disk without a network, and shows attribute text as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gis.envelope import Envelope
from layers.catalogue import Catalogue
from layers.style import Symbol
from tests.browser.looking import DESKTOP, Watch
from viewer.assets import read_assets
from viewer.folium_export import ExportFeature, ExportLayer, build_map
from viewer.map_features import read_export_layer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from gis.database import Database

pytestmark = [pytest.mark.database, pytest.mark.browser]

HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} `${alert(3)}` {{ 7 * 7 }} </script> č š ž"


def write_map(path: Path, layers: Sequence[ExportLayer], start: Envelope) -> None:
    """A stand-alone map with the built Leaflet in it."""
    vendor = read_assets("").folder / "vendor"
    page = build_map(
        layers,
        title="Zemljevid",
        language="sl",
        start=start,
        leaflet_js=(vendor / "leaflet-classic.js").read_text(encoding="utf-8"),
        leaflet_css=(vendor / "leaflet.css").read_text(encoding="utf-8"),
    )
    path.write_text(page, encoding="utf-8")


@pytest.fixture
def offline_page(browser: Browser, watch: Watch) -> Page:
    """A page of a browser that is cut off from every network."""
    context = browser.new_context(viewport=DESKTOP, offline=True)
    page = context.new_page()
    watch.follow(page)
    return page


def test_the_file_opens_without_a_network(
    offline_page: Page, watch: Watch, sample_database: Database, tmp_path: Path
) -> None:
    """Zoning of the sample is drawn from the file alone; a click tells the zone in words."""
    layer = Catalogue(sample_database).find("zoning")
    assert layer.extent is not None
    write_map(tmp_path / "map.html", [read_export_layer(sample_database, layer, "sl")], layer.extent)

    offline_page.goto((tmp_path / "map.html").as_uri())
    offline_page.mouse.click(640, 400)
    popup = offline_page.wait_for_selector(".leaflet-popup-content table")

    assert popup is not None
    assert "Namenska raba" in popup.inner_text()
    assert [url for url in watch.requests if not url.startswith(("file:", "data:"))] == []
    assert (
        offline_page.locator(".leaflet-control-layers label").inner_text().strip() == "Namenska raba prostora"
    )
    offline_page.context.close()


def test_attribute_text_is_text(
    offline_page: Page, watch: Watch, sample_database: Database, tmp_path: Path
) -> None:
    """A hostile value is shown letter by letter in the popup; no dialog opens and nothing is asked for."""
    dialogs: list[str] = []
    offline_page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    manifest = Catalogue(sample_database).find("municipality").manifest
    box = [[15.0, 46.0], [15.1, 46.0], [15.1, 46.1], [15.0, 46.1], [15.0, 46.0]]
    feature = ExportFeature({"type": "Polygon", "coordinates": [box]}, HOSTILE, None, [(HOSTILE, HOSTILE)])
    filled = manifest.style.model_copy(update={"default": Symbol(fill="#ccddee")})
    hostile = manifest.model_copy(update={"style": filled})
    write_map(tmp_path / "map.html", [ExportLayer(hostile, [feature])], Envelope(15, 46, 15.1, 46.1, srid=4326))

    offline_page.goto((tmp_path / "map.html").as_uri())
    offline_page.mouse.click(640, 400)
    offline_page.wait_for_selector(".leaflet-popup-content table")

    assert offline_page.locator(".leaflet-popup-content caption").inner_text() == HOSTILE
    assert offline_page.locator(".leaflet-popup-content td").inner_text() == HOSTILE
    assert dialogs == []
    assert [url for url in watch.requests if not url.startswith(("file:", "data:"))] == []
    offline_page.context.close()
