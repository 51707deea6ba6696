"""Saying what is in a file before there is a manifest: layers, columns, encoding, CRS, shapes and extent.

Runs in the child process. It judges nothing but what makes a file unreadable, and a statement in the file that
cannot be right is reported beside what the bytes say. Drafting a manifest from it is `layers.drafting`.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.errors import SourceError
from layers.reading.columns import check_column_count, tell_apart
from layers.reading.delimited import (
    DelimitedTable,
    guess_wkt_column,
    name_columns,
    read_header,
    sniff_encoding,
)
from layers.reading.encoding import examine_encoding
from layers.reading.findings import ColumnFindings, KeyFindings, ShapeFindings
from layers.reading.geopackage import read_feature_tables
from layers.reading.guessing import guess_coordinates
from layers.reading.opening import open_by_gdal
from layers.reading.position import find_crs_faults
from layers.reading.report import Inspection, LayerFound, Progress
from layers.reading.shapefile import check_parts, has_measures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from layers.reading.encoding import EncodingFound
    from layers.reading.job import InspectJob
    from layers.reading.rows import Table

    Tell = Callable[[Progress], None]

_MAX_ROWS_FOR_COORDINATES = 200


def inspect_source(job: InspectJob, tell: Tell) -> Inspection:
    """Look through every layer of a staged file. Raises SourceError when it cannot be read at all."""
    path = job.folder / job.file
    return Inspection(source_name=job.source_name, layers=tuple(_inspect_layers(job, path, tell)))


def _inspect_layers(job: InspectJob, path: Path, tell: Tell) -> Iterator[LayerFound]:
    shown = Path(job.source_name).stem
    if job.format == "csv":
        yield _inspect_csv(path, shown, tell)
    elif job.format == "shapefile":
        yield _inspect_shapefile(path, shown, tell)
    elif job.format == "geopackage":
        for table in read_feature_tables(path):
            if job.layer in (None, table.name):
                with open_by_gdal(path, job.format, layer=table.name, encoding=None) as opened:
                    yield _look_through(opened, table.name, tell, opened.types)
    else:
        with open_by_gdal(path, job.format, layer=None, encoding=None) as opened:
            yield _look_through(opened, shown, tell, opened.types)


def _inspect_shapefile(path: Path, shown: str, tell: Tell) -> LayerFound:
    """What .cpg and .prj say may be wrong: then it is told, and the file is read by what the bytes say."""
    dbf, cpg = check_parts(path).dbf, path.with_suffix(".cpg")
    stated = cpg.read_bytes()[:100].decode("ascii", errors="replace") if cpg.exists() else None
    found = examine_encoding(dbf.texts(), cpg=stated, language_driver=dbf.language_driver)
    faults: tuple[str, ...] = ()
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(
                open_by_gdal(path, "shapefile", layer=None, encoding=found.chosen.name)
            )
        except SourceError as exc:
            prj = path.with_suffix(".prj")
            if not prj.exists():
                raise
            prj.unlink()
            faults = (exc.sentence,)
            opened = stack.enter_context(
                open_by_gdal(path, "shapefile", layer=None, encoding=found.chosen.name)
            )
        layer = _look_through(opened, shown, tell, opened.types, found)
    return layer.model_copy(
        update={"crs_faults": (*faults, *layer.crs_faults), "has_m": has_measures(path)},
    )


def _open_shapefile(path: Path, found: EncodingFound) -> AbstractContextManager[Table]:
    return open_by_gdal(path, "shapefile", layer=None, encoding=found.chosen.name)


def _inspect_csv(path: Path, shown: str, tell: Tell) -> LayerFound:
    encoding = sniff_encoding(path, None)
    delimiter, header = read_header(path, encoding.name)
    names = tell_apart(header)
    blind = DelimitedTable(path, encoding, delimiter, names)
    head = [record for _, record in zip(range(_MAX_ROWS_FOR_COORDINATES), blind.records(), strict=False)]
    wkt = guess_wkt_column(names, head)
    found = None if wkt else guess_coordinates(names, head)
    notes = [name_columns(header, names)] if names != header else []
    if found:
        table = DelimitedTable(path, encoding, delimiter, names, found.x, found.y, found.decimal)
    else:
        table = DelimitedTable(path, encoding, delimiter, names, wkt=wkt)
        if wkt is None:
            notes.append("No columns with coordinates were recognised; name them under x and y, or under wkt.")
    layer = _look_through(table, shown, tell, {})
    return layer.model_copy(
        update={
            "x_column": table.x,
            "y_column": table.y,
            "wkt_column": wkt,
            "decimal": table.decimal,
            "notes": tuple(notes),
        }
    )


def _look_through(
    table: Table, name: str, tell: Tell, types: Mapping[str, str], encodings: EncodingFound | None = None
) -> LayerFound:
    check_column_count(table.names)
    placing = (table.x, table.y, table.wkt) if isinstance(table, DelimitedTable) else ()
    columns, keys, shapes = ColumnFindings(table.names), KeyFindings(table.names, placing), ShapeFindings()
    declared = table.declared()
    rows = 0
    for batch in table.batches(table.names):
        rows += len(batch)
        columns.look(batch.columns)
        keys.look(batch)
        shapes.look(batch)
        tell(Progress(step="read", done=rows, total=declared.declared))
    stated = None if table.crs_is_default else table.crs
    return LayerFound(
        name=name,
        row_count=rows,
        counts=declared.model_copy(update={"read": rows}),
        crs=stated.to_epsg() if stated is not None else None,
        crs_text=table.crs.name if table.crs is not None else "",
        crs_faults=tuple(find_crs_faults(stated)),
        fields=columns.fields(types),
        keys=keys.found(rows),
        curved=table.curved,
        notes=table.notes if encodings is None else _without_encoding(table.notes),
        **_shape_facts(shapes),
        **_encoding_facts(table, encodings),
    )


def _shape_facts(shapes: ShapeFindings) -> dict[str, Any]:
    return {
        "geometry_types": dict(shapes.types),
        "null_geometries": shapes.tally["null"],
        "empty_geometries": shapes.tally["empty"],
        "without_shape": tuple(shapes.without),
        "invalid": shapes.tally["invalid"],
        "invalid_reasons": dict(shapes.reasons),
        "invalid_features": tuple(shapes.faults),
        "has_z": bool(shapes.tally["has_z"]),
        "unknown_heights": shapes.tally["unknown_z"],
        "bounds": shapes.bounds(),
        "places": tuple((float(x), float(y)) for x, y in shapes.places.chosen()),
        "duplicate_geometries": shapes.tally["copies"],
        "duplicate_shapes": tuple(shapes.copies),
    }


def _encoding_facts(table: Table, found: EncodingFound | None) -> dict[str, Any]:
    encoding = found.chosen if found else table.encoding
    return {
        "encoding": encoding.name if encoding else None,
        "encoding_reason": encoding.reason if encoding else "",
        "samples": encoding.samples if encoding else (),
        "encoding_stated": found.stated if found else None,
        "encoding_fault": found.fault if found else "",
        "other_samples": found.others if found else {},
    }


def _without_encoding(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Notes but those on the encoding, which was given here and is told in its own place."""
    return tuple(note for note in notes if not note.startswith(("Texts were read as", "The .cpg file says")))
