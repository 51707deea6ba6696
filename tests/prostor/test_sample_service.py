"""The whole service on the sample municipality, asked as programs do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from shapely.geometry import shape

from gis import crs

if TYPE_CHECKING:
    from flask.testing import FlaskClient

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
LAYERS = {
    "parcels", "buildings", "addresses", "zoning", "water", "sewer", "electricity", "gas", "heating", "telecom",
    "protected-areas", "flood-zones", "roads", "land-cover", "municipality", "settlements", "acts",
}  # fmt: skip

pytestmark = pytest.mark.database


def _features(client: FlaskClient, address: str) -> list[Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.get_json(force=True)["features"]
    return found


def test_every_layer_is_a_collection_and_can_be_read(client: FlaskClient) -> None:
    """All sixteen layers answer with valid geometry, and link to their tiles."""
    collections = client.get("/ogc/collections").get_json()["collections"]

    assert {each["id"] for each in collections} == LAYERS
    for each in collections:
        features = _features(client, f"/ogc/collections/{each['id']}/items?limit=50")
        assert features
        assert all(shape(feature["geometry"]).is_valid for feature in features if feature["geometry"])
        assert any(link["rel"].endswith("tilesets-vector") for link in each["links"])


def test_a_walk_through_all_parcels(client: FlaskClient) -> None:
    """Every parcel is met once, and they are as many as the catalogue says."""
    address, keys = "/ogc/collections/parcels/items?limit=1000&properties=ko", []
    while address:
        page = client.get(address).get_json(force=True)
        keys += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")

    assert len(keys) == len(set(keys)) == client.get("/layers/parcels").get_json()["features"]


def test_a_parcel_from_the_search_box_to_its_zone(client: FlaskClient) -> None:
    """A parcel number is typed, found, read in two CRSs, and a click on it shows parcel and zone."""
    feature = next(
        each
        for each in _features(client, "/ogc/collections/parcels/items?limit=200")
        if "/" in each["id"] and "*" not in each["id"]
    )
    number = feature["id"].replace("-", " ", 1)

    group = client.get("/search", query_string={"q": number}).get_json()["groups"][0]
    first = group["results"][0]
    native = client.get(f"/ogc/collections/parcels/items/{feature['id']}?crs={EPSG}3794").get_json(force=True)
    place = {"x": first["point"]["e"], "y": first["point"]["n"]}
    answer = client.get("/identify", query_string=place).get_json()

    assert (group["kind"], first["id"], first["exact"]) == ("parcel", feature["id"], True)
    lon, lat = shape(feature["geometry"]).exterior.coords[0]
    assert crs.transform(4326, 3794, lon, lat) == pytest.approx(
        shape(native["geometry"]).exterior.coords[0], abs=0.006
    )
    found = {each["layer"]: each for each in answer["layers"]}
    assert feature["id"] in [each["id"] for each in found["parcels"]["features"]]
    assert found["zoning"]["status"] == "found"
    assert answer["inside"] is True
    assert {"roads", "land-cover"}.isdisjoint(found)


def test_addresses_are_found_without_accents(client: FlaskClient) -> None:
    """An address typed in plain letters is found as it is written."""
    features = _features(client, "/ogc/collections/addresses/items?limit=1000")
    accented = next(each for each in features if any(letter in str(each["properties"]) for letter in "čšž"))
    point = shape(accented["geometry"])

    nearby = client.get(f"/identify?x={point.x}&y={point.y}&crs=4326&layers=addresses").get_json()
    written = nearby["layers"][0]["features"][0]["title"]
    plain = written.translate(str.maketrans("čšžČŠŽ", "cszCSZ"))
    groups = client.get("/search", query_string={"q": plain}).get_json()["groups"]

    assert written in [result["title"] for group in groups for result in group["results"]]
