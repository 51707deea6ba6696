"""Text folded for searching: what is typed without accents finds what is written with them.

Used when a layer is loaded (the stored `_search` column) and when a question is asked, so both agree.
"""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart into a letter and an accent.
_WHOLE_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
)


def fold(text: str) -> str:
    """Lower case, accents stripped (č→c, š→s, ž→z, đ→d), runs of white space made one space, ends trimmed."""
    if text.isascii():
        return " ".join(text.lower().split())
    apart = unicodedata.normalize("NFKD", text).lower().translate(_WHOLE_LETTERS)
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(plain.split())
