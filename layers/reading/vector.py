"""Shapefile, GeoPackage and GeoJSON through fiona, with one driver allowed and every other one switched off.

Text of a shapefile is taken as bytes (ISO-8859-1 keeps them all) and decoded strictly by `encoding`.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import fiona
import numpy as np
import shapely
from fiona.errors import FionaError, FionaValueError
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.errors import SourceError
from layers.notes import write_note
from layers.reading.drivers import DRIVERS
from layers.reading.encoding import Encoding, choose_encoding, decode, parse_cpg
from layers.reading.report import Counts
from layers.reading.rows import BATCH_SIZE, Batch
from layers.reading.shapefile import ShapefileParts, check_parts
from layers.reading.textfile import check_json_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from layers.manifest import Format

_BYTES = "ISO-8859-1"
# What GDAL says of every GeoJSON without a `crs` member, flat or with heights.
_WGS84 = (4326, 4979)


@dataclass
class VectorTable:
    """A layer opened by fiona. Satisfies `rows.Table`."""

    collection: Any
    kind: Format
    crs: CRS | None
    crs_is_default: bool
    encoding: Encoding | None
    parts: ShapefileParts | None
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Column names as people read them."""
        return tuple(self._shown(name) for name in self.collection.schema["properties"])

    @property
    def types(self) -> dict[str, str]:
        """Column types as fiona calls them, by name."""
        return {self._shown(name): kind for name, kind in self.collection.schema["properties"].items()}

    def declared(self) -> Counts:
        """Counts the source states: GDAL's own, and those of a shapefile's parts."""
        if self.parts is None:
            return Counts(declared=len(self.collection))
        return Counts(
            declared=len(self.collection),
            geometry_records=self.parts.index_records,
            attribute_records=self.parts.dbf.record_count,
            deleted=self.parts.dbf.count_deleted(),
        )

    def batches(self, names: Sequence[str], size: int = BATCH_SIZE) -> Iterator[Batch]:
        """Every feature in file order. Raises SourceError naming the feature that cannot be read."""
        raw_names = {self._shown(name): name for name in self.collection.schema["properties"]}
        wanted = [(name, raw_names[name]) for name in names]
        features = self._features()
        missing = 0
        while True:
            numbers: list[int] = []
            shapes: list[Any] = []
            columns: dict[str, list[object]] = {name: [] for name in names}
            for number, feature in features:
                numbers.append(number)
                shapes.append(_shape(feature.geometry, number))
                properties = feature.properties
                for name, raw in wanted:
                    columns[name].append(self._value(properties[raw], number, name))
                if len(numbers) == size:
                    break
            if not numbers:
                self._refuse_lost_shapes(missing)
                return
            missing += shapes.count(None)
            yield Batch(np.array(numbers), _as_array(shapes), columns)

    def _features(self) -> Iterator[tuple[int, Any]]:
        number = 0
        try:
            for feature in self.collection:
                number += 1
                yield number, feature
        except (FionaError, FionaValueError, UnicodeDecodeError, ValueError, TypeError) as exc:
            raise SourceError(
                f"Feature {number + 1} cannot be read; the file is damaged there. Ask the provider for a "
                "new copy.",
                cause=str(exc),
            ) from exc

    def _refuse_lost_shapes(self, missing: int) -> None:
        """GDAL gives no shape for a damaged record, as if there had been none."""
        stated = self.parts.count_null_shapes() if self.parts is not None and missing else None
        if stated is not None and missing > stated:
            raise SourceError(
                f"{missing} features came without a shape, but the .shp part says that {stated} have "
                "none: it is "
                "damaged. Ask the provider for a complete copy."
            )

    def _shown(self, name: str) -> str:
        if self.kind != "shapefile" or name.isascii() or self.encoding is None:
            return name
        return name.encode(_BYTES, errors="replace").decode(self.encoding.name, errors="replace")

    def _value(self, value: object, number: int, name: str) -> object:
        if self.kind != "shapefile" or not isinstance(value, str) or value.isascii() or self.encoding is None:
            return value
        try:
            return decode(value.encode(_BYTES), self.encoding.name)
        except ValueError as exc:
            raise SourceError(f"Feature {number}, field {name!r}: {exc}.") from exc


@contextmanager
def open_vector(path: Path, kind: Format, *, layer: str | None, encoding: str | None) -> Iterator[VectorTable]:
    """Open one layer of a staged file. Raises SourceError when it is damaged, empty of layers or ambiguous."""
    parts = check_parts(path) if kind == "shapefile" else None
    chosen = _shapefile_encoding(path, parts, encoding) if parts else None
    if kind == "geopackage":
        check_geopackage(path)
    if kind == "geojson":
        check_json_text(path)
    name = _choose_layer(path, kind, layer)
    options = {"encoding": _BYTES} if kind == "shapefile" else {}
    with fiona.Env(**_environment(parts)), _open(path, kind, layer=name, **options) as collection:
        found = _read_crs(collection)
        yield VectorTable(
            collection=collection,
            kind=kind,
            crs=found,
            crs_is_default=kind == "geojson" and found is not None and found.to_epsg() in _WGS84,
            encoding=chosen,
            parts=parts,
            notes=_shapefile_notes(path, parts, chosen, stated=encoding),
        )


def list_layers(path: Path, kind: Format) -> tuple[str, ...]:
    """The vector layers of a staged file."""
    try:
        return tuple(fiona.listlayers(path, enabled_drivers=[DRIVERS[kind]]))
    except (FionaError, FionaValueError, ValueError) as exc:
        raise SourceError(_unreadable(kind), cause=str(exc)) from exc


def check_geopackage(path: Path) -> None:
    """Let SQLite check the file. Raises SourceError when it is no database or has damaged pages."""
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as exc:
        raise SourceError(_unreadable("geopackage"), cause=str(exc)) from exc
    if answer != ("ok",):
        raise SourceError(_unreadable("geopackage"), cause=str(answer))


def _choose_layer(path: Path, kind: Format, layer: str | None) -> str | None:
    if kind != "geopackage":
        return None
    names = list_layers(path, kind)
    if layer is not None:
        if layer not in names:
            raise SourceError(f"The GeoPackage has no layer {layer!r}; it has {', '.join(names) or 'none'}.")
        return layer
    if len(names) != 1:
        listed = f"{len(names)} layers ({', '.join(names[:20])}); say which under source.layer"
        raise SourceError(f"The GeoPackage holds {listed if names else 'no vector layer'}.")
    return names[0]


def _open(path: Path, kind: Format, **options: Any) -> Any:
    try:
        return fiona.open(path, "r", enabled_drivers=[DRIVERS[kind]], **options)
    except (FionaError, FionaValueError, CRSError, ValueError, TypeError, AttributeError) as exc:
        logging.getLogger(__name__).info("source was not opened: %s", exc)
        raise SourceError(_unreadable(kind), cause=str(exc)) from exc


def _environment(parts: ShapefileParts | None) -> dict[str, str]:
    # Curves become chords of a quarter of a degree: 1 mm off at a radius of 420 m, less on smaller ones.
    options = {"OGR_ARC_STEPSIZE": "0.25"}
    if parts is not None and parts.index_records is None:
        options["SHAPE_RESTORE_SHX"] = "YES"
    return options


def _read_crs(collection: Any) -> CRS | None:
    text = collection.crs_wkt
    if not text:
        return None
    try:
        return CRS.from_wkt(text)
    except CRSError:
        return None


def _shapefile_encoding(path: Path, parts: ShapefileParts, stated: str | None) -> Encoding:
    return choose_encoding(
        parts.dbf.texts(), stated=stated, cpg=_cpg(path), language_driver=parts.dbf.language_driver
    )


def _cpg(path: Path) -> str | None:
    cpg = path.with_suffix(".cpg")
    return cpg.read_bytes()[:100].decode("ascii", errors="replace") if cpg.exists() else None


def _shapefile_notes(
    path: Path, parts: ShapefileParts | None, chosen: Encoding | None, *, stated: str | None
) -> tuple[str, ...]:
    if parts is None or chosen is None:
        return ()
    notes = []
    if parts.index_records is None:
        notes.append(write_note("shx_rebuilt"))
    cpg = _cpg(path)
    if stated is not None and cpg is not None and parse_cpg(cpg) != chosen.name:
        notes.append(write_note("cpg_overruled", cpg=repr(cpg.strip()[:40]), encoding=chosen.name))
    if stated is None:
        notes.append(write_note("encoding", encoding=chosen.name, reason=chosen.reason))
    return tuple(notes)


def _shape(geometry: Any, number: int) -> Any:
    if geometry is None:
        return None
    try:
        if geometry.type == "GeometryCollection":
            return shapely.geometry.shape(geometry)
        # Not the geo interface of fiona, which goes through a JSON encoder for each feature.
        return shapely.geometry.shape({"type": geometry.type, "coordinates": geometry.coordinates})
    except (ValueError, TypeError, AttributeError, shapely.errors.ShapelyError) as exc:
        raise SourceError(
            f"Feature {number}: its geometry is not complete ({exc}). Mend it in the source.", cause=str(exc)
        ) from exc


def _as_array(shapes: list[Any]) -> Any:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _unreadable(kind: Format) -> str:
    names = {"shapefile": "shapefile", "geopackage": "GeoPackage", "geojson": "GeoJSON", "csv": "CSV"}
    return f"The file is not a readable {names[kind]}: it is damaged, cut short or of another kind."
