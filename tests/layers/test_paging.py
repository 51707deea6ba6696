"""The token of the next page belongs to one version, one place and one question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import RequestError
from layers.paging import Place, parse_next, write_next

QUESTION = {"bbox": "15,46,16,47", "limit": "5"}
TOKEN = "0123456789abcdef"  # noqa: S105 - a content token, no secret


@given(st.integers(0, 2**52 - 1))
def test_a_token_leads_back_to_its_place(fid: int) -> None:
    """What is written is read again, whichever feature it stands behind."""
    place = Place(TOKEN, fid)

    assert parse_next(write_next(place, "parcels", QUESTION), "parcels", QUESTION) == place


@given(st.text(max_size=80))
def test_made_up_tokens_are_refused(text: str) -> None:
    """No other text is taken for a token."""
    with pytest.raises(RequestError):
        parse_next(text, "parcels", QUESTION)


@pytest.mark.parametrize(("position", "letter"), [(0, "f"), (17, "f"), (-1, "x"), (-1, "")])
def test_an_edited_token_is_refused(position: int, letter: str) -> None:
    """One changed or missing character is noticed."""
    token = list(write_next(Place(TOKEN, 0xABCDEF), "parcels", QUESTION))
    token[position] = letter

    with pytest.raises(RequestError) as caught:
        parse_next("".join(token), "parcels", QUESTION)

    assert caught.value.parameter == "next"


@pytest.mark.parametrize(
    ("layer_id", "question"),
    [("buildings", QUESTION), ("parcels", {**QUESTION, "bbox": "15,46,16,48"}), ("parcels", {"limit": "5"})],
)
def test_a_token_is_no_good_for_another_question(layer_id: str, question: dict[str, str]) -> None:
    """Other filters or another layer would leave features out without a word."""
    token = write_next(Place(TOKEN, 1), "parcels", QUESTION)

    with pytest.raises(RequestError):
        parse_next(token, layer_id, question)


def test_page_size_and_crs_may_change_on_the_way() -> None:
    """They change how features are written, not which ones follow."""
    token = write_next(Place(TOKEN, 1), "parcels", QUESTION)
    changed = {**QUESTION, "limit": "9", "crs": "CRS84", "properties": "ko", "next": token}

    assert parse_next(token, "parcels", changed) == Place(TOKEN, 1)
