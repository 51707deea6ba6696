"""Columns of a DBF that share a name or have none get one of their own, in the staged copy.

Names in a DBF have ten bytes, so longer ones are cut and meet; GDAL then hands out the values of one only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layers.reading.shapefile import Dbf

_NAME_BYTES = 10
_FIRST_FIELD = 32
_FIELD_BYTES = 32


def rename_twins(dbf: Dbf) -> tuple[str, ...]:
    """Write `NAME_2` over the second `NAME` and `column_4` over a fourth column without one; the new names."""
    before = [field.name for field in dbf.fields]
    after = _told_apart(before)
    changed = [place for place, name in enumerate(after) if name != before[place]]
    if changed:
        with dbf.path.open("r+b") as file:
            for place in changed:
                file.seek(_FIRST_FIELD + _FIELD_BYTES * place)
                file.write(after[place].ljust(_NAME_BYTES + 1, b"\x00"))
    return tuple(after[place].decode("ascii", errors="replace") for place in changed)


def _told_apart(names: list[bytes]) -> list[bytes]:
    taken: set[bytes] = set()
    told = []
    for place, name in enumerate(names, start=1):
        base = name.strip() or b"column_%d" % place
        made, number = name if name.strip() else base, 2
        while made in taken or (made != name and made in names):
            ending = b"_%d" % number
            made, number = base[: _NAME_BYTES - len(ending)] + ending, number + 1
        taken.add(made)
        told.append(made)
    return told
