"""Printed parts add up to the printed whole."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.answer.shares import round_to_whole


@pytest.mark.parametrize(
    ("parts", "whole", "digits", "expected"),
    [
        ((1, 1, 1), 100, 1, (33.4, 33.3, 33.3)),
        ((2, 1, 1, 2), 100, 0, (33, 17, 17, 33)),
        ((0.333, 0.333, 0.334), 100, 0, (33, 33, 34)),
        ((5,), 100, 1, (100.0,)),
        ((0, 0), 100, 1, (0.0, 0.0)),
        ((), 100, 1, ()),
        ((9999, 1), 100, 1, (100.0, 0.0)),
    ],
)
def test_the_largest_remainder_gets_the_step(
    parts: tuple[float, ...], whole: float, digits: int, expected: tuple[float, ...]
) -> None:
    """Known cases, ties to the larger and then the earlier part."""
    assert round_to_whole(parts, whole, digits) == expected


@given(
    parts=st.lists(st.floats(0, 1e7), min_size=1, max_size=30),
    whole=st.floats(0.1, 1e6),
    digits=st.integers(0, 2),
)
def test_the_sum_is_the_whole(parts: list[float], whole: float, digits: int) -> None:
    """For any parts, and no part is more than one step from its exact value."""
    rounded = round_to_whole(parts, whole, digits)
    total, step = math.fsum(parts), 10.0**-digits

    assert math.fsum(rounded) == pytest.approx(round(whole, digits) if total > 0 else 0.0, abs=step / 1000)
    if total > 0:
        shown = round(whole, digits)
        assert all(
            abs(each - part / total * shown) < step * 1.001 for each, part in zip(rounded, parts, strict=True)
        )
