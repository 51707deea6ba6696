"""`prostor parcel`: what applies on parcels, as text, JSON or PDF, without a web service."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import orjson
import typer

from gis.errors import NotFoundError
from gis.logs import configure_logging
from gis.settings import read_settings
from layers.answer.answers import Answers
from layers.answer.document import build_content, build_document, hash_content
from layers.answer.facts import Answer
from layers.catalogue import Catalogue
from layers.parcels import Parcels, one_answer, read_notation
from layers.portal import Language, Portal
from prostor.commands.console import answer as answer_line
from prostor.commands.console import say
from prostor.connecting import connected
from prostor.portal_choice import read_chosen_portal
from viewer.assets import read_assets
from viewer.paper.printing import PaperContent, ParcelPrinter
from viewer.parcel_text import write_text


class Form(str, Enum):  # noqa: UP042  Typer shows the values of a str enumeration
    """What is written."""

    TEXT = "text"
    JSON = "json"
    PDF = "pdf"


def parcel(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="KO NUMBER…", help="For example: 964 123/4 123/5. An EID or an address will do too."
        ),
    ],
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.TEXT,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of", formats=["%Y-%m-%d"], metavar="DATE", help="Answer from the versions of this day."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write instead of the terminal.", dir_okay=False)
    ] = None,
    language: Annotated[Language | None, typer.Option(help="The portal's first when left out.")] = None,
) -> None:
    """Say what applies on a parcel, or on up to ten of one cadastral municipality. Informative only."""
    if form is Form.PDF and out is None:
        raise typer.BadParameter("say which file to write", param_hint="--out")
    settings = read_settings()
    configure_logging(settings)
    portal = read_chosen_portal(settings)
    with connected(settings, say) as database:
        catalogue = Catalogue(database)
        found = one_answer(Parcels(database, portal).find(" ".join(words), catalogue.published()))
        # A parcel of the past need not be there today.
        found = found or (read_notation(" ".join(words)) if as_of else None)
        if found is None:
            raise NotFoundError(_not_clear(" ".join(words)))
        answers = Answers(portal, catalogue, database)
        answer = answers.answer(*found, as_of=_day(as_of), language=language or portal.languages[0])
        content = _write_content(form, answer, answers, portal, settings.base_url or "")
    _write(content, out)


def _write_content(form: Form, answer: Answer, answers: Answers, portal: Portal, root: str) -> bytes:
    if form is Form.TEXT:
        return write_text(answer, hash_content(build_content(answer))).encode()
    document = build_document(answer, root, portal.answer.report)
    if form is Form.JSON:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"
    maps = [answers.read_map(each) for each in answer.parcels]
    with closing(ParcelPrinter(portal, read_assets(""))) as printer:
        return printer.print(PaperContent(answer, document, maps, root))


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        answer_line(content.decode().rstrip("\n"))
        return
    out.write_bytes(content)
    say(f"Wrote {out}.")


def _day(moment: datetime | None) -> date | None:
    day = moment.date() if moment else None
    if day is not None and day > date.today():  # noqa: DTZ011  days of the clerk's calendar
        raise typer.BadParameter("nobody knows yet what holds after today", param_hint="--as-of")
    return day


def _not_clear(text: str) -> str:
    return (
        f"{text[:100]!r} does not mean parcels that are all here, in one cadastral municipality, ten at most. "
        "Write the code of the cadastral municipality and the numbers: prostor parcel 964 123/4 123/5."
    )
