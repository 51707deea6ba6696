"""The box of a question as a shape in the layer's own CRS, so that the indexed column is never transformed.

A box is first cut to the layer's extent: the whole world cannot be transformed into a national grid, and
nothing lies outside the extent anyway. What is left keeps its bent sides as a densified polygon.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from gis import crs
from gis.envelope import Envelope
from gis.geometry import transform_geometry

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_SIDE_PARTS = 20
_SLACK_METRES = 100.0
_SLACK_DEGREES = 0.001


@dataclass(frozen=True)
class Area:
    """A shape in the layer's CRS that features must meet; None stands for every place there is."""

    shape: BaseGeometry | None


def find_area(box: Envelope, extent: Envelope) -> Area | None:
    """The area of a box within the native extent of a layer; None when nothing can lie in it.

    Raises ProjError when the extent itself cannot be expressed in the CRS of the box.
    """
    if box.srid == extent.srid:
        seen = extent
        cut = _cut(box, extent)
    else:
        slack = _SLACK_METRES if crs.is_metric(box.srid) else _SLACK_DEGREES
        seen = crs.transform_envelope(extent, box.srid).grown(slack)
        cut = _cut(box, seen)
    if cut is None:
        return None
    if cut == seen:
        return Area(None)
    return Area(_shape_of(cut, extent.srid))


def _cut(box: Envelope, other: Envelope) -> Envelope | None:
    if not box.intersects(other):
        return None
    return Envelope(
        max(box.west, other.west),
        max(box.south, other.south),
        min(box.east, other.east),
        min(box.north, other.north),
        box.srid,
    )


def _shape_of(box: Envelope, srid: int) -> BaseGeometry:
    """The box in another CRS: a polygon, or the line or point that a box without width or height is."""
    shape = _plain_shape(box)
    if box.srid == srid:
        return shape
    step = max(box.width, box.height) / _SIDE_PARTS
    bent = shapely.segmentize(shape, step) if step > 0 else shape
    return transform_geometry(bent, box.srid, srid)


def _plain_shape(box: Envelope) -> BaseGeometry:
    corner, opposite = (box.west, box.south), (box.east, box.north)
    if corner == opposite:
        return shapely.Point(corner)
    if box.width == 0 or box.height == 0:
        return shapely.LineString([corner, opposite])
    return shapely.box(*box.bounds)
