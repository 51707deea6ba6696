"""Judging and mending geometry: finite, of the declared kind, within the vertex cap, valid.

Only the child process does this. `make_valid` on one random 20,000-vertex ring took 13.9 GB inside PostgreSQL.

Area before a repair is what the polygon states, shells less holes, when each ring is sound by itself. A ring
that crosses itself states nothing (the shoelace area of a bow-tie is the difference of its lobes): then it is
the area of the faces its lines enclose. Area after is what is stored.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.errors import SourceError
from layers.reading.report import Repair

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.geometry import GeometryKind
    from layers.manifest import Geometry as GeometryRules

_TYPES: dict[GeometryKind, tuple[int, ...]] = {
    "point": (0, 4),
    "line": (1, 5),
    "polygon": (3, 6),
}
_TYPE_NAMES = ("Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
               "GeometryCollection")  # fmt: skip
_ADVICE = {
    "GeometryCollection": (
        "Divide it into its parts in the source (in QGIS: Multipart to singleparts), and keep those of one "
        "kind."
    ),
}
# Ground metres; narrower is a slip of digitising, which nobody sees and no repair may guess away.
_SLIVER_WIDTH_M = 0.001
# No CRS of the Earth counts further than this, in metres or degrees.
_FARTHEST = 1e9
_DIMENSIONS: dict[GeometryKind, int] = {"point": 0, "line": 1, "polygon": 2}


def count_types(geometries: Any) -> dict[str, int]:
    """How many of each geometry type, by name; NULL is not counted."""
    numbers, counts = np.unique(shapely.get_type_id(geometries), return_counts=True)
    return {
        _TYPE_NAMES[number]: int(count) for number, count in zip(numbers, counts, strict=True) if number >= 0
    }


def check_shapes(geometries: Any, numbers: Any, rules: GeometryRules) -> Any:
    """The geometries with empty ones made NULL. Raises SourceError naming the feature that cannot be used."""
    geometries = np.where(shapely.is_empty(geometries), None, geometries)
    missing = shapely.is_missing(geometries)
    if not rules.allow_null and bool(missing.any()):
        raise SourceError(
            f"Feature {_first(numbers, missing)} has no geometry. Mend it in the source, or say "
            "allow_null = true under [geometry] to keep such rows."
        )
    wrong = ~np.isin(shapely.get_type_id(geometries), _TYPES[rules.kind]) & ~missing
    if bool(wrong.any()):
        found = geometries[np.flatnonzero(wrong)[0]].geom_type
        advice = _ADVICE.get(found, "Take it out of the source, or publish it as a layer of its own.")
        raise SourceError(
            f"Feature {_first(numbers, wrong)} is a {found}, but the manifest says kind = {rules.kind!r}. "
            f"{advice}"
        )
    _check_finite(geometries, numbers, heights=rules.keep_z)
    many = shapely.get_num_coordinates(geometries) > rules.max_vertices
    if bool(many.any()):
        raise SourceError(
            f"Feature {_first(numbers, many)} has more than {rules.max_vertices} vertices. Simplify or "
            "split it, or raise geometry.max_vertices."
        )
    return geometries


def flatten(geometries: Any, rules: GeometryRules) -> tuple[Any, int, int]:
    """Without heights unless the manifest keeps them; how many lost theirs, how many had an unknown one.

    A kept geometry in which a vertex has the unknown height (−99 in KGI) loses its heights as a whole: a height
    that is not there cannot be written into one vertex.
    """
    has_z = shapely.has_z(geometries)
    if not bool(has_z.any()):
        measured = bool(shapely.has_m(geometries).any())
        return shapely.force_2d(geometries) if measured else geometries, 0, 0
    coordinates, owners = shapely.get_coordinates(geometries, include_z=True, return_index=True)
    unknown = np.zeros(len(geometries), dtype=bool)
    unknown[owners[(coordinates[:, 2] == rules.unknown_z) | np.isnan(coordinates[:, 2])]] = True
    unknown &= has_z
    drop = unknown if rules.keep_z else np.ones(len(geometries), dtype=bool)
    flat = np.where(drop, shapely.force_2d(geometries), geometries)
    return flat, int((drop & has_z).sum()), int(unknown.sum())


def repair_all(
    geometries: Any,
    numbers: Any,
    keys: list[str],
    rules: GeometryRules,
    announce: Callable[[int], None],
) -> tuple[Any, tuple[Repair, ...]]:
    """Valid geometries of the declared kind, and a list of the ones that were mended.

    `announce` is told the feature before each repair, so that one which never ends can be named.
    Raises SourceError when a repair changes more area than the manifest tolerates, or leaves nothing.
    """
    places = np.flatnonzero(~shapely.is_valid(geometries) & ~shapely.is_missing(geometries))
    repairs = []
    mended = geometries.copy() if len(places) else geometries
    for place in places:
        announce(int(numbers[place]))
        mended[place], note = _repair(geometries[place], int(numbers[place]), keys[place], rules)
        repairs.append(note)
    announce(0)
    return mended, tuple(repairs)


def turn_rings(geometries: Any, kind: GeometryKind) -> Any:
    """Outer rings of polygons counter-clockwise, holes the other way, as RFC 7946 wants."""
    return shapely.orient_polygons(geometries) if kind == "polygon" else geometries


def find_slivers(geometries: Any, numbers: Any, kind: GeometryKind) -> list[int]:
    """Numbers of valid polygons narrower than a millimetre; geometries in metres.

    The width is twice the area by the length of the outline: the width of a long rectangle.
    """
    if kind != "polygon":
        return []
    lengths = shapely.length(geometries)
    narrow = 2 * shapely.area(geometries) < _SLIVER_WIDTH_M * lengths
    found: list[int] = numbers[narrow & (lengths > 0)].tolist()
    return found


def _repair(geometry: Any, number: int, key: str, rules: GeometryRules) -> tuple[Any, Repair]:
    reason = re.sub(r"\[.*", "", str(shapely.is_valid_reason(geometry))).strip()
    after = _only(shapely.make_valid(geometry, method="structure", keep_collapsed=False), rules.kind)
    if after is None:
        raise SourceError(
            f"Feature {number} ({key}): {reason}. Nothing of its {rules.kind} is left when it is mended. "
            "Mend it in the source."
        )
    area_before = _stated_area(geometry) if rules.kind == "polygon" else 0.0
    area_after = float(after.area)
    change = abs(area_after - area_before) / max(area_before, area_after, 1e-9)
    if rules.kind == "polygon" and change > rules.area_tolerance:
        raise SourceError(
            f"Feature {number} ({key}): {reason}. Mending it would change its area from {area_before:.2f} to "
            f"{area_after:.2f} m², more than the tolerance of {rules.area_tolerance:.1%}. Mend it in the "
            "source."
        )
    return after, Repair(
        feature=number,
        key=key,
        reason=reason,
        area_before_m2=round(area_before, 3),
        area_after_m2=round(area_after, 3),
    )


def _stated_area(geometry: Any) -> float:
    rings = shapely.get_rings(shapely.get_parts(geometry))
    if bool(shapely.is_simple(rings).all()):
        return float(shapely.area(geometry))
    return float(shapely.make_valid(geometry, method="linework").area)


def _only(geometry: Any, kind: GeometryKind) -> Any:
    parts = shapely.get_parts(geometry)
    if len(parts) == 1 and shapely.get_type_id(geometry) == 7:
        return _only(parts[0], kind)
    nested = np.concatenate([shapely.get_parts(part) for part in parts]) if len(parts) else parts
    kept = nested[(shapely.get_dimensions(nested) == _DIMENSIONS[kind]) & ~shapely.is_empty(nested)]
    if not len(kept):
        return None
    if len(kept) == 1:
        return kept[0]
    if kind == "polygon":
        return shapely.multipolygons(kept)
    return shapely.multilinestrings(kept) if kind == "line" else shapely.multipoints(kept)


def _check_finite(geometries: Any, numbers: Any, *, heights: bool) -> None:
    coordinates, owners = shapely.get_coordinates(geometries, include_z=heights, return_index=True)
    # A height that is no number is an unknown one; an infinite one is a fault.
    broken = ~np.isfinite(coordinates[:, :2]).all(axis=1) | np.isinf(coordinates[:, 2:]).any(axis=1)
    if bool(broken.any()):
        raise SourceError(
            f"Feature {numbers[owners[np.flatnonzero(broken)[0]]]} has a coordinate that is infinite or "
            "not a number. Mend it in the source."
        )
    far = (np.abs(coordinates) > _FARTHEST).any(axis=1)
    if bool(far.any()):
        place = np.flatnonzero(far)[0]
        worst = float(coordinates[place][np.nanargmax(np.abs(coordinates[place]))])
        raise SourceError(
            f"Feature {numbers[owners[place]]} has the coordinate {worst:.3g}, which is on no map. Mend it in "
            "the source."
        )


def _first(numbers: Any, where: Any) -> int:
    return int(numbers[np.flatnonzero(where)[0]])
