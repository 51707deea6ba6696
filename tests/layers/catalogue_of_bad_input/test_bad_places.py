"""Rows 59 to 63 of the catalogue of bad input: coordinates that lie elsewhere than they are said to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from gis import crs
from gis.geometry import transform_geometry
from layers.manifest import read_toml
from layers.portal import Portal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.loading.importing import ImportReport

pytestmark = pytest.mark.database

POINTS = {"kind": "point"}
OUTLINE = shapely.box(500_000, 130_000, 510_000, 140_000)


def write_points(path: Path, places: list[tuple[object, object]]) -> Path:
    """A CSV of points with the columns of the catalogue's manifest."""
    lines = [f"A{number};T{number};{x};{y}" for number, (x, y) in enumerate(places, start=1)]
    path.write_text("\n".join(["ID;IME;E;N", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def refused_points(refused: Callable[..., str], tmp_path: Path) -> Callable[..., str]:
    """Imports points that have to be refused, and gives the sentence."""

    def refuse(places: list[tuple[object, object]], **source: Any) -> str:
        path = write_points(tmp_path / "points.csv", places)
        return refused(path, source={"x": "E", "y": "N", **source}, geometry=POINTS)

    return refuse


@pytest.fixture
def with_prj(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]]
) -> Callable[..., Path]:
    """A sound shapefile of squares in D96 numbers with this text as its .prj."""

    def make(text: str) -> Path:
        path = write(tmp_path / "areas.shp", squares(3), crs=None)
        path.with_suffix(".prj").write_text(text)
        return path

    return make


@pytest.mark.parametrize(
    ("places", "source", "words"),
    [
        ([(15.05, 46.35), (15.06, 46.36)], {}, "look like degrees (x 15.0500, y 46.3500).*Try crs = 4326"),
        ([(502_000, 135_000)], {"crs": 4326}, "look like metres.*3794 for D96/TM"),
        ([(135_000, 502_000), (136_000, 503_000)], {}, "axes look swapped.*EPSG:3794"),
        ([(46.35, 15.05), (46.36, 15.06)], {"crs": 4326}, "axes look swapped.*EPSG:4326"),
    ],
)
def test_row_59_degrees_metres_and_swapped_axes(
    refused_points: Callable[..., str], places: list[tuple[object, object]], source: dict[str, Any], words: str
) -> None:
    """row 59: the unit or the order that would fit is named."""
    sentence = refused_points(places, **source)

    for part in words.split(".*"):
        assert part in sentence


def test_row_60_prj_says_d48_manifest_says_d96(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], refused: Callable[..., str]
) -> None:
    """row 60: when the file itself says D48, the manifest is not believed."""
    source = write(tmp_path / "areas.shp", squares(3), crs="EPSG:3912")

    assert "The file says its coordinates are in EPSG:3912" in refused(source)


@pytest.fixture
def at_the_border(registry: Any, tmp_path: Path) -> Any:
    """The registry, its portal with a boundary polygon much smaller than its outline."""
    boundary = shapely.Point(505_000, 135_000).buffer(2_500)
    degrees = transform_geometry(boundary, crs.D96, crs.WGS84)
    (tmp_path / "obcina.geojson").write_text(shapely.to_geojson(degrees), encoding="utf-8")
    text = (registry.home.parent / "portal.toml").read_text(encoding="utf-8")
    (tmp_path / "portal.toml").write_text('boundary = "obcina.geojson"\n' + text, encoding="utf-8")
    portal = Portal.model_validate(read_toml(tmp_path / "portal.toml", Portal, folder=tmp_path))
    return replace(registry, portal=portal)


def parcels_of_d48() -> list[tuple[float, float]]:
    """The centres of parcels all over the municipality, as D48 has them."""
    places = [
        (float(x), float(y))
        for x in range(502_600, 507_500, 150)
        for y in range(132_600, 137_500, 150)
        if shapely.Point(505_000, 135_000).buffer(2_490).contains(shapely.Point(x, y))
    ]
    return [crs.transform(crs.D96, crs.D48, x, y) for x, y in places]


@pytest.mark.parametrize(("said", "checked"), [(3794, False), (3794, True), (3912, False)])
def test_row_60_d48_said_to_be_d96_deep_inside_the_outline(
    at_the_border: Any, tmp_path: Path, make_manifest: Callable[..., Any], said: int, checked: bool
) -> None:
    """row 60: the boundary tells what the outline cannot; a person's word is taken against it."""
    source = write_points(tmp_path / "parcels.csv", parcels_of_d48())
    manifest = make_manifest(
        f"d48-{said}-{checked}".lower(),
        {"format": "csv", "crs": said, "x": "E", "y": "N", "crs_checked": checked},
        geometry=POINTS,
    )

    if said == 3794 and not checked:
        with pytest.raises(
            Exception, match=r"municipality's boundary.*would lie inside when read as EPSG:3912"
        ):
            at_the_border.load(manifest, source)
    else:
        report: ImportReport = at_the_border.load(manifest, source)

        assert not [note for note in report.quality.notes if "cannot be told apart" in note]


def test_row_60_a_layer_that_tells_nothing_is_not_silent(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], accepted: Callable[..., Any]
) -> None:
    """row 60: well inside the municipality both readings fit, and the report says so."""
    stated = accepted(write(tmp_path / "stated.gpkg", squares(3))).quality.notes
    silent = accepted(write(tmp_path / "silent.shp", squares(3), crs=None)).quality.notes
    checked = accepted(write(tmp_path / "checked.gpkg", squares(3)), source={"crs_checked": True}).quality.notes

    assert [
        note for note in stated if "cannot be told apart here; EPSG:3794 was used, as the file says" in note
    ]
    assert [note for note in silent if "cannot be told apart here" in note and "the file does not say" in note]
    assert not [note for note in checked if "cannot be told apart" in note]


def test_row_61_no_exact_way_between_two_datums(
    tmp_path: Path, write: Callable[..., Path], squares: Callable[..., list[Any]], refused: Callable[..., str]
) -> None:
    """row 61: a ballpark transformation is no transformation."""
    source = write(tmp_path / "areas.gpkg", squares(1), crs="EPSG:2154")

    assert "No exact way is known from EPSG:2154" in refused(source, source={"crs": 2154})


def test_row_61_the_operation_is_pinned_and_written_down(
    tmp_path: Path, accepted: Callable[..., Any], registry: Any
) -> None:
    """row 61: name and accuracy of the one operation stand in the catalogue."""
    y, x = crs.transform(crs.D96, crs.D48, 505_000.0, 135_000.0)
    source = write_points(tmp_path / "points.csv", [(y, x)])

    report = accepted(source, source={"crs": 3912, "x": "E", "y": "N"}, geometry=POINTS)

    assert registry.rows(
        "SELECT operation, operation_accuracy_m FROM catalogue.layer_version WHERE id = %(id)s",
        id=report.version_id,
    ) == [("EPSG:3912 to EPSG:3794: D48/GK to D96/TM (14)", pytest.approx(0.2))]


TM = (
    'PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",{east}],PARAMETER["False_Northing",{north}],'
    'PARAMETER["Central_Meridian",15],PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",0]'
)
D96 = (
    'GEOGCS["GCS_Slovenia_1996",DATUM["D_Slovenia_Geodetic_Datum_1996",SPHEROID["GRS_1980",6378137,298.257222101]],'
    'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]'
)
BESSEL = (
    'GEOGCS["moj",DATUM["D_moj",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0],'
    'UNIT["Degree",0.0174532925199433]]'
)


@pytest.mark.parametrize(
    ("prj", "said"),
    [
        ('LOCAL_CS["stavba",UNIT["metre",1]]', "'stavba'"),
        (
            (
                f'PROJCS["D96 ft",{D96},{TM.format(east=1640416.67, north=-16404166.67)},'
                'UNIT["Foot_US",0.3048006096012192]]'
            ),
            "'D96 ft'",
        ),
        (f'PROJCS["D48 moj",{BESSEL},{TM.format(east=500000, north=-5000000)},UNIT["Meter",1]]', "'D48 moj'"),
    ],
)
def test_row_62_a_crs_that_means_another_place(
    with_prj: Callable[..., Path], refused: Callable[..., str], prj: str, said: str
) -> None:
    """row 62: a local CRS, feet, an own name for D48, Web Mercator: none of them is D96/TM."""
    sentence = refused(with_prj(prj))

    assert f"The file says its coordinates are in {said}" in sentence


@pytest.mark.parametrize(
    "prj",
    [
        crs.find_crs(10246).to_wkt("WKT1_GDAL"),
        f'PROJCS["D96 moj",{D96},{TM.format(east=500000, north=-5000000)},UNIT["Meter",1]]',
    ],
)
def test_row_62_a_crs_of_another_name_that_means_the_same(
    with_prj: Callable[..., Path], accepted: Callable[..., Any], prj: str
) -> None:
    """row 62: with heights, or under an own name, D96/TM is D96/TM."""
    assert accepted(with_prj(prj)).row_count == 3


def test_row_62_a_code_nobody_knows(make_manifest: Callable[..., Any]) -> None:
    """row 62: a manifest with a code outside the register, or a deprecated one, is refused by name."""
    for code, words in (
        (999_999, "not a code of the EPSG register"),
        (3787, "deprecated"),
        (2170, "deprecated"),
    ):
        with pytest.raises(Exception, match=words):
            make_manifest("areas", {"format": "csv", "crs": code, "x": "E", "y": "N"})


@pytest.mark.parametrize(
    ("place", "source", "words"),
    [
        ((195.0, 46.36), {"crs": 4326}, "Feature 3 lies at x 195, y 46.36: beyond 180 or 90 degrees"),
        ((1e300, -1e300), {}, "Feature 3 has the coordinate 1e+300, which is on no map"),
        ((5_500_000, 135_000), {}, "Feature 3 lies at x 5.5e+06, y 135000 in EPSG:3794, more than 1000 km"),
    ],
)
def test_row_63_one_coordinate_beyond_all_bounds(
    refused_points: Callable[..., str], place: tuple[float, float], source: dict[str, Any], words: str
) -> None:
    """row 63: the feature is named, not the whole layer blamed."""
    good: list[tuple[object, object]] = [(15.04, 46.36)] * 9 if source else [(502_000, 135_000)] * 9

    assert words in refused_points([*good[:2], place, *good[2:]], **source)


def test_row_63_places_far_outside_are_told(tmp_path: Path, accepted: Callable[..., Any]) -> None:
    """row 63: a row at 0, 0 among many is accepted and named; minus zero is zero."""
    places: list[tuple[object, object]] = [(502_000 + n, 135_000) for n in range(20)]
    source = write_points(tmp_path / "points.csv", [*places, ("-0.0", "0.0")])

    report = accepted(source, source={"x": "E", "y": "N"}, geometry=POINTS)

    words = "Far outside the portal's outline, so look at them in the source: features 21."
    assert words in report.quality.notes
