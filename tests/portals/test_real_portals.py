"""Real data through the whole service: counts, attributes and coordinates as GDAL reads them."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import shape

from tests.portals.sources import read_with_gdal, source_path
from tiles.grid import built_in_grid

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = pytest.mark.database

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
METRE_TOLERANCE = 0.001
# Half a last digit in each direction.
DEGREE_DISTANCE = math.hypot(0.5e-7, 0.5e-7) * 1.001


def read_items(client: FlaskClient, layer: str, **asked: str) -> list[dict[str, Any]]:
    """Every item of a collection, by following the links to the next page."""
    address = f"/ogc/collections/{layer}/items"
    answer = client.get(address, query_string={"limit": "1000", **asked})
    items = []
    while True:
        assert answer.status_code == 200, answer.text
        page = answer.get_json()
        items += page["features"]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            return items
        answer = client.get(following[0])


def vertices(geometry: Any) -> Any:
    """The vertices of a GeoJSON geometry, x and y; rings may begin anywhere and turn either way."""
    return shapely.get_coordinates(shape(geometry))


def farthest(found: Any, expected: Any) -> float:
    """How far the worst vertex of either lies from the other's nearest one."""
    distance: float = shapely.hausdorff_distance(shapely.multipoints(found), shapely.multipoints(expected))
    return distance


def test_settlements_of_velenje_stand_where_the_register_says(velenje: FlaskClient) -> None:
    """The 25 settlements have the names, dates and metres of the CSV, to the millimetre."""
    with source_path("velenje", "settlements").open(encoding="utf-8-sig", newline="") as file:
        rows = {int(row["NA_MID"]): row for row in csv.DictReader(file) if row["OB_MID"] == "11027610"}

    items = read_items(velenje, "settlements", crs=f"{EPSG}3794")

    assert len(items) == len(rows) == 25
    for item in items:
        row = rows[item["properties"]["mid"]]
        assert item["properties"]["name"] == row["NA_UIME"]
        assert item["properties"]["since"] == row["D_OD"].replace("/", "-")
        assert item["properties"]["area"] == pytest.approx(float(row["POV_KM2"]))
        assert item["geometry"]["coordinates"] == pytest.approx(
            [float(row["CEN_E"]), float(row["CEN_N"])], abs=METRE_TOLERANCE
        )


def test_a_settlement_is_found_without_its_accents(velenje: FlaskClient) -> None:
    """`salek` without its accent finds the settlement that is written with one, near the right place."""
    groups = velenje.get("/search?q=skale").get_json()["groups"]

    titles = [result["title"] for group in groups for result in group["results"]]
    assert "Škale" in titles


def test_the_boundary_of_velenje_comes_back_as_it_was(velenje: FlaskClient) -> None:
    """CRS84 to D96/TM at import and back again moves no vertex by half a last digit."""
    source = read_with_gdal(source_path("velenje", "municipality"))

    items = read_items(velenje, "municipality")

    assert farthest(vertices(items[0]["geometry"]), vertices(source[0]["geometry"])) <= DEGREE_DISTANCE


def test_wgs84_of_the_register_comes_latitude_first(velenje: FlaskClient) -> None:
    """EPSG:4326 has the axis order of the register, and the header says which CRS it is."""
    lon_lat = velenje.get("/ogc/collections/settlements/items?limit=1")
    lat_lon = velenje.get(f"/ogc/collections/settlements/items?limit=1&crs={EPSG}4326")

    first = lon_lat.get_json()["features"][0]["geometry"]["coordinates"]
    second = lat_lon.get_json()["features"][0]["geometry"]["coordinates"]
    assert second == [first[1], first[0]]
    assert lon_lat.headers["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    assert lat_lon.headers["Content-Crs"] == f"<{EPSG}4326>"


def test_french_parcels_keep_every_vertex(montpellier: FlaskClient) -> None:
    """4,241 parcels come back in CRS84 within half a last digit, with the same numbers and areas."""
    source = {row["id"]: row for row in read_with_gdal(source_path("montpellier", "parcels"))}

    items = read_items(montpellier, "parcels")

    assert len(items) == len(source) == 4241
    assert len({item["id"] for item in items}) == 4241
    for item in items:
        row = source[item["id"]]
        assert item["properties"]["number"] == row["properties"].get("numero")
        assert item["properties"]["area"] == row["properties"].get("contenance")
        found, expected = vertices(item["geometry"]), vertices(row["geometry"])
        if found.shape == expected.shape:
            assert farthest(found, expected) <= DEGREE_DISTANCE


def test_french_parcels_change_shape_only_where_repaired(montpellier: FlaskClient) -> None:
    """Parcels whose vertices differ in number from the source are those the quality report lists."""
    source = {row["id"]: row for row in read_with_gdal(source_path("montpellier", "parcels"))}
    reported = {item["key"] for item in montpellier.get("/layers/parcels").get_json()["quality"]["repairs"]}

    changed = {
        item["id"]
        for item in read_items(montpellier, "parcels")
        if vertices(item["geometry"]).shape != vertices(source[item["id"]]["geometry"]).shape
    }

    assert changed <= reported


@pytest.mark.parametrize("layer", ["streets", "buildings", "zones"])
def test_shapefiles_in_lambert_93_keep_the_millimetre(montpellier: FlaskClient, layer: str) -> None:
    """Counts and metres of the zipped shapefiles are GDAL's; accents of cp1252 are right."""
    source = read_with_gdal(source_path("montpellier", layer), "--config", "SHAPE_ENCODING", "CP1252")
    by_key = {str(row["properties"].get("IDARC", row["properties"].get("OBJECTID"))): row for row in source}

    items = read_items(montpellier, layer, crs=f"{EPSG}2154")

    assert len(items) == len(source)
    if layer == "zones":
        assert sorted(str(item["properties"]["name"]) for item in items) == sorted(
            str(row["properties"]["NOMZAC"]) for row in source
        )
        return
    lambert = Transformer.from_crs(4326, 2154, always_xy=True)
    for item in items:
        row = by_key[item["id"]]
        assert item["properties"]["name"] == row["properties"].get("LIB_OFF", row["properties"].get("PATRLIB"))
        found, expected = vertices(item["geometry"]), vertices(row["geometry"])
        if found.shape == expected.shape:
            metres = np.column_stack(lambert.transform(expected[:, 0], expected[:, 1]))
            assert farthest(found, metres) <= METRE_TOLERANCE


def test_accents_of_the_shapefile_are_right(montpellier: FlaskClient) -> None:
    """The DBF has no .cpg and is in cp1252; its text is read so."""
    names = {item["properties"]["created"] for item in read_items(montpellier, "zones")}

    assert "création DCM du 25 avril 1997" in names


def test_a_portal_elsewhere_has_one_grid_only(montpellier: FlaskClient) -> None:
    """The national grid of another country is not offered."""
    assert montpellier.get("/tiles/mesto/WebMercatorQuad.json").status_code == 200
    assert montpellier.get("/tiles/mesto/SI-D96.json").status_code == 404


def test_tiles_hold_the_parcels_within_a_tile_unit(montpellier: FlaskClient) -> None:
    """Decoded vertices of whole parcels in a tile lie within one tile unit of the source's."""
    grid = built_in_grid("WebMercatorQuad")
    mercator = Transformer.from_crs(4326, 3857, always_xy=True)
    source = {
        row["id"]: shape(row["geometry"]) for row in read_with_gdal(source_path("montpellier", "parcels"))
    }
    zoom = 16
    centre = mercator.transform(2.3264631, 48.679716)
    column, row = grid.tile_at(zoom, *centre) or (0, 0)
    box = grid.tile_envelope(zoom, column, row)

    answer = montpellier.get(f"/tiles/parcels/WebMercatorQuad/{zoom}/{column}/{row}.mvt")
    decoded = mapbox_vector_tile.decode(answer.data, default_options={"y_coord_down": True})

    numbers = {item["id"]: item for item in read_items(montpellier, "parcels")}
    drawn = decoded["parcels"]["features"]
    whole = 0
    unit = box.width / 4096
    for key, polygon in source.items():
        x, y = mercator.transform(*shapely.get_coordinates(polygon).T)
        if not (x.min() > box.west and x.max() < box.east and y.min() > box.south and y.max() < box.north):
            continue
        assert key in numbers
        in_tile = (
            shapely.Polygon(
                [((px - box.west) / unit, (box.north - py) / unit) for px, py in zip(x, y, strict=True)]
            )
            if polygon.geom_type == "Polygon" and not polygon.interiors
            else None
        )
        if in_tile is None or in_tile.area < 1000:
            continue
        nearest = min(shapely.hausdorff_distance(in_tile, shape(each["geometry"])) for each in drawn)
        assert nearest <= 1.5
        whole += 1
    assert whole >= 20
