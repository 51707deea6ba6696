"""D96/TM or D48/GK: the same numbers, 611 m apart, and both look plausible.

Both readings are held against the area of the municipality. A layer that reaches the border somewhere tells
which one is right; a layer well inside tells nothing, and then it is said that nothing tells.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import shapely
from pyproj.exceptions import ProjError

from gis import crs

Verdict = Literal["fits", "other", "undecided"]
OTHER = {crs.D96: crs.D48, crs.D48: crs.D96}
_LIMIT = 20_000
# A reading is ruled out when this share of the places lies outside, and a quarter of it in the other reading.
_SHARE = 0.02
_RATIO = 0.25


class Places:
    """An even choice of places that go by, at most 20,000: every one, then every second, every fourth, …"""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._stride = 1
        self._seen = 0
        self._kept = np.empty((0, 2))

    def look(self, x: Any, y: Any) -> None:
        """Take note of places, in the source's own numbers."""
        places = np.column_stack([x, y])
        chosen = (self._seen + np.arange(len(places))) % self._stride == 0
        self._seen += len(places)
        self._kept = np.concatenate([self._kept, places[chosen]])
        while len(self._kept) > self._limit:
            self._kept = self._kept[::2]
            self._stride *= 2

    def chosen(self) -> Any:
        """The places as rows of x, y."""
        return self._kept


def judge_datum(places: Any, read_as: int, area: Any) -> Verdict:
    """Hold places (rows of x, y in the source's numbers) against a polygon in D96/TM, read both ways.

    `fits`: only the reading as `read_as` (EPSG:3794 or 3912) keeps them inside; `other`: only the other one.
    """
    if not len(places):
        return "undecided"
    now, otherwise = (_share_outside(places, srid, area) for srid in (read_as, OTHER[read_as]))
    if otherwise >= _SHARE and now <= _RATIO * otherwise:
        return "fits"
    if now >= _SHARE and otherwise <= _RATIO * now:
        return "other"
    return "undecided"


def find_area(boundary_wkt: str | None, outline: tuple[float, float, float, float]) -> Any:
    """The municipality as a prepared polygon in the portal's CRS: its boundary, or the outline without one."""
    area = shapely.from_wkt(boundary_wkt) if boundary_wkt else shapely.box(*outline)
    shapely.prepare(area)
    return area


def _share_outside(places: Any, srid: int, area: Any) -> float:
    try:
        x, y = crs.transform(srid, crs.D96, places[:, 0], places[:, 1])
    except ProjError:
        return 1.0
    return float((~shapely.contains_xy(area, x, y)).mean())
