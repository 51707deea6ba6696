"""docs/one-tile.md tells the way that a request for a tile really takes."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gis import crs
from gis.settings import Settings
from prostor.app import DATABASE, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from gis.database import Database

pytestmark = pytest.mark.database

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "one-tile.md").read_text(encoding="utf-8")
WAY = re.findall(r"^\| \d \| `(tiles/\w+\.py)` \| (.*) \| .*\|$", PAGE, re.MULTILINE)
ROOMS = re.findall(r"`(tiles/\w+\.py)`", PAGE.partition("## Rooms")[2])


@pytest.fixture
def app(sample_database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The whole service on the sample, with nothing kept."""
    made = create_app(Settings(home=tmp_path), sample_database.urls)
    yield made
    made.extensions[DATABASE].dispose()


def follow(app: Flask, path: str) -> list[tuple[str, str]]:
    """File and function of every call of ours in one thread, in order, while the path is asked for."""
    calls: list[tuple[str, str]] = []

    def note(frame: Any, event: str, _argument: object) -> None:
        place = Path(frame.f_code.co_filename)
        if event == "call" and place.is_relative_to(ROOT / "tiles"):
            calls.append((str(place.relative_to(ROOT)), frame.f_code.co_name))

    client = app.test_client()
    sys.setprofile(note)
    try:
        answer = client.get(path)
    finally:
        sys.setprofile(None)
    assert answer.status_code == 200
    return calls


def a_tile(app: Flask, layer: str) -> str:
    """The address of a tile in the middle of the sample."""
    told = app.test_client().get(f"/tiles/{layer}/SI-D96.json").get_json()
    west, south, east, north = told["bounds"]
    x, y = crs.transform(4326, 3794, (west + east) / 2, (south + north) / 2)
    span = 256 * 1024 / 2**11
    place = (int((x - 370000) / span), int((200000 - y) / span))
    return str(told["tiles"][0].format(z=11, x=place[0], y=place[1]))


def test_a_cold_tile_goes_through_five_files(app: Flask) -> None:
    """In the order of the page, with the functions it names, and through no file it does not name."""
    path = a_tile(app, "parcels")

    calls = follow(app, path)

    named = [(file, name) for file, told in WAY for name in re.findall(r"`(?:\w+\.)?(\w+)`", told)]
    assert set(named) - set(calls) == set()
    assert named == sorted(named, key=calls.index)
    assert len(WAY) == 5
    assert len(named) > 6
    assert {file for file, _ in calls} <= {file for file, _ in WAY} | set(ROOMS)


def test_a_kept_tile_never_comes_to_flask(app: Flask) -> None:
    """It ends in the first file, as the page says."""
    path = a_tile(app, "parcels")
    app.test_client().get(path)

    files = {file for file, _ in follow(app, path)}

    assert {"tiles/hotpath.py", "tiles/serving.py", "tiles/answers.py"} <= files
    assert files.isdisjoint({"tiles/routes.py", "tiles/vector.py", "tiles/statement.py"})
    assert files <= {file for file, _ in WAY} | set(ROOMS)


def test_every_room_of_the_page_stands() -> None:
    """No file is named that went away."""
    assert len(ROOMS) > 10
    assert [room for room in ROOMS if not (ROOT / room).is_file()] == []
