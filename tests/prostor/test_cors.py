"""Who may read answers from pages of other origins: data anybody, pages and what is for operators nobody.

Source: Fetch standard, 3.2 (CORS protocol).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

pytestmark = pytest.mark.database
ORIGIN = {"Origin": "https://www.lipovec.si"}
ITEMS = "/ogc/collections/zoning/items"
READABLE = {
    "ETag",
    "Content-Crs",
    "Link",
    "Retry-After",
    "X-Features-Truncated",
    "X-Layers-Missing",
    "X-Request-Id",
}
DATA = (
    "/ogc",
    "/ogc/api",
    "/ogc/conformance",
    "/ogc/collections",
    "/ogc/collections/zoning",
    f"{ITEMS}?limit=2",
    "/ogc/collections/zoning/queryables",
    "/ogc/collections/zoning/schema",
    "/ogc/collections/zoning/tiles",
    "/ogc/collections/zoning/tiles/SI-D96",
    "/ogc/tileMatrixSets",
    "/ogc/tileMatrixSets/SI-D96",
    "/tiles/zoning/SI-D96.json",
    "/tiles/planning/style.json",
    "/tiles/planning/sprite.png",
    "/layers",
    "/layers/zoning",
    "/search?q=9001+1104/3",
    "/identify?x=556000&y=142500",
    "/parcels?q=9001+1104/3",
    "/parcels/9001/1104/3",
    "/parcels/schema",
    "/parcels/select?parcels=9001:1104/3",
    "/oembed?url=http://localhost/",
    "/embed/messages.schema.json",
)
PAGES = ("/", "/embed", "/privacy", "/accessibility", "/layers?f=html", "/parcels?f=html")
FAULTS = (
    (f"{ITEMS}?limit=none", 400),
    (f"{ITEMS}/nowhere", 404),
    ("/ogc/collections/nowhere/items", 404),
    ("/nowhere", 404),
    (f"{ITEMS}?version=0000000000000000", 400),
    ("/tiles/nowhere/SI-D96.json", 404),
    (f"/search?q={'9' * 9000}", 414),
)


def check_open(answer: TestResponse) -> None:
    """Any page may read the answer with its headers, and no login is part of it."""
    exposed = answer.headers.get("Access-Control-Expose-Headers", "")
    assert answer.headers.getlist("Access-Control-Allow-Origin") == ["*"]
    assert set(exposed.split(", ")) >= READABLE - {"Content-Crs", "Link", "Retry-After", "X-Request-Id"}
    assert answer.headers.getlist("Cross-Origin-Resource-Policy") == ["cross-origin"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" not in answer.vary
    assert "Set-Cookie" not in answer.headers


def check_closed(answer: TestResponse) -> None:
    """The browser gives the answer to no script of another origin."""
    assert [name for name, _ in answer.headers if name.startswith("Access-Control-")] == []
    assert answer.headers.get("Cross-Origin-Resource-Policy", "same-origin") == "same-origin"


@pytest.mark.parametrize("path", DATA)
def test_data_are_anybodys_in_every_way_of_asking(client: FlaskClient, path: str) -> None:
    """GET, HEAD, the 304 of a second question, and the preflight that this question needs."""
    first = client.get(path, headers=ORIGIN)
    head = client.head(path, headers=ORIGIN)
    asked = {
        **ORIGIN,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    preflight = client.options(path, headers=asked)

    assert (first.status_code, head.status_code, preflight.status_code) == (200, 200, 200)
    for answer in (first, head, preflight):
        check_open(answer)
    assert "If-None-Match" in preflight.headers["Access-Control-Allow-Headers"].split(", ")
    assert set(preflight.headers["Access-Control-Allow-Methods"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert preflight.headers["Access-Control-Max-Age"] == "86400"
    if "ETag" in first.headers:
        again = client.get(path, headers={**ORIGIN, "If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        check_open(again)


def test_tiles_are_anybodys_whoever_answers(client: FlaskClient) -> None:
    """New, from memory, unchanged, empty and not there; with the token, without, and by its OGC address."""
    template = client.get("/tiles/zoning/WebMercatorQuad.json").get_json()["tiles"][0]
    pinned = template.split("localhost", 1)[1].format(z=14, x=8907, y=5801)
    plain = pinned.split("@", maxsplit=1)[0] + "/" + pinned.split("/", 3)[3]
    first = client.get(pinned, headers=ORIGIN)
    answers = [
        first,
        client.get(pinned, headers=ORIGIN),
        client.get(pinned, headers={**ORIGIN, "If-None-Match": first.headers["ETag"]}),
        client.head(pinned, headers=ORIGIN),
        client.options(pinned, headers={**ORIGIN, "Access-Control-Request-Method": "GET"}),
        client.get(plain, headers=ORIGIN),
        client.get("/ogc/collections/zoning/tiles/WebMercatorQuad/14/5801/8907?f=mvt", headers=ORIGIN),
        client.get(plain.replace("/8907/", "/1/"), headers=ORIGIN),
        client.get(plain.replace("/14/", "/99/"), headers=ORIGIN),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 304, 200, 200, 200, 200, 204, 404]
    for answer in answers:
        check_open(answer)
    assert "Accept-Encoding" in first.vary


@pytest.mark.parametrize(("path", "status"), FAULTS)
def test_faults_can_be_read_too(client: FlaskClient, path: str, status: int) -> None:
    """A script of another origin learns why, and by which request."""
    answer = client.get(path, headers=ORIGIN)

    assert answer.status_code == status
    check_open(answer)
    assert set(answer.headers["Access-Control-Expose-Headers"].split(", ")) == READABLE
    assert answer.get_json()["detail"]


@pytest.mark.parametrize("path", [*PAGES, "/nowhere?f=html"])
def test_pages_are_read_by_nobody_else(client: FlaskClient, path: str) -> None:
    """A page for people is none of the business of other origins' scripts, nor is its error."""
    check_closed(client.get(path, headers=ORIGIN))


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_what_is_for_operators_is_read_by_nobody_else(client: FlaskClient, path: str) -> None:
    """Health is asked for by who runs the service; metrics too, see test_metrics."""
    answer = client.get(path, headers=ORIGIN)

    assert answer.status_code == 200
    check_closed(answer)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/layers", "/layers/zoning", "/parcels?q=9001+1104/3", "/parcels/9001/1104/3"]
)
def test_caches_keep_pages_and_data_of_one_address_apart(client: FlaskClient, path: str) -> None:
    """What goes by Accept says so, as page, as data and as 304."""
    data = client.get(path)
    page = client.get(path, headers={"Accept": "text/html"})
    again = client.get(path, headers={"If-None-Match": data.headers["ETag"]})

    assert data.is_json
    assert again.status_code == 304
    assert [("Accept" in answer.vary) for answer in (data, page, again)] == [True, True, True]
