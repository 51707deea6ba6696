"""Holding a source against the portal's outline: is it where it says it is?

Catches degrees said to be metres, swapped axes, another CRS, and D48/GK said to be D96/TM, which is 611 m off
and looks plausible. The file's own statement of its CRS is compared with the manifest's first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from gis import crs
from gis.errors import SourceError
from layers.notes import write_note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.envelope import Envelope

# A stated CRS agrees with the manifest's when the same numbers mean the same place within this.
_SAME_PLACE_M = 1.0
_SAMPLE = 500
_MARGIN_SHARE = 0.25
_MIN_MARGIN_M = 2000.0
_FITS = 0.8
# Misread D48: the extent sticks out of the outline by more than this, and would not when read as the other one.
_DATUM_OVERHANG_M = 150.0
_DATUM_SLACK_M = 25.0
_DATUM_SHARE = 0.01


def check_stated_crs(stated: CRS | None, manifest_srid: int, at: tuple[float, float]) -> str | None:
    """A note about the CRS the file states, or None when it agrees. Raises SourceError when the two differ.

    `at` is a place in the source's own numbers. Deprecated codes are known to be wrong in files: there the
    manifest is believed.
    """
    if stated is None:
        return write_note("crs_missing", srid=manifest_srid)
    code = stated.to_epsg(min_confidence=25)
    if code in crs.REFUSED:
        return write_note("crs_deprecated", code=code, srid=manifest_srid)
    if code == manifest_srid or _same_place(stated, manifest_srid, at):
        return None
    name = f"EPSG:{code} ({stated.name})" if code else stated.name
    raise SourceError(
        f"The file says its coordinates are in {name}, the manifest says EPSG:{manifest_srid} "
        f"({crs.find_crs(manifest_srid).name}). Correct source.crs in the manifest, or the statement in "
        "the file."
    )


def check_units(geometries: Any, srid: int) -> None:
    """Raise SourceError when metres are said to be degrees or the other way round."""
    bounds = shapely.total_bounds(geometries)
    if not np.isfinite(bounds).all():
        return
    in_degrees = bool(np.abs(bounds[[0, 2]]).max() <= 180 and np.abs(bounds[[1, 3]]).max() <= 90)
    if crs.is_metric(srid) and in_degrees and bool(np.abs(bounds).max() > 0):
        raise SourceError(
            f"The coordinates look like degrees (x {bounds[0]:.4f}, y {bounds[1]:.4f}), but source.crs says "
            f"EPSG:{srid}, which counts metres. Try crs = 4326."
        )
    if not crs.is_metric(srid) and not in_degrees:
        raise SourceError(
            f"The coordinates look like metres (x {bounds[2]:.1f}, y {bounds[3]:.1f}), but source.crs says "
            f"EPSG:{srid}, which counts degrees. Say the right EPSG code, 3794 for D96/TM."
        )


@dataclass
class OutlineWatch:
    """Counts features outside the outline, batch by batch, and judges at the end.

    `outline` is in the portal's CRS; `source_srid` is what the coordinates were read as.
    """

    outline: Envelope
    source_srid: int
    total: int = 0
    outside: int = 0
    outside_grown: int = 0
    sample: list[tuple[float, float]] = field(default_factory=list)
    bounds: list[float] | None = None

    def look(self, raw: Any, native: Any) -> None:
        """Take note of a batch: the geometries as they stood in the source, and in the portal's CRS."""
        boxes = shapely.bounds(native)
        boxes = boxes[~np.isnan(boxes[:, 0])]
        if not len(boxes):
            return
        self.total += len(boxes)
        self.outside += int((~_touches(self.outline, boxes)).sum())
        self.outside_grown += int((~_touches(self._grown, boxes)).sum())
        self._remember_bounds(boxes)
        if len(self.sample) < _SAMPLE:
            raw_boxes = shapely.bounds(raw[~shapely.is_missing(raw)])[: _SAMPLE - len(self.sample)]
            self.sample += [((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for b in raw_boxes]

    def judge(self) -> int:
        """How many features lie outside the outline. Raises SourceError when the layer is somewhere else."""
        self._refuse_elsewhere()
        self._refuse_other_datum()
        return self.outside

    @property
    def _grown(self) -> Envelope:
        longest = max(self.outline.width, self.outline.height)
        return self.outline.grown(max(_MIN_MARGIN_M, _MARGIN_SHARE * longest))

    def _remember_bounds(self, boxes: Any) -> None:
        here = [boxes[:, 0].min(), boxes[:, 1].min(), boxes[:, 2].max(), boxes[:, 3].max()]
        known = self.bounds or here
        self.bounds = [*np.minimum(known[:2], here[:2]), *np.maximum(known[2:], here[2:])]

    def _refuse_elsewhere(self) -> None:
        if self.total == 0 or self.outside_grown <= self.total * (1 - _FITS):
            return
        hint = self._find_better_reading()
        raise SourceError(
            f"{self.outside_grown} of {self.total} features lie outside the portal's outline when they "
            f"are read as EPSG:{self.source_srid}. {hint or 'Check source.crs and the outline in portal.toml.'}"
        )

    def _find_better_reading(self) -> str | None:
        x, y = np.array(self.sample).T
        for srid, swapped in self._candidates():
            tried = _read_as(srid, self.outline.srid, *((y, x) if swapped else (x, y)))
            if tried is not None and _inside(self._grown, *tried).mean() >= _FITS:
                if swapped:
                    return f"The axes look swapped: read north first, as EPSG:{srid}, they fit."
                return f"They look like EPSG:{srid} ({crs.find_crs(srid).name}); correct source.crs."
        return None

    def _candidates(self) -> Iterator[tuple[int, bool]]:
        known = [self.source_srid, self.outline.srid, crs.WGS84, crs.D96, crs.D48, crs.WEB_MERCATOR]
        for srid in dict.fromkeys(known):
            if srid != self.source_srid:
                yield srid, False
        for srid in dict.fromkeys(known):
            yield srid, True

    def _refuse_other_datum(self) -> None:
        pair = {crs.D96: crs.D48, crs.D48: crs.D96}
        if self.source_srid not in pair or self.bounds is None or self.outline.srid != crs.D96:
            return
        other = pair[self.source_srid]
        now = _overhang(self.bounds, self.outline)
        moved = _overhang(_shifted(self.bounds, self.source_srid), self.outline)
        if now > _DATUM_OVERHANG_M and moved < _DATUM_SLACK_M and self.outside >= _DATUM_SHARE * self.total:
            raise SourceError(
                f"The layer sticks out of the portal's outline by {now:.0f} m, and would fit when read as "
                f"EPSG:{other} ({crs.find_crs(other).name}): D48 and D96 lie 611 m apart. Correct source.crs; "
                "if it is right, widen the outline in portal.toml."
            )


def _same_place(stated: CRS, srid: int, at: tuple[float, float]) -> bool:
    try:
        there = Transformer.from_crs(stated, crs.find_crs(srid), always_xy=True)
        x, y = there.transform(*at, errcheck=True)
    except ProjError:
        return False
    tolerance = _SAME_PLACE_M if crs.is_metric(srid) else _SAME_PLACE_M / 111_320
    return bool(np.hypot(x - at[0], y - at[1]) <= tolerance)


def _read_as(srid: int, target: int, x: Any, y: Any) -> tuple[Any, Any] | None:
    if not crs.is_metric(srid) and (np.abs(x).max() > 180 or np.abs(y).max() > 90):
        return None
    try:
        return crs.transform(srid, target, x, y)
    except ProjError:
        return None


def _inside(envelope: Envelope, x: Any, y: Any) -> Any:
    return (x >= envelope.west) & (x <= envelope.east) & (y >= envelope.south) & (y <= envelope.north)


def _touches(envelope: Envelope, boxes: Any) -> Any:
    west, south, east, north = boxes.T
    return (
        (west <= envelope.east)
        & (east >= envelope.west)
        & (south <= envelope.north)
        & (north >= envelope.south)
    )


def _overhang(bounds: list[float], outline: Envelope) -> float:
    west, south, east, north = bounds
    return max(outline.west - west, outline.south - south, east - outline.east, north - outline.north, 0.0)


def _shifted(bounds: list[float], read_as: int) -> list[float]:
    if read_as == crs.D96:
        moved = crs.transform(crs.D48, crs.D96, np.array(bounds[0::2]), np.array(bounds[1::2]))
    else:
        moved = crs.transform(crs.D96, crs.D48, np.array(bounds[0::2]), np.array(bounds[1::2]))
    (west, east), (south, north) = moved
    return [float(west), float(south), float(east), float(north)]
