"""Utility lines with the attributes of the utility cadastre (KGI): mains beside the street axis, connections.

Mains of different networks lie at different distances from the axis, so that they are drawn side by side as
they lie in the ground. Heights are metres; -99 means unknown, as in the national register.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString

from data_samples.generator import streets
from data_samples.generator.frame import to_ground

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.values import Building, Parcel, Road

UNKNOWN_HEIGHT = -99.0


@dataclass(frozen=True)
class Line:
    """One stretch of a network on the ground; `accuracy` is the positional accuracy in metres."""

    shape: BaseGeometry
    theme: str
    kind: str
    abandoned: bool
    source_date: str
    accuracy: float
    dimension: int
    note: str = ""


@dataclass(frozen=True)
class _Network:
    theme: str
    main: str
    connection: str
    offset: float
    roads: tuple[str, ...]
    share_connected: float
    dimensions: tuple[int, ...]


_BUILT = ("main", "collector", "local", "residential", "lane")
NETWORKS = {
    "water": _Network("3100", "vodovod", "vodovodni priključek", 1.5, _BUILT, 0.92, (80, 100, 150, 200)),
    "sewer": _Network("3200", "kanal", "kanalizacijski priključek", -0.4, _BUILT, 0.85, (200, 250, 300, 400)),
    "electricity": _Network(
        "2100", "podzemni vod do 1 kV", "podzemni priključni vod", 2.4, _BUILT, 0.9, (70, 150)
    ),
    "gas": _Network(
        "2200",
        "distribucijski plinovod",
        "plinovodni priključek",
        -2.2,
        ("main", "collector", "residential"),
        0.4,
        (63, 90, 110),
    ),
    "telecom": _Network("6100", "trasa", "naročniški vod", -1.3, _BUILT, 0.8, (50, 110)),
}


def build_lines(
    rng: np.random.Generator,
    network: str,
    roads: Sequence[Road],
    buildings: Sequence[Building],
    parcels: Sequence[Parcel],
) -> list[Line]:
    """Mains and house connections of one network."""
    if network == "heating":
        return [*_heating(rng, buildings, parcels)]
    kind = NETWORKS[network]
    mains = [*_mains(rng, kind, roads)]
    lines = [*mains, *_connections(rng, kind, mains, buildings)]
    if network == "electricity":
        lines += _overhead(rng)
    return lines


def _mains(rng: np.random.Generator, kind: _Network, roads: Sequence[Road]) -> Iterator[Line]:
    inhabited = shapely.union_all([streets.TOWN.buffer(15), *streets.VILLAGE_SHAPES])
    for road in roads:
        if road.kind not in kind.roads:
            continue
        trunk = road.kind in ("main", "local") and kind.theme in ("3100", "6100", "2100")
        line = road.line if trunk else shapely.intersection(road.line, inhabited)
        line = shapely.intersection(line, streets.OUTLINE)
        for part in shapely.get_parts(line):
            if part.geom_type == "LineString" and part.length > 30:
                beside = shapely.offset_curve(part, kind.offset, join_style="mitre")
                for piece in shapely.get_parts(beside):
                    yield _line(rng, to_ground(piece), kind, kind.main)


def _line(
    rng: np.random.Generator, shape: BaseGeometry, kind: _Network, name: str, *, old: float = 0.05
) -> Line:
    return Line(
        shape=shape,
        theme=kind.theme,
        kind=name,
        abandoned=bool(rng.random() < old),
        source_date=f"{rng.integers(1998, 2026)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}",
        accuracy=float(rng.choice([0.1, 0.5, 1.0, 3.0], p=[0.35, 0.35, 0.2, 0.1])),
        dimension=int(rng.choice(kind.dimensions)),
    )


def _connections(
    rng: np.random.Generator, kind: _Network, mains: Sequence[Line], buildings: Sequence[Building]
) -> Iterator[Line]:
    lines = [main.shape for main in mains if not main.abandoned]
    tree = shapely.STRtree(lines)
    for building in buildings:
        if not building.main or rng.random() > kind.share_connected:
            continue
        start = building.ground.centroid
        main = lines[int(tree.nearest(start))]
        end = main.interpolate(np.clip(main.project(start) + rng.uniform(-2, 2), 0, main.length))
        door = shapely.intersection(LineString([start, end]), building.ground.boundary)
        if door.is_empty or start.distance(end) > 60:
            continue
        first = shapely.get_parts(door)[0]
        shape = shapely.transform(LineString([first, end]), lambda at: np.round(at, 2))
        yield _line(rng, shape, kind, kind.connection, old=0.02)


def _overhead(rng: np.random.Generator) -> Iterator[Line]:
    kind = _Network("2100", "", "", 0, (), 0, (70, 95))
    for name, points in (
        ("nadzemni vod 1-20 kV", [(-2700, 700), (-1900, 560), (-1210, 350), (-1060, -205)]),
        ("nadzemni vod 1-20 kV", [(-1060, -205), (-1150, -900), (-700, -1300), (120, -1560), (1300, -1050)]),
        ("nadzemni vod 1-20 kV", [(1300, -1050), (1900, -300), (1600, 320), (900, 900), (230, 1420)]),
        ("nadzemni vod 110 kV", [(-2700, -1750), (-600, -1040), (900, -1010), (2700, -1330)]),
    ):
        for part in shapely.get_parts(shapely.intersection(LineString(points), streets.OUTLINE)):
            yield _line(rng, to_ground(part), kind, name, old=0.0)


def _heating(
    rng: np.random.Generator, buildings: Sequence[Building], parcels: Sequence[Parcel]
) -> Iterator[Line]:
    """District heating: a loop through the estate and branches to the school, the health centre and blocks."""
    kind = _Network("2300", "vročevod", "toplovodni priključek", 0, (), 1, (80, 125, 200))
    loop = LineString(
        [(-500, -305), (-360, -300), (-215, -310), (-150, -190), (-95, -80), (-150, 15), (-250, 62)]
    )
    east = LineString([(-150, 15), (-30, 60), (60, 120), (180, 240), (300, 300), (410, 320)])
    trunk = [
        to_ground(loop),
        to_ground(east),
        to_ground(LineString([(-360, -300), (-350, -420), (-350, -195)])),
    ]
    for line in trunk:
        yield _line(rng, line, kind, kind.main, old=0.0)
    served = {"estate", "school", "health", "kindergarten", "sports"}
    mains = [
        Line(line, "2300", "", abandoned=False, source_date="", accuracy=0.1, dimension=80) for line in trunk
    ]
    wanted = [each for each in buildings if each.main and parcels[each.parcel].use in served]
    tree = shapely.STRtree([main.shape for main in mains])
    for building in wanted:
        start = building.ground.centroid
        main = mains[int(tree.nearest(start))].shape
        end = main.interpolate(main.project(start))
        door = shapely.intersection(LineString([start, end]), building.ground.boundary)
        if not door.is_empty and start.distance(end) < 170:
            shape = LineString([shapely.get_parts(door)[0], end])
            yield _line(
                rng, shapely.transform(shape, lambda at: np.round(at, 2)), kind, kind.connection, old=0.0
            )
