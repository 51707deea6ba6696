"""Fixtures for tests in a real browser: Debian's chromium, the whole service on the sample, watched pages."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.looking import DESKTOP, Watch, wait_for_tiles
from tests.browser.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

_QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# WebGL by the processor: no graphics card is needed.
_WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
SLOW_MACHINE_MILLISECONDS = 15_000

# The steps of a day stand outside of a test's file, and what they found has to be told all the same.
pytest.register_assert_rewrite("tests.browser.days")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; a process can hold only one of it."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's chromium, started once."""
    yield from _launch(playwright, "--disable-gpu")


@pytest.fixture(scope="session")
def webgl(playwright: Playwright) -> Iterator[Browser]:
    """The same with WebGL, in a process of its own."""
    yield from _launch(playwright, *_WEBGL)


def _launch(playwright: Playwright, *flags: str) -> Iterator[Browser]:
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    started = playwright.chromium.launch(executable_path=chromium, args=[*_QUIET, *flags])
    yield started
    started.close()


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """Where the whole service answers."""
    with serving(app) as started:
        yield started


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Errors, failed requests and CSP reports of the test's pages: there must be none at its end."""
    watching = Watch()
    yield watching
    assert watching.faults == []


@pytest.fixture
def open_url(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens a whole address in a fresh, watched page and waits until the viewer is ready."""
    contexts: list[BrowserContext] = []

    def open_whole(url: str, *, ready: bool = True, **options: Any) -> Page:
        context = browser.new_context(viewport=options.pop("viewport", DESKTOP), locale="sl-SI", **options)
        context.set_default_timeout(SLOW_MACHINE_MILLISECONDS)
        contexts.append(context)
        page = context.new_page()
        watch.follow(page)
        page.goto(url)
        if ready:
            page.wait_for_selector("body.is-ready")
            wait_for_tiles(page)
        return page

    yield open_whole
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(open_url: Callable[..., Page], address: str) -> Callable[..., Page]:
    """Opens an address of the service on the sample, as `open_url` does."""

    def open_address(path: str = "/", **options: Any) -> Page:
        return open_url(address + path, **options)

    return open_address


@pytest.fixture
def parcel(client: FlaskClient) -> dict[str, Any]:
    """One parcel as the search finds it: in the middle of the town, where a zone and utilities are."""
    centre = client.get("/layers/parcels").get_json()["extent"]
    lon, lat = (centre[0] + centre[2]) / 2, (centre[1] + centre[3]) / 2
    box = f"{lon - 0.002},{lat - 0.002},{lon + 0.002},{lat + 0.002}"
    key = client.get(f"/ogc/collections/parcels/items?limit=1&bbox={box}").get_json()["features"][0]["id"]
    found = client.get("/search", query_string={"q": key.replace("-", " ", 1)}).get_json()
    return next(
        result for group in found["groups"] for result in group["results"] if result["layer"] == "parcels"
    )
