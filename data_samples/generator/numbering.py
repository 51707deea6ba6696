"""Parcel numbers the Slovenian way, and house numbers along streets and through villages.

Stems run block by block; a divided stem gives 123/1, 123/2; parcels under old buildings form a series of
their own with an asterisk: *45 and 45 are different parcels.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from data_samples.generator import place
from data_samples.generator.model import Address, Building, Parcel

if TYPE_CHECKING:
    from shapely.geometry import LineString

    from data_samples.generator.network import Network


def number_parcels(parcels: list[Parcel], rng: np.random.Generator) -> list[Parcel]:
    """The parcels with numbers that are unique within their cadastral municipality."""
    by_ko: dict[int, list[int]] = defaultdict(list)
    for index, parcel in enumerate(parcels):
        by_ko[place.SETTLEMENTS[parcel.settlement].ko].append(index)
    numbered = list(parcels)
    for _, members in sorted(by_ko.items()):
        middle = _middles(parcels, members)
        plots = [i for i in members if parcels[i].use.endswith("-plot")]
        for count, index in enumerate(sorted(plots, key=lambda i: _serpentine(middle[i])), start=1):
            numbered[index] = replace(parcels[index], number=f"*{count}")
        others = [i for i in members if not parcels[i].use.endswith("-plot")]
        _number_stems(numbered, others, middle, rng)
    return numbered


def _middles(parcels: list[Parcel], members: list[int]) -> dict[int, tuple[float, float]]:
    """Where each block of the members begins, so that a block is numbered through at once."""
    by_block: dict[int, list[int]] = defaultdict(list)
    for index in members:
        key = parcels[index].block if parcels[index].block >= 0 else -1 - index
        by_block[key].append(index)
    middle = {}
    for group in by_block.values():
        centres = shapely.get_coordinates(shapely.centroid([parcels[i].shape for i in group]))
        middle.update(dict.fromkeys(group, tuple(centres.mean(axis=0))))
    return middle


def _serpentine(point: tuple[float, float]) -> tuple[int, float]:
    row = int((point[1] + 3000) // 300)
    return (row, point[0] if row % 2 == 0 else -point[0])


def _number_stems(
    numbered: list[Parcel], members: list[int], middle: dict[int, tuple[float, float]], rng: np.random.Generator
) -> None:
    lots = [i for i in members if numbered[i].block >= 0]
    ways = [i for i in members if numbered[i].block < 0]
    lots.sort(key=lambda i: (*_serpentine(middle[i]), numbered[i].block, numbered[i].shape.centroid.x))
    ways.sort(key=lambda i: _serpentine(middle[i]))
    stem, place_in_list = 0, 0
    while place_in_list < len(lots):
        stem += 1 + int(rng.random() < 0.04)
        first = lots[place_in_list]
        share = int(rng.choice([1, 2, 3, 4, 5, 7], p=[0.42, 0.22, 0.14, 0.1, 0.07, 0.05]))
        same = [
            i for i in lots[place_in_list : place_in_list + share] if numbered[i].block == numbered[first].block
        ]
        for part, index in enumerate(same, start=1):
            number = str(stem) if len(same) == 1 else f"{stem}/{part}"
            numbered[index] = replace(numbered[index], number=number)
        place_in_list += len(same)
    stem = (stem // 50 + 1) * 50
    for count, index in enumerate(ways, start=1):
        numbered[index] = replace(numbered[index], number=f"{stem + (count - 1) // 9}/{(count - 1) % 9 + 1}")


def number_houses(
    buildings: list[Building], parcels: list[Parcel], network: Network, rng: np.random.Generator
) -> list[Address]:
    """Addresses of main buildings: odd numbers left of the street, even ones right, some with a letter."""
    by_street: dict[tuple[str, int], list[int]] = defaultdict(list)
    villagers: dict[int, list[int]] = defaultdict(list)
    for index, building in enumerate(buildings):
        if not building.main or building.parcel < 0:
            continue
        settlement = parcels[building.parcel].settlement
        street = network.roads[building.road].name if building.road >= 0 else ""
        if settlement == 0:
            by_street[(street or _nearest_street(building, network), settlement)].append(index)
        else:
            villagers[settlement].append(index)
    addresses: list[Address] = []
    for (street, settlement), members in sorted(by_street.items()):
        addresses += _along_street(street, settlement, members, buildings, network, rng)
    for settlement, members in sorted(villagers.items()):
        addresses += _through_village(settlement, members, buildings, rng)
    return addresses


def _nearest_street(building: Building, network: Network) -> str:
    named = [road for road in network.roads if road.name and road.kind != "rail"]
    return min(named, key=lambda road: road.line.distance(building.door)).name


def _along_street(
    street: str,
    settlement: int,
    members: list[int],
    buildings: list[Building],
    network: Network,
    rng: np.random.Generator,
) -> list[Address]:
    lines = [road.line for road in network.roads if road.name == street]
    sides: dict[int, list[tuple[float, int]]] = {1: [], 2: []}
    for index in members:
        along, left = _position(lines, buildings[index])
        sides[1 if left else 2].append((along, index))
    addresses: list[Address] = []
    for first, ordered in sides.items():
        number = first - 2
        for _, index in sorted(ordered):
            lettered = number > 0 and rng.random() < 0.05
            if not lettered:
                number += 2 if rng.random() > 0.04 else 4
            used = sum(1 for each in addresses if each.number == number)
            suffix = "abcdefghij"[used - 1] if used else ""
            addresses.append(Address(index, street, number, suffix, settlement))
    return addresses


def _position(lines: list[LineString], building: Building) -> tuple[float, bool]:
    before = 0.0
    nearest = min(range(len(lines)), key=lambda i: lines[i].distance(building.door))
    before = sum(line.length for line in lines[:nearest])
    line = lines[nearest]
    along = line.project(building.door)
    a = np.array(line.interpolate(max(along - 3, 0)).coords[0])
    b = np.array(line.interpolate(along + 3).coords[0])
    door = np.array(building.door.coords[0])
    left = (b[0] - a[0]) * (door[1] - a[1]) - (b[1] - a[1]) * (door[0] - a[0]) > 0
    return before + along, bool(left)


def _through_village(
    settlement: int, members: list[int], buildings: list[Building], rng: np.random.Generator
) -> list[Address]:
    """Numbers in the order the houses were built, roughly neighbour by neighbour."""
    left = sorted(members, key=lambda i: (buildings[i].door.x, buildings[i].door.y))
    here, number = left[len(left) // 2], 0
    addresses: list[Address] = []
    while left:
        nearest = min(left, key=lambda i: (buildings[i].door.distance(buildings[here].door), i))
        left.remove(nearest)
        here = nearest
        suffix = "a" if number and rng.random() < 0.06 and not addresses[-1].suffix else ""
        number += 0 if suffix else 1
        addresses.append(Address(here, "", number, suffix, settlement))
    return addresses
