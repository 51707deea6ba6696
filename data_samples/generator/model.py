"""The values that travel between the steps of the generator: roads, pieces of land, parcels, buildings.

All coordinates are metres in the local frame of the town: x east, y north, (0, 0) on the market square.
`place.ORIGIN` moves them to D96/TM when files are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from shapely.geometry import LineString, Point, Polygon
    from shapely.geometry.base import BaseGeometry

Numbers = np.ndarray[Any, np.dtype[np.float64]]
XY = tuple[float, float]

# Width of the road's parcel and of its surface, in metres, by kind; the first kind wins where roads cross.
ROAD_WIDTHS: dict[str, tuple[float, float]] = {
    "rail": (14.0, 4.5),
    "main": (12.0, 7.6),
    "collector": (10.0, 6.4),
    "local": (8.0, 5.4),
    "residential": (7.0, 5.0),
    "lane": (5.4, 4.2),
    "track": (4.2, 2.8),
}


@dataclass(frozen=True)
class Road:
    """One street, road, track or the railway, with its centre line after noding and pruning."""

    index: int
    kind: str
    name: str
    line: LineString
    built: bool = False


@dataclass(frozen=True)
class Piece:
    """Land of one use before the final noding; its block, and its road when it is road land, else -1."""

    shape: Polygon
    use: str
    block: int
    road: int = -1


@dataclass(frozen=True)
class Parcel:
    """A parcel of the clean coverage."""

    shape: Polygon
    use: str
    block: int
    road: int
    settlement: int
    number: str = ""


@dataclass(frozen=True)
class Building:
    """A building outline; only `main` ones carry an address, at `door`, inside the outline."""

    shape: Polygon
    kind: str
    parcel: int
    main: bool
    door: Point
    floors: int
    year: int
    road: int = -1


@dataclass(frozen=True)
class Address:
    """A house number at a building: in town along a street, in a village in the settlement itself."""

    building: int
    street: str
    number: int
    suffix: str
    settlement: int


@dataclass(frozen=True)
class Area:
    """One or more polygons with a class, a name and a note."""

    shape: BaseGeometry
    code: str
    name: str = ""
    note: str = ""
