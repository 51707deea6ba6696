"""Layers made by hand, for tests of rules that need no database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from gis.envelope import Envelope
from layers.catalogue import PublishedLayer
from layers.manifest import Manifest, parse_manifest

if TYPE_CHECKING:
    from collections.abc import Callable

PARCEL_COLUMNS = {
    "ko": {"source": ["KO_ID"], "title": {"sl": "Katastrska občina", "en": "Cadastral municipality"}},
    "number": {"source": ["ST_PARCELE"], "title": {"sl": "Številka parcele", "en": "Parcel number"}},
    "ko_name": {"source": ["NAZIV"], "title": {"sl": "Ime KO"}},
    "area": {"source": ["POVRSINA"], "type": "integer", "unit": "m²", "title": {"sl": "Površina"}},
    "slope": {"source": ["NAKLON"], "type": "number", "unit": "%", "title": {"sl": "Naklon"}},
    "changed": {"source": ["DATUM"], "type": "date", "title": {"sl": "Spremenjena", "en": "Changed"}},
    "settled": {"source": ["UREJENA"], "type": "boolean", "title": {"sl": "Urejena meja"}},
    "limit": {"source": ["OMEJITEV"], "title": {"sl": "Omejitev"}},
}


@pytest.fixture
def make_manifest() -> Callable[..., Manifest]:
    """Makes a manifest of parcels; keyword arguments replace its parts."""

    def make(**parts: Any) -> Manifest:
        return parse_manifest(
            {
                "id": "parcels",
                "role": "parcels",
                "title": {"sl": "Parcele", "en": "Parcels"},
                "description": {"sl": "Parcele zemljiškega katastra."},
                "source": {
                    "file": "parcels.gpkg",
                    "format": "geopackage",
                    "crs": 3794,
                    "state_date": "2026-03-01",
                    "provider": {"sl": "Občina Lipovec"},
                    "licence": "CC-BY-4.0",
                    "attribution": {"sl": "Vir: Občina Lipovec"},
                },
                "geometry": {"kind": "polygon"},
                "columns": PARCEL_COLUMNS,
                "key": ["ko", "number"],
                "search": {"text": "{ko} {number}", "kind": "parcel"},
                "style": {"default": {"line": "#000000"}},
                **parts,
            }
        )

    return make


@pytest.fixture
def make_layer(make_manifest: Callable[..., Manifest]) -> Callable[..., PublishedLayer]:
    """Makes a published layer of parcels near Velenje; keyword arguments replace parts of its manifest."""

    def make(**parts: Any) -> PublishedLayer:
        return PublishedLayer(
            id="parcels",
            version_id=7,
            number=3,
            token="0123456789abcdef",  # noqa: S106 - a content token, no secret
            table_name="v7",
            srid=3794,
            manifest=make_manifest(**parts),
            row_count=3000,
            extent=Envelope(15.09, 46.35, 15.11, 46.37, 4326),
            native_extent=Envelope(507000, 135000, 508000, 136000, 3794),
            state_date=date(2026, 3, 1),
            loaded_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
            grids=("WebMercatorQuad", "SI-D96"),
            bands=(),
            operation="none",
            operation_accuracy_m=None,
            quality={},
            source_name="parcels.gpkg",
            source_sha256="0" * 64,
            state="published",
        )

    return make
