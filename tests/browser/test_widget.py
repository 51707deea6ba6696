"""<prostor-map> in pages of other sites: strict policies, wild styles, several at once, messages both ways."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from gis.settings import Settings
from prostor.app import DATABASE, create_app
from prostor.portal_choice import read_chosen_portal
from tests.browser.accessibility import faults
from tests.browser.host_sites import AGGRESSIVE, HostSite, strict_policy, widget_script
from tests.browser.serving import serving
from viewer.embedding import find_current, read_widgets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Frame, Page

    from gis.database import Database
    from tests.browser.looking import Watch

pytestmark = [pytest.mark.browser, pytest.mark.database]

READY = """() => new Promise((done) => {
    const map = document.querySelector('prostor-map');
    if (map.capabilities) done();
    else map.addEventListener('prostor-ready', () => done(), { once: true });
})"""
PARCEL = "9001-1104/3"


@dataclass(frozen=True)
class World:
    """The portal, a site it names and one it does not, with their pages."""

    portal: str
    host: str
    stranger: str
    site: HostSite

    @property
    def script(self) -> str:
        """The present release."""
        return widget_script(self.portal, find_current(read_widgets()))


@pytest.fixture(scope="module")
def world(sample_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Three servers; the portal's folder names the host, and not the stranger."""
    site, home = HostSite(), tmp_path_factory.mktemp("world")
    with serving(site.build()) as host, serving(site.build()) as stranger:
        app = create_app(Settings(home=home, portal=_portal_naming(host, home)), sample_database.urls)
        with serving(app) as portal:
            yield World(portal, host, stranger, site)
        app.extensions[DATABASE].dispose()


def _portal_naming(host: str, home: Path) -> Path:
    folder = home / "portal"
    chosen = read_chosen_portal(Settings(home=home)).folder
    shutil.copytree(chosen, folder, ignore=shutil.ignore_patterns("sources"))
    own = (folder / "portal.toml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in own if not line.startswith("embedding_origins")]
    named = [f'embedding_origins = ["{host}"]', *kept]
    (folder / "portal.toml").write_text("\n".join(named), encoding="utf-8")
    return folder


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    """A watched page, closed before the servers end."""
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    watch.follow(opened)
    yield opened
    context.close()


def frame_of(page: Page, place: int = 0) -> Frame:
    """The map's frame once it has drawn something."""
    page.locator("prostor-map").nth(place).locator("iframe").wait_for(state="attached")
    frame = page.locator("prostor-map").nth(place).locator("iframe").element_handle().content_frame()
    assert frame is not None
    frame.wait_for_selector("body.is-ready")
    return frame


def test_a_page_with_a_strict_policy_needs_two_words(page: Page, world: World) -> None:
    """`frame-src` and `script-src` for the portal are enough; the frame is titled, lazy and sandboxed."""
    body = f'<prostor-map theme="planning" parcel="{PARCEL}" title="Parcela 1104/3"></prostor-map>'
    world.site.add("strict", body, head=world.script, policy=strict_policy(world.portal))

    page.goto(f"{world.host}/strict")
    frame = frame_of(page)
    page.evaluate(READY)
    iframe = page.locator("prostor-map iframe")
    told = page.evaluate("document.querySelector('prostor-map').capabilities")

    assert "1104/3" in frame.inner_text("#caption")
    assert iframe.get_attribute("title") == "Parcela 1104/3"
    assert iframe.get_attribute("loading") == "lazy"
    assert iframe.get_attribute("referrerpolicy") == "strict-origin-when-cross-origin"
    assert "allow-same-origin" in (iframe.get_attribute("sandbox") or "")
    assert told["theme"] == "planning"
    assert {each["id"] for each in told["themes"]} >= {"cadastre", "planning"}


def test_the_styles_of_a_cms_do_not_reach_the_map(page: Page, world: World) -> None:
    """Rules with `!important` for everything leave the frame as it is."""
    world.site.add(
        "cms", '<prostor-map theme="cadastre"></prostor-map>', head=f"<style>{AGGRESSIVE}</style>{world.script}"
    )

    page.goto(f"{world.host}/cms")
    frame = frame_of(page)
    box = page.locator("prostor-map iframe").bounding_box()

    assert box is not None
    assert box["width"] == pytest.approx(640, abs=2)
    assert box["height"] >= 200
    assert frame.evaluate("getComputedStyle(document.body).color") != "rgb(255, 105, 180)"


def test_two_maps_and_a_form_on_one_page(page: Page, world: World) -> None:
    """Each map is its own; choosing a parcel in one fills the form, by its event."""
    body = (
        '<form><input id="parcel" name="parcel" aria-label="Parcela"></form>'
        '<prostor-map id="one" theme="cadastre" height="320"></prostor-map>'
        '<prostor-map id="other" theme="planning" lang="en" height="320"></prostor-map>'
    )
    world.site.add("form", body, head=world.script)
    page.goto(f"{world.host}/form")
    for place in (0, 1):
        frame_of(page, place)
    page.wait_for_function(
        "() => [...document.querySelectorAll('prostor-map')].every((map) => map.capabilities)"
    )
    page.evaluate(
        """() => document.querySelector('#one').addEventListener('prostor-parcel', ({ detail }) => {
            document.querySelector('#parcel').value = detail.id;
        })"""
    )

    page.evaluate("() => document.querySelector('#one').selectParcel('9001 1104/3')")

    assert page.input_value("#parcel") == "9001-1104/3"
    assert page.evaluate("() => document.querySelector('#other').parcel") is None
    assert page.evaluate("() => document.querySelector('#other').capabilities.language") == "en"


def test_messages_change_the_map_and_are_answered(page: Page, world: World, watch: Watch) -> None:
    """Promises are kept when the map did it; what it does not have is refused by name."""
    world.site.add("talk", '<prostor-map theme="cadastre"></prostor-map>', head=world.script)
    page.goto(f"{world.host}/talk")
    frame = frame_of(page)
    page.evaluate(READY)

    page.evaluate(
        """async () => {
            const map = document.querySelector('prostor-map');
            await map.setTheme('planning');
            await map.setLayers({ off: ['zoning'] });
            await map.setView({ lon: 15.72, lat: 46.42, mpp: 1 });
        }"""
    )
    page.wait_for_function("() => document.querySelector('prostor-map').view")
    view = page.evaluate("document.querySelector('prostor-map').view")
    refused = page.evaluate(
        """async () => {
            const map = document.querySelector('prostor-map');
            const tried = await Promise.allSettled([
                map.setTheme('gone'), map.setLayers({ on: ['gone'] }),
                map.selectParcel('9001-99999'), map.setView({ lon: 999, lat: 0 }),
            ]);
            return tried.map(({ status, reason }) => `${status}: ${reason?.message}`);
        }"""
    )

    asked_in_vain, watch.faults[:] = watch.faults[:], []
    link = frame.get_attribute("#full-viewer", "href") or ""
    assert "off=zoning" in link
    assert all("404" in fault for fault in asked_in_vain)
    assert "theme=planning" in view["link"]
    assert view["lon"] == pytest.approx(15.72, abs=0.01)
    assert [each.partition(": ")[0] for each in refused] == ["rejected"] * 4
    assert "gone" in refused[0]
    assert "schema" in refused[3]


def test_a_click_is_told_to_the_page_around(page: Page, world: World) -> None:
    """A parcel that a reader points at is outlined, named below the map with a link, and told by an event."""
    world.site.add(
        "click", '<prostor-map parcel="9001-1104/3" controls="none"></prostor-map>', head=world.script
    )
    page.goto(f"{world.host}/click")
    frame = frame_of(page)
    page.evaluate(READY)
    before = page.evaluate("document.querySelector('prostor-map').parcel")
    box = page.locator("prostor-map iframe").bounding_box()
    assert box is not None

    page.mouse.click(box["x"] + box["width"] / 2 + 90, box["y"] + 200)
    page.wait_for_function("() => document.querySelector('prostor-map').parcel")
    told = page.evaluate("document.querySelector('prostor-map').parcel")

    assert before is None or before["id"] == "9001-1104/3"
    assert told["link"].startswith(f"{world.portal}/parcels/")
    assert told["title"] in frame.inner_text("#caption")
    assert frame.locator("#map-tools button").count() == 0


def test_a_stranger_is_not_answered(page: Page, world: World, watch: Watch) -> None:
    """A site that the portal does not name gets no frame, and one that opens the map in a window no word."""
    world.site.add("stranger", '<prostor-map theme="cadastre"></prostor-map>', head=world.script)
    page.goto(f"{world.stranger}/stranger")
    page.wait_for_timeout(1500)
    refused = [fault for fault in watch.faults if "frame-ancestors" in fault]
    watch.faults.clear()

    assert refused
    assert page.evaluate("document.querySelector('prostor-map').capabilities") is None


def test_a_window_that_is_not_the_parent_is_not_heard(page: Page, world: World) -> None:
    """Messages of a sibling, of another version and with unknown words change nothing and get no answer."""
    address = f"{world.portal}/embed?theme=cadastre"
    shown = f'<iframe id="map" title="Z" width="600" height="400" src="{address}"></iframe>'
    world.site.add("sibling", "<p>Sosed</p>")
    world.site.add("family", f'{shown}<iframe id="sibling" title="S" src="/sibling"></iframe>')
    page.goto(f"{world.host}/family")
    page.frame_locator("#map").locator("body.is-ready").wait_for()
    page.evaluate(
        "() => { window.heard = []; addEventListener('message', ({ data }) => heard.push(data.type)); }"
    )
    send = "(messages) => { for (const each of messages) %s.postMessage(each, '*'); }"
    hello = {"prostor": 1, "type": "hello", "payload": {}}

    page.frames[2].evaluate(send % "parent.frames[0]", [hello, {**hello, "type": "set-theme"}])
    page.wait_for_timeout(300)
    after_sibling = page.evaluate("heard")
    page.evaluate(
        send % "document.querySelector('#map').contentWindow",
        [
            {**hello, "prostor": 2},
            {**hello, "type": "constructor"},
            {**hello, "type": "eval", "payload": "1"},
            "text",
            None,
        ],
    )
    page.wait_for_timeout(300)

    assert after_sibling == []
    assert page.evaluate("heard") == []


def test_click_to_load_asks_nobody_before(page: Page, world: World, watch: Watch) -> None:
    """With `poster` nothing but the script comes from us until the reader wants the map."""
    world.site.add("poster", '<prostor-map poster theme="cadastre"></prostor-map>', head=world.script)
    page.goto(f"{world.host}/poster")
    page.locator("prostor-map button").wait_for()
    before = [url for url in watch.requests if url.startswith(world.portal)]

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    frame_of(page)

    assert len(before) == 1
    assert "/widget/" in before[0]


def test_the_wheel_and_the_keyboard_pass_the_map_by(page: Page, world: World) -> None:
    """Scrolling over the map moves the page; Tab goes through the map and out of it again."""
    around = '<a href="#" id="{}">ob zemljevidu</a>'
    lines = "<p>vrstica</p>" * 60
    shown = '<prostor-map theme="cadastre"></prostor-map>'
    body = around.format("before") + shown + around.format("after") + lines
    world.site.add("scroll", body, head=world.script)
    page.goto(f"{world.host}/scroll")
    frame_of(page)
    page.mouse.move(400, 300)
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(500)
    scrolled = page.evaluate("scrollY")

    page.focus("#before")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "after":
            break

    assert scrolled > 100
    assert page.evaluate("document.activeElement.id") == "after"


def test_the_frame_grows_with_what_is_opened_in_it(page: Page, world: World) -> None:
    """What the map shows is there as text; opening it makes the frame as high as it needs."""
    world.site.add("grow", '<prostor-map theme="planning" height="260"></prostor-map>', head=world.script)
    page.goto(f"{world.host}/grow")
    frame = frame_of(page)
    page.evaluate(READY)
    before = page.locator("prostor-map iframe").bounding_box()

    frame.click("#shown summary")
    page.wait_for_timeout(500)
    after = page.locator("prostor-map iframe").bounding_box()

    assert before is not None
    assert after is not None
    assert after["height"] > before["height"]
    assert "Namenska raba prostora" in frame.inner_text("#shown-text")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_frame_is_accessible_and_keeps_nothing(
    browser: Browser, watch: Watch, world: World, scheme: Any
) -> None:
    """axe finds nothing, with and without a parcel; no cookie and no storage is left behind."""
    context = browser.new_context(viewport={"width": 640, "height": 480}, color_scheme=scheme)
    page = context.new_page()
    watch.follow(page)
    page.goto(f"{world.portal}/embed?theme=planning&parcel=9001-1104/3&lang=en")
    page.wait_for_selector("body.is-ready")
    page.click("#shown summary")

    found = faults(page)
    kept = page.evaluate(
        """async () => [document.cookie, localStorage.length, sessionStorage.length,
            (await indexedDB.databases()).length, (await caches.keys()).length,
            (await navigator.serviceWorker.getRegistrations()).length]"""
    )
    cookies = context.cookies()
    context.close()

    assert found == []
    assert (kept, cookies) == (["", 0, 0, 0, 0, 0], [])
    assert all(url.startswith((world.portal, "data:")) for url in watch.requests)


def test_hostile_texts_are_only_text(page: Page, world: World) -> None:
    """What an address says beside the map is never markup, whatever it is."""
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    payload = "<img src=x onerror=alert(1)>\"'`${alert(2)}{{7*7}}"
    page.goto(f"{world.portal}/embed?marker=15.72,46.42&text={json.dumps(payload)[1:-1]}")
    page.wait_for_selector("body.is-ready")

    assert "<img src=x onerror" in page.inner_text("#caption")
    assert page.locator("#caption img").count() == 0
