"""The journey of an export: judge the place, write a file beside it, and put it there when it is whole.

A file that stands at its place is always complete. The name a person chose is never handed to GDAL.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gis import crs
from gis.errors import ConfigurationError, ConflictError, GoneError, NotFoundError, UnavailableError
from layers.writing.about import describe
from layers.writing.delimited import write_csv
from layers.writing.flatgeobuf import write_flatgeobuf
from layers.writing.geojson import write_geojson
from layers.writing.geopackage import write_geopackage
from layers.writing.rows import find_shapes, read_batches
from layers.writing.shapefile import write_shapefile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gis.database import Database
    from layers.catalogue import Catalogue, PublishedLayer
    from layers.writing.about import About
    from layers.writing.rows import FeatureBatch, Shapes

ExportFormat = Literal["geopackage", "geojson", "csv", "shapefile", "flatgeobuf"]

SUFFIXES: dict[ExportFormat, str] = {
    "geopackage": ".gpkg",
    "geojson": ".geojson",
    "csv": ".csv",
    "shapefile": ".zip",
    "flatgeobuf": ".fgb",
}
_WITH_TEXT_BESIDE = ("csv", "flatgeobuf")
_PREFIX = ".prostor-export-"


@dataclass(frozen=True)
class ExportRequest:
    """What is written where: which version, in which format and CRS, and whether something may be replaced."""

    layer: PublishedLayer
    format: ExportFormat
    out: Path
    srid: int
    force: bool = False
    for_spreadsheets: bool = False


@dataclass(frozen=True)
class ExportReport:
    """How an export ended: the files that are there now, and remarks on what the format could not hold."""

    layer_id: str
    number: int
    row_count: int
    files: tuple[Path, ...]
    remarks: tuple[str, ...] = ()


def choose_version(catalogue: Catalogue, layer_id: str, number: int | None) -> PublishedLayer:
    """The published version, or the kept one with this number. Raises NotFoundError, GoneError."""
    published = catalogue.find(layer_id)
    if number is None or number == published.number:
        return published
    versions = catalogue.versions(layer_id)
    found = next((version for version in versions if version.number == number), None)
    if found is not None:
        return found
    kept = ", ".join(str(version.number) for version in versions)
    sentence = f"Version {number} of {layer_id!r} cannot be exported. Published or kept are: {kept}."
    raise GoneError(sentence) if 0 < number < published.number else NotFoundError(sentence)


def choose_srid(layer: PublishedLayer, kind: ExportFormat, asked: int | None) -> int:
    """The CRS to write in: the one asked for; else degrees for GeoJSON, and the CRS of the data for the others.

    Raises ConfigurationError for a code that is not known or not to be used.
    """
    if asked is not None:
        crs.find_crs(asked)
        return asked
    return crs.WGS84 if kind == "geojson" else layer.srid


def export_layer(
    database: Database,
    request: ExportRequest,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ExportReport:
    """Write one version of a layer into one file; `progress` is told features written and features in all.

    Raises ConfigurationError or ConflictError when the place cannot be used, GoneError when the version is
    dropped before all is read, UnavailableError when the file or the database fails.
    """
    out = check_place(request)
    layer = request.layer
    about = describe(layer, request.srid)
    try:
        with _workplace(out.parent) as folder:
            made = folder / f"export{SUFFIXES[request.format]}"
            shapes = find_shapes(database, layer)
            batches = _told(read_batches(database, layer, request.srid), layer.row_count, progress)
            count, remarks = _write(made, request, batches, shapes=shapes, about=about)
            if count != layer.row_count:
                raise UnavailableError(
                    f"Only {count} of {layer.row_count} features came into the file; it is not kept. Try again."
                )
            files = {out: made}
            if request.format in _WITH_TEXT_BESIDE:
                text = folder / "about.txt"
                text.write_text(about.as_text(remarks=remarks), encoding="utf-8")
                files = {_text_beside(out): text, out: made}
            _put_in_place(files, force=request.force)
    except crs.ProjError as exc:
        raise ConfigurationError(
            f"The coordinates of {layer.id!r} cannot be brought to EPSG:{request.srid}. Choose another CRS."
        ) from exc
    except OSError as exc:
        raise UnavailableError(f"{out.name} could not be written: {exc.strerror}.", cause=str(exc)) from exc
    return ExportReport(layer.id, layer.number, count, tuple(files), remarks)


def check_place(request: ExportRequest) -> Path:
    """Where the file will stand, whole. Raises ConfigurationError or ConflictError with what to do."""
    suffix = SUFFIXES[request.format]
    out = Path(os.path.abspath(request.out))  # noqa: PTH100 - a link at this place is replaced, not followed
    if out.suffix.lower() != suffix:
        why = (
            "A shapefile is several files, packed into one" if request.format == "shapefile" else "This format"
        )
        raise ConfigurationError(f"{why}: let the name end in {suffix}, not in {out.suffix or 'nothing'!r}.")
    if request.for_spreadsheets and request.format != "csv":
        raise ConfigurationError("--for-spreadsheets goes with --format csv only.")
    if not out.parent.is_dir():
        raise ConfigurationError(f"There is no folder {out.parent}.")
    if str(out.parent.resolve()).startswith("/vsi"):
        raise ConfigurationError("A folder whose path begins with /vsi cannot be used; choose another one.")
    places = [out, *([_text_beside(out)] if request.format in _WITH_TEXT_BESIDE else [])]
    _refuse_taken(places, force=request.force)
    return out


def _write(
    path: Path, request: ExportRequest, batches: Iterable[FeatureBatch], *, shapes: Shapes, about: About
) -> tuple[int, tuple[str, ...]]:
    layer, srid = request.layer, request.srid
    if request.format == "geojson":
        return write_geojson(path, layer, batches, about=about, srid=srid), ()
    if request.format == "csv":
        sheets = request.for_spreadsheets
        return write_csv(path, layer, batches, shapes=shapes, srid=srid, for_spreadsheets=sheets), ()
    if request.format == "geopackage":
        return write_geopackage(path, layer, batches, shapes=shapes, about=about, srid=srid), ()
    if request.format == "flatgeobuf":
        return write_flatgeobuf(path, layer, batches, shapes=shapes, about=about, srid=srid), ()
    return write_shapefile(path, layer, batches, shapes=shapes, about=about, srid=srid)


def _told(
    batches: Iterable[FeatureBatch], total: int, progress: Callable[[int, int], None]
) -> Iterator[FeatureBatch]:
    done = 0
    for batch in batches:
        yield batch
        done += len(batch)
        progress(done, total)


@contextmanager
def _workplace(parent: Path) -> Iterator[Path]:
    """A folder of our own beside the place, removed at the end; those of killed exports are removed first."""
    for left in parent.glob(f"{_PREFIX}*"):
        if not Path("/proc", left.name.removeprefix(_PREFIX).split("-")[0]).exists():
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent.resolve()) as folder:
        yield Path(folder)


def _put_in_place(files: dict[Path, Path], *, force: bool) -> None:
    """Move finished files to their places, each at once; the text beside comes before the data."""
    _refuse_taken(files, force=force)
    for made in files.values():
        with made.open("rb") as file:
            os.fsync(file.fileno())
    for place, made in files.items():
        made.replace(place)


def _refuse_taken(places: Iterable[Path], *, force: bool) -> None:
    for place in places:
        if place.is_dir():
            raise ConflictError(f"{place.name} is a folder; choose another name.")
        if not force and (place.exists() or place.is_symlink()):
            raise ConflictError(
                f"{place.name} is there already; it was left as it is. Say --force to replace it."
            )


def _text_beside(out: Path) -> Path:
    return out.with_suffix(".txt")
