"""Is there room on the disk for what an import is about to write?"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from gis.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

# The source itself, and about as much again for its rows on their way into the database.
_TIMES = 2


def check_room(folder: Path, unpacked_bytes: int, shown: str) -> None:
    """Raise UnavailableError when a source of this size does not fit on the disk of the staging folder."""
    free = shutil.disk_usage(folder).free
    needed = _TIMES * unpacked_bytes
    if needed > free:
        raise UnavailableError(
            f"The disk of PROSTOR_HOME has {free // 10**6} MB free, and {shown!r} needs "
            f"{-(-needed // 10**6)} MB. Make room there, then import again."
        )
