"""CSV: UTF-8 with a BOM, one row for each feature, coordinates in columns for points and as WKT otherwise.

Plain, it is RFC 4180 for programs: commas, a decimal point, texts exactly as stored. For spreadsheets it is
what Excel opens rightly in Slovenia: semicolons, a decimal comma, and `'` before texts it would calculate with.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import shapely

from gis import crs
from layers.writing.rows import round_coordinates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from layers.catalogue import PublishedLayer
    from layers.writing.rows import FeatureBatch, Shapes

# Formulas (https://owasp.org/www-community/attacks/CSV_Injection), parcel numbers that look like dates, numbers
# with leading zeros, and identifiers of more digits than a spreadsheet keeps.
_MISREAD = re.compile(r"[=+\-@\t\r].*|\d{1,4}[/.-]\d{1,4}([/.-]\d{1,4})?|0\d+|\d{16,}", re.DOTALL)


def write_csv(
    path: Path,
    layer: PublishedLayer,
    batches: Iterable[FeatureBatch],
    *,
    shapes: Shapes,
    srid: int,
    for_spreadsheets: bool,
) -> int:
    """Write the features; how many there were."""
    names = tuple(layer.manifest.columns)
    in_columns = layer.manifest.geometry.kind == "point" and not shapes.has_parts
    placed = _coordinate_names(names, srid, shapes) if in_columns else (_free("wkt", names),)
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";" if for_spreadsheets else ",", lineterminator="\r\n")
        writer.writerow([*placed, *names])
        for batch in batches:
            geometries = round_coordinates(batch.geometries, crs.decimals(srid))
            cells = _coordinates(geometries, len(placed)) if in_columns else _texts(geometries)
            for place, values in zip(cells, zip(*batch.columns.values(), strict=True), strict=True):
                row = (*place, *values)
                writer.writerow([_safe(each) if for_spreadsheets else _plain(each) for each in row])
            count += len(batch)
    return count


def _coordinate_names(names: tuple[str, ...], srid: int, shapes: Shapes) -> tuple[str, ...]:
    plain = ("e", "n") if crs.is_metric(srid) else ("lon", "lat")
    heights = ("h",) if shapes.has_heights else ()
    return tuple(_free(name, names) for name in (*plain, *heights))


def _free(name: str, taken: tuple[str, ...]) -> str:
    """A name that no published column has: those never begin with an underscore."""
    return f"_{name}" if name in taken else name


def _coordinates(points: Any, width: int) -> Iterator[tuple[float | None, ...]]:
    for point in points:
        if point is None:
            yield (None,) * width
            continue
        height = (point.z,) if point.has_z else (None,)
        yield (point.x, point.y, *height)[:width]


def _texts(geometries: Any) -> Iterator[tuple[str | None]]:
    return ((text,) for text in shapely.to_wkt(geometries, rounding_precision=-1, output_dimension=3))


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


def _safe(value: object) -> str:
    if isinstance(value, float):
        return repr(value).replace(".", ",")
    text = _plain(value)
    return f"'{text}" if isinstance(value, str) and _MISREAD.fullmatch(text) else text
