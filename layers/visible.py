"""Text that somebody else wrote, shown as it is: nothing of it moves a cursor or turns the reading order.

Terminals obey control characters, and what reorders text can make a name read as another one (Unicode TR 36).
"""

from __future__ import annotations

import unicodedata

# Control, formatting (bidirectional overrides among them), halves of characters, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str, keep: str = "") -> str:
    r"""The text with every character nobody sees as an escape, `\x1b` or `\u202e`; those in `keep` stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter if letter in keep or unicodedata.category(letter) not in _UNSEEN else _escape(letter)
        for letter in text
    )


def visible_json(text: str) -> str:
    r"""JSON with such characters written as `\u202e` in its texts; what it says to a program stays the same."""
    return "".join(
        letter
        if letter == "\n" or unicodedata.category(letter) not in _UNSEEN
        else "".join(f"\\u{unit:04x}" for unit in _utf16(letter))
        for letter in text
    )


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def _utf16(letter: str) -> list[int]:
    units = letter.encode("utf-16-be", errors="surrogatepass")
    return [int.from_bytes(units[place : place + 2], "big") for place in range(0, len(units), 2)]
