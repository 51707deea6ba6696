"""`/print` of the whole service on the sample: the PDF, its headers, and errors that name a parameter."""

from __future__ import annotations

import io
import subprocess
from typing import TYPE_CHECKING

import pikepdf
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.database


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the whole service on the sample."""
    return app.test_client()


def test_a_view_is_a_document(client: FlaskClient) -> None:
    """Under a name of its own, kept by nobody, opened in the browser's own reader; A3 is as large as A3."""
    made = client.get(
        "/print?theme=planning&at=556000,142600&scale=5000&paper=a3&orientation=landscape&lang=en"
    )

    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    assert made.headers["Content-Disposition"] == 'inline; filename="map-planning-5000.pdf"'
    assert made.headers["Cache-Control"] == "private, no-store"
    assert "frame-ancestors 'none'" in made.headers["Content-Security-Policy"]
    with pikepdf.open(io.BytesIO(made.data)) as document:
        page = [round(float(each) * 25.4 / 72) for each in document.pages[0].mediabox[2:]]
        assert page == [420, 297]
        assert str(document.Root.Lang) == "en"


@pytest.mark.parametrize(
    "query", ["scale=1", "paper=a5", "at=0,0", "on=gone", "width=5", "scale=500&scale=1000"]
)
def test_an_error_names_its_parameter(client: FlaskClient, query: str) -> None:
    """400 as problem+json, before anything is read."""
    answer = client.get(f"/print?{query}")

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_parcels_by_their_numbers_are_emphasised(client: FlaskClient, tmp_path: Path) -> None:
    """Those that are on the sheet; one that is not there is named on it."""
    parcel = client.get("/parcels", query_string={"q": "556000 142600"}).get_json()["parcels"][0]
    ko, number = parcel["url"].split("/parcels/")[1].split("/", 1)

    made = client.get(f"/print?theme=cadastre&at=556000,142600&parcels={ko}:{number},99999/9")

    sheet = tmp_path / "sheet.pdf"
    sheet.write_bytes(made.data)
    text = subprocess.run(["pdftotext", str(sheet), "-"], capture_output=True, text=True, check=True).stdout
    assert "Izbranega tu ni ali ga v podatkih ni več:" in text
    assert f"{ko}-99999/9" in text
    assert f"{ko}-{number}" not in text
    assert "izbrano" in text
