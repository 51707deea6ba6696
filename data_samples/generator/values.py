"""The values that travel between the steps of the generator. `plane` shapes are u, v; `ground` is D96/TM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry import LineString, Point, Polygon

# Width of the land a road takes and of its surface, in metres. The first kind wins where roads cross.
ROAD_WIDTHS: dict[str, tuple[float, float]] = {
    "rail": (14.0, 4.0),
    "main": (12.0, 7.6),
    "collector": (10.0, 6.4),
    "local": (8.0, 5.4),
    "residential": (7.0, 5.2),
    "lane": (5.0, 4.0),
    "track": (4.0, 2.8),
}


@dataclass(frozen=True)
class Road:
    """One road in the plane."""

    kind: str
    name: str
    line: LineString


@dataclass(frozen=True)
class Piece:
    """Land of one use in the plane, before outlines are noded; `road` is an index for road land, else -1."""

    shape: Polygon
    use: str
    road: int = -1


@dataclass(frozen=True)
class Parcel:
    """A parcel of the finished coverage."""

    plane: Polygon
    ground: Polygon
    use: str
    road: int
    ko: int
    settlement: str
    number: str = ""


@dataclass(frozen=True)
class Building:
    """A building on the parcel with this index; only `main` ones have an address."""

    ground: Polygon
    kind: str
    parcel: int
    main: bool
    floors: int
    year: int


@dataclass(frozen=True)
class Address:
    """A house number at its building."""

    point: Point
    street: str
    number: int
    suffix: str
    settlement: str
    building: int
    road: int
