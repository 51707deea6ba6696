"""Roads, railway and waters, laid straight in the plane; the town's streets are filled in by strips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon, box

from data_samples.generator import place
from data_samples.generator.values import Road

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

OUTLINE = box(-2300, -1950, 2300, 1950).buffer(420)
TOWN = (
    Polygon(
        [
            *[(-700, -420), (-760, -120), (-690, 180), (-730, 420), (-560, 650), (-260, 600), (-90, 700)],
            *[(160, 720), (330, 620), (560, 660), (720, 470), (690, 230), (780, 40), (720, -200)],
            *[(800, -420), (620, -560), (300, -520), (120, -680), (-180, -650), (-380, -560), (-560, -600)],
        ]
    )
    .buffer(60)
    .buffer(-20)
)
CORE = Polygon(
    [(-165, -120), (-60, -175), (90, -160), (180, -70), (165, 95), (60, 165), (-95, 150), (-180, 40)]
)
ESTATE = box(-505, -430, -215, -180)
INDUSTRY = Polygon([(40, -715), (760, -690), (860, -560), (640, -500), (60, -490)])
RAILWAY = LineString([(-2900, -700), (-1400, -745), (-200, -735), (900, -760), (2900, -980)])
STREAM = LineString(
    [
        *[(-2900, 1150), (-2100, 980), (-1500, 760), (-980, 640), (-700, 430), (-430, 300), (-230, 235)],
        *[(-60, 228), (120, 232), (300, 150), (470, 20), (700, -130), (1100, -260), (1700, -470)],
        *[(2300, -560), (2900, -760)],
    ]
)
BROOK = LineString([(-2300, -1500), (-1700, -1150), (-1250, -700), (-990, -250), (-900, 180), (-720, 445)])

SITES = {
    "school": box(215, 250, 400, 395),
    "sports": box(405, 250, 540, 395),
    "cemetery": Polygon([(-700, 60), (-585, 70), (-575, 190), (-640, 215), (-705, 180)]),
    "park": box(-150, 240, 20, 330),
    "health": box(-300, 25, -205, 105),
    "shop": box(330, -120, 450, -25),
    "kindergarten": box(-200, -300, -120, -215),
    "wastewater": box(1180, -380, 1270, -310),
}
VILLAGES = (
    ("Brezovščina", Point(70, 1330), 175),
    ("Javorščica", Point(-1330, 1190), 150),
    ("Zalipje", Point(1480, 90), 165),
    ("Rečičje", Point(1400, -900), 130),
    ("Vrbovščica", Point(-90, -1420), 170),
    ("Lužnica", Point(-1650, -640), 135),
    ("Žabnik", Point(-1600, 60), 160),
)


def _village_shape(centre: Point, reach: float) -> Polygon:
    """A village grown by chance: longer along its road, with bays."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    phase = centre.x / 97
    radius = reach * (0.78 + 0.2 * np.cos(2 * angle - phase) + 0.13 * np.sin(3 * angle + 2 * phase))
    return Polygon(np.column_stack([centre.x + radius * np.cos(angle), centre.y + radius * np.sin(angle)]))


VILLAGE_SHAPES = tuple(_village_shape(centre, reach) for _, centre, reach in VILLAGES)
SQUARE = Polygon([(-62, -26), (58, -30), (64, 24), (-58, 28)])


def meander(line: LineString, amplitude: float, wave: float) -> LineString:
    """The line swinging to both sides, calm inside the town where the bed was regulated."""
    along = np.arange(0, line.length, 9.0)
    points = shapely.get_coordinates(line.interpolate(along))
    ahead = shapely.get_coordinates(line.interpolate(along + 6))
    tangent = ahead - points
    tangent /= np.maximum(np.hypot(*tangent.T), 1e-6)[:, None]
    calm = np.clip((np.hypot(*points.T) - 350) / 500, 0.12, 1)
    swing = amplitude * calm * (np.sin(along / wave * 6.28) + 0.5 * np.sin(along / wave * 2.3 + 1))
    moved = points + np.column_stack([-tangent[:, 1], tangent[:, 0]]) * swing[:, None]
    return LineString(shapely.get_coordinates(shapely.simplify(LineString(moved), 0.4)))


STREAM_LINE = meander(STREAM, 15, 190)
BROOK_LINE = meander(BROOK, 9, 120)


def lay_roads(rng: np.random.Generator) -> tuple[Road, ...]:
    """Every road of the municipality and the railway, hand-laid ones first."""
    names = iter(place.STREET_NAMES)
    laid = [*_main_roads(), *_core_lanes()]
    streets = _fill_town(rng, names, laid)
    return (*laid, *streets, *_village_streets(), *_tracks(rng))


def _main_roads() -> list[Road]:
    ring = box(-400, -330, 420, 360).buffer(150, quad_segs=6).exterior
    return [
        Road("rail", "Železnica", RAILWAY),
        Road("main", "Žabniška cesta", LineString([(-2900, 40), (-1600, 60), (-700, -20), (0, 0)])),
        Road("main", "Zalipska cesta", LineString([(0, 0), (600, 40), (1480, 90), (2900, 330)])),
        Road("main", "Cesta na Brezovščino", LineString([(0, 0), (-10, 400), (70, 1330), (0, 2500)])),
        Road("main", "Vrbovška cesta", LineString([(0, 0), (20, -400), (-90, -1420), (60, -2500)])),
        Road("collector", "Obvozna ulica", LineString(ring.coords)),
        Road("local", "Javorška cesta", LineString([(-395, 508), (-1330, 1190), (-2700, 2050)])),
        Road("local", "Cesta v Lužnico", LineString([(-500, -400), (-1650, -640), (-2800, -1250)])),
        Road("local", "Rečiška cesta", LineString([(565, -250), (1400, -900), (2800, -1500)])),
        Road("local", "Cesta pod gozdom", LineString([(70, 1330), (1000, 1150), (1480, 90), (1400, -900)])),
        Road("local", "Poljska pot", LineString([(1400, -900), (700, -1330), (-90, -1420), (-1650, -640)])),
        Road("local", "Zgornja pot", LineString([(-1650, -640), (-1600, 60), (-1330, 1190), (70, 1330)])),
    ]


def _core_lanes() -> list[Road]:
    edge = LineString([*CORE.exterior.coords])
    lanes = [
        ("Za obzidjem", edge),
        ("Kovaška ulica", LineString([(-165, -120), (-70, -70), (-62, -26), (-58, 28), (-95, 150)])),
        ("Lončarska ulica", LineString([(180, -70), (95, -60), (58, -30), (64, 24), (60, 165)])),
        ("Cerkvena ulica", LineString([(90, -160), (70, -100), (95, -60)])),
        ("Mlinska ulica", LineString([(-180, 40), (-110, 60), (-78, 88)])),
    ]
    return [Road("lane", name, line) for name, line in lanes]


def _fill_town(rng: np.random.Generator, names: Iterator[str], laid: list[Road]) -> list[Road]:
    """Streets about 70 m apart in each quarter, with cross streets that do not line up."""
    taken = shapely.union_all([CORE, ESTATE, INDUSTRY, *(site.buffer(2) for site in SITES.values())])
    south = box(-3000, -3000, 3000, -690)
    waters = shapely.union_all([STREAM_LINE.buffer(11), BROOK_LINE.buffer(9)])
    free = shapely.difference(shapely.difference(TOWN, south), shapely.union(taken, waters))
    quarters = [
        (box(-800, 20, -8, 760), "u"),
        (box(8, 20, 800, 760), "v"),
        (box(-800, -720, -8, -20), "v"),
        (box(8, -720, 800, -20), "u"),
    ]
    streets: list[LineString] = []
    for quarter, axis in quarters:
        streets += _strips(rng, quarter, axis)
    major = shapely.union_all([road.line for road in laid if road.kind in ("main", "collector", "local")])
    parts = [part for line in streets for part in shapely.get_parts(shapely.intersection(line, free))]
    return [
        Road("residential", next(names, "Nova ulica"), part)
        for part in parts
        if part.geom_type == "LineString" and part.length > 45 and not _runs_along(part, major)
    ]


def _strips(rng: np.random.Generator, quarter: BaseGeometry, axis: str) -> list[LineString]:
    west, south, east, north = quarter.bounds
    low, high, first, last = (south, north, west, east) if axis == "u" else (west, east, south, north)
    at, lines = low + 52.0, []
    while at < high:
        lines.append([(first, at), (last, at)])
        across = first + rng.uniform(60, 160)
        depth = rng.uniform(66, 76)
        while across < last:
            lines.append([(across, at), (across, at + depth)])
            across += rng.uniform(150, 240)
        at += depth
    flipped = lines if axis == "u" else [[(y, x) for x, y in line] for line in lines]
    return [LineString(line) for line in flipped]


def _runs_along(line: LineString, major: BaseGeometry) -> bool:
    return shapely.intersection(line, major.buffer(30)).length > 0.55 * line.length


def _village_streets() -> list[Road]:
    roads = []
    for name, centre, reach in VILLAGES:
        far = reach * 0.8
        line = LineString(
            [
                (centre.x - far, centre.y - 0.45 * far),
                (centre.x, centre.y),
                (centre.x + 0.5 * far, centre.y + far),
            ]
        )
        roads.append(Road("lane", name, line))
    return roads


def _tracks(rng: np.random.Generator) -> list[Road]:
    kept_off = shapely.union_all([TOWN.buffer(20), *VILLAGE_SHAPES])
    rows = [_wavering(rng, np.linspace(-2800, 2800, 15), level) for level in np.arange(-2250, 2300, 300.0)]
    turned = [_wavering(rng, np.linspace(-2450, 2450, 13), level) for level in np.arange(-2600, 2700, 430.0)]
    columns = [LineString([(y, x) for x, y in line.coords]) for line in turned]
    lines = [*rows, *columns]
    free = shapely.difference(OUTLINE, kept_off)
    parts = shapely.get_parts(shapely.intersection(shapely.union_all(lines), free))
    return [Road("track", "", part) for part in parts if part.length > 60 and rng.random() > 0.27]


def _wavering(rng: np.random.Generator, along: np.ndarray, level: float) -> LineString:
    drift = np.cumsum(rng.normal(0, 24, len(along)))
    return LineString(np.column_stack([along, level + drift - drift.mean()]))
