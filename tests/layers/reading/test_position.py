"""Where a source lies: wrong units, swapped axes, another CRS, D48 said to be D96."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS

from gis import crs
from gis.envelope import Envelope
from gis.errors import SourceError
from layers.reading.position import OutlineWatch, check_stated_crs, check_units

OUTLINE = Envelope(503_000, 128_500, 517_000, 144_500, srid=3794)
CENTRE = (510_000.0, 136_000.0)


def grid(envelope: Envelope = OUTLINE, step: float = 500) -> Any:
    """Points all over the outline."""
    xs, ys = np.meshgrid(
        np.arange(envelope.west + 100, envelope.east, step),
        np.arange(envelope.south + 100, envelope.north, step),
    )
    return shapely.points(xs.ravel(), ys.ravel())


def moved(points: Any, source: int, target: int) -> Any:
    """The same places in another CRS."""
    x, y = crs.transform(source, target, shapely.get_x(points), shapely.get_y(points))
    return shapely.points(x, y)


def watch(raw: Any, srid: int) -> OutlineWatch:
    """What an import sees of raw coordinates that are said to be in this CRS."""
    made = OutlineWatch(OUTLINE, srid)
    made.look(raw, moved(raw, srid, 3794) if srid != 3794 else raw, np.arange(1, len(raw) + 1))
    return made


def test_a_layer_in_its_place_is_accepted() -> None:
    """Nothing lies outside."""
    assert watch(grid(), 3794).judge() == 0


def test_d48_said_to_be_d96_is_recognised() -> None:
    """The 611 m are seen: the layer sticks out as it is read, and would fit when read as the other."""
    raw = moved(grid(), 3794, 3912)

    with pytest.raises(SourceError, match=r"would fit when read as EPSG:3912 .*611 m apart"):
        watch(raw, 3794).judge()


def test_d96_said_to_be_d48_is_recognised() -> None:
    """The other way round as well."""
    with pytest.raises(SourceError, match="would fit when read as EPSG:3794"):
        watch(grid(), 3912).judge()


def test_d48_said_to_be_d48_is_accepted() -> None:
    """Read as what it is, it lies where it should."""
    assert watch(moved(grid(), 3794, 3912), 3912).judge() == 0


def test_a_few_features_over_the_border_are_normal() -> None:
    """Pipes and roads cross the border of a municipality; they are counted and accepted."""
    over = shapely.points([517_400.0, 517_900.0], [130_000.0, 128_400.0])

    assert watch(np.concatenate([grid(), over]), 3794).judge() == 2


def test_swapped_axes_are_recognised() -> None:
    """North first, as in D48 tables, is said to look swapped."""
    points = grid()
    raw = shapely.points(shapely.get_y(points), shapely.get_x(points))

    with pytest.raises(SourceError, match="axes look swapped"):
        watch(raw, 3794).judge()


def test_another_crs_is_suggested() -> None:
    """Web Mercator said to be D96 is named."""
    with pytest.raises(SourceError, match="look like EPSG:3857"):
        watch(moved(grid(), 3794, 3857), 3794).judge()


def test_a_layer_from_elsewhere_is_refused() -> None:
    """Ljubljana does not lie in Velenje, in whatever CRS."""
    elsewhere = grid(Envelope(455_000, 95_000, 465_000, 105_000, srid=3794))

    with pytest.raises(SourceError, match=r"features lie outside the portal's outline.*Check source\.crs"):
        watch(elsewhere, 3794).judge()


def test_one_area_larger_than_the_outline_is_accepted() -> None:
    """A protected area may cover the municipality and far more; it touches the outline."""
    large = np.array([shapely.box(480_000, 100_000, 560_000, 180_000)], dtype=object)

    assert watch(large, 3794).judge() == 0


@pytest.mark.parametrize(
    ("x", "y", "srid", "reason"),
    [
        (15.1, 46.4, 3794, "look like degrees.*crs = 4326"),
        (510_000, 136_000, 4326, "look like metres.*3794 for D96/TM"),
        (15.1, 95.0, 4326, "look like metres"),
    ],
)
def test_units_are_held_against_the_crs(x: float, y: float, srid: int, reason: str) -> None:
    """Degrees said to be metres, metres said to be degrees, and latitudes beyond the pole."""
    with pytest.raises(SourceError, match=reason):
        check_units(shapely.points([x], [y]), srid, np.array([1]))


def test_the_same_crs_under_another_name_is_accepted() -> None:
    """What counts is that the same numbers mean the same place: IGN's Lambert-93 is EPSG:2154."""
    ignf = CRS.from_authority("IGNF", "LAMB93")

    assert check_stated_crs(ignf, 2154, (770_000, 6_280_000)) is None
    assert check_stated_crs(CRS.from_epsg(3794), 3794, CENTRE) is None


def test_a_contradiction_between_file_and_manifest_is_refused() -> None:
    """D48 in the .prj and D96 in the manifest: 611 m hang on it."""
    with pytest.raises(SourceError, match=r"in EPSG:3912 .*the manifest says EPSG:3794"):
        check_stated_crs(CRS.from_epsg(3912), 3794, CENTRE)


def test_a_deprecated_code_in_the_file_gives_way_to_the_manifest() -> None:
    """EPSG:3787 in old .prj files is known to be wrong; the manifest's word is taken and noted."""
    note = check_stated_crs(CRS.from_epsg(3787), 3912, CENTRE)

    assert note is not None
    assert "EPSG:3787, which is deprecated" in note


def test_a_file_that_does_not_say_is_noted() -> None:
    """A missing .prj is no obstacle: the manifest names the CRS, and the outline is held against it."""
    note = check_stated_crs(None, 3794, CENTRE)

    assert note is not None
    assert "does not say its CRS" in note
