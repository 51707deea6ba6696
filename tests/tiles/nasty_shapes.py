"""Polygons and lines that break tiles elsewhere, in metres around a point; all are valid as they stand."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import affinity


def nasty_polygons(x: float, y: float) -> dict[str, shapely.Geometry]:
    """Valid polygons within 250 m of a point, each with what is nasty about it."""
    shapes = {**_thin(), **_holed(), **_crowded(), **_large_and_small()}
    placed = {name: affinity.translate(shape, x, y) for name, shape in shapes.items()}
    assert all(shape.is_valid for shape in placed.values())
    return placed


def nasty_lines(x: float, y: float) -> dict[str, shapely.Geometry]:
    """Lines within 250 m of a point: specks, lines that come back to their beginning, many parts, long ones."""
    turns = np.linspace(0, 6 * np.pi, 200)
    shapes = {
        "speck": shapely.LineString([(3, 3), (3.004, 3.002)]),
        "loop": shapely.LineString(9 + 0.003 * np.column_stack([np.cos(turns), np.sin(turns)])),
        "there and back": shapely.LineString([(20, 15), (50, 15), (50, 30), (50, 15), (20, 15)]),
        "hairpin": shapely.LineString([(20, 5), (120, 5), (20, 5.001)]),
        "parts": shapely.MultiLineString(
            [[(n * 7, -40), (n * 7 + 0.002, -40), (n * 7, -60)] for n in range(30)]
        ),
        "spiral": shapely.LineString(np.column_stack([turns * np.cos(turns), turns * np.sin(turns)]) * 9),
        "long": shapely.LineString([(-200, -187), (0.0001, 0.0002), (200, 201)]),
    }
    return {name: affinity.translate(shape, x, y) for name, shape in shapes.items()}


def _thin() -> dict[str, shapely.Geometry]:
    comb = [(0, 0)]
    for tooth in range(60):
        comb += [(tooth * 0.02, 8), (tooth * 0.02 + 0.01, 0.3)]
    comb += [(1.2, 8), (1.2, 0)]
    star = [
        (
            (30 if spike % 2 else 0.05) * np.cos(spike * np.pi / 24),
            (30 if spike % 2 else 0.05) * np.sin(spike * np.pi / 24),
        )
        for spike in range(48)
    ]
    return {
        "sliver": shapely.Polygon([(10, 10), (210, 10.004), (210, 10.009)]),
        "slanting sliver": shapely.Polygon([(-180, -150), (160, 171), (160.004, 171), (-180, -150.003)]),
        "hairline": shapely.LineString([(-50, 60), (0, 63), (40, 60), (90, 88)]).buffer(
            0.002, cap_style="flat"
        ),
        "comb": affinity.translate(shapely.Polygon(comb), 60, 60),
        "star": affinity.translate(shapely.Polygon(star), -90, 90),
        "speck": shapely.box(33, 33, 33.003, 33.004),
        "flat triangle": shapely.Polygon([(70, -20), (70.9, -19.998), (71.8, -20)]),
    }


def _holed() -> dict[str, shapely.Geometry]:
    touching = shapely.Polygon(
        shapely.box(0, 0, 40, 30).exterior, [[(0, 15), (9, 11), (9, 19)], [(20, 30), (17, 22), (23, 22)]]
    )
    near = shapely.Polygon(
        shapely.box(0, 0, 25, 25).exterior, [shapely.box(0.004, 0.004, 24, 24.99).exterior.coords]
    )
    sieve = shapely.Polygon(
        shapely.box(0, 0, 60, 60).exterior,
        [
            shapely.Point(3 + 6 * column, 3 + 6 * row).buffer(0.02 * 1.5 ** (row + column)).exterior.coords
            for row in range(9)
            for column in range(9)
            if row + column < 10
        ],
    )
    rings = [shapely.Point(0, 0).buffer(radius, quad_segs=24) for radius in (40, 39.99, 20, 19.98, 2, 0.02)]
    islands = (
        rings[0].difference(rings[1]).union(rings[2].difference(rings[3])).union(rings[4].difference(rings[5]))
    )
    hollow = shapely.Polygon(shapely.box(0, 0, 8, 8).exterior, [[(4, 0), (0.01, 4), (4, 7.99), (7.99, 4)]])
    return {
        "holes that touch the shell": affinity.translate(touching, -200, 20),
        "hole next to the shell": affinity.translate(near, -200, -60),
        "sieve": affinity.translate(sieve, 100, -150),
        "islands in islands": affinity.translate(islands, -120, -120),
        "hole in the corner": affinity.translate(hollow, 5, -70),
    }


def _crowded() -> dict[str, shapely.Geometry]:
    angles = np.linspace(0, 2 * np.pi, 4000, endpoint=False)
    radius = 6 + 0.01 * np.sin(400 * angles)
    rough = shapely.Polygon(np.column_stack([radius * np.cos(angles), radius * np.sin(angles)]))
    random = np.random.default_rng(20261123)
    scattered = [shapely.Point(point).buffer(0.03) for point in random.uniform(-25, 25, (300, 2))]
    corners = shapely.MultiPolygon([shapely.box(n, n, n + 1, n + 1) for n in range(12)])
    apart = shapely.MultiPolygon([shapely.box(n * 1.002, 0, n * 1.002 + 1, 9) for n in range(20)])
    return {
        "rough": affinity.translate(rough, -20, 120),
        "scattered": affinity.translate(shapely.union_all(scattered), 150, 60),
        "touching at corners": affinity.translate(corners, 20, 120),
        "parts a hair apart": affinity.translate(apart, 60, 120),
    }


def _large_and_small() -> dict[str, shapely.Geometry]:
    frame = shapely.box(-200, -200, 200, 200).difference(shapely.box(-199.995, -199.995, 199.995, 199.995))
    clearings = [shapely.Point(x, y).buffer(3) for x in range(-190, 200, 20) for y in range(-190, 200, 20)]
    forest = shapely.box(-205, -205, 205, 205).difference(shapely.union_all(clearings))
    return {
        "frame": frame,
        "forest": forest,
        "on the lines of tiles": shapely.box(0, 0, 64, 64),
        "touching a corner": shapely.Polygon([(0, 0), (64, -1), (64, -64)]),
        "half units": shapely.box(0.0078125, 0.0078125, 0.0234375, 0.0234375),
    }
