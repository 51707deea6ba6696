"""Utility lines with the attributes of the utility cadastre (KGI): mains beside the street axis, connections.

Each network keeps its own distance from the axis, as in the ground, and side streets are joined to the main
of the street they leave. Overhead power lines run straight across the fields to the villages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Point, Polygon

from data_samples.generator import plan
from data_samples.generator.model import ROAD_WIDTHS, XY, Building, Parcel, Road

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.network import Network


@dataclass(frozen=True)
class Line:
    """One stretch of a network; `accuracy` is the positional accuracy in metres, `dimension` mm or mm²."""

    shape: LineString
    theme: str
    kind: str
    abandoned: bool
    source_date: str
    accuracy: float
    dimension: int


@dataclass(frozen=True)
class _Utility:
    """How a network is laid: metres right (+) or left (-) of the axis, along which roads, to which houses."""

    theme: str
    main: str
    connection: str
    offset: float
    dimensions: tuple[int, ...]
    where: BaseGeometry
    share: float
    trunks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    spread: float = 0.0
    village_main: str = ""
    served: frozenset[str] = field(default_factory=frozenset)


_INHABITED = shapely.union_all([plan.TOWN.buffer(20), *plan.VILLAGES])
_SEWERED = shapely.union_all([plan.TOWN.buffer(20), plan.VILLAGES[0], plan.VILLAGES[2], plan.VILLAGES[3]])
_HEATED = Polygon(
    [(590, -480), (760, -480), (960, 260), (600, 560), (300, 640), (100, 660), (100, 340), (640, 130)]
)
_RANKS = list(ROAD_WIDTHS)

UTILITIES = {
    "water": _Utility(
        "3100", "vodovod", "vodovodni priključek", -1.3, (80, 100, 150, 200), _INHABITED, 0.95,
        trunks=("main", "collector", "local"), spread=1.6,
    ),
    "sewer": _Utility("3200", "kanal", "kanalizacijski priključek", 0.2, (200, 250, 300, 400), _SEWERED, 0.94),
    "electricity": _Utility(
        "2100", "podzemni vod do 1 kV", "podzemni priključni vod", -2.4, (70, 150), _INHABITED, 0.96,
        spread=-1.8, village_main="nadzemni vod do 1 kV",
    ),
    "gas": _Utility(
        "2200", "distribucijski plinovod", "plinovodni priključek", 1.4, (63, 90, 110), plan.TOWN.buffer(20),
        0.55, spread=3.0,
    ),
    "heating": _Utility(
        "2300", "vročevod", "toplovodni priključek", 2.3, (80, 125, 200), _HEATED, 1.0,
        names=(
            "Južna cesta", "Zalipska cesta", "Šolska cesta", "Naselje ob parku", "Parkovna ulica",
            "Ulica ob gaju",
        ),
        served=frozenset({"večstanovanjska stavba", "vrtec", "trgovina", "infrastrukturni objekt"}),
    ),
    "telecom": _Utility(
        "6100", "trasa", "naročniški vod", 3.0, (50, 110), _INHABITED, 0.85,
        trunks=("main", "collector", "local"), spread=-3.2,
    ),
}  # fmt: skip

_SUBSTATION = (-1045.0, -200.0)
_MEDIUM_VOLTAGE: tuple[tuple[XY, ...], ...] = (
    (_SUBSTATION, (-1130, -260), (-1490, -285), (-1860, -240), (-2025, -165)),
    (
        _SUBSTATION,
        (-1150, 60),
        (-1230, 420),
        (-1360, 900),
        (-1455, 1455),
        (-1010, 1640),
        (-400, 1690),
        (235, 1712),
    ),
    (_SUBSTATION, (-1240, -620), (-1400, -980), (-1545, -1290), (-1150, -1500), (-700, -1560), (-345, -1545)),
    ((-345, -1545), (180, -1560), (760, -1440), (1330, -1240), (1490, -900), (1478, -345)),
    ((935, 60), (1180, 90), (1520, 250), (1885, 428)),
    ((1478, -345), (1240, -190), (1000, -60), (935, 60)),
    ((235, 1712), (620, 1560), (1010, 1330), (1420, 900), (1885, 428)),
)
_HIGH_VOLTAGE: tuple[tuple[XY, ...], ...] = (
    ((-2900, -480), (-2200, -420), (-1500, -330), _SUBSTATION),
    (_SUBSTATION, (-1180, -560), (-860, -1110), (-150, -1230), (700, -1180), (1500, -1440), (2900, -1900)),
)
_TRANSFORMERS: tuple[XY, ...] = (
    (-2025, -165), (-1455, 1455), (235, 1712), (-1545, -1290), (-345, -1545), (1478, -345), (1885, 428),
    (935, 60),
)  # fmt: skip


def build_lines(
    network: Network, buildings: list[Building], parcels: list[Parcel], rng: np.random.Generator
) -> dict[str, list[Line]]:
    """Every network by name."""
    lines = {name: _Layer(utility, network, rng).build(buildings) for name, utility in UTILITIES.items()}
    lines["electricity"] += _power_grid(network, parcels, rng)
    lines["sewer"].append(_collector(rng))
    return lines


class _Layer:
    """Lays one network: mains street by street, then connections."""

    def __init__(self, utility: _Utility, network: Network, rng: np.random.Generator) -> None:
        self._utility = utility
        self._network = network
        self._rng = rng
        self._pipes: list[LineString] = []
        self._roads: list[int] = []

    def build(self, buildings: list[Building]) -> list[Line]:
        """Mains, then connections of main buildings."""
        mains = []
        for road in sorted(self._network.roads, key=lambda each: (_RANKS.index(each.kind), each.index)):
            if road.kind in ("rail", "track") or (self._utility.names and road.name not in self._utility.names):
                continue
            for pipe in self._along(road):
                self._pipes.append(pipe)
                self._roads.append(road.index)
                overhead = self._utility.village_main and not plan.TOWN.buffer(30).intersects(pipe)
                kind = self._utility.village_main if overhead else self._utility.main
                mains.append(self._line(pipe, kind, old=0.04))
        return [*mains, *self._connections(buildings)]

    def _along(self, road: Road) -> list[LineString]:
        trunk = road.kind in self._utility.trunks
        where = plan.OUTLINE if trunk else self._utility.where
        wide = float(np.clip(ROAD_WIDTHS[road.kind][1] / 5.0, 0.75, 1.35))
        pipes = []
        for part in shapely.get_parts(shapely.intersection(road.line, where)):
            if part.geom_type != "LineString" or part.length < 12:
                continue
            beside = shapely.offset_curve(part, -self._utility.offset * wide, join_style="mitre", mitre_limit=2)
            pieces = [piece for piece in shapely.get_parts(shapely.line_merge(beside)) if piece.length > 8]
            pipes += [self._joined(self._joined(piece).reverse()) for piece in pieces]
        return pipes

    def _joined(self, pipe: LineString) -> LineString:
        """The pipe led on to the nearest one already laid when it ends at a junction."""
        end = Point(pipe.coords[-1])
        near = [each for each in self._pipes if each.distance(end) < 12]
        if not near:
            return pipe
        other = min(near, key=end.distance)
        target = other.interpolate(other.project(end))
        return LineString([*pipe.coords, target.coords[0]]) if target.distance(end) > 0.05 else pipe

    def _connections(self, buildings: list[Building]) -> list[Line]:
        tree = shapely.STRtree(self._pipes)
        lines = []
        for building in buildings:
            wanted = not self._utility.served or building.kind in self._utility.served
            if not building.main or not wanted or self._rng.random() > self._utility.share:
                continue
            near = [int(i) for i in tree.query(building.shape.buffer(75), predicate="intersects")]
            own = [i for i in near if self._roads[i] == building.road]
            if not near:
                continue
            pipe = self._pipes[min(own or near, key=lambda i: (self._pipes[i].distance(building.door), i))]
            branch = float(np.clip(pipe.project(building.door) + self._utility.spread, 0, pipe.length))
            link = shapely.shortest_line(building.shape, pipe.interpolate(branch))
            if 1 < link.length < 75:
                lines.append(self._line(link, self._utility.connection, old=0.01))
        return lines

    def _line(self, shape: LineString, kind: str, *, old: float) -> Line:
        return _entry(shape, self._utility.theme, kind, self._utility.dimensions, self._rng, old=old)


def _entry(
    shape: LineString,
    theme: str,
    kind: str,
    dimensions: tuple[int, ...],
    rng: np.random.Generator,
    *,
    old: float = 0.0,
) -> Line:
    return Line(
        shape=shape,
        theme=theme,
        kind=kind,
        abandoned=bool(rng.random() < old),
        source_date=f"{rng.integers(1998, 2026)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}",
        accuracy=float(rng.choice([0.1, 0.5, 1.0, 3.0], p=[0.35, 0.35, 0.2, 0.1])),
        dimension=int(rng.choice(dimensions)),
    )


def _power_grid(network: Network, parcels: list[Parcel], rng: np.random.Generator) -> list[Line]:
    """Overhead lines across the fields, 20 kV cables under the main streets, transformer stations."""
    lines = []
    for kind, courses in (("nadzemni vod 1-20 kV", _MEDIUM_VOLTAGE), ("nadzemni vod 110 kV", _HIGH_VOLTAGE)):
        for course in courses:
            parts = shapely.get_parts(shapely.intersection(LineString(course), plan.OUTLINE))
            lines += [_entry(part, "2100", kind, (70, 95, 240), rng) for part in parts]
    stations = [Point(at) for at in _TRANSFORMERS]
    for street in _main_streets(network):
        cables = shapely.get_parts(shapely.offset_curve(street, 3.9, join_style="mitre", mitre_limit=2))
        lines += [_entry(each, "2100", "podzemni vod 1-20 kV", (150, 240), rng) for each in cables]
        stations += [street.interpolate(at) for at in np.arange(130, street.length, 340.0)]
    return [*lines, *_transformers(stations, parcels, rng)]


def _main_streets(network: Network) -> list[LineString]:
    inside = [
        shapely.intersection(road.line, plan.TOWN)
        for road in network.roads
        if road.kind in ("main", "collector")
    ]
    parts = [part for line in inside for part in shapely.get_parts(line)]
    return [part for part in parts if part.geom_type == "LineString" and part.length > 30]


def _transformers(stations: list[Point], parcels: list[Parcel], rng: np.random.Generator) -> list[Line]:
    """Small squares on the nearest open land to where a station is wanted."""
    uses = ("meadow", "arable", "garden", "estate-green", "substation", "green")
    open_land = shapely.union_all([parcel.shape for parcel in parcels if parcel.use in uses])
    lines = []
    for station in stations:
        spot = shapely.ops.nearest_points(open_land, station)[0]
        if spot.distance(station) < 90:
            ring = shapely.box(spot.x - 1.8, spot.y - 1.8, spot.x + 1.8, spot.y + 1.8).exterior
            lines.append(_entry(LineString(ring.coords), "2100", "transformatorska postaja", (0,), rng))
    return lines


def _collector(rng: np.random.Generator) -> Line:
    """The large sewer beside the stream, down to the treatment plant."""
    start, end = (plan.STREAM_LINE.project(Point(at)) for at in ((-560, 450), (1120, -460)))
    bank = shapely.offset_curve(shapely.ops.substring(plan.STREAM_LINE, start, end), -9, join_style="round")
    course = LineString([*bank.simplify(1.5).coords, (1165, -500)])
    return _entry(course, "3200", "kanal", (600,), rng)
