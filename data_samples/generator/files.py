"""Writing the sources as a municipality receives them: GeoPackage, zipped shapefile, GeoJSON and CSV.

Awkward on purpose, each in one place: cp1250 without .cpg, D48/GK, heights of -99, a BOM. Times inside files
are fixed, so that a second run writes the same content.
"""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import fiona
import numpy as np
import shapely
from fiona.crs import CRS
from pyproj import Transformer
from shapely.geometry import mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    Row = tuple[BaseGeometry, Mapping[str, Any]]

D96 = 3794
D48 = 3912
WGS84 = 4326
_MOMENT = (2026, 3, 1, 0, 0, 0)
_PARTS = (".shp", ".shx", ".dbf", ".prj")


def write_geopackage(
    path: Path, layer: str, kind: str, columns: Mapping[str, str], rows: Iterable[Row], *, srid: int = D96
) -> None:
    """One layer in a GeoPackage; `kind` is a geometry type, `columns` name → fiona type."""
    path.unlink(missing_ok=True)
    with fiona.Env(OGR_CURRENT_DATE="2026-03-01T00:00:00.000Z", OGR_SQLITE_SYNCHRONOUS="OFF"):
        _write(path, "GPKG", layer, kind, columns, rows, srid, {"SPATIAL_INDEX": "NO"})


def write_shapefile(
    path: Path, layer: str, kind: str, columns: Mapping[str, str], rows: Iterable[Row], *, encoding: str
) -> None:
    """A zipped shapefile in D96/TM. The ZIP holds no .cpg: readers have to be told the encoding."""
    options = {"encoding": encoding, "DBF_DATE_LAST_UPDATE": "2026-03-01"}
    with TemporaryDirectory() as folder:
        made = Path(folder, f"{layer}.shp")
        _write(made, "ESRI Shapefile", layer, kind, columns, rows, D96, options)
        with zipfile.ZipFile(path, "w") as packed:
            for suffix in _PARTS:
                _pack(packed, made.with_suffix(suffix))


def write_geojson(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """GeoJSON in lon/lat with 8 decimals (1 mm)."""
    to_degrees = Transformer.from_crs(D96, WGS84, always_xy=True)
    lines = []
    for shape, values in rows:
        moved = shapely.transform(
            shape, lambda at: np.round(np.column_stack(to_degrees.transform(at[:, 0], at[:, 1])), 8)
        )
        properties = _json({name: values[name] for name in columns})
        lines.append(f'{{"type":"Feature","properties":{properties},"geometry":{shapely.to_geojson(moved)}}}')
    path.write_text(
        '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8"
    )


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """A CSV in UTF-8 with BOM, as the national registers give it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)


def to_d48(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """The shapes in D48/GK (EPSG:3912), by PROJ's area operations, all in one call."""
    transformer = Transformer.from_crs(D96, D48, always_xy=True)
    moved = shapely.transform(
        np.array(shapes, dtype=object),
        lambda at: np.round(np.column_stack(transformer.transform(at[:, 0], at[:, 1])), 3),
    )
    return list(moved)


def _write(
    path: Path,
    driver: str,
    layer: str,
    kind: str,
    columns: Mapping[str, str],
    rows: Iterable[Row],
    srid: int,
    options: Mapping[str, str],
) -> None:
    schema = {"geometry": kind, "properties": dict(columns)}
    with fiona.open(
        path, "w", driver=driver, layer=layer, schema=schema, crs=CRS.from_epsg(srid), **options
    ) as target:
        target.writerecords({"geometry": mapping(shape), "properties": dict(values)} for shape, values in rows)


def _pack(packed: zipfile.ZipFile, path: Path) -> None:
    entry = zipfile.ZipInfo(path.name, date_time=_MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    packed.writestr(entry, path.read_bytes(), compresslevel=9)


def _json(values: Mapping[str, Any]) -> str:
    """Properties as compact JSON with letters as they are."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
