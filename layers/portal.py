"""`portal.toml`: what makes an installation the portal of one municipality.

CRS and grids, outline (imports are held against it), base maps, themes, embedding origins and texts.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from gis import crs
from gis.envelope import Envelope
from layers.answer_plan import AnswerPlan
from layers.boundary import read_boundary
from layers.manifest import Document, LayerId, Manifest, read_manifest, read_toml
from layers.origins import Origins
from layers.parts import Part
from layers.style import Text

Language = Literal["sl", "en"]


class Municipality(Part):
    """Who publishes, and how to reach them. An office, never a person."""

    name: Text
    office: Text
    url: str | None = Field(default=None, pattern=r"^https?://")
    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")


class Area(Part):
    """The outline imports are held against, as an envelope in the portal's CRS."""

    west: float
    south: float
    east: float
    north: float

    @model_validator(mode="after")
    def _ordered(self) -> Area:
        if self.west >= self.east or self.south >= self.north:
            msg = "west must be less than east and south less than north"
            raise ValueError(msg)
        return self


class Theme(Part):
    """A ready map set with a stable URL: its layers, from the bottom of the drawing upwards."""

    id: LayerId
    title: Text
    description: Text
    layers: tuple[LayerId, ...] = Field(min_length=1)
    hidden: tuple[LayerId, ...] = Field(default=(), description="layers of the theme that start switched off")
    documents: tuple[Document, ...] = Field(default=(), description="legal texts the theme is about")


class BaseMap(Part):
    """A background from outside; its origin is entered in the CSP and the privacy page."""

    id: LayerId
    title: Text
    kind: Literal["xyz", "wms", "wmts"]
    url: str = Field(pattern=r"^https?://")
    layers: str = Field(default="", description="WMS: names with commas; WMTS: the layer")
    format: Literal["image/png", "image/jpeg"] = "image/png"
    grid: str = Field(default="WebMercatorQuad", description="xyz, wmts: the grid its pictures are cut in")
    matrix_set: str = Field(default="", description="WMTS: the grid as the service calls it")
    matrix: str = Field(default="{z}", pattern=r"\{z\}", description="WMTS: how the service numbers zooms")
    style: str = Field(default="default", description="WMTS: the style")
    deepest_zoom: int = Field(default=19, ge=0, le=30, description="xyz, wmts: the last zoom with pictures")
    attribution: Text

    @model_validator(mode="after")
    def _named(self) -> BaseMap:
        """WMTS 1.0.0 (OGC 07-057r7), 8.2: a tile is named by layer, matrix set, matrix, row and column."""
        if self.kind == "wmts" and not (self.layers and self.matrix_set):
            msg = "a WMTS needs layers and matrix_set, as its GetCapabilities names them"
            raise ValueError(msg)
        return self


class Notices(Part):
    """Texts the municipality answers for."""

    informative: Text = Text(
        sl="Podatki so informativni in ne nadomeščajo uradne lokacijske informacije.",
        en="The data are informative and do not replace the official location information.",
    )


class Portal(Part):
    """One municipality's portal."""

    id: LayerId
    municipality: Municipality
    title: Text
    languages: tuple[Language, ...] = ("sl", "en")
    crs: int = crs.D96
    grids: tuple[str, ...] = ("WebMercatorQuad", "SI-D96")
    grid_files: tuple[str, ...] = Field(
        default=(), description="own tile matrix sets, OGC JSON, paths from portal.toml"
    )
    outline: Area
    boundary: str | None = Field(
        default=None, description="GeoJSON in degrees with the municipality's polygon, path from portal.toml"
    )
    start: Area | None = Field(default=None, description="what the map shows first; the outline when unset")
    base_maps: tuple[BaseMap, ...] = ()
    themes: tuple[Theme, ...] = Field(min_length=1)
    embedding_origins: Origins = ()
    notices: Notices = Notices()
    answer: AnswerPlan = AnswerPlan()
    folder: Path = Path()

    @model_validator(mode="after")
    def _consistent(self) -> Portal:
        if not crs.is_metric(self.crs):
            msg = f"crs: EPSG:{self.crs} counts degrees; a portal needs a CRS in metres"
            raise ValueError(msg)
        ids = [theme.id for theme in self.themes]
        if len(set(ids)) != len(ids):
            msg = "two themes have the same id"
            raise ValueError(msg)
        return self

    @cached_property
    def outline_envelope(self) -> Envelope:
        """The outline in the portal's CRS."""
        return _envelope(self.outline, self.crs)

    @cached_property
    def boundary_wkt(self) -> str | None:
        """The municipality's polygon in the portal's CRS, to the decimetre; None where the portal has none.

        Raises ConfigurationError naming the file when it is not a GeoJSON with polygons.
        """
        return read_boundary(self.folder / self.boundary, self.crs) if self.boundary else None

    @cached_property
    def start_envelope(self) -> Envelope:
        """What the map shows first, in the portal's CRS."""
        return _envelope(self.start or self.outline, self.crs)

    @cached_property
    def manifest_paths(self) -> tuple[Path, ...]:
        """The manifests of `layers/`, in the order of their file names."""
        return tuple(sorted((self.folder / "layers").glob("*.toml")))

    def read_manifests(self) -> tuple[Manifest, ...]:
        """Every manifest of the portal. Raises ConfigurationError for the first that is wrong."""
        return tuple(read_manifest(path) for path in self.manifest_paths)


def read_portal(folder: Path) -> Portal:
    """Read `portal.toml` in a folder. Raises ConfigurationError naming file, key and what would be right."""
    return Portal.model_validate(read_toml(folder / "portal.toml", Portal, folder=folder))


def _envelope(area: Area, srid: int) -> Envelope:
    return Envelope(area.west, area.south, area.east, area.north, srid)
