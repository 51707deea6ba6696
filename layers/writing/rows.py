"""A version of a layer as batches of rows, read through a server-side cursor in the order they are stored in.

Neighbours are stored together, so the file is as good to search as the table. One statement reads everything:
an export is one moment, whatever is published meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
import sqlalchemy as sa

from gis.geometry import transform_geometries
from layers.features import reading_version
from layers.table import GEOMETRY, KEY, data_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gis.database import Database
    from layers.catalogue import PublishedLayer

_BATCH_SIZE = 2_000


@dataclass(frozen=True)
class FeatureBatch:
    """Some features: keys, geometries (None allowed) and the published columns, in their order."""

    keys: Sequence[str]
    geometries: Any
    columns: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True)
class Shapes:
    """Which geometry types a version really holds; how many features have heights, and how many no geometry."""

    types: frozenset[str]
    with_heights: int
    without_heights: int
    missing: int

    @property
    def has_heights(self) -> bool:
        """True when at least one feature has heights."""
        return self.with_heights > 0

    @property
    def has_parts(self) -> bool:
        """True when at least one feature may consist of several parts."""
        return any(name.startswith("Multi") for name in self.types)


def find_shapes(database: Database, layer: PublishedLayer) -> Shapes:
    """Look through the geometries of a version. Raises GoneError when it was dropped, UnavailableError."""
    geometry = data_table(layer).c[GEOMETRY]
    name = sa.func.ST_GeometryType(geometry, type_=sa.Text).label("name")
    heights = (sa.func.ST_NDims(geometry, type_=sa.Integer) > 2).label("heights")
    question = sa.select(name, heights, sa.func.count()).group_by(name, heights)
    with reading_version(database, "downloads") as connection:
        rows = connection.execute(question).all()
    return Shapes(
        types=frozenset(str(row[0]).removeprefix("ST_") for row in rows if row[0] is not None),
        with_heights=sum(row[2] for row in rows if row[1]),
        without_heights=sum(row[2] for row in rows if row[1] is False),
        missing=sum(row[2] for row in rows if row[0] is None),
    )


def read_batches(database: Database, layer: PublishedLayer, srid: int) -> Iterator[FeatureBatch]:
    """Every feature, its geometry in the CRS asked for, x before y.

    Raises GoneError when the version was dropped, UnavailableError, and ProjError for another CRS.
    """
    table = data_table(layer)
    names = tuple(layer.manifest.columns)
    wkb = sa.func.ST_AsBinary(table.c[GEOMETRY], type_=sa.LargeBinary)
    statement = sa.select(table.c[KEY], wkb, *(table.c[name] for name in names))
    with reading_version(database, "downloads") as connection:
        # Without it PostgreSQL may begin a large table where another reader just is.
        connection.execute(sa.select(sa.func.set_config("synchronize_seqscans", "off", True)))
        streaming = connection.execution_options(yield_per=_BATCH_SIZE)
        with streaming.execute(statement) as result:
            for rows in result.partitions():
                keys, shapes, *values = zip(*rows, strict=True)
                native = shapely.from_wkb(np.array(shapes, dtype=object))
                moved = transform_geometries(native, layer.srid, srid)
                yield FeatureBatch(keys, moved, dict(zip(names, values, strict=True)))


def round_coordinates(geometries: Any, digits: int) -> Any:
    """The geometries with coordinates of so many digits after the point; NULLs stay."""
    has_z = bool(np.any(shapely.has_z(geometries)))
    return shapely.transform(geometries, lambda each: np.round(each, digits), include_z=has_z)
