"""Bad and hostile requests: each is answered with a problem that names the parameter, never with our fault."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

pytestmark = pytest.mark.database

ITEMS = "/ogc/collections/parcels/items"
ITEM = f"{ITEMS}/9001-1%2F1"

INJECTIONS = (
    "'; DROP TABLE data.v1; --",
    "' UNION SELECT 1--",
    "' OR '1'='1",
    "' AND 1=0--",
    "'; SELECT pg_sleep(3)--",
    "ʼ OR 1=1",
    "＇ OR 1=1",
    "\\'",
    "%27",
    "/* */ 1",
    "$$ 1 $$",
    "E'\\x27'",
    ":name",
    "%s",
    "%(x)s",
    "{table}",
    "${7*7}",
    "<script>alert(1)</script>",
)


def _check_problem(answer: TestResponse, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert problem["status"] == status
    assert {"type", "title", "detail", "instance"} <= set(problem)
    assert answer.headers["X-Request-Id"] == problem["request_id"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for secret in ("SELECT", "psycopg", "Traceback", "site-packages", "data.v"):
        assert secret not in answer.text.replace(quote(secret), "")


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        (ITEMS, "bbox=1,2,3", "bbox"),
        (ITEMS, "bbox=", "bbox"),
        (ITEMS, "bbox=nan,0,1,1", "bbox"),
        (ITEMS, "bbox=508000,135000,507000,136000&bbox-crs=EPSG:3794", "bbox"),
        (ITEMS, "BBOX=1,2,3,4", "BBOX"),
        (ITEMS, "bbox=1,2,3,4&bbox=1,2,3,4", "bbox"),
        (ITEMS, "bbox-crs=EPSG:3912", "bbox-crs"),
        (ITEMS, "crs=http://www.opengis.net/def/crs/EPSG/0/3912", "crs"),
        (ITEMS, "crs=EPSG:999999", "crs"),
        (ITEMS, "limit=0", "limit"),
        (ITEMS, "limit=-1", "limit"),
        (ITEMS, "limit=1.5", "limit"),
        (ITEMS, "limit=" + "9" * 5000, "limit"),
        (ITEMS, "offset=10", "offset"),
        (ITEMS, "datetime=2026-13-45", "datetime"),
        (ITEMS, "f=html", "f"),
        (ITEMS, "filter=1=1", "filter"),
        (ITEMS, "filter[]=1", "filter[]"),
        (ITEMS, "owner=x", "owner"),
        (ITEMS, "_key=9001-1/1", "_key"),
        (ITEMS, "_geom=x", "_geom"),
        (ITEMS, "area=big", "area"),
        (ITEMS, "area=" + "1" * 19 + "9", "area"),
        (ITEMS, "number=%00", "number"),
        (ITEMS, "area=%ff%fe", "area"),
        (ITEMS, "next=0123456789abcdef-1-000000000000", "next"),
        (ITEMS, "next=%27", "next"),
        (ITEMS, "properties=_key", "properties"),
        (ITEMS, urlencode([(f"p{number}", "1") for number in range(500)]), "p0"),
        (ITEM, "bbox=1,2,3,4", "bbox"),
        (ITEM, "crs=CRS85", "crs"),
        ("/ogc/collections", "limit=1", "limit"),
        ("/ogc/collections/parcels", "lang=de", "lang"),
        ("/ogc/collections/parcels/queryables", "f=html", "f"),
        ("/layers", "x=1", "x"),
        ("/identify", "", "x"),
        ("/identify", "x=1", "y"),
        ("/identify", "x=nan&y=1", "x"),
        ("/identify", "x=507000&y=1e999", "y"),
        ("/identify", "x=507000&y=135000&crs=3912", "crs"),
        ("/identify", "x=200&y=100&crs=4326", "x"),
        ("/identify", "x=507000&y=135000&layers=parcels,secret", "layers"),
        ("/identify", "x=507000&y=135000&layers=,", "layers"),
        ("/identify", "x=507000&y=135000&tolerance=51", "tolerance"),
        ("/identify", "x=507000&y=135000&tolerance=-1", "tolerance"),
        ("/identify", "x=507000&y=135000&lang=", "lang"),
        ("/search", "", "q"),
        ("/search", "q=", "q"),
        ("/search", "q=%20%20", "q"),
        ("/search", "q=a%00b", "q"),
        ("/search", "q=" + "a" * 201, "q"),
        ("/search", "q=" + quote("a " * 50), "q"),
        ("/search", "q=a&limit=0", "limit"),
        ("/search", "q=a&q=b", "q"),
    ],
)
def test_a_bad_parameter_is_named(client: FlaskClient, path: str, query: str, parameter: str) -> None:
    """400 with the name of the parameter and what would be right."""
    answer = client.get(f"{path}?{query}")

    _check_problem(answer, 400)
    assert answer.get_json()["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/secret",
        "/ogc/collections/secret/items",
        "/ogc/collections/gas/items",
        "/ogc/collections/sewer",
        "/ogc/collections/parcels@0123456789abcdef/items",
        "/ogc/collections/%27%20or%201=1--",
        "/ogc/collections/" + "a" * 5000,
        "/layers/secret",
        f"{ITEMS}/9001-999",
        f"{ITEMS}/%00",
        f"{ITEMS}/..%2F..%2Fetc%2Fpasswd",
        f"{ITEMS}/' or 1=1--",
        f"{ITEMS}/9223372036854775808",
        f"{ITEMS}/{'x' * 5000}",
        f"{ITEMS}/%F0%9F%8F%A0",
        f"{ITEMS}/%FF",
        "/nothing",
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    """Unknown layers, waiting ones, features and addresses answer 404 alike."""
    _check_problem(client.get(path), 404)


@pytest.mark.parametrize("path", [ITEMS, ITEM, "/ogc/collections", "/search", "/identify", "/layers"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_nothing_can_be_changed(client: FlaskClient, path: str, method: str) -> None:
    """Other methods than GET and HEAD are refused, and Allow says which there are."""
    answer = client.open(path, method=method)

    _check_problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_preflight_is_answered(client: FlaskClient) -> None:
    """A page of any origin may ask, without credentials."""
    answer = client.options(ITEMS, headers={"Origin": "null", "Access-Control-Request-Method": "GET"})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Content-Crs" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("path", [f"{ITEMS}?number=", f"{ITEMS}?ko=", f"{ITEMS}/", "/search?q="])
def test_values_are_only_values(client: FlaskClient, path: str, text: str) -> None:
    """What looks like SQL or markup finds nothing and breaks nothing."""
    answer = client.get(path + quote(text, safe=""))

    if path.endswith("/"):
        _check_problem(answer, 404)
    else:
        assert answer.status_code == 200
        assert not answer.get_json(force=True).get("features")
        assert all(each["kind"] != "parcel" for each in answer.get_json(force=True).get("groups", ()))


@pytest.mark.parametrize(
    "name",
    ["bbox", "bbox-crs", "crs", "limit", "next", "properties", "f", "datetime", "area", "slope", "settled"],
)
@pytest.mark.parametrize("text", INJECTIONS)
def test_no_parameter_takes_sql(client: FlaskClient, name: str, text: str) -> None:
    """Parameters with a grammar refuse everything outside it."""
    _check_problem(client.get(ITEMS, query_string={name: text}), 400)


def test_a_foreign_host_is_not_repeated(client: FlaskClient) -> None:
    """Links never carry the Host or forwarding headers of whoever asks."""
    answer = client.get(
        f"{ITEMS}?limit=1",
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    )

    assert "evil" not in answer.text
    assert answer.get_json(force=True)["links"][0]["href"].startswith("/ogc/")


def test_an_overlong_query_is_refused(client: FlaskClient) -> None:
    """More than 8,000 bytes of query are not read."""
    _check_problem(client.get(f"/search?q={'a' * 9000}"), 414)


def test_large_limits_and_junk_headers_are_harmless(client: FlaskClient) -> None:
    """A limit beyond the maximum is cut; odd headers change nothing."""
    answer = client.get(
        f"{ITEMS}?limit=1{'0' * 30}", headers={"Accept": "application/x-nothing", "Range": "bytes=0-1"}
    )

    assert answer.status_code == 200
    assert answer.get_json(force=True)["numberReturned"] == 400


def test_an_own_request_id_is_kept_when_it_is_plain(client: FlaskClient) -> None:
    """A caller's id is repeated for tracing, unless it could break a log line."""
    assert (
        client.get("/layers", headers={"X-Request-Id": "trace-12345678"}).headers["X-Request-Id"]
        == "trace-12345678"
    )
    assert client.get("/layers", headers={"X-Request-Id": "a b <c>"}).headers["X-Request-Id"] != "a b <c>"
