"""FlatGeobuf: one file with a spatial index inside, for maps that read parts of it over HTTP.

It has no dates and no title of a column, so dates are text (2026-03-01) and a text beside it says the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.writing.vector import VectorFile, exact_type, fields_for, with_heights, write_vector

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from layers.catalogue import PublishedLayer
    from layers.writing.about import About
    from layers.writing.rows import FeatureBatch, Shapes


def write_flatgeobuf(
    path: Path,
    layer: PublishedLayer,
    batches: Iterable[FeatureBatch],
    *,
    shapes: Shapes,
    about: About,
    srid: int,
) -> int:
    """Write the features; how many there are. Without an index when a feature has no geometry."""
    columns = {name: column.type for name, column in layer.manifest.columns.items()}
    dates = frozenset(name for name, kind in columns.items() if kind == "date")
    rules = layer.manifest.geometry
    file = VectorFile(
        driver="FlatGeobuf",
        path=path,
        srid=srid,
        geometry=exact_type(rules.kind, shapes),
        fields=fields_for(columns, date="str"),
        options={
            "layer": layer.id,
            "TITLE": about.title,
            "DESCRIPTION": about.description,
            "TEMPORARY_DIR": str(path.parent),
            "SPATIAL_INDEX": "NO" if shapes.missing else "YES",
        },
    )

    def fit(name: str, value: Any) -> Any:
        return value.isoformat() if name in dates and value is not None else value

    if shapes.has_heights:
        return write_vector(file, batches, shape=with_heights(rules.unknown_z), fit=fit)
    return write_vector(file, batches, fit=fit)
