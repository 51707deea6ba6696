"""Rows 52 to 54 and 58, and the curves of row 38: heights, missing shapes, shapes that are not valid, arcs."""

from __future__ import annotations

import math
import sqlite3
import struct
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from shapely import wkt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.database

X, Y = 502_000, 135_000


def at(text: str) -> Any:
    """A geometry of small numbers, moved into the outline."""
    return shapely.transform(
        wkt.loads(text), lambda c: c + [X, Y, 0][: c.shape[1]], include_z=shapely.has_z(wkt.loads(text))
    )


@pytest.mark.parametrize("ending", [".shp", ".gpkg", ".geojson"])
def test_row_52_heights_are_dropped_and_counted(
    tmp_path: Path,
    write: Callable[..., Path],
    accepted: Callable[..., Any],
    stored: Callable[..., Any],
    ending: str,
) -> None:
    """row 52: without keep_z the map is flat, and the report says how many features had heights."""
    shapes = [at("LINESTRING Z (0 0 300, 10 10 301)"), at("LINESTRING Z (0 5 -99, 10 15 301)")]
    crs = {"crs": "EPSG:4326"} if ending == ".geojson" else {}
    if ending == ".geojson":
        shapes = [
            shapely.transform(s, lambda c: c * [1e-6, 1e-6, 1] + [14.5, 46.2, 0], include_z=True)
            for s in shapes
        ]
    source = write(tmp_path / f"lines{ending}", shapes, kind="3D LineString", **crs)

    report = accepted(source, source={"crs": 4326} if crs else {}, geometry={"kind": "line"})

    assert (report.quality.heights_dropped, report.quality.unknown_heights) == (2, 1)
    assert not any(row["_geom"].has_z for row in stored(report))


def test_row_52_heights_are_kept_where_the_manifest_says_so(
    tmp_path: Path, write: Callable[..., Path], accepted: Callable[..., Any], stored: Callable[..., Any]
) -> None:
    """row 52: a feature with the unknown height −99 loses its heights, the others keep theirs."""
    shapes = [at("LINESTRING Z (0 0 300, 10 10 301)"), at("LINESTRING Z (0 5 -99, 10 15 301)")]
    source = write(tmp_path / "lines.gpkg", shapes, kind="3D LineString")

    report = accepted(source, geometry={"kind": "line", "keep_z": True})

    first, second = stored(report)
    assert [point[2] for point in first["_geom"].coords] == [300, 301]
    assert not second["_geom"].has_z
    assert report.quality.unknown_heights == 1


def test_row_52_an_infinite_height_is_refused(
    tmp_path: Path, write: Callable[..., Path], refused: Callable[..., str]
) -> None:
    """row 52: where heights are kept, an infinite one is a fault of the feature."""
    shapes = [at("LINESTRING Z (0 0 300, 10 10 301)"), at("LINESTRING Z (0 5 inf, 10 15 301)")]
    source = write(tmp_path / "lines.gpkg", shapes, kind="3D LineString")

    assert "Feature 2 has a coordinate that is infinite" in refused(
        source, geometry={"kind": "line", "keep_z": True}
    )


def test_row_53_rows_without_shape(
    tmp_path: Path,
    write: Callable[..., Path],
    squares: Callable[..., list[Any]],
    refused: Callable[..., str],
    accepted: Callable[..., Any],
    stored: Callable[..., Any],
) -> None:
    """row 53: NULL and EMPTY are refused by default; allow_null keeps them as NULL and counts them."""
    shapes = [*squares(2), None, shapely.Polygon()]
    source = write(tmp_path / "areas.gpkg", shapes)

    assert "Feature 3 has no geometry" in refused(source)

    report = accepted(source, geometry={"kind": "polygon", "allow_null": True})

    assert report.quality.null_geometries == 2
    assert [row["_geom"] is None for row in stored(report)] == [False, False, True, True]


@pytest.fixture
def spoilt(tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], text: str) -> Path:
    """A GeoPackage of a sound square and the shape of the parameter `text`."""
    return write(tmp_path / "areas.gpkg", [*squares(1), at(text)], kind="Unknown")


MENDED = (
    ("POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))", "Self-intersection", 50),
    ("POLYGON ((0 0, 0 10, 10 10, 20 10, 10 10, 10 0, 0 0))", "Ring Self-intersection", 100),
    ("POLYGON ((0 0, 10 0, 5 5, 10 10, 0 10, 5 5, 0 0))", "Ring Self-intersection", 50),
    (
        "MULTIPOLYGON (((0 0, 100 0, 100 100, 0 100, 0 0)), ((50 50, 51 50, 51 51, 50 51, 50 50)))",
        "Nested shells",
        10_000,
    ),
    (
        "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (200 200, 201 200, 201 201, 200 201, 200 200))",
        "Hole lies outside shell",
        10_000,
    ),
)


def test_row_54_what_can_be_mended_is_mended_and_listed(
    tmp_path: Path,
    write: Callable[..., Path],
    accepted: Callable[..., Any],
    stored: Callable[..., Any],
    registry: Any,
) -> None:
    """row 54: bow-tie, spike, self-touch, nested shells, hole outside: key, reason and both areas are kept."""
    source = write(tmp_path / "areas.gpkg", [at(text) for text, _, _ in MENDED], kind="Unknown")

    report = accepted(source)

    repairs = report.quality.repairs
    assert [(each.feature, each.key, each.reason) for each in repairs] == [
        (place, f"A{place}", reason) for place, (_, reason, _) in enumerate(MENDED, start=1)
    ]
    shapes = [row["_geom"] for row in stored(report)]
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes) == pytest.approx([each.area_after_m2 for each in repairs], abs=0.001)
    assert shapely.area(shapes) == pytest.approx([area for _, _, area in MENDED], rel=0.01)
    kept = registry.rows(
        "SELECT jsonb_array_length(quality->'repairs'), quality->'repairs'->0->>'key' "
        "FROM catalogue.layer_version WHERE id = %(id)s",
        id=report.version_id,
    )
    assert kept == [(5, "A1")]


@pytest.mark.parametrize(
    "text",
    [
        "POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0), (20 20, 20 30, 30 30, 30 20, 20 20))",
        "MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0)), ((2 2, 2 8, 8 8, 8 2, 2 2)))",
        "MULTIPOLYGON (((0 0, 0 10, 10 10, 10 0, 0 0)), ((5 0, 5 10, 15 10, 15 0, 5 0)))",
    ],
)
def test_row_54_a_mending_that_changes_the_area_is_refused(spoilt: Path, refused: Callable[..., str]) -> None:
    """row 54: above the tolerance of the manifest a person has to say what was meant."""
    sentence = refused(spoilt)

    assert "Feature 2 (A2)" in sentence
    assert "more than the tolerance of 1.0%" in sentence


def test_row_54_double_vertices_are_no_fault(
    tmp_path: Path, write: Callable[..., Path], accepted: Callable[..., Any], stored: Callable[..., Any]
) -> None:
    """row 54: a vertex that stands twice is harmless and stays."""
    source = write(tmp_path / "areas.gpkg", [at("POLYGON ((0 0, 10 0, 10 0, 10 10, 0 10, 0 0))")])

    report = accepted(source)

    assert report.quality.repairs == ()
    assert shapely.get_num_coordinates(stored(report)[0]["_geom"]) == 6


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("polygon", "POLYGON ((0 0, 5 5, 10 10, 0 0))"),
        ("polygon", "POLYGON ((3 3, 3 3, 3 3, 3 3))"),
        ("line", "LINESTRING (3 3, 3 3)"),
    ],
)
def test_row_58_shapes_without_extent_are_refused(
    tmp_path: Path, write: Callable[..., Path], refused: Callable[..., str], kind: str, text: str
) -> None:
    """row 58: no area, or one point many times: nothing of it is left, and no row vanishes in silence."""
    sentence = refused(write(tmp_path / "areas.gpkg", [at(text)], kind="Unknown"), geometry={"kind": kind})

    assert f"Nothing of its {kind} is left when it is mended" in sentence


def test_row_58_slivers_are_kept_and_told(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], accepted: Callable[..., Any]
) -> None:
    """row 58: a polygon 100 m long and a micrometre wide is valid; the report names it."""
    sliver = shapely.box(X, Y, X + 100, Y + 1e-6)
    report = accepted(write(tmp_path / "areas.gpkg", [*squares(2), sliver]))

    assert "Narrower than 1 mm, so look at them in the source: features 3." in report.quality.notes


def circle_wkb(x: float, y: float, radius: float) -> bytes:
    """A CURVEPOLYGON of one whole circle (OGC 06-103r4 clause 8.2.3)."""
    points = struct.pack("<10d", x, y + radius, x + radius, y, x, y - radius, x - radius, y, x, y + radius)
    arcs = struct.pack("<BII", 1, 8, 5) + points
    return struct.pack("<BII", 1, 10, 1) + arcs


def put_shape(path: Path, fid: int, wkb: bytes) -> None:
    """Write a geometry over the one of a feature, as GeoPackage wants it (12-128r18, clause 2.1.3)."""
    blob = b"GP\x00\x01" + struct.pack("<i", 3794) + wkb
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute('DROP TRIGGER "' + name + '"')
        connection.execute("UPDATE areas SET geom = ? WHERE fid = ?", (blob, fid))
        connection.commit()


@pytest.mark.parametrize("radius", [5.0, 2000.0])
def test_row_38_arcs_become_chords_of_a_millimetre(
    tmp_path: Path,
    write: Callable[..., Path],
    squares: Callable[..., list[Any]],
    accepted: Callable[..., Any],
    stored: Callable[..., Any],
    radius: float,
) -> None:
    """row 38: whatever the radius, no chord leaves its arc by more than 1 mm; the features are counted."""
    source = write(tmp_path / "areas.gpkg", squares(2))
    put_shape(source, 2, circle_wkb(505_000, 135_000, radius))

    report = accepted(source)

    ring = stored(report)[1]["_geom"].exterior
    chords = shapely.linestrings(list(zip(ring.coords[:-1], ring.coords[1:], strict=True)))
    middles = shapely.line_interpolate_point(chords, 0.5, normalized=True)
    away = shapely.distance(middles, shapely.Point(505_000, 135_000))
    assert radius - away.min() <= 0.001 + 1e-6
    assert shapely.get_num_coordinates(ring) < 3 * math.pi * math.sqrt(radius / 0.001)
    assert (
        "Arcs became chords that leave them by at most 1 mm; features that held any: 1." in report.quality.notes
    )
