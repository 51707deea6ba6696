"""`/qr.svg`: links to views of this portal as codes, and nothing else; over HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import segno

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = pytest.mark.database

VIEW = "theme=planning&at=556000.0,142600.0&mpp=0.5&select=parcels:9001-1104/3&draw=l0x1k2o.8gcsg.2s0.-1e~Pot"


def dark_modules(svg: str) -> set[tuple[int, int]]:
    """Column and row of each dark module, read from the strokes of the path (`m` relative, `h` across)."""
    (path,) = re.findall(r'<path class="qrline" stroke="#000" d="([^"]+)"', svg)
    found = set()
    x, y = 0.0, 0.0
    for kind, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        given = [float(each) for each in re.findall(r"-?\d*\.?\d+", numbers)]
        if kind == "h":
            found |= {(int(x + step), int(y)) for step in range(int(given[0]))}
            x += given[0]
        else:
            x, y = (given[0], given[1]) if kind == "M" else (x + given[0], y + given[1])
    return found


def test_the_code_says_the_link_letter_for_letter(client: FlaskClient) -> None:
    """Its dark modules are those of the view's address, with a quiet zone of four modules around them."""
    answer = client.get(f"/qr.svg?{VIEW}")
    expected = segno.make(f"http://localhost/?{VIEW}", error="l", micro=False).matrix

    assert answer.mimetype == "image/svg+xml"
    assert dark_modules(answer.get_data(as_text=True)) == {
        (x + 4, y + 4) for y, row in enumerate(expected) for x, dark in enumerate(row) if dark
    }
    assert f'viewBox="0 0 {len(expected) + 8} {len(expected) + 8}"' in answer.get_data(as_text=True)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("url=https://evil.example/", "url"),
        ("theme=planning&next=//evil.example", "next"),
        ("draw=" + "1" * 700, "at most 600 characters"),
        ("theme=č", "percent-encode"),
    ],
)
def test_other_links_get_no_code(client: FlaskClient, query: str, sentence: str) -> None:
    """Parameters that are none of the grammar's, and what is too long, are refused in a sentence."""
    answer = client.get(f"/qr.svg?{query}")

    assert answer.status_code == 400
    assert sentence in answer.get_data(as_text=True)


def test_no_code_leads_to_a_host_somebody_else_named(client: FlaskClient) -> None:
    """The Host header of a request is not believed unless it names this machine."""
    assert client.get(f"/qr.svg?{VIEW}", headers={"Host": "evil.example"}).status_code == 404
