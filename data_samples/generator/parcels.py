"""The finished coverage of parcels: territory of settlements and cadastral municipalities, and numbers.

Numbers are given the Slovenian way: a stem, or a stem with subdivisions, and in the old core some building
parcels with an asterisk, a series of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from data_samples.generator import place, streets
from data_samples.generator.frame import faces_on_ground
from data_samples.generator.values import Parcel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry import Polygon

    from data_samples.generator.values import Piece

_CELL = 260.0


def build_parcels(rng: np.random.Generator, pieces: Sequence[Piece]) -> list[Parcel]:
    """Parcels in the order of their numbers, one per face of the noded pieces."""
    tree = shapely.STRtree([piece.shape for piece in pieces])
    parcels = []
    for plane, ground in faces_on_ground([piece.shape for piece in pieces]):
        piece = pieces[_owner(tree, plane)]
        settlement = find_settlement(plane)
        parcels.append(Parcel(plane, ground, piece.use, piece.road, settlement.ko, settlement.name))
    return _numbered(rng, parcels)


def find_settlement(shape: Polygon) -> place.Settlement:
    """The settlement whose territory a shape of the plane lies in: the nearest of their middles."""
    middle = shape.representative_point()
    if streets.TOWN.contains(middle):
        return place.SETTLEMENTS[0]
    centres = {name: centre for name, centre, _ in streets.VILLAGES}
    gaps = [
        middle.distance(centres[each.name]) if each.name in centres else middle.distance(streets.TOWN) + 150
        for each in place.SETTLEMENTS
    ]
    return place.SETTLEMENTS[int(np.argmin(gaps))]


def _owner(tree: shapely.STRtree, face: Polygon) -> int:
    point = face.representative_point()
    inside = tree.query(point, predicate="within")
    return int(inside[0]) if len(inside) else int(tree.nearest(point))


def _numbered(rng: np.random.Generator, parcels: list[Parcel]) -> list[Parcel]:
    numbered = []
    for ko in place.KO_NAMES:
        mine = sorted((parcel for parcel in parcels if parcel.ko == ko), key=_walk)
        stem, sub, asterisk, left = 1, 0, 0, 0
        for parcel in mine:
            if parcel.use in ("core", "village") and rng.random() < 0.38:
                asterisk += 1
                numbered.append(replace(parcel, number=f"*{asterisk}"))
                continue
            if left == 0:
                stem += 1
                left = int(rng.choice([1, 1, 1, 2, 3, 4, 6, 9]))
                sub = 0 if left == 1 else 1
            number = f"{stem}/{sub}" if sub else str(stem)
            sub, left = sub + 1, left - 1
            numbered.append(replace(parcel, number=number))
    return numbered


def _walk(parcel: Parcel) -> tuple[int, int, float, float]:
    """Cell by cell, as a surveyor walks: to and fro by rows."""
    x, y = shapely.get_coordinates(parcel.plane.representative_point())[0]
    row = int(np.floor(y / _CELL))
    column = int(np.floor(x / _CELL))
    return (-row, column if row % 2 else -column, round(-y / 40), x)
