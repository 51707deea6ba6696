"""Cutting land into lots: recursively across the longer side, and in strips as fields are.

Both give pieces that together are exactly the land they were cut from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.ops import split

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.model import Numbers


@dataclass(frozen=True)
class LotRule:
    """What a lot should be like: area in m² it is cut down to, and how slender it may be."""

    area: float
    slender: float = 2.1
    narrow: float = 13.0
    jitter: float = 0.06


def polygons(shape: BaseGeometry, *, least: float = 0.0) -> list[Polygon]:
    """The polygons in a shape that are larger than `least` m², west to east."""
    found = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > least]
    return sorted(found, key=lambda p: (p.centroid.x, p.centroid.y))


def axes(shape: BaseGeometry) -> tuple[Numbers, float, float]:
    """Unit vector of the longer side of the smallest box around the shape, its length and its width."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    a, b = float(np.hypot(*first)), float(np.hypot(*second))
    if a >= b:
        return (first / max(a, 1e-9), a, b)
    return (second / max(b, 1e-9), b, a)


def turned(axis: Numbers) -> Numbers:
    """The vector a quarter turn to the left."""
    return np.array([-axis[1], axis[0]])


def cut_lots(land: Polygon, rule: LotRule, front: BaseGeometry, rng: np.random.Generator) -> list[Polygon]:
    """Lots of about `rule.area`, each touching `front` (the street side) where that can be had."""
    size = rule.area * float(rng.uniform(0.75, 1.35))
    if land.area < size * 1.45:
        return [land]
    options: list[tuple[float, int, list[Polygon]]] = []
    long_axis, _, _ = axes(land)
    shift = float(rng.normal(0, rule.jitter))
    for axis, place in ((long_axis, shift), (turned(long_axis), shift), (long_axis, shift + 0.2)):
        children = _halves(land, axis, place)
        if len(children) >= 2:
            fault = sum(_fault(child, rule, front) for child in children)
            options.append((fault, len(options), children))
    whole = [option for option in options if min(child.area for child in option[2]) > 0.2 * rule.area]
    if not whole:
        return [land]
    return [lot for child in min(whole)[2] for lot in cut_lots(child, rule, front, rng)]


def _halves(land: Polygon, axis: Numbers, shift: float) -> list[Polygon]:
    """The land cut across `axis` near its middle."""
    along = shapely.get_coordinates(land) @ axis
    low, high = float(along.min()), float(along.max())
    place = (low + high) / 2 + shift * (high - low)
    centre = shapely.get_coordinates(land.centroid)[0]
    foot = centre + axis * (place - float(centre @ axis))
    reach = turned(axis) * 2000.0
    return polygons(split(land, LineString([foot - reach, foot + reach])))


def _fault(lot: Polygon, rule: LotRule, front: BaseGeometry) -> float:
    _, long, wide = axes(lot)
    slender = max(0.0, long / max(wide, 0.1) - rule.slender)
    narrow = 2.0 if wide < rule.narrow else 0.0
    crooked = 1.5 * (1 - lot.area / max(long * wide, 0.1))
    return slender + narrow + crooked + (0.0 if street_side(lot, front) > 5 else 2.5)


def street_side(lot: Polygon, front: BaseGeometry) -> float:
    """Metres of the lot's border that lie on the street side of its block."""
    return float(shapely.intersection(lot.buffer(0.15), front).length)


def cut_strips(
    land: Polygon, axis: Numbers, widths: tuple[float, float], rng: np.random.Generator, *, bend: float = 5.0
) -> list[Polygon]:
    """Strips along `axis`, gently bent as ploughed land is, of widths between the two."""
    across = turned(axis)
    coordinates = shapely.get_coordinates(land)
    low, high = float((coordinates @ across).min()), float((coordinates @ across).max())
    start, end = float((coordinates @ axis).min()) - 5, float((coordinates @ axis).max()) + 5
    t = np.linspace(0, 1, 6)
    sway = float(rng.uniform(-bend, bend)) * np.sin(np.pi * t)
    sway += float(rng.uniform(-bend, bend)) / 2 * np.sin(2 * np.pi * t)
    usual = float(rng.uniform(*widths))
    lines = []
    place = low + usual
    while place < high - widths[0] * 0.6:
        tilt = float(rng.normal(0, 0.8))
        points = np.outer(start + (end - start) * t, axis) + np.outer(place + sway + tilt * t, across)
        lines.append(LineString(points))
        place += max(widths[0] * 0.7, usual * float(rng.uniform(0.6, 1.5)))
    return cut_by(land, lines)


def cut_by(land: Polygon, lines: list[LineString]) -> list[Polygon]:
    """The parts the lines cut the land into; they must run through it from border to border."""
    if not lines:
        return [land]
    edges = shapely.union_all([land.boundary, *lines])
    parts = polygons(shapely.polygonize(list(shapely.get_parts(edges))))
    return [part for part in parts if land.contains(part.representative_point())] or [land]
