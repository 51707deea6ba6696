"""`prostor layer inspect`: what is in a source, and a draft of its manifest for a clerk to finish.

The looking is done by the reading child process; here its findings are held against the portal's outline.
Writing the draft is `layers.drafting`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gis import crs
from gis.envelope import Envelope
from gis.errors import ConfigurationError, SourceError
from layers.reading.datum import OTHER, find_area, judge_datum
from layers.reading.job import InspectJob
from layers.reading.sandbox import run_inspection
from layers.reading.staging import find_format, stage, staging_folder
from layers.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from layers.manifest import Format
    from layers.portal import Portal
    from layers.reading.report import Inspection, LayerFound, Progress

_CANDIDATES = (crs.D96, crs.D48, crs.WGS84, crs.WEB_MERCATOR)
_SLACK_SHARE = 0.25
_NOWHERE = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Inspected:
    """An inspected source with its format."""

    format: Format
    inspection: Inspection


@dataclass(frozen=True)
class CrsAdvice:
    """Which CRS a layer is probably in (None: nothing fits), and a sentence about how sure that is.

    `warnings` are what a person has to look at; `degrees` is the extent as lon, lat when read in `srid`.
    """

    srid: int | None
    sentence: str
    warnings: tuple[str, ...] = ()
    degrees: tuple[float, float, float, float] | None = None


def inspect_source(
    source: Path, *, home: Path, layer: str | None = None, progress: Callable[[Progress], None] | None = None
) -> Inspected:
    """Look through a file in the child process. Raises SourceError when it cannot be read."""
    try:
        kind = find_format(source)
        with staging_folder(home) as folder:
            staged = stage(source, kind, folder)
            job = InspectJob(folder=folder, file=staged.file, source_name=staged.name, format=kind, layer=layer)
            return Inspected(kind, run_inspection(job, progress))
    except SourceError as exc:
        raise SourceError(visible(f"{source.name}: {exc.sentence}"), **exc.facts) from exc


def advise_crs(layer: LayerFound, portal: Portal | None) -> CrsAdvice:
    """Hold the layer's places against the portal, read as what it says and as what it might be.

    D48 and D96 use the same numbers, 611 m apart: they are told apart where the layer reaches the border of the
    municipality, and where it does not, a warning says so.
    """
    advice = _advise(layer, portal)
    warnings = [*layer.crs_faults, *_warn_of_units(layer), *_warn_of_datum(layer, advice.srid, portal)]
    return replace(advice, warnings=tuple(warnings), degrees=_in_degrees(layer, advice.srid))


def _advise(layer: LayerFound, portal: Portal | None) -> CrsAdvice:
    if layer.bounds is None:
        return CrsAdvice(layer.crs, "The layer has no coordinates.")
    if layer.crs in crs.REFUSED:
        return CrsAdvice(crs.D48, f"The file says EPSG:{layer.crs}. {crs.REFUSED[layer.crs or 0]}.")
    if portal is None:
        return _without_outline(layer)
    outline = portal.outline_envelope
    candidates = dict.fromkeys([*([layer.crs] if layer.crs else []), portal.crs, *_CANDIDATES])
    fitting = [srid for srid in candidates if fits(layer.bounds, srid, outline)]
    if not fitting:
        west, south, east, north = layer.bounds
        swapped = [srid for srid in candidates if fits((south, west, north, east), srid, outline)]
        if swapped:
            return _swapped(layer, swapped[0])
    return _sentence_for(layer, fitting)


def _swapped(layer: LayerFound, srid: int) -> CrsAdvice:
    return CrsAdvice(
        layer.crs,
        f"The axes look swapped: with north first the extent would fit as EPSG:{srid}. Exchange x and y under "
        "[source] of a CSV; ask the provider for another copy of any other file.",
    )


def _warn_of_units(layer: LayerFound) -> Iterator[str]:
    if layer.bounds is None:
        return
    west, south, east, north = layer.bounds
    degrees = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    if layer.crs is None and layer.crs_text and not degrees:
        yield (
            "A GeoJSON that names no CRS is in degrees (RFC 7946), and these coordinates are not: ask the "
            "provider which CRS they are in."
        )
    if layer.crs is not None and layer.crs not in crs.REFUSED and crs.is_metric(layer.crs) == degrees:
        found, said = ("degrees", "metres") if degrees else ("metres", "degrees")
        yield f"The coordinates look like {found}, and EPSG:{layer.crs} counts {said}."


def _warn_of_datum(layer: LayerFound, srid: int | None, portal: Portal | None) -> Iterator[str]:
    if portal is None or portal.crs != crs.D96 or srid not in OTHER or not layer.places:
        return
    if not fits(layer.bounds or _NOWHERE, srid, portal.outline_envelope):
        return
    area = find_area(portal.boundary_wkt, portal.outline_envelope.bounds)
    verdict = judge_datum(np.array(layer.places), srid, area)
    where = "boundary of the municipality" if portal.boundary_wkt else "portal's outline"
    other = OTHER[srid]
    if verdict == "other":
        yield (
            f"Read as EPSG:{srid} the layer sticks out of the {where}; read as EPSG:{other} it would lie "
            "inside. D48 and D96 lie 611 m apart: ask the provider which one it is."
        )
    if verdict == "undecided" and layer.crs is not None:
        yield (
            f"EPSG:{srid} and EPSG:{other} cannot be told apart here, 611 m apart: the layer lies inside the "
            f"{where} both ways. Compare it with the parcels on the map."
        )


def _in_degrees(layer: LayerFound, srid: int | None) -> tuple[float, float, float, float] | None:
    if layer.bounds is None or srid is None or srid in crs.REFUSED:
        return None
    try:
        return crs.transform_envelope(Envelope(*layer.bounds, srid=srid), crs.WGS84).bounds
    except (crs.ProjError, ConfigurationError, ValueError):
        return None


def fits(bounds: tuple[float, float, float, float], srid: int, outline: Envelope) -> bool:
    """True when a box read in this CRS lies in the outline, a quarter of its size allowed for sticking out."""
    west, south, east, north = bounds
    degrees = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    if degrees == crs.is_metric(srid):
        return False
    try:
        box = crs.transform_envelope(Envelope(west, south, east, north, srid), outline.srid)
    except (crs.ProjError, ValueError):
        return False
    grown = outline.grown(_SLACK_SHARE * max(outline.width, outline.height))
    return grown.contains(box.west, box.south) and grown.contains(box.east, box.north)


def _without_outline(layer: LayerFound) -> CrsAdvice:
    if layer.crs is not None:
        return CrsAdvice(layer.crs, f"The file says EPSG:{layer.crs}.")
    west, south, east, north = layer.bounds or (0, 0, 0, 0)
    if max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90:
        return CrsAdvice(crs.WGS84, "The coordinates look like degrees.")
    return CrsAdvice(None, "The file does not say its CRS; ask the provider whether it is D96/TM or D48/GK.")


def _sentence_for(layer: LayerFound, fitting: list[int]) -> CrsAdvice:
    if layer.crs is not None and layer.crs in fitting:
        return CrsAdvice(layer.crs, f"The file says EPSG:{layer.crs}, and it fits the portal's outline.")
    if layer.crs is not None:
        better = f"; it would fit as EPSG:{fitting[0]}" if fitting else ""
        return CrsAdvice(
            fitting[0] if fitting else layer.crs,
            f"The file says EPSG:{layer.crs}, but its extent does not fit the portal's outline{better}.",
        )
    if {crs.D96, crs.D48} <= set(fitting):
        return CrsAdvice(
            crs.D96,
            "The file does not say its CRS. EPSG:3794 (D96/TM) and EPSG:3912 (D48/GK) both fit, 611 m apart: "
            "ask the provider which one it is.",
        )
    if fitting:
        return CrsAdvice(
            fitting[0], f"The file does not say its CRS; it fits the portal's outline as EPSG:{fitting[0]}."
        )
    return CrsAdvice(
        layer.crs,
        "The extent does not fit the portal's outline in any CRS that was tried. If the file holds more than "
        'this municipality, take its rows with where = { COLUMN = ["value"] } under [source].',
    )
