"""Rounding parts of a whole so that what is printed adds up to what is printed as the whole.

The method of the largest remainder (Hamilton): everything is rounded down, and the steps that are missing go to
the parts that lost most. Ties go to the larger part, then to the earlier one: the same parts round alike.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# A part is not rounded down a step because floating point put it a hair below.
_HAIR = 1e-9


def round_to_whole(parts: Sequence[float], whole: float, digits: int) -> tuple[float, ...]:
    """Parts, none negative, rounded to `digits` decimals so that they add up to `whole` rounded likewise.

    The parts are taken in proportion: their sum need not be `whole`. Nothing of nothing is nothing.
    """
    steps = round(whole * 10**digits)
    total = math.fsum(parts)
    if total <= 0:
        return tuple(0.0 for _ in parts)
    exact = [part / total * steps for part in parts]
    floors = [math.floor(each + _HAIR) for each in exact]
    by_loss = sorted(range(len(parts)), key=lambda place: (floors[place] - exact[place], -parts[place], place))
    for place in by_loss[: max(steps - sum(floors), 0)]:
        floors[place] += 1
    return tuple(round(each / 10**digits, digits) for each in floors)
