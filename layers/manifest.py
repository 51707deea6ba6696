"""The manifest: one TOML file that says everything about one layer.

It names the source and its CRS, the allow-list of published columns, the key, search, style, licence and
documents. Reading one is strict: an unknown key is an error that names file and key.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from gis import crs
from gis.errors import ConfigurationError
from gis.geometry import GeometryKind
from layers.answer_rules import LayerRules
from layers.parts import Part
from layers.style import GroundResolution, Style, Text

# PostgreSQL takes 1,600 columns, and ours stand beside them.
MAX_COLUMNS = 1500
# Every PostgreSQL table has columns of these names already (manual, section 5.5).
SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})


def _refuse_reserved_name(name: str) -> str:
    if name in SYSTEM_COLUMNS:
        msg = f"{name!r} is a column every table has already; call it {'column_' + name!r}"
        raise ValueError(msg)
    return name


LayerId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
ColumnName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$"), AfterValidator(_refuse_reserved_name)
]
ColumnType = Literal["text", "integer", "number", "date", "boolean"]
Format = Literal["shapefile", "geopackage", "geojson", "csv"]
Role = Literal["parcels", "buildings", "addresses", "zoning", "utilities", "protection", "other"]


class Source(Part):
    """Where the rows come from, and how they are written there."""

    file: str = Field(description="path from the manifest's folder; a ZIP may hold a shapefile")
    format: Format
    layer: str | None = Field(default=None, description="layer inside a GeoPackage with several")
    crs: int = Field(description="EPSG code the coordinates are in, whatever the file says")
    crs_checked: bool = Field(
        default=False, description="a person compared the layer with the map: D48 and D96 are not mixed up"
    )
    encoding: str | None = Field(default=None, description="of DBF and CSV; none means what the file declares")
    x: str | None = Field(default=None, description="CSV: column with east or longitude")
    y: str | None = Field(default=None, description="CSV: column with north or latitude")
    wkt: str | None = Field(
        default=None, description="CSV: column with the geometry as WKT, instead of x and y"
    )
    decimal: Literal[".", ","] = "."
    where: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict, description="keep only rows whose column holds one of these texts"
    )
    state_date: date = Field(description="date of state of the data, as the provider gives it")
    update_days: int | None = Field(
        default=None, ge=1, le=36_500, description="days after which a newer state should have come"
    )
    provider: Text
    licence: str = Field(description="SPDX identifier or name")
    licence_url: str | None = Field(default=None, pattern=r"^https?://")
    attribution: Text

    def newer_due(self, state_date: date) -> date | None:
        """The day by which a newer state than this one should have come; None without `update_days`."""
        return None if self.update_days is None else state_date + timedelta(days=self.update_days)

    def is_stale(self, state_date: date, day: date) -> bool:
        """True when a newer state than this one should have come before this day."""
        due = self.newer_due(state_date)
        return due is not None and day > due

    @model_validator(mode="after")
    def _consistent(self) -> Source:
        crs.find_crs(self.crs)
        placed = (bool(self.x), bool(self.y), bool(self.wkt))
        if self.format == "csv" and placed not in ((True, True, False), (False, False, True)):
            msg = (
                "a CSV needs either x and y, the names of its coordinate columns, or wkt, the name of its "
                "column with geometry as WKT"
            )
            raise ValueError(msg)
        if self.format != "csv" and any(placed):
            msg = "x, y and wkt are for a CSV only; take them out"
            raise ValueError(msg)
        return self


class Geometry(Part):
    """What shapes are published and how much mending is tolerated."""

    kind: GeometryKind
    keep_z: bool = False
    unknown_z: float = Field(default=-99.0, description="height that means unknown (KGI)")
    allow_null: bool = Field(default=False, description="true keeps rows without geometry")
    area_tolerance: float = Field(default=0.01, ge=0, le=1, description="share of area a repair may change")
    max_vertices: int = Field(default=200_000, ge=4)


class Column(Part):
    """One published column: the names it may have in the source, its type and its titles."""

    source: tuple[str, ...] = Field(min_length=1, description="accepted names, first match wins")
    type: ColumnType = "text"
    title: Text
    unit: str | None = None
    zero_is_unknown: bool = Field(default=False, description="0 is a sentinel and becomes NULL")
    public_names: bool = Field(
        default=False,
        description="names of persons in it are public: monuments and streets bear them; never owners",
    )
    values: Mapping[str, Text] = Field(
        default_factory=dict, description="plain words for codes, shown beside the code"
    )


class Search(Part):
    """How people find features of this layer."""

    text: str = Field(description="pattern with {column} parts that is searched and shown")
    kind: Literal["parcel", "address", "place", "zone", "other"] = "other"


class TileColumn(Part):
    """A column that travels in tiles only where the map is at least this detailed."""

    column: ColumnName
    max_metres_per_pixel: GroundResolution


class Tiles(Part):
    """What travels in vector tiles beside the column that decides the class, for programs other than ours."""

    columns: tuple[ColumnName | TileColumn, ...] = ()
    max_features: int = Field(default=20_000, ge=100, le=200_000)


class Document(Part):
    """A legal or explanatory document of the layer."""

    title: Text
    url: str = Field(pattern=r"^https?://")


class Coverage(Part):
    """Where the layer claims to be complete, so that absence means something."""

    statement: Text
    complete: bool = True
    within: LayerId | None = Field(
        default=None, description="layer of polygons that were surveyed; the whole municipality when left out"
    )


class Manifest(Part):
    """One layer, whole. `folder` is where the file stood; relative source paths start there."""

    id: LayerId
    role: Role = "other"
    title: Text
    description: Text
    source: Source
    geometry: Geometry
    columns: Mapping[ColumnName, Column] = Field(min_length=1, max_length=MAX_COLUMNS)
    key: tuple[ColumnName, ...] = Field(
        default=(), description="published columns that identify a feature for ever"
    )
    name: tuple[ColumnName, ...] = Field(
        default=(), description="columns that name a feature to people; the key when left out"
    )
    search: Search | None = None
    style: Style
    tiles: Tiles = Tiles()
    coverage: Coverage | None = None
    answer: LayerRules = LayerRules()
    documents: tuple[Document, ...] = ()
    folder: Path = Path()

    @model_validator(mode="after")
    def _columns_exist(self) -> Manifest:
        mentioned = {
            "key": self.key,
            "name": self.name,
            "style": self.style.columns(),
            "tiles.columns": tuple(self.tile_columns),
            "answer": self.answer.columns(),
            "search.text": _fields_of(self.search.text) if self.search else (),
        }
        for place, names in mentioned.items():
            for name in names:
                if name not in self.columns:
                    msg = f"{place} names the column {name!r}, which is not under [columns]"
                    raise ValueError(msg)
        return self

    @property
    def naming(self) -> tuple[str, ...]:
        """The columns that name a feature to people."""
        return self.name or self.key

    @property
    def tile_columns(self) -> Mapping[str, float | None]:
        """Columns that travel in tiles, each with the coarsest metres per pixel it does so at, None for any.

        First the one that decides the class, at every scale; then those that the manifest adds.
        """
        found: dict[str, float | None] = {self.style.by: None} if self.style.by else {}
        for each in self.tiles.columns:
            if isinstance(each, str):
                found[each] = None
            else:
                found.setdefault(each.column, each.max_metres_per_pixel)
        return found

    @property
    def source_path(self) -> Path:
        """The source file on disk."""
        return (self.folder / self.source.file).resolve()


def read_manifest(path: Path) -> Manifest:
    """Read and check one manifest. Raises ConfigurationError naming file, key and what would be right."""
    return Manifest.model_validate(read_toml(path, Manifest, folder=path.parent))


def parse_manifest(data: Mapping[str, object]) -> Manifest:
    """A manifest as the catalogue stores it (JSON), with folder left empty."""
    return Manifest.model_validate(dict(data))


def read_toml(path: Path, model: type[BaseModel], *, folder: Path) -> dict[str, object]:
    """The checked content of a TOML file with `folder` added; errors name file and key."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as exc:
        raise ConfigurationError(
            f"There is no file {path.name} in {path.parent}. Look at its name and folder."
        ) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"{path.name} is not valid TOML in UTF-8: {exc}.") from exc
    content = {**data, "folder": folder}
    try:
        model.model_validate(content)
    except ValidationError as exc:
        raise ConfigurationError(describe_errors(path.name, exc)) from exc
    return content


def describe_errors(file: str, exc: ValidationError) -> str:
    """One line for each fault: file, key in dots, what is wrong."""
    lines = []
    for error in exc.errors():
        key = ".".join(str(part) for part in error["loc"]) or "the file as a whole"
        message = error["msg"].removeprefix("Value error, ")
        lines.append(f"{file}: {key}: {message}")
    return "\n".join(lines)


def _fields_of(pattern: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in string.Formatter().parse(pattern) if name)
