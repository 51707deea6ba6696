"""The plane the town is drawn in, and how it is bent into the landscape.

Streets and lots are laid out straight in a plane of metres, u and v, with (0, 0) on the market square. `bend`
moves every vertex by long waves and turns the whole, so that streets curve and blocks differ, while whatever
shared a border in the plane shares it in D96/TM too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from data_samples.generator.place import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry import LinearRing, Polygon
    from shapely.geometry.base import BaseGeometry

# Coordinates of files are written in centimetres, and lines meet on this grid.
STEP = 0.01
_TURN = np.radians(11.0)
_LONGEST_STRAIGHT = 30.0


def bend(points: Any) -> Any:
    """Points of the plane, shape (n, 2), as east and north in D96/TM (EPSG:3794), rounded to centimetres."""
    u, v = points[:, 0], points[:, 1]
    x = u + 85 * np.sin(v / 610 + 0.4) + 34 * np.sin((u + v) / 380) + 15 * np.sin(v / 140 + u / 900)
    y = v + 75 * np.sin(u / 690 - 0.3) + 30 * np.sin((u - v) / 340 + 1.0) + 14 * np.sin(u / 155 - v / 700 + 2)
    east = ORIGIN[0] + x * np.cos(_TURN) - y * np.sin(_TURN)
    north = ORIGIN[1] + x * np.sin(_TURN) + y * np.cos(_TURN)
    return np.round(np.column_stack([east, north]), 2)


def to_ground(geometry: BaseGeometry) -> BaseGeometry:
    """A shape of the plane in D96/TM, its long straight sides cut so that they bend too."""
    return shapely.transform(shapely.segmentize(geometry, _LONGEST_STRAIGHT), bend)


def faces_on_ground(pieces: Iterable[BaseGeometry]) -> list[tuple[Polygon, Polygon]]:
    """The faces that the outlines of all pieces enclose, as pairs (in the plane, on the ground).

    Outlines are noded on the centimetre before they are bent, so neighbours share every vertex. Scraps that
    noding leaves are given to the neighbour with the longest common border.
    """
    outlines = shapely.union_all([piece.boundary for piece in pieces], grid_size=STEP)
    edges = shapely.segmentize(shapely.get_parts(shapely.line_merge(outlines)), _LONGEST_STRAIGHT)
    plane = _without_scraps(_faces(edges))
    outlines = shapely.union_all(_rings(plane))
    bent = shapely.union_all(shapely.transform(shapely.get_parts(outlines), bend), grid_size=STEP)
    ground = _without_scraps(_faces(shapely.get_parts(bent)))
    tree = shapely.STRtree(shapely.make_valid(shapely.transform(np.array(plane), bend)))
    return [(plane[int(tree.nearest(face.representative_point()))], face) for face in ground]


def _faces(edges: Any) -> list[Polygon]:
    return list(shapely.get_parts(shapely.polygonize(list(edges))))


def _rings(faces: list[Polygon]) -> list[LinearRing]:
    return [ring for face in faces for ring in (face.exterior, *face.interiors)]


def _without_scraps(faces: list[Polygon]) -> list[Polygon]:
    while True:
        scraps = [i for i, face in enumerate(faces) if _is_scrap(face)]
        if not scraps:
            return faces
        tree = shapely.STRtree(faces)
        owner: dict[int, list[int]] = {}
        given: set[int] = set()
        for i in scraps:
            near = [j for j in tree.query(faces[i], predicate="intersects") if j != i and j not in given]
            near = [j for j in near if j not in scraps or j not in owner]
            shared = {j: shapely.intersection(faces[i], faces[j]).length for j in near}
            if i not in owner and shared and max(shared.values()) > 0:
                owner.setdefault(max(shared, key=lambda j: shared[j]), []).append(i)
                given.add(i)
        if not given:
            return faces
        merged = [
            shapely.union_all([face, *(faces[j] for j in owner.get(i, []))])
            for i, face in enumerate(faces)
            if i not in given
        ]
        faces = [part for face in merged for part in shapely.get_parts(face) if part.geom_type == "Polygon"]


def _is_scrap(face: Polygon) -> bool:
    return bool(face.area < 14 or 4 * face.area / face.length < 1.1)


def polygons(geometry: BaseGeometry, least: float = 1.0) -> list[Polygon]:
    """The polygons of a geometry that are at least so large (m²)."""
    parts = shapely.get_parts(geometry)
    return [part for part in parts if part.geom_type == "Polygon" and part.area >= least]
