"""Shapefile, GeoPackage and GeoJSON through fiona, with one driver allowed and every other one switched off.

Text of a shapefile is taken as bytes (ISO-8859-1 keeps them all) and decoded strictly by `encoding`.
"""

from __future__ import annotations

import itertools
import logging
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import fiona
import numpy as np
import shapely
from fiona._err import CPLE_BaseError
from fiona.errors import FionaError, FionaValueError
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.errors import SourceError
from layers.notes import write_note
from layers.reading.columns import tell_apart
from layers.reading.curves import CurveReader, open_curves
from layers.reading.dbfnames import rename_twins
from layers.reading.drivers import DRIVERS
from layers.reading.encoding import Encoding, choose_encoding, decode, parse_cpg
from layers.reading.geojsontext import GeoJsonFacts, read_geojson_facts
from layers.reading.geopackage import FeatureTable, read_feature_tables
from layers.reading.geopackagecolumns import StoredColumns
from layers.reading.geopackagerows import PlainPart, PlainTable, find_plain_table
from layers.reading.report import Counts
from layers.reading.rows import BATCH_SIZE, Batch
from layers.reading.shapefile import ShapefileParts, check_parts
from layers.reading.textfile import check_json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from layers.manifest import Format

_BYTES = "ISO-8859-1"
# Of a GeoPackage GDAL is asked for the shapes only; see `geopackagecolumns`.
_OPTIONS: Mapping[Format, Mapping[str, Any]] = {
    "shapefile": {"encoding": _BYTES},
    "geopackage": {"include_fields": []},
}
# fiona's own errors, GDAL's as fiona passes them on, and Python's where fiona meets what it did not expect.
_WHAT_GDAL_SAYS = (FionaError, FionaValueError, CPLE_BaseError, CRSError, ValueError, TypeError, AttributeError)


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
    table: FeatureTable | None = None
    facts: GeoJsonFacts | None = None
    curves: CurveReader | None = None
    plain: PlainTable | None = None
    stored: StoredColumns | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Column names as people read them, each of its own."""
        return tell_apart([self._shown(name) for name in self._columns])

    @property
    def types(self) -> dict[str, str]:
        """Column types as fiona calls them, by name; without those of which the source says nothing."""
        known = zip(self.names, self._columns.values(), strict=True)
        return {name: kind for name, kind in known if kind}

    @property
    def _columns(self) -> Mapping[str, str]:
        columns: Mapping[str, str] = self.collection.schema["properties"]
        return columns if self.stored is None else self.stored.types

    @property
    def curved(self) -> int:
        """Features so far that held arcs and were made of chords."""
        return self.curves.curved if self.curves else 0

    def declared(self) -> Counts:
        """Counts the source states: GDAL's own, and those of a shapefile's parts."""
        if self.table is not None:
            return Counts(declared=self.table.row_count)
        if self.facts is not None:
            return Counts(declared=self.facts.feature_count)
        if self.parts is None:
            return Counts(declared=len(self.collection))
        return Counts(
            declared=len(self.collection),
            geometry_records=self.parts.record_count,
            attribute_records=self.parts.dbf.record_count,
            deleted=self.parts.dbf.count_deleted(),
        )

    def batches(self, names: Sequence[str], size: int = BATCH_SIZE) -> Iterator[Batch]:
        """Every feature in file order. Raises SourceError naming the feature that cannot be read."""
        part = PlainPart(rows=0, null_shapes=0, whole=False)
        if self.plain is not None:
            part = yield from self.plain.batches(names, size)
        if not part.whole:
            yield from self._gdal_batches(names, size, part)

    def _gdal_batches(self, names: Sequence[str], size: int, before: PlainPart) -> Iterator[Batch]:
        """What comes after the part that was read without GDAL."""
        raw_names = dict(zip(self.names, self._columns, strict=True))
        wanted = {name: raw_names[name] for name in names}
        features = itertools.islice(self._features(), before.rows, None)
        missing = before.null_shapes
        while True:
            numbers: list[int] = []
            shapes: list[Any] = []
            columns: dict[str, list[object]] = {name: [] for name in names}
            for number, feature in features:
                numbers.append(number)
                shapes.append(self._divided(feature, number) or _shape(feature.geometry, number))
                for name, value in self._values(feature, number, wanted):
                    columns[name].append(value)
                if len(numbers) == size:
                    break
            if not numbers:
                self._refuse_lost_shapes(missing)
                return
            missing += shapes.count(None)
            yield Batch(np.array(numbers), _as_array(shapes), columns)

    def _divided(self, feature: Any, number: int) -> Any:
        """The geometry of a feature with arcs as fine chords, which GDAL would make too coarse."""
        if self.curves is None or feature.geometry is None:
            return None
        try:
            return self.curves.read(int(feature.id))
        except ValueError as exc:
            raise SourceError(
                f"Feature {number} holds curves: {exc}. Linearise it in the source, in QGIS by "
                "'Segmentise by maximum distance'."
            ) from exc

    def _features(self) -> Iterator[tuple[int, Any]]:
        number = 0
        try:
            for feature in self.collection:
                number += 1
                yield number, feature
        except _WHAT_GDAL_SAYS as exc:
            raise SourceError(
                f"Feature {number + 1} cannot be read; the file is damaged there. Ask the provider for a "
                "new copy.",
                cause=str(exc),
            ) from exc

    def _refuse_lost_shapes(self, missing: int) -> None:
        """GDAL gives no shape for a damaged record, as if there had been none."""
        stated = self.parts or self.table
        if stated is not None and missing > stated.null_shapes:
            raise SourceError(
                f"Shapes were lost: {missing} came without one, but the file itself says that "
                f"{stated.null_shapes} have none. It is damaged; ask the provider for a complete copy."
            )

    def _shown(self, name: str) -> str:
        if self.kind != "shapefile" or name.isascii() or self.encoding is None:
            return name
        return name.encode(_BYTES, errors="replace").decode(self.encoding.name, errors="replace")

    def _values(self, feature: Any, number: int, wanted: Mapping[str, str]) -> Iterable[tuple[str, object]]:
        """The values of a feature by the names people read, from the columns with these names of their own."""
        if self.stored is not None:
            return zip(wanted, self.stored.read(int(feature.id), [*wanted.values()], number), strict=True)
        properties = feature.properties
        return ((name, self._value(properties[raw], number, name)) for name, raw in wanted.items())

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
    renamed = rename_twins(parts.dbf) if parts else ()
    chosen = _shapefile_encoding(path, parts, encoding) if parts else None
    table = _choose_table(path, layer) if kind == "geopackage" else None
    facts = _read_facts(path) if kind == "geojson" else None
    with (
        fiona.Env(**_environment(parts)),
        _open(path, kind, layer=table.name if table else None, **_OPTIONS.get(kind, {})) as collection,
        ExitStack() as opened,
    ):
        stored = opened.enter_context(closing(StoredColumns(path, table.name))) if table else None
        found = _read_crs(collection) if facts is None or facts.crs is None else facts.crs
        if kind == "shapefile" and found is None:
            _refuse_unknown_crs(path)
        curves = None
        if kind == "geopackage":
            metric = found is None or not found.is_geographic
            curves = opened.enter_context(closing(open_curves(path, collection.name, metric=metric)))
        yield VectorTable(
            collection=collection,
            kind=kind,
            crs=found,
            crs_is_default=facts is not None and facts.crs is None,
            encoding=chosen,
            parts=parts,
            notes=(
                *_shapefile_notes(path, parts, chosen, stated=encoding),
                *_naming_notes([*renamed, *_made_up(collection, stored)]),
            ),
            curves=curves,
            plain=find_plain_table(path, table.name) if table else None,
            stored=stored,
            table=table,
            facts=facts,
        )


def _read_facts(path: Path) -> GeoJsonFacts:
    check_json_text(path)
    return read_geojson_facts(path)


def _choose_table(path: Path, layer: str | None) -> FeatureTable:
    tables = {table.name: table for table in read_feature_tables(path)}
    if layer is not None:
        if layer not in tables:
            raise SourceError(
                f"The GeoPackage has no layer {layer!r}; it has {', '.join(tables)[:400]}. Correct "
                "source.layer."
            )
        return tables[layer]
    if len(tables) != 1:
        raise SourceError(
            f"The GeoPackage holds {len(tables)} layers ({', '.join(list(tables)[:20])}); say which under "
            "source.layer."
        )
    return next(iter(tables.values()))


def _open(path: Path, kind: Format, **options: Any) -> Any:
    try:
        return fiona.open(path, "r", enabled_drivers=[DRIVERS[kind]], **options)
    except _WHAT_GDAL_SAYS as exc:
        logging.getLogger(__name__).info("source was not opened: %s", exc)
        raise SourceError(_unreadable(kind), cause=str(exc)) from exc


def _environment(parts: ShapefileParts | None) -> dict[str, str]:
    # Only for what `curves` cannot read, such as a view: a quarter of a degree is 1 mm at a radius of 420 m.
    options = {"OGR_ARC_STEPSIZE": "0.25"}
    if parts is not None and parts.without_index:
        options["SHAPE_RESTORE_SHX"] = "YES"
    return options


def _read_crs(collection: Any) -> CRS | None:
    try:
        text = collection.crs_wkt
        return CRS.from_wkt(text) if text else None
    except (CRSError, CPLE_BaseError, UnboundLocalError, SystemError):
        # The last two are fiona's own, for a .prj on which PROJ has no word, or whose text is in no encoding.
        return None


def _refuse_unknown_crs(path: Path) -> None:
    """A .prj that is empty says nothing, like one that is missing; anything else has to be a CRS."""
    prj = path.with_suffix(".prj")
    text = prj.read_bytes()[:2000].decode("utf-8", errors="replace").strip() if prj.exists() else ""
    if text:
        raise SourceError(
            f"The .prj part does not say a CRS; it begins with {text[:40]!r}. Ask the provider which CRS it "
            "is, say it as source.crs in the manifest, and leave the .prj part out."
        )


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
    if parts.without_index:
        notes.append(write_note("shx_rebuilt"))
    cpg = _cpg(path)
    if stated is not None and cpg is not None and parse_cpg(cpg) != chosen.name:
        notes.append(write_note("cpg_overruled", cpg=repr(cpg.strip()[:40]), encoding=chosen.name))
    if stated is None:
        notes.append(write_note("encoding", encoding=chosen.name, reason=chosen.reason))
    return tuple(notes)


def _made_up(collection: Any, stored: StoredColumns | None) -> list[str]:
    names = tuple(stored.types if stored else collection.schema["properties"])
    return [name for name in tell_apart(names) if name not in names]


def _naming_notes(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield write_note("columns_renamed", columns=", ".join(names[:20]))


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
