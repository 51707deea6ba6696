"""One parcel's answer written out for people, for the page and for paper alike; knows no web framework."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from viewer.layer_facts import Link
from viewer.parcel_map import draw_map
from viewer.parcel_words import ParcelWords, name_ko

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.answer.facts import Neighbour, ParcelAnswer, Source
    from layers.answer.frame import MapContent
    from layers.portal import Portal
    from viewer.parcel_map import ParcelMap
    from viewer.parcel_words import ThemeWords
    from viewer.phrases import Phrases


@dataclass(frozen=True)
class Section:
    """The themes of one subject."""

    title: str
    themes: tuple[ThemeWords, ...]

    @property
    def has_belts(self) -> bool:
        """True when a note about belts belongs under the section."""
        return any(theme.belts for theme in self.themes)


@dataclass(frozen=True)
class ParcelView:
    """One parcel, written out."""

    number: str
    ko: str
    eid: str | None
    registered: str | None
    drawn: str
    place: tuple[str, str]
    map: ParcelMap
    scale: str
    bar: str
    map_href: str
    summary: tuple[ThemeWords, ...]
    sections: tuple[Section, ...]
    neighbours: tuple[Link, ...]


@dataclass(frozen=True)
class SourceRow:
    """Where the data of one layer come from."""

    title: str
    href: str
    version: str
    state: str
    provider: str
    licence: str
    licence_url: str | None
    file: str
    sha256: str
    operation: str
    tolerance: str


class ParcelViews:
    """Writes parcels out in one language. `prefix` is put before paths, `root` before addresses for others."""

    def __init__(self, portal: Portal, phrases: Phrases, *, prefix: str, root: str) -> None:
        self._portal = portal
        self._phrases = phrases
        self._prefix = prefix
        self._root = root

    def write_out(
        self,
        content: MapContent,
        sources: Mapping[str, Source],
        name: str,
    ) -> ParcelView:
        """One parcel; `name` begins the ids of its parts, which are unique on a page."""
        parcel, phrases, report = content.parcel, self._phrases, self._portal.answer.report
        words = ParcelWords(parcel, sources, phrases, report=report, root=self._root, name=name)
        themes = tuple(words.theme(each) for each in parcel.themes)
        by_subject = groupby(themes, key=lambda each: each.subject)
        drawn = draw_map(content, phrases.language, name)
        metres = f"E {phrases.number(parcel.east, 1)}, N {phrases.number(parcel.north, 1)}"
        degrees = f"{parcel.lat:.6f}, {parcel.lon:.6f}"
        return ParcelView(
            number=parcel.number,
            ko=name_ko(parcel),
            eid=parcel.eid,
            registered=words.area(parcel.registered_m2) if parcel.registered_m2 else None,
            drawn=phrases.area(parcel.drawn_m2),
            place=(metres, degrees),
            map=drawn,
            scale=phrases.number(drawn.scale),
            bar=phrases.length(drawn.bar_m),
            map_href=self._map_address(parcel),
            summary=themes,
            sections=tuple(
                Section(phrases.say(f"parcel.subject_{subject}"), tuple(members))
                for subject, members in by_subject
            ),
            neighbours=tuple(self._neighbour(each) for each in parcel.neighbours),
        )

    def source(self, source: Source) -> SourceRow:
        """Where the data of one layer come from."""
        phrases = self._phrases
        none_needed = source.operation.startswith("none")
        width = phrases.length(source.tolerance.sliver_width_m)
        return SourceRow(
            title=source.title,
            href=self._address(f"/layers/{quote(source.layer)}"),
            version=f"{source.version} ({source.token})",
            state=phrases.date(source.state_date),
            provider=source.provider,
            licence=source.licence,
            licence_url=source.licence_url,
            file=source.file,
            sha256=source.sha256,
            operation=phrases.say("parcel.operation_none") if none_needed else source.operation,
            tolerance=phrases.say("parcel.tolerance_text", width=width),
        )

    def _neighbour(self, neighbour: Neighbour) -> Link:
        phrases = self._phrases
        border = phrases.say("parcel.neighbour", length=phrases.length(neighbour.border_m))
        return Link(
            f"{neighbour.number} ({border})",
            self._address(f"/parcels/{neighbour.path}"),
        )

    def _map_address(self, parcel: ParcelAnswer) -> str:
        language = self._phrases.language
        layer = next(iter(parcel.versions))
        query = f"select={quote(f'{layer}:{parcel.key}', safe=':/*')}"
        asked = "" if language == self._portal.languages[0] else f"lang={language}&"
        return f"{self._prefix}/?{asked}{query}"

    def _address(self, path: str) -> str:
        language = self._phrases.language
        query = "" if language == self._portal.languages[0] else f"?lang={language}"
        return f"{self._prefix}{path}{query}"
