"""The operation of an import: pinned for the whole layer, its accuracy stated, a guess refused."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis import crs
from gis.envelope import Envelope
from gis.errors import SourceError
from gis.operation import choose_operation

NEAR_VELENJE = Envelope(15.0, 46.3, 15.2, 46.45, crs.WGS84)
# GURS virtual tie points 129 and 111: E, N in D96/TM; Y, X in D48/GK.
TIE_POINTS = ((506294.0, 137964.0, 506663.468, 137478.253), (512942.0, 139377.0, 513311.361, 138891.393))


def test_it_is_named_with_its_accuracy() -> None:
    """D48 to D96 near Velenje is area 14 of the EPSG register, accurate to 20 cm."""
    operation = choose_operation(crs.D48, crs.D96, NEAR_VELENJE)

    assert operation.description == "EPSG:3912 to EPSG:3794: D48/GK to D96/TM (14)"
    assert operation.accuracy_m == pytest.approx(0.2)


@pytest.mark.parametrize(("e", "n", "y", "x"), TIE_POINTS)
def test_what_is_named_is_what_is_done(e: float, n: float, y: float, x: float) -> None:
    """The official tie points are met within 0.25 m."""
    assert choose_operation(crs.D48, crs.D96, NEAR_VELENJE).transform(y, x) == pytest.approx((e, n), abs=0.25)


def test_it_does_not_change_from_point_to_point() -> None:
    """One plane similarity moves every vertex: the shift is a straight function of place, without a step."""
    operation = choose_operation(crs.D48, crs.D96, NEAR_VELENJE)
    ys = np.linspace(480_000.0, 560_000.0, 200)
    xs = np.full(200, 136_000.0)

    moved, _ = operation.transform(ys, xs)

    assert np.abs(np.diff(moved - ys, n=2)).max() < 1e-6


def test_heights_and_missing_geometries_stay() -> None:
    """Only x and y are moved."""
    shapes = np.array([shapely.Point(506663.468, 137478.253, 400.0), None], dtype=object)

    moved = choose_operation(crs.D48, crs.D96, NEAR_VELENJE).transform_geometries(shapes)

    assert (moved[0].x, moved[0].y) == pytest.approx((506294.0, 137964.0), abs=0.25)
    assert (moved[0].z, moved[1]) == (400.0, None)


def test_nothing_is_done_when_nothing_is_to_do() -> None:
    """Not a bit changes."""
    operation = choose_operation(crs.D96, crs.D96)

    assert operation.transform(506294.1, 137964.2) == (506294.1, 137964.2)
    assert operation.accuracy_m is None


def test_a_guess_is_refused() -> None:
    """Between the French and the Slovenian datum PROJ knows only a ballpark offset."""
    with pytest.raises(SourceError, match=r"No exact way is known from EPSG:2154 .*hundreds of metres"):
        choose_operation(2154, crs.D96, NEAR_VELENJE)
