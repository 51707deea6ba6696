"""Transformation of shapely objects."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis import crs
from gis.geometry import transform_geometries, transform_geometry


def test_heights_survive_a_transformation() -> None:
    """Z is carried along unchanged."""
    moved = transform_geometry(shapely.from_wkt("POINT Z (506294 137964 312.5)"), crs.D96, crs.WGS84)

    assert shapely.get_coordinates(moved, include_z=True)[0] == pytest.approx(
        [15.0818234, 46.3813472, 312.5], abs=5.1e-8
    )


def test_missing_geometries_stay_missing() -> None:
    """NULL in an array stays NULL, its neighbours are transformed."""
    geometries = np.array([None, shapely.Point(506294, 137964)], dtype=object)

    moved = transform_geometries(geometries, crs.D96, crs.WGS84)

    assert moved[0] is None
    assert (moved[1].x, moved[1].y) == pytest.approx((15.0818234, 46.3813472), abs=5.1e-8)


def test_same_crs_changes_nothing() -> None:
    """Without a change of CRS the same object comes back."""
    geometries = np.array([shapely.Point(1, 2)], dtype=object)

    assert transform_geometries(geometries, 3794, 3794) is geometries
