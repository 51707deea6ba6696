"""Which GDAL driver may open which format, and the names of all the others, which are switched off.

GDAL types a file by its content: a GeoJSON that holds a VRT would open other files, and a service descriptor
would call out. So one driver is allowed by name, and the rest are not even registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.manifest import Format

DRIVERS: Mapping[Format, str] = {
    "shapefile": "ESRI Shapefile",
    "geopackage": "GPKG",
    "geojson": "GeoJSON",
}

# Every vector driver of the GDAL in fiona's wheel (3.9); a test compares the list with the one installed.
ALL_DRIVERS: tuple[str, ...] = (
    *("AVCBin", "AVCE00", "AmigoCloud", "CAD", "CSV", "CSW", "Carto", "DGN", "DXF", "EDIGEO", "ESRI Shapefile"),
    *("ESRIJSON", "Elasticsearch", "FlatGeobuf", "GML", "GPKG", "GPSBabel", "GPX", "GTFS", "GeoJSON"),
    *("GeoJSONSeq", "GeoRSS", "Geoconcept", "JML", "JSONFG", "KML", "LVBAG", "MVT", "MapInfo File", "MapML"),
    *("Memory", "MiraMonVector", "NGW", "OAPIF", "ODS", "OGR_GMT", "OGR_VRT", "OSM", "OpenFileGDB", "PGDUMP"),
    *("PLSCENES", "PMTiles", "S57", "SQLite", "SVG", "SXF", "Selafin", "TIGER", "TopoJSON", "UK .NTF", "VDV"),
    *("VFK", "WAsP", "WFS", "XLSX"),
)


def skipped_drivers(kind: Format) -> tuple[str, ...]:
    """Every driver but the one this format needs; for a CSV, which GDAL does not read here, every driver."""
    return tuple(name for name in ALL_DRIVERS if name != DRIVERS.get(kind))
