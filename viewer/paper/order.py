"""What a document is made of: the page as HTML, and every file it names. Pure data.

It travels to the process that makes the PDF, which knows no database, no catalogue and no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Addresses of files in the order begin so; no other address is read while a document is made.
SCHEME = "paper:"
CODE = "code.svg"


@dataclass(frozen=True)
class PaperFile:
    """A file that the page names as `paper:name`."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class PaperOrder:
    """A document to be made; `attachment`, where there is one, is carried in it under a name, for programs.

    `code` is the address that the page's `paper:code.svg` leads to, as a QR code.
    """

    html: str
    files: Mapping[str, PaperFile]
    attachment_name: str = ""
    attachment: bytes | None = None
    code: str | None = None
