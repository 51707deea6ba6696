"""A parcel's answer in words, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
import shapely

from layers.answer import facts
from layers.answer.changes import compare_parcels
from viewer.parcel_changes import say_changes
from viewer.parcel_words import ParcelWords, name_ko
from viewer.phrases import Phrases

SOURCE = facts.Source(
    layer="zoning",
    title="Raba",
    version=1,
    token="0" * 16,
    state_date=date(2026, 3, 1),
    loaded_at=datetime(2026, 3, 2, tzinfo=UTC),
    provider="Občina",
    attribution="Občina",
    licence="CC0-1.0",
    licence_url=None,
    file="raba.zip",
    sha256="0" * 64,
    crs=3794,
    operation="none",
    operation_accuracy_m=None,
    tolerance=facts.Tolerance(0.2, 5.0, 0.5, 0.005),
)
PARCEL = facts.ParcelAnswer(
    ko="964",
    ko_name="964 VELENJE",
    number="1",
    path="964/1",
    key="964-1",
    eid=None,
    registered_m2=1811.0,
    drawn_m2=1800.0,
    east=0,
    north=0,
    lon=15,
    lat=46,
    bounds=(0, 0, 1, 1),
    themes=(),
    neighbours=(),
    shape=shapely.box(0, 0, 1, 1),
    versions={},
)
THEME = facts.ThemeAnswer("zoning", "zoning", "Raba", "not_concerned")


def say(theme: facts.ThemeAnswer, language: str = "sl", parcel: facts.ParcelAnswer = PARCEL) -> Any:
    """The words of a theme."""
    words = ParcelWords(parcel, {"zoning": SOURCE}, Phrases(language), report="https://a.si/?l={layer}")
    return words.theme(theme)


@pytest.mark.parametrize("language", ["sl", "en"])
@pytest.mark.parametrize("reason", get_args(facts.Reason))
def test_every_reason_has_words(language: str, reason: facts.Reason) -> None:
    """No data is never silent, and never told in the words of *not concerned*."""
    words = say(replace(THEME, state="no_data", reason=reason, uncovered_percent=12.5), language)

    assert words.summary
    assert words.summary != say(THEME, language).summary
    assert words.state_words == {"sl": "Ni podatka", "en": "No data"}[language]


@pytest.mark.parametrize("language", ["sl", "en"])
def test_every_fault_has_words(language: str) -> None:
    """Each doubt, the gap in zoning and the uncovered part become a sentence."""
    doubts = tuple(facts.Doubtful(fault, "K2") for fault in get_args(facts.Fault))
    theme = replace(
        THEME,
        state="concerned",
        restrictions=(facts.Restriction("K2", ("K2",), ("1",), percent=50.0, area_m2=906.0),),
        doubts=doubts,
        covering=facts.Covering(holds=False, gap_m2=12.34, overlap_m2=0.0),
        uncovered_percent=2.0,
    )

    warnings = say(theme, language).warnings

    assert len(warnings) == len(doubts) + 2
    assert len(set(warnings)) == len(warnings)
    assert ("12,34\u00a0m²" if language == "sl" else "12.34\u00a0m²") in warnings[-2]


def test_measures_as_people_write_them() -> None:
    """A decimal comma in Slovenian; what rounds to nothing is less than the least; unknown is unknown."""
    restrictions = (
        facts.Restriction(
            "JE-1",
            ("JE-1",),
            ("1",),
            told=(facts.Told("h", "Višina", "9,5", "m"), facts.Told("f", "Faktor", None)),
            legal_state="osnutek",
            drawn_m2=1793.0,
            area_m2=1804.0,
            percent=99.6,
        ),
        facts.Restriction("JE-2", ("JE-2",), ("2",), drawn_m2=0.3, area_m2=0.0, percent=0.0),
    )

    words = say(replace(THEME, state="concerned", restrictions=restrictions))

    assert words.heads == ("Kaj", "Delež", "Površina")
    assert [row.measures for row in words.rows] == [
        ("99,6\u00a0%", "1.804\u00a0m²"),
        ("<\u00a00,1\u00a0%", "<\u00a01\u00a0m²"),
    ]
    assert words.rows[0].told == (("Višina", "9,5\u00a0m"), ("Faktor", None))
    assert words.rows[0].remarks == ("osnutek",)
    assert words.summary == "JE-1, 99,6\u00a0%; JE-2, <\u00a00,1\u00a0%"


def test_a_belt_alone_is_no_pipe_on_the_parcel() -> None:
    """Its state says belt, its row the law, the width and how sure it is."""
    belt = facts.BeltOnParcel("vod", 10.0, 1.0, 2, "EZ-2, 112. člen", None, ("1",), 420.0, 423.0, 23.3)

    words = say(replace(THEME, state="concerned", belts=(belt,)))

    assert (words.state_words, words.summary) == ("Varovalni pas", "vod, 23,3\u00a0%")
    assert words.belts[0].remarks == (
        "in do 1\u00a0m zaradi natančnosti položaja",
        "za 2 objekta natančnost ni znana",
    )


def test_what_is_left_out_names_the_rule() -> None:
    """Slivers by width, small and short ones by their threshold."""
    left = (
        facts.LeftOut("K2", "sliver", 1, 3.51, 0.124, 0.0),
        facts.LeftOut("K1", "small", 1, 2.0, 1.0, 0.0),
        facts.LeftOut("cev", "short", 1, 0.0, 0.0, 0.3),
    )

    sliver, small, short = say(replace(THEME, left_out=left)).left_out

    assert sliver.startswith("K2: 3,51\u00a0m², povsod ožje od 20\u00a0cm (najširše 12\u00a0cm)")
    assert small.endswith("manj od praga 5,00\u00a0m²")
    assert short == "cev: 30\u00a0cm, manj od praga 50\u00a0cm"


def test_the_name_of_the_municipality_stands_once() -> None:
    """Some sources repeat the code in the name, some have no name."""
    assert [name_ko(replace(PARCEL, ko_name=name)) for name in ("964 VELENJE", "Velenje", None)] == [
        "964 VELENJE",
        "964 Velenje",
        "964",
    ]


@pytest.mark.parametrize("language", ["sl", "en"])
def test_changes_in_sentences(language: str) -> None:
    """Another area, another state, what came, went and grew, each in a sentence; nothing is a sentence too."""
    zone = facts.Restriction("JE-1", ("JE-1",), ("1",), drawn_m2=900.0, area_m2=905.0, percent=50.0)
    belt = facts.BeltOnParcel("vod", 10.0, 1.0, 0, "EZ-2", None, ("1",), 420.0, 423.0, 23.3)
    before = replace(THEME, state="concerned", restrictions=(zone, replace(zone, codes=("JE-2",), name="JE-2")))
    grown = replace(zone, percent=75.0), replace(zone, codes=("JE-3",), name="JE-3")
    after = replace(before, restrictions=grown, belts=(belt,))
    gas = replace(THEME, layer="gas", title="Plin", state="no_data", reason="failed")
    then = replace(PARCEL, themes=(before, gas))
    now = replace(
        PARCEL, registered_m2=1820.0, themes=(after, replace(gas, state="not_concerned", reason=None))
    )

    said = say_changes(compare_parcels(then, now), then, Phrases(language))
    nothing = say_changes(compare_parcels(then, then), then, Phrases(language))
    gone = say_changes(compare_parcels(then, None), then, Phrases(language))

    assert (len(said), len(set(said)), len(nothing), len(gone)) == (6, 6, 1, 1)
    if language == "sl":
        assert said[0] == "Površina po katastru: prej 1.811\u00a0m², zdaj 1.820\u00a0m²"
        assert said[1:] == (
            "Raba: JE-2, 50,0\u00a0%: ne velja več",
            "Raba: JE-1: prej 50,0\u00a0%, zdaj 75,0\u00a0%",
            "Raba: JE-3, 50,0\u00a0%: novo",
            "Raba: Pas objekta vod, 23,3\u00a0%: novo",
            "Plin: prej Ni podatka, zdaj Ni na parceli",
        )


def test_a_change_without_another_measure() -> None:
    """Another legal state or condition is told as such."""
    zone = facts.Restriction("OPPN", ("1",), ("1",), area_m2=905.0, percent=50.0, legal_state="osnutek")
    then = replace(PARCEL, themes=(replace(THEME, state="concerned", restrictions=(zone,)),))
    further = replace(zone, legal_state="razgrnitev")
    now = replace(PARCEL, themes=(replace(THEME, state="concerned", restrictions=(further,)),))

    assert say_changes(compare_parcels(then, now), then, Phrases("sl")) == (
        "Raba: OPPN: spremenili so se pogoji ali stopnja",
    )
