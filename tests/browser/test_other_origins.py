"""A portal with a base map from outside, and with a site that may embed it."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

import pytest
from flask import Flask, request
from markupsafe import escape
from PIL import Image

from gis.settings import Settings
from prostor.app import DATABASE, create_app
from prostor.portal_choice import read_chosen_portal
from tests.browser.looking import Watch, wait_for_tiles
from tests.browser.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from gis.database import Database

pytestmark = [pytest.mark.browser, pytest.mark.database]

PICTURES = "https://pictures.example.si"
BASE_MAP = f"""
[[base_maps]]
id = "orthophoto"
title = {{ sl = "Ortofoto", en = "Orthophoto" }}
kind = "xyz"
url = "{PICTURES}/{{z}}/{{x}}/{{y}}.png"
attribution = {{ sl = "Ortofoto GURS" }}
"""


@pytest.fixture
def host() -> Iterator[str]:
    """A site that shows in a frame whatever it is told to, and that the portal names."""
    with serving(make_site()) as address:
        yield address


@pytest.fixture
def stranger() -> Iterator[str]:
    """Another such site, which the portal does not name."""
    with serving(make_site()) as address:
        yield address


@pytest.fixture
def other_address(sample_database: Database, tmp_path: Path, host: str) -> Iterator[str]:
    """The sample under another portal.toml: one base map, one site that may embed it."""
    folder = tmp_path / "portal"
    chosen = read_chosen_portal(Settings(home=tmp_path)).folder
    shutil.copytree(chosen, folder, ignore=shutil.ignore_patterns("sources"))
    own = (folder / "portal.toml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in own if not line.startswith("embedding_origins")]
    changed = [f'embedding_origins = ["{host}"]', *kept, BASE_MAP]
    (folder / "portal.toml").write_text("\n".join(changed), encoding="utf-8")
    app = create_app(Settings(home=tmp_path, portal=folder), sample_database.urls)
    with serving(app) as address:
        yield address
    app.extensions[DATABASE].dispose()


@pytest.fixture
def page(browser: Browser, watch: Watch, other_address: str, stranger: str) -> Iterator[Page]:
    """A watched page that reaches no network; closed before the servers end, so that none is missed."""
    context = browser.new_context()
    opened = context.new_page()
    watch.follow(opened)
    yield opened
    context.close()


def test_base_map_is_drawn_below_the_layers(page: Page, other_address: str, watch: Watch) -> None:
    """A chosen base map is loaded from its origin, credited, and kept in the address; parcels stay above."""
    page.route(f"{PICTURES}/**", send_picture)
    page.goto(f"{other_address}/?theme=cadastre")
    page.wait_for_selector("body.is-ready")

    page.select_option("#ground", label="Ortofoto")
    page.wait_for_selector("img.leaflet-tile-loaded")
    wait_for_tiles(page)

    assert "base=orthophoto" in page.url
    assert "Ortofoto GURS" in page.inner_text("#attribution")
    assert page.locator("canvas.leaflet-tile").count() > 0
    assert {url.split("/")[2] for url in watch.requests if "example.si" in url} == {PICTURES.split("/")[2]}


def test_origin_of_a_base_map_is_named_to_people(page: Page, other_address: str) -> None:
    """The privacy page lists where pictures come from."""
    page.goto(f"{other_address}/privacy")

    assert PICTURES in page.inner_text("main")


def test_named_site_may_embed_and_a_stranger_may_not(
    page: Page, other_address: str, host: str, stranger: str, watch: Watch
) -> None:
    """The browser shows the map in a frame of the site the portal names, and refuses all others."""
    page.goto(f"{host}/?shown={other_address}/embed")
    page.frame_locator("iframe").locator("body.is-ready").wait_for()
    assert watch.faults == []

    page.goto(f"{stranger}/?shown={other_address}/embed")
    page.wait_for_timeout(800)

    assert any("frame-ancestors" in fault for fault in watch.faults)
    watch.faults.clear()


def make_site() -> Flask:
    """A site of one page with a frame."""
    site = Flask("site")
    site.add_url_rule("/favicon.ico", "icon", lambda: ("", 204))

    @site.get("/")
    def show_frame() -> str:
        shown = escape(request.args["shown"])
        return f'<iframe title="Zemljevid" width="600" height="400" src="{shown}"></iframe>'

    return site


def send_picture(route: Route) -> None:
    """A picture of one colour."""
    picture = io.BytesIO()
    Image.new("RGB", (256, 256), (110, 130, 90)).save(picture, "PNG")
    route.fulfill(body=picture.getvalue(), content_type="image/png")
