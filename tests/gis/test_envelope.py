"""Envelopes: pure boxes."""

from __future__ import annotations

import pytest

from gis.envelope import Envelope


def test_an_envelope_keeps_its_order() -> None:
    """West must not exceed east, nor south north."""
    with pytest.raises(ValueError, match="west <= east"):
        Envelope(2, 0, 1, 1, srid=3794)


def test_an_envelope_is_finite() -> None:
    """NaN and infinity are no places."""
    with pytest.raises(ValueError, match="finite"):
        Envelope(float("nan"), 0, 1, 1, srid=3794)


def test_touching_boxes_intersect() -> None:
    """Boxes that share an edge intersect; apart they do not."""
    box = Envelope(0, 0, 1, 1, srid=3794)

    assert box.intersects(Envelope(1, 0, 2, 1, srid=3794))
    assert not box.intersects(Envelope(1.1, 0, 2, 1, srid=3794))


def test_boxes_of_two_crss_are_not_compared() -> None:
    """Comparing boxes in two CRSs is a programming error that is told."""
    with pytest.raises(ValueError, match="different CRSs"):
        Envelope(0, 0, 1, 1, srid=3794).united(Envelope(0, 0, 1, 1, srid=4326))


def test_growing_and_uniting() -> None:
    """A margin grows all sides; the united box holds both."""
    box = Envelope(0, 0, 2, 1, srid=3794)

    assert box.grown(1).bounds == (-1, -1, 3, 2)
    assert box.united(Envelope(5, 5, 6, 6, srid=3794)).bounds == (0, 0, 6, 6)
    assert (box.width, box.height, box.centre) == (2, 1, (1, 0.5))
    assert box.contains(2, 1)
    assert not box.contains(2.1, 1)
