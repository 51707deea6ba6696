"""What the reading child process answers: a reading with its quality, an inspection, or a refusal.

These are plain values without behaviour; `quality` is stored with the version and shown to people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from layers.manifest import ColumnType
from layers.parts import Part

Bounds = tuple[float, float, float, float]


class Repair(Part):
    """One feature whose geometry was mended: where, why, and what it did to the area (square metres)."""

    feature: int = Field(description="number of the feature in the source, counted from 1")
    key: str
    reason: str
    area_before_m2: float
    area_after_m2: float


class Counts(Part):
    """How many rows each part of the source speaks of; they have to agree."""

    declared: int | None = Field(default=None, description="what the file says it holds")
    geometry_records: int | None = Field(default=None, description="records of a shapefile's index")
    attribute_records: int | None = Field(default=None, description="records a DBF header speaks of")
    deleted: int = Field(default=0, description="DBF records marked as deleted")
    read: int = 0
    left_out: int = Field(default=0, description="rows that source.where did not ask for")
    written: int = 0


class Quality(Part):
    """Everything worth knowing about one reading of a source."""

    counts: Counts = Counts()
    geometry_types: Mapping[str, int] = {}
    null_geometries: int = 0
    invalid: int = 0
    repairs: tuple[Repair, ...] = ()
    heights_dropped: int = 0
    unknown_heights: int = 0
    outside_outline: int = 0
    encoding: str | None = None
    samples: tuple[str, ...] = ()
    column_sources: Mapping[str, str] = Field(default={}, description="published column → name in the source")
    columns_left_out: tuple[str, ...] = ()
    person_columns_left_out: tuple[str, ...] = ()
    unknown_values: Mapping[str, int] = Field(default={}, description="zeros that became unknown, by column")
    notes: tuple[str, ...] = ()


class Reading(Part):
    """A finished import job of the child: the COPY file stands in the staging folder."""

    status: Literal["read"] = "read"
    row_count: int
    copy_sha256: str
    native_extent: Bounds | None
    operation: str
    operation_accuracy_m: float | None
    quality: Quality


class FieldFound(Part):
    """One column of an inspected layer."""

    name: str
    type: ColumnType
    filled: int = Field(description="rows with a value")
    distinct: int = Field(description="different values, counted up to a limit")
    samples: tuple[str, ...] = ()
    person: bool = False
    person_reason: str = Field(default="", description="why the column seems to hold persons")


class Fault(Part):
    """Something wrong with the shape of one feature."""

    feature: int
    reason: str


class Repeat(Part):
    """A value that more than one feature has: the first feature with it, and the one that repeats it."""

    value: str
    first: int
    again: int


class KeyFound(Part):
    """Columns that could be the key: how many rows repeat a value, and the first of them."""

    columns: tuple[str, ...]
    missing: int = Field(description="rows in which one of the columns is empty")
    repeated: int = Field(description="rows whose values another row has already")
    repeats: tuple[Repeat, ...] = ()


class LayerFound(Part):
    """One layer of an inspected file."""

    name: str
    row_count: int
    counts: Counts = Counts()
    crs: int | None
    crs_text: str
    crs_faults: tuple[str, ...] = Field(default=(), description="what is odd about the CRS the file states")
    fields: tuple[FieldFound, ...]
    keys: tuple[KeyFound, ...] = ()
    geometry_types: Mapping[str, int]
    null_geometries: int
    empty_geometries: int = 0
    without_shape: tuple[int, ...] = Field(default=(), description="the first features without shape")
    invalid: int
    invalid_reasons: Mapping[str, int] = {}
    invalid_features: tuple[Fault, ...] = Field(default=(), description="the first of them")
    curved: int = Field(default=0, description="features with arcs, which become chords at most 1 mm off")
    has_z: bool
    has_m: bool = False
    unknown_heights: int
    bounds: Bounds | None
    places: tuple[tuple[float, float], ...] = Field(default=(), description="an even choice of centres")
    encoding: str | None
    encoding_reason: str
    encoding_stated: str | None = Field(default=None, description="what the .cpg file says, word for word")
    encoding_fault: str = Field(default="", description="why what is stated cannot be right")
    samples: tuple[str, ...]
    other_samples: Mapping[str, tuple[str, ...]] = Field(
        default={}, description="the same samples in the encodings it might be instead"
    )
    duplicate_geometries: int
    duplicate_shapes: tuple[Repeat, ...] = Field(default=(), description="the first of them")
    x_column: str | None = None
    y_column: str | None = None
    wkt_column: str | None = None
    decimal: str = "."
    notes: tuple[str, ...] = ()


class Inspection(Part):
    """A finished inspection."""

    status: Literal["inspected"] = "inspected"
    source_name: str
    layers: tuple[LayerFound, ...]


class Refusal(Part):
    """The source cannot be accepted, and why, for a clerk."""

    status: Literal["refused"] = "refused"
    sentence: str


class Progress(Part):
    """How far a step is; `total` is None while nobody knows."""

    step: str
    done: int = 0
    total: int | None = None
