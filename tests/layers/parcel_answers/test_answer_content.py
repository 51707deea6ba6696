"""What applies on a parcel of the village, theme by theme."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

pytestmark = pytest.mark.database


def test_every_theme_has_one_of_three_answers(themes: Callable[..., Any]) -> None:
    """In the order of subjects: concerned, not concerned, or no data with the reason."""
    found = themes("9001/10")

    assert [(name, theme["state"], theme["reason"]) for name, theme in found.items()] == [
        ("buildings", "concerned", None),
        ("zoning", "concerned", None),
        ("acts", "concerned", None),
        ("protected", "not_concerned", None),
        ("flood", "no_data", "outside_coverage"),
        ("power", "concerned", None),
        ("gas", "no_data", "never_loaded"),
        ("sewer", "no_data", "failed"),
    ]


def test_shares_relate_to_the_registered_area(answer: Callable[..., Any], themes: Callable[..., Any]) -> None:
    """1,811 registered square metres on 1,800 drawn ones: both are told, and the parts add up."""
    facts, zoning = answer("9001/10")["content"]["parcels"][0], themes("9001/10")["zoning"]

    assert (facts["registered_m2"], facts["drawn_m2"]) == (1811, 1800)
    assert [
        (zone["name"], zone["drawn_m2"], zone["area_m2"], zone["percent"]) for zone in zoning["restrictions"]
    ] == [("JE-2 – K2", 1200, 1207, 66.7), ("JE-1 – SS", 600, 604, 33.3)]
    assert [zone["told"][0]["text"] for zone in zoning["restrictions"]] == [None, "9,5"]
    assert zoning["covering"] == {"holds": True, "gap_m2": 0, "overlap_m2": 0}


def test_a_belt_and_its_article(themes: Callable[..., Any]) -> None:
    """A line 4 m off reaches the parcel with 10 m of belt and 1 m of uncertainty."""
    power = themes("9001/10", lang="en")["power"]

    (belt,) = power["belts"]
    assert (belt["drawn_m2"], belt["width_m"], belt["widened_m"]) == (420, 10, 1)
    assert belt["article"] == "EZ-2, Article 112"
    assert [(each["name"], each["distance_m"]) for each in power["nearby"]] == [("nadzemni", 4.0)]


def test_an_act_in_preparation_says_how_far_it_has_come(themes: Callable[..., Any]) -> None:
    """The legal state is told beside the share."""
    (act,) = themes("9001/10")["acts"]["restrictions"]

    assert (act["name"], act["legal_state"], act["percent"]) == ("OPPN Center", "osnutek", 50.0)


def test_buildings_and_neighbours(answer: Callable[..., Any], themes: Callable[..., Any]) -> None:
    """The building on the parcel, not the one behind the border; neighbours by the length of the border."""
    neighbours = answer("9001/10")["content"]["parcels"][0]["neighbours"]

    assert [each["features"] for each in themes("9001/10")["buildings"]["restrictions"]] == [["7"]]
    assert [(each["number"], each["border_m"]) for each in neighbours] == [
        ("*3", 60.0),
        ("2/1", 30.0),
    ]


def test_a_flood_study_speaks_where_it_was_made(themes: Callable[..., Any]) -> None:
    """A parcel that reaches out of the surveyed area by two metres has no data, and is told how much of it."""
    inside, beside = themes("9001/10")["flood"], themes("9001/2/1")["flood"]

    assert (inside["reason"], inside["uncovered_percent"]) == ("outside_coverage", 3.3)
    assert (beside["reason"], beside["uncovered_percent"]) == ("outside_coverage", 100.0)
    assert themes("9001/*3")["flood"]["coverage"] == "Študija."


def test_a_parcel_over_the_border_is_told_so(themes: Callable[..., Any]) -> None:
    """Half of parcel 4 lies outside the municipality, where no layer claims anything."""
    protected = themes("9001/4")["protected"]

    assert (protected["reason"], protected["uncovered_percent"]) == ("outside_coverage", 50.0)


def test_sources_are_told_exactly(answer: Callable[..., Any], village: Any) -> None:
    """Version, checksum, dates, licence, operation and tolerances of every layer that was asked."""
    sources = {each["layer"]: each for each in answer("9001/10")["content"]["sources"]}

    zoning = sources["zoning"]
    file = (village.folder / "layers" / "zoning.geojson").read_bytes()
    assert (zoning["version"], zoning["state_date"], zoning["licence"]) == (2, "2026-03-01", "CC-BY-4.0")
    assert zoning["sha256"] == hashlib.sha256(file).hexdigest()
    assert zoning["tolerance"] == {
        "sliver_width_m": 0.2,
        "least_area_m2": 0,
        "least_length_m": 0.5,
        "balance": 0.005,
    }
    assert zoning["operation"].startswith("none")
    assert set(sources) == {"parcels", "buildings", "zoning", "acts", "protected", "flood", "power", "studies"}


def test_the_document_keeps_to_its_schema(client: FlaskClient, answer: Callable[..., Any]) -> None:
    """The published JSON Schema is one, and every kind of answer is valid by it."""
    schema = client.get("/parcels/schema").get_json(force=True)

    jsonschema.Draft202012Validator.check_schema(schema)
    for path, query in (
        ("9001/10", {}),
        ("9001/2/1,10,*3", {"lang": "sl"}),
        ("9001/4", {"as_of": "2026-01-15"}),
    ):
        jsonschema.validate(answer(path, **query), schema, format_checker=jsonschema.FormatChecker())


def test_where_errors_are_told(answer: Callable[..., Any]) -> None:
    """The address for errors names layer, features, place and page, quoted."""
    reports = {each["layer"]: each["href"] for each in answer("9001/10")["reports"]}

    assert reports["zoning"] == (
        "https://example.si/napaka?layer=zoning&id=JE-2%2C%20JE-1&e=507030.0&n=135015.0&parcel=9001%2010"
        "&page=https%3A%2F%2Fkarta.example.si%2Fparcels%2F9001%2F10"
    )


def test_several_parcels_in_one_answer(answer: Callable[..., Any], client: FlaskClient) -> None:
    """In natural order, as one official request; an eleventh is refused."""
    document = answer("9001/2/1,10,*3")

    assert [each["number"] for each in document["content"]["parcels"]] == ["2/1", "10", "*3"]
    assert client.get("/parcels/9001/" + ",".join(map(str, range(1, 12)))).status_code == 400
