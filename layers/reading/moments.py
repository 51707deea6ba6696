"""Dates with a time of day as a GeoPackage holds them, written as GDAL and fiona write them.

OGC 12-128r18 table 1 wants `YYYY-MM-DDTHH:MM:SS.SSSZ`; without a zone, or with another one, is met as well.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np

# GDAL keeps time zones in quarters of an hour, and reads seconds as a number of 32 bits.
_MOMENT = re.compile(
    r"(?!0000)(\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:)([0-5]\d(?:\.\d{1,3})?)"
    r"(Z|[+-](?:0\d|1[0-3]):(?:00|15|30|45))?",
    re.ASCII,
)


def write_moment(text: str) -> str:
    """The same moment as fiona gives it. Raises ValueError for anything but what the standard asks for."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is not a date and time of the standard")
    minute, seconds, zone = found.groups()
    moment = datetime.fromisoformat(f"{minute}{seconds[:2]}{zone or ''}")
    if len(seconds) > 2:
        fraction = float(np.float32(seconds)) - int(seconds[:2])
        moment = moment.replace(microsecond=round(fraction * 1_000_000))
    return moment.isoformat()
