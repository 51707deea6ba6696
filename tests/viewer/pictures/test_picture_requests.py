"""What a picture may be asked for: every wrong parameter is named, and so is what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gis.errors import RequestError
from tests.tiles.conftest import make_portal
from viewer.pictures.request import MAX_TEXT, MOST_PIXELS, parse_picture_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from viewer.pictures.request import PictureRequest

LAYERS = ("a", "b", "c")


def parse(given: Mapping[str, str]) -> PictureRequest:
    """What these parameters ask for."""
    return parse_picture_request(given, make_portal(), LAYERS)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"width": "99"}, "width"),
        ({"height": "1281"}, "height"),
        ({"width": "400.5"}, "width"),
        ({"width": "-400"}, "width"),
        ({"width": "٤٠٠"}, "width"),
        ({"scale": "3"}, "scale"),
        ({"scale": "2", "width": "1280", "height": "1280"}, "scale"),
        ({"mpp": "0"}, "mpp"),
        ({"mpp": "nan"}, "mpp"),
        ({"mpp": "1e3"}, "mpp"),
        ({"at": "508000"}, "at"),
        ({"at": "100000,100000"}, "at"),
        ({"bbox": "508000,136000,507000,137000"}, "bbox"),
        ({"bbox": "508000,136000,509000"}, "bbox"),
        ({"bbox": "1,1,2,2"}, "bbox"),
        ({"marker": "somewhere"}, "marker"),
        ({"layers": "a,nowhere"}, "layers"),
        ({"theme": "nowhere"}, "theme"),
        ({"parcel": "Velenje"}, "parcel"),
        ({"text": "č" * (MAX_TEXT + 1)}, "text"),
        ({"lang": "de"}, "lang"),
    ],
)
def test_what_is_wrong_is_named(given: dict[str, str], named: str) -> None:
    """The parameter, and what to write instead."""
    with pytest.raises(RequestError) as refused:
        parse(given)

    assert refused.value.parameter == named


def test_the_largest_picture_is_bounded() -> None:
    """Whatever sides are asked for with twice the pixels."""
    size = parse({"width": "1280", "height": "780", "scale": "2"}).size

    assert size.width * size.height * size.ratio**2 <= MOST_PIXELS


@pytest.mark.parametrize("written", ["964-123/4", "964/123/4", "964 123/4", " 0964-123/4 "])
def test_a_parcel_in_the_forms_of_our_addresses(written: str) -> None:
    """As in paths, in keys and as people type it."""
    assert parse({"parcel": written}).parcel == "964-123/4"


def test_words_of_strangers_hold_nothing_invisible() -> None:
    """Reordering and control characters are written out or left."""
    told = parse({"text": "a\u202eb\u0007c"}).text

    assert "\u202e" not in told
    assert "\u0007" not in told
