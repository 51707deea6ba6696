"""`/print`: a view of the map as PDF, at an exact scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from layers.filters import read_parameters
from layers.links import find_root
from viewer.printing.request import DRAW, PARAMETERS, parse_sheet_request
from viewer.security import PDF_READER_POLICY, security_headers

if TYPE_CHECKING:
    from flask import Blueprint

    from gis.settings import Settings
    from layers.portal import Portal
    from viewer.printing.sheets import MapSheets

_FILE_NAMES = {"sl": "zemljevid", "en": "map"}


def add_print(blueprint: Blueprint, settings: Settings, portal: Portal, sheets: MapSheets) -> None:
    """Add the route to the viewer's."""

    @blueprint.get("/print")
    def print_view() -> Response:
        drawn = request.args.getlist(DRAW)
        others = [pair for pair in request.args.items(multi=True) if pair[0] != DRAW]
        given = read_parameters(others, PARAMETERS)
        asked = parse_sheet_request(given, portal, sheets.known_layers(), drawn)
        link = [*given.items(), *((DRAW, each) for each in drawn)]
        content = sheets.print(asked, link, find_root(settings, request.host))
        response = Response(content, mimetype="application/pdf")
        name = f"{_FILE_NAMES[asked.view.language]}-{asked.view.theme.id}-{asked.scale}"
        response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
        response.headers.update(security_headers(PDF_READER_POLICY))
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
