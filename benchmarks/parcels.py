"""Made-up parcels as a GeoPackage, for benchmarks: `python -m benchmarks.parcels FILE COUNT`.

Lots of six corners that share their borders to the last digit, shuffled, with the columns of a cadastre. Twenty
of them cross themselves. The same count makes the same parcels. ogr2ogr writes the file, as a provider would.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

CORNER = (480000.0, 130000.0)
LOT = (24.0, 30.0)
INVALID = 20
COLUMNS = {
    "KO_ID": "Integer",
    "ST_PARCELE": "String(20)",
    "EID_PARCELA": "String(18)",
    "POVRSINA": "Integer",
    "RABA": "String(60)",
    "VIR": "String(10)",
    "DATUM_SPR": "Date",
    "BONITETA": "Real",
}
_USES = ("njiva", "travnik", "gozd", "pozidano zemljišče", "vinograd", "kmetijsko zemljišče v zaraščanju")
_ROWS_AT_ONCE = 50_000


def write_parcels(path: Path, count: int) -> None:
    """A GeoPackage with so many parcels in layer `parcele`, EPSG:3794."""
    table = path.with_suffix(".csv")
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "WKT"])
        for row in build_rows(count):
            writer.writerow(row)
    kinds = ",".join([*COLUMNS.values(), "String"])
    table.with_suffix(".csvt").write_text(kinds, encoding="ascii")
    reading = ["-oo", "GEOM_POSSIBLE_NAMES=WKT", "-oo", "KEEP_GEOM_COLUMNS=NO"]
    writing = ["-nln", "parcele", "-nlt", "POLYGON", "-a_srs", "EPSG:3794"]
    subprocess.run(["ogr2ogr", "-f", "GPKG", str(path), str(table), *reading, *writing], check=True)  # noqa: S603, S607
    table.unlink()
    table.with_suffix(".csvt").unlink()


def side_of(count: int) -> int:
    """Lots per row and column of the square that holds so many."""
    return int(np.ceil(count**0.5))


def build_rows(count: int) -> Iterator[list[Any]]:
    """The columns and the WKT of each parcel."""
    places = np.random.default_rng(1).permutation(count)
    corners = _corners(side_of(count))
    for begin in range(0, count, _ROWS_AT_ONCE):
        here = places[begin : begin + _ROWS_AT_ONCE]
        rings = _rings(corners, here, side_of(count))
        crossed = np.flatnonzero(here % max(count // INVALID, 1) == 0)
        rings[crossed] = rings[crossed][:, [0, 1, 3, 2, 4, 5, 0]]
        shapes = shapely.polygons(rings)
        for place, area, wkt in zip(
            here.tolist(), shapely.area(shapes).tolist(), shapely.to_wkt(shapes), strict=True
        ):
            yield [*_describe(place, area), wkt]


def _describe(place: int, area: float) -> list[Any]:
    in_ko, ko = place % 3000, 900 + place // 3000
    number = f"{in_ko // 7 + 1}/{in_ko % 7}" if in_ko % 7 else str(in_ko // 7 + 1)
    changed = date(2005, 1, 1) + timedelta(days=place * 7919 % 7000)
    rating = "" if place % 3 else f"{place % 100 + 0.5}"
    return [ko, number, f"1001{place:014d}", round(area), _USES[place % 6], "ZKN", changed.isoformat(), rating]


def _corners(side: int) -> Any:
    """Points of a lattice, twice as fine from west to east, each moved a little and rounded to a millimetre."""
    x, y = np.meshgrid(np.arange(2 * side + 1) * LOT[0] / 2, np.arange(side + 1) * LOT[1])
    noise = np.random.default_rng(2).uniform(-2, 2, (2, *x.shape))
    return np.round(np.stack([x + CORNER[0], y + CORNER[1]]) + noise, 3)


def _rings(corners: Any, places: Any, side: int) -> Any:
    row, column = np.divmod(places, side)
    steps = [(0, 0), (0, 1), (0, 2), (1, 2), (1, 1), (1, 0), (0, 0)]
    return np.stack([corners[:, row + up, 2 * column + across].T for up, across in steps], axis=1)


if __name__ == "__main__":
    write_parcels(Path(sys.argv[1]), int(sys.argv[2]))
