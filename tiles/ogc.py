"""OGC API Tiles 1.0 (20-057): grids and tilesets described for programs, and this floor's part of `/ogc`.

`prostor/` composes landing page, conformance and OpenAPI from `CONFORMANCE`, `landing_links`,
`collection_links` and `openapi_paths`. In these addresses tiles are z / row / column, that is z/y/x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis import crs
from layers.links import JSON_TYPE, build_link, collection_href
from tiles.addresses import StyleAddress
from tiles.answers import MEDIA_TYPE, STYLE_TYPE
from tiles.grid import WEB_MERCATOR_QUAD
from tiles.tilejson import describe_fields, find_bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.envelope import Envelope
    from layers.links import Link
    from layers.portal import Portal
    from tiles.grid import Grid
    from tiles.serving import TileService
    from tiles.themes import TileSet

Json = dict[str, Any]

_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
_TMS = "http://www.opengis.net/spec/tms/2.0/conf/"
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"

CONFORMANCE = (
    f"{_TILES}core",
    f"{_TILES}tileset",
    f"{_TILES}tilesets-list",
    f"{_TILES}geodata-tilesets",
    f"{_TILES}mvt",
    f"{_TMS}tilematrixset",
    f"{_TMS}tilematrixsetlimits",
    f"{_TMS}json-tilematrixset",
    f"{_TMS}json-tilematrixsetlimits",
)

_LANGUAGE = {
    "name": "lang",
    "in": "query",
    "description": "language of titles and legend",
    "schema": {"type": "string", "enum": ["sl", "en"]},
}
_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}


def landing_links(root: str) -> list[Link]:
    """The links of this floor on the landing page of `/ogc`."""
    return [build_link(f"{_REL}tiling-schemes", f"{root}/ogc/tileMatrixSets", JSON_TYPE, "Tile matrix sets")]


def collection_links(root: str, layer_id: str) -> list[Link]:
    """The links of this floor in the description of a collection."""
    href = collection_href(root, layer_id, "tiles")
    return [
        build_link(f"{_REL}tilesets-vector", href, JSON_TYPE, "Vector tiles"),
        _style_link(root, layer_id),
    ]


def describe_grids(grids: Iterable[Grid], root: str) -> Json:
    """The tile matrix sets of this portal, in short."""
    return {
        "tileMatrixSets": [
            {
                "id": grid.id,
                "title": grid.title,
                **({"uri": grid.uri} if grid.uri else {}),
                "crs": crs.crs_uri(grid.srid),
                "links": [build_link("self", grid_href(root, grid), JSON_TYPE, grid.title)],
            }
            for grid in grids
        ]
    }


def grid_href(root: str, grid: Grid) -> str:
    """Where the definition of a grid is."""
    return f"{root}/ogc/tileMatrixSets/{grid.id}"


def describe_tilesets(tile_set: TileSet, grids: Iterable[Grid], root: str) -> Json:
    """The tilesets of one collection: one for each grid."""
    here = collection_href(root, tile_set.id, "tiles")
    return {
        "links": [build_link("self", here, JSON_TYPE)],
        "tilesets": [_describe_in_short(tile_set, grid, root) for grid in grids],
    }


def describe_tileset(service: TileService, portal: Portal, tile_set: TileSet, grid: Grid, *, root: str) -> Json:
    """One tileset whole: limits per zoom, the layer in it, where it lies, and where its tiles are."""
    layer = tile_set.members[0]
    zooms = [
        zoom
        for zoom in range(grid.min_zoom, grid.max_tile_zoom + 1)
        if service.find_source(layer, grid, zoom) is not None
    ]
    bounds = find_bounds(portal, tile_set)
    return {
        **_describe_in_short(tile_set, grid, root),
        "tileMatrixSetLimits": _limits(grid, bounds, zooms),
        "boundingBox": {
            "lowerLeft": [bounds.west, bounds.south],
            "upperRight": [bounds.east, bounds.north],
            "crs": crs.CRS84_URI,
        },
        "layers": [
            {
                "id": layer.id,
                "title": layer.manifest.title.in_language(portal.languages[0]),
                "dataType": "vector",
                "geometryDimension": _DIMENSIONS[layer.manifest.geometry.kind],
                "minTileMatrix": str(min(zooms, default=grid.min_zoom)),
                "maxTileMatrix": str(max(zooms, default=grid.max_tile_zoom)),
                "propertiesSchema": _properties(describe_fields(layer, portal.languages[0])),
            }
        ],
    }


def openapi_paths() -> Mapping[str, Json]:
    """This floor's paths for the OpenAPI document, relative to the root of the service."""
    layer = _path_parameter("collectionId", "id of a layer")
    grid = _path_parameter("tileMatrixSetId", "id of a grid, such as WebMercatorQuad")
    numbers = [
        _path_parameter("tileMatrix", "zoom"),
        _path_parameter("tileRow", "row, counted from the north"),
        _path_parameter("tileCol", "column, counted from the west"),
    ]
    below = "/ogc/collections/{collectionId}/tiles"
    return {
        "/ogc/tileMatrixSets": _operation("tileMatrixSets", "The grids of this portal", []),
        "/ogc/tileMatrixSets/{tileMatrixSetId}": _operation("tileMatrixSet", "A grid", [grid]),
        below: _operation("tilesets", "The tilesets of a layer", [layer]),
        f"{below}/{{tileMatrixSetId}}": _operation("tileset", "A tileset of a layer", [layer, grid]),
        f"{below}/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _operation(
            "tile", "A vector tile; 204 when it is empty", [layer, grid, *numbers], media_type=MEDIA_TYPE
        ),
        "/tiles/{set}/style.json": _operation(
            "style",
            "A layer or a theme as a MapLibre style, in Web Mercator",
            [_path_parameter("set", "id of a layer or a theme, with @ and a token to pin it"), _LANGUAGE],
            media_type=STYLE_TYPE,
        ),
    }


def _describe_in_short(tile_set: TileSet, grid: Grid, root: str) -> Json:
    here = collection_href(root, tile_set.id, "tiles", grid.id)
    item = build_link("item", f"{here}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", MEDIA_TYPE)
    return {
        "title": f"{tile_set.id}, {grid.id}",
        "dataType": "vector",
        "crs": crs.crs_uri(grid.srid),
        **({"tileMatrixSetURI": grid.uri} if grid.uri else {}),
        "links": [
            build_link("self", here, JSON_TYPE),
            build_link(f"{_REL}tiling-scheme", grid_href(root, grid), JSON_TYPE, grid.title),
            {**item, "templated": True},
            build_link("alternate", f"{root}/tiles/{tile_set.id}/{grid.id}.json", JSON_TYPE, "TileJSON"),
            *([_style_link(root, tile_set.id)] if grid.id == WEB_MERCATOR_QUAD else []),
        ],
    }


def _style_link(root: str, set_id: str) -> Link:
    """How the tiles are to be drawn (OGC API Styles, 20-009, 7.3): by MapLibre, so only in Web Mercator."""
    return build_link("stylesheet", root + StyleAddress(set_id, None).path, STYLE_TYPE, "MapLibre style")


def _limits(grid: Grid, bounds: Envelope, zooms: Iterable[int]) -> list[Json]:
    """Which rows and columns may hold data at each zoom (17-083r4, clause 7.4)."""
    box = crs.transform_envelope(bounds, grid.srid)
    ranges = {zoom: found for zoom in zooms if (found := grid.tile_range(zoom, box)) is not None}
    return [
        {
            "tileMatrix": str(zoom),
            "minTileRow": first_y,
            "maxTileRow": last_y,
            "minTileCol": first_x,
            "maxTileCol": last_x,
        }
        for zoom, (first_x, first_y, last_x, last_y) in ranges.items()
    ]


def _properties(fields: Mapping[str, str]) -> Json:
    return {"type": "object", "properties": {name: {"title": title} for name, title in fields.items()}}


def _path_parameter(name: str, description: str) -> Json:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
    }


def _operation(name: str, summary: str, parameters: list[Json], *, media_type: str = JSON_TYPE) -> Json:
    schema = {"type": "string", "format": "binary"} if media_type == MEDIA_TYPE else {"type": "object"}
    return {
        "get": {
            "operationId": name,
            "tags": ["tiles"],
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": {"description": summary, "content": {media_type: {"schema": schema}}},
                "404": {"description": "There is no such thing."},
            },
        }
    }
