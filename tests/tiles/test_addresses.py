"""The URL grammar: every tile has one spelling, and nothing else is a tile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiles.addresses import TileAddress, parse_tile_path, parse_tilejson_path, tilejson_path

_addresses = st.builds(
    TileAddress,
    set_id=st.from_regex(r"[a-z][a-z0-9-]{0,40}", fullmatch=True),
    token=st.none() | st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    grid_id=st.sampled_from(["WebMercatorQuad", "SI-D96"]),
    z=st.integers(0, 24),
    x=st.integers(0, 2**24),
    y=st.integers(0, 2**24),
)


@given(_addresses)
def test_path_and_address_are_inverse(address: TileAddress) -> None:
    """Writing an address and reading it again gives the same address."""
    assert parse_tile_path(address.path) == address


@given(st.text(alphabet="/tiles@abcdef0123456789.mvtSI-D96 ١+-%\n", max_size=80))
def test_what_parses_is_spelled_in_the_one_way(text: str) -> None:
    """Whatever is accepted at all is written back to the very same text."""
    for path in (text, f"/tiles/a/SI-D96/{text}.mvt", f"/tiles/a/SI-D96/1/{text}/1.mvt"):
        address = parse_tile_path(path)

        assert address is None or address.path == path


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/a/SI-D96/01/2/3.mvt",
        "/tiles/a/SI-D96/1/+2/3.mvt",
        "/tiles/a/SI-D96/1/-2/3.mvt",
        "/tiles/a/SI-D96/1/٢/3.mvt",
        "/tiles/a/SI-D96/1/２/3.mvt",
        "/tiles/a/SI-D96/1/2.0/3.mvt",
        "/tiles/a/SI-D96/1/2/3.MVT",
        "/tiles/a/SI-D96/1/2/3.mvt\n",
        "/tiles/a/SI-D96/1/2/3.mvt/",
        "/tiles/a@/SI-D96/1/2/3.mvt",
        "/tiles/a@ABCDEF0123456789/SI-D96/1/2/3.mvt",
        "/tiles/A/SI-D96/1/2/3.mvt",
        "/tiles/../SI-D96/1/2/3.mvt",
        "/tiles/a/SI-D96/1/2/99999999999.mvt",
        "/tiles/a/SI-D96/100/2/3.mvt",
    ],
)
def test_other_spellings_are_no_tiles(path: str) -> None:
    """Leading zeros, signs, digits of other scripts, other cases and stray characters are refused."""
    assert parse_tile_path(path) is None


def test_tilejson_has_an_address_of_its_own() -> None:
    """Set and grid are read from a TileJSON path; a token has no place there."""
    address = parse_tilejson_path(tilejson_path("urejanje", "SI-D96"))

    assert address is not None
    assert tuple(address) == ("urejanje", "SI-D96")
    assert parse_tilejson_path("/tiles/urejanje@0123456789abcdef/SI-D96.json") is None
