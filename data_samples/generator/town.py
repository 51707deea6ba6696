"""The whole town, built step by step from one seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from data_samples.generator import acts, coverage, nature, numbering, utilities, zoning
from data_samples.generator.buildings import Builder
from data_samples.generator.land import Surveyor
from data_samples.generator.network import Network, build_network

if TYPE_CHECKING:
    from shapely.geometry import Polygon

    from data_samples.generator.acts import Act
    from data_samples.generator.model import Address, Area, Building, Parcel
    from data_samples.generator.utilities import Line
    from data_samples.generator.zoning import Zone


@dataclass(frozen=True)
class Town:
    """Everything the sources are written from, in local metres."""

    network: Network
    parcels: list[Parcel]
    buildings: list[Building]
    addresses: list[Address]
    zones: list[Zone]
    lines: dict[str, list[Line]]
    land_cover: list[Area]
    flood_zones: list[Area]
    protected_areas: list[Area]
    acts: list[Act]
    outline: Polygon
    settlements: list[Area]


def build_town(seed: int) -> Town:
    """The same town for the same seed."""
    rng = np.random.default_rng(seed)
    network = build_network(rng)
    built = Builder(network, rng).build(Surveyor(network, rng).survey())
    parcels = numbering.number_parcels(coverage.build_parcels(built.pieces), rng)
    buildings = _on_parcels(built.buildings, parcels)
    outline, settlements = nature.build_territories(parcels)
    return Town(
        network=network,
        parcels=parcels,
        buildings=buildings,
        addresses=numbering.number_houses(buildings, parcels, network, rng),
        zones=zoning.build_zones(parcels, network.roads),
        lines=utilities.build_lines(network, buildings, parcels, rng),
        land_cover=nature.build_land_cover(parcels),
        flood_zones=nature.build_flood_zones(),
        protected_areas=nature.build_protected_areas(),
        acts=acts.build_acts(),
        outline=outline,
        settlements=settlements,
    )


def _on_parcels(buildings: list[Building], parcels: list[Parcel]) -> list[Building]:
    """The buildings with the parcel each stands on; one that noding left across a border is dropped."""
    tree = shapely.STRtree([parcel.shape for parcel in parcels])
    placed = []
    for building in buildings:
        found = tree.query(building.shape, predicate="within")
        if len(found) == 1:
            placed.append(replace(building, parcel=int(found[0])))
    return placed
