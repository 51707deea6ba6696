"""`/layers` and `/layers/{id}`: a page for people, JSON for programs, at one address."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any

import pytest

from gis.settings import Settings
from layers.loading.importing import import_layer
from layers.loading.rollback import roll_back
from layers.loading.withdraw import withdraw_layer
from prostor.app import DATABASE, create_app
from prostor.portal_choice import read_chosen_portal
from tiles.grid import read_grids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from gis.database import Database

pytestmark = pytest.mark.database

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PORTAL = """
id = "lipovec"
title = { sl = "Lipovec" }
outline = { west = 500000, south = 130000, east = 510000, north = 140000 }
[municipality]
name = { sl = "Občina Lipovec" }
office = { sl = "Urad za prostor" }
[[themes]]
id = "vse"
title = { sl = "Vse" }
description = { sl = "Vse" }
layers = ["trees", "wells"]
"""
MANIFEST = """
id = "trees"
title = { sl = "Drevesa", en = "Trees" }
description = { sl = "Drevesa <ob> cestah.", en = "Trees along roads." }
key = ["id"]
[source]
file = "trees.csv"
format = "csv"
crs = 3794
x = "E"
y = "N"
state_date = 2026-03-01
provider = { sl = "Občina" }
licence = "CC0-1.0"
attribution = { sl = "Vir: občina" }
[geometry]
kind = "point"
[columns]
id = { source = ["ID"], type = "integer", title = { sl = "Številka" } }
[style]
default = { fill = "#2f6f8f" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A portal with trees, and wells that were never loaded."""
    (tmp_path / "layers").mkdir()
    (tmp_path / "portal.toml").write_text(PORTAL, encoding="utf-8")
    (tmp_path / "layers" / "trees.toml").write_text(MANIFEST, encoding="utf-8")
    wells = MANIFEST.replace('id = "trees"', 'id = "wells"').replace("Drevesa", "Vodnjaki", 1)
    (tmp_path / "layers" / "wells.toml").write_text(wells, encoding="utf-8")
    return tmp_path


@pytest.fixture
def trees(folder: Path, database: Database) -> Iterator[FlaskClient]:
    """The service of that portal after two imports of its trees, the second with one tree more."""
    for count in (5, 6):
        load_trees(folder, database, count)
    app = create_app(Settings(home=folder / "home", portal=folder), database.urls)
    yield app.test_client()
    app.extensions[DATABASE].dispose()


def load_trees(folder: Path, database: Database, count: int) -> None:
    """Write so many trees and import them."""
    settings = Settings(home=folder / "home", portal=folder)
    with (folder / "layers" / "trees.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [["ID", "E", "N"], *([i, 501_000 + i * 100, 135_000] for i in range(1, count + 1))]
        csv.writer(file, delimiter=";").writerows(rows)
    portal = read_chosen_portal(settings)
    manifest = next(each for each in portal.read_manifests() if each.id == "trees")
    targets = [grid.target() for grid in read_grids(portal).values()]
    import_layer(database, portal, manifest, targets=targets, home=settings.home, who="test")


@pytest.mark.parametrize("path", ["/layers", "/layers/parcels"])
def test_browsers_get_a_page_and_programs_json(client: FlaskClient, path: str) -> None:
    """Accept decides, JSON when it says nothing, and caches are told so."""
    page = client.get(path, headers=BROWSER)
    plain = client.get(path)
    anything = client.get(path, headers={"Accept": "*/*"})

    assert page.mimetype == "text/html"
    assert plain.mimetype == anything.mimetype == "application/json"
    assert all("Accept" in answer.vary for answer in (page, plain, anything))
    assert page.headers["ETag"] != plain.headers["ETag"]


def test_f_wins_over_accept(client: FlaskClient) -> None:
    """Who writes f gets what it names, and another value is refused with the ones there are."""
    assert client.get("/layers/parcels?f=json", headers=BROWSER).mimetype == "application/json"
    assert client.get("/layers/parcels?f=html").mimetype == "text/html"
    refused = client.get("/layers/parcels?f=xml")
    assert refused.status_code == 400
    assert "json, html" in refused.get_json()["detail"]


def test_a_page_is_not_sent_twice(client: FlaskClient) -> None:
    """HEAD has the same headers and no body; with the ETag comes 304."""
    whole = client.get("/layers/parcels?f=html")
    head = client.head("/layers/parcels?f=html")
    again = client.get("/layers/parcels?f=html", headers={"If-None-Match": whole.headers["ETag"]})

    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert (again.status_code, again.data) == (304, b"")
    assert "Accept" in again.vary


def test_the_page_says_what_the_layer_is(client: FlaskClient) -> None:
    """Source, date, licence with its address, size, coverage, themes on the map and columns, in Slovenian."""
    data: dict[str, Any] = client.get("/layers/parcels").get_json()
    page = client.get("/layers/parcels?f=html").get_data(as_text=True)

    assert '<html lang="sl">' in page
    assert "<h1>Parcele</h1>" in page
    assert f"{data['features']:,}".replace(",", ".") in page
    assert "1.\u00a03.\u00a02026" in page
    assert f'href="{data["licence_url"]}"' in page
    assert "Sloj pokriva vso občino." in page
    assert 'href="/?theme=cadastre"' in page
    assert all(f"<code>{column['name']}</code>" in page for column in data["columns"])


def test_english_keeps_to_english(client: FlaskClient) -> None:
    """Texts and links to other pages carry the language on."""
    page = client.get("/layers/zoning?f=html&lang=en").get_data(as_text=True)

    assert '<html lang="en">' in page
    assert 'href="/?lang=en&amp;theme=planning"' in page
    assert "Kakovost" not in page


def test_a_layer_that_starts_hidden_is_switched_on_by_its_link(client: FlaskClient) -> None:
    """Settlements are off in the cadastre's map; the link from their page shows them."""
    page = client.get("/layers/settlements?f=html").get_data(as_text=True)

    assert 'href="/?theme=cadastre&amp;on=settlements"' in page


def test_every_link_of_a_page_leads_somewhere(client: FlaskClient) -> None:
    """Features, collection, TileJSON, JSON, map and list answer 200."""
    page = client.get("/layers/parcels?f=html").get_data(as_text=True)
    links = {part.split('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:]}
    inner = {link for link in links if link.startswith("/") and not link.startswith("/static")}

    assert len(inner) >= 8
    assert {link: client.get(link).status_code for link in inner} == dict.fromkeys(inner, 200)


@pytest.mark.parametrize("path", ["/layers?f=html", "/layers/zoning?f=html", "/layers/zoning?f=json"])
def test_nothing_internal_leaves(client: FlaskClient, path: str) -> None:
    """No table names, no reasons for holding back, no fingerprints, no raw texts of the source."""
    text = client.get(path).get_data(as_text=True)

    assert not any(
        word in text for word in ("fingerprint", "hold_reason", "table_name", "samples", "version_id", "data.v")
    )


def test_the_list_has_every_layer_once(trees: FlaskClient) -> None:
    """Published ones with a link, and one that was never loaded without."""
    page = trees.get("/layers?f=html").get_data(as_text=True)

    assert page.count('<a href="/layers/trees">Drevesa</a>') == 1
    assert "6 zapisov" in page
    assert "Podatki za ta sloj še niso bili objavljeni." in page
    assert "/layers/wells" not in page


def test_versions_stand_with_their_data(trees: FlaskClient) -> None:
    """The published one first, the one before it with the token it is read by, texts escaped."""
    data = trees.get("/layers/trees").get_json()
    page = trees.get("/layers/trees?f=html").get_data(as_text=True)
    older = next(each["token"] for each in data["versions"] if each["number"] == 1)

    assert page.index("objavljena</span>") < page.index("prejšnja</span>")
    assert f'href="/layers/trees/data.geojson?version={older}"' in page
    assert 'href="/layers/trees/data.geojson"' in page
    assert "Drevesa &lt;ob&gt; cestah." in page


def test_a_rollback_is_told_without_a_name(trees: FlaskClient, database: Database) -> None:
    """When, and instead of which version, on the page and in JSON; the command line says who."""
    roll_back(database, "trees", who="breda")

    page, plain = (trees.get(f"/layers/trees?f={form}") for form in ("html", "json"))
    first, second = reversed(plain.get_json()["versions"])

    assert re.search(r"spet objavljena \d+\.\s\d+\.\s20\d\d namesto različice 2", page.text)
    assert (first["rolled_back_from"], second["rolled_back_from"]) == (2, None)
    assert first["published_at"] > second["published_at"]
    assert "published again on" in trees.get("/layers/trees?f=html&lang=en").text
    assert "breda" not in page.text + plain.text


def test_a_withdrawn_layer_says_so(trees: FlaskClient, folder: Path, database: Database) -> None:
    """410 with the name of the layer and whom to ask, for people and for programs; never stored by caches."""
    withdraw_layer(database, "trees", who="test")
    app = create_app(Settings(home=folder / "home", portal=folder), database.urls)
    client = app.test_client()

    page = client.get("/layers/trees", headers=BROWSER)
    data = client.get("/layers/trees")
    listed = client.get("/layers?f=html").get_data(as_text=True)
    app.extensions[DATABASE].dispose()

    assert (page.status_code, data.status_code) == (410, 410)
    assert page.headers["Cache-Control"] == "no-store"
    assert "<h1>Drevesa</h1>" in page.get_data(as_text=True)
    assert "Urad za prostor" in page.get_data(as_text=True)
    assert "Podatki za ta sloj so bili umaknjeni." in listed


def test_an_unknown_layer_is_a_page_too(client: FlaskClient) -> None:
    """404 as a page for people, as a problem for programs."""
    page = client.get("/layers/meadows", headers=BROWSER)
    data = client.get("/layers/meadows")

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert (data.status_code, data.mimetype) == (404, "application/problem+json")
    assert client.get("/layers/meadows?f=html").mimetype == "text/html"
    assert client.get("/layers/meadows?f=json", headers=BROWSER).mimetype == "application/problem+json"
