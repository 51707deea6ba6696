"""An envelope: any west-south-east-north box in a stated CRS.

Pure numbers; transforming one between CRSs is in `gis.crs`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Envelope:
    """West, south, east, north in units of the CRS with this SRID (x east, y north)."""

    west: float
    south: float
    east: float
    north: float
    srid: int

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, self.bounds)):
            msg = f"an envelope needs finite numbers, got {self.bounds}"
            raise ValueError(msg)
        if self.west > self.east or self.south > self.north:
            msg = f"an envelope needs west <= east and south <= north, got {self.bounds}"
            raise ValueError(msg)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """The four numbers west, south, east, north."""
        return (self.west, self.south, self.east, self.north)

    @property
    def width(self) -> float:
        """East minus west."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """North minus south."""
        return self.north - self.south

    @property
    def centre(self) -> tuple[float, float]:
        """The middle, x and y."""
        return ((self.west + self.east) / 2, (self.south + self.north) / 2)

    def grown(self, margin: float) -> Envelope:
        """The same box with `margin` units more on each side."""
        return Envelope(
            self.west - margin,
            self.south - margin,
            self.east + margin,
            self.north + margin,
            self.srid,
        )

    def intersects(self, other: Envelope) -> bool:
        """True when the two boxes share at least a point; both must be in one CRS."""
        self._check_same_crs(other)
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.south <= other.north
            and other.south <= self.north
        )

    def contains(self, x: float, y: float) -> bool:
        """True when the point lies in the box or on its edge."""
        return self.west <= x <= self.east and self.south <= y <= self.north

    def united(self, other: Envelope) -> Envelope:
        """The smallest box that holds both; both must be in one CRS."""
        self._check_same_crs(other)
        return Envelope(
            min(self.west, other.west),
            min(self.south, other.south),
            max(self.east, other.east),
            max(self.north, other.north),
            self.srid,
        )

    def _check_same_crs(self, other: Envelope) -> None:
        if self.srid != other.srid:
            msg = f"envelopes in different CRSs: {self.srid} and {other.srid}"
            raise ValueError(msg)
