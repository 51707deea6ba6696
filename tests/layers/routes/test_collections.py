"""Collections, queryables and `/layers` say what there is, in the shape the standards ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

pytestmark = pytest.mark.database

# OGC API Features Part 1 (17-069r4), schemas link, extent and collection, with crs and storageCrs of Part 2.
LINK = {
    "type": "object",
    "required": ["href", "rel", "type"],
    "properties": {"href": {"type": "string"}, "rel": {"type": "string"}, "title": {"type": "string"}},
}
NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
COLLECTION = {
    "type": "object",
    "required": ["id", "links", "title", "itemType", "crs", "storageCrs", "extent"],
    "properties": {
        "id": {"type": "string"},
        "links": {"type": "array", "items": LINK},
        "itemType": {"const": "feature"},
        "crs": {"type": "array", "items": {"type": "string", "pattern": "^http://www.opengis.net/def/crs/"}},
        "extent": {
            "type": "object",
            "required": ["spatial"],
            "properties": {
                "spatial": {
                    "type": "object",
                    "required": ["bbox", "crs"],
                    "properties": {
                        "bbox": {"type": "array", "minItems": 1, "items": NUMBERS},
                        "crs": {"const": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
                    },
                }
            },
        },
    },
}
COLLECTIONS = {
    "type": "object",
    "required": ["links", "collections"],
    "properties": {
        "links": {"type": "array", "items": LINK, "minItems": 1},
        "collections": {"type": "array", "items": COLLECTION, "minItems": 1},
    },
}


def test_collections_are_valid(asked: Callable[..., Any]) -> None:
    """Every published layer is a collection; unpublished ones are not mentioned."""
    content = asked("/ogc/collections")

    jsonschema.validate(content, COLLECTIONS)
    assert [each["id"] for each in content["collections"]] == [
        "addresses",
        "parcels",
        "roads",
        "water",
        "zoning",
    ]


@pytest.mark.parametrize("layer_id", ["parcels", "addresses", "water"])
def test_a_collection_is_the_same_alone(asked: Callable[..., Any], layer_id: str) -> None:
    """What stands in the list is what its own address answers; storageCrs is among the CRSs."""
    alone = asked(f"/ogc/collections/{layer_id}")

    assert alone in asked("/ogc/collections")["collections"]
    assert alone["storageCrs"] in alone["crs"]
    assert alone["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def test_links_of_a_collection_can_be_followed(client: FlaskClient) -> None:
    """Each of our own links answers with the media type it promises."""
    for link in client.get("/ogc/collections/parcels").get_json()["links"]:
        if link["href"].startswith("http://localhost/"):
            answer = client.get(link["href"])

            assert answer.status_code == 200
            assert answer.mimetype == link["type"]


def test_addresses_stand_behind_the_configured_one(town: Any, make_client: Callable[..., FlaskClient]) -> None:
    """Behind a proxy with a path, every link carries it."""
    client = make_client(town, base_url="https://karta.example.si/gis")

    links = client.get("/ogc/collections/parcels/items?limit=1").get_json(force=True)["links"]

    assert all(
        link["href"].startswith("https://karta.example.si/gis/ogc/collections/parcels") for link in links
    )


def test_queryables_are_a_schema_of_what_can_be_asked(asked: Callable[..., Any]) -> None:
    """A valid JSON Schema with the published columns by type, and nothing else."""
    schema = asked("/ogc/collections/parcels/queryables", lang="en")

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["area"] == {"title": "Area", "type": "integer", "x-ogc-unit": "m²"}
    assert schema["properties"]["changed"]["format"] == "date"
    assert schema["properties"]["geometry"]["format"] == "geometry-polygon-or-multipolygon"
    assert not [name for name in schema["properties"] if name.startswith("_")]


def test_features_fit_their_schema(asked: Callable[..., Any]) -> None:
    """The properties of every feature are those of the schema, known values of its type."""
    schema = asked("/ogc/collections/parcels/schema")
    properties = {name: rule for name, rule in schema["properties"].items() if name != "geometry"}
    for feature in asked("/ogc/collections/parcels/items", limit=400)["features"]:
        known = {name: value for name, value in feature["properties"].items() if value is not None}

        jsonschema.validate(known, {**schema, "properties": properties})
        assert list(feature["properties"]) == list(properties)


def test_layers_tell_source_and_licence(asked: Callable[..., Any]) -> None:
    """The short list has what a legend and a credit line need."""
    layers = {each["id"]: each for each in asked("/layers")["layers"]}

    assert set(layers) == {"addresses", "parcels", "roads", "water", "zoning"}
    zoning = layers["zoning"]
    assert zoning["title"] == {"sl": "Namenska raba", "en": "Zoning"}
    assert (zoning["features"], zoning["geometry"], zoning["state_date"]) == (2, "polygon", "2026-03-01")
    assert zoning["licence_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert zoning["attribution"] == {"sl": "Vir: Občina Lipovec", "en": "Source: Lipovec"}
    assert zoning["documents"] == [{"title": {"sl": "Odlok", "en": "Odlok"}, "url": "https://example.si/odlok"}]
    assert zoning["extent"][0] == pytest.approx(15.0909, abs=0.001)


def test_a_layer_tells_columns_quality_and_versions(asked: Callable[..., Any]) -> None:
    """The long description adds what a specialist asks for."""
    layer = asked("/layers/parcels")

    assert [each["name"] for each in layer["columns"]][:3] == ["ko", "number", "ko_name"]
    assert layer["native_extent"] == [507000, 135000, 507400, 135400]
    assert [each["token"] for each in layer["versions"]] == [layer["token"]]
    assert layer["source"]["name"] == "parcels.geojson"
    assert isinstance(layer["quality"], dict)
