"""The road network: hand-laid roads and traced streets, noded, freed of loose ends, and given their bands.

A band is the land of a road: its centre line widened, minus what roads of higher rank already took.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import LineString, MultiLineString, Point, Polygon

from data_samples.generator import place, plan
from data_samples.generator.cutting import polygons
from data_samples.generator.field import DirectionField, Family, Tracer, joined_ends
from data_samples.generator.model import ROAD_WIDTHS, Road

if TYPE_CHECKING:
    import numpy as np
    from shapely.geometry.base import BaseGeometry

GRID = 0.01
_LAID, _STREET, _CROSS_STREET, _TRACK, _CROSS_TRACK = range(5)
_DROPPED = {_CROSS_STREET: 0.3, _CROSS_TRACK: 0.15}
_RANKS = list(ROAD_WIDTHS)
_Node = tuple[float, float]


@dataclass(frozen=True)
class _Line:
    kind: str
    name: str
    line: LineString
    built: bool
    family: int = _LAID


_Edge = tuple[LineString, int]


@dataclass(frozen=True)
class Network:
    """The finished roads and the land they take; waters are bands too."""

    roads: tuple[Road, ...]
    bands: tuple[BaseGeometry, ...]
    waters: tuple[tuple[str, BaseGeometry], ...]

    @property
    def land_taken(self) -> BaseGeometry:
        """Everything that is road, railway or water."""
        return shapely.union_all([*self.bands, *(shape for _, shape in self.waters)])


def build_network(rng: np.random.Generator) -> Network:
    """Trace, node and prune the roads, then widen them."""
    laid = [_Line(each.kind, each.name, each.line, each.built) for each in plan.SKELETON]
    laid += [_Line(each.kind, each.name, each.line, built=True) for each in plan.VILLAGE_LANES]
    laid.append(_Line("rail", "Železnica", plan.RAIL_LINE, built=False))
    lines = [*laid, *_traced_streets(rng, laid)]
    lines += _traced_tracks(rng, lines)
    edges = _pruned(_noded(lines), lines, rng)
    return _widened(_named(_joined(edges, lines), lines))


def _traced_streets(rng: np.random.Generator, laid: list[_Line]) -> list[_Line]:
    sites = [site.shape.buffer(8) for site in plan.SITES]
    where = shapely.difference(plan.TOWN, shapely.union_all([plan.CORE, plan.ESTATE, plan.INDUSTRY, *sites]))
    skeleton = [each.line for each in laid]
    field = DirectionField([(line, 1.0) for line in skeleton] + [(line, 0.7) for line in plan.WATER_LINES])
    tracer = Tracer(field, [*skeleton, *plan.WATER_LINES], rng)
    along: list[LineString] = []
    across: list[LineString] = []
    for part in polygons(where, least=6000):
        close = [line for line in skeleton if line.distance(part) < 15]
        along += tracer.trace_family(Family(across=False, spacing=68, where=part), close)
        across += tracer.trace_family(Family(across=True, spacing=150, where=part), close)
    met = joined_ends([*along, *across], [*skeleton, *plan.WATER_LINES], 100)
    families = [_STREET] * len(along) + [_CROSS_STREET] * len(across)
    return [_Line("residential", "", line, True, family) for line, family in zip(met, families, strict=True)]


def _traced_tracks(rng: np.random.Generator, lines: list[_Line]) -> list[_Line]:
    kept_off = shapely.union_all([plan.TOWN.buffer(25), *(village.buffer(10) for village in plan.VILLAGES)])
    where = max(polygons(shapely.difference(plan.OUTLINE.buffer(60), kept_off)), key=lambda p: p.area)
    roads = [each.line for each in lines]
    laid = [each.line for each in lines if each.family == _LAID]
    field = DirectionField([(line, 1.0) for line in laid] + [(line, 0.8) for line in plan.WATER_LINES])
    tracer = Tracer(field, [*roads, *plan.WATER_LINES], rng)
    near = [*laid, *plan.WATER_LINES]
    along = tracer.trace_family(Family(False, 205, where, reach=1700, step=14, close=0.5), near)
    across = tracer.trace_family(Family(True, 430, where, reach=900, step=14, close=0.5), near)
    met = joined_ends([*along, *across], [*roads, *plan.WATER_LINES], 330)
    families = [_TRACK] * len(along) + [_CROSS_TRACK] * len(across)
    return [_Line("track", "", line, False, family) for line, family in zip(met, families, strict=True)]


def _noded(lines: list[_Line]) -> list[_Edge]:
    """Edges between crossings with the index of the line each belongs to."""
    whole = shapely.union_all([each.line for each in lines] + list(plan.WATER_LINES), grid_size=GRID)
    tree = shapely.STRtree([each.line for each in lines])
    edges = []
    for edge in shapely.get_parts(whole):
        middle = edge.interpolate(0.5, normalized=True)
        owners = [int(i) for i in tree.query(middle.buffer(0.08), predicate="intersects")]
        if owners:
            edges.append((edge, min(owners, key=lambda i: (_RANKS.index(lines[i].kind), i))))
    return edges


def _pruned(edges: list[_Edge], lines: list[_Line], rng: np.random.Generator) -> list[_Edge]:
    """Without loose ends of traced lines, and without some cross streets, so that junctions are T-shaped."""
    edges = _without_loose_ends(edges, lines, rng, keep=0.5)
    thinned = [edge for edge in edges if rng.random() > _DROPPED.get(lines[edge[1]].family, 0.0)]
    return _without_loose_ends(thinned, lines, rng, keep=0.15)


def _without_loose_ends(
    edges: list[_Edge], lines: list[_Line], rng: np.random.Generator, *, keep: float
) -> list[_Edge]:
    waters = shapely.union_all(plan.WATER_LINES)
    spared: set[int] = set()
    kept = dict(enumerate(edges))
    while True:
        degree = _degrees([edge for edge, _ in kept.values()])
        loose = []
        for key, (edge, owner) in kept.items():
            alone = [end for end in (_node(edge.coords[0]), _node(edge.coords[-1])) if degree[end] == 1]
            family = lines[owner].family
            if not alone or (family == _LAID and edge.length > 20) or key in spared:
                continue
            ends_at_water = max(Point(end).distance(waters) for end in alone) < 1.2
            if ends_at_water and family in (_TRACK, _CROSS_TRACK):
                continue
            if family == _STREET and edge.length > 50 and rng.random() < keep:
                spared.add(key)
                continue
            loose.append(key)
        if not loose:
            return list(kept.values())
        for key in loose:
            del kept[key]


def _degrees(edges: list[LineString]) -> dict[_Node, int]:
    degree: dict[_Node, int] = defaultdict(int)
    for edge in edges:
        degree[_node(edge.coords[0])] += 1
        degree[_node(edge.coords[-1])] += 1
    return degree


def _node(point: tuple[float, ...]) -> _Node:
    return (round(point[0], 2), round(point[1], 2))


def _joined(edges: list[_Edge], lines: list[_Line]) -> list[_Edge]:
    """Edges of one line joined again; a line that fell apart gives several roads."""
    by_owner: dict[int, list[LineString]] = defaultdict(list)
    for edge, owner in edges:
        by_owner[owner].append(edge)
    joined = []
    for owner, parts in sorted(by_owner.items()):
        whole = lines[owner].line
        merged = shapely.get_parts(shapely.line_merge(MultiLineString(parts)))
        for part in sorted(merged, key=lambda p: p.coords[0]):
            forward = whole.project(Point(part.coords[0])) <= whole.project(Point(part.coords[-1]))
            joined.append((part if forward else part.reverse(), owner))
    return joined


def _named(parts: list[_Edge], lines: list[_Line]) -> tuple[Road, ...]:
    names = iter(place.STREET_NAMES)
    roads: list[Road] = []
    for line, owner in sorted(parts, key=lambda part: (part[1], part[0].coords[0])):
        if line.length < 6:
            continue
        source = lines[owner]
        name = source.name
        if source.kind == "residential" and not name:
            name = next(names, "")
        roads.append(Road(len(roads), source.kind, name, line, source.built))
    return tuple(roads)


def _widened(roads: tuple[Road, ...]) -> Network:
    """Bands by rank: the railway first, then roads, then waters under what is left."""
    bands: list[BaseGeometry] = [Polygon()] * len(roads)
    taken: BaseGeometry = Polygon()
    for road in sorted(roads, key=lambda each: (_RANKS.index(each.kind), each.index)):
        wide: BaseGeometry = road.line.buffer(
            ROAD_WIDTHS[road.kind][0] / 2, cap_style="flat", join_style="mitre", mitre_limit=2
        )
        if road.name == "Glavni trg":
            wide = shapely.union(wide, plan.SQUARE)
        bands[road.index] = shapely.difference(shapely.intersection(wide, plan.OUTLINE), taken)
        taken = shapely.union(taken, wide)
    waters = []
    widths = (plan.STREAM_WIDTH, plan.BROOK_WIDTH)
    for name, line, width in zip((place.STREAM, place.BROOK), plan.WATER_LINES, widths, strict=True):
        shape = shapely.intersection(line.buffer(width / 2, quad_segs=2), plan.OUTLINE)
        waters.append((name, shapely.difference(shape, taken)))
        taken = shapely.union(taken, shape)
    return Network(roads, tuple(bands), tuple(waters))
