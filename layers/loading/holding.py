"""When a person has to look before a version is published. Pure: no file, no database.

A version of which any of this is true is more often a mistake than news. Each reason says what to look at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis import crs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from layers.changes.comparison import ChangeCounts, Shift, Stored

    Bounds = tuple[float, float, float, float]

_FEWER_SHARE = 0.5
_GONE_SHARE = 0.9
_ALIKE_SHARE = 0.8
# Of fewer features nothing can be concluded.
_ENOUGH = 20
_FAR_METRES = 1.0
# Within one municipality the datum change differs by decimetres, in all of Slovenia by metres.
_DATUM_METRES = 5.0
# So nearly do the four edges of an extent move alike when everything in it does.
_EDGE_METRES = 0.5


@dataclass(frozen=True)
class Seen:
    """A version as the rules see it: its rows and, when there are any, its extent in the portal's CRS."""

    stored: Stored
    extent: Bounds | None


@dataclass(frozen=True)
class Comparison:
    """What was found feature by feature; `shift` only when enough features have another geometry."""

    counts: ChangeCounts
    shift: Shift | None = None


@dataclass(frozen=True)
class GoneBack:
    """That somebody rolled back from a version with the same content: its number, and the day."""

    number: int
    day: date


def is_shift_worth_measuring(counts: ChangeCounts) -> bool:
    """True when so many features have another geometry that all of them may have moved alike."""
    return counts.geometry >= max(_ENOUGH, _ALIKE_SHARE * counts.shared)


def find_hold_reason(
    before: Seen | None, after: Seen, comparison: Comparison | None = None, gone_back: GoneBack | None = None
) -> str | None:
    """Why a person has to confirm this version before it is published, or None.

    `before` is the version published now. Without a comparison only what needs no rows is judged.
    """
    if before is None:
        return None
    reasons = [
        *_by_history(gone_back),
        *_by_description(before.stored, after.stored),
        *_by_features(before, after, comparison),
    ]
    return "; ".join(reasons) or None


def _by_history(gone_back: GoneBack | None) -> Iterator[str]:
    if gone_back is not None:
        yield (
            f"it is the same as version {gone_back.number}, which was rolled back on {gone_back.day}: look "
            "whether the provider has mended the source"
        )


def _by_description(before: Stored, after: Stored) -> Iterator[str]:
    old, new = before.manifest, after.manifest
    if after.row_count <= before.row_count * _FEWER_SHARE:
        lost = 100 * (before.row_count - after.row_count) / before.row_count
        yield (
            f"it has {_rows(after.row_count)} and the published version {before.row_count} "
            f"({lost:.0f} % fewer): look whether the source is complete"
        )
    types = {name: column.type for name, column in new.columns.items()}
    changed = [name for name, column in old.columns.items() if types.get(name) != column.type]
    if changed:
        yield (
            f"columns were taken away or have another type: {', '.join(changed)}: look who uses them, and "
            "whether the manifest says what you mean"
        )
    if new.geometry.kind != old.geometry.kind:
        yield (
            f"its geometry is {new.geometry.kind} and that of the published version {old.geometry.kind}: look "
            "whether it is the right source"
        )
    if before.srid != after.srid:
        yield f"the portal's CRS was EPSG:{before.srid} and is EPSG:{after.srid} now: look at it on the map"
    if new.key != old.key:
        yield (
            f"its key is {_key(new.key)} and that of the published version {_key(old.key)}: no feature can be "
            "compared, and links to single features will not find them any more"
        )


def _by_features(before: Seen, after: Seen, comparison: Comparison | None) -> Iterator[str]:
    old, new = before.stored.manifest, after.stored.manifest
    if new.key != old.key or before.stored.srid != after.stored.srid:
        return
    if not new.key:
        yield from _by_extent(before, after)
        return
    if comparison is None:
        return
    gone, rows = comparison.counts.removed, before.stored.row_count
    is_like = _FEWER_SHARE * rows <= after.stored.row_count <= rows / _FEWER_SHARE
    if rows >= _ENOUGH and gone >= _GONE_SHARE * rows and is_like:
        yield (
            f"{gone} of {rows} published keys are gone, though the number of rows is about the same: the key "
            f"seems to have been numbered anew; look whether {_key(new.key)} still means what it meant"
        )
    shift, shared = comparison.shift, comparison.counts.shared
    if shift is not None and shift.features >= max(_ENOUGH, _ALIKE_SHARE * shared) and _is_far(shift):
        yield f"{shift.features} of {shared} features {_moved(shift.east, shift.north, before)}"


def _by_extent(before: Seen, after: Seen) -> Iterator[str]:
    """Without a key no feature can be followed, but all of them together can."""
    if before.extent is None or after.extent is None or before.stored.row_count < _ENOUGH:
        return
    west, south, east, north = (new - old for old, new in zip(before.extent, after.extent, strict=True))
    x, y = (west + east) / 2, (south + north) / 2
    is_rigid = abs(west - east) <= _EDGE_METRES and abs(south - north) <= _EDGE_METRES
    if is_rigid and math.hypot(x, y) > _FAR_METRES:
        yield f"the area it covers {_moved(x, y, before)}"


def _is_far(shift: Shift) -> bool:
    return math.hypot(shift.east, shift.north) > _FAR_METRES


def _moved(east: float, north: float, before: Seen) -> str:
    distance = math.hypot(east, north)
    said = f"moved by the same {distance:.1f} m ({east:+.1f} m east, {north:+.1f} m north)"
    expected = _datum_shift(before)
    if expected is None:
        return f"{said}: look at it on the map, and at source.crs in the manifest"
    if math.dist((east, north), expected) <= _DATUM_METRES:
        return (
            f"{said}: this looks like D48/GK read as D96/TM; look whether the source is in D48/GK, and say so "
            "with source.crs = 3912 in the manifest"
        )
    if math.dist((-east, -north), expected) <= _DATUM_METRES:
        return (
            f"{said}: this looks like D96/TM read as D48/GK, or the published version was D48/GK read as "
            "D96/TM; look which of them lies right on the map, and at source.crs in the manifest"
        )
    return f"{said}: look at it on the map, and at source.crs in the manifest"


def _datum_shift(before: Seen) -> tuple[float, float] | None:
    """By how much the numbers of D48/GK differ from those of D96/TM here; None where neither is used."""
    if before.extent is None or before.stored.srid != crs.D96:
        return None
    west, south, east, north = before.extent
    x, y = (west + east) / 2, (south + north) / 2
    try:
        x48, y48 = crs.transform(crs.D96, crs.D48, x, y)
    except crs.ProjError:
        return None
    return float(x48 - x), float(y48 - y)


def _key(names: tuple[str, ...]) -> str:
    return " + ".join(names) if names else "the whole content"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
