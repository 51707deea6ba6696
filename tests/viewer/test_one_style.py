"""A colour stands in the manifest and nowhere else: change it there, and every drawing has changed."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from gis.envelope import Envelope
from gis.settings import Settings
from layers.manifest import Manifest
from prostor.portal_choice import read_chosen_portal
from tiles.styles.drawing import ZoomScale, draw_layer
from viewer.configuration import describe_layer
from viewer.folium_export import ExportFeature, ExportLayer, build_map
from viewer.legend import build_legend

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
NEW = "#12abef"
MANIFESTS = {each.id: each for each in read_chosen_portal(Settings()).read_manifests()}
SHAPES = {
    "polygon": {"type": "Polygon", "coordinates": [[[15, 46], [15.1, 46], [15.1, 46.1], [15, 46]]]},
    "line": {"type": "LineString", "coordinates": [[15, 46], [15.1, 46.1]]},
    "point": {"type": "Point", "coordinates": [15, 46]},
}


def find_places(manifest: Manifest) -> Iterator[tuple[str, ...]]:
    """The paths to every colour of a symbol that has a legend entry."""
    style = manifest.style
    named = [("classes", str(index)) for index in range(len(style.classes))]
    paths = [(*path, "symbol") for path in named]
    if style.default_title is not None or not style.classes:
        paths.append(("default",))
    for path in paths:
        symbol = dig(style.model_dump(mode="json"), path)
        yield from ((*path, key) for key in ("fill", "line") if symbol[key])
        if symbol["hatch"]:
            yield (*path, "hatch", "colour")


def dig(content: Any, path: tuple[str, ...]) -> Any:
    """What lies at a path of keys and numbers."""
    for key in path:
        content = content[int(key) if isinstance(content, list) else key]
    return content


def draw_everywhere(manifest: Manifest) -> dict[str, str]:
    """Each drawing as text."""
    kind = manifest.geometry.kind
    values = [None, *(each.value for each in manifest.style.classes)]
    features = [ExportFeature(SHAPES[kind], "title", value, []) for value in values]
    exported = build_map(
        [ExportLayer(manifest, features)],
        title="map",
        language="sl",
        start=Envelope(15, 46, 15.1, 46.1, srid=4326),
        leaflet_js="",
        leaflet_css="",
    )
    return {
        "legend": unquote("".join(each.swatch for each in build_legend(manifest, "sl"))),
        "viewer": json.dumps(describe_layer(manifest, None, "sl")["style"]),
        "MapLibre": json.dumps(draw_layer(manifest, "source", ZoomScale(256.0))).replace("hatch-", "#"),
        "folium": exported,
    }


@pytest.mark.parametrize("layer_id", MANIFESTS)
def test_a_colour_changed_in_a_manifest_changes_everywhere(layer_id: str) -> None:
    """Fill, line and hatch of each class, changed one by one, change in legend, viewer, MapLibre and folium."""
    manifest = MANIFESTS[layer_id]
    places = list(find_places(manifest))
    before = draw_everywhere(manifest)

    for place in places:
        content = copy.deepcopy(manifest.model_dump(mode="json"))
        dig(content["style"], place[:-1])[place[-1]] = NEW
        after = draw_everywhere(Manifest.model_validate(content))

        for name, drawing in after.items():
            assert NEW not in before[name]
            assert NEW in drawing, (name, place)
    assert places


def test_no_colour_of_a_manifest_is_written_in_the_code() -> None:
    """Programs, pages and sheets hold no colour of the sample's layers; black and white are nobody's."""
    folders = ("gis", "layers", "tiles", "viewer", "prostor")
    suffixes = (".py", ".js", ".css", ".html", ".sql")
    files = [path for name in folders for path in (ROOT / name).rglob("*") if path.suffix in suffixes]
    ours = {each for manifest in MANIFESTS.values() for each in read_colours(manifest.style.model_dump_json())}
    written = {
        colour: path.name
        for path in files
        if "built" not in path.parts
        for colour in read_colours(path.read_text(encoding="utf-8"))
    }

    assert len(ours) > 50
    assert {colour: written[colour] for colour in ours & set(written)} == {}


def read_colours(text: str) -> set[str]:
    """Colours like #c9beb3 in a text, without black and white and the label's own defaults."""
    return set(re.findall(r"#[0-9a-f]{6}\b", text.lower())) - {"#ffffff", "#000000", "#333333"}
