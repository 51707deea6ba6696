"""Pieces become parcels: one noding of all borders on a 1 cm grid, so that shared borders are exactly equal.

Slivers that rounding leaves are joined to the neighbour they share the longest border with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import MultiPoint, Point, Polygon

from data_samples.generator import place, plan
from data_samples.generator.cutting import cut_by, polygons
from data_samples.generator.model import Parcel, Piece

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

GRID = 0.01
SLIVER = 4.0


def build_parcels(pieces: list[Piece]) -> list[Parcel]:
    """The clean coverage, each parcel with the use of the piece it came from and its settlement."""
    territories = settlement_territories()
    pieces = _cut_at_settlements(pieces, territories)
    borders = shapely.union_all([piece.shape.boundary for piece in pieces], grid_size=GRID)
    faces = polygons(shapely.polygonize(list(shapely.get_parts(borders))))
    kept = _without_slivers(faces, _owners(faces, pieces))
    homes = _settlement_of_blocks(pieces, territories)
    parcels = []
    for shape, owner in kept:
        piece = pieces[owner]
        home = homes[piece.block] if piece.block >= 0 else _nearest(territories, piece.shape)
        parcels.append(Parcel(_normal(shape), piece.use, piece.block, piece.road, home))
    return parcels


def _normal(shape: Polygon) -> Polygon:
    """The same polygon, begun and turned the same way whatever the noding did."""
    return polygons(shape.normalize())[0]


def settlement_territories() -> list[BaseGeometry]:
    """The rough territory of each settlement: what lies nearest to one of its seeds."""
    seeds = [(x, y, i) for i, each in enumerate(place.SETTLEMENTS) for x, y in each.seeds]
    points = MultiPoint([(x, y) for x, y, _ in seeds])
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=plan.OUTLINE.buffer(200)))
    grouped: list[list[Polygon]] = [[] for _ in place.SETTLEMENTS]
    for cell in cells:
        owner = next(i for x, y, i in seeds if cell.contains(Point(x, y)))
        grouped[owner].append(cell)
    return [shapely.union_all(group) for group in grouped]


def _cut_at_settlements(pieces: list[Piece], territories: list[BaseGeometry]) -> list[Piece]:
    """Roads, railway and waters are cut where they pass from one settlement's territory to another."""
    borders = [part for each in territories for part in shapely.get_parts(each.boundary)]
    result = []
    for piece in pieces:
        if piece.block >= 0:
            result.append(piece)
            continue
        crossing = [line for line in borders if line.intersects(piece.shape)]
        result += [Piece(p, piece.use, piece.block, piece.road) for p in cut_by(piece.shape, crossing)]
    return result


def _owners(faces: list[Polygon], pieces: list[Piece]) -> list[int]:
    tree = shapely.STRtree([piece.shape for piece in pieces])
    spots = [face.representative_point() for face in faces]
    owners = [-1] * len(faces)
    for spot, piece in zip(*tree.query(spots, predicate="within"), strict=True):
        if owners[spot] < 0 or piece < owners[spot]:
            owners[spot] = int(piece)
    return owners


def _without_slivers(faces: list[Polygon], owners: list[int]) -> list[tuple[Polygon, int]]:
    shapes: list[Polygon | None] = list(faces)
    tree = shapely.STRtree(faces)
    municipality = plan.OUTLINE.buffer(0.5)
    for index, face in enumerate(faces):
        if not municipality.covers(face.representative_point()):
            shapes[index] = None
        elif owners[index] < 0 or face.area < SLIVER:
            _give_away(index, face, shapes, tree, owners)
    return [(shape, owner) for shape, owner in zip(shapes, owners, strict=True) if shape is not None]


def _give_away(
    index: int, face: Polygon, shapes: list[Polygon | None], tree: shapely.STRtree, owners: list[int]
) -> None:
    neighbours = []
    for other in sorted(int(i) for i in tree.query(face.buffer(0.1))):
        shape = shapes[other]
        if other != index and shape is not None and owners[other] >= 0:
            shared = float(shapely.intersection(face.boundary, shape.boundary).length)
            neighbours.append((shared, -other, shape))
    if neighbours and max(neighbours)[0] > 0:
        _, other, shape = max(neighbours)
        shapes[-other] = max(polygons(shapely.union(shape, face)), key=lambda part: part.area)
        shapes[index] = None
    elif owners[index] < 0:
        shapes[index] = None


def _settlement_of_blocks(pieces: list[Piece], territories: list[BaseGeometry]) -> dict[int, int]:
    grouped: dict[int, list[Polygon]] = {}
    for piece in pieces:
        if piece.block >= 0:
            grouped.setdefault(piece.block, []).append(piece.shape)
    return {block: _nearest(territories, shapely.MultiPolygon(shapes)) for block, shapes in grouped.items()}


def _nearest(territories: list[BaseGeometry], shape: BaseGeometry) -> int:
    middle = shape.centroid
    return min(range(len(territories)), key=lambda i: (territories[i].distance(middle), i))
