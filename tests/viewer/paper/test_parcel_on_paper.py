"""The document of parcels: exact scale, tags for screen readers, letters, and what a failure costs."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pikepdf
import pytest
from PIL import Image

from gis.errors import UnavailableError
from layers.answer.document import write_canonical
from tests.viewer.tagged_pdf import find_elements
from viewer.assets import read_assets
from viewer.paper.order import CODE

if TYPE_CHECKING:
    from pathlib import Path

    from viewer.paper.printing import PaperContent, ParcelPrinter

DOTS_PER_INCH = 400
HIGHLIGHT, STROKE_MM = (0xB3, 0x13, 0x4F), 3 * 25.4 / 96


def measure_highlight(pdf: Path, page: int) -> tuple[float, float]:
    """Width and height in millimetres of the parcel's outline on a page, between the middles of its lines."""
    asked = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-f", str(page), "-l", str(page), "-png", "-singlefile"]
    subprocess.run([*asked, str(pdf), str(pdf.with_suffix(""))], check=True)
    picture = np.asarray(Image.open(pdf.with_suffix(".png")).convert("RGB")).astype(int)
    upper = picture[: picture.shape[0] // 2]
    rows, columns = np.nonzero(np.abs(upper - HIGHLIGHT).max(axis=2) < 12)
    to_mm = 25.4 / DOTS_PER_INCH
    return (np.ptp(columns) + 1) * to_mm - STROKE_MM, (np.ptp(rows) + 1) * to_mm - STROKE_MM


def read_from(*command: str | Path) -> str:
    """What one of poppler's programs says."""
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=True).stdout


def test_the_whole_document(printer: ParcelPrinter, content: PaperContent, tmp_path: Path) -> None:
    """At 1 : 1000 100 m measure 100.0 mm; tags, title, language, fonts and attachment are there."""
    pdf = tmp_path / "parcel.pdf"
    pdf.write_bytes(printer.print(content))
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout
    fonts = subprocess.run(
        ["pdffonts", str(pdf)], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]

    width, height = measure_highlight(pdf, 2)
    with pikepdf.open(pdf) as document:
        elements = find_elements(document)
        kinds = Counter(str(each.S) for each in elements)
        attached = document.attachments["answer.json"].get_file().read_bytes()
        marked, language = document.Root.MarkInfo.Marked, str(document.Root.Lang)
        metadata = document.Root.Metadata.read_bytes().decode()
        title = str(document.docinfo.Title)

    assert abs(width - 100) < 0.1
    assert abs(height - 50) < 0.1
    assert (marked, language) == (True, "sl")
    assert title == "Parcele 123/4, *5, k. o. 964 Šmartno ob Paki"
    assert 'pdfuaid:part="1"' in metadata
    assert (kinds["/H1"], kinds["/Figure"]) == (1, 3)
    assert kinds["/H2"] >= 4
    assert kinds["/TH"] > 20
    assert all(str(each.Alt) for each in elements if str(each.S) == "/Figure")
    assert "JE-1 – SSč – žaga" in text
    assert "Občina tega sloja še ni objavila." in text
    assert "https://karta.example.si/parcels/964/123/4,*5" in text
    assert fonts
    assert all(re.search(r" yes yes yes ", line) for line in fonts)
    told = json.loads(attached)
    assert told["hash"] == "sha256:" + hashlib.sha256(write_canonical(told["content"])).hexdigest()
    assert told["hash"] in text.replace("\n", "")


def test_a_document_that_fails_costs_itself(printer: ParcelPrinter, content: PaperContent) -> None:
    """A page that names a file it has not, or an address outside, is not made; the next one is."""
    order = printer.build_order(content)

    for address in ("paper:nothing.svg", "https://example.si/x.png", "file:///etc/passwd"):
        with pytest.raises(UnavailableError):
            printer.carry_out(replace(order, html=f'<title>x</title><img src="{address}" alt="x">'))

    assert printer.carry_out(replace(order, html="<html lang=sl><title>x</title><p>Živjo</p>")).startswith(
        b"%PDF"
    )


def test_the_code_leads_to_the_live_page(printer: ParcelPrinter, content: PaperContent) -> None:
    """With an address there is a code and its text; without one there is neither."""
    with_address = printer.build_order(content)
    without = printer.build_order(replace(content, root=""))

    assert with_address.code == "https://karta.example.si/parcels/964/123/4,*5"
    assert 'src="paper:code.svg" alt="Koda QR do žive strani https://karta.example.si/' in with_address.html
    assert without.code is None
    assert "code.svg" not in without.html


def test_the_page_names_only_files_it_has(printer: ParcelPrinter, content: PaperContent) -> None:
    """Every address of a file is in the order; names from the data stand there as text."""
    order = printer.build_order(content)
    sheets = (order.files[name].content.decode() for name in ("paper.css", "swatches.css"))

    named = set(re.findall(r"paper:([\w.-]+)", order.html + "".join(sheets)))

    assert named == {*order.files, CODE}
    assert "<script" not in order.html


def test_each_font_file_is_a_family_of_its_own() -> None:
    """WeasyPrint draws other letters than it writes when two files have one family name."""
    sheet = (read_assets("").folder / "css" / "paper.css").read_text(encoding="utf-8")

    families = re.findall(r"@font-face\{font-family:([^;]+);", sheet)

    assert len(families) == len(set(families)) == sheet.count("@font-face") == 2


def test_the_map_is_drawn_once_for_page_and_paper(printer: ParcelPrinter, content: PaperContent) -> None:
    """What is on paper is what is on the page, in a file of its own with its size."""
    order = printer.build_order(content)

    drawing = order.files["map-1.svg"].content.decode()

    assert drawing.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="680" height="480"')
    assert drawing.count("<path") >= 4
