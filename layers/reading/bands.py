"""Fields of geometry with less detail, put behind rows that are encoded already.

Rows come in their final order, along the Hilbert curve, so that a portion is one piece of land and neighbours
are thinned together. A field is NULL where nothing was left out: then the geometry itself is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.geometry import transform_geometries
from layers.reading.copyrows import encode, read_field
from layers.reading.generalising import generalise
from layers.targets import band_tolerance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geometry import GeometryKind
    from layers.reading.job import StoredColumn


class BandWriter:
    """Adds the fields of the bands; without any, rows stay as they are."""

    def __init__(self, columns: Sequence[StoredColumn], kind: GeometryKind) -> None:
        names = [column.name for column in columns]
        self._columns = [column for column in columns if column.band]
        self._kind = kind
        self._place = names.index("_geom") if self._columns else 0
        self._srid = columns[self._place].srid

    def complete(self, rows: list[bytes]) -> list[bytes]:
        """The rows with the fields of their bands, in the order of the columns."""
        if not self._columns:
            return rows
        texts = [read_field(row, self._place) for row in rows]
        shapes = shapely.set_srid(shapely.force_2d(shapely.from_wkb(np.array(texts, dtype=object))), 0)
        fields = [
            encode(column, find_coarse(shapes, self._kind, self._srid, column)) for column in self._columns
        ]
        return list(map(b"".join, zip(rows, *fields, strict=True)))


def find_coarse(shapes: Any, kind: GeometryKind, srid: int, column: StoredColumn) -> Any:
    """Shapes in the CRS `srid` as a band's column holds them; None where nothing was left out."""
    coarse = generalise(shapes, kind, band_tolerance(column.band))
    coarse[shapely.get_num_coordinates(coarse) == shapely.get_num_coordinates(shapes)] = None
    return transform_geometries(coarse, srid, column.srid)
