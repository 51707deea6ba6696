"""The public part of a quality report: everything about the data, nothing about decisions or people."""

from __future__ import annotations

from layers.notes import write_note
from layers.public_quality import MOST_REPAIRS, PUBLIC, public_quality
from layers.reading.report import Quality

PRIVATE = {"samples"}


def test_inner_matters_stay_inside() -> None:
    """Why a version waits, the fingerprint and raw texts of the source are not told; nor is an unknown key."""
    stored = {
        **Quality(samples=("Novak Janez",)).model_dump(mode="json"),
        "fingerprint": "f" * 64,
        "hold_reason": "half the rows are gone",
        "something_new": 1,
    }

    told = public_quality(stored)

    assert set(told) == set(Quality.model_fields) - PRIVATE | {"repairs_count"}
    assert "Novak" not in str(told)


def test_unused_files_of_a_zip_are_not_named() -> None:
    """What else a clerk packed is nobody's business, also in reports stored before; other remarks are told."""
    packed = write_note("files_left_aside", files="odlocba_Novak_Janez.pdf")
    rebuilt = write_note("shx_rebuilt")

    told = public_quality({"notes": [packed, rebuilt]})

    assert told == {"notes": [rebuilt]}


def test_a_long_list_of_repairs_is_cut_and_counted() -> None:
    """The first thousand, and how many there are; a short list is told whole."""
    mended = [{"feature": number} for number in range(MOST_REPAIRS + 5)]

    told, short = public_quality({"repairs": mended}), public_quality({"repairs": mended[:3]})

    assert (told["repairs"], told["repairs_count"]) == (mended[:1000], 1005)
    assert (short["repairs"], short["repairs_count"]) == (mended[:3], 3)


def test_every_field_was_decided() -> None:
    """A new field of the report is either told or named here as held back."""
    assert set(PRIVATE) | set(PUBLIC) == set(Quality.model_fields)
