"""How wide words are in the letters that pictures are written in, and where lines of them break. Pure.

DejaVu Sans Condensed, as it comes with mapnik; bold letters are a tenth wider. The process that draws has the
font, but lines have to be counted before there is a picture.
"""

from __future__ import annotations

# Advance widths in hundredths of the font's size, rounded up; everything else is as wide as a capital.
_WIDTHS = {
    letter: hundredths
    for letters, hundredths in (
        ("'ijl", 25),
        (" ,.·IJ\u00a0", 29),
        ("/:;\\|-f²", 33),
        ("()[]t!r", 37),
        ('"*_`–°szšžcčć?', 49),
        ("LFkvxyPTYaeo", 55),
        ("$0123456789ESbdghnpquđŠ", 58),
        ("KABRVXZŽCČĆ", 63),
    )
    for letter in letters
}
_OTHERS = 71
_WIDEST = dict.fromkeys("mMwW%@—©…", 100)
_BOLD = 1.12


def measure(text: str, size: float, *, is_bold: bool = False) -> float:
    """Pixels that a text is wide, or a little less than we say."""
    hundredths = sum(_WIDTHS.get(each) or _WIDEST.get(each, _OTHERS) for each in text)
    return hundredths / 100 * size * (_BOLD if is_bold else 1)


def wrap(text: str, width: float, size: float, *, most: int, is_bold: bool = False) -> tuple[str, ...]:
    """The text in lines of at most so many pixels; what does not fit in `most` lines ends with dots."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if measure(longer, size, is_bold=is_bold) <= width:
            lines[-1] = longer
        else:
            first, *more = _break(word, width, size, is_bold=is_bold)
            lines += [first, *more] if lines[-1] else []
            if not lines[-1]:
                lines[-1:] = [first, *more]
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[: most - 1], shorten(" ".join(lines[most - 1 :]), width, size, is_bold=is_bold))


def shorten(text: str, width: float, size: float, *, is_bold: bool = False) -> str:
    """The text, or as much of its beginning as fits with dots behind it."""
    if measure(text, size, is_bold=is_bold) <= width:
        return text
    kept = text
    while kept and measure(f"{kept}…", size, is_bold=is_bold) > width:
        kept = kept[:-1]
    return f"{kept.rstrip(' ,·')}…"


def _break(word: str, width: float, size: float, *, is_bold: bool) -> list[str]:
    """A word in pieces that fit."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and measure(pieces[-1] + letter, size, is_bold=is_bold) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
