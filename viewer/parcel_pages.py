"""The pages `/parcels` and `/parcels/{ko}/{number}` for people: finding a parcel, and what applies on it.

They are whole without JavaScript: this is what search engines, screen readers and paper get.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from flask import request

from layers.parcels import MAX_PARCELS, write_path
from viewer.layer_facts import Link
from viewer.parcel_map import draw_map
from viewer.parcel_words import ParcelWords, name_ko
from viewer.phrases import Phrases

if TYPE_CHECKING:
    from flask import Response

    from layers.answer.facts import Neighbour, ParcelAnswer, Source
    from layers.answer.frame import MapContent
    from layers.parcels import Found, FoundParcel
    from layers.routes.answers import ShownAnswer
    from viewer.pages import Pages
    from viewer.parcel_map import ParcelMap
    from viewer.parcel_words import ThemeWords

_STYLES = tuple(
    f"css/{name}.css"
    for name in (
        "tokens",
        "base",
        "masthead",
        "page",
        "layers",
        "about",
        "grid-table",
        "parcel",
        "parcel-form",
        "print",
    )
)


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


class ParcelPages:
    """The pages of parcels of one portal."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def find_page(self, text: str, found: Found | None, language: str) -> Response:
        """The search field, and below it what was found."""
        phrases = Phrases(language)
        results = tuple(self._result(each, language) for each in found.parcels) if found else ()
        said = phrases.count("parcel.found", len(results)) if results and found and found.exact else None
        if found is not None and not results:
            said = phrases.say("parcel.found_nothing")
        elif found is not None and not found.exact:
            said = phrases.say("parcel.found_begins")
        missing = found.missing if found and found.exact else ()
        response = self._pages.page(
            "parcels.html",
            language,
            styles=_STYLES,
            text=text,
            said=said,
            results=results,
            missing=phrases.say("parcel.found_missing", numbers=", ".join(missing)) if missing else None,
            together=self._together(found, language),
        )
        return _personal(response)

    def answer_page(self, shown: ShownAnswer) -> Response:
        """What applies on one or several parcels."""
        answer, phrases = shown.answer, Phrases(shown.answer.language)
        sources = {each.layer: each for each in answer.sources}
        views = tuple(
            self._view(content, shown, sources, phrases, name=f"p{place}")
            for place, content in enumerate(shown.maps, start=1)
        )
        numbers = ", ".join(each.number for each in answer.parcels)
        kind = "one" if len(views) == 1 else "more"
        here = f"{self._pages.prefix}/parcels/{answer.path}"
        response = self._pages.page(
            "parcel.html",
            answer.language,
            styles=_STYLES,
            answer=answer,
            heading=phrases.say(f"parcel.heading_{kind}", numbers=numbers, ko=name_ko(answer.parcels[0])),
            lead=self._lead(shown, phrases),
            views=views,
            sources=tuple(self._source(each, phrases) for each in answer.sources),
            content_hash=shown.content_hash,
            here=here,
            json_href=self._json_address(shown, here),
            today=date.today().isoformat(),  # noqa: DTZ011  days of the reader's calendar
        )
        return _personal(response)

    def _view(
        self,
        content: MapContent,
        shown: ShownAnswer,
        sources: dict[str, Source],
        phrases: Phrases,
        *,
        name: str,
    ) -> ParcelView:
        parcel, report = content.parcel, self._pages.portal.answer.report
        words = ParcelWords(parcel, sources, phrases, report=report, root=shown.root, name=name)
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
            map_href=self._map_address(parcel, phrases.language),
            summary=themes,
            sections=tuple(
                Section(phrases.say(f"parcel.subject_{subject}"), tuple(members))
                for subject, members in by_subject
            ),
            neighbours=tuple(self._neighbour(each, phrases) for each in parcel.neighbours),
        )

    def _lead(self, shown: ShownAnswer, phrases: Phrases) -> str:
        answer = shown.answer
        if answer.as_of is None:
            return phrases.say("parcel.lead", municipality=answer.municipality)
        return phrases.say(
            "parcel.lead_as_of", municipality=answer.municipality, date=phrases.date(answer.as_of)
        )

    def _source(self, source: Source, phrases: Phrases) -> SourceRow:
        none_needed = source.operation.startswith("none")
        width = phrases.length(source.tolerance.sliver_width_m)
        return SourceRow(
            title=source.title,
            href=self._address(f"/layers/{quote(source.layer)}", phrases.language),
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

    def _neighbour(self, neighbour: Neighbour, phrases: Phrases) -> Link:
        border = phrases.say("parcel.neighbour", length=phrases.length(neighbour.border_m))
        return Link(
            f"{neighbour.number} ({border})",
            self._address(f"/parcels/{neighbour.path}", phrases.language),
        )

    def _result(self, parcel: FoundParcel, language: str) -> Link:
        return Link(
            f"{parcel.number}, k. o. {name_ko(parcel)}", self._address(f"/parcels/{parcel.path}", language)
        )

    def _together(self, found: Found | None, language: str) -> str | None:
        """The address of one answer about all that was found, where it may be one."""
        parcels = found.parcels if found is not None and found.exact else ()
        if not 1 < len(parcels) <= MAX_PARCELS or len({each.ko for each in parcels}) != 1:
            return None
        path = write_path(parcels[0].ko, [each.number for each in parcels])
        return self._address(f"/parcels/{path}", language)

    def _map_address(self, parcel: ParcelAnswer, language: str) -> str:
        layer = next(iter(parcel.versions))
        query = f"select={quote(f'{layer}:{parcel.key}', safe=':/*')}"
        asked = "" if language == self._pages.portal.languages[0] else f"lang={language}&"
        return f"{self._pages.prefix}/?{asked}{query}"

    def _json_address(self, shown: ShownAnswer, here: str) -> str:
        answer = shown.answer
        asked = {"f": "json", "lang": answer.language}
        return f"{here}?{urlencode(asked | ({'as-of': answer.as_of.isoformat()} if answer.as_of else {}))}"

    def _address(self, path: str, language: str) -> str:
        query = "" if language == self._pages.portal.languages[0] else f"?lang={language}"
        return f"{self._pages.prefix}{path}{query}"


def _personal(response: Response) -> Response:
    """What somebody asked for is kept by their own browser only."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Accept")
    response.make_conditional(request)
    return response
