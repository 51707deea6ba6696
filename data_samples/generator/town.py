"""The whole town, built step by step from one seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data_samples.generator import buildings, land, nature, parcels, streets, utilities, zoning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry import Polygon

    from data_samples.generator.nature import Area
    from data_samples.generator.utilities import Line
    from data_samples.generator.values import Address, Building, Parcel, Road
    from data_samples.generator.zoning import Zone

NETWORKS = ("water", "sewer", "electricity", "gas", "heating", "telecom")


@dataclass(frozen=True)
class Town:
    """Everything the sources are written from; shapes marked ground are D96/TM (EPSG:3794)."""

    roads: Sequence[Road]
    parcels: Sequence[Parcel]
    buildings: Sequence[Building]
    addresses: Sequence[Address]
    zones: Sequence[Zone]
    lines: Mapping[str, Sequence[Line]]
    land_cover: Sequence[Area]
    flood_zones: Sequence[Area]
    protected_areas: Sequence[Area]
    outline: Polygon
    settlements: Sequence[Area]


def build_town(seed: int) -> Town:
    """The same town for the same seed."""
    rng = np.random.default_rng(seed)
    roads = streets.lay_roads(rng)
    land_parcels = parcels.build_parcels(rng, land.divide(rng, roads))
    houses = buildings.build_buildings(rng, land_parcels, roads)
    outline, settlements = nature.build_territories(land_parcels)
    return Town(
        roads=roads,
        parcels=land_parcels,
        buildings=houses,
        addresses=buildings.number_houses(houses, land_parcels, roads),
        zones=zoning.build_zones(land_parcels, roads),
        lines={name: utilities.build_lines(rng, name, roads, houses, land_parcels) for name in NETWORKS},
        land_cover=nature.build_land_cover(land_parcels),
        flood_zones=nature.build_flood_zones(),
        protected_areas=nature.build_protected_areas(),
        outline=outline,
        settlements=settlements,
    )
