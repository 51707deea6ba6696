"""The token in the address of a tile: the version's own token, and how this program makes tiles of it.

A browser keeps a tile for a year, so an upgrade that makes other tiles of the same data must give them other
addresses. Those with the token of an earlier encoder, or with the version's own as `/layers` tells it, still
mean that version: they are answered with today's tile, which nobody may keep for longer than a minute.
"""

from __future__ import annotations

import hashlib
from functools import cache

# Raise it by one when any tile of unchanged data says something else than before: other features, coordinates,
# attributes, order, labels, buffers, or members joined otherwise. Nothing need be imported again. Not for other
# bytes with the same meaning. `tests/tiles/test_tile_encoder.py` fails when it was forgotten. What an import
# stores has a number of its own, in layers/loading/plan.py.
TILE_ENCODER = 3

_DIGITS = 16


def tile_token(version_token: str, encoder: int = TILE_ENCODER) -> str:
    """The token that tiles of a version have: 16 hex digits, others for each encoder; 0 leaves it as it is.

    An exclusive or with a number of the encoder: asked twice it gives back what it was given, so the version of
    an address is found in the catalogue without a list of all versions.
    """
    return f"{int(version_token, 16) ^ _number_of(encoder):0{_DIGITS}x}"


def version_tokens(asked: str) -> tuple[str, ...]:
    """The versions that a token in an address may mean, by their own tokens: today's encoder first."""
    return tuple(tile_token(asked, encoder) for encoder in known_encoders())


def known_encoders() -> range:
    """Today's encoder and all before it, newest first; 0 is no encoder."""
    return range(TILE_ENCODER, -1, -1)


@cache
def _number_of(encoder: int) -> int:
    if encoder == 0:
        return 0
    return int(hashlib.sha256(f"tile encoder {encoder}".encode()).hexdigest()[:_DIGITS], 16)
