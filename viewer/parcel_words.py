"""The parcel's answer in the reader's words: rows and sentences for the page, from the answer object only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.answer.document import fill_in_report
from layers.answer.restrictions import area_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.answer.facts import (
        BeltOnParcel,
        LeftOut,
        Link,
        ParcelAnswer,
        Restriction,
        Source,
        ThemeAnswer,
    )
    from layers.parcels import FoundParcel
    from viewer.phrases import Phrases

_SPACE = "\u00a0"
_SHORT_SUMMARY = 2


@dataclass(frozen=True)
class Row:
    """One restriction: its name, what else is known of it, and its measures in the order of the heads."""

    name: str
    remarks: tuple[str, ...]
    told: tuple[tuple[str, str | None], ...]
    measures: tuple[str, ...]


@dataclass(frozen=True)
class BeltRow:
    """One belt with its law."""

    name: str
    width: str
    remarks: tuple[str, ...]
    article: str
    url: str | None
    share: str
    area: str


@dataclass(frozen=True)
class ThemeWords:
    """One theme as it is read: state, a summary of a line, rows, and what makes it uncertain."""

    id: str
    title: str
    subject: str
    state: str
    state_words: str
    summary: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    belts: tuple[BeltRow, ...]
    nearby: tuple[str, ...]
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]
    coverage: str | None
    state_date: str | None
    documents: tuple[Link, ...]
    report: str | None


class ParcelWords:
    """Says one parcel in one language."""

    def __init__(
        self,
        parcel: ParcelAnswer,
        sources: Mapping[str, Source],
        phrases: Phrases,
        *,
        report: str | None = None,
        root: str = "",
        name: str = "p1",
    ) -> None:
        """`report` is where errors in the data are told, `name` begins the ids of this parcel on a page."""
        self._name = name
        self._parcel = parcel
        self._sources = sources
        self._phrases = phrases
        self._report = report
        self._root = root
        self._digits = area_digits(parcel.registered_m2 or parcel.drawn_m2)

    def theme(self, theme: ThemeAnswer) -> ThemeWords:
        """A theme in words."""
        say, phrases = self._phrases.say, self._phrases
        source = self._sources.get(theme.layer)
        rows = tuple(self._row(each) for each in theme.restrictions)
        belts = tuple(self._belt(each) for each in theme.belts)
        by_belt = theme.state == "concerned" and not rows
        return ThemeWords(
            id=f"{self._name}-{theme.layer}",
            title=theme.title,
            subject=theme.subject,
            state="belt" if by_belt else theme.state,
            state_words=say("parcel.state_" + ("belt" if by_belt else theme.state)),
            summary=self._summarize(theme, rows, belts),
            heads=self._heads(theme),
            rows=rows,
            belts=belts,
            nearby=tuple(
                say("parcel.nearby_line", name=each.name, distance=phrases.length(each.distance_m))
                for each in theme.nearby
            ),
            left_out=tuple(self._left_out(each, source) for each in theme.left_out),
            warnings=tuple(self._warnings(theme)),
            coverage=theme.coverage,
            state_date=say("parcel.state_date", date=phrases.date(source.state_date)) if source else None,
            documents=theme.documents,
            report=fill_in_report(self._report, self._parcel, theme, self._root) if self._report else None,
        )

    def area(self, square_metres: float) -> str:
        """An area as this parcel's are printed."""
        if square_metres == 0:
            return f"<{_SPACE}{self._phrases.number(10**-self._digits, self._digits)}{_SPACE}m²"
        return f"{self._phrases.number(square_metres, self._digits)}{_SPACE}m²"

    def percent(self, percent: float) -> str:
        """A percentage to one decimal; what is there but rounds to nothing is less than the least."""
        said = self._phrases.number(percent, 1) if percent else f"<{_SPACE}{self._phrases.number(0.1, 1)}"
        return f"{said}{_SPACE}%"

    def _row(self, restriction: Restriction) -> Row:
        texts = self._phrases.texts
        remarks = [restriction.legal_state] if restriction.legal_state else []
        remarks += [texts["parcel.abandoned"]] if restriction.abandoned else []
        if (restriction.count or 0) > 1:
            remarks.append(f"{restriction.count}{_SPACE}×")
        told = tuple(
            (each.title, f"{each.text}{_SPACE}{each.unit}" if each.text and each.unit else each.text)
            for each in restriction.told
        )
        return Row(restriction.name, tuple(remarks), told, self.measures(restriction))

    def measures(self, restriction: Restriction) -> tuple[str, ...]:
        """Share and area of polygons, length of lines; points have none."""
        if restriction.percent is not None and restriction.area_m2 is not None:
            return self.percent(restriction.percent), self.area(restriction.area_m2)
        if restriction.length_m is not None:
            return (self._phrases.length(restriction.length_m),)
        return ()

    def _heads(self, theme: ThemeAnswer) -> tuple[str, ...]:
        texts = self._phrases.texts
        if not theme.restrictions:
            return ()
        first = theme.restrictions[0]
        if first.percent is not None:
            return texts["parcel.what"], texts["parcel.share"], texts["parcel.area"]
        length = [texts["parcel.length"]] if first.length_m is not None else []
        return texts["parcel.what"], *length

    def _belt(self, belt: BeltOnParcel) -> BeltRow:
        phrases = self._phrases
        remarks = []
        if belt.widened_m:
            remarks.append(phrases.say("parcel.belt_widened", length=phrases.length(belt.widened_m)))
        if belt.without_accuracy:
            remarks.append(phrases.count("parcel.belt_accuracy", belt.without_accuracy))
        width = phrases.length(belt.width_m)
        share, area = self.percent(belt.percent), self.area(belt.area_m2)
        return BeltRow(belt.name, width, tuple(remarks), belt.article, belt.url, share, area)

    def _summarize(self, theme: ThemeAnswer, rows: tuple[Row, ...], belts: tuple[BeltRow, ...]) -> str:
        """One line: the largest restrictions, the largest belt, or why there is nothing to say."""
        if theme.state == "no_data":
            return self._say_reason(theme)
        if rows:
            said = [", ".join((row.name, *row.measures[:1])) for row in rows[:_SHORT_SUMMARY]]
            more = len(rows) - _SHORT_SUMMARY
            return "; ".join([*said, *([f"+{_SPACE}{more}"] if more > 0 else [])])
        if belts:
            return f"{belts[0].name}, {belts[0].share}"
        return self._phrases.say("parcel.not_concerned")

    def _say_reason(self, theme: ThemeAnswer) -> str:
        key = f"parcel.reason_{theme.reason}"
        return self._phrases.say(key, percent=self.percent(theme.uncovered_percent))

    def _left_out(self, left: LeftOut, source: Source | None) -> str:
        phrases, tolerance = self._phrases, source.tolerance if source else None
        if left.rule == "short":
            limit = phrases.length(tolerance.least_length_m if tolerance else 0)
            return phrases.say(
                "parcel.left_short", name=left.name, length=phrases.length(left.length_m), limit=limit
            )
        area = phrases.area(left.drawn_m2)
        if left.rule == "small":
            limit = phrases.area(tolerance.least_area_m2 if tolerance else 0)
            return phrases.say("parcel.left_small", name=left.name, area=area, limit=limit)
        limit, width = (
            phrases.length(tolerance.sliver_width_m if tolerance else 0),
            phrases.length(left.width_m),
        )
        return phrases.say("parcel.left_sliver", name=left.name, area=area, limit=limit, width=width)

    def _warnings(self, theme: ThemeAnswer) -> list[str]:
        say, covering = self._phrases.say, theme.covering
        said = [say(f"parcel.doubt_{each.fault}", name=each.name or theme.title) for each in theme.doubts]
        if covering is not None and not covering.holds:
            gap, overlap = self._phrases.area(covering.gap_m2), self._phrases.area(covering.overlap_m2)
            said.append(say("parcel.covering", gap=gap, overlap=overlap))
        if theme.state == "concerned" and theme.uncovered_percent:
            said.append(say("parcel.partly_uncovered", percent=self.percent(theme.uncovered_percent)))
        return said


def name_ko(parcel: ParcelAnswer | FoundParcel) -> str:
    """Code and name of the cadastral municipality; the code once, also where the source repeats it."""
    name = (parcel.ko_name or "").removeprefix(parcel.ko).strip()
    return f"{parcel.ko} {name}".strip()
