"""Spatial acts in preparation: where they will hold, what they are, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point

from data_samples.generator import plan

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Act:
    """An act in preparation; `phase` is the code of the step of the procedure it has reached."""

    shape: BaseGeometry
    number: int
    name: str
    kind: str
    phase: str
    since: str


def build_acts() -> list[Act]:
    """A detailed plan of the centre on public display, one at the edge just begun, and a change of the plan."""
    centre = plan.CORE.buffer(35, join_style="mitre").simplify(4)
    edge = shapely.difference(Point(760, -520).buffer(190, quad_segs=2), plan.CORE)
    changed = Point(-420, 640).buffer(330, quad_segs=3)
    found = (
        (centre, "OPPN Trško jedro", "OPPN", "razgrnitev", "2026-02-02"),
        (edge, "OPPN Jelšnica jug", "OPPN", "sklep", "2025-11-17"),
        (changed, "Prve spremembe in dopolnitve OPN", "OPN", "osnutek", "2025-06-30"),
    )
    return [
        Act(shapely.intersection(shape, plan.OUTLINE), number, *rest)
        for number, (shape, *rest) in enumerate(found, start=1)
    ]
