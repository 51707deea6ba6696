"""Tiles over the fields of a town, as many different ones as a test needs."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from gis import crs
from tests.prostor.publishing.town import SOUTH, WEST

if TYPE_CHECKING:
    from collections.abc import Iterator

ZOOM = 18
TILES_ACROSS = 16
_WORLD = 20037508.342789244


def places_with_fields() -> Iterator[dict[str, int]]:
    """z, x and y of 256 tiles that hold fields, from the south-west."""
    span = 2 * _WORLD / 2**ZOOM
    x, y = crs.transform(3794, 3857, WEST + 60, SOUTH + 60)
    west, south = int((x + _WORLD) / span), int((_WORLD - y) / span)
    steps = itertools.product(range(TILES_ACROSS), range(TILES_ACROSS))
    yield from ({"z": ZOOM, "x": west + east, "y": south - north} for east, north in steps)
