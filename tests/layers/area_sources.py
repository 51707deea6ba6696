"""Files of areas with an ID and a name, written as any program would, and the manifest that fits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fiona
from shapely.geometry import mapping

from layers.manifest import Manifest, parse_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DRIVERS: Mapping[str, str] = {".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".geojson": "GeoJSON"}


def write_areas(
    path: Path,
    shapes: Sequence[Any],
    *,
    names: Sequence[str] | None = None,
    crs: str | None = "EPSG:3794",
    kind: str = "Polygon",
    **options: Any,
) -> Path:
    """Write shapes with an ID (A1, A2, …) and a name (IME) by fiona; `crs=None` writes no CRS."""
    schema = {"geometry": kind, "properties": {"ID": "str:20", "IME": "str:80"}}
    known = {"crs": crs} if crs is not None else {}
    with fiona.open(path, "w", driver=DRIVERS[path.suffix], schema=schema, **known, **options) as file:
        for number, shape in enumerate(shapes, start=1):
            name = names[number - 1] if names else f"Območje {number}"
            geometry = mapping(shape) if shape is not None else None
            file.write({"geometry": geometry, "properties": {"ID": f"A{number}", "IME": name}})
    return path


def build_areas_manifest(layer_id: str, source: Mapping[str, Any], **parts: Any) -> Manifest:
    """A manifest of polygons with an id and a name, in D96/TM unless said otherwise."""
    return parse_manifest(
        {
            "id": layer_id,
            "title": {"sl": "Območja"},
            "description": {"sl": "Območja."},
            "source": {
                "file": "areas.gpkg",
                "crs": 3794,
                "state_date": "2026-03-01",
                "provider": {"sl": "Občina"},
                "licence": "CC-BY-4.0",
                "attribution": {"sl": "Vir: Občina"},
                **source,
            },
            "geometry": {"kind": "polygon"},
            "columns": {
                "id": {"source": ["ID"], "title": {"sl": "Oznaka"}},
                "name": {"source": ["IME"], "title": {"sl": "Ime"}},
            },
            "key": ["id"],
            "style": {"default": {"fill": "#aabbcc"}},
            **parts,
        }
    )
