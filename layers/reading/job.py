"""What the importing side asks of the reading child process: one job, sent as JSON on standard input.

Everything the child may know stands here. It gets no database address and no path outside the staging folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from layers.manifest import Format, Manifest
from layers.parts import Part
from layers.targets import TileTarget

StoredType = Literal["bigint", "smallint", "text", "real", "double precision", "date", "boolean", "geometry"]


class StoredColumn(Part):
    """A column of the data table, in the order in which the child writes it."""

    name: str
    type: StoredType
    srid: int = 0
    required: bool = False
    heights: bool = Field(default=False, description="some geometries of the column have heights")
    band: int = Field(
        default=0, description="geometry with less detail, drawn from so many metres per pixel on"
    )


class Limits(Part):
    """What one run of the child may use; it is ended when it wants more."""

    memory_bytes: int = 3 * 2**30
    cpu_seconds: int = 1800
    wall_seconds: int = 3600
    file_bytes: int = 16 * 2**30
    open_files: int = 128
    repair_seconds: int = 10


class ImportJob(Part):
    """Read one layer by its manifest, and write the rows as a binary COPY stream."""

    task: Literal["import"] = "import"
    manifest: Manifest
    folder: Path = Field(description="staging folder; every other path starts there")
    file: str = Field(description="name of the staged source in the folder")
    source_name: str = Field(description="name of the source as people know it, for sentences")
    srid: int = Field(description="the portal's CRS")
    outline: tuple[float, float, float, float]
    boundary_wkt: str | None = Field(default=None, description="the municipality's polygon in the portal's CRS")
    targets: tuple[TileTarget, ...]
    columns: tuple[StoredColumn, ...]
    copy_name: str = "rows.copy"
    limits: Limits = Limits()


class InspectJob(Part):
    """Say what is in a file, without a manifest."""

    task: Literal["inspect"] = "inspect"
    folder: Path
    file: str
    source_name: str
    format: Format
    layer: str | None = None
    limits: Limits = Limits()


Job = ImportJob | InspectJob
