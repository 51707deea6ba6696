"""The municipality's polygon, where a portal names one: what imports are held against to tell D48 from D96.

A small file of the portal itself, so it is read here and not by the reading child process.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis import crs
from gis.errors import ConfigurationError
from gis.geometry import transform_geometries

if TYPE_CHECKING:
    from pathlib import Path

_WITH_AREA = ("Polygon", "MultiPolygon")


def read_boundary(path: Path, srid: int) -> str:
    """The polygons of a GeoJSON (lon, lat) as one, in the CRS with this code, as WKT to the decimetre.

    Raises ConfigurationError naming the file and what would be right.
    """
    wanted = f"{path.name}: the boundary must be a GeoJSON in degrees (RFC 7946) with a Polygon"
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        shapes = [shapely.geometry.shape(part) for part in _geometries(content)]
    except FileNotFoundError as exc:
        raise ConfigurationError(
            f"There is no file {path.name}, which portal.toml names as boundary. Put it there, or take that "
            "line out."
        ) from exc
    except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError) as exc:
        raise ConfigurationError(f"{wanted}.") from exc
    areas = [
        shape for shape in shapes if shape.geom_type in _WITH_AREA and shape.is_valid and not shape.is_empty
    ]
    if not areas or np.abs(shapely.total_bounds(areas)).max() > 180:
        raise ConfigurationError(f"{wanted}.")
    native = transform_geometries(np.array([shapely.union_all(areas)], dtype=object), crs.WGS84, srid)
    return str(shapely.to_wkt(native[0], rounding_precision=1))


def _geometries(content: Any) -> list[Any]:
    if content["type"] == "FeatureCollection":
        return [feature["geometry"] for feature in content["features"] if feature["geometry"]]
    return [content["geometry"]] if content["type"] == "Feature" else [content]
