"""From roads to land: every face between roads becomes lots, estates, works, fields or forest.

The pieces cover the municipality; their borders are made exactly equal later, in `coverage`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from data_samples.generator import plan, terrain
from data_samples.generator.cutting import LotRule, axes, cut_lots, cut_strips, polygons, street_side, turned
from data_samples.generator.model import ROAD_WIDTHS, Numbers, Piece

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.network import Network

HOUSES = LotRule(area=790)
VILLAGE = LotRule(area=1500, slender=2.6, narrow=17)
OLD_TOWN = LotRule(area=330, slender=4.4, narrow=8.5, jitter=0.1)
WORKS = LotRule(area=6500, slender=1.9, narrow=40, jitter=0.12)
TOWN_MEADOWS = LotRule(area=4200, slender=3.2, narrow=20)
GARDENS = LotRule(area=1500, slender=3.0, narrow=16)
FIELD_BLOCKS = LotRule(area=26_000, slender=2.6, narrow=60, jitter=0.13)
FOREST_BLOCKS = LotRule(area=44_000, slender=2.4, narrow=90, jitter=0.14)


class Surveyor:
    """Cuts the land of one network into pieces, block by block."""

    def __init__(self, network: Network, rng: np.random.Generator) -> None:
        self._network = network
        self._rng = rng
        self._taken = network.land_taken
        self._streets = self._street_reach()
        self._villages = shapely.union_all(plan.VILLAGES)
        self._woods = terrain.woods()
        self._farms = self._farm_sites()
        self._pieces: list[Piece] = []
        self._block = 0

    def survey(self) -> list[Piece]:
        """All pieces: roads, waters, then what lies between."""
        for road, band in zip(self._network.roads, self._network.bands, strict=True):
            use = "rail" if road.kind == "rail" else f"road-{road.kind}"
            self._pieces += [Piece(part, use, -1, road.index) for part in polygons(band, least=4)]
        for _, shape in self._network.waters:
            self._pieces += [Piece(part, "water", -1) for part in polygons(shape, least=4)]
        for face in polygons(shapely.difference(plan.OUTLINE, self._taken), least=3):
            self._survey_face(face)
        return self._pieces

    def _survey_face(self, face: Polygon) -> None:
        rest: BaseGeometry = face
        for site in plan.SITES:
            part = shapely.intersection(rest, site.shape)
            if part.area > 60:
                self._block += 1
                self._add(site.use, polygons(part, least=20))
                rest = shapely.difference(rest, site.shape)
        for land in polygons(rest, least=3):
            self._block += 1
            self._survey_land(land)

    def _survey_land(self, land: Polygon) -> None:
        if land.area < 160:
            self._add("green", [land])
        elif _share(land, plan.CORE) > 0.6:
            self._lots(land, "core", OLD_TOWN, vacant=0.0)
        elif _share(land, plan.ESTATE) > 0.6 and land.area > 4000:
            self._estate(land)
        elif _share(land, plan.INDUSTRY) > 0.5:
            self._add("industry", cut_lots(land, WORKS, self._front(land), self._rng))
        elif _share(land, plan.TOWN) > 0.8 and land.area < 42_000:
            self._lots(land, "house", HOUSES, vacant=0.05)
        else:
            self._countryside(land)

    def _front(self, land: BaseGeometry) -> BaseGeometry:
        near = shapely.intersection(self._taken, land.buffer(1.0))
        return shapely.intersection(land.boundary, near.buffer(0.1))

    def _lots(self, land: Polygon, use: str, rule: LotRule, *, vacant: float) -> None:
        """Lots along the streets; what touches no street is joined to gardens in the middle of the block."""
        front = self._front(land)
        inner = []
        for lot in cut_lots(land, rule, front, self._rng):
            if street_side(lot, front) < 4:
                inner.append(lot)
            else:
                self._add(use if self._rng.random() > vacant else "garden", [lot])
        for part in polygons(shapely.union_all(inner), least=1):
            self._add("garden", cut_lots(part, GARDENS, front, self._rng))

    def _estate(self, land: Polygon) -> None:
        """Rows of blocks of flats, each on a parcel of its own, in common green."""
        axis, _, _ = axes(land)
        across = turned(axis)
        rest: BaseGeometry = land
        inner = land.buffer(-6)
        placed: list[Polygon] = []
        centre = shapely.get_coordinates(land.centroid)[0]
        for row in range(-3, 4):
            for column in range(-7, 8):
                at = centre + across * (row * 39.0) + axis * (column * 57.0 + (row % 2) * 24)
                lengthwise = (column + 2 * row) % 5 != 2
                shape = box_at(at, axis if lengthwise else across, 42.0 if lengthwise else 30.0, 13.0)
                if inner.contains(shape) and all(shape.distance(other) > 11 for other in placed):
                    placed.append(shape)
                    rest = shapely.difference(rest, shape)
        self._add("block", placed)
        self._add("estate-green", polygons(rest, least=3))

    def _countryside(self, land: Polygon) -> None:
        rest: BaseGeometry = land
        built = shapely.intersection(self._streets, land)
        for part in polygons(built, least=350):
            self._block += 1
            self._lots(part, "house", HOUSES, vacant=0.06)
            rest = shapely.difference(rest, part)
        for part in polygons(shapely.intersection(self._villages, rest), least=500):
            self._block += 1
            self._lots(part, "village", VILLAGE, vacant=0.14)
            rest = shapely.difference(rest, part)
        for farm in self._farms:
            yard = shapely.intersection(rest, farm)
            if yard.area > 900:
                self._block += 1
                self._add("farm", polygons(yard, least=200))
                rest = shapely.difference(rest, farm)
        for part in polygons(rest, least=3):
            self._block += 1
            self._fields(part)

    def _fields(self, land: Polygon) -> None:
        if land.area < 1500 or _share(land, plan.TOWN) > 0.85:
            self._add("meadow", cut_lots(land, TOWN_MEADOWS, self._front(land), self._rng))
            return
        if land.area < 9000 and land.distance(self._villages) < 2:
            self._add("orchard", [land])
            return
        rule = FOREST_BLOCKS if _share(land, self._woods) > 0.5 else FIELD_BLOCKS
        for part in cut_lots(land, rule, self._front(land), self._rng):
            self._block += 1
            self._strips(part)

    def _strips(self, land: Polygon) -> None:
        in_woods = _share(land, self._woods) > 0.5
        axis, long, wide = axes(land)
        if long > 300 or (wide > 80 and self._rng.random() < 0.4):
            axis = turned(axis)
        widths = (38.0, 80.0) if in_woods else (14.0, 38.0)
        near_water = plan.STREAM_LINE.distance(land.representative_point()) < 130
        wet = 0.78 if near_water else float(self._rng.choice([0.12, 0.25, 0.6]))
        for strip in cut_strips(land, axis, widths, self._rng):
            if _share(strip, self._woods) > 0.5:
                self._add("forest", [strip])
            elif self._rng.random() < wet:
                self._add("orchard" if self._rng.random() < 0.08 else "meadow", [strip])
            else:
                self._add("arable", [strip])

    def _street_reach(self) -> BaseGeometry:
        """The land within a lot's depth of streets that houses stand along, inside the town."""
        deep = [
            road.line.buffer(ROAD_WIDTHS[road.kind][0] / 2 + 33, cap_style="flat")
            for road in self._network.roads
            if road.built or road.kind == "residential"
        ]
        reach = shapely.intersection(shapely.union_all(deep), plan.TOWN.buffer(25))
        waters = [line.buffer(11) for line in plan.WATER_LINES]
        return shapely.difference(reach, shapely.union_all([*waters, plan.RAIL_LINE.buffer(16)]))

    def _farm_sites(self) -> list[Polygon]:
        farms: list[Polygon] = []
        built_up = shapely.union_all([plan.TOWN, *plan.VILLAGES]).buffer(120)
        for road in self._network.roads:
            if road.kind not in ("local", "collector", "track") or road.line.length < 160:
                continue
            chance = 0.9 if road.kind != "track" else 0.16
            for along in np.arange(80, road.line.length - 60, 310.0):
                at = road.line.interpolate(along + float(self._rng.uniform(-60, 60)))
                free = not built_up.contains(at) and terrain.wooded(at.x, at.y) < 0.42
                if self._rng.random() < chance and free:
                    farms.append(_beside(road.line, at, 44.0, 54.0, float(self._rng.choice([-1, 1]))))
        return farms

    def _add(self, use: str, shapes: list[Polygon]) -> None:
        self._pieces += [Piece(shape, use, self._block) for shape in shapes]


def box_at(centre: Numbers, axis: Numbers, long: float, wide: float) -> Polygon:
    """A box around `centre` with its long side along `axis`."""
    across = turned(axis)
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    return Polygon([centre + axis * (u * long / 2) + across * (v * wide / 2) for u, v in corners])


def _share(land: Polygon, area: BaseGeometry) -> float:
    return float(shapely.intersection(land, area).area / land.area)


def _beside(line: LineString, at: Point, deep: float, wide: float, side: float) -> Polygon:
    here = line.project(at)
    a = np.array(line.interpolate(max(here - 5, 0)).coords[0])
    b = np.array(line.interpolate(here + 5).coords[0])
    axis = (b - a) / max(float(np.hypot(*(b - a))), 1e-9)
    return box_at(np.array(at.coords[0]) + turned(axis) * side * deep / 2, axis, wide, deep)
