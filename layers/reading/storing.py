"""From rows that are parsed, placed and mended to rows as they are stored: what tiles, labels and search need.

Pure, and the dearest part of an import; so it may run in another process (`layers.reading.forks`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj.exceptions import ProjError

from gis.envelope import Envelope
from gis.errors import SourceError
from gis.geometry import transform_geometries
from layers.reading.copyrows import EncodedRows, encode_rows
from layers.reading.identity import build_search_texts, build_titles, fids_of
from layers.reading.labels import build_labels
from layers.reading.repair import turn_rings
from layers.reading.snapping import find_safe_zooms, hilbert_distance
from layers.targets import grid_geometry, safe_zoom

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.reading.job import ImportJob


@dataclass(frozen=True)
class PlacedRows:
    """Rows with their keys and valid geometries in the portal's CRS; `numbers` are those of the features."""

    numbers: Any
    keys: list[str]
    geometries: Any
    columns: Mapping[str, list[Any]]

    def __len__(self) -> int:
        return len(self.keys)

    def __reduce__(self) -> tuple[Any, ...]:
        """How rows travel to another process: geometries as WKB, which is quicker than one by one."""
        texts = shapely.to_wkb(self.geometries, output_dimension=3, byte_order=1)
        return _unpack, (self.numbers, self.keys, texts, self.columns)


def _unpack(numbers: Any, keys: list[str], texts: Any, columns: Mapping[str, list[Any]]) -> PlacedRows:
    return PlacedRows(numbers, keys, shapely.from_wkb(texts), columns)


def store_rows(placed: PlacedRows, job: ImportJob) -> EncodedRows:
    """The rows as they go into the COPY stream. Raises SourceError naming a feature that no map shows."""
    native = turn_rings(placed.geometries, job.manifest.geometry.kind)
    titles = build_titles(job.manifest, placed.columns, placed.keys)
    values = {
        "_fid": fids_of(placed.keys),
        "_key": placed.keys,
        "_title": titles,
        "_search": build_search_texts(titles),
        **_derive(native, placed.numbers, job),
        **placed.columns,
    }
    x, y = _centres(native)
    return encode_rows(job.columns, values, hilbert_distance(x, y, Envelope(*job.outline, srid=job.srid)))


def _derive(native: Any, numbers: Any, job: ImportJob) -> dict[str, Any]:
    try:
        return derive(native, job)
    except ProjError as exc:
        farthest = np.nanargmax(np.abs(shapely.bounds(native)).max(axis=1))
        raise SourceError(
            f"Feature {numbers[farthest]} lies so far away that no map shows it. Mend it in the source."
        ) from exc


def derive(native: Any, job: ImportJob) -> dict[str, Any]:
    """The stored columns that tiles and labels need, by name, from valid geometry in the portal's CRS."""
    flat = shapely.force_2d(native) if bool(shapely.has_z(native).any()) else native
    labels = build_labels(flat, job.manifest.geometry.kind)
    values = {"_geom": native, "_size": labels.sizes, "_label": labels.points, "_label_width": labels.widths}
    in_grid = {job.srid: flat}
    for target in job.targets:
        if target.srid not in in_grid:
            moved = transform_geometries(in_grid[job.srid], job.srid, target.srid)
            in_grid[target.srid] = moved
            values[grid_geometry(target.srid)] = moved
        values[safe_zoom(target.name)] = find_safe_zooms(in_grid[target.srid], target)
    return values


def _centres(geometries: Any) -> tuple[Any, Any]:
    boxes = shapely.bounds(geometries)
    return (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
