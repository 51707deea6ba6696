"""Parameters of a request are read strictly: what is not documented or not a number is refused by name."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import RequestError
from layers.filters import (
    MAX_LIMIT,
    check_datetime,
    parse_bbox,
    parse_items_request,
    parse_limit,
    parse_number,
    parse_value,
    queryable_columns,
    read_parameters,
)
from layers.offered_crs import CRS84, offered_crs, storage_crs

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.envelope import Envelope
    from layers.catalogue import PublishedLayer

D96 = storage_crs(3794)
WGS84 = storage_crs(4326)


@pytest.mark.parametrize(
    "pairs",
    [
        [("BBOX", "1,2,3,4")],
        [("filter[]", "a")],
        [("limit", "1"), ("limit", "2")],
        [("limit", "1\x00")],
        [(f"p{number}", "") for number in range(2000)],
    ],
)
def test_only_documented_parameters_once(pairs: list[tuple[str, str]]) -> None:
    """Unknown, differently cased, repeated and unreadable parameters are refused."""
    with pytest.raises(RequestError) as caught:
        read_parameters(pairs, ("bbox", "limit"))

    assert caught.value.parameter == pairs[0][0]


BAD_BOXES = [
    "a",
    "1",
    "1,2,3",
    "1,2,3,4,5",
    "1,2,3,4,5,6,7",
    "",
    ",,,",
    "nan,0,1,1",
    "inf,0,1,1",
    "1e400,0,1,1",
    "１,2,3,4",
    "1_0,2,30,4",
    "1,2,3,4,",
    "0x1,2,3,4",
    "1, 2,3,4",
    "1,2,3,4 ",
    "1;2;3;4",
    "--1,2,3,4",
    "1,2,3,4\n",
    "1,5,2,4",
    "-181,0,1,1",
    "0,-91,1,1",
    "0,0,181,1",
    "0,0,1,90.0001",
    "1," * 5000,
]


@pytest.mark.parametrize("text", BAD_BOXES)
def test_a_malformed_bbox_is_refused(text: str) -> None:
    """Anything but four or six plain numbers in range, lower edge first, is a fault of parameter bbox."""
    with pytest.raises(RequestError) as caught:
        parse_bbox(text, CRS84)

    assert caught.value.parameter == "bbox"
    assert len(caught.value.sentence) < 300


def test_a_bbox_of_six_numbers_ignores_heights() -> None:
    """The two heights of a six-number box play no part."""
    assert parse_bbox("1,2,-99,3,4,99", CRS84) == parse_bbox("1,2,3,4", CRS84)


def test_a_bbox_follows_the_axis_order_of_its_crs() -> None:
    """EPSG:4326 gives latitude first, CRS84 and D96/TM east first."""
    assert parse_bbox("46,15,47,16", WGS84) == parse_bbox("15,46,16,47", CRS84)
    assert parse_bbox("507000,135000,508000,136000", D96)[0].bounds == (507000, 135000, 508000, 136000)


def test_a_bbox_over_the_antimeridian_is_two_boxes() -> None:
    """West greater than east means the way round the other side, in degrees only."""
    first, second = parse_bbox("170,-10,-170,10", CRS84)

    assert first.bounds == (170, -10, 180, 10)
    assert second.bounds == (-180, -10, -170, 10)
    with pytest.raises(RequestError):
        parse_bbox("508000,135000,507000,136000", D96)


@given(
    st.lists(st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 6)), min_size=4, max_size=4)
)
def test_numbers_of_a_bbox_come_back_exactly(numbers: list[float]) -> None:
    """Whatever is written in plain decimals is read to the last bit."""
    west, east = sorted(numbers[:2])
    south, north = sorted(numbers[2:])

    (box,) = parse_bbox(f"{west:f},{south:f},{east:f},{north:f}", D96)

    assert box.bounds == tuple(float(f"{number:f}") for number in (west, south, east, north))


@given(st.text(max_size=60))
def test_any_text_is_a_box_or_a_refusal(text: str) -> None:
    """No text whatever makes the parser fail in another way."""
    boxes: tuple[Envelope, ...] = ()
    with suppress(RequestError):
        boxes = parse_bbox(text, CRS84)

    assert all(math.isfinite(number) for box in boxes for number in box.bounds)


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-inf", "1e400", "１２", "1_0", "0x10", " 1", "1 ", "", "1e", ".", "1.2.3"]
)
def test_numbers_are_plain_decimals(text: str) -> None:
    """Everything else that Python's float() takes, or does not, is refused."""
    with pytest.raises(RequestError):
        parse_number("x", text)


@pytest.mark.parametrize(
    ("text", "limit"),
    [(None, 100), ("1", 1), ("+7", 7), ("10000", 10_000), ("10001", 10_000), ("1" + "0" * 30, 10_000)],
)
def test_a_large_limit_is_cut(text: str | None, limit: int) -> None:
    """The default is 100, and any number above the maximum means the maximum."""
    assert parse_limit(text, default=100, most=MAX_LIMIT) == limit


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "abc", "", "9" * 5000, "１", "1_0", "00", " 1"])
def test_a_limit_is_a_positive_whole_number(text: str) -> None:
    """Zero, negative, broken and absurdly long numbers are refused."""
    with pytest.raises(RequestError) as caught:
        parse_limit(text, default=100, most=MAX_LIMIT)

    assert caught.value.parameter == "limit"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01",
        "../2026-03-01",
        "2026-03-01/..",
        "/2026-03-01",
        "2026-01-01/2026-03-01",
        "2026-03-01T12:00:00.5+01:00/..",
        "../..",
    ],
)
def test_well_formed_times_are_accepted(text: str) -> None:
    """Instants and intervals of RFC 3339, open ends included."""
    check_datetime(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "2026-13-45",
        "2026-02-30",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "infinity",
        "now()",
        "2026-03-01T12:00:00",
        "2026-03-01/2026-01-01",
        "a/b",
        "2026-01-01/2026-02-01/2026-03-01",
        "２０２６-03-01",
        "2026-03-01T25:00:00Z",
        "2026-03-01T12:00:00Z\n",
    ],
)
def test_malformed_times_are_refused(text: str) -> None:
    """Impossible dates, missing zones, reversed and doubled intervals."""
    with pytest.raises(RequestError) as caught:
        check_datetime(text)

    assert caught.value.parameter == "datetime"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "123/4", "123/4"),
        ("integer", "-12", -12),
        ("integer", "9223372036854775807", 2**63 - 1),
        ("number", "1.5", 1.5),
        ("date", "2026-03-01", date(2026, 3, 1)),
        ("boolean", "true", True),
    ],
)
def test_a_filter_value_has_the_type_of_its_column(kind: str, text: str, value: object) -> None:
    """Texts become values of the column's own type."""
    assert parse_value("p", kind, text) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "1.5"),
        ("integer", "9223372036854775808"),
        ("integer", "1" * 30),
        ("integer", ""),
        ("number", "1,5"),
        ("number", "NaN"),
        ("date", "1. 3. 2026"),
        ("date", "20260301"),
        ("date", "2026-02-30"),
        ("date", "２０２６-03-01"),
        ("boolean", "True"),
        ("boolean", "1"),
        ("text", "x" * 501),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, text: str) -> None:
    """What the column cannot hold is a fault of that parameter."""
    with pytest.raises(RequestError) as caught:
        parse_value("p", kind, text)  # type: ignore[arg-type]

    assert caught.value.parameter == "p"


def test_a_question_is_put_together(make_layer: Callable[..., PublishedLayer]) -> None:
    """Box, CRS, limit, properties and filters of one request, properties in the order of the manifest."""
    given_parameters = {
        "bbox": "15,46,16,47",
        "crs": D96.uri,
        "limit": "5",
        "properties": "number,ko",
        "area": "400",
        "settled": "false",
    }

    asked = parse_items_request(given_parameters, make_layer())

    assert asked.crs == D96
    assert asked.limit == 5
    assert asked.columns == ("ko", "number")
    assert asked.equals == (("area", 400), ("settled", False))
    assert asked.boxes is not None
    assert asked.boxes[0].srid == 4326


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("crs", "http://www.opengis.net/def/crs/EPSG/0/3912"),
        ("crs", "http://www.opengis.net/def/crs/EPSG/0/999999"),
        ("crs", "EPSG:0"),
        ("crs", ""),
        ("crs", "http://www.opengis.net/def/crs/EPSG/0/3787"),
        ("bbox-crs", "http://evil.example/3794"),
        ("properties", "owner"),
        ("properties", ""),
        ("properties", "ko,,number"),
        ("f", "html"),
        ("f", ""),
        ("area", "large"),
    ],
)
def test_what_a_layer_does_not_offer_is_refused(
    make_layer: Callable[..., PublishedLayer], name: str, text: str
) -> None:
    """CRSs, properties, formats and values outside the layer's own are faults of their parameter."""
    with pytest.raises(RequestError) as caught:
        parse_items_request({name: text}, make_layer())

    assert caught.value.parameter == name


def test_d48_is_not_offered() -> None:
    """A CRS of another datum would be transformed by PostGIS up to half a metre wrong, so it is not offered."""
    assert [each.uri for each in offered_crs(3794)] == [
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
        "http://www.opengis.net/def/crs/EPSG/0/3794",
        "http://www.opengis.net/def/crs/EPSG/0/3857",
    ]


def test_a_column_called_like_a_parameter_is_no_filter(make_layer: Callable[..., PublishedLayer]) -> None:
    """A column named `limit` is published but cannot be asked for by name."""
    layer = make_layer()

    assert "limit" in layer.manifest.columns
    assert "limit" not in queryable_columns(layer.manifest.columns)
    assert parse_items_request({"limit": "5"}, layer).equals == ()


def test_a_refusal_does_not_repeat_long_input() -> None:
    """At most a hundred characters of a value come back."""
    with pytest.raises(RequestError) as caught:
        parse_number("x", "9" * 10_000 + "x")

    assert len(str(caught.value.facts["value"])) == 100
    assert not re.search("9{20}", caught.value.sentence)
