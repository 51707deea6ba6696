"""Links to a view as QR codes (ISO/IEC 18004), for whoever goes on with it on a phone.

Only links to this very portal are drawn: nobody can make its address answer with a code that leads elsewhere.
"""

from __future__ import annotations

import io
from urllib.parse import parse_qsl

import segno

from gis.errors import RequestError
from viewer.permalink import OTHER_PARAMETERS, VIEW_PARAMETERS
from viewer.printing.request import DRAW

# Up to 93 modules a side: what a telephone still reads from a screen at arm's length.
MAX_ADDRESS = 600
_QUIET_MODULES = 4  # clause 9.1
_PARAMETERS = {*VIEW_PARAMETERS, *OTHER_PARAMETERS, DRAW}


def find_view_address(root: str, query: str) -> str:
    """The address of the view that `query` says, letter for letter.

    Raises RequestError when it is none of ours, or longer than a code is good for.
    """
    for name, _ in parse_qsl(query, keep_blank_values=True):
        if name not in _PARAMETERS:
            raise RequestError(name, "the grammar of links has no such parameter")
    if not query.isascii():
        raise RequestError("query", "percent-encode letters outside ASCII")
    address = f"{root}/?{query}" if query else f"{root}/"
    if len(address) > MAX_ADDRESS:
        raise RequestError("query", f"a code holds a link of at most {MAX_ADDRESS} characters")
    return address


def draw_code(address: str) -> bytes:
    """The address as SVG, dark on light whatever the page around it, in a square of any size."""
    svg = io.BytesIO()
    code = segno.make(address, error="l", micro=False)
    code.save(svg, kind="svg", border=_QUIET_MODULES, light="#fff", xmldecl=False, omitsize=True)
    return svg.getvalue()
