"""The process that makes documents: `python -m viewer.paper.worker`, started by `gis.workers`, never by hand.

The PDF is tagged and follows PDF/UA-1 (ISO 14289-1). Nothing but the files of the order is read.
"""

from __future__ import annotations

import io
import logging
import pickle
from typing import TYPE_CHECKING, Any

import segno
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from gis.workers import serve_questions
from viewer.paper.order import CODE, SCHEME, PaperFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from viewer.paper.order import PaperOrder

_VARIANT = "pdf/ua-1"


class _OrderFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """The files of one order; any other address stops the document."""

    def __init__(self, files: Mapping[str, PaperFile]) -> None:
        super().__init__(allowed_protocols=(), fail_on_errors=True)
        self._files = files

    def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002  WeasyPrint asks like this
        """The file that `paper:name` means. Raises KeyError for every other address."""
        file = self._files[url.removeprefix(SCHEME) if url.startswith(SCHEME) else ""]
        return URLFetcherResponse(url, file.content, {"Content-Type": file.media_type})


def make_document(question: bytes) -> bytes:
    """The PDF of a pickled `PaperOrder`; it comes from the process that started this one."""
    order: PaperOrder = pickle.loads(question)  # noqa: S301  our own process made it
    files = {**order.files, **({CODE: _draw_code(order.code)} if order.code else {})}
    document = weasyprint.HTML(string=order.html, base_url=SCHEME, url_fetcher=_OrderFiles(files))
    content: bytes = document.write_pdf(
        pdf_variant=_VARIANT, font_config=FontConfiguration(), attachments=_attach(order)
    )
    return content


def _attach(order: PaperOrder) -> list[Any]:
    if order.attachment is None:
        return []
    return [
        weasyprint.Attachment(string=order.attachment, name=order.attachment_name, relationship="Data"),
    ]


def _draw_code(address: str) -> PaperFile:
    """The address as a QR code (ISO/IEC 18004), which a quarter of damage does not spoil."""
    svg = io.BytesIO()
    segno.make(address, error="q", micro=False).save(svg, kind="svg", border=2, xmldecl=False, svgns=True)
    return PaperFile(svg.getvalue(), "image/svg+xml")


if __name__ == "__main__":
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    serve_questions(make_document)
