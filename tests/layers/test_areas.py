"""The box of a question becomes a shape in the layer's CRS, cut to where the layer has data."""

from __future__ import annotations

import pytest
import shapely

from gis import crs
from gis.envelope import Envelope
from gis.geometry import transform_geometry
from layers.areas import Area, find_area

EXTENT = Envelope(504000, 130000, 516000, 143000, 3794)


@pytest.mark.parametrize(
    "box",
    [
        Envelope(-180, -90, 180, 90, 4326),
        Envelope(-2e7, -2e7, 2e7, 2e7, 3857),
        Envelope(0, 0, 1e9, 1e9, 3794),
        EXTENT,
    ],
)
def test_a_box_round_everything_is_no_shape(box: Envelope) -> None:
    """The whole world cannot be transformed into a national grid, and need not be."""
    assert find_area(box, EXTENT) == Area(None)


@pytest.mark.parametrize(
    "box",
    [
        Envelope(2, 48, 3, 49, 4326),
        Envelope(170, -10, 180, 10, 4326),
        Envelope(0, 0, 1, 1, 3857),
        Envelope(516000.1, 130000, 517000, 143000, 3794),
    ],
)
def test_a_box_elsewhere_is_nothing(box: Envelope) -> None:
    """No feature lies outside the extent, so no question is put to the database."""
    assert find_area(box, EXTENT) is None


@pytest.mark.parametrize("srid", [4326, 3857])
def test_a_shape_has_the_bent_sides_of_its_box(srid: int) -> None:
    """Points on the sides of the box lie on the outline of the shape within a centimetre."""
    box = crs.transform_envelope(Envelope(507000, 133000, 511000, 137000, 3794), srid)

    area = find_area(box, EXTENT)

    assert area is not None
    assert area.shape is not None
    side = transform_geometry(
        shapely.segmentize(shapely.LineString([(box.west, box.north), (box.east, box.north)]), box.width / 333),
        srid,
        3794,
    )
    assert shapely.hausdorff_distance(side, shapely.intersection(side, area.shape.boundary.buffer(0.01))) < 0.01
    assert area.shape.is_valid


@pytest.mark.parametrize(
    ("box", "kind"),
    [
        (Envelope(15.1, 46.35, 15.1, 46.35, 4326), "Point"),
        (Envelope(15.1, 46.35, 15.1, 46.36, 4326), "LineString"),
        (Envelope(508000, 135000, 508000, 135000, 3794), "Point"),
        (Envelope(508000, 135000, 509000, 135000, 3794), "LineString"),
    ],
)
def test_a_flat_box_is_a_line_or_a_point(box: Envelope, kind: str) -> None:
    """A box without width or height is no broken polygon."""
    area = find_area(box, EXTENT)

    assert area is not None
    assert area.shape is not None
    assert area.shape.geom_type == kind
