"""The MapLibre style of a set: one source, the layers of its members, what they mean as `metadata`.

Tile addresses stand in the source itself and carry the set's token, not the address of the TileJSON: a style
that is pinned has pinned tiles, and a page asks once less before it draws. No address leads elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis import crs
from tiles.addresses import StyleAddress, set_path, tile_template
from tiles.styles.drawing import ZoomScale, draw_labels, draw_layer
from tiles.styles.hatching import list_hatches
from tiles.tilejson import find_attribution, find_bounds, find_zooms

if TYPE_CHECKING:
    from layers.catalogue import PublishedLayer
    from layers.portal import Portal
    from tiles.grid import Grid
    from tiles.serving import TileService
    from tiles.themes import TileSet

Json = dict[str, Any]

# The map in which `zoom` shows the portal's first view: a column of a page.
_START_PIXELS = 640


@dataclass(frozen=True)
class Wording:
    """In which language, behind which root, and under which token this drawing of the set is pinned."""

    root: str
    language: str
    pin: str


def build_style(
    service: TileService, portal: Portal, tile_set: TileSet, grid: Grid, *, wording: Wording
) -> Json:
    """The style of a set as it is in `tile_set`; `grid` is WebMercatorQuad, doubled."""
    scale = find_zoom_scale(portal, grid)
    title = (tile_set.theme or tile_set.members[0].manifest).title.in_language(wording.language)
    has_hatches = bool(list_hatches(member.manifest.style for member in tile_set.members))
    sprite = {"sprite": f"{wording.root}{set_path(tile_set.id, wording.pin)}/sprite"} if has_hatches else {}
    return {
        "version": 8,
        "name": title,
        "metadata": _describe(tile_set, wording),
        **_start(portal, scale),
        **sprite,
        "sources": {tile_set.id: _source(service, portal, tile_set, grid, wording=wording)},
        "layers": _layers(tile_set, scale),
    }


def find_zoom_scale(portal: Portal, grid: Grid) -> ZoomScale:
    """What MapLibre's zooms mean on the ground in the middle of the portal, where styles are judged."""
    centre = crs.transform(portal.crs, grid.srid, *portal.outline_envelope.centre)
    return ZoomScale(grid.ground_resolution(0, centre))


def _source(service: TileService, portal: Portal, tile_set: TileSet, grid: Grid, *, wording: Wording) -> Json:
    lowest, deepest = find_zooms(service, tile_set, grid)
    return {
        "type": "vector",
        "tiles": [wording.root + tile_template(tile_set.id, tile_set.token, grid.id)],
        "bounds": [round(each, 7) for each in find_bounds(portal, tile_set).bounds],
        "minzoom": lowest,
        "maxzoom": deepest,
        "attribution": find_attribution(tile_set, wording.language),
    }


def _layers(tile_set: TileSet, scale: ZoomScale) -> list[Json]:
    """Members from the bottom upwards, then all labels: MapLibre gives room to the last ones first.

    Larger letters come last, as our canvas places them first.
    """
    hidden = tile_set.theme.hidden if tile_set.theme else ()
    drawn: list[Json] = []
    labels: list[tuple[float, Json]] = []
    for member in tile_set.members:
        off = {"visibility": "none"} if member.id in hidden else {}
        metadata = {"metadata": {"prostor:layer": member.id}}
        drawn += [
            _with_layout({**layer, **metadata}, off)
            for layer in draw_layer(member.manifest, tile_set.id, scale)
        ]
        style_of = member.manifest.style.label
        label = draw_labels(member.manifest, tile_set.id, scale)
        if label is not None and style_of is not None:
            unseen = off if style_of.shown else {"visibility": "none"}
            labels.append((style_of.size, _with_layout({**label, **metadata}, unseen)))
    return [*drawn, *(layer for _, layer in sorted(labels, key=lambda each: each[0]))]


def _with_layout(layer: Json, more: Json) -> Json:
    layout = {**layer.get("layout", {}), **more}
    return {**layer, "layout": layout} if layout else layer


def _start(portal: Portal, scale: ZoomScale) -> Json:
    """Where a map begins that says nothing else: the middle of the portal's first view, so that it fits."""
    start = portal.start_envelope
    box = crs.transform_envelope(start, crs.WGS84)
    longer = max(start.width, start.height)
    return {
        "center": [round(each, 6) for each in box.centre],
        "zoom": math.floor(scale.zoom(longer / _START_PIXELS) * 10) / 10,
    }


def _describe(tile_set: TileSet, wording: Wording) -> Json:
    pinned = StyleAddress(tile_set.id, wording.pin).path
    return {
        "prostor:set": tile_set.id,
        "prostor:language": wording.language,
        "prostor:pinned": wording.root + pinned,
        "prostor:layers": [_describe_layer(member, wording.language) for member in tile_set.members],
    }


def _describe_layer(member: PublishedLayer, language: str) -> Json:
    manifest = member.manifest
    return {
        "id": member.id,
        "title": manifest.title.in_language(language),
        "description": manifest.description.in_language(language),
        "stateDate": member.state_date.isoformat(),
        "licence": manifest.source.licence,
        "attribution": manifest.source.attribution.in_language(language),
        "legend": [
            {"value": each.value, "title": each.title.in_language(language), "official": each.official}
            for each in manifest.style.legend(manifest.title)
        ],
    }
