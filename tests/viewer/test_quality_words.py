"""The quality report in plain words: each remark of the reader in both languages, repairs with their areas."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter
from typing import TYPE_CHECKING, Any

import pytest

from layers.notes import NOTES, write_note
from viewer.layer_facts import describe_coordinates
from viewer.phrases import Phrases
from viewer.quality_words import MOST_REPAIRS, describe_quality
from viewer.wording import LANGUAGES

if TYPE_CHECKING:
    from layers.catalogue import PublishedLayer

SL, EN = Phrases("sl"), Phrases("en")


def said(layer: PublishedLayer, quality: dict[str, Any], phrases: Phrases = SL) -> list[str]:
    """The sentences about a report."""
    return [each.text for each in describe_quality(replace(layer, quality=quality), phrases).remarks]


@pytest.mark.parametrize("kind", NOTES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_remark_has_words(kind: str, language: str) -> None:
    """Whatever kind of remark the reader makes, a page can say it, with facts that are in the remark."""
    said = Phrases(language).texts[f"quality.note_{kind}"]

    assert _facts(said) <= _facts(NOTES[kind])


def _facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_a_remark_is_said_in_the_language_of_the_page(published_zoning: PublishedLayer) -> None:
    """The stored English sentence becomes a Slovenian one; the reason inside it too."""
    sentence = write_note("encoding", encoding="cp1250", reason="the .cpg file says so")

    assert "Besedila so prebrana v zapisu cp1250: tako pravi datoteka .cpg." in said(
        published_zoning, {"notes": [sentence]}
    )


def test_a_remark_nobody_knows_is_not_lost(published_zoning: PublishedLayer) -> None:
    """It is shown as it stands, marked as English for screen readers."""
    quality = describe_quality(replace(published_zoning, quality={"notes": ["The moon is full."]}), SL)

    assert [(each.text, each.language) for each in quality.remarks][-1] == ("The moon is full.", "en")


def test_counts_become_sentences(published_zoning: PublishedLayer) -> None:
    """Rows, lost heights, missing shapes, zeros that mean unknown, and columns left out, each in a sentence."""
    quality = {
        "counts": {"left_out": 2},
        "null_geometries": 1,
        "heights_dropped": 5,
        "outside_outline": 3,
        "unknown_values": {"code": 4},
        "columns_left_out": ["SHAPE_LEN"],
        "person_columns_left_out": ["LASTNIK"],
    }

    assert said(published_zoning, quality) == [
        "2 zapisa iz vira ne sodita v ta sloj in nista objavljena.",
        "1 zapis nima lege; najde ga iskanje, na zemljevidu ga ni.",
        "Pri 5 zapisih je izpuščena višina.",
        "3 zapisi ležijo zunaj območja občine.",
        "Oznaka: pri 4 zapisih vir navaja 0, kar pomeni, da podatka ni.",
        "Stolpci vira, ki niso objavljeni: SHAPE_LEN.",
        "Stolpci vira, ki niso objavljeni, ker kažejo na osebe: LASTNIK.",
    ]


def test_an_old_report_says_what_it_has(published_zoning: PublishedLayer) -> None:
    """A report without any part still leads to a page."""
    quality = describe_quality(replace(published_zoning, quality={}), EN)

    assert [each.text for each in quality.remarks] == ["All 10 features of the source are published."]
    assert quality.repaired == "No shape had to be mended."


def test_repairs_name_feature_reason_and_areas(published_zoning: PublishedLayer) -> None:
    """Each with its key, why, and the area before and after with the sign of the change."""
    repair = {
        "feature": 7,
        "key": "SP-12",
        "reason": "Self-intersection",
        "area_before_m2": 1200.5,
        "area_after_m2": 1199.25,
    }
    quality = describe_quality(replace(published_zoning, quality={"repairs": [repair]}), SL)

    row = quality.repairs[0]

    assert quality.repaired == "Popravljena je bila 1 oblika."
    assert (row.key, row.reason.text) == ("SP-12", "rob seka samega sebe")
    assert (row.area_before, row.area_after, row.change) == (
        "1.200,50\u00a0m²",
        "1.199,25\u00a0m²",
        "−1,25\u00a0m²",
    )


def test_very_many_repairs_are_not_all_listed(published_zoning: PublishedLayer) -> None:
    """The first fifty are, and the page says how many more there are."""
    repair = {
        "feature": 1,
        "key": "a",
        "reason": "Something GEOS says next year",
        "area_before_m2": 1.0,
        "area_after_m2": 1.0,
    }
    report = {"repairs": [repair] * (MOST_REPAIRS + 2)}

    quality = describe_quality(replace(published_zoning, quality=report), SL)

    assert len(quality.repairs) == MOST_REPAIRS
    assert quality.more == "Še 2 sta v zapisu JSON."
    assert quality.repairs[0].reason.language == "en"


@pytest.mark.parametrize(
    ("accuracy", "end"), [(None, "Točnost preračuna ni znana."), (1.0, "na približno 1\u00a0m natančno.")]
)
def test_coordinates_in_plain_words(published_zoning: PublishedLayer, accuracy: float | None, end: str) -> None:
    """Systems by the names people use, and how exact the transformation is."""
    source = published_zoning.manifest.source.model_copy(update={"crs": 3912})
    manifest = published_zoning.manifest.model_copy(update={"source": source})
    layer = replace(published_zoning, manifest=manifest, operation="x", operation_accuracy_m=accuracy)

    sentence = describe_coordinates(layer, SL).sentence

    assert sentence.startswith("Preračunane iz sistema D48/GK (EPSG:3912) v D96/TM (EPSG:3794)")
    assert sentence.endswith(end)
