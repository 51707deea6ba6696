"""A portal whose every text is hostile: of the manifest and of the data, imported as a clerk would do it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gis.database import Database
from gis.settings import Settings
from layers.portal import read_portal
from prostor.app import create_app
from prostor.sample import import_missing_layers

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from gis.database import DatabaseUrls

# Each calls alert() with a number of its own where somebody takes it for more than text.
PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "' onmouseover='alert(4)' x='",
    "javascript:alert(5)",
    "</script></title></textarea><script>alert(6)</script>",
    "${alert(7)} `${alert(7)}`",
    "{{7*7}}{{constructor.constructor('alert(8)')()}} {% raise %}",
    '<iframe srcdoc="<script>alert(9)</script>"></iframe>',
    "&lt;script&gt;alert(10)&lt;/script&gt; &#x3c;img src=x onerror=alert(10)&#x3e;",
    '<a href="javascript:alert(11)">č š ž</a> ]]> --> <!--',
    "<math><mtext></mtext><style><img src=x onerror=alert(12)></style></math>",
)
EAST, NORTH = 508_000, 136_000
PARCEL = "9001-1/1"
COLUMNS = tuple(f"c{number}" for number in range(1, len(PAYLOADS) + 1))

_PORTAL = """
id = "hostile"
title = {title}
grids = ["WebMercatorQuad"]
outline = {{ west = 507500, south = 135500, east = 508500, north = 136500 }}
embedding_origins = ["*"]
[municipality]
name = {name}
office = {office}
[[themes]]
id = "all"
title = {theme}
description = {text}
layers = ["zones", "parcels"]
documents = [{{ title = {document}, url = "https://example.si/" }}]
"""
_LAYER = """
id = "{id}"
role = "{role}"
title = {title}
description = {text}
key = {key}
name = {named}
[source]
file = "{id}.geojson"
format = "geojson"
crs = 3794
state_date = 2026-03-01
provider = {provider}
licence = "CC0-1.0"
attribution = {attribution}
[geometry]
kind = "polygon"
[columns]
{columns}
[search]
text = {search}
kind = "{kind}"
{more}
"""
_ZONES = """
[answer]
restriction = ["c1", "c2"]
tell = [{told}]
[style]
by = "c3"
default = {{ fill = "#ffcc99", line = "#333333" }}
label = {{ column = "c1", size = 12, colour = "#333333", max_metres_per_pixel = 5 }}
[[style.classes]]
value = {value}
title = {title}
symbol = {{ fill = "#99ccff" }}
"""


def build_hostile_town(folder: Path, urls: DatabaseUrls) -> Flask:
    """The service on the portal, with one parcel of 100 m and one zone around it."""
    portal = folder / "portal"
    (portal / "layers").mkdir(parents=True)
    _write_portal(portal)
    database = Database(urls)
    import_missing_layers(database, read_portal(portal), folder, lambda _: None)
    database.dispose()
    return create_app(Settings(home=folder, portal=portal), urls)


def _write_portal(portal: Path) -> None:
    texts = dict(
        zip(("title", "name", "office", "theme", "text", "document"), map(_text, PAYLOADS), strict=False)
    )
    (portal / "portal.toml").write_text(_PORTAL.format(**texts), encoding="utf-8")
    _write_layer(
        portal,
        "parcels",
        role="parcels",
        key='["ko", "number"]',
        named='["ko", "number"]',
        columns=_columns("number") + 'ko = { source = ["ko"], type = "integer", title = { sl = "KO" } }',
        search='"{ko} {number}"',
        kind="parcel",
        more='[style]\ndefault = { line = "#94765c" }',
    )
    _write_layer(
        portal,
        "zones",
        role="zoning",
        key='["c1"]',
        named='["c1", "c2"]',
        columns=_columns(*COLUMNS),
        search='"{c2} {c11}"',
        kind="zone",
        more=_ZONES.format(
            told=", ".join(f'"{each}"' for each in COLUMNS[2:]),
            value=_word(PAYLOADS[2]),
            title=_text(PAYLOADS[3]),
        ),
    )
    _write_source(portal / "layers" / "parcels.geojson", 50, {"ko": 9001, "number": "1/1"})
    _write_source(portal / "layers" / "zones.geojson", 200, dict(zip(COLUMNS, PAYLOADS, strict=True)))


def _write_layer(portal: Path, name: str, **parts: str) -> None:
    texts = dict(zip(("title", "text", "provider", "attribution"), map(_text, PAYLOADS[5:]), strict=False))
    (portal / "layers" / f"{name}.toml").write_text(_LAYER.format(id=name, **texts, **parts), encoding="utf-8")


def _write_source(path: Path, half: int, properties: dict[str, Any]) -> None:
    west, south, east, north = EAST - half, NORTH - half, EAST + half, NORTH + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3794"}}
    content = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _columns(*names: str) -> str:
    return "".join(
        f'{name} = {{ source = ["{name}"], title = {_text(PAYLOADS[place % len(PAYLOADS)])} }}\n'
        for place, name in enumerate(names, start=4)
    )


def _text(payload: str) -> str:
    """A text of a manifest in both languages."""
    return f"{{ sl = {_word(payload)}, en = {_word(payload)} }}"


def _word(payload: str) -> str:
    """A string of TOML; what JSON escapes, TOML escapes alike."""
    return json.dumps(payload, ensure_ascii=False)
