"""Made-up utility lines as a GeoPackage; the parcels are those of `benchmarks.parcels`.

Lines of two to nine corners run along the streets between the parcels. The same count makes the same lines.
"""

from __future__ import annotations

import csv
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from benchmarks.parcels import CORNER, LOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_COLUMNS = {"EID_LINIJA": "String(18)", "VRSTA": "String(30)", "DIM_YX": "Integer"}
_KINDS = ("vodovod", "kanalizacija", "elektrika do 1 kV", "elektrika 1-20 kV", "plin", "telekomunikacije")
_CORNERS = (2, 3, 4, 6, 9)
_STEP_METRES = 11.0
_ROWS_AT_ONCE = 50_000


def write_lines(path: Path, count: int, side_lots: int) -> None:
    """A GeoPackage with so many lines over a square of `side_lots` × `side_lots` parcels, EPSG:3794."""
    table = path.with_suffix(".csv")
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*_COLUMNS, "WKT"])
        writer.writerows(build_lines(count, side_lots))
    table.with_suffix(".csvt").write_text(",".join([*_COLUMNS.values(), "String"]), encoding="ascii")
    reading = ["-oo", "GEOM_POSSIBLE_NAMES=WKT", "-oo", "KEEP_GEOM_COLUMNS=NO"]
    writing = ["-nln", "vodi", "-nlt", "LINESTRING", "-a_srs", "EPSG:3794"]
    subprocess.run(["ogr2ogr", "-f", "GPKG", str(path), str(table), *reading, *writing], check=True)  # noqa: S603, S607
    table.unlink()
    table.with_suffix(".csvt").unlink()


def build_lines(count: int, side_lots: int) -> Iterator[list[Any]]:
    """The columns and the WKT of each line."""
    dice = np.random.default_rng(3)
    size = np.array([side_lots * LOT[0], side_lots * LOT[1]])
    for begin in range(0, count, _ROWS_AT_ONCE):
        wanted = min(_ROWS_AT_ONCE, count - begin)
        starts = np.array(CORNER) + dice.uniform(0, 1, (wanted, 2)) * size
        corners = dice.choice(_CORNERS, wanted)
        shapes = [_walk(dice, start, int(each)) for start, each in zip(starts, corners, strict=True)]
        for place, wkt in enumerate(shapely.to_wkt(shapes), start=begin):
            yield [f"2001{place:014d}", _KINDS[place % len(_KINDS)], 25 * (1 + place % 24), wkt]


def _walk(dice: np.random.Generator, start: NDArray[np.float64], corners: int) -> shapely.LineString:
    """A line that mostly keeps its direction, as pipes do."""
    turns = np.cumsum(dice.normal(0, 0.35, corners - 1)) + dice.uniform(0, 2 * np.pi)
    steps = _STEP_METRES * dice.uniform(0.3, 2.0, corners - 1)
    moves = np.stack([np.cos(turns), np.sin(turns)], axis=1) * steps[:, None]
    points = np.vstack([start, start + np.cumsum(moves, axis=0)])
    return shapely.LineString(np.round(points, 3))
