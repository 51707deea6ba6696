"""A JSON file looked at through a window, one value at a time, with the byte at which it stops being JSON.

Values of many megabytes are read as far as they go, and nothing of them is kept. Python's own parser does the
work; what it forgives (NaN, a member twice) is refused here. RFC 8259.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCK = 2**20
_LARGEST_VALUE = 2**28
# As near to the end of what is read so far, an error may only mean that the rest is not read yet.
_MAYBE_CUT = 16
_SPACE = re.compile(r"[ \t\r\n]*")


class JsonError(ValueError):
    """What is wrong at the place where the window stands, in words that follow the name of the file."""


class JsonWindow:
    """The text of a file, as far as it is needed, and where in the file that is."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._bytes_before = 0
        self._scanner = json.JSONDecoder(object_pairs_hook=unique_members, parse_constant=_refuse_constant)
        self.text = ""
        self.place = 0
        self.ended = False

    def peek(self) -> str:
        """The next character that is no space; nothing at the end of the file."""
        while True:
            found = _SPACE.match(self.text, self.place)
            self.place = found.end() if found else self.place
            if self.place < len(self.text) or not self._more():
                return self.text[self.place : self.place + 1]

    def take(self, wanted: str) -> str:
        """Step over one of these characters. Raises `JsonError` at any other."""
        here = self.peek()
        if not here or here not in wanted:
            raise JsonError(
                "ends too early" if not here else f"has {here!r} where {' or '.join(wanted)} belongs"
            )
        self.place += 1
        return here

    def value(self) -> Any:
        """The next JSON value, whole. Raises `JsonError` when there is none."""
        self.peek()
        while True:
            try:
                value, end = self._scanner.raw_decode(self.text, self.place)
            except json.JSONDecodeError as exc:
                cut = exc.pos >= len(self.text) - _MAYBE_CUT or exc.msg.startswith("Unterminated string")
                if cut and self._more():
                    continue
                self.place = min(exc.pos, len(self.text))
                raise JsonError("ends too early" if cut else _in_words(exc.msg)) from exc
            except RecursionError as exc:
                raise JsonError("is nested too deeply") from exc
            except ValueError as exc:
                raise JsonError(
                    str(exc) if isinstance(exc, JsonError) else "has a number of too many digits"
                ) from exc
            if end == len(self.text) and self._more():
                continue
            self.place = end
            return value

    @property
    def offset(self) -> int:
        """The byte of the file at which the window stands."""
        return self._bytes_before + len(self.text[: self.place].encode())

    def _more(self) -> bool:
        """Read on, letting go of what is done; False at the end of the file."""
        if self.ended:
            return False
        self._bytes_before = self.offset
        rest = self.text[self.place :]
        if len(rest) > _LARGEST_VALUE:
            raise JsonError("is one value of more than 256 MB")
        block = self._file.read(max(_BLOCK, len(rest)))
        self.ended = not block
        self.text, self.place = rest + self._decoder.decode(block, final=self.ended), 0
        return True


def unique_members(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object. Raises `JsonError` naming the first that comes again."""
    made = dict(pairs)
    if len(made) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name in counts if counts[name] > 1)
        raise JsonError(f"has an object with two members called {twice[:40]!r}")
    return made


def _refuse_constant(name: str) -> Any:
    raise JsonError(f"has {name}, which is no number of JSON")


def _in_words(message: str) -> str:
    words = {
        "Expecting value": "has no value where one belongs",
        "Invalid control": "has a line break in a text",
    }
    found = next((said for start, said in words.items() if message.startswith(start)), None)
    return found or f"cannot be read ({message[:1].lower()}{message[1:60]})"
