"""`/static-map.png` at the door of the whole service, and the previews of links that name it."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = pytest.mark.database
PARCEL = "/static-map.png?parcel=9001-1104/3&width=300&height=200"


def size(content: bytes) -> tuple[int, int]:
    """Width and height of a picture."""
    return Image.open(io.BytesIO(content)).size


def test_a_picture_may_stand_in_any_page_and_is_asked_for_once(client: FlaskClient) -> None:
    """PNG, cached for minutes, 304 afterwards, no cookie, the order of parameters no matter."""
    first = client.get(PARCEL)
    again = client.get(PARCEL, headers={"If-None-Match": first.headers["ETag"]})
    other = client.get("/static-map.png?height=200&width=300&parcel=9001-1104/3")

    assert (first.status_code, first.mimetype, size(first.data)) == (200, "image/png", (300, 200))
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age=300" in first.headers["Cache-Control"]
    assert "Set-Cookie" not in first.headers
    assert again.status_code == 304
    assert other.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("parcel=9001-99999", 404, "There is no parcel 9001-99999"),
        ("address=Nikjer 5", 404, "Nothing is found at this address"),
        ("width=5000", 400, "Parameter width: write whole pixels, 100 to 1280"),
        ("evil=1", 400, "evil"),
        ("width=300&width=400", 400, "width"),
    ],
)
def test_what_is_wrong_is_said(client: FlaskClient, query: str, status: int, said: str) -> None:
    """In a sentence, as JSON, kept by nobody."""
    answer = client.get(f"/static-map.png?{query}")

    assert answer.status_code == status
    assert said in answer.get_json()["detail"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "page", ["/?theme=planning&lang=en", "/parcels/9001/1104/3?f=html", "/?select=buildings:1&on=buildings"]
)
def test_a_link_has_a_preview(client: FlaskClient, page: str) -> None:
    """The picture that the head names is there, and as large as the head says."""
    head = client.get(page, headers={"Accept": "text/html"}).text
    found = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[a-z:]+)" content="([^"]*)">', head))
    address = urlsplit(unescape(found["og:image"]))
    picture = client.get(f"{address.path}?{address.query}")

    assert found["twitter:card"] == "summary_large_image"
    assert picture.status_code == 200, picture.text
    assert size(picture.data) == (int(found["og:image:width"]), int(found["og:image:height"])) == (1200, 630)


def test_oembed_names_a_thumbnail(client: FlaskClient) -> None:
    """Within the room that was asked for (oEmbed 1.0, 2.3.4)."""
    query = {"url": "http://localhost/?theme=planning&controls=zoom", "maxwidth": "300", "maxheight": "240"}
    answer = client.get("/oembed", query_string=query).get_json()
    address = urlsplit(answer["thumbnail_url"])
    picture = client.get(f"{address.path}?{address.query}")

    assert size(picture.data) == (answer["thumbnail_width"], answer["thumbnail_height"]) == (300, 240)
    assert parse_qs(address.query)["theme"] == ["planning"]
    assert "controls" not in parse_qs(address.query)
