"""The addresses of parcels: one for each, other spellings lead to it, and what is kept of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

pytestmark = pytest.mark.database


def test_a_day_in_the_past(answer: Callable[..., Any], themes: Callable[..., Any], client: FlaskClient) -> None:
    """Zoning is answered from the version of that day; a layer without one says that none is kept."""
    then, now = answer("9001/10", as_of="2026-02-28"), answer("9001/10")
    january = themes("9001/10", as_of="2026-01-15")

    assert [zone["name"] for zone in themes("9001/10", as_of="2026-02-28")["zoning"]["restrictions"]] == [
        "JE-1 – G"
    ]
    assert (then["as_of"], now["as_of"]) == ("2026-02-28", None)
    assert then["hash"] != now["hash"] == answer("9001/10", as_of="2026-03-01")["hash"]
    assert (january["protected"]["state"], january["protected"]["reason"]) == ("no_data", "not_kept")
    assert client.get("/parcels/9001/10?as-of=2025-12-31").status_code == 404
    assert [
        client.get(f"/parcels/9001/10?as-of={day}").status_code for day in ("2999-01-01", "1. 3. 2026")
    ] == [400] * 2


def test_what_changed_since_that_day(answer: Callable[..., Any]) -> None:
    """An answer of the past says what is different today; one of today has nothing to compare."""
    (change,) = answer("9001/10", as_of="2026-02-28")["changes_until_now"]

    (zoning,) = change["themes"]
    assert (zoning["layer"], change["is_gone"]) == ("zoning", False)
    assert [(each["kind"], each["name"]) for each in zoning["restrictions"]] == [
        ("removed", "JE-1 – G"),
        ("added", "JE-2 – K2"),
        ("added", "JE-1 – SS"),
    ]
    assert answer("9001/10", as_of="2026-03-01")["changes_until_now"][0]["themes"] == []
    assert answer("9001/10")["changes_until_now"] is None


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("9001-2/1", "9001/2/1"),
        ("9001 2/1", "9001/2/1"),
        ("9001/2/1/", "9001/2/1"),
        ("2/1 k.o. Lipovec", "9001/2/1"),
        ("9001/10,2/1", "9001/2/1,10"),
        ("9001/2/1, 10", "9001/2/1,10"),
        ("9001 10, 2/1", "9001/2/1,10"),
        ("9001/stp. 3", "9001/*3"),
        ("100100000000012592", "9001/10"),
    ],
)
def test_other_spellings_lead_to_the_address(client: FlaskClient, address: str, leads_to: str) -> None:
    """Old and typed forms are redirected for good, with what else was asked."""
    found = client.get(f"/parcels/{address}", query_string={"as-of": "2026-03-01", "lang": "sl"})

    assert found.status_code == 308
    assert found.headers["Location"] == f"https://karta.example.si/parcels/{leads_to}?as-of=2026-03-01"


@pytest.mark.parametrize(
    "address",
    ["9001/99", "9001/%00", "9001/10%0a", "9002/10", "x", "9001", "a/b/c", "9001/" + "1" * 300, "9001/,"],
)
def test_what_is_no_parcel_is_not_found(client: FlaskClient, address: str) -> None:
    """An unknown parcel and nonsense answer 404 as a problem, without a redirect and without a fault."""
    found = client.get(f"/parcels/{address}")

    assert (found.status_code, found.mimetype) == (404, "application/problem+json")


def test_finding_over_http(client: FlaskClient) -> None:
    """`/parcels` tells parcels with their addresses; nothing asked, or no such parameter, is refused."""
    found = client.get("/parcels", query_string={"q": "9001 10, 77"}).get_json()
    here = client.get("/parcels", query_string={"x": 507061, "y": 135001}).get_json()

    assert (found["exact"], found["missing"]) == (True, ["77"])
    assert [each["url"] for each in found["parcels"]] == ["https://karta.example.si/parcels/9001/10"]
    assert [each["number"] for each in here["parcels"]] == ["2/1"]
    assert [
        client.get(f"/parcels{query}").status_code for query in ("", "?q=", "?q=10&a=b", "?q=10&f=pdf")
    ] == [400] * 4


def test_a_client_that_has_the_answer_gets_304(client: FlaskClient) -> None:
    """The tag is that of the content, not of the second it was made in; only the reader's browser keeps it."""
    first = client.get("/parcels/9001/10")

    again = client.get("/parcels/9001/10", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, max-age=60"
    assert "Accept" in first.headers["Vary"]
