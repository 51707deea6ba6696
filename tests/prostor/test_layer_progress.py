"""What an import says of how far it is."""

from __future__ import annotations

import pytest

from layers.reading.report import Progress
from prostor.commands.layer_progress import _far, _rate, _remaining


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (Progress(step="read", done=50_000, total=200_000), "50 000 of 200 000 5 000 rows/s, about 30 s left"),
        (Progress(step="load", done=20_000_000, total=80_000_000), "20 MB of 80 MB 2 MB/s, about 30 s left"),
        (Progress(step="index", done=2, total=6), "2 of 6, about 20 s left"),
        (Progress(step="read", done=50_000), "50 000 5 000 rows/s"),
        (Progress(step="index", done=0, total=6), "0 of 6"),
    ],
)
def test_each_step_says_how_fast_and_how_long_still(step: Progress, line: str) -> None:
    """Rows while reading, megabytes while loading, indexes while making them, and seconds left where known."""
    assert _far(step) + _rate(step, seconds=10) + _remaining(step, seconds=10) == line
