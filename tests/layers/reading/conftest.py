"""Sources written by the tests themselves, and jobs for the reading child process."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from layers.loading.plan import stored_columns
from layers.reading.conversion import import_source
from layers.reading.job import ImportJob, Limits
from layers.reading.sandbox import run_import
from layers.reading.staging import stage
from layers.targets import TileTarget
from tests.layers.area_sources import build_areas_manifest, write_areas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from layers.manifest import Manifest
    from layers.reading.report import Reading

OUTLINE = (500_000.0, 130_000.0, 510_000.0, 140_000.0)
D96_GRID = TileTarget("SI-D96", 3794, 370_000, 200_000, 1024, min_zoom=8, max_tile_zoom=12)
MERCATOR_GRID = TileTarget(
    "WebMercatorQuad", 3857, -20037508.342789244, 20037508.342789244, 156543.03392804097, min_zoom=15
)


@pytest.fixture
def make_reading_manifest() -> Callable[..., Manifest]:
    """Makes a manifest of plain polygons with a key and a name; keyword arguments replace its parts."""

    def make(*, source: Mapping[str, Any] | None = None, **parts: Any) -> Manifest:
        stated = {"file": "areas.shp", "format": "shapefile", **(source or {})}
        return build_areas_manifest("areas", stated, **{"name": ["name"], **parts})

    return make


@pytest.fixture
def write_source() -> Callable[..., Path]:
    """Writes shapes with an ID and a name by fiona; `crs=None` writes no CRS."""

    def write(path: Path, shapes: Sequence[Any], *, encoding: str = "utf-8", **options: Any) -> Path:
        return write_areas(path, shapes, encoding=encoding, **options)

    return write


@pytest.fixture
def make_job(tmp_path: Path) -> Callable[..., ImportJob]:
    """Stages a source and makes the job of reading it, against an outline of 10 × 10 km."""

    def make(manifest: Manifest, source: Path, **changes: Any) -> ImportJob:
        folder = tmp_path / "staging" / f"{len(list(tmp_path.glob('staging/*')))}"
        folder.mkdir(parents=True)
        staged = stage(source, manifest.source.format, folder)
        targets = (D96_GRID, MERCATOR_GRID)
        return ImportJob(
            **{
                "manifest": manifest,
                "folder": folder,
                "file": staged.file,
                "source_name": staged.name,
                "srid": 3794,
                "outline": OUTLINE,
                "targets": targets,
                "columns": stored_columns(manifest, 3794, targets),
                "limits": Limits(wall_seconds=60),
                **changes,
            }
        )

    return make


@pytest.fixture
def read_source(make_job: Callable[..., ImportJob]) -> Callable[..., Reading]:
    """Reads a source as the child process does, but in this one, which is quicker."""

    def read(manifest: Manifest, source: Path, **changes: Any) -> Reading:
        return import_source(make_job(manifest, source, **changes), lambda _step: None, lambda _feature: None)

    return read


@pytest.fixture
def read_in_child(make_job: Callable[..., ImportJob]) -> Callable[..., Reading]:
    """Reads a source in the child process, with everything that keeps it apart."""

    def read(manifest: Manifest, source: Path, **changes: Any) -> Reading:
        return run_import(make_job(manifest, source, **changes))

    return read


@pytest.fixture
def pack() -> Callable[..., Path]:
    """Packs files, or made-up names with bytes, into a ZIP."""

    def make(path: Path, *files: Path, **extra: bytes) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.name)
            for name, content in extra.items():
                archive.writestr(name.replace("__", "."), content)
        return path

    return make
