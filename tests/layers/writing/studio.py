"""A layer with every type of value, its manifest, and what imports and exports it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shapely.geometry import mapping

from layers.catalogue import Catalogue
from layers.loading.importing import ImportReport, import_layer
from layers.manifest import Manifest, parse_manifest
from layers.writing.export import ExportReport, ExportRequest, choose_srid, export_layer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from gis.database import Database
    from layers.portal import Portal

E, N = 502_000, 135_000
COLUMNS = {
    "number": {"source": ["number"], "title": {"sl": "Številka", "en": "Number"}},
    "eid_of_the_parcel": {"source": ["eid_of_the_parcel"], "title": {"sl": "EID"}},
    "eid_of_the_house": {"source": ["eid_of_the_house"], "title": {"sl": "EID"}},
    "area": {"source": ["area"], "type": "integer", "unit": "m²", "title": {"sl": "Površina", "en": "Area"}},
    "slope": {"source": ["slope"], "type": "number", "title": {"sl": "Naklon"}},
    "changed": {"source": ["changed"], "type": "date", "title": {"sl": "Spremenjena"}},
    "settled": {"source": ["settled"], "type": "boolean", "title": {"sl": "Urejena meja"}},
}
FULL = {
    "number": "12/4",
    "eid_of_the_parcel": "100100001379837235",
    "eid_of_the_house": 'Čebela, "žaga"; =1+1\nšpica',
    "area": 2**53 + 1,
    "slope": 0.1,
    "changed": "2026-03-01",
    "settled": True,
}
NOTHING = {**dict.fromkeys(FULL), "number": "*7"}


@dataclass(frozen=True)
class Studio:
    """Imports features and exports them, in one database."""

    database: Database
    portal: Portal
    folder: Path

    def load(
        self, shapes: Sequence[BaseGeometry | None], values: Sequence[dict[str, Any]] = (), **geometry: Any
    ) -> ImportReport:
        """Publish a layer of these shapes in the portal's CRS; values beyond those given are empty."""
        rows = [*values, *({**NOTHING, "number": str(place)} for place in range(len(values), len(shapes)))]
        features = [
            {"type": "Feature", "properties": row, "geometry": None if shape is None else mapping(shape)}
            for shape, row in zip(shapes, rows, strict=True)
        ]
        source = self.folder / "source.geojson"
        source.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        return self.bring(source, manifest("geojson", **geometry))

    def bring(self, source: Path, how: Manifest) -> ImportReport:
        """Import a file and publish it."""
        return import_layer(
            self.database, self.portal, how, targets=(), home=self.folder / "home", source=source, who="ana"
        )

    def export(self, name: str, kind: str, *, srid: int | None = None, **options: Any) -> ExportReport:
        """Write the published version as the command does."""
        layer = Catalogue(self.database, remember_seconds=0).find("fields")
        chosen = choose_srid(layer, kind, srid)
        return export_layer(self.database, ExportRequest(layer, kind, self.folder / name, chosen, **options))


def manifest(source_format: str, **geometry: Any) -> Manifest:
    """A manifest of fields whose columns are called in the source as they are published."""
    return parse_manifest(
        {
            "id": "fields",
            "title": {"sl": "Njive in žage", "en": "Fields"},
            "description": {"sl": "Vse njive.", "en": "All fields."},
            "source": {
                "file": "source.geojson",
                "format": source_format,
                "crs": 3794,
                "state_date": "2026-03-01",
                "provider": {"sl": "Občina Šmarje"},
                "licence": "CC-BY-4.0",
                "licence_url": "https://creativecommons.org/licenses/by/4.0/",
                "attribution": {"sl": "Vir: Občina Šmarje"},
                **({"x": "e", "y": "n"} if source_format == "csv" else {}),
            },
            "geometry": {"kind": "polygon", **geometry},
            "columns": COLUMNS,
            "key": ["number"],
            "style": {"default": {"line": "#000000"}},
        }
    )
