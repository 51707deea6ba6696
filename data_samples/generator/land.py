"""From roads to land: corridors, blocks between them, and blocks cut into lots, strips of field and forest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from data_samples.generator import streets
from data_samples.generator.frame import STEP, polygons
from data_samples.generator.values import ROAD_WIDTHS, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.values import Road

STREAM_WIDTH = 9.0
BROOK_WIDTH = 4.5


def divide(rng: np.random.Generator, roads: Sequence[Road]) -> list[Piece]:
    """The whole municipality as pieces that meet without gaps: roads, waters, lots, fields and forest."""
    pieces = [*_corridors(roads)]
    taken = shapely.union_all([piece.shape for piece in pieces], grid_size=STEP)
    rest = _areal(shapely.difference(streets.OUTLINE, taken, grid_size=STEP))
    for special, use in _special_areas():
        found = shapely.intersection(rest, special, grid_size=STEP)
        pieces += _cut_special(rng, found, use)
        rest = _areal(shapely.difference(rest, special, grid_size=STEP))
    village = shapely.union_all(streets.VILLAGE_SHAPES)
    for area, cut in (
        (streets.CORE, _core_lots),
        (streets.TOWN, cut_town_block),
        (village, _village_lots),
    ):
        found = shapely.intersection(rest, area, grid_size=STEP)
        for block in polygons(found, 30):
            pieces += cut(rng, block)
        rest = _areal(shapely.difference(rest, area, grid_size=STEP))
    for block in polygons(rest, 1):
        pieces += _open_land(rng, block)
    return pieces


def _areal(geometry: BaseGeometry) -> BaseGeometry:
    """Only the polygons: overlays on a grid may leave lines and points behind."""
    return shapely.multipolygons(polygons(geometry, 0))


def _corridors(roads: Sequence[Road]) -> Iterator[Piece]:
    ranks = list(ROAD_WIDTHS)
    taken: BaseGeometry = Point(0, 0).buffer(0.001)
    for index in sorted(range(len(roads)), key=lambda i: ranks.index(roads[i].kind)):
        road = roads[index]
        width = ROAD_WIDTHS[road.kind][0]
        land: BaseGeometry = road.line.buffer(
            width / 2, cap_style="flat", join_style="mitre", mitre_limit=3, quad_segs=4
        )
        if road.name == "Žabniška cesta":
            land = shapely.union(land, streets.SQUARE)
        land = shapely.difference(shapely.intersection(land, streets.OUTLINE), taken, grid_size=STEP)
        taken = _areal(shapely.union(taken, land, grid_size=STEP))
        for part in polygons(land, 4):
            for piece in _lengths(part, 420):
                yield Piece(piece, "road" if road.kind != "rail" else "rail", index)
    for line, width in ((streets.STREAM_LINE, STREAM_WIDTH), (streets.BROOK_LINE, BROOK_WIDTH)):
        bed = shapely.intersection(line.buffer(width / 2, quad_segs=2), streets.OUTLINE)
        for part in polygons(shapely.difference(bed, taken, grid_size=STEP), 4):
            for piece in _lengths(part, 380):
                yield Piece(piece, "water")
        taken = _areal(shapely.union(taken, bed, grid_size=STEP))


def _lengths(part: Polygon, longest: float) -> list[Polygon]:
    """A long band in several parcels, cut across."""
    west, south, east, north = part.bounds
    count = int(max(east - west, north - south) // longest)
    if count == 0:
        return [part]
    wide = east - west > north - south
    cuts = [
        LineString([(x, south - 9), (x, north + 9)] if wide else [(west - 9, x), (east + 9, x)])
        for x in np.linspace(west if wide else south, east if wide else north, count + 2)[1:-1]
    ]
    return [piece for piece in _split(part, cuts) if piece.area > 0]


def _special_areas() -> Iterator[tuple[BaseGeometry, str]]:
    for use, shape in streets.SITES.items():
        yield shape, use
    yield streets.INDUSTRY, "industry"
    yield streets.ESTATE, "estate"


def _cut_special(rng: np.random.Generator, found: BaseGeometry, use: str) -> list[Piece]:
    largest = {"industry": 11_000, "estate": 4_200}.get(use, 40_000)
    return [Piece(lot, use) for block in polygons(found, 5) for lot in _halve(rng, block, largest, skew=0.0)]


def _core_lots(rng: np.random.Generator, block: Polygon) -> list[Piece]:
    return [Piece(lot, "core") for lot in _halve(rng, block, 330, skew=0.16)]


def _village_lots(rng: np.random.Generator, block: Polygon) -> list[Piece]:
    lots = _halve(rng, block, 1_500, skew=0.1)
    return [Piece(lot, "village" if lot.area > 250 else "meadow") for lot in lots]


def cut_town_block(rng: np.random.Generator, block: Polygon) -> list[Piece]:
    """Rows of lots back to back, cut at right angles to the streets; scraps stay green."""
    axis, across, middle = _axes(block)
    if abs(axis[0]) > abs(axis[1]):
        axis, across = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    else:
        axis, across = np.array([0.0, 1.0]), np.array([-1.0, 0.0])
    depth = _extent(block, across)
    if block.area < 350 or depth < 9:
        return [Piece(block, "green")]
    rows = max(1, round(depth / 33))
    bands = _slice(block, middle, along=axis, across=across, count=rows)
    lots = []
    for band in bands:
        length = _extent(band, axis)
        count = max(1, round(length / rng.uniform(19, 25)))
        lots += _slice(
            band, shapely.get_coordinates(band.centroid)[0], along=across, across=axis, count=count, rng=rng
        )
    return [Piece(lot, "residential" if lot.area > 210 else "green") for lot in lots]


def _open_land(rng: np.random.Generator, block: Polygon) -> list[Piece]:
    x, y = shapely.get_coordinates(block.representative_point())[0]
    if _is_forest(x, y):
        return [Piece(lot, "forest") for lot in _halve(rng, block, 17_000, skew=0.12)]
    axis, across, middle = _axes(block)
    if rng.random() < 0.3:
        axis, across = across, axis
    strips = []
    for half in _slice(
        block, middle, along=across, across=axis, count=max(1, round(_extent(block, axis) / 260))
    ):
        width = rng.uniform(13.5, 27)
        count = max(1, round(_extent(half, across) / width))
        strips += _slice(
            half, shapely.get_coordinates(half.centroid)[0], along=axis, across=across, count=count, rng=rng
        )
    waters = shapely.union_all([streets.STREAM_LINE, streets.BROOK_LINE])
    uses = []
    for strip in strips:
        wet = strip.distance(waters) < 45
        uses.append("meadow" if wet or rng.random() < 0.22 else "field")
    return [Piece(strip, use) for strip, use in zip(strips, uses, strict=True)]


def _is_forest(x: float, y: float) -> bool:
    far = np.hypot(x / 1.15, y)
    hills = np.sin(x / 520 + 0.8) + np.sin(y / 430 - 0.6) + 0.7 * np.sin((x + y) / 300)
    return bool(far > 1000 and hills + (far - 1500) / 650 > 0.75)


def _axes(block: Polygon) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit vectors along the longer and the shorter side of the smallest box, and its middle."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(block))
    if len(corners) < 4:
        return np.array([1.0, 0.0]), np.array([0.0, 1.0]), shapely.get_coordinates(block.centroid)[0]
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    longer, _shorter = (first, second) if np.hypot(*first) >= np.hypot(*second) else (second, first)
    axis = longer / max(np.hypot(*longer), 1e-9)
    return axis, np.array([-axis[1], axis[0]]), corners[:4].mean(axis=0)


def _extent(block: Polygon, direction: np.ndarray) -> float:
    return float(np.ptp(shapely.get_coordinates(block) @ direction))


def _slice(
    block: Polygon,
    middle: np.ndarray,
    *,
    along: np.ndarray,
    across: np.ndarray,
    count: int,
    rng: np.random.Generator | None = None,
) -> list[Polygon]:
    """The block cut `count` - 1 times by lines that run `along`, evenly, or a little unevenly with `rng`."""
    if count <= 1:
        return [block]
    places = shapely.get_coordinates(block) @ across
    marks = np.linspace(places.min(), places.max(), count + 1)[1:-1]
    if rng is not None:
        marks = marks + rng.uniform(-0.16, 0.16, len(marks)) * np.ptp(places) / count
    base = middle @ across
    cuts = []
    for mark in marks:
        at = middle + across * (mark - base)
        cuts.append(LineString([at - along * 3000, at + along * 3000]))
    return _split(block, cuts)


def _split(block: Polygon, cuts: list[LineString]) -> list[Polygon]:
    lines = shapely.union_all(
        [block.boundary, *[shapely.intersection(cut, block) for cut in cuts]], grid_size=STEP
    )
    faces = shapely.get_parts(shapely.polygonize(list(shapely.get_parts(shapely.line_merge(lines)))))
    return [face for face in faces if block.contains(face.representative_point()) and face.area > 0.5] or [
        block
    ]


def _halve(rng: np.random.Generator, block: Polygon, largest: float, *, skew: float) -> list[Polygon]:
    """The block halved across its longer side until no part is larger; `skew` turns the cuts a little."""
    if block.area <= largest * rng.uniform(0.75, 1.5):
        return [block]
    axis, across, middle = _axes(block)
    turn = rng.normal(0, skew) if skew else 0.0
    along = np.array(
        [
            across[0] * np.cos(turn) - across[1] * np.sin(turn),
            across[0] * np.sin(turn) + across[1] * np.cos(turn),
        ]
    )
    at = middle + axis * rng.uniform(-0.08, 0.08) * _extent(block, axis)
    parts = _split(block, [LineString([at - along * 3000, at + along * 3000])])
    if len(parts) < 2:
        return [block]
    return [piece for part in parts for piece in _halve(rng, part, largest, skew=skew)]
