"""The page that writes embed codes: live beside its form, and its codes at work in a page of somebody else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from gis.settings import Settings
from prostor.app import DATABASE, PAINTER, PRINTER, create_app
from prostor.portal_choice import read_chosen_portal
from tests.browser.accessibility import faults
from tests.browser.host_sites import HostSite
from tests.browser.looking import DESKTOP
from tests.browser.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from gis.database import Database
    from tests.browser.looking import Watch

pytestmark = [pytest.mark.browser, pytest.mark.database]

HOSTILE = "\"'><img src=x onerror=alert(1)>{{7*7}}"


@pytest.fixture(scope="module")
def world(
    sample_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, HostSite]]:
    """A portal that names a host, and the host."""
    site, home = HostSite(), tmp_path_factory.mktemp("builder")
    with serving(site.build()) as host:
        app = create_app(Settings(home=home, portal=_portal_naming(host, home)), sample_database.urls)
        with serving(app) as portal:
            yield portal, host, site
        for name in (PRINTER, PAINTER):
            app.extensions[name].close()
        app.extensions[DATABASE].dispose()


def _portal_naming(host: str, home: Path) -> Path:
    folder = home / "portal"
    chosen = read_chosen_portal(Settings(home=home)).folder
    shutil.copytree(chosen, folder, ignore=shutil.ignore_patterns("sources"))
    own = (folder / "portal.toml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in own if not line.startswith("embedding_origins")]
    (folder / "portal.toml").write_text("\n".join([f'embedding_origins = ["{host}"]', *kept]), encoding="utf-8")
    return folder


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    """A watched page in which no dialog may open."""
    context = browser.new_context(viewport=DESKTOP)
    context.set_default_timeout(15_000)
    opened = context.new_page()
    opened.on("dialog", lambda dialog: pytest.fail(dialog.message))
    watch.follow(opened)
    yield opened
    context.close()


def test_codes_of_the_form_work_elsewhere(page: Page, world: tuple[str, str, HostSite], watch: Watch) -> None:
    """What is chosen by hand is previewed at once; frame, component and picture then stand in a strict page."""
    portal, host, site = world
    page.goto(f"{portal}/embed/builder?lang=en&theme=planning")
    page.get_by_label("a parcel").check()
    page.get_by_role("combobox", name="Parcel").fill("9001 1104/3")
    page.get_by_label("Title of the map").fill(HOSTILE)
    with page.expect_response(lambda answer: "title=%22" in answer.url and "/builder" in answer.url):
        page.get_by_label("phone").check()
    page.wait_for_function("() => document.querySelector('#frame').value.includes('width=\"360\"')")
    page.frame_locator("#preview").locator("#caption", has_text="1104/3").wait_for()
    preview = page.get_attribute("#preview", "width")
    found = faults(page)
    codes = {name: page.input_value(f"#{name}") for name in ("frame", "component", "picture")}
    policies = page.locator(".code__facts code").all_inner_texts()
    for name, policy in zip(codes, policies, strict=True):
        styled = "; style-src-attr 'unsafe-inline'" if name == "frame" else ""
        site.add(f"with-{name}", codes[name], policy=f"default-src 'none'; {policy}{styled}")

    titles = []
    for name in ("frame", "component"):
        page.goto(f"{host}/with-{name}")
        shown = page.locator("iframe")
        shown.content_frame.locator("#caption", has_text="1104/3").wait_for()
        titles.append(shown.get_attribute("title"))
    page.goto(f"{host}/with-picture")
    width = page.wait_for_function("() => document.images[0]?.complete && document.images[0].naturalWidth")
    titles.append(page.get_attribute("img", "alt"))
    page.click("a")
    page.locator("#caption", has_text="1104/3").wait_for()

    assert (found, preview, width.json_value()) == ([], "360", 360)
    assert titles == [HOSTILE] * 3
    assert all(url.startswith((portal, host, "data:")) for url in watch.requests)


def test_the_extent_and_the_middle_come_from_the_preview(page: Page, world: tuple[str, str, HostSite]) -> None:
    """Both buttons fill their fields with what the preview shows; a wrong entry is told beside its field."""
    portal, _, _ = world
    page.goto(f"{portal}/embed/builder?lang=en&at=556000,142000&mpp=1&theme=cadastre")
    page.frame_locator("#preview").locator("body.is-ready").wait_for()
    page.click("#take-middle")
    page.wait_for_function("() => document.querySelector('#frame').value.includes('marker=')")
    east, north = (float(each) for each in page.input_value("#marker").split(","))
    page.frame_locator("#preview").locator("body.is-ready").wait_for()
    page.click("#take-extent")
    box = [float(each) for each in page.input_value("#bbox").split(",")]
    page.fill("#bbox", "1,2")
    page.locator("#bbox[aria-invalid=true]").wait_for()

    assert (east, north) == (pytest.approx(556000, abs=2), pytest.approx(142000, abs=2))
    assert box[0] < 556000 < box[2]
    assert box[1] < 142000 < box[3]
    assert "four numbers" in page.inner_text("#bbox-wrong")
    assert faults(page) == []
