"""Geometries as PostGIS takes them: little-endian EWKB with the number of the CRS (manual, ST_AsEWKB).

Points and polygons of one ring, which most features are, are put together by numpy from their coordinates, all
of one size at a time; GEOS writes the others. Both give the same bytes.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import shapely

_POINT, _POLYGON = 0, 3
_WITH_SRID = 0x20000000
# Rings of more vertices are of too many sizes to be worth putting together by size.
_MOST_VERTICES = 60


def write_ewkb(geometries: Any, srid: int) -> list[bytes | None]:
    """The EWKB of each geometry in turn; None where there is none."""
    kinds = shapely.get_type_id(geometries)
    sizes = shapely.get_num_coordinates(geometries)
    ring = (kinds == _POLYGON) & (shapely.get_num_interior_rings(geometries) == 0) & (sizes > 0)
    plain = (ring | ((kinds == _POINT) & (sizes == 1))) & (sizes <= _MOST_VERTICES)
    plain &= ~shapely.has_z(geometries)
    written = np.full(len(geometries), None, dtype=object)
    written[~plain] = shapely.to_wkb(
        shapely.set_srid(geometries[~plain], srid), output_dimension=3, byte_order=1, include_srid=True
    )
    sizes = np.where(plain, sizes, 0)
    for vertices in np.unique(sizes[plain]).tolist():
        alike = np.flatnonzero(sizes == vertices)
        written[alike] = _write_alike(geometries[alike], vertices, srid)
    found: list[bytes | None] = written.tolist()
    return found


def _write_alike(geometries: Any, vertices: int, srid: int) -> Any:
    """Two-dimensional polygons of one ring with so many vertices each; of one vertex, points."""
    if vertices == 1:
        head = struct.pack("<BII", 1, 1 | _WITH_SRID, srid)
    else:
        head = struct.pack("<BIIII", 1, 3 | _WITH_SRID, srid, 1, vertices)
    texts = np.empty(len(geometries), dtype=[("head", f"V{len(head)}"), ("xy", "<f8", (vertices, 2))])
    texts["head"] = np.void(head)
    texts["xy"] = shapely.get_coordinates(geometries).reshape(-1, vertices, 2)
    cut = struct.iter_unpack(f"{texts.dtype.itemsize}s", texts.tobytes())
    written = np.empty(len(geometries), dtype=object)
    written[:] = [text for (text,) in cut]
    return written
