"""What other sites fetch from us: the widget, oEmbed, the schema; over HTTP, from the whole application."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from viewer.embedding import find_current, read_widgets

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = pytest.mark.database


def test_the_widget_is_everybodys_and_for_ever(client: FlaskClient) -> None:
    """It may be loaded by any site with its integrity, and never changes; others do not exist."""
    current = find_current(read_widgets())
    answer = client.get(f"/widget/{current.release}.js")

    assert (answer.data, answer.mimetype) == (current.content, "text/javascript")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get("/widget/000000000000.js").status_code == 404


def test_a_shared_page_tells_its_oembed_answer(client: FlaskClient) -> None:
    """A CMS that is given the link finds the frame: the head names the answer, the answer holds the frame."""
    page = client.get("/?theme=planning&lang=en").get_data(as_text=True)
    answer = client.get("/oembed", query_string={"url": "http://localhost/?theme=planning&lang=en"})
    parcel = client.get(
        "/oembed", query_string={"url": "http://localhost/parcels/9001/1104/3", "maxwidth": "400"}
    )

    assert 'type="application/json+oembed" href="http://localhost/oembed?url=' in page
    assert '<meta property="og:url" content="http://localhost/?theme=planning&amp;lang=en">' in page
    assert answer.get_json()["type"] == "rich"
    assert 'src="http://localhost/embed?theme=planning&amp;lang=en"' in answer.get_json()["html"]
    assert answer.get_json()["title"] == "Spatial plan – Municipality of Jelšnica"
    assert parcel.get_json()["title"] == "Parcela 9001 1104/3 – Občina Jelšnica"
    assert parcel.get_json()["width"] == 400
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"url": "https://elsewhere.example/"}, 400),
        ({}, 400),
        ({"url": "http://localhost/privacy"}, 404),
        ({"url": "http://localhost/", "format": "xml"}, 406),
        ({"url": "http://localhost/", "maxwidth": "-1"}, 400),
        ({"url": "http://localhost/", "more": "1"}, 400),
    ],
)
def test_wrong_questions_are_told(client: FlaskClient, query: dict[str, str], status: int) -> None:
    """Each names what is wrong."""
    assert client.get("/oembed", query_string=query).status_code == status


def test_schema_and_types_are_published(client: FlaskClient) -> None:
    """Programs of webmasters may read them from anywhere."""
    schema = client.get("/embed/messages.schema.json")
    types = client.get("/embed/messages.d.ts")

    assert schema.get_json(force=True)["$id"] == "/embed/messages.schema.json"
    assert b"ProstorMapElement" in types.data
    assert schema.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/embed/secrets").status_code == 404


def test_nothing_for_other_sites_sets_a_cookie(client: FlaskClient) -> None:
    """No cookie from the frame, the widget and what belongs to them, and no X-Frame-Options."""
    current = find_current(read_widgets())
    paths = ("/embed", f"/widget/{current.release}.js", "/oembed?url=http://localhost/", "/embed/messages.d.ts")

    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "X-Frame-Options" not in answer.headers
