"""One stand-alone HTML map, made with folium: no network, no tile server, to be mailed or kept in a file.

folium's own popups run attribute text as a template literal and load ten files from four hosts; its scripts
pass through Jinja twice, so `{{…}}` in an attribute would be run here. Popups are built from text nodes, braces
travel as a mark, Leaflet is put into the file, and a policy in its head refuses every request.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import folium
from branca.element import Element, Figure
from folium.utilities import JsCode
from jinja2 import Template

from gis.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.envelope import Envelope
    from layers.manifest import Manifest
    from layers.portal import Language
    from layers.style import Class, Style, Symbol

MAX_FEATURES = 50_000

_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
_PAGE_STYLE = """
html, body { height: 100%; margin: 0; font: 14px/1.4 system-ui, sans-serif; }
.folium-map { height: 100%; width: 100%; background: #f6f4ef; }
.leaflet-popup-content table { border-collapse: collapse; }
.leaflet-popup-content caption { font-weight: 600; text-align: start; padding-block-end: 4px; }
.leaflet-popup-content th { text-align: start; font-weight: 400; color: #555; padding-inline-end: 10px; }
.leaflet-popup-content th, .leaflet-popup-content td { padding-block: 1px; vertical-align: top; }
"""

# A noncharacter of Unicode, which no text may hold, stands for an opening brace while Jinja is at work.
_BRACE = "\ufdd0"
_BRACE_IN_SCRIPT = "\\ufdd0"

# Builds the popup from text nodes only: what stands in an attribute is shown, never run.
_BIND_POPUP = """
(feature, layer) => layer.bindPopup(() => {
  const table = document.createElement('table');
  table.createCaption().textContent = feature.properties.title;
  for (const [name, value] of feature.properties.rows) {
    const row = table.insertRow();
    const heading = document.createElement('th');
    heading.scope = 'row';
    heading.textContent = name;
    row.append(heading);
    row.insertCell().textContent = value;
  }
  return table;
})
"""


@dataclass(frozen=True)
class ExportFeature:
    """One feature in lon/lat: GeoJSON geometry, title, class value, and rows of title and text."""

    geometry: Mapping[str, Any]
    title: str
    class_value: str | None
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class ExportLayer:
    """A layer with its features, as `build_map` draws it."""

    manifest: Manifest
    features: Iterable[ExportFeature]


class _OfflineMap(folium.Map):
    """A folium map that asks for nothing: the classic lists of scripts and styles are empty."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  # folium reads it from the class
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class _Raw(Element):
    """A text that is put into the page as it stands; braces in it mean nothing."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def build_map(
    layers: Sequence[ExportLayer],
    *,
    title: str,
    language: Language,
    start: Envelope,
    leaflet_js: str,
    leaflet_css: str,
) -> str:
    """The HTML of a map with these layers, bottom first; `start` is in degrees (EPSG:4326).

    Raises RequestError when there are more features than a browser can hold as plain GeoJSON.
    """
    drawn = _OfflineMap(tiles=None, prefer_canvas=True, zoom_control=True, max_zoom=20)
    drawn.fit_bounds([[start.south, start.west], [start.north, start.east]])
    _fill_head(drawn, title, leaflet_js, leaflet_css)
    remaining = MAX_FEATURES
    for layer in layers:
        remaining -= _add_layer(drawn, layer, language, remaining)
    folium.LayerControl(collapsed=False).add_to(drawn)
    rendered: str = drawn.get_root().render()
    rendered = rendered.replace(_BRACE_IN_SCRIPT, "\\u007b")
    return rendered.replace("<html>", f'<html lang="{language}">', 1)


def _fill_head(drawn: folium.Map, title: str, leaflet_js: str, leaflet_css: str) -> None:
    figure = drawn.get_root()
    if not isinstance(figure, Figure):
        raise TypeError(figure)
    figure.header._children.clear()  # noqa: SLF001  # branca offers no other way to drop its defaults
    parts = [
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(title)}</title>",
        f"<style>{leaflet_css}{_PAGE_STYLE}</style>",
        f"<script>{leaflet_js}</script>",
    ]
    for number, part in enumerate(parts):
        figure.header.add_child(_Raw(part), name=f"prostor_{number}")


def _add_layer(drawn: folium.Map, layer: ExportLayer, language: Language, room: int) -> int:
    manifest = layer.manifest
    group = folium.FeatureGroup(name=_inert(html.escape(manifest.title.in_language(language))))
    by_class: dict[Class | None, list[dict[str, Any]]] = {}
    count = 0
    for feature in layer.features:
        count += 1
        if count > room:
            raise RequestError("layers", f"together they have more than {MAX_FEATURES} features")
        by_class.setdefault(manifest.style.find_class(feature.class_value), []).append(_as_geojson(feature))
    for each, features in by_class.items():
        _build_geojson(features, _symbol(manifest.style, each), manifest.geometry.kind).add_to(group)
    group.add_to(drawn)
    return count


def _symbol(style: Style, each: Class | None) -> Symbol:
    return each.symbol if each is not None else style.default


def _as_geojson(feature: ExportFeature) -> dict[str, Any]:
    rows = [[_inert(name), _inert(value)] for name, value in feature.rows]
    properties = {"title": _inert(feature.title), "rows": rows}
    return {"type": "Feature", "geometry": feature.geometry, "properties": properties}


def _inert(text: str) -> str:
    return text.replace(_BRACE, "").replace("{", _BRACE)


def _build_geojson(features: list[dict[str, Any]], symbol: Symbol, kind: str) -> folium.GeoJson:
    look = path_options(symbol)
    marker = folium.CircleMarker(radius=symbol.radius, **look) if kind == "point" else None
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda _: look,
        marker=marker,
        on_each_feature=JsCode(_BIND_POPUP),
        smooth_factor=0.5,
    )


def path_options(symbol: Symbol) -> dict[str, Any]:
    """A neutral symbol as Leaflet's path options; hatching becomes a light fill of its colour."""
    fill = symbol.fill or (symbol.hatch.colour if symbol.hatch else None)
    opacity = symbol.fill_opacity if symbol.fill else 0.15
    return {
        "stroke": symbol.line is not None,
        "color": symbol.line or "#000000",
        "weight": symbol.line_width,
        "opacity": symbol.line_opacity,
        "dashArray": " ".join(f"{part:g}" for part in symbol.dash) or None,
        "fill": fill is not None,
        "fillColor": fill,
        "fillOpacity": opacity,
    }
