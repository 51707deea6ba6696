"""Zoning that follows the parcels of an older cadastre, so that shares come out as 99.7 and 0.3 percent.

The plan was drawn on boundaries that have since been measured better: in the north and east its lines lie a
few decimetres beside the parcels'.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from data_samples.generator.frame import polygons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.values import Parcel, Road

# Code of detailed use (NRP) by what the parcel is used for; PŽ, PC and so on as in the rulebook on plans.
_CODES = {
    "residential": "SS",
    "core": "CU",
    "village": "SK",
    "estate": "SSv",
    "industry": "IG",
    "school": "CDi",
    "kindergarten": "CDi",
    "health": "CDz",
    "shop": "BD",
    "sports": "ZS",
    "park": "ZP",
    "cemetery": "ZK",
    "wastewater": "O",
    "green": "SS",
    "rail": "PŽ",
    "water": "VC",
    "field": "K1",
    "meadow": "K2",
    "forest": "G",
}
NAMES = {
    "SS": "stanovanjske površine",
    "SSv": "stanovanjske površine, večstanovanjske stavbe",
    "SB": "stanovanjske površine za posebne namene",
    "CU": "osrednja območja centralnih dejavnosti",
    "SK": "površine podeželskega naselja",
    "IG": "gospodarske cone",
    "IP": "površine za industrijo",
    "CDi": "druga območja centralnih dejavnosti, izobraževanje",
    "CDz": "druga območja centralnih dejavnosti, zdravstvo",
    "BD": "površine drugih območij",
    "ZS": "površine za oddih, rekreacijo in šport",
    "ZP": "parki",
    "ZK": "pokopališča",
    "O": "območja okoljske infrastrukture",
    "PC": "površine cest",
    "PŽ": "površine železnic",
    "VC": "površinske celinske vode",
    "K1": "najboljša kmetijska zemljišča",
    "K2": "druga kmetijska zemljišča",
    "G": "gozdna zemljišča",
}
# Highest site coverage (FZ), floor area ratio (FI) and height in metres; 0 stands for unknown.
_CONDITIONS = {
    "SS": (0.4, 0.0, 9.5),
    "SSv": (0.4, 1.2, 20),
    "CU": (0.7, 2.0, 14),
    "SK": (0.4, 0, 8.5),
    "IG": (0.6, 0, 16),
}
_PREFIXES = {
    "Jelšnica": "JE",
    "Brezovščina": "BR",
    "Javorščica": "JA",
    "Zalipje": "ZA",
    "Rečičje": "RE",
    "Vrbovščica": "VR",
    "Lužnica": "LU",
    "Žabnik": "ŽA",
}


@dataclass(frozen=True)
class Zone:
    """One polygon of detailed use (NRP) in its planning unit (EUP)."""

    shape: BaseGeometry
    eup: str
    code: str
    name: str
    coverage: float
    ratio: float
    height: float


def build_zones(parcels: Sequence[Parcel], roads: Sequence[Road]) -> list[Zone]:
    """Zones of the whole municipality, dissolved from parcels and then drawn a little beside them."""
    groups: dict[tuple[str, str, int, int], list[Polygon]] = defaultdict(list)
    for parcel in parcels:
        code = _code(parcel, roads)
        column, row = _unit(parcel, code)
        groups[(parcel.settlement, code, column, row)].append(parcel.ground)
    zones = []
    numbers: dict[str, int] = defaultdict(int)
    for (settlement, code, _, _), shapes in sorted(groups.items(), key=lambda item: item[0]):
        prefix = _PREFIXES[settlement]
        dissolved = shapely.coverage_union_all(shapes)
        for part in sorted(polygons(dissolved, 5), key=lambda each: each.bounds):
            numbers[prefix] += 1
            coverage, ratio, height = _CONDITIONS.get(code, (0.0, 0.0, 0.0))
            unit = f"{prefix}-{numbers[prefix]:02d}"
            shape = shapely.make_valid(shapely.transform(part, _as_drawn), method="structure")
            zones.append(Zone(shape, unit, code, NAMES[code], coverage, ratio, height))
    return zones


def _code(parcel: Parcel, roads: Sequence[Road]) -> str:
    if parcel.use == "road":
        return _road_code(parcel, roads[parcel.road].kind)
    x, y = shapely.get_coordinates(parcel.plane.representative_point())[0]
    if parcel.use == "residential" and x > 560 and y > 330:
        return "SB"
    if parcel.use == "industry" and x > 560:
        return "IP"
    if parcel.use in ("field", "meadow"):
        return _farmland(x, y)
    return _CODES[parcel.use]


def _road_code(parcel: Parcel, kind: str) -> str:
    if kind in ("main", "collector", "local"):
        return "PC"
    if kind == "track":
        return _farmland(*shapely.get_coordinates(parcel.plane.representative_point())[0])
    if parcel.settlement != "Jelšnica":
        return "SK"
    return "CU" if kind == "lane" else "SS"


def _farmland(x: float, y: float) -> str:
    """The best soil lies in the plain, south and east."""
    return "K1" if np.sin(x / 600) - y / 900 + 0.4 * np.sin(y / 310) > -0.35 else "K2"


def _unit(parcel: Parcel, code: str) -> tuple[int, int]:
    """Planning units of the town and of open land are cut by size; PC and waters are units of their own."""
    x, y = shapely.get_coordinates(parcel.plane.representative_point())[0]
    size = {"SS": 420.0, "CU": 1000.0, "PC": 1500.0}.get(code, 900.0)
    return int(np.floor(x / size)), int(np.floor(y / size))


def _as_drawn(points: Any) -> Any:
    """The lines as the plan has them: up to 0.6 m beside the cadastre in the north and east."""
    e, n = points[:, 0], points[:, 1]
    strength = np.clip(((e - 555_900) + (n - 142_400)) / 1500 + 0.35, 0, 1)
    moved = np.column_stack([e + 0.42 * strength * np.sin(n / 37 + 1), n + 0.4 * strength * np.sin(e / 43)])
    return np.round(moved, 2)
