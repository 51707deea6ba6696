"""The stand-alone map: asks for nothing, and attribute text stays text."""

from __future__ import annotations

import re

import pytest

from gis.envelope import Envelope
from gis.errors import RequestError
from layers.manifest import Manifest
from layers.style import Hatch, Symbol
from viewer import folium_export
from viewer.folium_export import ExportFeature, ExportLayer, build_map, path_options

START = Envelope(15, 46, 15.1, 46.1, srid=4326)
SQUARE = {"type": "Polygon", "coordinates": [[[15, 46], [15.1, 46], [15.1, 46.1], [15, 46]]]}
HOSTILE = [
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "`+alert(1)+`",
    "{{ 7 * 7 }}",
    "{{ this.__class__.__mro__[-1].__subclasses__() }}",
    "{% for x in range(9) %}boo{% endfor %}",
    "<img src=x onerror=alert(1)>",
]


def _manifest(**changes: object) -> Manifest:
    text = {"sl": "Parcele", "en": "Parcels"}
    content = {
        "id": "parcels",
        "title": text,
        "description": text,
        "source": {
            "file": "parcels.gpkg",
            "format": "geopackage",
            "crs": 3794,
            "state_date": "2026-03-01",
            "provider": text,
            "licence": "CC0-1.0",
            "attribution": text,
        },
        "geometry": {"kind": "polygon"},
        "columns": {"number": {"source": ["ST"], "title": text}},
        "style": {
            "by": "number",
            "default": {"line": "#112233"},
            "classes": [{"value": "A", "title": text, "symbol": {"fill": "#abcdef"}}],
        },
        **changes,
    }
    return Manifest.model_validate(content)


def _page(*features: ExportFeature, manifest: Manifest | None = None) -> str:
    return build_map(
        [ExportLayer(manifest or _manifest(), features)],
        title="Zemljevid",
        language="sl",
        start=START,
        leaflet_js="/* leaflet */",
        leaflet_css="/* style */",
    )


def test_the_file_names_no_other_host() -> None:
    """No script, style, image or font is asked for, and a policy in the head would refuse it."""
    page = _page(ExportFeature(SQUARE, "1/2", "A", [("Številka", "1/2")]))

    assert re.findall(r"(?:src|href)\s*=", page) == []
    assert re.findall(r"https?://", page) == []
    assert "default-src 'none'" in page
    assert '<html lang="sl">' in page


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_neither_run_here_nor_markup_there(text: str) -> None:
    """What stands in an attribute is not evaluated by Jinja and cannot leave its JavaScript string."""
    page = _page(ExportFeature(SQUARE, text, None, [("Ime", text)]))

    assert "49" not in re.findall(r'"rows": \[\["Ime", "([^"]*)"', page)[0]
    assert "booboo" not in page
    assert "&lt;class" not in page
    assert "\\u003cclass" not in page
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_hostile_title_of_a_layer_is_inert() -> None:
    """Leaflet shows names of layers as HTML, so they are escaped."""
    name = "<img src=x onerror=alert(1)> {{ 7 * 7 }}"

    page = _page(manifest=_manifest(title={"sl": name}))

    assert "<img" not in page
    assert "\\u003cimg" not in page
    assert "&lt;img" in page or "\\u0026lt;img" in page
    assert "7 * 7" in page


def test_classes_have_their_symbols() -> None:
    """A feature of a class is drawn with its symbol, another with the default."""
    page = _page(
        ExportFeature(SQUARE, "a", "A", []),
        ExportFeature(SQUARE, "b", "B", []),
    )

    assert "#abcdef" in page
    assert "#112233" in page


def test_a_hatched_symbol_becomes_a_light_fill() -> None:
    """Leaflet's paths know no hatching, so its colour is laid on lightly."""
    options = path_options(Symbol(hatch=Hatch(colour="#00aa00"), dash=(4, 2)))

    assert (options["fillColor"], options["fillOpacity"], options["dashArray"]) == ("#00aa00", 0.15, "4 2")


def test_too_many_features_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file no browser could open is not written."""
    monkeypatch.setattr(folium_export, "MAX_FEATURES", 2)
    feature = ExportFeature(SQUARE, "a", None, [])

    with pytest.raises(RequestError, match="more than 2 features"):
        _page(feature, feature, feature)
