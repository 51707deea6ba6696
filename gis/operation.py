"""The one operation that brings a source's coordinates to the portal's CRS: chosen once, pinned, written down.

PROJ left alone may choose another operation for every point (D48/GK to D96/TM has 24 areas), and falls back in
silence to a guess that is hundreds of metres off when it knows no exact way. Neither happens here.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyproj.aoi import AreaOfInterest
from pyproj.transformer import TransformerGroup

from gis.crs import find_crs, steps
from gis.errors import SourceError
from gis.geometry import move_vertices

if TYPE_CHECKING:
    from pyproj import Transformer

    from gis.envelope import Envelope

_GUESS = "ballpark"


@dataclass(frozen=True)
class Operation:
    """What is done to coordinates: a sentence with EPSG names, the stated accuracy in metres, and the doing.

    Not to be shared between threads, as PROJ contexts are not.
    """

    description: str
    accuracy_m: float | None
    transformers: tuple[Transformer, ...] = ()

    def transform(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Coordinates (floats or arrays, x east / lon first), step by step. Raises ProjError."""
        for transformer in self.transformers:
            x, y = transformer.transform(x, y, errcheck=True)
        return (x, y)

    def transform_geometries(self, geometries: Any) -> Any:
        """An array of geometries with every vertex moved; Z and NULLs stay. Raises ProjError."""
        return move_vertices(geometries, self.transform) if self.transformers else geometries


def choose_operation(source: int, target: int, area: Envelope | None = None) -> Operation:
    """The best operation for each step inside `area`, which is given in degrees (EPSG:4326).

    Raises SourceError when PROJ knows no exact way, only a guess.
    """
    if source == target:
        return Operation("none: the source is already in this CRS", None)
    names: list[str] = []
    accuracies: list[float] = []
    chosen: list[Transformer] = []
    for pair in steps(source, target):
        best = _best(pair, area)
        chosen.append(best)
        names.append(f"EPSG:{pair[0]} to EPSG:{pair[1]}: {best.description}")
        if best.accuracy is not None and best.accuracy >= 0:
            accuracies.append(best.accuracy)
    return Operation("; then ".join(names), sum(accuracies) if accuracies else None, tuple(chosen))


def _best(pair: tuple[int, int], area: Envelope | None) -> Transformer:
    interest = AreaOfInterest(*area.bounds) if area is not None else None
    with warnings.catch_warnings():
        # It warns that a grid is not installed; the accuracy that is written down says the same in metres.
        warnings.simplefilter("ignore", UserWarning)
        group = TransformerGroup(
            find_crs(pair[0]),
            find_crs(pair[1]),
            always_xy=True,
            area_of_interest=interest,  # type: ignore[arg-type]  # pyproj's stub names a private twin
        )
    exact = [each for each in group.transformers if _GUESS not in each.description.lower()]
    if not exact:
        raise SourceError(
            f"No exact way is known from EPSG:{pair[0]} ({find_crs(pair[0]).name}) to EPSG:{pair[1]} "
            f"({find_crs(pair[1]).name}), only a guess that may be hundreds of metres off. Ask the provider "
            f"for the data in EPSG:{pair[1]}."
        )
    return exact[0]
