"""Outlines of buildings in a frame of their own: u along the street, v away from it, metres.

Sizes are those of Slovenian houses, farms, blocks of flats and workshops.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, Point, Polygon

from data_samples.generator.model import XY, Numbers

Outline = list[XY]


@dataclass(frozen=True)
class Frame:
    """Where u = v = 0 lies, and which way u runs along the street and v into the lot."""

    origin: Numbers
    along: Numbers
    inward: Numbers
    road: int

    def place(self, outline: Outline, u: float, v: float) -> Polygon:
        """The outline with its own (0, 0) moved to (u, v) of the frame."""
        return Polygon([self.origin + self.along * (u + a) + self.inward * (v + b) for a, b in outline])


def chord_frame(front: LineString, inside: Point, road: int) -> Frame:
    """The frame of a lot whose street side is `front` and whose inner side holds `inside`."""
    start, end = np.array(front.coords[0]), np.array(front.coords[-1])
    along = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
    inward = np.array([-along[1], along[0]])
    middle = (start + end) / 2
    if float((np.array(inside.coords[0]) - middle) @ inward) < 0:
        inward, along = -inward, -along
    return Frame(middle, along, inward, road)


def rectangle(wide: float, deep: float) -> Outline:
    """A box centred on u = 0 that begins at v = 0."""
    return [(-wide / 2, 0), (wide / 2, 0), (wide / 2, deep), (-wide / 2, deep)]


def house(rng: np.random.Generator) -> Outline:
    """A family house: a box, an L, a T or a box with a porch."""
    half, deep = float(rng.uniform(4.4, 6.3)), float(rng.uniform(8.2, 10.8))
    form = rng.random()
    wing, reach = float(rng.uniform(4.2, 5.8)), float(rng.uniform(2.6, 4.6))
    back = deep + reach
    if form < 0.46:
        return rectangle(2 * half, deep)
    if form < 0.74:
        corner = [(half, deep), (wing - half, deep), (wing - half, back), (-half, back)]
        return _mirrored([(-half, 0), (half, 0), *corner], rng)
    if form < 0.87:
        stem = [(wing / 2, deep), (wing / 2, back), (-wing / 2, back), (-wing / 2, deep)]
        return [(-half, 0), (half, 0), (half, deep), *stem, (-half, deep)]
    porch, out = float(rng.uniform(1.4, 2.2)), wing * 0.7
    step = [(0.0, 0.0), (0, -porch), (out, -porch), (out, 0)]
    return _mirrored([(-half, 0), *step, (half, 0), (half, deep), (-half, deep)], rng)


def farmhouse(rng: np.random.Generator) -> Outline:
    """A longer house, its gable to the road, sometimes with a barn built on."""
    half, deep = float(rng.uniform(4, 4.9)), float(rng.uniform(12, 17))
    if rng.random() < 0.5:
        return rectangle(2 * half, deep) if rng.random() < 0.6 else rectangle(deep, 2 * half)
    far = half + float(rng.uniform(5, 9))
    wing = [(half, deep - 6), (far, deep - 6), (far, deep + 1), (-half, deep + 1)]
    return _mirrored([(-half, 0), (half, 0), *wing], rng)


def barn(rng: np.random.Generator) -> Outline:
    """A barn across the back of the yard."""
    return rectangle(float(rng.uniform(13, 22)), float(rng.uniform(7.5, 10)))


def garage(rng: np.random.Generator) -> Outline:
    """A garage or shed."""
    return rectangle(float(rng.uniform(3.4, 6.2)), float(rng.uniform(4.6, 7.0)))


def flats(rng: np.random.Generator, long: float, deep: float) -> Outline:
    """A block of flats with two stair towers standing out."""
    half, width, out = long / 2, float(rng.uniform(1.6, 2.1)), 1.3
    towers: Outline = []
    for middle in (-half / 2, half / 2):
        a, b = middle - width, middle + width
        towers += [(a, 0), (a, -out), (b, -out), (b, 0)]
    return [(-half, 0), *towers, (half, 0), (half, deep), (-half, deep)]


def hall(rng: np.random.Generator, wide: float, deep: float) -> Outline:
    """A works hall, often with an office wing at its front."""
    if rng.random() < 0.45 or deep < 16:
        return rectangle(wide, deep)
    half, edge = wide / 2, wide * float(rng.uniform(0.3, 0.5)) - wide / 2
    return _mirrored([(-half, 0), (edge, 0), (edge, 9), (half, 9), (half, deep), (-half, deep)], rng)


def church() -> Outline:
    """Tower, nave and choir."""
    right: Outline = [(3, 0), (3, 5), (6.5, 5), (6.5, 25), (4, 25), (4, 31), (2, 34)]
    return [*right, *[(-u, v) for u, v in reversed(right)]]


def school() -> Outline:
    """A comb of wings with a sports hall."""
    teeth: Outline = [
        (30, 30),
        (8, 30),
        (8, 14),
        (-6, 14),
        (-6, 38),
        (-20, 38),
        (-20, 14),
        (-28, 14),
        (-28, 34),
    ]
    return [(-42, 0), (30, 0), *teeth, (-42, 34)]


def horseshoe(wide: float, deep: float, arm: float) -> Outline:
    """A building round three sides of a yard."""
    half, inner = wide / 2, wide / 2 - arm
    return [
        (-half, 0),
        (half, 0),
        (half, deep),
        (inner, deep),
        (inner, arm),
        (-inner, arm),
        (-inner, deep),
        (-half, deep),
    ]


def _mirrored(outline: Outline, rng: np.random.Generator) -> Outline:
    return [(-u, v) for u, v in reversed(outline)] if rng.random() < 0.5 else outline
