"""`/parcels/select`: by names, list, line, area, distance, neighbours; bounded, and honest about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from shapely.geometry import shape

from gis import crs
from layers.selecting import selector
from tests.layers.routes.test_hostile_requests import INJECTIONS, _check_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

pytestmark = pytest.mark.database

PATH = "/parcels/select"
# The parcel in the second column of the second row, with eight parcels round it.
MIDDLE = "9001-6/1"


def ids(answer: Any) -> list[str]:
    """The keys of the selected parcels."""
    return [feature["id"] for feature in answer["features"]]


def test_named_parcels_come_with_everything_a_table_needs(asked: Callable[..., Any]) -> None:
    """Title, both areas, address, published properties, outline in CRS84; what is gone is missing."""
    answer = asked(PATH, parcels="9002:60/1;9001:2/1,999", lang="en")

    assert ids(answer) == ["9001-2/1", "9002-60/1"]
    assert (answer["missing"], answer["truncated"], answer["numberReturned"]) == (["9001 999"], False, 2)
    assert answer["source"]["attribution"] == "Source: Lipovec"
    first = answer["features"][0]
    assert {
        name: first[name] for name in ("title", "ko", "ko_name", "number", "registered_m2", "drawn_m2")
    } == {
        "title": "9001 2/1",
        "ko": "9001",
        "ko_name": "Lipovec",
        "number": "2/1",
        "registered_m2": 400,
        "drawn_m2": 400,
    }
    assert first["url"].endswith("/parcels/9001/2/1")
    assert first["properties"]["slope"] == 0.625
    lon, lat = crs.transform(3794, 4326, 507110.0, 135010.0)
    centre = shape(first["geometry"]).centroid
    assert (centre.x, centre.y) == pytest.approx((lon, lat), abs=1e-6)


def test_a_pasted_list(asked: Callable[..., Any]) -> None:
    """Lines of different notations, an EID and a row of a table; what is not there is told as it was typed."""
    answer = asked(PATH, list="9001 2/1, 2/2|60/1 k.o. Žaga pri Lipovcu|9001;3;400|100100001379837239|9001 777")

    assert ids(answer) == ["9001-2", "9001-2/1", "9001-2/2", "9001-3", "9002-60/1"]
    assert answer["missing"] == ["9001 777"]


def test_a_line_and_its_belt(asked: Callable[..., Any]) -> None:
    """A road through three parcels; its belt reaches the row beside them, and round its end a fourth."""
    line = "LINESTRING(507005 135010, 507055 135010)"

    assert ids(asked(PATH, geometry=line)) == ["9001-1/1", "9001-1/2", "9001-*1"]
    beside = ["9001-6", "9001-6/1", "9001-6/2"]
    assert ids(asked(PATH, geometry=line, distance="11")) == [
        "9001-1/1",
        "9001-1/2",
        "9001-1/3",
        *beside,
        "9001-*1",
    ]


def test_an_area_in_degrees_and_the_sliver_beside_it(asked: Callable[..., Any]) -> None:
    """An area of four parcels that reaches 3 cm into the next ones selects four."""
    corners = [(507020, 135020), (507060.03, 135020), (507060.03, 135060.03), (507020, 135060.03)]
    moved = [crs.transform(3794, 4326, float(x), float(y)) for x, y in corners]
    text = ", ".join(f"{lon:.8f} {lat:.8f}" for lon, lat in moved)

    answer = asked(PATH, geometry=f"POLYGON(({text}))", crs="4326")

    assert ids(answer) == ["9001-6/1", "9001-6/2", "9001-11/1", "9001-11/2"]


def test_a_point_selects_the_parcel_under_it(asked: Callable[..., Any]) -> None:
    """What a click on the map asks."""
    assert ids(asked(PATH, geometry="POINT(507030 135030)")) == [MIDDLE]
    assert ids(asked(PATH, geometry="POINT(506500 134500)")) == []


def test_neighbours_and_distance_leave_the_selection_itself_out(asked: Callable[..., Any]) -> None:
    """Four neighbours by border; within five metres also the four that touch at a corner."""
    neighbours = ids(asked(PATH, parcels="9001:6/1", neighbours="true"))
    near = ids(asked(PATH, parcels="9001:6/1", distance="5"))
    of_two = ids(asked(PATH, parcels="9001:6/1,6/2", neighbours="true"))

    assert sorted(neighbours) == ["9001-1/1", "9001-11/1", "9001-6", "9001-6/2"]
    assert len(near) == 8
    assert set(neighbours) < set(near)
    assert MIDDLE not in near
    assert len(of_two) == 6


def test_parcels_that_are_gone_have_no_neighbours(asked: Callable[..., Any]) -> None:
    """Nothing is asked about nothing."""
    answer = asked(PATH, parcels="9001:999", neighbours="true")

    assert (answer["features"], answer["missing"]) == ([], ["9001 999"])


@pytest.mark.parametrize(("name", "value"), [("MAX_SELECTED", 7), ("MAX_CANDIDATES", 7), ("MAX_BYTES", 900)])
def test_an_answer_that_was_cut_says_so(
    asked: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    """More parcels, candidates or bytes than one answer holds: some are there, and `truncated` is true."""
    everything = "POLYGON((506900 134900, 507500 134900, 507500 135500, 506900 135500))"
    assert asked(PATH, geometry=everything)["truncated"] is False

    monkeypatch.setattr(selector, name, value)
    answer = asked(PATH, geometry=everything)

    assert answer["truncated"] is True
    assert 1 <= len(answer["features"]) <= 7


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "parcels"),
        ("parcels=9001:1&geometry=POINT(1+1)", "geometry"),
        ("parcels=9001", "parcels"),
        ("list=", "list"),
        ("list=9001+1&distance=5", "distance"),
        ("parcels=9001:1&distance=0", "distance"),
        ("parcels=9001:1&distance=501", "distance"),
        ("parcels=9001:1&distance=nan", "distance"),
        ("parcels=9001:1&neighbours=yes", "neighbours"),
        ("parcels=9001:1&neighbours=true&distance=5", "neighbours"),
        ("geometry=POINT(1+1)&neighbours=true", "neighbours"),
        ("geometry=POINT(1+1)&crs=3912", "crs"),
        ("parcels=9001:1&crs=3794", "crs"),
        ("geometry=CIRCLE(1+1)", "geometry"),
        ("parcels=9001:1&limit=5", "limit"),
        ("parcels=9001:1&lang=de", "lang"),
    ],
)
def test_bad_questions_name_their_parameter(client: FlaskClient, query: str, parameter: str) -> None:
    """400 as problem+json, with what would be right."""
    answer = client.get(f"{PATH}?{query}")

    _check_problem(answer, 400)
    assert answer.get_json()["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize("text", INJECTIONS)
def test_texts_of_attackers_find_nothing(client: FlaskClient, text: str) -> None:
    """A value is only ever compared."""
    named = client.get(PATH, query_string={"parcels": f"9001:{text.replace(',', '').replace(';', '')}"})
    listed = client.get(PATH, query_string={"list": f"9001 {text}"})

    assert [answer.status_code for answer in (named, listed)] == [200, 200]
    assert named.get_json(force=True)["features"] == []


def test_only_the_browser_of_whoever_asked_keeps_the_answer(client: FlaskClient) -> None:
    """GeoJSON, private, with an ETag."""
    answer = client.get(PATH, query_string={"parcels": "9001:2/1"})

    assert answer.mimetype == "application/geo+json"
    assert answer.headers["Cache-Control"] == "private, max-age=60"
    again = client.get(
        PATH, query_string={"parcels": "9001:2/1"}, headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
