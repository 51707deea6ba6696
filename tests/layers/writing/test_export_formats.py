"""GeoJSON, CSV, shapefile and FlatGeobuf: what each can hold is there, what it cannot is told."""

from __future__ import annotations

import csv
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from pyproj import Transformer

from layers.writing.delimited import _MISREAD
from layers.writing.shapefile import short_names
from tests.layers.writing.studio import COLUMNS, FULL, NOTHING, manifest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

pytestmark = pytest.mark.database
POINTS = [shapely.Point(502000.1234567, 135000.2), shapely.Point(502001, 135000)]


def rows_of(path: Path, delimiter: str = ",") -> list[list[str]]:
    """The cells of a CSV, which begins with a BOM."""
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def test_geojson_follows_rfc_7946(
    studio: Any, square: Callable[..., BaseGeometry], read_by_gdal: Callable[..., Any]
) -> None:
    """Longitude and latitude with seven digits, rings counter-clockwise, keys as ids, whose it is inside."""
    studio.load([square(0), square(1, parts=2), None], [FULL, NOTHING], allow_null=True)

    studio.export("fields.geojson", "geojson")

    text = (studio.folder / "fields.geojson").read_text(encoding="utf-8")
    content = json.loads(text)
    features = {each["id"]: each for each in content["features"]}
    assert "crs" not in content
    assert content["about"]["licence"] == "CC-BY-4.0"
    assert features["12/4"]["properties"] == FULL
    assert features["*7"]["properties"] == NOTHING
    assert features["2"]["geometry"] is None
    ring = features["12/4"]["geometry"]["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw
    assert all(number == round(number, 7) for point in ring for number in point)
    expected = Transformer.from_crs(3794, 4326, always_xy=True).transform(*square(0).exterior.coords[0])
    assert shapely.Polygon(ring).boundary.distance(shapely.Point(expected)) < 1e-7
    assert len(read_by_gdal(studio.folder / "fields.geojson")["features"]) == 3


def test_geojson_in_another_crs_says_so(
    studio: Any, square: Callable[..., BaseGeometry], read_by_gdal: Callable[..., Any]
) -> None:
    """D96/TM when asked for, millimetres, and other programs understand which CRS it is."""
    studio.load([square(0)], [FULL])

    studio.export("fields.geojson", "geojson", srid=3794)

    read = read_by_gdal(studio.folder / "fields.geojson")
    assert "3794" in json.dumps(read["crs"])
    assert shapely.geometry.shape(read["features"][0]["geometry"]).hausdorff_distance(square(0)) <= 0.0005


def test_csv_of_points_has_east_and_north(studio: Any) -> None:
    """Texts are exactly as stored, empty is empty, and it can be imported again."""
    studio.load(POINTS, [FULL, NOTHING], kind="point")

    report = studio.export("fields.csv", "csv")

    head, *rows = rows_of(studio.folder / "fields.csv")
    assert head == ["e", "n", *COLUMNS]
    full = next(row for row in rows if row[2] == "12/4")
    assert full[:2] == ["502000.123", "135000.2"]
    texts = [FULL["number"], FULL["eid_of_the_parcel"], FULL["eid_of_the_house"]]
    assert full[2:] == [*texts, "9007199254740993", "0.1", "2026-03-01", "true"]
    assert next(row for row in rows if row[2] == "*7")[3:] == [""] * 6
    assert [path.name for path in report.files] == ["fields.txt", "fields.csv"]
    about = (studio.folder / "fields.txt").read_text(encoding="utf-8")
    assert "attribution: Vir: Občina Šmarje" in about
    assert "  area: Površina / Area [m²]" in about
    back = studio.bring(studio.folder / "fields.csv", manifest("csv", kind="point"))
    assert back.row_count == 2


def test_csv_of_anything_else_has_wkt(studio: Any, square: Callable[..., BaseGeometry]) -> None:
    """Polygons and points of several parts, in the CRS asked for; a row without a place is kept."""
    studio.load([square(0), None], [FULL, NOTHING], allow_null=True)

    studio.export("fields.csv", "csv", srid=4326)

    head, *rows = rows_of(studio.folder / "fields.csv")
    assert head[0] == "wkt"
    shapes = {row[1]: row[0] for row in rows}
    assert shapes["*7"] == ""
    lon, lat = shapely.from_wkt(shapes["12/4"]).centroid.coords[0]
    assert 14.9 < lon < 15.2
    assert 46.2 < lat < 46.5


def test_csv_for_spreadsheets_is_not_calculated_with(studio: Any) -> None:
    """Semicolons, a decimal comma, and an apostrophe before what Excel would misread; only when asked for."""
    values = [
        {**FULL, "eid_of_the_house": "=HYPERLINK(1)"},
        {**FULL, "number": "Lipa", "eid_of_the_house": "lepo"},
    ]
    studio.load(POINTS, values, kind="point")

    studio.export("plain.csv", "csv")
    studio.export("sheet.csv", "csv", for_spreadsheets=True)

    plain = {row[2]: row for row in rows_of(studio.folder / "plain.csv")}
    sheet = {row[2]: row for row in rows_of(studio.folder / "sheet.csv", ";")}
    assert plain["12/4"][4] == "=HYPERLINK(1)"
    assert sheet["'12/4"][3:5] == ["'100100001379837235", "'=HYPERLINK(1)"]
    assert sheet["'12/4"][0] == "502000,123"
    assert (sheet["Lipa"][4], sheet["Lipa"][6]) == ("lepo", "0,1")


@pytest.mark.parametrize(
    "text", ["=1+1", "+386", "-1", "@SUM(A1)", "\t=1", "12/4", "1.2.2026", "0964", "1" * 18]
)
def test_what_a_spreadsheet_misreads(text: str) -> None:
    """Formulas, would-be dates, leading zeros and long numbers."""
    assert _MISREAD.fullmatch(text)


@pytest.mark.parametrize("text", ["Lipa", "964", "12/4 k.o. Lipovec", "a=1", "3,5", ""])
def test_what_a_spreadsheet_leaves_alone(text: str) -> None:
    """Plain words and short numbers stay as they are."""
    assert not _MISREAD.fullmatch(text)


def test_shapefile_says_what_it_cannot_hold(
    studio: Any, square: Callable[..., BaseGeometry], read_by_gdal: Callable[..., Any]
) -> None:
    """Short names without clash, cut texts and unknown heights are told, in the answer and in the ZIP."""
    long = "č" * 200
    studio.load(
        [square(0, height=1.5), square(1)],
        [{**FULL, "eid_of_the_house": long, "slope": 1e18}, NOTHING],
        keep_z=True,
    )

    report = studio.export("fields.zip", "shapefile")

    path = studio.folder / "fields.zip"
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == [
            f"fields.{end}" for end in ("cpg", "dbf", "prj", "shp", "shx", "txt")
        ]
        assert archive.read("fields.cpg") == b"UTF-8"
        about = archive.read("fields.txt").decode()
    assert report.remarks == (
        "The column eid_of_the_parcel is called eid_of_the.",
        "The column eid_of_the_house is called eid_of_t_1.",
        "In eid_of_t_1, 1 text was cut to 254 bytes.",
        "In slope, 1 number was too large and left out.",
        "An unknown height is written as -99.",
    )
    assert all(remark in about for remark in report.remarks)
    assert "licence: CC-BY-4.0" in about
    features = {each["properties"]["number"]: each for each in read_by_gdal(f"/vsizip/{path}")["features"]}
    full = features["12/4"]["properties"]
    assert full["eid_of_t_1"] == "č" * 127
    assert (full["eid_of_the"], full["area"], full["slope"]) == (FULL["eid_of_the_parcel"], FULL["area"], None)
    assert features["*7"]["geometry"]["coordinates"][0][0][2] == -99
    assert features["12/4"]["geometry"]["coordinates"][0][0][2] == 1.5


def test_shapefile_comes_back(studio: Any, square: Callable[..., BaseGeometry]) -> None:
    """Its ZIP is one that this program imports, letters with carons included."""
    studio.load([square(0), square(1, parts=2)], [{**FULL, "eid_of_the_house": "žaba"}, NOTHING])
    studio.export("fields.zip", "shapefile")
    how = manifest("shapefile")
    names = short_names(tuple(COLUMNS))
    columns = {name: each.model_copy(update={"source": (names[name],)}) for name, each in how.columns.items()}

    back = studio.bring(studio.folder / "fields.zip", how.model_copy(update={"columns": columns}))

    assert (back.outcome, back.row_count) == ("published", 2)
    studio.export("back.geojson", "geojson")
    features = json.loads((studio.folder / "back.geojson").read_text())["features"]
    assert {**FULL, "eid_of_the_house": "žaba"} in [each["properties"] for each in features]


def test_shapefile_of_points_and_multipoints(studio: Any, read_by_gdal: Callable[..., Any]) -> None:
    """One type for all: points become multipoints of one."""
    studio.load([POINTS[0], shapely.multipoints(POINTS)], [FULL, NOTHING], kind="point")

    studio.export("fields.zip", "shapefile")

    features = read_by_gdal(f"/vsizip/{studio.folder / 'fields.zip'}")["features"]
    assert sorted(len(each["geometry"]["coordinates"]) for each in features) == [1, 2]


def test_short_names_never_clash() -> None:
    """Ten letters at most, all different, and names that fit stay as they are."""
    names = [
        "abcdefghij",
        "abcdefghijk",
        "abcdefghijl",
        *(f"abcdefghijklm{n}" for n in range(30)),
        "abcdefgh_1",
    ]

    short = short_names(names)

    assert len(set(short.values())) == len(names)
    assert all(len(name) <= 10 for name in short.values())
    assert short["abcdefghij"] == "abcdefghij"
    assert short["abcdefgh_1"] == "abcdefgh_1"


@pytest.mark.parametrize("with_gap", [False, True])
def test_flatgeobuf(
    studio: Any, square: Callable[..., BaseGeometry], read_by_gdal: Callable[..., Any], with_gap: bool
) -> None:
    """Every value but the type of dates, searchable by place, its text beside it; rows without a place too."""
    shapes = [square(0), square(50, parts=2), *([None] if with_gap else [])]
    studio.load(shapes, [FULL, NOTHING], allow_null=True)

    report = studio.export("fields.fgb", "flatgeobuf")

    path = studio.folder / "fields.fgb"
    features = {each["properties"]["number"]: each for each in read_by_gdal(path)["features"]}
    assert report.row_count == len(features) == len(shapes)
    assert features["12/4"]["properties"] == FULL
    assert shapely.geometry.shape(features["12/4"]["geometry"]).equals(square(0))
    assert [path.name for path in report.files] == ["fields.txt", "fields.fgb"]
    box = [str(each) for each in square(50).bounds]
    assert len(read_by_gdal(path, "-spat", *box)["features"]) == 1


@pytest.mark.parametrize("name", ["e.geojson", "e.csv", "e.gpkg", "e.fgb", "e.zip"])
def test_d48_goes_by_way_of_d96(studio: Any, read_by_gdal: Callable[..., Any], name: str) -> None:
    """A CRS of another datum is reached by pyproj, 611 m away here, in every format alike."""
    kinds = {"geojson": "geojson", "csv": "csv", "gpkg": "geopackage", "fgb": "flatgeobuf", "zip": "shapefile"}
    studio.load(POINTS, [FULL, NOTHING], kind="point")

    studio.export(name, kinds[name.split(".")[1]], srid=3912)

    if name == "e.csv":
        placed = [(float(row[0]), float(row[1])) for row in rows_of(studio.folder / name)[1:]]
    else:
        prefix = "/vsizip/" if name == "e.zip" else ""
        features = read_by_gdal(f"{prefix}{studio.folder / name}")["features"]
        placed = [tuple(each["geometry"]["coordinates"]) for each in features]
    distances = [shapely.Point(each).distance(shapely.Point(502000, 135000)) for each in placed]
    assert all(600 < distance < 620 for distance in distances)
