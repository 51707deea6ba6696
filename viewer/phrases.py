"""Sentences of pages that are made on the server: texts with values, grammatical number, dates and numbers.

The browser's twin is `static/js/base/wording.js`; values of features are said by the layers floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.plain_words import say_date
from viewer.wording import read_texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

_SLOVENIAN_FORMS = {1: "one", 2: "two", 3: "few", 4: "few"}
_NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Phrases:
    """What a page says, in one language."""

    language: str

    @property
    def texts(self) -> Mapping[str, str]:
        """Every text by its key."""
        return read_texts(self.language)

    def say(self, key: str, **values: object) -> str:
        """The text with its values filled in."""
        return self.texts[key].format(**values)

    def knows(self, key: str) -> bool:
        """True when there is such a text."""
        return key in self.texts

    def count(self, key: str, count: int, **values: object) -> str:
        """The text in the grammatical number that goes with `count`, such as `about.rows` for 2: 2 zapisa."""
        return self.say(f"{key}_{self.form(count)}", count=self.number(count), **values)

    def form(self, count: int) -> str:
        """`one`, `two`, `few` or `other`; Slovenian goes by the last two digits, English knows one and many."""
        if self.language == "sl":
            return _SLOVENIAN_FORMS.get(count % 100, "other")
        return "one" if count == 1 else "other"

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with its thousands grouped: 8.719,5 in Slovenian, 8,719.5 in English."""
        text = f"{value:,.{decimals}f}"
        return text.translate(str.maketrans(",.", ".,")) if self.language == "sl" else text

    def area(self, square_metres: float) -> str:
        """An area with its unit, to a square decimetre."""
        return f"{self.number(square_metres, 2)}{_NO_BREAK_SPACE}m²"

    def length(self, metres: float) -> str:
        """A length with its unit: centimetres below a metre."""
        if metres < 1:
            return f"{self.number(metres * 100)}{_NO_BREAK_SPACE}cm"
        return f"{self.number(metres, 0 if metres == int(metres) else 1)}{_NO_BREAK_SPACE}m"

    def date(self, value: date) -> str:
        """1. 3. 2026 or 1 March 2026, kept on one line."""
        return say_date(value, self.language).replace(" ", _NO_BREAK_SPACE)

    def moment(self, value: datetime) -> str:
        """Date and time of the server's own zone: 1. 3. 2026 ob 14.05, or 1 March 2026, 14:05."""
        local = value.astimezone()
        time = f"{local.hour}.{local.minute:02}" if self.language == "sl" else f"{local:%H:%M}"
        return self.say("about.moment", date=self.date(local.date()), time=time)
