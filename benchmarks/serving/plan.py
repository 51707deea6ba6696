"""How much is measured: the full run that is quoted, a small one for trying, and a tiny one for the test."""

from __future__ import annotations

from dataclasses import dataclass, field

MERCATOR_ZOOMS = (12, 13, 14, 15, 16, 17, 18)
# Of about the same ground metres per pixel as zooms 12, 14, 16 and 18 of the world's grid in Slovenia.
NATIONAL_ZOOMS = (5, 7, 9, 11)


@dataclass(frozen=True)
class Plan:
    """`cold_tiles` by zoom of the world's grid; seconds are those after which no further tile is asked for."""

    name: str
    parcels: int
    lines: int
    rounds: int
    cold_seconds: float
    warm_seconds: float
    mixed_seconds: float
    content_tiles: int
    expected_minutes: int
    clients: tuple[int, ...] = (1, 4, 32)
    zooms: tuple[int, ...] = MERCATOR_ZOOMS
    national_zooms: tuple[int, ...] = NATIONAL_ZOOMS
    cold_tiles: dict[int, int] = field(
        default_factory=lambda: {12: 8, 13: 24, 14: 96, 15: 200, 16: 400, 17: 600, 18: 800}
    )
    warm_tiles: int = 100
    mixed_tiles: int = 3000
    workers: int = 2


FULL = Plan("full", 1_000_000, 300_000, 2, 2.0, 2.0, 10.0, 4, 40)
SMALL = Plan("small", 50_000, 15_000, 1, 1.5, 1.0, 4.0, 4, 12)
TINY = Plan(
    "tiny",
    2_000,
    600,
    1,
    0.5,
    1.0,
    1.0,
    2,
    1,
    clients=(4,),
    zooms=(15, 16),
    national_zooms=(9,),
    warm_tiles=5,
    mixed_tiles=20,
    workers=1,
)
PLANS = {plan.name: plan for plan in (FULL, SMALL, TINY)}
