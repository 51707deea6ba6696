"""Which parcels the lines of a list mean, once it is known which parcels there are. Pure.

Nothing is guessed: a number that several cadastral municipalities have is unclear, unless the line before
named one of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from layers.parcel_numbers import Reading
    from layers.parcels import FoundParcel
    from layers.selecting.lists import Line

_SHOWN = 100


@dataclass(frozen=True)
class Resolved:
    """The parcels of a list, the texts that no parcel has, and those that may mean several."""

    parcels: tuple[FoundParcel, ...] = ()
    missing: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


@dataclass
class _Told:
    """What has been decided so far."""

    parcels: dict[int, FoundParcel] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    ko: str | None = None


class ListResolver:
    """Knows parcels, and the codes of cadastral municipalities by folded name."""

    def __init__(self, parcels: Iterable[FoundParcel], codes_by_name: Mapping[str, tuple[str, ...]]) -> None:
        self._codes_by_name = codes_by_name
        self._by_eid: dict[str, FoundParcel] = {}
        self._by_number: dict[str, dict[int, FoundParcel]] = defaultdict(dict)
        for each in parcels:
            self._by_number[each.number][each.fid] = each
            if each.eid:
                self._by_eid[each.eid] = each

    def resolve(self, lines: Sequence[Line]) -> Resolved:
        """The parcels in the order of the lines, each once."""
        told = _Told()
        for line in lines:
            if line.is_unclear:
                told.unclear.append(line.text[:_SHOWN])
            elif line.eid is not None:
                self._take([self._by_eid[line.eid]] if line.eid in self._by_eid else [], line.text, told)
            elif not self._read(line, told):
                told.missing.append(line.text[:_SHOWN])
        return Resolved(tuple(told.parcels.values()), tuple(told.missing), tuple(told.unclear))

    def _read(self, line: Line, told: _Told) -> bool:
        """Take the first meaning of which at least one parcel exists; False when there is none."""
        for readings in line.meanings:
            if any(self._find(each, told.ko) for each in readings):
                for each in readings:
                    self._take(self._find(each, told.ko), _write(each, line), told)
                return True
        return False

    def _take(self, found: Sequence[FoundParcel], text: str, told: _Told) -> None:
        if not found:
            told.missing.append(text[:_SHOWN])
        elif len(found) > 1:
            told.unclear.append(text[:_SHOWN])
        else:
            told.parcels[found[0].fid] = found[0]
            told.ko = found[0].ko

    def _find(self, reading: Reading, ko_before: str | None) -> list[FoundParcel]:
        alike = list(self._by_number.get(reading.number, {}).values())
        if reading.ko_code is not None:
            return [each for each in alike if each.ko.lstrip("0") == reading.ko_code.lstrip("0")]
        if reading.ko_name is not None:
            codes = self._codes_by_name.get(reading.ko_name, ())
            return [each for each in alike if each.ko in codes]
        return [each for each in alike if each.ko == ko_before] or alike


def _write(reading: Reading, line: Line) -> str:
    """How a reading is told to whoever pasted it: its number when the line holds more than this one."""
    if "," not in line.text:
        return line.text
    return " ".join(part for part in (reading.ko_code or reading.ko_name, reading.number) if part)
