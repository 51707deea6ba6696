"""The municipal spatial plan: planning units (EUP) with detailed land use (NRP), one polygon for each part.

Units follow the parcels of the day the plan was drawn. Since then part of the cadastre has been surveyed
anew, so in the north and east lines lie up to 0.6 m beside the parcels, as in real municipalities.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from data_samples.generator import place, plan
from data_samples.generator.cutting import polygons

if TYPE_CHECKING:
    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.model import Numbers, Parcel, Road

NAMES = {
    "SS": "stanovanjske površine",
    "SSe": "stanovanjske površine – eno in dvostanovanjske stavbe",
    "SSv": "stanovanjske površine – večstanovanjske stavbe",
    "SK": "površine podeželskega naselja",
    "CU": "osrednja območja centralnih dejavnosti",
    "CD": "druga območja centralnih dejavnosti",
    "CDi": "druga območja centralnih dejavnosti – izobraževanje",
    "CDz": "druga območja centralnih dejavnosti – zdravstvo",
    "CDv": "druga območja centralnih dejavnosti – verski objekti",
    "BD": "površine drugih območij",
    "IP": "površine za industrijo",
    "IG": "gospodarske cone",
    "ZS": "površine za oddih, rekreacijo in šport",
    "ZP": "parki",
    "ZD": "druge urejene zelene površine",
    "ZK": "pokopališča",
    "PC": "površine cest",
    "PŽ": "površine železnic",
    "E": "območja energetske infrastrukture",
    "O": "območja okoljske infrastrukture",
    "A": "površine razpršene poselitve",
    "K1": "najboljša kmetijska zemljišča",
    "K2": "druga kmetijska zemljišča",
    "G": "gozdna zemljišča",
    "VC": "površinske celinske vode",
}
# FZ_MAX, FI_MAX and greatest height; what is not here is 0, which means unknown.
_CONDITIONS = {
    "SSe": (0.4, 0.0, 9.5),
    "SSv": (0.35, 1.6, 19.0),
    "CU": (0.7, 1.8, 12.5),
    "SK": (0.4, 0.0, 10.0),
    "IP": (0.6, 0.0, 15.0),
    "IG": (0.6, 1.2, 0.0),
    "CDi": (0.5, 0.0, 0.0),
    "BD": (0.5, 0.9, 0.0),
}
_CODES = {
    "core": "CU",
    "house": "SSe",
    "block": "SSv",
    "estate-green": "SSv",
    "village": "SK",
    "farm": "A",
    "church": "CDv",
    "school": "CDi",
    "kindergarten": "CDi",
    "health": "CDz",
    "fire": "CD",
    "station": "PŽ",
    "rail": "PŽ",
    "shop": "BD",
    "sports": "ZS",
    "park": "ZP",
    "cemetery": "ZK",
    "green": "ZD",
    "wastewater": "O",
    "substation": "E",
    "heatplant": "E",
    "forest": "G",
    "water": "VC",
}
# Parts of one code closer together than this belong to one planning unit.
_UNIT_SIZE = {"SSe": 380.0, "CU": 600.0, "PC": 900.0, "K1": 1100.0, "K2": 1100.0, "G": 1300.0}


@dataclass(frozen=True)
class Zone:
    """One polygon of the plan; numbers of 0 are unknown."""

    shape: Polygon
    eup: str
    code: str
    coverage: float
    ratio: float
    height: float


def build_zones(parcels: list[Parcel], roads: tuple[Road, ...]) -> list[Zone]:
    """The plan of the whole municipality, drawn from the parcels."""
    codes = _settle_side_streets(parcels, [_code(parcel, roads) for parcel in parcels])
    groups: dict[tuple[int, str, int, int], list[Polygon]] = defaultdict(list)
    for parcel, code in zip(parcels, codes, strict=True):
        size = _UNIT_SIZE.get(code, 700.0)
        middle = parcel.shape.centroid
        groups[(parcel.settlement, code, int(middle.x // size), int(middle.y // size))].append(parcel.shape)
    zones = []
    units: dict[int, int] = defaultdict(int)
    for (settlement, code, _, _), shapes in sorted(groups.items(), key=lambda item: item[0]):
        units[settlement] += 1
        parts = polygons(shapely.coverage_union_all(shapes))
        for number, part in enumerate(parts, start=1):
            unit = f"{place.SETTLEMENTS[settlement].prefix}-{units[settlement]:02d}"
            eup = unit if len(parts) == 1 else f"{unit}/{number}"
            zones.append(Zone(_as_drawn(part), eup, code, *_CONDITIONS.get(code, (0.0, 0.0, 0.0))))
    return zones


def _code(parcel: Parcel, roads: tuple[Road, ...]) -> str:
    use = parcel.use.removesuffix("-plot")
    if use.startswith("road-"):
        return _road_code(parcel, roads[parcel.road].kind)
    if use == "industry":
        return "IP" if parcel.shape.centroid.x > 0 else "IG"
    if use in ("garden", "meadow", "orchard", "arable"):
        return _open_code(parcel, use)
    return _CODES[use]


def _road_code(parcel: Parcel, kind: str) -> str:
    if kind in ("main", "collector", "local"):
        return "PC"
    return "" if kind in ("residential", "lane") else _farmland(parcel)


def _open_code(parcel: Parcel, use: str) -> str:
    spot = parcel.shape.representative_point()
    if plan.CORE.contains(spot):
        return "CU"
    if use == "garden":
        return "SSe" if parcel.settlement == 0 else "SK"
    if plan.TOWN.buffer(-40).contains(spot):
        return "ZD"
    return _farmland(parcel)


def _farmland(parcel: Parcel) -> str:
    """The best soil lies in the plain, south and east."""
    middle = parcel.shape.centroid
    best = np.sin(middle.x / 600) - middle.y / 900 + 0.4 * np.sin(middle.y / 310) > -0.35
    return "K1" if best else "K2"


def _settle_side_streets(parcels: list[Parcel], codes: list[str]) -> list[str]:
    """Side streets lie in the unit of the houses along them: the code they share the longest border with."""
    tree = shapely.STRtree([parcel.shape for parcel in parcels])
    settled = list(codes)
    for index, parcel in enumerate(parcels):
        if codes[index]:
            continue
        shared: dict[str, float] = defaultdict(float)
        for other in tree.query(parcel.shape, predicate="intersects"):
            if codes[other] not in ("", "PC"):
                line = shapely.intersection(parcel.shape.boundary, parcels[other].shape.boundary)
                shared[codes[other]] += float(line.length)
        settled[index] = max(sorted(shared), key=lambda code: shared[code], default="SSe")
    return settled


def _as_drawn(shape: BaseGeometry) -> Polygon:
    """The polygon as the plan has it; the whole plan is moved by one smooth field, so it stays a coverage."""
    moved = shapely.transform(shape, _displaced)
    return max(polygons(moved if moved.is_valid else shapely.make_valid(moved)), key=lambda p: p.area)


def _displaced(points: Numbers) -> Numbers:
    x, y = points[:, 0], points[:, 1]
    strength = np.clip((x + y) / 1300 + 0.15, 0, 1)
    east = strength * (0.34 * np.sin(y / 173 + 1) + 0.2 * np.sin(x / 67))
    north = strength * (0.36 * np.sin(x / 191) + 0.18 * np.cos(y / 59 + 2))
    return np.asarray(np.column_stack([x + east, y + north]).round(2), dtype=np.float64)
