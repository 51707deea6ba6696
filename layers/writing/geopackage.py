"""GeoPackage: the format that comes back as it went, with titles of layer and columns inside.

fiona writes features and metadata; titles of columns go into the tables of the standard's Schema extension
(OGC 12-128r18, annex F.9) by SQLite itself.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from gis.statements import read_statement
from layers.writing.vector import VectorFile, exact_type, fields_for, write_vector

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from layers.catalogue import PublishedLayer
    from layers.writing.about import About
    from layers.writing.rows import FeatureBatch, Shapes


def write_geopackage(
    path: Path,
    layer: PublishedLayer,
    batches: Iterable[FeatureBatch],
    *,
    shapes: Shapes,
    about: About,
    srid: int,
) -> int:
    """Write the features exactly as they are stored; how many there are."""
    columns = layer.manifest.columns
    file = VectorFile(
        driver="GPKG",
        path=path,
        srid=srid,
        geometry=exact_type(layer.manifest.geometry.kind, shapes),
        fields=fields_for({name: column.type for name, column in columns.items()}),
        options={
            "layer": layer.id,
            "IDENTIFIER": about.title,
            "DESCRIPTION": about.description,
            "GEOMETRY_NAME": _free_name("geom", columns),
            "FID": _free_name("fid", columns),
        },
    )
    count = write_vector(file, batches, tags=about.facts)
    with closing(sqlite3.connect(path)) as database, database:
        _write_titles(database, layer, about)
        if shapes.has_heights:
            database.execute(
                read_statement("layers.writing", "geopackage_heights"), [2 if shapes.without_heights else 1]
            )
    return count


def _write_titles(database: sqlite3.Connection, layer: PublishedLayer, about: About) -> None:
    """Titles of columns; `name` has to differ within a table, and is what GDAL and QGIS show as the alias."""
    titles = {name: column.title.in_language("sl") for name, column in layer.manifest.columns.items()}
    seen: set[str] = set()
    database.executescript(read_statement("layers.writing", "geopackage_schema"))
    insert = read_statement("layers.writing", "geopackage_title")
    for name, title in titles.items():
        alias = name if title in seen else title
        seen.add(title)
        database.execute(insert, [layer.id, name, alias, title, about.columns[name]])


def _free_name(name: str, taken: Mapping[str, object]) -> str:
    return f"_{name}" if name in taken else name
