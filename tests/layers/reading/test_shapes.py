"""Geometry is judged and mended: what is refused, what a repair reports, what happens to heights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from shapely import wkt

from gis.errors import SourceError
from layers.manifest import Geometry
from layers.reading.repair import check_shapes, count_types, flatten, repair_all, turn_rings

BOW_TIE = "POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))"
SQUARE = "POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0))"


def array(*texts: str | None) -> Any:
    """Geometries from WKT, None staying None."""
    made = np.empty(len(texts), dtype=object)
    with np.errstate(invalid="ignore"):
        made[:] = [wkt.loads(text) if text else None for text in texts]
    return made


def repair(geometries: Any, **rules: Any) -> Any:
    """Mend geometries with the keys A1, A2, …"""
    numbers = np.arange(1, len(geometries) + 1)
    keys = [f"A{number}" for number in numbers]
    return repair_all(geometries, numbers, keys, Geometry(kind="polygon", **rules), lambda _feature: None)


def test_a_bow_tie_keeps_both_lobes() -> None:
    """Its shoelace area is zero; what its ring encloses is 50 m², before and after."""
    mended, repairs = repair(array(SQUARE, BOW_TIE))

    assert shapely.is_valid(mended).all()
    assert mended[1].area == pytest.approx(50)
    assert [(r.feature, r.key, r.reason) for r in repairs] == [(2, "A2", "Self-intersection")]
    assert (repairs[0].area_before_m2, repairs[0].area_after_m2) == (50, 50)


def test_a_spike_is_cut_off() -> None:
    """A line that leaves a polygon and comes back encloses nothing."""
    mended, repairs = repair(array("POLYGON ((0 0, 0 10, 10 10, 20 10, 10 10, 10 0, 0 0))"))

    assert mended[0].area == pytest.approx(100)
    assert len(repairs) == 1


@pytest.mark.parametrize(
    "text",
    [
        "MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0)), ((5 0, 5 10, 15 10, 15 0, 5 0)))",
        "MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0)), ((2 2, 2 8, 8 8, 8 2, 2 2)))",
        "POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0), (20 20, 20 30, 30 30, 30 20, 20 20))",
    ],
)
def test_a_repair_that_changes_the_area_is_refused(text: str) -> None:
    """Parts on top of each other, a part in a part, a hole outside: what was meant is a person's decision."""
    with pytest.raises(SourceError, match=r"Feature 1 \(A1\): .*more than the tolerance of 1.0%"):
        repair(array(text))


def test_a_tolerance_may_allow_it() -> None:
    """The manifest decides how much may change."""
    mended, repairs = repair(
        array("MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0)), ((9 0, 9 10, 19 10, 19 0, 9 0)))"),
        area_tolerance=0.2,
    )

    assert mended[0].area == pytest.approx(190)
    assert (repairs[0].area_before_m2, repairs[0].area_after_m2) == (200, 190)


def test_a_polygon_without_area_is_refused() -> None:
    """Nothing of it is left, and a row must not vanish in silence."""
    with pytest.raises(SourceError, match=r"Feature 1 \(A1\).*Nothing of its polygon is left"):
        repair(array("POLYGON ((0 0, 5 5, 10 10, 0 0))"))


def test_rings_turn_as_geojson_wants() -> None:
    """Shapefiles wind outer rings clockwise; RFC 7946 and tiles want the other way."""
    holed = array("POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1))")

    turned = turn_rings(holed, "polygon")

    assert shapely.is_ccw(turned[0].exterior)
    assert not shapely.is_ccw(turned[0].interiors[0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "Feature 1 has no geometry.*allow_null"),
        ("POLYGON EMPTY", "Feature 1 has no geometry"),
        ("POINT (1 1)", "Feature 1 is a Point.*kind = 'polygon'"),
        ("GEOMETRYCOLLECTION (POINT (1 1))", "Feature 1 is a GeometryCollection"),
        ("POLYGON ((0 0, 0 1, 1 nan, 0 0))", "Feature 1 has a coordinate that is infinite"),
        ("POLYGON ((0 0, 0 1, 1 inf, 0 0))", "Feature 1 has a coordinate that is infinite"),
    ],
)
def test_shapes_that_cannot_be_used(text: str | None, reason: str) -> None:
    """Missing, empty, of another kind, or with coordinates that are no numbers."""
    with pytest.raises(SourceError, match=reason):
        check_shapes(array(text), np.array([1]), Geometry(kind="polygon"))


def test_rows_without_geometry_may_be_kept() -> None:
    """Empty and missing are the same: NULL."""
    kept = check_shapes(
        array(None, "POLYGON EMPTY", SQUARE), np.array([1, 2, 3]), Geometry(kind="polygon", allow_null=True)
    )

    assert shapely.is_missing(kept).tolist() == [True, True, False]


def test_too_many_vertices_are_refused() -> None:
    """One monster must not stop the server; the manifest says how large a feature may be."""
    circle = np.array([shapely.Point(0, 0).buffer(10, quad_segs=100)], dtype=object)

    with pytest.raises(SourceError, match="Feature 7 has more than 100 vertices"):
        check_shapes(circle, np.array([7]), Geometry(kind="polygon", max_vertices=100))


def test_heights_are_dropped_unless_kept() -> None:
    """−99 means unknown in the utility cadastre: a line with it loses its heights as a whole."""
    lines = array("LINESTRING Z (0 0 300, 1 1 301)", "LINESTRING Z (0 0 -99, 1 1 301)", "LINESTRING (0 0, 1 1)")

    flat, dropped, unknown = flatten(lines, Geometry(kind="line"))
    kept, dropped_kept, unknown_kept = flatten(lines, Geometry(kind="line", keep_z=True))

    assert (dropped, unknown, dropped_kept, unknown_kept) == (2, 1, 1, 1)
    assert not shapely.has_z(flat).any()
    assert shapely.has_z(kept).tolist() == [True, False, False]


def test_types_are_counted_by_name() -> None:
    """For the report; NULL has no type."""
    assert count_types(array(SQUARE, SQUARE, None, "POINT (0 0)")) == {"Point": 1, "Polygon": 2}
