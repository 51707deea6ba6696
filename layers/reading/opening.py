"""Opening what GDAL reads, which is loaded then and not before: by now the child is shut in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from layers.manifest import Format
    from layers.reading.vector import VectorTable


def open_by_gdal(
    path: Path, kind: Format, *, layer: str | None, encoding: str | None
) -> AbstractContextManager[VectorTable]:
    """A shapefile, GeoPackage or GeoJSON, as `layers.reading.vector.open_vector` opens it, with its errors."""
    from layers.reading.vector import open_vector  # noqa: PLC0415

    return open_vector(path, kind, layer=layer, encoding=encoding)
