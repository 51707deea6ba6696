"""Texts that travel in a PNG beside its pixels: whom to credit, and what is missing.

Source: ISO/IEC 15948, 11.3.4.5 (iTXt).
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SIGNATURE_BYTES = 8
_TEXT = b"iTXt"
# After the keyword: not compressed, no language, no translated keyword.
_PLAIN = b"\x00\x00\x00\x00\x00"


def add_texts(picture: bytes, texts: Mapping[str, str]) -> bytes:
    """The picture with texts by keyword (Latin letters, at most 79), before its first pixels."""
    after_header = next(end for kind, _, end in _chunks(picture) if kind == b"IHDR")
    written = b"".join(_write(name.encode() + _PLAIN + text.encode()) for name, text in texts.items() if text)
    return picture[:after_header] + written + picture[after_header:]


def read_texts_of(picture: bytes) -> dict[str, str]:
    """The texts of a picture that `add_texts` made."""
    found = {}
    for kind, content, _ in _chunks(picture):
        if kind == b"IDAT":
            break
        if kind == _TEXT:
            name, _, text = content.partition(_PLAIN)
            found[name.decode()] = text.decode()
    return found


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Type and content of each chunk, and where the next one begins."""
    at = _SIGNATURE_BYTES
    while at < len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        end = at + 12 + length
        yield picture[at + 4 : at + 8], picture[at + 8 : end - 4], end
        at = end


def _write(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + _TEXT + content + struct.pack(">I", zlib.crc32(_TEXT + content))
