"""The pages `/parcels` and `/parcels/{ko}/{number}` for people: finding a parcel, and what applies on it.

They are whole without JavaScript: this is what search engines, screen readers and paper get.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Response, request

from layers.parcels import MAX_PARCELS, write_path
from viewer.layer_facts import Link
from viewer.paper.printing import PaperContent
from viewer.parcel_changes import say_changes
from viewer.parcel_view import ParcelViews
from viewer.parcel_words import name_ko
from viewer.phrases import Phrases
from viewer.security import PDF_READER_POLICY, security_headers

if TYPE_CHECKING:
    from layers.parcels import Found, FoundParcel
    from layers.routes.answers import ShownAnswer
    from viewer.pages import Pages
    from viewer.paper.printing import ParcelPrinter

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


_FILE_NAMES = {"sl": "parcela", "en": "parcel"}


class ParcelPages:
    """The pages of parcels of one portal, and their documents."""

    def __init__(self, pages: Pages, printer: ParcelPrinter) -> None:
        self._pages = pages
        self._printer = printer

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
        writer = ParcelViews(self._pages.portal, phrases, prefix=self._pages.prefix, root=shown.root)
        views = tuple(
            writer.write_out(content, sources, f"p{place}") for place, content in enumerate(shown.maps, start=1)
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
            changes=_say_changes(shown, phrases),
            sources=tuple(writer.source(each) for each in answer.sources),
            content_hash=shown.document["hash"],
            here=here,
            json_href=self._other_form(shown, here, "json"),
            pdf_href=self._other_form(shown, here, "pdf"),
            today=date.today().isoformat(),  # noqa: DTZ011  days of the reader's calendar
        )
        return _personal(response)

    def answer_paper(self, shown: ShownAnswer) -> Response:
        """The same as PDF, to be looked at or kept under the parcels' names. Raises UnavailableError."""
        content = PaperContent(shown.answer, shown.document, shown.maps, shown.root)
        response = Response(self._printer.print(content), mimetype="application/pdf")
        name = re.sub(r"[^0-9A-Za-z]+", "-", shown.answer.path)[:80].strip("-")
        kind = _FILE_NAMES[shown.answer.language]
        response.headers["Content-Disposition"] = f'inline; filename="{kind}-{name}.pdf"'
        response.headers.update(security_headers(PDF_READER_POLICY))
        return response

    def _lead(self, shown: ShownAnswer, phrases: Phrases) -> str:
        answer = shown.answer
        if answer.as_of is None:
            return phrases.say("parcel.lead", municipality=answer.municipality)
        return phrases.say(
            "parcel.lead_as_of", municipality=answer.municipality, date=phrases.date(answer.as_of)
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

    def _other_form(self, shown: ShownAnswer, here: str, form: str) -> str:
        answer = shown.answer
        asked = {"f": form, "lang": answer.language}
        return f"{here}?{urlencode(asked | ({'as-of': answer.as_of.isoformat()} if answer.as_of else {}))}"

    def _address(self, path: str, language: str) -> str:
        query = "" if language == self._pages.portal.languages[0] else f"?lang={language}"
        return f"{self._pages.prefix}{path}{query}"


def _say_changes(shown: ShownAnswer, phrases: Phrases) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Numbers of the parcels, each with what changed there since the day that was asked about."""
    pairs = zip(shown.answer.parcels, shown.changes or (), strict=False)
    return tuple((parcel.number, say_changes(change, parcel, phrases)) for parcel, change in pairs)


def _personal(response: Response) -> Response:
    """What somebody asked for is kept by their own browser only."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Accept")
    response.make_conditional(request)
    return response
