"""Columns: the allow-list against names in the source, and columns that seem to hold persons."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import SourceError
from layers.reading.columns import match_columns
from layers.reading.persons import PersonWatch, find_person_word, is_emso

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.manifest import Manifest


def column(*names: str) -> dict[str, Any]:
    """A column of a manifest with these accepted names."""
    return {"source": list(names), "title": {"sl": names[0]}}


def test_aliases_match_without_case_first_one_wins(make_reading_manifest: Callable[..., Manifest]) -> None:
    """The first accepted name that is there is taken, whatever its case; the rest is left out and told."""
    manifest = make_reading_manifest(
        columns={"ko": column("KO_ID", "SIFKO"), "number": column("ST_PARCELE", "PARCELA")},
        key=["ko", "number"],
        name=[],
    )

    match = match_columns(manifest, ["sifko", "Parcela", "LASTNIK", "select"])

    assert match.sources == {"ko": "sifko", "number": "Parcela"}
    assert match.left_out == ("LASTNIK", "select")
    assert match.persons_left_out == ("LASTNIK",)


def test_names_in_different_unicode_forms_are_one(make_reading_manifest: Callable[..., Manifest]) -> None:
    """Š as one character and as S with a háček are the same name."""
    manifest = make_reading_manifest(columns={"id": column("ŠIFRA")}, name=[])

    assert match_columns(manifest, ["S\u030cIFRA"]).sources == {"id": "S\u030cIFRA"}


def test_a_missing_column_is_named_with_what_is_there(make_reading_manifest: Callable[..., Manifest]) -> None:
    """The refusal says what was looked for, where it is asked for, and what the source has."""
    with pytest.raises(
        SourceError, match=r"no column 'IME', .* columns\.name\.source.*Columns there: ID, NAZIV"
    ):
        match_columns(make_reading_manifest(), ["ID", "NAZIV"])


def test_clashing_names_are_refused(make_reading_manifest: Callable[..., Manifest]) -> None:
    """GDAL silently takes the second of two columns that differ by case; we ask."""
    with pytest.raises(SourceError, match="2 columns called 'ID', if capitals do not count: 'Id', 'id'"):
        match_columns(make_reading_manifest(), ["Id", "id", "IME"])


def test_a_person_in_the_allow_list_stops_the_import(make_reading_manifest: Callable[..., Manifest]) -> None:
    """Renaming does not help: the header in the source counts."""
    manifest = make_reading_manifest(columns={"id": column("ID"), "holder": column("LASTNIK_IM")}, name=[])

    with pytest.raises(SourceError, match=r"'LASTNIK_IM'.*must not be published"):
        match_columns(manifest, ["ID", "LASTNIK_IM"])


@pytest.mark.parametrize(
    "header",
    ["LASTNIK", "Lastnik_1", "IMETNIK", "EMŠO", "DAVČNA_ŠT", "DAV_ST", "e-mail", "PROPRIO", "owner_name",
     "DOMACE_IME", "KMG_MID", "UPRAVLJAVEC", "Priimek", "OSEBA_ID", "GSM", "TEL", "TEL_ST", "imeLastnika",
     "parcelOwner", "solastnik", "nom_prenom", "courriel", "TAX_ID", "datum_rojstva", "email_naslov", "IBAN"],
)  # fmt: skip
def test_headers_that_speak_of_persons(header: str) -> None:
    """Owners, holders, managers, EMŠO, tax numbers and contacts, in Slovenian, French and English."""
    assert find_person_word(header) is not None


@pytest.mark.parametrize(
    "header",
    [
        "IME",
        "NAZIV",
        "LASTNISTVO_VRSTA",
        "TEL_VOD",
        "TELEFON_KABEL",
        "POVRSINA",
        "TOWER",
        "DAVEK_OBMOCJE",
        "EID_PARCELA",
        "telefonski_kabel",
        "upravna_enota",
        "naziv_ulice",
        "vrsta_sistema_ilovica",
        "VRSTA_LASTNIKA",
        "owner_type",
        "brownfield",
        "nosilni_zid",
        "temperatura_mail_boxov",
    ],
)
def test_headers_that_do_not(header: str) -> None:
    """Names of places and kinds of ownership are no persons."""
    assert find_person_word(header) is None


def emso(seed: int) -> str:
    """A number made like an EMŠO."""
    digits = f"{seed % 28 + 1:02}{seed % 12 + 1:02}{900 + seed % 100:03}50{seed % 10000:04}"[:12]
    rest = sum(int(d) * w for d, w in zip(digits, (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return f"{digits}{(11 - rest) % 11 % 10}"


def test_a_column_full_of_emso_stops_the_import() -> None:
    """Values count too: a harmless header does not hide personal numbers."""
    numbers = [number for number in map(emso, range(200)) if is_emso(number)]
    watch = PersonWatch()
    watch.look({"code": numbers})

    assert len(numbers) > 100
    with pytest.raises(SourceError, match=r"'code' holds personal data: .* look like EMŠO"):
        watch.judge()


def test_random_numbers_are_no_persons() -> None:
    """Eight-digit registers pass the tax check in 9 % of cases and 13-digit ones rarely look like EMŠO."""
    chance = random.Random(1)  # noqa: S311  the same numbers every time, no secrets
    watch = PersonWatch()
    watch.look({"mid": [str(chance.randrange(10**7, 10**8)) for _ in range(5000)]})
    watch.look({"long": [str(chance.randrange(10**12, 10**13)) for _ in range(5000)]})

    watch.judge()


def test_one_office_address_is_no_person() -> None:
    """A few e-mail addresses among many values stop nothing; a column of them does."""
    watch = PersonWatch()
    watch.look({"note": ["info@obcina.si"] + ["nič"] * 100})
    watch.judge()
    watch.look({"contact": ["ana@example.si", "b@example.si", "c@example.si"]})

    with pytest.raises(SourceError, match="'contact'"):
        watch.judge()
