"""The configuration that is written into the page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gis import crs
from tests.viewer.conftest import manifest, text
from tiles.grid import built_in_grid
from viewer.configuration import build_configuration, describe_layer, say_searched
from viewer.projection import find_transverse_mercator
from viewer.wording import read_texts

if TYPE_CHECKING:
    from layers.catalogue import PublishedLayer
    from layers.manifest import Manifest
    from layers.portal import Portal

GRIDS = (built_in_grid("WebMercatorQuad"), built_in_grid("SI-D96"))


@pytest.fixture
def configuration(
    portal: Portal, zoning: Manifest, water: Manifest, published_zoning: PublishedLayer
) -> dict[str, Any]:
    """The configuration of the small portal, in Slovenian."""
    return build_configuration(
        portal,
        {"zoning": published_zoning},
        GRIDS,
        manifests={"zoning": zoning, "water": water},
        language="sl",
        prefix="/gis",
    )


def test_configuration_is_json_in_one_language(configuration: dict[str, Any]) -> None:
    """Everything is plain JSON, and texts are those of the page's language."""
    written = json.loads(json.dumps(configuration))

    assert written == configuration
    assert configuration["portal"]["municipality"] == "Občina Lipovec"
    assert configuration["themes"][0]["title"] == "Prostorski akt"
    assert configuration["texts"]["search.results"] == "Zadetki iskanja"


def test_themes_name_only_layers_that_exist(configuration: dict[str, Any]) -> None:
    """A theme keeps the order of drawing and leaves out ids without a manifest."""
    theme = configuration["themes"][0]

    assert theme["layers"] == ["zoning", "water"]
    assert theme["hidden"] == ["water"]
    assert theme["tiles"]["SI-D96"] == "/gis/tiles/planning/SI-D96.json"


def test_a_layer_without_data_is_listed_as_such(configuration: dict[str, Any]) -> None:
    """A layer that was never published is known, and said to have no data."""
    layers = configuration["layers"]

    assert layers["zoning"]["available"] is True
    assert layers["zoning"]["stateDate"] == "2026-05-01"
    assert layers["water"]["available"] is False


def test_parcels_without_ko_and_number_are_no_cadastre() -> None:
    """Only parcels named by KO and number have pages and can be selected; others are drawn and answered for."""
    columns = {name: {"source": [name], "title": text(name)} for name in ("ko", "number")}
    parts = {"role": "parcels", "columns": columns, "search": {"text": "{ko} {number}", "kind": "parcel"}}
    named = manifest("parcels", "Parcele", "polygon", key=["ko", "number"], **parts)
    unnamed = manifest("parcels", "Parcele", "polygon", key=["number"], **parts)

    assert describe_layer(named, None, "sl")["isCadastre"] is True
    assert describe_layer(unnamed, None, "sl")["isCadastre"] is False


def test_style_keeps_the_names_of_the_neutral_style(configuration: dict[str, Any]) -> None:
    """The browser reads the very keys of layers/style.py, defaults included."""
    style = configuration["layers"]["zoning"]["style"]

    assert style["match"] == "prefix"
    assert style["default"]["line_width"] == 1
    assert style["classes"][1]["symbol"]["hatch"]["spacing"] == 8
    assert set(style["classes"][0]) == {"value", "symbol"}


def test_own_grid_comes_first(configuration: dict[str, Any]) -> None:
    """The first grid is the portal's own; its numbers are those of the tile matrix set."""
    own, web = configuration["grids"]

    assert (own["id"], web["id"]) == ("SI-D96", "WebMercatorQuad")
    assert own["origin"] == [370000, 200000]
    assert own["resolution0"] == 1024
    assert own["maxTileZoom"] == 12
    assert configuration["projection"]["lon0"] == 15


def test_start_is_given_in_degrees(configuration: dict[str, Any], portal: Portal) -> None:
    """The first view is the portal's outline, in longitude and latitude."""
    west, south, east, north = configuration["start"]

    assert crs.transform_envelope(portal.outline_envelope, crs.WGS84).bounds == pytest.approx(
        (west, south, east, north), abs=1e-7
    )


def test_portal_in_another_projection_is_shown_in_web_mercator_only(
    portal: Portal, zoning: Manifest, published_zoning: PublishedLayer
) -> None:
    """Lambert-93 cannot be computed in the browser, so its grid is not offered."""
    lambert = portal.model_copy(update={"crs": 2154})
    grids = (*GRIDS[:1],)

    made = build_configuration(
        lambert, {"zoning": published_zoning}, grids, manifests={}, language="en", prefix=""
    )

    assert made["projection"] is None
    assert [grid["id"] for grid in made["grids"]] == ["WebMercatorQuad"]
    assert made["urls"]["item"] == "/ogc/collections/{layer}/items/{id}"


@pytest.mark.parametrize("srid", [3912, 2154, 3857])
def test_only_transverse_mercator_on_the_datum_of_wgs84_is_computed(srid: int) -> None:
    """D48 is transverse Mercator too, but on another datum; the others are other projections."""
    assert find_transverse_mercator(srid) is None


def test_numbers_of_d96_are_those_of_the_register() -> None:
    """The projection's parameters come from EPSG:3794."""
    found = find_transverse_mercator(crs.D96)

    assert found is not None
    assert (found.lat0, found.lon0, found.k0, found.x0, found.y0) == (0, 15, 0.9999, 500_000, -5_000_000)
    assert found.inverse_flattening == pytest.approx(298.257222101)


@pytest.mark.parametrize(
    ("srid", "name"), [(3794, "D96/TM"), (25831, "UTM 31N"), (3765, "Croatia TM"), (3006, "SWEREF99 TM")]
)
def test_a_crs_is_called_what_people_call_it(srid: int, name: str) -> None:
    """Short names of the EPSG register, without the datum that all of them share."""
    found = find_transverse_mercator(srid)

    assert found is not None
    assert found.name == name


def test_the_search_box_promises_what_is_there() -> None:
    """The kinds of the published layers, at most two, those most asked for first."""
    texts = read_texts("en")

    def promised(*kinds: str | None, available: bool = True) -> str:
        layers = {str(place): {"searchKind": kind, "available": available} for place, kind in enumerate(kinds)}
        return say_searched({"layers": layers}, texts)

    assert promised("zone", "address", None, "parcel") == "Parcel, address …"
    assert promised("place") == "Place …"
    assert promised("parcel", available=False) == "Place …"
