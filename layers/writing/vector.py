"""GeoPackage, FlatGeobuf and the shapefile, written by fiona: what each can hold, and what it cannot.

Paths are made here and never text of a user. What was written is counted again in the finished file, because
GDAL can lose features without a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import fiona
import numpy as np
import shapely
from fiona.errors import FionaError
from shapely.geometry import mapping

from gis.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from layers.manifest import ColumnType
    from layers.writing.rows import FeatureBatch, Shapes

Driver = Literal["GPKG", "FlatGeobuf", "ESRI Shapefile"]

_FIELDS: dict[ColumnType, str] = {
    "text": "str",
    "integer": "int64",
    "number": "float",
    "date": "date",
    "boolean": "bool",
}
_SINGLE = {"point": "Point", "line": "LineString", "polygon": "Polygon"}
# The file is made beside its place and synchronised once, when whole; its index is built in little memory.
_GDAL = {"OGR_SQLITE_SYNCHRONOUS": "OFF", "OGR_GPKG_MAX_RAM_USAGE_RTREE": str(64 * 2**20)}


@dataclass(frozen=True)
class VectorFile:
    """What fiona has to make: driver, place, CRS, geometry type and fields; options are those of the driver."""

    driver: Driver
    path: Path
    srid: int
    geometry: str
    fields: Mapping[str, str]
    options: Mapping[str, str]


def fields_for(columns: Mapping[str, ColumnType], **other: str) -> dict[str, str]:
    """The fields for published columns, with another field for the types that are named."""
    return {name: other.get(kind, _FIELDS[kind]) for name, kind in columns.items()}


def exact_type(kind: str, shapes: Shapes) -> str:
    """The geometry type of a file that keeps features as they are: mixed ones are of no type."""
    name = next(iter(shapes.types), _SINGLE[kind])
    if len(shapes.types) > 1:
        return "Unknown"
    return f"3D {name}" if shapes.has_heights else name


def write_vector(
    file: VectorFile,
    batches: Iterable[FeatureBatch],
    *,
    shape: Callable[[Any], Any] = lambda geometries: geometries,
    fit: Callable[[str, Any], Any] = lambda _name, value: value,
    tags: Mapping[str, str] | None = None,
) -> int:
    """Write the features and count them in the finished file; `shape` and `fit` make them what it can hold.

    Raises UnavailableError when the file cannot be written or lacks features.
    """
    schema = {"geometry": file.geometry, "properties": dict(file.fields)}
    try:
        with fiona.Env(**_GDAL):
            with fiona.open(
                file.path, "w", driver=file.driver, schema=schema, crs=f"EPSG:{file.srid}", **file.options
            ) as collection:
                collection.writerecords(_records(batches, tuple(file.fields), shape, fit))
                if tags:
                    collection.update_tags(dict(tags))
            with fiona.open(file.path, allow_unsupported_drivers=False) as finished:
                return len(finished)
    except FionaError as exc:
        raise UnavailableError(
            "The file could not be written. Is there room on the disk?", cause=str(exc)
        ) from exc


def with_heights(unknown: float) -> Callable[[Any], Any]:
    """For formats in which all features have heights or none: unknown ones become the number that says so."""
    return lambda geometries: shapely.force_3d(geometries, z=unknown)


def as_multipoints(geometries: Any) -> Any:
    """Points as multipoints of one, for a shapefile that holds multipoints too."""
    single = shapely.get_type_id(geometries) == 0
    promoted = geometries.copy()
    promoted[single] = [shapely.multipoints([point]) for point in geometries[single]]
    return promoted


def _records(
    batches: Iterable[FeatureBatch],
    names: tuple[str, ...],
    shape: Callable[[Any], Any],
    fit: Callable[[str, Any], Any],
) -> Iterator[dict[str, Any]]:
    for batch in batches:
        geometries = shape(np.asarray(batch.geometries, dtype=object))
        for geometry, values in zip(geometries, zip(*batch.columns.values(), strict=True), strict=True):
            yield {
                "geometry": mapping(geometry) if geometry is not None else None,
                "properties": {name: fit(name, value) for name, value in zip(names, values, strict=True)},
            }
