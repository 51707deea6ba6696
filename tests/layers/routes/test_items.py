"""Pages of features over HTTP: what OGC API Features Parts 1 and 2 ask for."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from gis import crs

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

pytestmark = pytest.mark.database

ITEMS = "/ogc/collections/parcels/items"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def _ids(page: Any) -> set[str]:
    return {feature["id"] for feature in page["features"]}


def test_a_page_of_features(client: FlaskClient) -> None:
    """The default page: 100 GeoJSON features in CRS84 with counts, links, time stamp and Content-Crs."""
    answer = client.get(ITEMS)
    page = answer.get_json(force=True)

    assert answer.mimetype == "application/geo+json"
    assert answer.headers["Content-Crs"] == f"<{CRS84}>"
    assert page["type"] == "FeatureCollection"
    assert (page["numberMatched"], page["numberReturned"], len(page["features"])) == (400, 100, 100)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", page["timeStamp"])
    assert {link["rel"] for link in page["links"]} == {"self", "collection", "next"}


def test_properties_stand_in_the_order_of_the_manifest(client: FlaskClient) -> None:
    """Columns come in the clerk's order, dates as ISO text, long ids as text, unknown as null."""
    text = client.get(f"{ITEMS}/9001-1%2F1").text
    properties = json.loads(text)["properties"]

    assert list(properties) == ["ko", "number", "ko_name", "area", "eid", "changed", "settled", "slope"]
    assert properties["changed"] == "2025-01-02"
    assert properties["eid"] == "100100001379837236"
    assert properties["area"] == 400
    assert properties["settled"] is True
    assert client.get(f"{ITEMS}/9001-1%2F2").get_json(force=True)["properties"]["changed"] is None


@pytest.mark.parametrize(
    ("uri", "digits", "north_first"),
    [
        (CRS84, 7, False),
        (f"{EPSG}4326", 7, True),
        (f"{EPSG}3794", 3, False),
        (f"{EPSG}3857", 3, False),
    ],
)
def test_every_offered_crs(client: FlaskClient, uri: str, digits: int, north_first: bool) -> None:
    """Coordinates agree with pyproj to half a last digit, in the axis order and digits of the CRS."""
    answer = client.get(f"{ITEMS}/9001-1%2F1", query_string={"crs": uri})
    feature = json.loads(answer.text, parse_float=str, parse_int=str)
    corners = feature["geometry"]["coordinates"][0]
    srid = crs.parse_crs_uri(uri)[0]

    assert answer.headers["Content-Crs"] == f"<{uri}>"
    for corner in corners:
        first, second = (float(number) for number in corner)
        x, y = crs.transform(srid, 3794, *((second, first) if north_first else (first, second)))
        assert min(abs(x - 507020), abs(x - 507040)) < 0.006
        assert min(abs(y - 135000), abs(y - 135020)) < 0.006
        assert all(len(number.partition(".")[2]) <= digits for number in corner)


def test_the_portals_own_coordinates_are_exact(client: FlaskClient) -> None:
    """In the CRS of the portal nothing is moved, to the millimetre."""
    feature = client.get(f"{ITEMS}/9001-1%2F1", query_string={"crs": f"{EPSG}3794"}).get_json(force=True)

    assert shape(feature["geometry"]).bounds == (507020, 135000, 507040, 135020)


def test_outer_rings_run_counter_clockwise(asked: Callable[..., Any]) -> None:
    """RFC 7946, section 3.1.6, although the source had them clockwise."""
    for feature in asked(ITEMS)["features"]:
        assert shape(feature["geometry"]).exterior.is_ccw


@pytest.mark.parametrize(
    ("bbox", "bbox_crs", "count"),
    [
        ("507001,135001,507019,135019", f"{EPSG}3794", 1),
        ("507010,135010,507030,135010", f"{EPSG}3794", 2),
        ("507010,135010,507010,135010", f"{EPSG}3794", 1),
        ("507010,135010,0,507030,135030,0", f"{EPSG}3794", 4),
        ("0,0,1000,1000", f"{EPSG}3794", 0),
        ("-180,-90,180,90", CRS84, 400),
        ("-90,-180,90,180", f"{EPSG}4326", 400),
        ("170,-90,15.0913,90", CRS84, 40),
        ("16,-90,15,90", CRS84, 0),
    ],
)
def test_a_bbox(asked: Callable[..., Any], bbox: str, bbox_crs: str, count: int) -> None:
    """Boxes in any offered CRS: flat ones, six numbers, elsewhere, the world, over the antimeridian."""
    page = asked(ITEMS, bbox=bbox, bbox_crs=bbox_crs, limit=1000)

    assert page["numberMatched"] == page["numberReturned"] == count


def test_a_bbox_keeps_to_its_own_sides(asked: Callable[..., Any]) -> None:
    """A box in degrees is no upright box in metres: features in the corners that the two differ by stay out.

    The oracle is shapely on the whole layer, in degrees.
    """
    every = asked(ITEMS, limit=1000)["features"]
    west, south, east, north = 15.0925, 46.3555, 15.0945, 46.3565
    box = shape(
        {
            "type": "Polygon",
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
        }
    )
    expected = {each["id"] for each in every if shape(each["geometry"]).intersects(box)}

    assert _ids(asked(ITEMS, bbox=f"{west},{south},{east},{north}", limit=1000)) == expected
    assert 20 < len(expected) < 200


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"number": "1/1"}, 1),
        ({"ko": "9001"}, 200),
        ({"ko": "9001", "settled": "true", "area": "400"}, 133),
        ({"changed": "2025-01-02"}, 200),
        ({"slope": "12.5"}, 1),
        ({"number": "' or 1=1--"}, 0),
        ({"number": "%"}, 0),
        ({"datetime": "2020-01-01T00:00:00Z/.."}, 400),
    ],
)
def test_filters_by_property(asked: Callable[..., Any], query: dict[str, str], count: int) -> None:
    """Properties are compared exactly, each with its type, and all must hold."""
    page = asked(ITEMS, **query, limit=1000)

    assert page["numberMatched"] == len(page["features"]) == count


def test_only_some_properties(asked: Callable[..., Any]) -> None:
    """`properties` leaves out the others and keeps id and geometry."""
    (feature, *_) = asked(ITEMS, properties="number,ko", limit=1)["features"]

    assert list(feature["properties"]) == ["ko", "number"]
    assert feature["id"] == f"{feature['properties']['ko']}-{feature['properties']['number']}"
    assert feature["geometry"] is not None


def test_every_feature_leads_to_itself(client: FlaskClient, asked: Callable[..., Any]) -> None:
    """The id of each feature of a page is found as an item, asterisks and slashes included."""
    for feature in asked(ITEMS, limit=40, ko="9001")["features"]:
        item = client.get(f"{ITEMS}/{feature['id']}").get_json(force=True)

        assert {name: item[name] for name in feature} == feature


def _walk(client: FlaskClient, path: str) -> list[list[str]]:
    pages = []
    while path:
        page = client.get(path).get_json(force=True)
        pages.append([feature["id"] for feature in page["features"]])
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    return pages


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.integers(20, 410), bbox=st.sampled_from(["", "&bbox=15.0925,46.3555,15.0945,46.3565", "&ko=9001"])
)
def test_a_walk_meets_every_feature_once(client: FlaskClient, limit: int, bbox: str) -> None:
    """However large the pages and whatever is asked, following `next` gives every match once."""
    pages = _walk(client, f"{ITEMS}?limit={limit}{bbox}")
    whole = client.get(f"{ITEMS}?limit=10000{bbox}").get_json(force=True)
    walked = [each for page in pages for each in page]

    assert len(walked) == len(set(walked)) == whole["numberMatched"]
    assert set(walked) == _ids(whole)
    assert all(len(page) == limit for page in pages[:-1])


def test_pages_of_one(client: FlaskClient) -> None:
    """The smallest page there is still leads on, and the last has no next."""
    pages = _walk(client, "/ogc/collections/zoning/items?limit=1")

    assert [len(page) for page in pages] == [1, 1]


def test_a_token_does_not_fit_another_question(client: FlaskClient) -> None:
    """Changing the filters half-way would leave features out, so it is refused."""
    page = client.get(f"{ITEMS}?limit=5").get_json(force=True)
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")

    answer = client.get(f"{following}&ko=9001")

    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["parameter"] == "next"


def test_head_gives_the_headers_alone(client: FlaskClient) -> None:
    """HEAD answers like GET without a body."""
    got, head = client.get(f"{ITEMS}?limit=3"), client.head(f"{ITEMS}?limit=3")

    assert head.status_code == 200
    assert head.data == b""
    assert {head.headers[name] == got.headers[name] for name in ("ETag", "Content-Crs", "Content-Type")} == {
        True
    }


@pytest.mark.parametrize("path", [ITEMS, f"{ITEMS}/9001-1%2F1", "/ogc/collections", "/layers/parcels"])
def test_what_is_unchanged_is_not_sent_again(client: FlaskClient, path: str) -> None:
    """An ETag comes back as 304 with the headers of CORS; another one, or junk, as 200."""
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert again.headers["ETag"] == first.headers["ETag"]
    for junk in ('"other"', "junk", 'W/"', "\u017e".encode().decode("latin-1")):
        assert client.get(path, headers={"If-None-Match": junk}).status_code == 200
