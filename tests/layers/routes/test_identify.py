"""What lies at a point, from the stored geometry: found, none and no data are three answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gis import crs

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.database

# Inside parcel 9001 1/1 and zone SS.
X, Y = 507030.0, 135010.0


def _layers(answer: Any) -> dict[str, Any]:
    return {each["layer"]: each for each in answer["layers"]}


def test_a_point_in_a_parcel(asked: Callable[..., Any]) -> None:
    """The parcel and the zone are found, each with the source it comes from."""
    answer = asked("/identify", x=X, y=Y, lang="en")
    layers = _layers(answer)

    assert answer["inside"] is True
    assert (answer["position"]["e"], answer["position"]["n"], answer["position"]["srid"]) == (X, Y, 3794)
    parcel = layers["parcels"]["features"][0]
    assert (parcel["id"], parcel["title"]) == ("9001-1/1", "9001 1/1")
    assert (parcel["area_m2"], parcel["length_m"], parcel["distance_m"]) == (400, None, 0)
    assert parcel["bbox_native"] == [507020, 135000, 507040, 135020]
    assert parcel["bbox"] == pytest.approx([15.0912172, 46.3546726, 15.0914774, 46.3548528], abs=1e-6)
    assert [each["id"] for each in layers["zoning"]["features"]] != []
    source = layers["zoning"]["source"]
    assert (source["state_date"], source["licence"], source["attribution"]) == (
        "2026-03-01",
        "CC-BY-4.0",
        "Source: Lipovec",
    )
    assert layers["zoning"]["documents"] == [{"title": "Odlok", "url": "https://example.si/odlok"}]


def test_properties_come_in_plain_words(asked: Callable[..., Any]) -> None:
    """Codes are explained, numbers and dates written as people of the language do, unknown is null."""
    slovenian = _layers(asked("/identify", x=X, y=Y, lang="sl", layers="parcels,zoning"))
    english = _layers(asked("/identify", x=X, y=Y, lang="en", layers="parcels,zoning"))
    words = {each["name"]: each for each in slovenian["parcels"]["features"][0]["properties"]}

    assert list(words) == ["ko", "number", "ko_name", "area", "eid", "changed", "settled", "slope"]
    assert words["slope"] == {"name": "slope", "title": "Naklon", "value": 0.125, "text": "0,125", "unit": "%"}
    assert words["changed"]["text"] == "2. 1. 2025"
    assert words["settled"]["text"] == "da"
    (zone,) = slovenian["zoning"]["features"]
    assert (zone["properties"][0]["value"], zone["properties"][0]["text"]) == ("SS", "stanovanja")
    assert english["zoning"]["features"][0]["properties"][0]["text"] == "housing"


def test_lines_and_points_within_the_tolerance_nearest_first(asked: Callable[..., Any]) -> None:
    """The pipe runs 2 m away; a larger tolerance finds more addresses, in the order of distance."""
    near = _layers(asked("/identify", x=507100, y=135102))
    exact = _layers(asked("/identify", x=507100, y=135102, tolerance=1))
    wide = _layers(asked("/identify", x=507105, y=135030, tolerance=20, layers="addresses"))

    (pipe,) = near["water"]["features"]
    assert (pipe["distance_m"], pipe["length_m"], pipe["area_m2"]) == (2, 400, None)
    assert exact["water"]["status"] == "none"
    distances = [each["distance_m"] for each in wide["addresses"]["features"]]
    assert len(distances) > 5
    assert distances == sorted(distances)
    assert distances[-1] <= 20


@pytest.mark.parametrize(
    ("name", "srid"),
    [("4326", 4326), ("http://www.opengis.net/def/crs/EPSG/0/4326", 4326), ("EPSG:3857", 3857), ("3794", 3794)],
)
def test_the_point_may_come_in_any_offered_crs(asked: Callable[..., Any], name: str, srid: int) -> None:
    """x is always east or longitude, whatever the register says."""
    x, y = crs.transform(3794, srid, X, Y)

    answer = asked("/identify", x=f"{x:.9f}", y=f"{y:.9f}", crs=name, layers="parcels")

    assert answer["layers"][0]["features"][0]["id"] == "9001-1/1"
    assert (answer["position"]["e"], answer["position"]["n"]) == pytest.approx((X, Y), abs=0.001)


def test_a_point_on_a_border_is_in_both(asked: Callable[..., Any]) -> None:
    """A corner of four parcels belongs to all four of them."""
    answer = asked("/identify", x=507020, y=135020, layers="parcels")

    assert len(answer["layers"][0]["features"]) == 4


def test_nothing_here_is_not_no_data(asked: Callable[..., Any]) -> None:
    """Between the zones: none. Never loaded, refused or outside the municipality: no data, and why."""
    between = _layers(asked("/identify", x=507150, y=135010))
    outside = asked("/identify", x=510000, y=140000)

    told = {name: (each["status"], each["reason"]) for name, each in between.items()}
    assert told == {
        "parcels": ("found", None),
        "addresses": ("none", None),
        "zoning": ("none", None),
        "water": ("none", None),
        "gas": ("no_data", "never_loaded"),
        "sewer": ("no_data", "failed"),
    }
    assert outside["inside"] is False
    assert {each["status"] for each in outside["layers"]} == {"no_data"}
    assert _layers(outside)["parcels"]["reason"] == "outside_coverage"
    assert _layers(outside)["gas"]["reason"] == "never_loaded"


def test_parcels_that_state_no_coverage_claim_nothing_beyond_themselves(asked: Callable[..., Any]) -> None:
    """Inside the municipality, but beyond the box of all parcels: no data, not "no parcel"."""
    west, south, east, north = asked("/layers/parcels")["native_extent"]

    beyond = asked("/identify", x=east + 50, y=(south + north) / 2, layers="parcels,water")
    within = asked("/identify", x=(west + east) / 2, y=north - 0.5, layers="parcels")

    assert beyond["inside"] is True
    assert [(each["status"], each["reason"]) for each in beyond["layers"]] == [
        ("no_data", "outside_coverage"),
        ("none", None),
    ]
    assert within["layers"][0]["status"] in ("found", "none")


def test_layers_come_in_the_order_of_the_themes(asked: Callable[..., Any]) -> None:
    """Theme by theme, the upper layers first, then those in no theme; base drawing only when asked for."""
    order = [each["layer"] for each in asked("/identify", x=X, y=Y)["layers"]]

    assert order == ["addresses", "parcels", "zoning", "water", "gas", "sewer"]
    assert asked("/identify", x=X, y=Y, layers="")["layers"] == []
    roads = asked("/identify", x=507100, y=135200, layers="roads")["layers"]
    assert [(each["layer"], each["status"]) for each in roads] == [("roads", "found")]


@pytest.mark.parametrize(("x", "y"), [(1e9, 1e9), (-1e18, 0), (0, 0)])
def test_places_off_the_map_are_no_fault(asked: Callable[..., Any], x: float, y: float) -> None:
    """Numbers far outside are refused or answered, never an error of ours."""
    try:
        answer = asked("/identify", x=x, y=y)
    except AssertionError as exc:
        assert "Parameter x" in str(exc)  # noqa: PT017 - the fixture asserts a 200
    else:
        assert answer["inside"] is False
