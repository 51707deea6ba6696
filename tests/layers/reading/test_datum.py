"""D48 or D96: told apart at the border of the municipality, and left open inside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis import crs
from gis.errors import ConfigurationError
from gis.geometry import transform_geometry
from layers.boundary import read_boundary
from layers.reading.datum import Places, find_area, judge_datum

CENTRE = (510_000.0, 136_000.0)
AREA = shapely.Point(*CENTRE).buffer(5_000)
OBCINE = Path(__file__).parents[4] / "shared" / "data" / "si-obcine-2021"


def spread(radius: float) -> Any:
    """Places within this distance of the centre, in D96."""
    x, y = np.meshgrid(np.arange(-radius, radius, 130), np.arange(-radius, radius, 130))
    inside = np.hypot(x, y) < radius
    return np.column_stack([CENTRE[0] + x[inside], CENTRE[1] + y[inside]])


def in_d48(places: Any) -> Any:
    """The same places as D48 has them."""
    return np.column_stack(crs.transform(crs.D96, crs.D48, places[:, 0], places[:, 1]))


@pytest.mark.parametrize(
    ("places", "read_as", "verdict"),
    [
        (spread(4_990), crs.D96, "fits"),
        (in_d48(spread(4_990)), crs.D48, "fits"),
        (in_d48(spread(4_990)), crs.D96, "other"),
        (spread(4_990), crs.D48, "other"),
        (spread(3_000), crs.D96, "undecided"),
        (in_d48(spread(3_000)), crs.D96, "undecided"),
        (spread(9_000), crs.D96, "undecided"),
        (np.empty((0, 2)), crs.D96, "undecided"),
    ],
)
def test_places_speak_for_a_datum_at_the_border(places: Any, read_as: int, verdict: str) -> None:
    """A layer that fills the municipality tells; one inside it, or one far beyond it, does not."""
    assert judge_datum(places, read_as, AREA) == verdict


def test_the_choice_of_places_is_even() -> None:
    """However many go by in however large batches, a bounded number from everywhere is kept."""
    places = Places(limit=100)

    for start in range(0, 10_000, 700):
        numbers = np.arange(start, min(start + 700, 10_000))
        places.look(numbers, numbers)

    kept = places.chosen()[:, 0]
    assert 50 <= len(kept) <= 100
    assert len(set(np.diff(kept))) == 1
    assert kept[-1] > 9_800


def test_a_boundary_is_read_from_geojson(tmp_path: Path) -> None:
    """Degrees become the portal's CRS, to the decimetre."""
    degrees = transform_geometry(AREA, crs.D96, crs.WGS84)
    (tmp_path / "obcina.geojson").write_text(shapely.to_geojson(degrees), encoding="utf-8")

    area = find_area(read_boundary(tmp_path / "obcina.geojson", crs.D96), (0, 0, 1, 1))

    assert shapely.symmetric_difference(area, AREA).area < 0.1 * AREA.length


METRES = '{"type": "Polygon", "coordinates": [[[500000, 0], [500100, 0], [500100, 9], [500000, 0]]]}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"type": "Point", "coordinates": [15, 46]}',
        '{"type": "FeatureCollection", "features": []}',
        METRES,
    ],
)
def test_a_boundary_that_is_none(tmp_path: Path, text: str) -> None:
    """The error names the file and what would be right."""
    (tmp_path / "obcina.geojson").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"obcina\.geojson: the boundary must be a GeoJSON in degrees"):
        read_boundary(tmp_path / "obcina.geojson", crs.D96)


def test_a_boundary_that_is_not_there(tmp_path: Path) -> None:
    """portal.toml named it."""
    with pytest.raises(ConfigurationError, match=r"no file obcina\.geojson, which portal\.toml names"):
        read_boundary(tmp_path / "obcina.geojson", crs.D96)


@pytest.mark.skipif(not OBCINE.exists(), reason="the real municipalities are not on this machine")
def test_the_real_velenje_tells_its_parcels_apart() -> None:
    """Places all over the real municipality, taken for the other datum, stick out of its boundary."""
    path = next(OBCINE.glob("*11027610*"))
    area = find_area(read_boundary(path, crs.D96), (0, 0, 1, 1))
    west, south, east, north = area.bounds
    x, y = np.meshgrid(np.arange(west, east, 100), np.arange(south, north, 100))
    inside = shapely.contains_xy(area, x, y)
    places = np.column_stack([x[inside], y[inside]])

    assert judge_datum(places, crs.D96, area) == "fits"
    assert judge_datum(in_d48(places), crs.D96, area) == "other"
    assert judge_datum(in_d48(places), crs.D48, area) == "fits"
