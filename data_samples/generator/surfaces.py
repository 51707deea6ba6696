"""Road surfaces for the base drawing: what is paved inside the land of each road, with rounded corners."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import LineString, Polygon

from data_samples.generator import plan
from data_samples.generator.cutting import polygons
from data_samples.generator.model import ROAD_WIDTHS

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.network import Network


@dataclass(frozen=True)
class Surface:
    """The surface of one road, or of a run of tracks without a name."""

    shape: Polygon
    kind: str
    name: str
    width: float


def build_surfaces(network: Network) -> list[Surface]:
    """Surfaces by rank, each without what roads of higher rank already cover."""
    grouped: dict[tuple[int, str, int], list[LineString]] = defaultdict(list)
    ranks = list(ROAD_WIDTHS)
    for road in network.roads:
        key = road.index if not road.name else -1
        grouped[(ranks.index(road.kind), road.name, key)].append(road.line)
    taken: BaseGeometry = Polygon()
    surfaces = []
    for (rank, name, _), lines in sorted(grouped.items(), key=lambda item: item[0]):
        kind = ranks[rank]
        wide = ROAD_WIDTHS[kind][1]
        paved: BaseGeometry = shapely.union_all(
            [line.buffer(wide / 2, quad_segs=4, join_style="round") for line in lines]
        )
        if name == "Glavni trg":
            paved = shapely.union(paved, plan.SQUARE.buffer(-1.0))
        if kind not in ("rail", "track"):
            near = shapely.intersection(taken, paved.buffer(12))
            rounded = shapely.union(paved, near).buffer(3.2, quad_segs=3).buffer(-3.2, quad_segs=3)
            paved = shapely.union(paved, shapely.intersection(rounded, paved.buffer(7)))
        free = shapely.difference(shapely.intersection(paved, plan.OUTLINE), taken, grid_size=0.01)
        surfaces += [Surface(part, kind, name, wide) for part in polygons(free.simplify(0.08), least=3)]
        if kind != "rail":
            taken = shapely.union(taken, paved)
    return surfaces
