"""From an opened source to the finished COPY file: the steps of an import that run in the child process.

Each batch is chosen, parsed, placed and mended here, then measured and encoded by a copy of this process
(`forks`); nothing is kept of it but counts.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj.exceptions import ProjError

from gis import crs
from gis.envelope import Envelope
from gis.errors import SourceError
from gis.operation import choose_operation
from layers.notes import list_first, write_note
from layers.reading.bands import BandWriter
from layers.reading.columns import ColumnMatch, match_columns
from layers.reading.copyfile import CopyFile
from layers.reading.delimited import open_delimited
from layers.reading.forks import Forks
from layers.reading.identity import KeyMaker
from layers.reading.opening import open_by_gdal
from layers.reading.persons import PersonWatch
from layers.reading.position import OutlineWatch, check_stated_crs, check_units
from layers.reading.repair import check_shapes, count_types, find_slivers, flatten, repair_all
from layers.reading.report import Counts, Progress, Quality, Reading
from layers.reading.storing import PlacedRows, store_rows
from layers.reading.textwatch import TextWatch
from layers.reading.values import FieldError, parse_all, parse_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from layers.reading.job import ImportJob
    from layers.reading.rows import Batch, Table


_ZEROS = (0, "0")


def import_source(
    job: ImportJob, tell: Callable[[Progress], None], announce: Callable[[int], None], *, forks: int = 0
) -> Reading:
    """Read the staged source and write its rows, with so many forked copies of this process beside it.

    Raises SourceError when the source cannot be accepted.
    """
    with open_table(job) as table:
        total = table.declared().declared
        if total == 0:
            raise SourceError("The source holds no rows. Ask the provider whether this is the right file.")
        conversion = Conversion(job, table, announce, tell, forks=forks)
        with conversion.beside:
            for batch in table.batches(conversion.match.needed):
                conversion.add(batch)
                tell(Progress(step="read", done=conversion.read, total=total))
        return conversion.finish()


def open_table(job: ImportJob) -> AbstractContextManager[Table]:
    """The staged source, opened by the reader of its format."""
    source, path = job.manifest.source, job.folder / job.file
    if source.format == "csv":
        return open_delimited(path, source)
    return open_by_gdal(path, source.format, layer=source.layer, encoding=source.encoding)


class Conversion:
    """One import under way: what the batches so far amount to."""

    def __init__(
        self,
        job: ImportJob,
        table: Table,
        announce: Callable[[int], None],
        tell: Callable[[Progress], None],
        *,
        forks: int = 0,
    ) -> None:
        self._job = job
        self._manifest = job.manifest
        self._table = table
        self._announce = announce
        placing = (job.manifest.source.x, job.manifest.source.y, job.manifest.source.wkt)
        also_known = [name for name in placing if name]
        self.match: ColumnMatch = match_columns(job.manifest, table.names, also_known=also_known)
        self._outline = Envelope(*job.outline, srid=job.srid)
        self._watch = OutlineWatch(
            self._outline,
            job.manifest.source.crs,
            job.boundary_wkt,
            crs_checked=job.manifest.source.crs_checked,
        )
        self._operation = choose_operation(
            job.manifest.source.crs, job.srid, crs.transform_envelope(self._outline, crs.WGS84)
        )
        for target in job.targets:
            for pair in crs.steps(job.srid, target.srid):
                # Made here once, so that each copy of this process finds it made.
                crs.transformer(*pair)
        self._persons = PersonWatch(
            [name for name, column in job.manifest.columns.items() if column.public_names]
        )
        self._keys = KeyMaker(job.manifest)
        self._copy = CopyFile(
            job.folder / job.copy_name,
            job.columns,
            tell=lambda rows: tell(Progress(step="sort", done=rows, total=self.written)),
            complete=BandWriter(job.columns, job.manifest.geometry.kind).complete,
        )
        # Measuring and encoding is pure work, which other processes may do.
        self.beside = Forks(forks, lambda rows: self._copy.append(store_rows(rows, job)), self._copy.enter)
        self._tally: Counter[str] = Counter()
        self._types: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._repairs: list[Any] = []
        self._slivers: list[int] = []
        self._texts = TextWatch()
        self._notes = list(table.notes)
        self.read = 0
        self.written = 0

    def add(self, batch: Batch) -> None:
        """Take one batch through every step and append its rows."""
        if self.read == 0:
            self._check_crs(batch)
        self.read += len(batch)
        batch = batch.select(self._wanted(batch))
        if not len(batch):
            return
        columns = self._parse(batch)
        self._persons.look(columns)
        self._texts.look(columns)
        native, keys = self._place(batch, columns)
        if self._watch.nowhere is not None:
            # Refused at the end, when it is known whether one feature is wrong or the whole layer.
            return
        self.beside.give(PlacedRows(batch.numbers, keys, native, columns))
        self.written += len(batch)

    def finish(self) -> Reading:
        """Judge the whole, write the stream and report. Raises SourceError when counts or keys do not hold."""
        outside = self._watch.judge()
        counts = self._counts()
        check_counts(counts)
        self._persons.judge()
        self._refuse_repeated_keys()
        written = self._copy.finish()
        bounds = self._watch.bounds
        return Reading(
            row_count=written.row_count,
            copy_sha256=written.sha256,
            native_extent=(bounds[0], bounds[1], bounds[2], bounds[3]) if bounds else None,
            operation=self._operation.description,
            operation_accuracy_m=self._operation.accuracy_m,
            quality=self._quality(counts, outside),
        )

    def _check_crs(self, batch: Batch) -> None:
        if self._table.crs_is_default:
            return
        bounds = shapely.total_bounds(batch.geometries)
        if np.isfinite(bounds).all():
            at = (float(bounds[0] + bounds[2]) / 2, float(bounds[1] + bounds[3]) / 2)
            note = check_stated_crs(self._table.crs, self._manifest.source.crs, at)
            self._notes += [note] if note else []

    def _wanted(self, batch: Batch) -> Any:
        keep = np.ones(len(batch), dtype=bool)
        for name, accepted in self._manifest.source.where.items():
            values = batch.columns[self.match.conditions[name]]
            keep &= np.array([parse_text(value) in accepted for value in values], dtype=bool)
        return keep

    def _parse(self, batch: Batch) -> dict[str, list[Any]]:
        columns: dict[str, list[Any]] = {}
        for name, column in self._manifest.columns.items():
            source = self.match.sources[name]
            try:
                values = parse_all(column.type, self._manifest.source.decimal, batch.columns[source])
            except FieldError as exc:
                raise SourceError(
                    f"Feature {batch.numbers[exc.place]}, field {source!r}: {exc}. Mend it in the source."
                ) from exc
            if column.zero_is_unknown and (zeros := sum(value in _ZEROS for value in values)):
                self._unknown[name] += zeros
                values = [None if value in _ZEROS else value for value in values]
            columns[name] = values
        return columns

    def _place(self, batch: Batch, columns: Mapping[str, list[Any]]) -> tuple[Any, list[str]]:
        rules = self._manifest.geometry
        self._types.update(count_types(batch.geometries))
        shapes = check_shapes(batch.geometries, batch.numbers, rules)
        self._tally["null"] += int(shapely.is_missing(shapes).sum())
        check_units(shapes, self._manifest.source.crs, batch.numbers)
        flat, dropped, unknown = flatten(shapes, rules)
        self._tally.update(heights_dropped=dropped, unknown_heights=unknown)
        native = self._transform(flat, batch.numbers)
        keys = self._keys.build(columns, native, batch.numbers)
        native, repairs = repair_all(native, batch.numbers, keys, rules, self._announce)
        self._repairs += repairs
        self._slivers += find_slivers(native, batch.numbers, rules.kind)
        self._watch.look(shapes, native, batch.numbers)
        return native, keys

    def _transform(self, geometries: Any, numbers: Any) -> Any:
        try:
            return self._operation.transform_geometries(geometries)
        except ProjError as exc:
            raise SourceError(
                f"Feature {self._first_beyond(geometries, numbers)} lies beyond what can be brought from "
                f"EPSG:{self._manifest.source.crs} to EPSG:{self._job.srid}. Mend it in the source, or check "
                "source.crs in the manifest."
            ) from exc

    def _first_beyond(self, geometries: Any, numbers: Any) -> int:
        for place in range(len(geometries)):
            try:
                self._operation.transform_geometries(geometries[place : place + 1])
            except ProjError:
                break
        return int(numbers[place])

    def _counts(self) -> Counts:
        stated = self._table.declared()
        return stated.model_copy(
            update={"read": self.read, "written": self.written, "left_out": self.read - self.written}
        )

    def _refuse_repeated_keys(self) -> None:
        repeated = self._copy.repeated_keys()
        if repeated:
            listed = ", ".join(repr(key) for key in repeated)
            raise SourceError(
                f"The key ({', '.join(self._manifest.key)}) is not unique: {listed}. Mend the source, or name "
                "columns under key in the manifest that tell features apart."
            )

    def _quality(self, counts: Counts, outside: int) -> Quality:
        encoding = self._table.encoding
        if self._keys.copies:
            kind = "one_copy" if self._keys.copies == 1 else "copies"
            self._notes.append(write_note(kind, count=self._keys.copies))
        if self._table.curved:
            self._notes.append(write_note("curves", count=self._table.curved))
        if self._slivers:
            self._notes.append(write_note("slivers", features=list_first(self._slivers)))
        self._notes += self._texts.notes()
        stated = self._table.crs is not None and not self._table.crs_is_default
        self._notes += self._watch.notes(stated=stated)
        return Quality(
            counts=counts,
            geometry_types=dict(self._types),
            null_geometries=self._tally["null"],
            invalid=len(self._repairs),
            repairs=tuple(self._repairs),
            heights_dropped=self._tally["heights_dropped"],
            unknown_heights=self._tally["unknown_heights"],
            outside_outline=outside,
            encoding=encoding.name if encoding else None,
            samples=encoding.samples if encoding else (),
            column_sources=dict(self.match.sources),
            columns_left_out=self.match.left_out,
            person_columns_left_out=self.match.persons_left_out,
            unknown_values=dict(self._unknown),
            notes=tuple(self._notes),
        )


def check_counts(counts: Counts) -> None:
    """Raise SourceError when parts of the source speak of different numbers of rows, or of none."""
    if counts.read == 0:
        raise SourceError("The source holds no rows. Ask the provider whether this is the right file.")
    if counts.written == 0:
        raise SourceError(
            f"None of the {counts.read} rows of the source is what source.where asks for. Look at the values "
            "there with `prostor layer inspect`, and correct source.where in the manifest."
        )
    stated = {
        "the file says": _less(counts.declared, counts.deleted),
        "the index holds": _less(counts.geometry_records, counts.deleted),
        "the .dbf part holds": _less(counts.attribute_records, counts.deleted),
    }
    for place, number in stated.items():
        if number is not None and number != counts.read:
            raise SourceError(
                f"{counts.read} rows could be read, but {place} {number}. The file is damaged; ask the "
                "provider for a new copy."
            )


def _less(number: int | None, deleted: int) -> int | None:
    return None if number is None else number - deleted
