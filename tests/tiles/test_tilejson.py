"""TileJSON and the OGC resources: what programs read before they ask for tiles."""

from __future__ import annotations

from typing import Any

import morecantile
import pytest
import shapely

from tiles import ogc
from tiles.grid import BUILT_IN

pytestmark = pytest.mark.database

HERE = (508000.0, 136000.0)
SQUARE = shapely.box(508001, 135980, 508020, 135999)
LABELLED = {"scale": {"max": 2.0}, "label": {"column": "name", "max_metres_per_pixel": 0.3}}


@pytest.fixture(scope="module")
def workshop(shared_workshop: Any) -> Any:
    """One database for all tests of this file."""
    return shared_workshop


def test_tilejson_tells_how_to_ask(workshop: Any) -> None:
    """It names the immutable addresses, the zooms, the bounds in degrees, and what is in the tiles."""
    token = workshop.publish("a", [SQUARE], style=LABELLED, tiles={"columns": ["code"]})

    content = workshop.client.get("/tiles/a/SI-D96.json").json

    assert content["tilejson"] == "3.0.0"
    assert content["tiles"] == [f"http://localhost/tiles/a@{token}/SI-D96/{{z}}/{{x}}/{{y}}.mvt"]
    assert (content["scheme"], content["minzoom"], content["maxzoom"]) == ("xyz", 9, 12)
    assert content["prostor"] == {"grid": "SI-D96", "token": token, "extent": 4096, "buffer": 64}
    assert content["attribution"] == "a"
    west, south, east, north = content["bounds"]
    assert 15.10 < west < east < 15.11
    assert 46.36 < south < north < 46.37
    layer, labels = content["vector_layers"]
    assert (layer["id"], layer["fields"]) == ("a", {"code": "a"})
    assert layer["prostor"] == {"max_features": 20000, "fields": {"code": {"minzoom": 9, "maxzoom": 12}}}
    assert (layer["minzoom"], layer["maxzoom"]) == (9, 12)
    assert (labels["id"], list(labels["fields"])) == ("a:labels", ["text", "w"])
    assert (labels["minzoom"], labels["maxzoom"]) == (11, 12)


def test_tilejson_says_which_field_is_in_which_zooms(workshop: Any) -> None:
    """The class column is there at every zoom, a column with a scale from the zoom of that scale on."""
    style = {"scale": {"max": 40.0}, "by": "name", "default": {"line": "#000000"}}
    tiles = {"columns": [{"column": "code", "max_metres_per_pixel": 1.0}], "max_features": 500}
    workshop.publish("a", [shapely.box(507000, 135000, 509000, 137000)], style=style, tiles=tiles)
    (layer,) = workshop.client.get("/tiles/a/SI-D96.json").json["vector_layers"]

    held = {z: workshop.tile_at("a", "SI-D96", z, HERE)["a"]["features"][0]["properties"] for z in range(5, 13)}

    assert layer["prostor"]["max_features"] == 500
    for name, zooms in layer["prostor"]["fields"].items():
        first, last = zooms["minzoom"], zooms["maxzoom"]
        assert [z for z in held if name in held[z]] == list(range(first, last + 1)), name
    assert layer["prostor"]["fields"]["name"]["minzoom"] == 5
    assert layer["prostor"]["fields"]["code"]["minzoom"] == 9


def test_every_zoom_it_names_has_tiles(workshop: Any) -> None:
    """From minzoom to maxzoom tiles hold the layer, and below minzoom none does."""
    workshop.publish("a", [shapely.box(507000, 135000, 509000, 137000)], style={"scale": {"max": 40}})
    content = workshop.client.get("/tiles/a/WebMercatorQuad.json").json

    held = [z for z in range(19) if workshop.tile_at("a", "WebMercatorQuad", z, HERE)]

    assert held == list(range(content["minzoom"], content["maxzoom"] + 1))


def test_theme_lists_the_layers_of_all_members(workshop: Any) -> None:
    """A theme's TileJSON has its members from the bottom upwards, their common box and every attribution."""
    workshop.publish("b", [shapely.box(509000, 135980, 509020, 135999)])
    workshop.publish("a", [SQUARE])

    content = workshop.client.get("/tiles/view/SI-D96.json").json

    assert [layer["id"] for layer in content["vector_layers"]] == ["a", "b"]
    assert content["attribution"] == "a | b"
    assert content["bounds"][2] - content["bounds"][0] > 0.012


def test_programs_are_led_to_the_style(workshop: Any) -> None:
    """TileJSON, collection and tileset name the MapLibre style, where the grid is one that MapLibre draws."""
    workshop.publish("a", [SQUARE])
    tilesets = workshop.client.get("/ogc/collections/a/tiles").json["tilesets"]
    by_crs = {each["crs"][-4:]: [link["href"] for link in each["links"]] for each in tilesets}
    named = ogc.collection_links("http://localhost", "a")[-1]

    style = "http://localhost/tiles/a/style.json"

    for grid in ("WebMercatorQuad", "WebMercatorQuad512"):
        assert workshop.client.get(f"/tiles/a/{grid}.json").json["prostor"]["style"] == style
    assert "style" not in workshop.client.get("/tiles/a/SI-D96.json").json["prostor"]
    assert (style in by_crs["3857"], style in by_crs["3794"]) == (True, False)
    assert (named["rel"], named["href"]) == ("stylesheet", style)
    assert named["type"] == workshop.client.get(style).content_type


def test_tilejson_is_short_lived_and_conditional(workshop: Any) -> None:
    """Clients ask again after a minute; a new version changes the ETag."""
    workshop.publish("a", [SQUARE])
    first = workshop.client.get("/tiles/a/SI-D96.json")
    same = workshop.client.get("/tiles/a/SI-D96.json", headers={"If-None-Match": first.headers["ETag"]})
    workshop.publish("a", [SQUARE, SQUARE])

    other = workshop.client.get("/tiles/a/SI-D96.json", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert (same.status_code, other.status_code) == (304, 200)
    assert first.headers["Access-Control-Allow-Origin"] == same.headers["Access-Control-Allow-Origin"] == "*"


def test_grids_are_published_as_ogc_documents(workshop: Any) -> None:
    """Each grid is listed and served as a TileMatrixSet that morecantile reads; our own member stays inside."""
    listed = workshop.client.get("/ogc/tileMatrixSets").json["tileMatrixSets"]

    assert [each["id"] for each in listed] == list(BUILT_IN)
    for each in listed:
        document = workshop.client.get(each["links"][0]["href"]).json
        assert morecantile.TileMatrixSet.model_validate(document).id == each["id"]
        assert "prostor" not in document
    assert workshop.client.get("/ogc/tileMatrixSets/XX").status_code == 404


def test_tileset_leads_to_tiles(workshop: Any) -> None:
    """From a collection a program finds its tilesets, their limits, and tiles under z / row / column."""
    workshop.publish("a", [SQUARE], style={"scale": {"max": 2.0}})
    tilesets = workshop.client.get("/ogc/collections/a/tiles").json["tilesets"]
    short = next(each for each in tilesets if each["crs"].endswith("/3794"))
    here = next(link["href"] for link in short["links"] if link["rel"] == "self")
    whole = workshop.client.get(here).json
    template = next(link for link in whole["links"] if link["rel"] == "item")
    limit = whole["tileMatrixSetLimits"][-1]
    address = template["href"].format(
        tileMatrix=limit["tileMatrix"], tileRow=limit["maxTileRow"], tileCol=limit["minTileCol"]
    )

    tile = workshop.client.get(address)
    alias = workshop.client.get(f"/tiles/a/SI-D96/12/{limit['minTileCol']}/{limit['maxTileRow']}.mvt")

    assert template["templated"] is True
    assert [each["tileMatrix"] for each in whole["tileMatrixSetLimits"]] == ["9", "10", "11", "12"]
    assert whole["layers"][0]["geometryDimension"] == 2
    assert tile.status_code == 200
    assert (tile.data, tile.headers["Content-Type"]) == (alias.data, alias.headers["Content-Type"])


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/view/tiles",
        "/ogc/collections/nothing/tiles",
        "/ogc/collections/a/tiles/XX",
        "/ogc/collections/a/tiles/SI-D96/12/01/1",
        "/ogc/collections/a/tiles/SI-D96/13/1/1",
        "/ogc/collections/a/tiles/SI-D96/12/x/1",
        "/ogc/collections/a@0123456789abcdef/tiles/SI-D96/12/1/1",
        "/ogc/collections/view/tiles/SI-D96/12/1/1",
    ],
)
def test_what_is_no_tileset_is_404(workshop: Any, path: str) -> None:
    """Themes are not collections, and numbers are strict here too."""
    workshop.publish("a", [SQUARE])

    assert workshop.client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/ogc/tileMatrixSets", "/ogc/collections/a/tiles/SI-D96/12/2156/1001"])
@pytest.mark.parametrize("query", ["unknown=1", "f=xml", "f=json&f=xml"])
def test_unknown_parameters_are_refused(workshop: Any, path: str, query: str) -> None:
    """As everywhere under /ogc, a parameter we do not know is an error, not silence."""
    workshop.publish("a", [SQUARE])

    assert workshop.client.get(f"{path}?{query}").status_code == 400


def test_floor_registers_its_part_of_the_api() -> None:
    """Landing page, collections and OpenAPI get this floor's links, classes and paths."""
    assert any(name.endswith("ogcapi-tiles-1/1.0/conf/mvt") for name in ogc.CONFORMANCE)
    assert [link["href"] for link in ogc.landing_links("http://h")] == ["http://h/ogc/tileMatrixSets"]
    assert ogc.collection_links("", "a")[0]["href"] == "/ogc/collections/a/tiles"
    for path, item in ogc.openapi_paths().items():
        named = [each["name"] for each in item["get"]["parameters"] if each["in"] == "path"]
        assert [name for name in named if f"{{{name}}}" not in path] == []
