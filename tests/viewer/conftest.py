"""A small portal for tests of the viewer: two themes, a layer that was published and one that was not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from layers.catalogue import PublishedLayer
from layers.manifest import Manifest, parse_manifest
from layers.portal import Portal


def text(sl: str, en: str = "") -> dict[str, str]:
    """A text in two languages, as a manifest has it."""
    return {"sl": sl, "en": en}


def manifest(layer_id: str, title: str, kind: str, **more: Any) -> Manifest:
    """A manifest with everything that does not matter filled in."""
    return parse_manifest(
        {
            "id": layer_id,
            "title": text(title, title.upper()),
            "description": text(f"{title} v občini."),
            "source": {
                "file": "source.gpkg",
                "format": "geopackage",
                "crs": 3794,
                "state_date": "2026-03-01",
                "provider": text("Geodetska uprava", "Surveying Authority"),
                "licence": "CC-BY-4.0",
                "licence_url": "https://creativecommons.org/licenses/by/4.0/",
                "attribution": text("GURS 2026"),
            },
            "geometry": {"kind": kind},
            "columns": {"code": {"source": ["CODE"], "title": text("Oznaka")}},
            "style": {"default": {"line": "#333333"}},
            **more,
        }
    )


@pytest.fixture
def zoning() -> Manifest:
    """Zoning with two classes, the second nested in the first by prefix."""
    classes = [
        {
            "value": "S",
            "title": text("Stanovanja", "Housing"),
            "symbol": {"fill": "#f6b6a4"},
            "official": True,
        },
        {
            "value": "SK",
            "title": text("Podeželska naselja"),
            "symbol": {"fill": "#f6b6a4", "hatch": {"colour": "#8a5a00"}},
        },
    ]
    style = {"default": {"fill": "#eeeeee"}, "by": "code", "match": "prefix", "classes": classes}
    documents = [{"title": text("Odlok", "Ordinance"), "url": "https://example.si/odlok"}]
    return manifest("zoning", "Namenska raba", "polygon", style=style, role="zoning", documents=documents)


@pytest.fixture
def water() -> Manifest:
    """A layer of lines without classes."""
    return manifest("water", "Vodovod", "line", role="utilities")


@pytest.fixture
def published_zoning(zoning: Manifest) -> PublishedLayer:
    """A published version of the zoning, newer than the manifest of the folder says."""
    return PublishedLayer(
        id="zoning",
        version_id=1,
        number=1,
        token="0123456789abcdef",  # noqa: S106 - the token of a version is no secret
        table_name="v1",
        srid=3794,
        manifest=zoning,
        row_count=10,
        extent=None,
        native_extent=None,
        state_date=date(2026, 5, 1),
        loaded_at=datetime(2026, 5, 2, tzinfo=UTC),
        grids=("SI-D96", "WebMercatorQuad"),
        bands=(),
        operation="none",
        operation_accuracy_m=None,
        quality={},
        source_name="source.gpkg",
        source_sha256="0" * 64,
        state="published",
    )


@pytest.fixture
def portal() -> Portal:
    """A portal in D96/TM with a base map from outside and one origin that may embed it."""
    return make_portal(crs=3794, grids=("WebMercatorQuad", "SI-D96"))


def make_portal(**more: Any) -> Portal:
    """A portal; `more` replaces or adds keys of portal.toml."""
    return Portal.model_validate(
        {
            "id": "lipovec",
            "municipality": {
                "name": text("Občina Lipovec", "Municipality of Lipovec"),
                "office": text("Urad za prostor"),
            },
            "title": text("Prostorski portal", "Spatial portal"),
            "outline": {"west": 500000, "south": 130000, "east": 510000, "north": 140000},
            "base_maps": [
                {
                    "id": "orthophoto",
                    "title": text("Ortofoto"),
                    "kind": "xyz",
                    "url": "https://{s}.tiles.example.si/{z}/{x}/{y}.png",
                    "attribution": text("GURS"),
                }
            ],
            "themes": [
                {
                    "id": "planning",
                    "title": text("Prostorski akt", "Spatial plan"),
                    "description": text("Namenska raba."),
                    "layers": ["zoning", "water", "not-there"],
                    "hidden": ["water"],
                }
            ],
            "embedding_origins": ["https://lipovec.example.si"],
            **more,
        }
    )
