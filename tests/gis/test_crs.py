"""CRSs: official points, two steps from D48, refused codes, axis order and digits."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import crs
from gis.envelope import Envelope
from gis.errors import ConfigurationError

# Official virtual tie points (GURS): E, N in D96/TM; Y, X in D48/GK; lon, lat rounded to 7 decimals.
TIE_POINTS = [
    (506294.0, 137964.0, 506663.468, 137478.253, 15.0818234, 46.3813472),
    (510841.0, 132914.0, 511210.533, 132428.491, 15.1408186, 46.3358546),
    (512942.0, 139377.0, 513311.361, 138891.393, 15.1682878, 46.3939655),
]


@pytest.mark.parametrize("point", TIE_POINTS)
def test_d48_near_velenje_meets_the_tie_points(point: tuple[float, ...]) -> None:
    """D48/GK becomes D96/TM within 0.25 m of the official points."""
    e, n, y, x, _, _ = point

    assert crs.transform(crs.D48, crs.D96, y, x) == pytest.approx((e, n), abs=0.25)


@pytest.mark.parametrize("point", TIE_POINTS)
def test_d48_to_degrees_goes_through_d96(point: tuple[float, ...]) -> None:
    """The two steps give exactly what D96 gives, not the 0.4 m worse direct operation."""
    _, _, y, x, lon, lat = point
    by_hand = crs.transform(crs.D96, crs.WGS84, *crs.transform(crs.D48, crs.D96, y, x))

    found = crs.transform(crs.D48, crs.WGS84, y, x)

    assert found == by_hand
    assert found == pytest.approx((lon, lat), abs=0.25 / 70_000)


@pytest.mark.parametrize("point", TIE_POINTS)
def test_d96_to_degrees_is_exact(point: tuple[float, ...]) -> None:
    """D96/TM becomes lon, lat within half a last printed digit of the official points."""
    e, n, _, _, lon, lat = point

    assert crs.transform(crs.D96, crs.WGS84, e, n) == pytest.approx((lon, lat), abs=5.1e-8)


def test_reference_point_of_the_national_service() -> None:
    """The national transformation service's reference point is met within 1 mm."""
    found = crs.transform(crs.WGS84, crs.D96, 15.3015019823, 46.5375852874)

    assert found == pytest.approx((523125.803, 155370.642), abs=0.001)


@given(e=st.floats(373_000, 623_000), n=st.floats(31_000, 195_000))
def test_round_trip_keeps_the_millimetre(e: float, n: float) -> None:
    """3794 to 4326 and back moves no point of Slovenia by a millimetre."""
    back = crs.transform(crs.WGS84, crs.D96, *crs.transform(crs.D96, crs.WGS84, e, n))

    assert back == pytest.approx((e, n), abs=0.001)


def test_arrays_are_transformed_at_once() -> None:
    """Arrays go in and come out, in x, y order."""
    e = np.array([point[0] for point in TIE_POINTS])
    n = np.array([point[1] for point in TIE_POINTS])

    lon, lat = crs.transform(crs.D96, crs.WGS84, e, n)

    assert lon == pytest.approx([point[4] for point in TIE_POINTS], abs=5.1e-8)
    assert lat == pytest.approx([point[5] for point in TIE_POINTS], abs=5.1e-8)


@pytest.mark.parametrize("srid", [3787, 2170, 3911])
def test_deprecated_codes_are_refused_with_the_reason(srid: int) -> None:
    """The three deprecated Slovenian codes are refused, and the sentence says what to write instead."""
    with pytest.raises(ConfigurationError, match=r"deprecated.*EPSG:3912"):
        crs.find_crs(srid)


def test_unknown_code_is_an_error() -> None:
    """A code that is not in the register is a configuration error naming it."""
    with pytest.raises(ConfigurationError, match="EPSG:99999"):
        crs.find_crs(99999)


@pytest.mark.parametrize(
    ("text", "srid", "north_first"),
    [
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326, False),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", 4326, True),
        ("http://www.opengis.net/def/crs/EPSG/0/3794", 3794, False),
        ("http://www.opengis.net/def/crs/EPSG/0/3912", 3912, False),
        ("http://www.opengis.net/def/crs/EPSG/0/3907", 3907, True),
        ("[EPSG:3857]", 3857, False),
        ("urn:ogc:def:crs:EPSG::3794", 3794, False),
    ],
)
def test_crs_uris_say_their_axis_order(text: str, srid: int, north_first: bool) -> None:
    """A CRS URI gives its SRID and whether north comes first, as the register has it."""
    assert crs.parse_crs_uri(text) == (srid, north_first)


@pytest.mark.parametrize("text", ["", "EPSG:", "EPSG:12", "http://evil.example/3794", "EPSG:3794;drop"])
def test_other_texts_are_no_crs(text: str) -> None:
    """Anything else is refused before it reaches PROJ."""
    with pytest.raises(ValueError, match="is not a CRS URI"):
        crs.parse_crs_uri(text)


def test_digits_follow_the_unit() -> None:
    """Metres are written with 3 digits, degrees with 7."""
    assert (crs.decimals(3794), crs.decimals(3857), crs.decimals(4326)) == (3, 3, 7)


def test_envelope_holds_every_point_of_its_bent_sides() -> None:
    """A transformed box holds all transformed points of the original's sides."""
    box = Envelope(400_000, 50_000, 600_000, 190_000, srid=crs.D96)
    xs = np.linspace(box.west, box.east, 500)

    found = crs.transform_envelope(box, crs.WEB_MERCATOR)

    for side in (box.south, box.north):
        x, y = crs.transform(crs.D96, crs.WEB_MERCATOR, xs, np.full_like(xs, side))
        assert found.grown(1.0).west <= x.min()
        assert x.max() <= found.grown(1.0).east
        assert found.grown(1.0).south <= y.min()
        assert y.max() <= found.grown(1.0).north


def test_ground_scale_of_mercator_is_the_cosine() -> None:
    """A Web Mercator metre at Velenje is 0.69 ground metres; a D96 metre is one within 0.02 %."""
    x, y = crs.transform(crs.D96, crs.WEB_MERCATOR, 508_000, 136_000)

    assert crs.ground_scale(crs.WEB_MERCATOR, x, y) == pytest.approx(0.690, abs=0.001)
    assert crs.ground_scale(crs.D96, 508_000, 136_000) == pytest.approx(1.0, abs=0.0002)


def test_threads_have_their_own_transformers() -> None:
    """Two threads never share a PROJ object, and both get the same answer."""
    seen: list[tuple[int, tuple[float, float]]] = []

    def work() -> None:
        transformer = crs.transformer(crs.D96, crs.WGS84)
        seen.append((id(transformer), crs.transform(crs.D96, crs.WGS84, 508_000, 136_000)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    work()

    assert seen[0][0] != seen[1][0]
    assert seen[0][1] == seen[1][1]


def test_envelope_of_a_conic_crs_reaches_degrees() -> None:
    """A box in Lambert-93 is brought to degrees although that CRS has no place for the south pole."""
    france = Envelope(640000, 6270000, 785000, 6850000, srid=2154)

    found = crs.transform_envelope(france, crs.WGS84)

    assert found.contains(3.876, 43.61)
    assert found.contains(2.31, 48.67)
