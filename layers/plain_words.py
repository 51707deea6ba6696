"""Values of properties in plain words: codes explained, numbers and dates as they are written by people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layers.manifest import Column, Manifest

Value = str | int | float | bool | date | None

# So do the rules of writing, and Intl.NumberFormat in a browser.
_FEWEST_GROUPED = 5
_YES_NO = {"sl": ("da", "ne"), "en": ("yes", "no")}
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def say_value(manifest: Manifest, name: str, value: Value, language: str) -> str | None:
    """The value of a column in words, without its unit; None when it is unknown. An amount has a unit, and
    its thousands are grouped.

    A code is looked up among the column's values, then, when the style goes by this column, among the titles
    of its classes: a municipal subtype such as SSo is then explained by SS.
    """
    if value is None:
        return None
    words = _explain_code(manifest, name, str(value), language) or say_plainly(value, language)
    is_amount = manifest.columns[name].unit is not None and isinstance(value, int | float)
    return _group_thousands(words, language) if is_amount else words


def say_plainly(value: str | float | bool | date, language: str) -> str:
    """A bare value as people write it; whole numbers are not grouped, for most of them are identifiers."""
    if isinstance(value, bool):
        return _YES_NO[language][0 if value else 1]
    if isinstance(value, date):
        return say_date(value, language)
    if isinstance(value, float):
        return say_number(value, language)
    return str(value)


def say_number(value: float, language: str) -> str:
    """At most six decimals, no trailing zeros; a decimal comma in Slovenian."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    return text.replace(".", ",") if language == "sl" else text


def _group_thousands(text: str, language: str) -> str:
    """18.084,5 in Slovenian, which leaves four digits together, and 18,084.5 in English."""
    separator, point = (".", ",") if language == "sl" else (",", ".")
    whole, *rest = text.split(point)
    if not whole.lstrip("-").isdigit() or (language == "sl" and len(whole.lstrip("-")) < _FEWEST_GROUPED):
        return text
    return point.join([f"{int(whole):,}".replace(",", separator), *rest])


def say_date(value: date, language: str) -> str:
    """1. 3. 2026 in Slovenian, 1 March 2026 in English."""
    if language == "sl":
        return f"{value.day}. {value.month}. {value.year}"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def _explain_code(manifest: Manifest, name: str, code: str, language: str) -> str | None:
    column: Column = manifest.columns[name]
    if code in column.values:
        return column.values[code].in_language(language)
    style = manifest.style
    found = style.find_class(code) if style.by == name else None
    if found is None:
        return None
    known = column.values.get(found.value, found.title)
    return known.in_language(language)
