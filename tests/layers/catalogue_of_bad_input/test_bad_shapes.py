"""Rows 50, 51, 55 to 57 of the catalogue of bad input: shapes of another kind, and shapes without measure."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.database

WEST, SOUTH = 502_000, 135_000


def tangle(corners: int) -> Any:
    """A ring through random corners, which crosses itself at almost every edge."""
    places = np.random.default_rng(corners).uniform((WEST, SOUTH), (WEST + 900, SOUTH + 900), (corners, 2))
    return shapely.Polygon(places)


def star(corners: int) -> Any:
    """A valid ring of many corners."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    reach = 2000 + 20 * np.sin(turn * 50)
    return shapely.Polygon(
        np.column_stack([WEST + 3000 + reach * np.cos(turn), SOUTH + 3000 + reach * np.sin(turn)])
    )


def pierced(across: int) -> Any:
    """A square with a grid of square holes."""
    size = across * 4
    holes = [
        shapely.box(WEST + 1 + 4 * x, SOUTH + 1 + 4 * y, WEST + 3 + 4 * x, SOUTH + 3 + 4 * y).exterior
        for x in range(across)
        for y in range(across)
    ]
    return shapely.Polygon(shapely.box(WEST, SOUTH, WEST + size, SOUTH + size).exterior, holes)


def tiny(count: int) -> list[Any]:
    """Squares of 10 cm, a metre apart."""
    across = int(count**0.5) + 1
    places = np.array([(WEST + n % across, SOUTH + n // across) for n in range(count)], dtype=float)
    return list(shapely.box(places[:, 0], places[:, 1], places[:, 0] + 0.1, places[:, 1] + 0.1))


def test_row_50_other_kinds(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], refused: Callable[..., str]
) -> None:
    """row 50: a point among polygons is named, with what the manifest says."""
    path = write(tmp_path / "a.gpkg", [*squares(2), shapely.Point(WEST, SOUTH)], kind="Unknown")

    assert "Feature 3 is a Point, but the manifest says kind = 'polygon'" in refused(path)


def test_row_50_single_and_multiple(
    tmp_path: Path,
    write: Callable[..., Path],
    squares: Callable[..., list[Any]],
    accepted: Callable[..., Any],
    stored: Callable[..., Any],
) -> None:
    """row 50: Polygon and MultiPolygon side by side are one kind, counted each."""
    shapes = [*squares(2), shapely.MultiPolygon(squares(5)[3:])]

    report = accepted(write(tmp_path / "a.gpkg", shapes, kind="Unknown"))

    assert report.quality.geometry_types == {"Polygon": 2, "MultiPolygon": 1}
    assert [row["_geom"].area for row in stored(report)] == [1600, 1600, 3200]


def test_row_51_collections(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], refused: Callable[..., str]
) -> None:
    """row 51: which part of a collection is meant is not guessed."""
    mixed = shapely.GeometryCollection([squares(1)[0], shapely.Point(WEST, SOUTH)])

    sentence = refused(write(tmp_path / "a.gpkg", [*squares(2), mixed], kind="Unknown"))

    assert "Feature 3 is a GeometryCollection, but the manifest says kind = 'polygon'" in sentence


@pytest.mark.parametrize("corners", [40, pytest.param(500, marks=pytest.mark.slow)])
def test_row_55_tangles(
    tmp_path: Path,
    write: Callable[..., Path],
    squares: Callable[..., list[Any]],
    refused: Callable[..., str],
    corners: int,
) -> None:
    """row 55: what a tangle means nobody knows; it is refused by feature and key, in seconds."""
    began = time.monotonic()

    sentence = refused(write(tmp_path / "a.gpkg", [*squares(2), tangle(corners)]))

    assert "Feature 3" in sentence
    assert time.monotonic() - began < 60


@pytest.mark.slow
@pytest.mark.parametrize("corners", [2_000, 20_000])
def test_row_55_tangles_without_end(
    tmp_path: Path,
    write: Callable[..., Path],
    squares: Callable[..., list[Any]],
    refused: Callable[..., str],
    corners: int,
) -> None:
    """row 55: a repair that would take gigabytes and minutes is ended, and the database never saw it."""
    sentence = refused(write(tmp_path / "a.gpkg", [*squares(2), tangle(corners)]))

    assert "Feature 3" in sentence or "feature 3" in sentence


def test_row_56_too_many_vertices(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], refused: Callable[..., str]
) -> None:
    """row 56: over the cap a feature is named; the manifest may raise it."""
    sentence = refused(write(tmp_path / "a.gpkg", [*squares(2), star(200_001)]))

    assert "Feature 3 has more than 200000 vertices" in sentence


@pytest.mark.slow
def test_row_56_ten_million_vertices(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], refused: Callable[..., str]
) -> None:
    """row 56: ten million are refused like one too many."""
    sentence = refused(write(tmp_path / "a.gpkg", [*squares(2), star(10_000_000)]))

    assert "Feature 3 has a geometry of more than 64 MB" in sentence


def test_row_57_thousands_of_holes(
    tmp_path: Path, write: Callable[..., Path], accepted: Callable[..., Any], stored: Callable[..., Any]
) -> None:
    """row 57: ten thousand holes are a valid shape."""
    (row,) = stored(accepted(write(tmp_path / "a.gpkg", [pierced(100)])))

    assert len(row["_geom"].interiors) == 10_000


@pytest.mark.slow
def test_row_57_a_hundred_thousand_holes(
    tmp_path: Path, write: Callable[..., Path], refused: Callable[..., str], accepted: Callable[..., Any]
) -> None:
    """row 57: a hundred thousand are over the cap, and within it when the manifest says so."""
    path = write(tmp_path / "a.gpkg", [pierced(317)])

    assert "Feature 1 has more than 200000 vertices" in refused(path)
    assert accepted(path, geometry={"kind": "polygon", "max_vertices": 1_000_000}).row_count == 1


def test_row_57_many_tiny_features(
    tmp_path: Path, write: Callable[..., Path], accepted: Callable[..., Any]
) -> None:
    """row 57: the small twin of a million: three thousand squares of 10 cm."""
    assert accepted(write(tmp_path / "a.gpkg", tiny(3_000))).row_count == 3_000


@pytest.mark.slow
def test_row_57_a_million_tiny_features(
    tmp_path: Path, write: Callable[..., Path], accepted: Callable[..., Any]
) -> None:
    """row 57: a million squares of 10 cm are a layer like any other."""
    assert accepted(write(tmp_path / "a.gpkg", tiny(1_000_000))).row_count == 1_000_000
