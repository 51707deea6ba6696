"""The pages of parcels over HTTP on the sample: for people a page, for programs JSON, at one address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = pytest.mark.database

DRAWING = '<svg class="parcel-map__drawing"'
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def path(app_client: FlaskClient) -> str:
    """The address of a parcel in the middle of the town."""
    found = app_client.get("/parcels", query_string={"q": "556000 142600"}).get_json()
    return str(found["parcels"][0]["url"].split("/parcels/")[1])


@pytest.fixture(scope="module")
def app_client(request: pytest.FixtureRequest) -> FlaskClient:
    """A client of the whole service on the sample."""
    client: FlaskClient = request.getfixturevalue("app").test_client()
    return client


@pytest.mark.parametrize("language", ["sl", "en"])
def test_a_page_for_people(app_client: FlaskClient, path: str, language: str) -> None:
    """Heading, notice, all themes, map, sources and hash, without a script."""
    page = app_client.get(f"/parcels/{path}?lang={language}", headers=BROWSER)
    document = app_client.get(f"/parcels/{path}?lang={language}&f=json").get_json()

    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert f'<html lang="{language}">' in page.text
    assert document["hash"] in page.text
    assert document["content"]["notice"] in page.text
    assert "<script" not in page.text
    for theme in document["content"]["parcels"][0]["themes"]:
        assert f'id="p1-{theme["layer"]}"' in page.text
    assert re.search(r'<svg[^>]* role="img" aria-label="[^"]+">', page.text)


def test_one_address_for_people_and_programs(app_client: FlaskClient, path: str) -> None:
    """`f` wins over Accept, caches are told so, and only the reader's own keeps the answer."""
    as_asked = [
        app_client.get(f"/parcels/{path}{query}", headers=BROWSER) for query in ("", "?f=html", "?f=json")
    ]
    plain = app_client.get(f"/parcels/{path}")

    assert [each.mimetype for each in as_asked] == ["text/html", "text/html", "application/json"]
    assert plain.mimetype == "application/json"
    assert all("Accept" in each.headers["Vary"] for each in (*as_asked, plain))
    assert all(each.headers["Cache-Control"].startswith("private") for each in (*as_asked, plain))


def test_the_map_shows_the_parcel_at_a_round_scale(app_client: FlaskClient, path: str) -> None:
    """The drawing is well-formed, labelled, and says its scale."""
    page = app_client.get(f"/parcels/{path}", headers=BROWSER).text

    drawing = page[page.index(DRAWING) : page.index("</svg>", page.index(DRAWING))]
    assert "Merilo 1 : " in page
    assert drawing.count("<path") > 20
    assert "nan" not in drawing.lower()


def test_several_parcels_on_one_page(app_client: FlaskClient, path: str) -> None:
    """Each has its own part with its own headings and map, and the ids do not collide."""
    ko, number = path.split("/", 1)
    neighbour = app_client.get(f"/parcels/{path}?f=json").get_json()["content"]["parcels"][0]["neighbours"][0]

    page = app_client.get(f"/parcels/{ko}/{number},{neighbour['number']}?f=html", follow_redirects=True).text

    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert page.count(DRAWING) == 2
    assert {"p1-zoning", "p2-zoning"} <= set(ids)


@pytest.mark.parametrize("number", ["abc", "9001 99999999", "9001 1000000"])
def test_what_is_not_found_says_what_to_do(app_client: FlaskClient, number: str) -> None:
    """The page keeps what was typed and does not end in an error."""
    page = app_client.get("/parcels", query_string={"q": number}, headers=BROWSER)

    assert page.status_code == 200
    assert f'value="{number}"' in page.text
    assert "Ničesar nismo našli" in page.text or "Podobno se začenjajo" in page.text


def test_finding_leads_people_to_the_page(app_client: FlaskClient, path: str) -> None:
    """One parcel, or a list of one KO, is answered at once; others are listed with their addresses."""
    ko, number = path.split("/", 1)

    one = app_client.get("/parcels", query_string={"q": f"{ko} {number}"}, headers=BROWSER)
    street = app_client.get("/parcels", query_string={"q": "trg 1"}, headers=BROWSER)

    assert (one.status_code, one.headers["Location"]) == (303, f"http://localhost/parcels/{path}")
    assert street.status_code == 200
    assert 'href="/parcels/9001/' in street.text


def test_a_hostile_question_is_text(app_client: FlaskClient) -> None:
    """What is typed comes back as text only."""
    page = app_client.get("/parcels", query_string={"q": '"><script>alert(1)</script>'}, headers=BROWSER)

    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


def test_a_parcel_that_is_not_there_is_a_page_too(app_client: FlaskClient) -> None:
    """404 with words for people."""
    page = app_client.get("/parcels/9001/nothing", headers=BROWSER)

    assert (page.status_code, page.mimetype) == (404, "text/html")


def test_a_day_in_the_past_is_offered_and_refused_in_words(app_client: FlaskClient, path: str) -> None:
    """The form asks for a day; one before everything that is kept says so as a page."""
    now = app_client.get(f"/parcels/{path}", headers=BROWSER).text
    then = app_client.get(f"/parcels/{path}?as-of=2026-03-02&lang=en", headers=BROWSER)
    before = app_client.get(f"/parcels/{path}?as-of=2020-01-01", headers=BROWSER)

    assert '<input class="parcel-form__field" id="day" name="as-of" type="date"' in now
    assert "What applied here on 2\u00a0March\u00a02026" in then.text
    assert "By these data nothing has changed since then." in then.text
    assert 'id="changes"' not in now
    assert (before.status_code, before.mimetype) == (404, "text/html")


def test_an_outline_whose_box_alone_is_near_concerns_nobody(app_client: FlaskClient) -> None:
    """Large flood zones are cut to the parcel's surroundings; of one that ends elsewhere nothing is left."""
    page = app_client.get("/ogc/collections/parcels/items?limit=60&f=json").get_json()
    themes = []
    for feature in page["features"]:
        ko, number = feature["properties"]["ko"], feature["properties"]["number"]
        document = app_client.get(f"/parcels/{ko}/{number}?f=json").get_json()
        themes += [
            theme for theme in document["content"]["parcels"][0]["themes"] if theme["layer"] == "flood-zones"
        ]

    assert {theme["state"] for theme in themes} == {"concerned", "not_concerned"}
    assert not any(doubt["fault"] == "unreadable" for theme in themes for doubt in theme["doubts"])


def test_the_document_is_offered_and_made(app_client: FlaskClient, path: str) -> None:
    """The page links the PDF; it comes under a name of its own, and is not made again for who has it."""
    page = app_client.get(f"/parcels/{path}", headers=BROWSER).text
    (address,) = set(re.findall(r'href="(/parcels/[^"]+f=pdf[^"]*)"', page))

    made = app_client.get(address.replace("&amp;", "&"))
    again = app_client.get(address.replace("&amp;", "&"), headers={"If-None-Match": made.headers["ETag"]})

    assert (made.status_code, made.mimetype, made.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert re.fullmatch(r'inline; filename="parcela-[0-9A-Za-z-]+\.pdf"', made.headers["Content-Disposition"])
    assert (again.status_code, again.data) == (304, b"")
