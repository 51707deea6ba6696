"""The bones of a ZIP, checked before anything is unpacked: one directory, at the end, that tells the truth.

Programs read contradictory ZIPs differently, and bombs let a thousand entries share the same bytes. PKWARE
APPNOTE.TXT 6.3.10: local headers 4.3.7, directory 4.3.12, zip64 end 4.3.14 and 4.3.15, end record 4.3.16.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

from gis.errors import SourceError

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Sequence
    from pathlib import Path

MAX_ENTRIES = 256
_MAX_DIRECTORY_BYTES = 2**20
_END, _END_BYTES = b"PK\x05\x06", 22
_LONGEST_COMMENT = 2**16
_END64, _END64_BYTES, _LOCATOR, _LOCATOR_BYTES = b"PK\x06\x06", 56, b"PK\x06\x07", 20
_LOCAL, _LOCAL_BYTES = b"PK\x03\x04", 30
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_SIZES_FOLLOW = 0x8
_PACK_ANEW = "Pack it anew."


def has_sound_directory(archive: Path, shown: str) -> bool:
    """Find the one directory of a ZIP and judge it before it is read; False where there is none at all.

    Raises SourceError for one that is too long, split, in the wrong place, or contradicts itself.
    """
    with archive.open("rb") as file:
        size = file.seek(0, 2)
        start = max(size - _END_BYTES - _LONGEST_COMMENT, 0)
        file.seek(start)
        tail = file.read()
        place = tail.rfind(_END)
        if place < 0 or len(tail) - place < _END_BYTES:
            return False
        end = struct.unpack("<4xHHHHIIH", tail[place : place + _END_BYTES])
        disk, first_disk, here, entries, length, offset, comment = end
        if place + _END_BYTES + comment != len(tail):
            raise SourceError(f"{shown} goes on after its end, so it is damaged or made up. {_PACK_ANEW}")
        ends_at = start + place
        wide = _read_end64(file, ends_at, (here, entries, length, offset), shown)
        if wide is not None:
            (disk, first_disk, here, entries, length, offset), ends_at = wide, ends_at - _END64_BYTES - 20
    if disk or first_disk or here != entries:
        raise SourceError(f"{shown} is one part of a split archive. Join the parts, or pack it as one file.")
    if entries > MAX_ENTRIES or length > _MAX_DIRECTORY_BYTES:
        raise SourceError(
            f"{shown} lists {entries} files; at most {MAX_ENTRIES} are accepted. Pack one dataset."
        )
    if offset + length != ends_at:
        raise SourceError(f"{shown} has its list of files where none belongs. {_PACK_ANEW}")
    return True


def _read_end64(
    file: BinaryIO, ends_at: int, narrow: Sequence[int], shown: str
) -> tuple[int, int, int, int, int, int] | None:
    """The end record of a large ZIP, where there is one; it has to agree with the small one."""
    file.seek(max(ends_at - _LOCATOR_BYTES, 0))
    locator = file.read(_LOCATOR_BYTES)
    if not locator.startswith(_LOCATOR) or len(locator) < _LOCATOR_BYTES:
        return None
    _, stated, disks = struct.unpack("<4xIQI", locator)
    place = ends_at - _LOCATOR_BYTES - _END64_BYTES
    file.seek(max(place, 0))
    record = file.read(_END64_BYTES)
    if disks > 1:
        raise SourceError(f"{shown} is one part of a split archive. Join the parts, or pack it as one file.")
    if stated != place or not record.startswith(_END64):
        raise SourceError(f"{shown} has its list of files where none belongs. {_PACK_ANEW}")
    disk, first_disk, here, entries, length, offset = struct.unpack("<16xIIQQQQ", record)
    for small, large, full in zip(
        narrow, (here, entries, length, offset), (_FULL16, _FULL16, _FULL32, _FULL32), strict=True
    ):
        if small not in (full, large):
            raise SourceError(f"{shown} says two things about the number or place of its files. {_PACK_ANEW}")
    return disk, first_disk, here, entries, length, offset


def check_places(opened: zipfile.ZipFile, archive: Path) -> None:
    """Hold each file's own header against the directory; no two may share bytes. Raises SourceError by name."""
    with archive.open("rb") as file:
        spans = sorted(
            (info.header_offset, _check_local(file, info), shown_name(info)) for info in opened.infolist()
        )
    limits = [start for start, _, _ in spans[1:]] + [opened.start_dir]
    for (_, end, name), limit in zip(spans, limits, strict=False):
        if end > limit:
            raise SourceError(
                f"The file {name[:80]!r} in the ZIP shares its bytes with another, as in a ZIP bomb. "
                f"{_PACK_ANEW}"
            )


def _check_local(file: BinaryIO, info: zipfile.ZipInfo) -> int:
    """The byte after the packed content of a file. Raises SourceError when header and directory disagree."""
    file.seek(info.header_offset)
    header = file.read(_LOCAL_BYTES)
    wrong = SourceError(
        f"The ZIP says two things about the file {shown_name(info)[:80]!r}: in its list and before its bytes. "
        f"{_PACK_ANEW}"
    )
    if len(header) < _LOCAL_BYTES or not header.startswith(_LOCAL):
        raise wrong
    flags, method, packed, size, name_bytes, extra_bytes = struct.unpack("<6xHH8xIIHH", header)
    name = file.read(name_bytes)
    same = (flags & ~_SIZES_FOLLOW, method) == (info.flag_bits & ~_SIZES_FOLLOW, info.compress_type)
    sizes = ((packed, info.compress_size), (size, info.file_size))
    follow = bool(flags & _SIZES_FOLLOW)
    agree = all(here in (there, _FULL32) or (follow and here == 0) for here, there in sizes)
    if not (same and agree and name == _raw_name(info)):
        raise wrong
    return int(info.header_offset + _LOCAL_BYTES + name_bytes + extra_bytes + info.compress_size)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def shown_name(info: zipfile.ZipInfo) -> str:
    """A file's name as people wrote it: without a mark, older Windows in Slovenia means code page 852."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp852", errors="replace")
