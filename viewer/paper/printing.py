"""From an answer to the order of its PDF, and the bounded processes that carry it out.

printer = ParcelPrinter(portal, read_assets(prefix))
pdf = printer.print(answer, document, maps, root)
"""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined

from gis.workers import WorkerLimits, Workers
from layers.answer.frame import HEIGHT_PX, WIDTH_PX
from viewer.paper.order import CODE, SCHEME, PaperFile, PaperOrder
from viewer.parcel_view import ParcelViews
from viewer.parcel_words import name_ko
from viewer.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence, Set

    from layers.answer.facts import Answer
    from layers.answer.frame import MapContent
    from layers.portal import Portal
    from viewer.assets import Assets
    from viewer.parcel_view import ParcelView

# A document takes two seconds of computing; who would wait for more than a handful is told so at once.
LIMITS = WorkerLimits(processes=1, waiting=4, seconds=30.0, memory_bytes=2**30, questions_each=100)
_WORKER = "viewer.paper.worker"
_SHEET = "css/paper.css"
_FONTS = ("source-sans-3-latin-wght-normal", "source-sans-3-latin-ext-wght-normal")


@dataclass(frozen=True)
class PaperContent:
    """Everything that one document is made from."""

    answer: Answer
    document: Mapping[str, Any]
    maps: Sequence[MapContent]
    root: str


class ParcelPrinter:
    """Prints answers. One for a whole service: it bounds how many documents are made at once."""

    def __init__(self, portal: Portal, assets: Assets, limits: WorkerLimits = LIMITS) -> None:
        self._portal = portal
        self._assets = assets
        self._workers = Workers(_WORKER, "document", limits)

    def print(self, content: PaperContent) -> bytes:
        """The PDF. Raises UnavailableError when too many are wanted, or when this one could not be made."""
        return self.carry_out(self.build_order(content))

    def carry_out(self, order: PaperOrder) -> bytes:
        """The PDF of an order, made in a process of its own. Raises UnavailableError as `print` does."""
        return self.carry_out_when_free(lambda: order)

    def carry_out_when_free(self, write: Callable[[], PaperOrder]) -> bytes:
        """The PDF of an order that is written when its turn has come. Raises as `print` does."""
        return self._workers.ask_when_free(lambda: pickle.dumps(write(), protocol=5))

    def build_order(self, content: PaperContent) -> PaperOrder:
        """The page as HTML with its files: style, fonts, a map for each parcel, the code to the live page."""
        answer = content.answer
        phrases = Phrases(answer.language)
        sources = {each.layer: each for each in answer.sources}
        writer = ParcelViews(self._portal, phrases, prefix=content.root, root=content.root)
        views = [
            writer.write_out(each, sources, f"p{place}") for place, each in enumerate(content.maps, start=1)
        ]
        address = str(content.document["url"])
        has_address = bool(content.root)
        html = self._template.render(
            answer=answer,
            texts=phrases.texts,
            heading=_heading(answer, phrases),
            lead=self._lead(answer, phrases),
            views=views,
            sources=[writer.source(each) for each in answer.sources],
            content_hash=content.document["hash"],
            created=phrases.moment(datetime.fromisoformat(str(content.document["created"]))),
            address=address if has_address else None,
            width=WIDTH_PX,
            height=HEIGHT_PX,
            scheme=SCHEME,
            code_name=CODE,
            swatch_name=swatch_name,
        )
        files = self._fixed_files | {f"map-{each}.svg": file for each, file in _draw_maps(views)}
        files |= _draw_swatches(views)
        attachment = orjson.dumps(content.document)
        return PaperOrder(html, files, "answer.json", attachment, code=address if has_address else None)

    def close(self) -> None:
        """End the processes."""
        self._workers.close()

    def _lead(self, answer: Answer, phrases: Phrases) -> str:
        if answer.as_of is None:
            return phrases.say("parcel.lead", municipality=answer.municipality)
        day = phrases.date(answer.as_of)
        return phrases.say("parcel.lead_as_of", municipality=answer.municipality, date=day)

    @cached_property
    def _template(self) -> Any:
        loader = PackageLoader("viewer", "templates")
        return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("paper.html")

    @cached_property
    def _fixed_files(self) -> dict[str, PaperFile]:
        return read_paper_files(self._assets, {"paper.css": _SHEET})


def read_paper_files(assets: Assets, sheets: Mapping[str, str]) -> dict[str, PaperFile]:
    """Style sheets by the names they have on paper, and fonts, of the release that the pages use."""
    folder = assets.folder
    fonts = {
        f"{name}.woff2": PaperFile((folder / "fonts" / f"{name}.woff2").read_bytes(), "font/woff2")
        for name in _FONTS
    }
    styles = {name: PaperFile((folder / file).read_bytes(), "text/css") for name, file in sheets.items()}
    return {**styles, **fonts}


def _heading(answer: Answer, phrases: Phrases) -> str:
    numbers = ", ".join(each.number for each in answer.parcels)
    kind = "one" if len(answer.parcels) == 1 else "more"
    return phrases.say(f"parcel.heading_{kind}", numbers=numbers, ko=name_ko(answer.parcels[0]))


def _draw_maps(views: Sequence[ParcelView]) -> list[tuple[int, PaperFile]]:
    """The maps as files, by the place of their parcel, from 1; the same drawings as on the page."""
    size = f'width="{WIDTH_PX}" height="{HEIGHT_PX}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Prostor, Prostor Ext">'
    drawn = [f"{head}{view.map.svg}</svg>".encode() for view in views]
    return [(place, PaperFile(each, "image/svg+xml")) for place, each in enumerate(drawn, start=1)]


def swatch_name(address: str) -> str:
    """The class and the file of a symbol in the legend, by its picture."""
    return f"swatch-{hashlib.blake2b(address.encode(), digest_size=8).hexdigest()}"


def _draw_swatches(views: Sequence[ParcelView]) -> dict[str, PaperFile]:
    """The symbols of the legends, from `data:` addresses of `viewer.legend`, and a sheet that shows them."""
    lines = (line for view in views for line in (*view.map.on_parcel, *view.map.elsewhere))
    return draw_swatch_files({line.swatch for line in lines} | {view.map.swatch for view in views})


def draw_swatch_files(addresses: Set[str]) -> dict[str, PaperFile]:
    """Symbols by their `data:` addresses as files, and `swatches.css` that shows each by `swatch_name`."""
    named = {swatch_name(each): unquote(each.partition(",")[2]).encode() for each in addresses}
    rules = "".join(f".{name} {{ background-image: url({SCHEME}{name}.svg) }}\n" for name in sorted(named))
    files = {f"{name}.svg": PaperFile(svg, "image/svg+xml") for name, svg in named.items()}
    return {**files, "swatches.css": PaperFile(rules.encode(), "text/css")}
