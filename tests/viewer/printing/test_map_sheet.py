"""The finished sheet: exact scale, page, tags, letters; measured and read from the PDF."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pikepdf
import pytest
from PIL import Image

from tests.viewer.printing.conftest import ROOT, box
from tests.viewer.tagged_pdf import find_elements
from viewer.printing.layout import find_layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.tiles.conftest import Workshop
    from viewer.paper.printing import ParcelPrinter
    from viewer.printing.layout import Box
    from viewer.printing.request import SheetRequest
    from viewer.printing.sheets import MapSheets

pytestmark = pytest.mark.database

DOTS_PER_INCH = 300
MM_PER_DOT = 25.4 / DOTS_PER_INCH
SELECTED, STROKE_MM = (0xB3, 0x13, 0x4F), 3 * 25.4 / 96


@pytest.fixture(scope="module", autouse=True)
def _layers(workshop: Workshop) -> None:
    """A square of 100 m and a rectangle, with names that need letters beyond ASCII."""
    style = {"default": {"fill": "#ccddee", "line": "#000000"}, "label": {"column": "name"}}
    title = {"sl": "Območja žičnic in čebelnjakov", "en": "Cableways"}
    values = [{"name": "Žaga Šoštanj č", "code": 1}, {"name": "daleč", "code": 2}]
    shapes = [box(100, 100), box(40, 20, east=60, north=75)]
    workshop.publish("a", shapes, values=values, width=90, style=style, title=title)
    workshop.publish("b", [box(10, 10)], style={"default": {"line": "#0000ff"}})


@pytest.fixture
def make(sheets: MapSheets, ask: Callable[..., SheetRequest], tmp_path: Path) -> Callable[..., Path]:
    """Prints a sheet into a file."""

    def write(**given: str) -> Path:
        pdf = tmp_path / "sheet.pdf"
        pdf.write_bytes(sheets.print(ask(given), given.items(), ROOT))
        return pdf

    return write


def read_page(pdf: Path, page: int = 1) -> Any:
    """The colours of a page, drawn by poppler."""
    picture = pdf.with_suffix("")
    asked = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-f", str(page), "-l", str(page), "-png", "-singlefile"]
    subprocess.run([*asked, str(pdf), str(picture)], check=True)
    return np.asarray(Image.open(pdf.with_suffix(".png")).convert("RGB")).astype(int)


def measure_selected(pdf: Path, figure: Box) -> tuple[float, float, float, float]:
    """Left, top, width and height in millimetres of what is emphasised, between the middles of its lines."""
    page = read_page(pdf)
    rows, columns = np.nonzero(np.abs(page - SELECTED).max(axis=2) < 12)
    # The key shows the symbol too, right of the map or below.
    below, right = figure.top + figure.height, figure.left + figure.width
    seen = (rows * MM_PER_DOT < below) & (columns * MM_PER_DOT < right)
    rows, columns = rows[seen], columns[seen]
    left, top = columns.min() * MM_PER_DOT + STROKE_MM / 2, rows.min() * MM_PER_DOT + STROKE_MM / 2
    return (
        left,
        top,
        (np.ptp(columns) + 1) * MM_PER_DOT - STROKE_MM,
        (np.ptp(rows) + 1) * MM_PER_DOT - STROKE_MM,
    )


@pytest.mark.parametrize(
    ("scale", "paper", "orientation", "expected"),
    [(1000, "a4", "portrait", 100.0), (2000, "a4", "landscape", 50.0), (1000, "a3", "landscape", 100.0)],
)
def test_a_square_of_100_m_measures_what_the_scale_says(
    make: Callable[..., Path], scale: int, paper: Any, orientation: Any, expected: float
) -> None:
    """At 1 : 1000 it is 100.0 mm wide and high, in the middle of the map, on a page of the paper's size."""
    pdf = make(select="a:1", scale=str(scale), paper=paper, orientation=orientation, off="b")
    layout = find_layout(paper, orientation)

    left, top, width, height = measure_selected(pdf, layout.figure)
    with pikepdf.open(pdf) as document:
        page = [float(each) * 25.4 / 72 for each in document.pages[0].mediabox[2:]]

    assert (width, height) == (pytest.approx(expected, abs=0.1), pytest.approx(expected, abs=0.1))
    assert left + width / 2 == pytest.approx(layout.figure.left + layout.figure.width / 2, abs=0.1)
    assert top + height / 2 == pytest.approx(layout.figure.top + layout.figure.height / 2, abs=0.1)
    assert page == pytest.approx(layout.page, abs=0.1)


def test_letters_tags_and_fonts(make: Callable[..., Path]) -> None:
    """č, š and ž are text; PDF/UA has title, language, headings and words for each figure; fonts are inside."""
    pdf = make(title="Situacija čšž ČŠŽ", scale="1000")
    text = read_from("pdftotext", "-layout", pdf, "-")
    fonts = read_from("pdffonts", pdf).splitlines()[2:]

    with pikepdf.open(pdf) as document:
        elements = find_elements(document)
        kinds = Counter(str(each.S) for each in elements)
        metadata = document.Root.Metadata.read_bytes().decode()
        language, title = str(document.Root.Lang), str(document.docinfo.Title)

    figures = [str(each.Alt) for each in elements if str(each.S) == "/Figure"]
    for expected in (
        "Situacija čšž ČŠŽ",
        "Žaga Šoštanj č",
        "Območja žičnic in čebelnjakov",
        "Merilo 1 : 1.000",
    ):
        assert expected in text
    assert 'pdfuaid:part="1"' in metadata
    assert (language, title) == ("sl", "Situacija čšž ČŠŽ, 1 : 1.000")
    assert (kinds["/H1"], kinds["/Figure"]) == (1, 4)
    assert kinds["/H2"] >= 2
    assert kinds["/TH"] >= 8
    assert figures[0].startswith("Zemljevid v merilu 1 : 1.000 s sredino E 508.000, N 136.000.")
    assert all(figures)
    assert all(re.search(r" yes yes yes ", line) for line in fonts)


def test_what_stands_on_every_sheet(make: Callable[..., Path]) -> None:
    """Notice, grid, date, sources with date and licence, and the address that the code leads to."""
    text = read_from("pdftotext", "-layout", make(lang="en", scale="500"), "-")

    for expected in (
        "The data are informative",
        "D96/TM (EPSG:3794), grid of 20",
        "Made on ",
        "CC-BY-4.0",
        "1 March 2026",
        "https://karta.example.si/?lang=en&at=508000.0,136000.0&mpp=0.132",
    ):
        assert expected in text


def test_a_hostile_title_is_text(make: Callable[..., Path]) -> None:
    """Markup, addresses and characters nobody sees come out as they were typed."""
    hostile = '<img src="file:///etc/passwd"><script>1</script>\u202e}} {{ 7*7 }}'

    text = read_from("pdftotext", make(title=hostile), "-").replace("\n", " ")

    assert '<img src="file:///etc/passwd"><script>1</script>\\u202e}} {{ 7*7 }}' in text
    assert "root:" not in text


def test_a_code_only_where_there_is_an_address(
    sheets: MapSheets, ask: Callable[..., SheetRequest], printer: ParcelPrinter
) -> None:
    """Without a root the sheet has neither code nor link; with one, the code leads to the same view."""
    given = {"off": "b", "opacity": "a:0.5", "scale": "2500", "title": "x", "mpp": "9", "select": "a:1"}

    with_root, without = (sheets.build_order(ask(given), given.items(), root) for root in (ROOT, ""))

    assert with_root.code == f"{ROOT}/?off=b&opacity=a:0.5&select=a:1&at=508000.0,136000.0&mpp=0.661"
    assert without.code is None
    assert "code.svg" not in without.html


def read_from(*command: str | Path) -> str:
    """What one of poppler's programs says."""
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=True).stdout
