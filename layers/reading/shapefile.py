"""The parts of a shapefile, held against each other before GDAL sees them, because GDAL loses rows in silence.

Layouts: ESRI Shapefile Technical Description (1998), pages 3-4 and 23; dBASE III header. The records of the
.shp part are checked by `shaperecords`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import SourceError
from layers.reading.shaperecords import HEADER_BYTES, check_records, read_index, walk_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_SHP_MAGIC = 9994
_TEXT_TYPES = frozenset("CM")
_RECORDS_AT_ONCE = 2048


@dataclass(frozen=True)
class DbfField:
    """One column of a DBF: where its bytes stand in a record."""

    name: bytes
    type: str
    offset: int
    length: int


@dataclass(frozen=True)
class Dbf:
    """The header of a DBF: how many records it speaks of, and how they are laid out."""

    path: Path
    record_count: int
    header_length: int
    record_length: int
    language_driver: int
    fields: tuple[DbfField, ...]

    def texts(self) -> Iterator[bytes]:
        """Every text that is not plain ASCII, as bytes; for choosing the encoding."""
        wanted = [field for field in self.fields if field.type in _TEXT_TYPES]
        for record in self._records():
            if record.isascii():
                continue
            for field in wanted:
                text = record[field.offset : field.offset + field.length].rstrip(b" \x00")
                if not text.isascii():
                    yield text

    def count_deleted(self) -> int:
        """Records marked as deleted, which GDAL leaves out."""
        return sum(record[:1] == b"*" for record in self._records())

    def _records(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(self.header_length)
            remaining = self.record_count
            while remaining > 0:
                block = file.read(self.record_length * min(_RECORDS_AT_ONCE, remaining))
                if not block:
                    return
                for start in range(0, len(block), self.record_length):
                    yield block[start : start + self.record_length]
                remaining -= _RECORDS_AT_ONCE


@dataclass(frozen=True)
class ShapefileParts:
    """A checked shapefile: its DBF, how many records have no shape, and whether the .shx has to be rebuilt."""

    dbf: Dbf
    record_count: int
    null_shapes: int
    without_index: bool = False


def has_measures(shp: Path) -> bool:
    """True when the shapes carry measures (types 21 to 28; pages 4-5)."""
    with shp.open("rb") as file:
        header = file.read(36)
    return 20 < int(struct.unpack("<i", header[32:36])[0]) < 30


def check_parts(shp: Path) -> ShapefileParts:
    """Compare lengths, counts and records of .shp, .shx and .dbf. Raises SourceError saying what is damaged."""
    _check_length(shp)
    dbf_path = shp.with_suffix(".dbf")
    if not dbf_path.exists():
        raise SourceError("The shapefile has no .dbf part, which holds its columns. Ask the provider for it.")
    dbf = read_dbf(dbf_path)
    shx = shp.with_suffix(".shx")
    if shx.exists():
        _check_length(shx)
    index = read_index(shx) if shx.exists() else walk_records(shp)
    if len(index) != dbf.record_count:
        raise SourceError(
            f"The parts of the shapefile do not belong together: {'.shx' if shx.exists() else '.shp'} has "
            f"{len(index)} features and .dbf {dbf.record_count} rows. Ask the provider for a complete copy."
        )
    return ShapefileParts(dbf, len(index), check_records(shp, index), without_index=not shx.exists())


def read_dbf(path: Path) -> Dbf:
    """The header of a DBF, held against the length of the file. Raises SourceError when they disagree."""
    with path.open("rb") as file:
        header = file.read(32)
        if len(header) < 32:
            raise SourceError("The .dbf part is empty or cut short. Ask the provider for a complete copy.")
        count, header_length, record_length = struct.unpack("<xxxxIHH", header[:12])
        fields = tuple(_read_fields(file, header_length))
    size = path.stat().st_size
    needed = header_length + count * record_length
    if record_length < 1 or header_length < 33 or size < needed:
        raise SourceError(
            f"The .dbf part is damaged: its header speaks of {count} rows, {needed} bytes, and the file "
            f"has {size}. Ask the provider for a complete copy."
        )
    return Dbf(path, count, header_length, record_length, header[29], fields)


def _read_fields(file: BinaryIO, header_length: int) -> Iterator[DbfField]:
    offset = 1
    while file.tell() + 32 < header_length:
        entry = file.read(32)
        if len(entry) < 32 or entry[0] == 0x0D:
            return
        yield DbfField(entry[:11].split(b"\x00")[0], chr(entry[11]), offset, entry[16])
        offset += entry[16]


def _check_length(path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(28)
    if len(header) < 28 or size < HEADER_BYTES or struct.unpack(">i", header[:4])[0] != _SHP_MAGIC:
        raise SourceError(f"The {path.suffix} part is not a shapefile. Ask the provider for a complete copy.")
    stated = struct.unpack(">i", header[24:28])[0] * 2
    if stated != size:
        raise SourceError(
            f"The {path.suffix} part is cut short or damaged: its header says {stated} bytes, the file "
            f"has {size}. Ask the provider for a complete copy."
        )
