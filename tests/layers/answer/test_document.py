"""The document of an answer: the form it is hashed in, and its schema."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from datetime import UTC, date, datetime

import pytest
import shapely

from layers.answer import changes, facts
from layers.answer.document import build_document, read_schema, write_canonical

NOT_WRITTEN = {"shape", "versions", "bounds", "key"}


def build_answer(**more: object) -> facts.Answer:
    """An answer about one parcel without themes."""
    parcel = facts.ParcelAnswer(
        ko="964",
        ko_name="Velenje",
        number="123/4",
        path="964/123/4",
        key="964-123/4",
        eid=None,
        registered_m2=1200.0,
        drawn_m2=1199.5,
        east=507000.0,
        north=135000.25,
        lon=15.1,
        lat=46.36,
        bounds=(0, 0, 1, 1),
        themes=(facts.ThemeAnswer("gas", "utilities", "Plin", "no_data", "never_loaded"),),
        neighbours=(),
        shape=shapely.box(0, 0, 1, 1),
        versions={},
    )
    source = facts.Source(
        layer="parcels",
        title="Parcele",
        version=1,
        token="0" * 16,
        state_date=date(2026, 3, 1),
        loaded_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        provider="GURS",
        attribution="GURS",
        licence="CC-BY-4.0",
        licence_url=None,
        file="parcele.zip",
        sha256="0" * 64,
        crs=3794,
        operation="none",
        operation_accuracy_m=None,
        tolerance=facts.Tolerance(0.2, 0.0, 0.5, None),
    )
    given: dict[str, object] = {
        "language": "sl",
        "as_of": None,
        "path": "964/123/4",
        "municipality": "Velenje",
        "office": "Urad",
        "crs": 3794,
        "notice": "Informativno.",
        "informative": "Informativno.",
        "fee": None,
        "application": None,
        "parcels": (parcel,),
        "sources": (source,),
    }
    return facts.Answer(**{**given, **more})  # type: ignore[arg-type]


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    """Members sorted, no white space, letters as they are, and numbers as ECMAScript writes them."""
    content = {"b": [1.0, 0.1, 12.50, 0.0001, 100.0, -0.0], "a": {"č": "š\n\u20ac"}, "z": None, "n": 507000.25}

    assert write_canonical(content).decode() == (
        '{"a":{"č":"š\\n€"},"b":[1,0.1,12.5,0.0001,100,0],"n":507000.25,"z":null}'
    )


def test_moment_and_place_are_not_hashed() -> None:
    """The same content has the same hash under another address and for another day."""
    here = build_document(build_answer(), "https://a.example")
    there = build_document(build_answer(as_of=date(2026, 3, 1)), "https://b.example")
    other = build_document(build_answer(notice="Drugo."), "https://a.example")

    assert here["hash"] == there["hash"] != other["hash"]
    assert here["hash"] == "sha256:" + hashlib.sha256(write_canonical(here["content"])).hexdigest()
    assert (there["as_of"], there["url"]) == ("2026-03-01", "https://b.example/parcels/964/123/4")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (facts.ThemeAnswer, "theme"),
        (facts.ParcelAnswer, "parcel"),
        (facts.Restriction, "restriction"),
        (facts.BeltOnParcel, "belt"),
        (facts.Nearby, "nearby"),
        (facts.LeftOut, "left_out"),
        (facts.Doubtful, "doubt"),
        (facts.Covering, "covering"),
        (facts.Told, "told"),
        (facts.Link, "link"),
        (facts.Source, "source"),
        (facts.Tolerance, "tolerance"),
        (facts.Neighbour, "neighbour"),
        (changes.RestrictionChange, "restriction_change"),
        (changes.BeltChange, "belt_change"),
        (changes.ThemeChange, "theme_change"),
        (changes.ParcelChange, "parcel_change"),
    ],
)
def test_the_schema_knows_every_member(kind: type, name: str) -> None:
    """What the answer holds and what the schema demands is the same, member for member."""
    described = read_schema()["$defs"][name]

    members = {each.name for each in fields(kind)} - NOT_WRITTEN
    assert members == set(described["properties"]) == set(described["required"])
    assert described["additionalProperties"] is False


def test_reasons_and_faults_are_in_the_schema() -> None:
    """Each word a program may have to translate is listed."""
    schema = read_schema()["$defs"]

    assert set(facts.Reason.__args__) | {None} == set(schema["theme"]["properties"]["reason"]["enum"])
    assert set(facts.State.__args__) == set(schema["theme"]["properties"]["state"]["enum"])
    assert set(facts.Fault.__args__) == set(schema["doubt"]["properties"]["fault"]["enum"])
