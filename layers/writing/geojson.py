"""GeoJSON as one FeatureCollection: RFC 7946 in longitude and latitude, or with a `crs` member in another CRS.

Coordinates have 7 digits in degrees and 3 in metres, as everywhere; GeoPackage keeps every digit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import shapely

from gis import crs
from layers.representations import FeatureRow, write_feature
from layers.writing.rows import round_coordinates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from layers.catalogue import PublishedLayer
    from layers.writing.about import About
    from layers.writing.rows import FeatureBatch


def write_geojson(
    path: Path, layer: PublishedLayer, batches: Iterable[FeatureBatch], *, about: About, srid: int
) -> int:
    """Write the features; how many there were."""
    count = 0
    with path.open("wb") as file:
        file.write(_head(layer, about, srid))
        for batch in batches:
            features = [write_feature(row) for row in _rows(batch, srid)]
            file.write((b",\n" if count else b"") + b",\n".join(features))
            count += len(batch)
        file.write(b"\n]}\n")
    return count


def _head(layer: PublishedLayer, about: About, srid: int) -> bytes:
    head: dict[str, object] = {"type": "FeatureCollection", "name": layer.id}
    if srid != crs.WGS84:
        # RFC 7946 knows no other CRS; this is the member of its predecessor, which GDAL and QGIS still read.
        head["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{srid}"}}
    head["about"] = dict(about.facts)
    head["columns"] = dict(about.columns)
    return orjson.dumps(head)[:-1] + b',"features":[\n'


def _rows(batch: FeatureBatch, srid: int) -> Iterator[FeatureRow]:
    rounded = round_coordinates(batch.geometries, crs.decimals(srid))
    texts = shapely.to_geojson(shapely.orient_polygons(rounded))
    for key, text, values in zip(batch.keys, texts, zip(*batch.columns.values(), strict=True), strict=True):
        yield FeatureRow(0, key, text, dict(zip(batch.columns, values, strict=True)))
