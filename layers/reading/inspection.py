"""Saying what is in a file before there is a manifest: layers, columns, encoding, CRS, shapes and extent.

Runs in the child process. It judges nothing but what makes a file unreadable; drafting a manifest from the
findings is `layers.drafting`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.reading.delimited import DelimitedTable, read_header, sniff_encoding
from layers.reading.guessing import guess_coordinates, guess_type
from layers.reading.persons import looks_like_person
from layers.reading.report import Bounds, FieldFound, Inspection, LayerFound, Progress
from layers.reading.vector import VectorTable, list_layers, open_vector

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.reading.job import InspectJob
    from layers.reading.rows import Batch, Table

_MAX_DISTINCT = 100_000
_MAX_SAMPLES = 5
_MAX_KINDS_LOOKED_AT = 2000
_UNKNOWN_HEIGHT = -99.0
_MAX_ROWS_FOR_COORDINATES = 200


def inspect_source(job: InspectJob, tell: Callable[[Progress], None]) -> Inspection:
    """Look through every layer of a staged file. Raises SourceError when it cannot be read at all."""
    path, shown = job.folder / job.file, Path(job.source_name).stem
    if job.format == "csv":
        return Inspection(source_name=job.source_name, layers=(_inspect_csv(path, shown, tell),))
    names: tuple[str | None, ...] = (None,)
    if job.format == "geopackage":
        names = tuple(name for name in list_layers(path, job.format) if job.layer in (None, name))
    layers = []
    for name in names:
        with open_vector(path, job.format, layer=name, encoding=None) as table:
            findings = _Findings(table, tell)
            layers.append(findings.finish(name or shown, table, dict(table.types)))
    return Inspection(source_name=job.source_name, layers=tuple(layers))


def _inspect_csv(path: Path, shown: str, tell: Callable[[Progress], None]) -> LayerFound:
    encoding = sniff_encoding(path, None)
    delimiter, names = read_header(path, encoding.name)
    blind = DelimitedTable(path, encoding, delimiter, names)
    head = [record for _, record in zip(range(_MAX_ROWS_FOR_COORDINATES), blind.records(), strict=False)]
    found = guess_coordinates(names, head)
    table = DelimitedTable(path, encoding, delimiter, names)
    if found:
        table = DelimitedTable(path, encoding, delimiter, names, found.x, found.y, found.decimal)
    findings = _Findings(table, tell)
    layer = findings.finish(shown, table, {})
    notes = () if found else ("No columns with coordinates were recognised; name them under x and y.",)
    return layer.model_copy(
        update={
            "x_column": table.x,
            "y_column": table.y,
            "decimal": table.decimal,
            "notes": (*layer.notes, *notes),
        }
    )


class _Findings:
    """What is counted while a layer goes by."""

    def __init__(self, table: Table, tell: Callable[[Progress], None]) -> None:
        self.rows = 0
        self._types: Counter[str] = Counter()
        self._tally: Counter[str] = Counter()
        self._filled: Counter[str] = Counter()
        self._distinct: dict[str, set[int]] = {name: set() for name in table.names}
        self._samples: dict[str, dict[str, None]] = {name: {} for name in table.names}
        self._values: dict[str, list[object]] = {name: [] for name in table.names}
        self._shapes: set[bytes] = set()
        self._bounds: Any = None
        total = table.declared().declared
        for batch in table.batches(table.names):
            self._look(batch)
            tell(Progress(step="read", done=self.rows, total=total))

    def finish(self, name: str, table: Table, types: dict[str, str]) -> LayerFound:
        """The counts as a finding."""
        encoding, stated = table.encoding, table.crs
        return LayerFound(
            name=name,
            row_count=self.rows,
            crs=stated.to_epsg(min_confidence=25) if stated is not None and not table.crs_is_default else None,
            crs_text=stated.name if stated is not None else "",
            fields=tuple(self._field(field, types.get(field)) for field in table.names),
            geometry_types=dict(self._types),
            null_geometries=self._tally["null"],
            invalid=self._tally["invalid"],
            has_z=bool(self._tally["has_z"]),
            unknown_heights=self._tally["unknown_z"],
            bounds=self._bounds_found(),
            encoding=encoding.name if encoding else None,
            encoding_reason=encoding.reason if encoding else "",
            samples=encoding.samples if encoding else (),
            duplicate_geometries=self._tally["duplicates"],
            notes=table.notes if isinstance(table, VectorTable) else (),
        )

    def _bounds_found(self) -> Bounds | None:
        if self._bounds is None:
            return None
        west, south, east, north = (float(number) for number in self._bounds)
        return west, south, east, north

    def _field(self, name: str, stated: str | None) -> FieldFound:
        return FieldFound(
            name=name,
            type=guess_type(stated, self._values[name]),
            filled=self._filled[name],
            distinct=len(self._distinct[name]),
            samples=tuple(self._samples[name]),
            person=looks_like_person(name),
        )

    def _look(self, batch: Batch) -> None:
        self.rows += len(batch)
        for name, values in batch.columns.items():
            filled = [value for value in values if value is not None and value != ""]
            self._filled[name] += len(filled)
            if len(self._distinct[name]) < _MAX_DISTINCT:
                self._distinct[name].update(hash(value) for value in filled)
            if len(self._samples[name]) < _MAX_SAMPLES:
                for value in filled[:_MAX_SAMPLES]:
                    self._samples[name][str(value)[:60]] = None
            kept = self._values[name]
            kept += filled[: _MAX_KINDS_LOOKED_AT - len(kept)]
        self._look_at_shapes(batch.geometries)

    def _look_at_shapes(self, geometries: Any) -> None:
        missing = shapely.is_missing(geometries) | shapely.is_empty(geometries)
        self._tally["null"] += int(missing.sum())
        here = geometries[~missing]
        if not len(here):
            return
        self._types.update(shape.geom_type for shape in here)
        self._tally["invalid"] += int((~shapely.is_valid(here)).sum())
        has_z = shapely.has_z(here)
        self._tally["has_z"] += int(has_z.sum())
        if bool(has_z.any()):
            heights, owners = shapely.get_coordinates(here, include_z=True, return_index=True)
            self._tally["unknown_z"] += len(np.unique(owners[heights[:, 2] == _UNKNOWN_HEIGHT]))
        for wkb in shapely.to_wkb(here):
            digest = hashlib.blake2b(wkb, digest_size=8).digest()
            self._tally["duplicates"] += digest in self._shapes
            self._shapes.add(digest)
        bounds = shapely.total_bounds(here)
        if self._bounds is None:
            self._bounds = bounds
        else:
            self._bounds = np.concatenate(
                [np.minimum(self._bounds[:2], bounds[:2]), np.maximum(self._bounds[2:], bounds[2:])]
            )
