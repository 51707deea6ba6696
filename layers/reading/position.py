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
from layers.notes import list_first, write_note
from layers.reading.datum import OTHER, Places, Verdict, find_area, judge_datum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.envelope import Envelope

# A stated CRS agrees with the manifest's when the same numbers mean the same place within this.
_SAME_PLACE_M = 1.0
# Beyond this a coordinate is a slip of the pen, wherever the municipality lies.
_NOWHERE_M = 1_000_000.0
_LISTED = 20
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
    code = stated.to_epsg()
    if code in crs.REFUSED:
        return write_note("crs_deprecated", code=code, srid=manifest_srid)
    if code == manifest_srid:
        return None
    if _same_place(stated, manifest_srid, at):
        return write_note("crs_by_another_name", name=repr(stated.name), srid=manifest_srid)
    name = f"EPSG:{code} ({stated.name})" if code else repr(stated.name)
    raise SourceError(
        f"The file says its coordinates are in {name}, the manifest says EPSG:{manifest_srid} "
        f"({crs.find_crs(manifest_srid).name}). Correct source.crs in the manifest, or the statement in "
        "the file."
    )


def find_crs_faults(stated: CRS | None) -> Iterator[str]:
    """What is odd about a CRS that a file states, each as a sentence for a person."""
    if stated is None:
        return
    code = stated.to_epsg()
    if code in crs.REFUSED:
        yield f"{crs.REFUSED[code]}."
    elif stated.is_deprecated:
        yield f"EPSG:{code} is deprecated; ask the provider which CRS is meant."
    elif code is None:
        yield f"The file calls its CRS {stated.name!r}, which is no code of the EPSG register."
    if stated.is_compound:
        yield "The CRS has heights in it; only the plane part is used."
    if stated.is_engineering or stated.is_geocentric or stated.is_vertical:
        yield f"{stated.type_name} {stated.name!r} says no place on a map. Ask the provider for EPSG:{crs.D96}."
    units = {axis.unit_name for axis in stated.axis_info[:2]} - {"metre", "degree"}
    if units:
        yield f"Its coordinates count {', '.join(sorted(units))}, not metres or degrees."


def check_units(geometries: Any, srid: int, numbers: Any) -> None:
    """Raise SourceError when metres are said to be degrees or the other way round.

    A few features beyond 180 or 90 degrees are named; when most are, the unit is wrong.
    """
    boxes = shapely.bounds(geometries)
    known = np.isfinite(boxes).all(axis=1)
    boxes, numbers = boxes[known], numbers[known]
    if not len(boxes):
        return
    beyond = (np.abs(boxes[:, [0, 2]]).max(axis=1) > 180) | (np.abs(boxes[:, [1, 3]]).max(axis=1) > 90)
    if crs.is_metric(srid) and not bool(beyond.any()) and bool(np.abs(boxes).max() > 0):
        raise SourceError(
            f"The coordinates look like degrees (x {boxes[0, 0]:.4f}, y {boxes[0, 1]:.4f}), but source.crs "
            f"says EPSG:{srid}, which counts metres. Try crs = 4326."
        )
    if crs.is_metric(srid) or not bool(beyond.any()):
        return
    first = np.flatnonzero(beyond)[0]
    x, y = boxes[first, 2], boxes[first, 3]
    if beyond.mean() <= 0.5:
        raise SourceError(
            f"Feature {numbers[first]} lies at x {x:.6g}, y {y:.6g}: beyond 180 or 90 degrees. Mend it in the "
            "source."
        )
    raise SourceError(
        f"The coordinates look like metres (x {x:.1f}, y {y:.1f}), but source.crs says EPSG:{srid}, which "
        "counts degrees. Say the right EPSG code, 3794 for D96/TM."
    )


@dataclass
class OutlineWatch:
    """Counts features outside the outline, batch by batch, and judges at the end.

    `outline` is in the portal's CRS, and so is `boundary_wkt`, the municipality's polygon where it is known;
    `source_srid` is what the coordinates were read as. `crs_checked` is a person's word that this is right.
    """

    outline: Envelope
    source_srid: int
    boundary_wkt: str | None = None
    crs_checked: bool = False
    total: int = 0
    outside: int = 0
    outside_grown: int = 0
    far_features: list[int] = field(default_factory=list)
    places: Places = field(default_factory=Places)
    bounds: list[float] | None = None
    nowhere: tuple[int, float, float] | None = None

    def look(self, raw: Any, native: Any, numbers: Any) -> None:
        """Take note of a batch: the geometries as they stood in the source, and in the portal's CRS."""
        boxes = shapely.bounds(native)
        known = ~np.isnan(boxes[:, 0])
        boxes, numbers = boxes[known], numbers[known]
        if not len(boxes):
            return
        self._remember_nowhere(boxes, numbers)
        self.total += len(boxes)
        self.outside += int((~_touches(self.outline, boxes)).sum())
        far = ~_touches(self._grown, boxes)
        self.outside_grown += int(far.sum())
        self.far_features += numbers[far][: _LISTED - len(self.far_features)].tolist()
        self._remember_bounds(boxes)
        raw_boxes = shapely.bounds(raw)[known]
        self.places.look((raw_boxes[:, 0] + raw_boxes[:, 2]) / 2, (raw_boxes[:, 1] + raw_boxes[:, 3]) / 2)

    def judge(self) -> int:
        """How many features lie outside the outline. Raises SourceError when the layer is somewhere else."""
        self._refuse_elsewhere()
        self._refuse_nowhere()
        if self.judges_datum and not self.crs_checked:
            self._refuse_other_datum()
        return self.outside

    def notes(self, *, stated: bool) -> Iterator[str]:
        """What a person should look at: features far away, and a datum that nothing tells.

        `stated` says whether the file itself names its CRS.
        """
        if self.far_features:
            yield write_note("far_features", features=list_first(self.far_features, self.outside_grown))
        if self.judges_datum and not self.crs_checked and self.verdict() == "undecided":
            yield write_note("datum_stated" if stated else "datum_unstated", srid=self.source_srid)

    @property
    def judges_datum(self) -> bool:
        """True for data in D96 or D48 that go to a portal in D96."""
        return self.source_srid in OTHER and self.outline.srid == crs.D96

    def verdict(self) -> Verdict:
        """Whether the places speak for the datum they were read in."""
        area = find_area(self.boundary_wkt, self.outline.bounds)
        return judge_datum(self.places.chosen(), self.source_srid, area)

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
        x, y = self.places.chosen().T
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

    def _remember_nowhere(self, boxes: Any, numbers: Any) -> None:
        x, y = self.outline.centre
        west, south, east, north = boxes.T
        across = np.maximum(np.maximum(west - x, x - east), 0)
        along = np.maximum(np.maximum(south - y, y - north), 0)
        nowhere = np.maximum(across, along) > _NOWHERE_M
        if bool(nowhere.any()) and self.nowhere is None:
            first = np.flatnonzero(nowhere)[0]
            self.nowhere = (int(numbers[first]), float(boxes[first, 0]), float(boxes[first, 1]))

    def _refuse_nowhere(self) -> None:
        if self.nowhere is not None:
            number, x, y = self.nowhere
            raise SourceError(
                f"Feature {number} lies at x {x:.6g}, y {y:.6g} in EPSG:{self.outline.srid}, more than 1000 km "
                "from the portal's outline. Mend it in the source."
            )

    def _refuse_other_datum(self) -> None:
        if self.bounds is None:
            return
        other = OTHER[self.source_srid]
        words = f"read as EPSG:{other} ({crs.find_crs(other).name}): D48 and D96 lie 611 m apart"
        if self.boundary_wkt and self.verdict() == "other":
            raise SourceError(
                "The layer sticks out of the municipality's boundary, and would lie inside when "
                f"{words}. Correct source.crs; if it is right, say crs_checked = true under [source]."
            )
        now = _overhang(self.bounds, self.outline)
        moved = _overhang(_shifted(self.bounds, self.source_srid), self.outline)
        if now > _DATUM_OVERHANG_M and moved < _DATUM_SLACK_M and self.outside >= _DATUM_SHARE * self.total:
            raise SourceError(
                f"The layer sticks out of the portal's outline by {now:.0f} m, and would fit when {words}. "
                "Correct source.crs; if it is right, say crs_checked = true under [source]."
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
    """These bounds, had they been read as the other datum; unmoved when they lie beyond both."""
    other = (crs.D48, crs.D96) if read_as == crs.D96 else (crs.D96, crs.D48)
    try:
        moved = crs.transform(*other, np.array(bounds[0::2]), np.array(bounds[1::2]))
    except ProjError:
        return bounds
    (west, east), (south, north) = moved
    return [float(west), float(south), float(east), float(north)]
