"""Checks on text files before they are parsed: valid UTF-8, no NUL, the right kind of beginning.

Memory stays flat: files are read block by block.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from gis.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = 2**20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check_json_text(path: Path) -> None:
    """A GeoJSON must be UTF-8 (RFC 8259 section 8.1) and begin with a brace; a BOM is tolerated."""
    with path.open("rb") as file:
        start = file.read(256)
    if start.startswith(_UTF16):
        raise SourceError("The GeoJSON is written in UTF-16. Save it as UTF-8.")
    if not start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        raise SourceError(
            "The file is not a GeoJSON: it does not begin with a brace. Export the layer as GeoJSON."
        )
    position = find_invalid_utf8(path)
    if position is not None:
        raise SourceError(f"The GeoJSON is not valid UTF-8 at byte {position}. Save it as UTF-8.")


def find_invalid_utf8(path: Path) -> int | None:
    """The byte at which the file stops being UTF-8, or None."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    position = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as exc:
                return position - pending + exc.start
            if not block:
                return None
            position += len(block)
