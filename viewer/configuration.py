"""What the viewer's modules need to know, as one JSON object that is written into the page.

Built from `portal.toml`, the manifests and the catalogue, in one language. Nothing in it is secret: all of
it is also published by `/layers` and TileJSON.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from gis import crs
from layers.parcel_columns import find_parcel_columns
from viewer.legend import build_legend
from viewer.printing.layout import find_layout
from viewer.printing.request import MAX_TITLE, ORIENTATIONS, PAPERS, SCALES
from viewer.projection import TransverseMercator, find_transverse_mercator
from viewer.qr_code import MAX_ADDRESS
from viewer.wording import read_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.envelope import Envelope
    from layers.catalogue import PublishedLayer
    from layers.manifest import Document, Manifest
    from layers.portal import BaseMap, Portal, Theme
    from layers.style import Style
    from tiles.grid import Grid

Json = dict[str, Any]

# As the search ranks them.
SEARCH_KINDS = ("parcel", "address", "place", "zone", "other")
WEB_MERCATOR_GRID = "WebMercatorQuad"
_ONLY_ON_THE_SERVER = (
    "about.",
    "accessibility.",
    "builder.",
    "catalogue.",
    "parcel.",
    "printed.",
    "privacy.",
    "problem.",
    "quality.",
)


def build_configuration(
    portal: Portal,
    published: Mapping[str, PublishedLayer],
    grids: Sequence[Grid],
    *,
    manifests: Mapping[str, Manifest],
    language: str,
    prefix: str,
) -> Json:
    """The configuration of one page.

    `manifests` are those of the portal's folder: they describe layers that were never published, which are
    listed all the same and marked as without data. `prefix` is the path under which the service lives.
    """
    projection = find_transverse_mercator(portal.crs)
    shown = [grid for grid in grids if _can_show(grid, projection)]
    known = {**manifests, **{each.id: each.manifest for each in published.values()}}
    return {
        "portal": _describe_portal(portal, language),
        "grids": [_describe_grid(grid) for grid in _own_grid_first(shown)],
        "projection": _describe_projection(projection),
        "start": _in_degrees(portal.start_envelope),
        "outline": _in_degrees(portal.outline_envelope),
        "baseMaps": [_describe_base_map(each, language) for each in portal.base_maps],
        "themes": [_describe_theme(each, known, shown, language, prefix) for each in portal.themes],
        "layers": {
            layer_id: describe_layer(manifest, published.get(layer_id), language)
            for layer_id, manifest in sorted(known.items())
        },
        "printing": _describe_printing(),
        "maxCodeAddress": MAX_ADDRESS,
        "urls": _addresses(prefix, "" if language == portal.languages[0] else f"?lang={language}"),
        "texts": _texts_for_modules(language),
    }


def _texts_for_modules(language: str) -> Json:
    """The texts without those of pages that are made on the server."""
    return {key: text for key, text in read_texts(language).items() if not key.startswith(_ONLY_ON_THE_SERVER)}


def describe_layer(manifest: Manifest, published: PublishedLayer | None, language: str) -> Json:
    """One layer for the viewer; `available` is false when the layer has no published version."""
    source = manifest.source
    state_date = published.state_date if published else source.state_date
    return {
        "id": manifest.id,
        "role": manifest.role,
        "title": manifest.title.in_language(language),
        "description": manifest.description.in_language(language),
        "geometry": manifest.geometry.kind,
        "available": published is not None,
        "style": _describe_style(manifest.style),
        "attribution": source.attribution.in_language(language),
        "stateDate": state_date.isoformat(),
        "newerDue": due.isoformat() if (due := source.newer_due(state_date)) else None,
        "isStale": source.is_stale(state_date, date.today()),  # noqa: DTZ011  days of the reader's calendar
        "licence": source.licence,
        "licenceUrl": source.licence_url,
        "provider": source.provider.in_language(language),
        "documents": _describe_documents(manifest.documents, language),
        "legend": [asdict(each) for each in build_legend(manifest, language)],
        "searchKind": manifest.search.kind if manifest.search else None,
        "isCadastre": manifest.role == "parcels" and find_parcel_columns(manifest) is not None,
    }


def say_searched(configuration: Json, texts: Mapping[str, str]) -> str:
    """What the empty search box says can be found: the two kinds most asked for among the published layers."""
    found = {each["searchKind"] for each in configuration["layers"].values() if each["available"]}
    kinds = [texts["search.kind_" + kind] for kind in SEARCH_KINDS if kind in found][:2]
    named = ", ".join(kinds) or texts["search.kind_place"]
    return texts["search.placeholder"].format(kinds=named[:1].upper() + named[1:])


def _describe_documents(documents: Sequence[Document], language: str) -> list[Json]:
    return [{"title": each.title.in_language(language), "url": each.url} for each in documents]


def _describe_style(style: Style) -> Json:
    """The neutral style without its texts: those stand in the legend, in the page's language."""
    return style.model_dump(
        mode="json", exclude={"default_title": True, "classes": {"__all__": {"title", "official"}}}
    )


def _describe_portal(portal: Portal, language: str) -> Json:
    return {
        "id": portal.id,
        "title": portal.title.in_language(language),
        "municipality": portal.municipality.name.in_language(language),
        "notice": portal.notices.informative.in_language(language),
        "languages": list(portal.languages),
        "language": language,
        "srid": portal.crs,
    }


def _can_show(grid: Grid, projection: TransverseMercator | None) -> bool:
    return grid.srid == crs.WEB_MERCATOR or (projection is not None and grid.srid == projection.srid)


def _own_grid_first(grids: Sequence[Grid]) -> list[Grid]:
    return sorted(grids, key=lambda grid: grid.srid == crs.WEB_MERCATOR)


def _describe_grid(grid: Grid) -> Json:
    return {
        "id": grid.id,
        "srid": grid.srid,
        "origin": list(grid.origin),
        "resolution0": grid.resolution0,
        "tileSize": grid.tile_size,
        "minZoom": grid.min_zoom,
        "maxZoom": grid.max_zoom,
        "maxTileZoom": grid.max_tile_zoom,
        "bounds": list(grid.bounds.bounds),
    }


def _describe_projection(projection: TransverseMercator | None) -> Json | None:
    if projection is None:
        return None
    return {
        "srid": projection.srid,
        "name": projection.name,
        "kind": "transverse-mercator",
        "lat0": projection.lat0,
        "lon0": projection.lon0,
        "k": projection.k0,
        "x0": projection.x0,
        "y0": projection.y0,
        "a": projection.semi_major_m,
        "rf": projection.inverse_flattening,
    }


def _describe_base_map(base_map: BaseMap, language: str) -> Json:
    return {
        "id": base_map.id,
        "title": base_map.title.in_language(language),
        "kind": base_map.kind,
        "url": base_map.url,
        "layers": base_map.layers,
        "format": base_map.format,
        "matrixSet": base_map.matrix_set,
        "matrix": base_map.matrix,
        "style": base_map.style,
        "deepestZoom": base_map.deepest_zoom,
        "attribution": base_map.attribution.in_language(language),
        "grid": None if base_map.kind == "wms" else base_map.grid,
    }


def _describe_theme(
    theme: Theme, known: Mapping[str, Manifest], grids: Sequence[Grid], language: str, prefix: str
) -> Json:
    return {
        "id": theme.id,
        "title": theme.title.in_language(language),
        "description": theme.description.in_language(language),
        "layers": [each for each in theme.layers if each in known],
        "hidden": [each for each in theme.hidden if each in known],
        "documents": _describe_documents(theme.documents, language),
        "tiles": {grid.id: f"{prefix}/tiles/{theme.id}/{grid.id}.json" for grid in grids},
    }


def _describe_printing() -> Json:
    """What `/print` offers: scales, and the millimetres of the map on each paper."""
    sizes = {paper: {each: [*find_layout(paper, each).map_size] for each in ORIENTATIONS} for paper in PAPERS}
    return {"scales": [*SCALES], "papers": sizes, "maxTitle": MAX_TITLE}


def _addresses(prefix: str, language_query: str) -> Json:
    return {
        "home": f"{prefix}/",
        "embed": f"{prefix}/embed",
        "builder": f"{prefix}/embed/builder",
        "search": f"{prefix}/search",
        "identify": f"{prefix}/identify",
        "print": f"{prefix}/print",
        "code": f"{prefix}/qr.svg",
        "selectParcels": f"{prefix}/parcels/select",
        "item": f"{prefix}/ogc/collections/{{layer}}/items/{{id}}",
        "layerPage": f"{prefix}/layers/{{layer}}{language_query}",
        "parcelPage": f"{prefix}/parcels/{{id}}{language_query}",
    }


def _in_degrees(envelope: Envelope) -> list[float]:
    return [round(each, 7) for each in crs.transform_envelope(envelope, crs.WGS84).bounds]
