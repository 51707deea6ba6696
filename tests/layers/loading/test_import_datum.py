"""D48/GK input near Velenje against the official tie points, and D48 that says it is something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import SourceError
from layers.portal import Portal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.manifest import Manifest

pytestmark = pytest.mark.database

# Virtual tie points 129, 128, 111 of the national model: E and N in D96/TM, y and x in D48/GK, lon and lat.
TIE_POINTS = (
    (506294, 137964, 506663.468, 137478.253, 15.0818234, 46.3813472),
    (510841, 132914, 511210.533, 132428.491, 15.1408186, 46.3358546),
    (512942, 139377, 513311.361, 138891.393, 15.1682878, 46.3939655),
)
TOLERANCE_M = 0.25


@pytest.fixture
def velenje(run_import_of: Any) -> Any:
    """An importer whose outline is that of Velenje."""
    outline = {"west": 503000, "south": 128500, "east": 517000, "north": 144500}
    portal = Portal.model_validate({**run_import_of.portal.model_dump(mode="json"), "outline": outline})
    return type(run_import_of)(run_import_of.database, portal, run_import_of.home)


def tie_manifest(make: Callable[..., Manifest], crs: int) -> Manifest:
    """A CSV of points in this CRS, y before x as old tables have it."""
    return make(
        source={"format": "csv", "crs": crs, "x": "Y", "y": "X"},
        geometry={"kind": "point"},
        columns={"number": {"source": ["ST"], "title": {"sl": "Točka"}}},
    )


def write_points(path: Path, rows: list[tuple[float, float]]) -> Path:
    """A CSV of numbered points."""
    lines = [f"{number},{y},{x}" for number, (y, x) in enumerate(rows)]
    path.write_text("\n".join(["ST,Y,X", *lines]) + "\n")
    return path


def test_d48_lands_on_the_tie_points(
    velenje: Any, fields_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    """Within 25 cm of the official D96 coordinates; the operation and its accuracy are written down."""
    source = write_points(tmp_path / "tie.csv", [(y, x) for _, _, y, x, _, _ in TIE_POINTS])

    report = velenje(tie_manifest(fields_manifest, 3912), source)

    rows = velenje.rows(
        'SELECT ST_X("_geom"), ST_Y("_geom"), ST_X(degrees), ST_Y(degrees) '
        'FROM {table}, ST_Transform("_geom", 4326) AS degrees ORDER BY "_key"',
        f"v{report.version_id}",
    )
    for (e, n, lon, lat), (east, north, _, _, longitude, latitude) in zip(rows, TIE_POINTS, strict=True):
        assert ((e - east) ** 2 + (n - north) ** 2) ** 0.5 < TOLERANCE_M
        assert (lon, lat) == pytest.approx((longitude, latitude), abs=4e-6)
    assert "D48/GK to D96/TM" in report.operation
    assert report.operation_accuracy_m == pytest.approx(0.2)


def test_d96_stays_where_it_is(velenje: Any, fields_manifest: Callable[..., Manifest], tmp_path: Path) -> None:
    """Not a bit of a coordinate changes."""
    source = write_points(tmp_path / "tie.csv", [(e, n) for e, n, _, _, _, _ in TIE_POINTS])

    report = velenje(tie_manifest(fields_manifest, 3794), source)

    rows = velenje.rows(
        'SELECT ST_X("_geom"), ST_Y("_geom") FROM {table} ORDER BY "_key"', f"v{report.version_id}"
    )
    assert rows == [(e, n) for e, n, _, _, _, _ in TIE_POINTS]


def test_d48_said_to_be_d96_is_refused(
    velenje: Any, fields_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    """A layer over the whole municipality, 611 m beside its place, sticks out where D48 would."""
    places = [
        (y + 369.5, x - 485.7) for y in range(503_100, 517_000, 700) for x in range(128_600, 144_500, 700)
    ]

    with pytest.raises(
        SourceError, match=r"would fit when read as EPSG:3912 \(MGI 1901 / Slovene National Grid\)"
    ):
        velenje(tie_manifest(fields_manifest, 3794), write_points(tmp_path / "tie.csv", places))


def test_swapped_columns_are_recognised(
    velenje: Any, fields_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    """x for y."""
    source = write_points(tmp_path / "tie.csv", [(n, e) for e, n, _, _, _, _ in TIE_POINTS])

    with pytest.raises(SourceError, match="axes look swapped"):
        velenje(tie_manifest(fields_manifest, 3794), source)
