"""Buildings on their parcels, aligned with the street, and the house numbers along it."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import Polygon, box

from data_samples.generator.frame import to_ground
from data_samples.generator.values import Address, Building

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.values import Parcel, Road

# Share of parcels with a building, width and depth of it in metres (low, high), floors, and outbuildings.
_KINDS = {
    "residential": (0.94, (9, 13.5), (8.5, 11.5), (1, 3), 0.5),
    "core": (0.96, (11, 20), (9, 15), (2, 4), 0.15),
    "village": (0.62, (10, 15), (8, 11), (1, 2), 0.6),
    "estate": (1.0, (38, 58), (12, 14), (4, 8), 0.0),
    "industry": (0.85, (36, 70), (24, 44), (1, 2), 0.35),
    "school": (1.0, (52, 60), (22, 28), (2, 3), 1.0),
    "kindergarten": (1.0, (30, 34), (16, 18), (1, 2), 0.0),
    "health": (1.0, (34, 40), (16, 20), (2, 3), 0.0),
    "shop": (1.0, (52, 60), (32, 38), (1, 1), 0.0),
    "cemetery": (1.0, (14, 16), (8, 9), (1, 1), 0.0),
    "wastewater": (1.0, (18, 22), (10, 12), (1, 1), 1.0),
    "sports": (1.0, (24, 30), (12, 14), (1, 1), 0.0),
}
_LARGE = 45.0


def build_buildings(
    rng: np.random.Generator, parcels: Sequence[Parcel], roads: Sequence[Road]
) -> list[Building]:
    """Buildings well inside their parcels, the main one towards the street."""
    lines = [to_ground(road.line) for road in roads]
    tree = shapely.STRtree([line for line, road in zip(lines, roads, strict=True) if road.kind != "track"])
    buildings = []
    for index, parcel in enumerate(parcels):
        kind = _KINDS.get(parcel.use)
        if kind is None or rng.random() > kind[0] or parcel.ground.area < 130:
            continue
        side = _street_side(parcel.ground, tree)
        main = _place(rng, parcel.ground, side, kind[1], kind[2], setback=0.7 if parcel.use == "core" else 5.0)
        if main is None:
            continue
        year = int(rng.choice([rng.integers(1880, 1945), rng.integers(1950, 1990), rng.integers(1991, 2025)]))
        floors = int(rng.integers(kind[3][0], kind[3][1] + 1))
        buildings.append(Building(main, parcel.use, index, main=True, floors=floors, year=year))
        if rng.random() < kind[4]:
            small = _outbuilding(rng, parcel.ground, main, side)
            if small is not None:
                buildings.append(Building(small, "outbuilding", index, main=False, floors=1, year=year))
    return buildings


def _street_side(ground: Polygon, roads: shapely.STRtree) -> tuple[np.ndarray, np.ndarray]:
    """Start and end of the parcel's side that faces the nearest road."""
    corners = shapely.get_coordinates(shapely.simplify(ground.exterior, 0.4))
    best, side = float("inf"), (corners[0], corners[1])
    for start, end in itertools.pairwise(corners):
        length = float(np.hypot(*(end - start)))
        if length < 6:
            continue
        middle = shapely.Point((start + end) / 2)
        gap = float(middle.distance(roads.geometries[roads.nearest(middle)]) - 0.05 * length)
        if gap < best:
            best, side = gap, (start, end)
    return side


def _place(
    rng: np.random.Generator,
    ground: Polygon,
    side: tuple[np.ndarray, np.ndarray],
    widths: tuple[float, float],
    depths: tuple[float, float],
    *,
    setback: float,
) -> Polygon | None:
    start, end = side
    length = float(np.hypot(*(end - start)))
    angle = float(np.degrees(np.arctan2(*(end - start)[::-1])))
    free = ground.buffer(-0.5 if setback < 2 else -2.2)
    for shrink in (1.0, 0.85, 0.7, 0.55):
        width = min(rng.uniform(*widths) * shrink, max(length - 4.5, 5.5))
        depth = rng.uniform(*depths) * shrink
        for extra in (0.0, 2.0, 4.5, 8.0):
            shape = affinity.translate(_outline(rng, width, depth), -width / 2, setback + extra)
            for turn in (angle, angle + 180):
                middle = (start + end) / 2
                placed = affinity.translate(affinity.rotate(shape, turn, origin=(0, 0)), *middle)
                if free.contains(placed):
                    return _rounded(placed)
    return None


def _outline(rng: np.random.Generator, width: float, depth: float) -> Polygon:
    shape = box(0, 0, width, depth)
    chance = rng.random()
    if width > _LARGE or chance > 0.62:
        return shape
    wing = rng.uniform(0.35, 0.5) * width
    if chance < 0.4:
        left = 0.0 if rng.random() < 0.5 else width - wing
        return _joined(box(0, 0, width, depth * 0.72), box(left, 0, left + wing, depth))
    middle = (width - wing) / 2
    return _joined(box(0, 0, width, depth * 0.75), box(middle, 0, middle + wing, depth))


def _outbuilding(
    rng: np.random.Generator, ground: Polygon, main: Polygon, side: tuple[np.ndarray, np.ndarray]
) -> Polygon | None:
    free = shapely.difference(ground.buffer(-1.2), main.buffer(3.0))
    angle = float(np.degrees(np.arctan2(*(side[1] - side[0])[::-1])))
    large = main.area > 400
    west, south, east, north = free.bounds if not free.is_empty else (0, 0, 0, 0)
    for _ in range(14):
        width, depth = (
            (rng.uniform(12, 20), rng.uniform(8, 12)) if large else (rng.uniform(3.5, 7), rng.uniform(3.2, 5))
        )
        at = rng.uniform((west, south), (east, north))
        shape = affinity.translate(affinity.rotate(box(0, 0, width, depth), angle, origin=(0, 0)), *at)
        if free.contains(shape):
            return _rounded(shape)
    return None


def _joined(body: Polygon, wing: Polygon) -> Polygon:
    return Polygon(shapely.get_coordinates(shapely.union(body, wing)))


def _rounded(shape: Polygon) -> Polygon:
    return shapely.transform(shape, lambda points: np.round(points, 2))


def number_houses(
    buildings: Sequence[Building], parcels: Sequence[Parcel], roads: Sequence[Road]
) -> list[Address]:
    """House numbers: odd on the left, even on the right of the street; in villages by the settlement."""
    lines = [to_ground(road.line) for road in roads]
    streets = [i for i, road in enumerate(roads) if road.kind not in ("rail", "track")]
    tree = shapely.STRtree([lines[i] for i in streets])
    along: dict[tuple[str, str], list[tuple[float, bool, int, int]]] = defaultdict(list)
    for index, building in enumerate(buildings):
        if not building.main:
            continue
        middle = building.ground.centroid
        road = streets[int(tree.nearest(middle))]
        settlement = parcels[building.parcel].settlement
        street = roads[road].name if settlement == "Jelšnica" else ""
        place_along = lines[road].project(middle)
        along[(settlement, street)].append(
            (place_along + 10_000 * road, _is_left(lines[road], middle), index, road)
        )
    return [address for key, found in sorted(along.items()) for address in _numbers(key, found, buildings)]


def _numbers(
    key: tuple[str, str], found: list[tuple[float, bool, int, int]], buildings: Sequence[Building]
) -> list[Address]:
    settlement, street = key
    left, right, addresses = -1, 0, []
    for order, (_, is_left, index, road) in enumerate(sorted(found)):
        suffix = ""
        if street and order % 23 == 17 and min(left, right) > 0:
            number, suffix = (left if is_left else right), "a"
        elif not street:
            number = order + 1
        elif is_left:
            number = left = left + 2
        else:
            number = right = right + 2
        point = buildings[index].ground.representative_point()
        point = shapely.transform(point, lambda at: np.round(at, 2))
        addresses.append(Address(point, street, number, suffix, settlement, index, road))
    return addresses


def _is_left(line: BaseGeometry, point: shapely.Point) -> bool:
    at = line.project(point)
    start, end = line.interpolate(max(at - 1, 0)), line.interpolate(at + 1)
    return bool((end.x - start.x) * (point.y - start.y) - (end.y - start.y) * (point.x - start.x) > 0)
