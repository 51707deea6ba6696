"""TileJSON 3.0.0: what a set holds in one grid, with the current token in its tile addresses.

Clients read this first and then ask only immutable addresses. The member `prostor` says what TileJSON has no
word for: the grid, the size of tile units, the style. Bounds are degrees whatever the grid, as TileJSON wants.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from gis import crs
from layers.targets import BUFFER
from tiles.addresses import StyleAddress, tile_template
from tiles.grid import EXTENT, WEB_MERCATOR_QUAD

if TYPE_CHECKING:
    from gis.envelope import Envelope
    from layers.catalogue import PublishedLayer
    from layers.portal import Portal
    from tiles.grid import Grid
    from tiles.serving import TileService
    from tiles.source import TileSource
    from tiles.themes import TileSet

Json = dict[str, Any]


def build_tilejson(service: TileService, portal: Portal, tile_set: TileSet, grid: Grid, *, root: str) -> Json:
    """The TileJSON of a set in one grid; `root` is what addresses are put behind, perhaps nothing."""
    language = portal.languages[0]
    drawn = _drawn(service, tile_set, grid)
    lowest, deepest = find_zooms(service, tile_set, grid)
    title = (tile_set.theme or tile_set.members[0].manifest).title
    return {
        "tilejson": "3.0.0",
        "name": title.in_language(language),
        "tiles": [root + tile_template(tile_set.id, tile_set.token, grid.id)],
        "scheme": "xyz",
        "minzoom": lowest,
        "maxzoom": deepest,
        "bounds": [round(each, 7) for each in find_bounds(portal, tile_set).bounds],
        "attribution": find_attribution(tile_set, language),
        "vector_layers": [layer for each in drawn for layer in _vector_layers(each, language)],
        "prostor": {
            "grid": grid.id,
            "token": tile_set.token,
            "extent": EXTENT,
            **_style(tile_set, grid, root),
            "buffer": max((source.buffer for each in drawn for source in each), default=BUFFER),
        },
    }


def _style(tile_set: TileSet, grid: Grid, root: str) -> dict[str, str]:
    """Where the MapLibre style is, for grids that MapLibre can draw."""
    is_drawn = WEB_MERCATOR_QUAD in (grid.id, grid.twin_of)
    return {"style": root + StyleAddress(tile_set.id, None).path} if is_drawn else {}


def find_zooms(service: TileService, tile_set: TileSet, grid: Grid) -> tuple[int, int]:
    """The first and the deepest zoom whose tiles hold anything of the set; the grid's own when none does."""
    zooms = [source.zoom for each in _drawn(service, tile_set, grid) for source in each]
    return min(zooms, default=grid.min_zoom), max(zooms, default=grid.max_tile_zoom)


def find_attribution(tile_set: TileSet, language: str) -> str:
    """Whom the members' data are owed to, each once."""
    texts = (member.manifest.source.attribution.in_language(language) for member in tile_set.members)
    return " | ".join(dict.fromkeys(texts))


def find_bounds(portal: Portal, tile_set: TileSet) -> Envelope:
    """Where the set has data, in degrees; the portal's outline while it has none."""
    extents = [member.extent for member in tile_set.members if member.extent is not None]
    if not extents:
        return crs.transform_envelope(portal.outline_envelope, crs.WGS84)
    return reduce(lambda one, other: one.united(other), extents)


def describe_fields(layer: PublishedLayer, language: str) -> dict[str, str]:
    """The properties that travel in tiles, each with its title."""
    columns = layer.manifest.columns
    return {name: columns[name].title.in_language(language) for name in layer.manifest.tile_columns}


def _drawn(service: TileService, tile_set: TileSet, grid: Grid) -> list[list[TileSource]]:
    """For each member that is drawn at all, what it puts into the tiles of each zoom."""
    sources = (_sources(service, member, grid) for member in tile_set.members)
    return [each for each in sources if each]


def _sources(service: TileService, layer: PublishedLayer, grid: Grid) -> list[TileSource]:
    every = range(grid.min_zoom, grid.max_tile_zoom + 1)
    found = (service.find_source(layer, grid, zoom) for zoom in every)
    return [source for source in found if source is not None]


def _vector_layers(sources: list[TileSource], language: str) -> list[Json]:
    """The layer itself and, where there are any, its labels."""
    layer = sources[0].layer
    title = layer.manifest.title.in_language(language)
    described = [
        {
            **_vector_layer(layer.id, title, describe_fields(layer, language), sources),
            "prostor": {"max_features": sources[0].max_features, "fields": _field_zooms(sources)},
        }
    ]
    labelled = [source for source in sources if source.label]
    if labelled:
        fields = {"text": "text"}
        if labelled[0].kind == "polygon":
            fields["w"] = "free width at the label, decimetres on the ground"
        described.append(_vector_layer(f"{layer.id}:labels", title, fields, labelled))
    return described


def _field_zooms(sources: list[TileSource]) -> Json:
    """For each property the zooms whose tiles hold it; a column that no zoom holds is left out."""
    held: dict[str, list[int]] = {}
    for source in sources:
        for name in source.columns:
            held.setdefault(name, []).append(source.zoom)
    return {name: {"minzoom": zooms[0], "maxzoom": zooms[-1]} for name, zooms in held.items()}


def _vector_layer(name: str, title: str, fields: dict[str, str], sources: list[TileSource]) -> Json:
    return {
        "id": name,
        "description": title,
        "fields": fields,
        "minzoom": sources[0].zoom,
        "maxzoom": sources[-1].zoom,
    }
