"""From what stands in a source to what is stored: text, whole number, number, date or boolean.

Parsing is strict. What cannot be understood raises ValueError with the reason; nothing is guessed away.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from layers.manifest import ColumnType

_ROUNDED_REASON = (
    "{:.0f} is too large to be exact in a column of decimal numbers; the source must hold it as text"
)
Value = str | int | float | bool | dt.date | None

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TIME = r"(?:[T ]+(?:[01]?\d|2[0-3])[:.][0-5]\d(?:[:.][0-5]\d(?:[.,]\d+)?)?(?: ?Z| ?[+-]\d{2}(?::?\d{2})?)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\. ?(\d{{1,2}})\. ?(\d{{4}}){_TIME}")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?")
_TRUE = frozenset({"1", "t", "true", "d", "da", "y", "yes", "j", "ja", "o", "oui"})
_FALSE = frozenset({"0", "f", "false", "n", "ne", "no", "nein", "non"})
_MAX_TEXT = 100_000
_INT64 = 2**63
# Beyond this a floating-point number skips whole numbers: the last digits of an identifier are gone.
_EXACT = 2**53
# How a spreadsheet writes an identifier it has rounded.
_ROUNDED = re.compile(r"\d([.,]\d+)?[eE]\+1[5-9]")


def parser(kind: ColumnType, decimal: str = ".") -> Callable[[object], Value]:
    """The function that reads one value of this type; None and empty text answer None.

    `decimal` is the decimal sign of numbers written as text. The function raises ValueError with the reason.
    """

    def parse_integer(value: object) -> Value:
        return _integer(value, decimal)

    def parse_number(value: object) -> Value:
        return _number(value, decimal)

    return {
        "text": parse_text,
        "integer": parse_integer,
        "number": parse_number,
        "date": parse_date,
        "boolean": parse_boolean,
    }[kind]


def parse_all(kind: ColumnType, decimal: str, values: Sequence[object]) -> list[Value]:
    """A whole column: what is of the type already is looked at together, anything else value by value.

    Raises FieldError, which says at which place of the column and why.
    """
    quick = _WHOLE_COLUMNS.get(kind)
    found = quick(values) if quick else None
    return found if found is not None else _parse_each(parser(kind, decimal), values)


class FieldError(ValueError):
    """A value that cannot be understood, and its place in the column."""

    def __init__(self, place: int, reason: str) -> None:
        super().__init__(reason)
        self.place = place


def _parse_each(parse: Callable[[object], Value], values: Sequence[object]) -> list[Value]:
    parsed: list[Value] = []
    for place, value in enumerate(values):
        try:
            parsed.append(parse(value))
        except ValueError as exc:
            raise FieldError(place, str(exc)) from exc
    return parsed


def _whole_texts(values: Sequence[Any]) -> list[Value] | None:
    """Texts as `parse_text` gives them, or None when one of them needs a closer look."""
    kinds = set(map(type, values))
    if not kinds <= {str, type(None)}:
        return None
    texts = values if kinds == {str} else [value or "" for value in values]
    # Between two texts stands a space, which is in nothing that is looked for.
    joined = " ".join(texts)
    if not joined.isascii() and not unicodedata.is_normalized("NFC", joined):
        return None
    # What can be printed is neither a control character nor half of a surrogate pair.
    if not joined.isprintable() and (_CONTROL.search(joined) or _SURROGATE.search(joined)):
        return None
    if ("E+1" in joined or "e+1" in joined) and _ROUNDED.search(joined):
        return None
    if max(map(len, texts), default=0) > _MAX_TEXT:
        return None
    return [text.strip() or None for text in texts]


def _whole_integers(values: Sequence[Any]) -> list[Value] | None:
    """Whole numbers as they are, or None when there are others."""
    if not set(map(type, values)) <= {int, type(None)}:
        return None
    present = [value for value in values if value is not None]
    fit = not present or (min(present) > -_INT64 and max(present) < _INT64 - 1)
    return list(values) if fit else None


def _whole_numbers(values: Sequence[Any]) -> list[Value] | None:
    """Finite numbers as they are, or None when there are others."""
    if not set(map(type, values)) <= {float, type(None)}:
        return None
    finite = all(map(math.isfinite, [value for value in values if value is not None]))
    return list(values) if finite else None


def _whole_dates(values: Sequence[Any]) -> list[Value] | None:
    """Each different text is read once; None when one of them is no date."""
    if set(map(type, values)) <= {dt.date, type(None)}:
        return list(values)
    if not set(map(type, values)) <= {str, type(None)}:
        return None
    try:
        known = {value: parse_date(value) for value in set(values)}
    except ValueError:
        return None
    return [known[value] for value in values]


_WHOLE_COLUMNS: dict[ColumnType, Callable[[Sequence[Any]], list[Value] | None]] = {
    "text": _whole_texts,
    "integer": _whole_integers,
    "number": _whole_numbers,
    "date": _whole_dates,
}


def parse_text(value: object) -> str | None:
    """NFC text without outer spaces; numbers as people write them. Refuses NUL and C1 control characters."""
    if value is None:
        return None
    text = value if isinstance(value, str) else _written(value)
    if _ROUNDED.fullmatch(text):
        raise ValueError(f"{text!r} is an identifier that a spreadsheet has rounded; its digits are lost")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        if _SURROGATE.search(text):
            raise ValueError("the text is not valid Unicode")
    if _CONTROL.search(text):
        raise ValueError(_control_reason(text))
    if len(text) > _MAX_TEXT:
        raise ValueError(f"the text has {len(text)} characters; at most {_MAX_TEXT} are accepted")
    return text.strip() or None


def parse_date(value: object) -> dt.date | None:
    """A date from ISO, YYYY/MM/DD, YYYYMMDD or dd.mm.yyyy; a time of day behind it is dropped."""
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = str(value).strip()
    if not text:
        return None
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT_DATE.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        raise ValueError(f"{text[:40]!r} is not a date; write 31.12.2026 or 2026-12-31")
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError as exc:
        raise ValueError(f"{text[:40]!r} is not a day of the calendar") from exc


def parse_boolean(value: object) -> bool | None:
    """True for 1, true, t, da, d, yes; False for 0, false, f, ne, n, no."""
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if not text:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(f"{text[:40]!r} is neither yes nor no")


def _integer(value: object, decimal: str) -> int | None:
    if isinstance(value, int):
        return _checked(_whole(value))
    if isinstance(value, float) and abs(value) >= _EXACT:
        raise ValueError(_ROUNDED_REASON.format(value))
    number = _number(value, decimal, keep_whole=True)
    if number is None:
        return None
    if isinstance(number, float) and not number.is_integer():
        raise ValueError(f"{value!r} is not a whole number")
    return _checked(int(number))


def _checked(number: int) -> int:
    if not -_INT64 <= number < _INT64:
        raise ValueError(f"{number} is too large for a whole number; publish the column as text")
    return number


def _whole(value: int) -> int:
    # GDAL makes numbers that are too large into the largest there is, in silence.
    if value in (_INT64 - 1, -_INT64):
        raise ValueError("the number is too large to be read exactly; the source must hold it as text")
    return int(value)


def _number(value: object, decimal: str, *, keep_whole: bool = False) -> float | int | None:
    if value is None:
        return None
    if isinstance(value, int):
        return _exact(value)
    if isinstance(value, float):
        return _finite(value)
    text = str(value).strip().replace("\u00a0", "").replace(" ", "")
    if not text:
        return None
    plain = text
    if decimal == ",":
        plain = (text.replace(".", "") if _THOUSANDS.fullmatch(text) else text).replace(",", ".")
    if _NUMBER.fullmatch(plain) is None:
        hint = '; say decimal = "," under [source]' if decimal == "." and "," in text else ""
        raise ValueError(f"{text[:40]!r} is not a number{hint}")
    if plain.lstrip("+-").isdigit():
        return int(plain) if keep_whole else _exact(int(plain))
    return _finite(float(plain))


def _exact(number: int) -> float:
    if abs(number) > _EXACT:
        raise ValueError(
            f"{number} has more digits than a column of decimal numbers keeps; publish the column as text"
        )
    return float(number)


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("the number is infinite or not a number")
    return number


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isfinite(value) and abs(value) >= _EXACT:
            raise ValueError(_ROUNDED_REASON.format(value))
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, int):
        return str(_whole(value))
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bytes):
        raise ValueError("the column holds binary data")  # noqa: TRY004  one kind of error for every value
    return str(value)


def _control_reason(text: str) -> str:
    found = _CONTROL.search(text)
    letter = found.group() if found else ""
    if letter == "\x00":
        return "the text holds a NUL character"
    hint = "; the stated encoding is probably wrong" if letter > "\x7f" else ""
    return f"{text[:40]!r} holds a control character U+{ord(letter):04X}{hint}"
