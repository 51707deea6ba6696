"""What changed, as the page of a layer says it: counts in the right grammatical number, and a list of all."""

from __future__ import annotations

import csv
import html
import re
from typing import TYPE_CHECKING

import pytest

from gis.settings import Settings
from layers.loading.importing import import_layer
from layers.loading.publish import publish_version
from layers.loading.withdraw import withdraw_layer
from prostor.app import DATABASE, create_app
from prostor.portal_choice import read_chosen_portal
from tiles.grid import read_grids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from flask.testing import FlaskClient

    from gis.database import Database

pytestmark = pytest.mark.database

MANIFEST = """
id = "drevesa"
title = { sl = "Drevesa", en = "Trees" }
description = { sl = "Drevesa." }
key = ["id"]
[source]
file = "drevesa.csv"
format = "csv"
crs = 3794
x = "E"
y = "N"
state_date = 2026-03-01
provider = { sl = "Občina" }
licence = "CC0-1.0"
attribution = { sl = "Vir: občina" }
[geometry]
kind = "point"
[columns]
id = { source = ["ID"], type = "integer", title = { sl = "Številka" } }
kind = { source = ["VRSTA"], title = { sl = "Vrsta" } }
[style]
default = { fill = "#2f6f8f" }
"""
PAGE = "/layers/drevesa"
Tree = tuple[str, int]


@pytest.fixture
def load(clerk_portal: Path, database: Database) -> Callable[[Mapping[int, Tree]], None]:
    """Imports trees: kind and easting by number."""
    (clerk_portal / "layers" / "drevesa.toml").write_text(MANIFEST, encoding="utf-8")
    settings = Settings()
    portal = read_chosen_portal(settings)
    targets = [grid.target() for grid in read_grids(portal).values()]

    def run(trees: Mapping[int, Tree]) -> None:
        with (clerk_portal / "layers" / "drevesa.csv").open("w", encoding="utf-8", newline="") as file:
            rows = [(number, kind, east, 135_000) for number, (kind, east) in trees.items()]
            csv.writer(file, delimiter=";").writerows([("ID", "VRSTA", "E", "N"), *rows])
        (manifest,) = portal.read_manifests()
        report = import_layer(database, portal, manifest, targets=targets, home=settings.home, who="test")
        assert report.outcome == "published"

    return run


@pytest.fixture
def client(clerk_portal: Path, database: Database) -> Iterator[FlaskClient]:
    """The service of that portal."""
    app = create_app(Settings(), database.urls)
    yield app.test_client()
    app.extensions[DATABASE].dispose()


def trees() -> dict[int, Tree]:
    """Forty limes in a row."""
    return {number: ("lipa", 501_000 + 10 * number) for number in range(40)}


def changed_trees(*, added: int, removed: int, moved: int, renamed: int) -> dict[int, Tree]:
    """The limes, with so many differences of each kind."""
    after = trees()
    for number in range(removed):
        del after[number]
    for number in range(10, 10 + moved):
        after[number] = ("lipa", after[number][1] + 5)
    for number in range(20, 20 + renamed):
        after[number] = ("lipovec", after[number][1])
    return after | {100 + number: ("hrast", 505_000 + 10 * number) for number in range(added)}


def said(client: FlaskClient, language: str) -> list[list[str]]:
    """The changes of each version on the page, newest first."""
    page = html.unescape(client.get(f"{PAGE}?f=html&lang={language}").get_data(as_text=True))
    lists = re.findall(r'<ul class="changes">(.*?)</ul>', page, re.DOTALL)
    return [re.findall(r"<li>(.*?)</li>", each) for each in lists]


@pytest.mark.parametrize(
    ("counts", "slovenian", "english"),
    [
        (
            {"added": 1, "removed": 2, "moved": 3, "renamed": 5},
            ["1 dodan", "2 odstranjena", "3 spremembe lege ali oblike", "5 sprememb podatkov"],
            ["1 added", "2 removed", "3 with another place or shape", "5 with other facts"],
        ),
        (
            {"added": 102, "removed": 5, "moved": 1, "renamed": 4},
            ["102 dodana", "5 odstranjenih", "1 sprememba lege ali oblike", "4 spremembe podatkov"],
            ["102 added", "5 removed", "1 with another place or shape", "4 with other facts"],
        ),
        (
            {"added": 3, "removed": 1, "moved": 2, "renamed": 2},
            ["3 dodani", "1 odstranjen", "2 spremembi lege ali oblike", "2 spremembi podatkov"],
            ["3 added", "1 removed", "2 with another place or shape", "2 with other facts"],
        ),
    ],
)
def test_two_imports_are_told_apart(
    load: Callable[[Mapping[int, Tree]], None],
    client: FlaskClient,
    counts: dict[str, int],
    slovenian: list[str],
    english: list[str],
) -> None:
    """In both languages: singular, dual, plural and the many; the link leads to as many features."""
    load(trees())
    load(changed_trees(**counts))

    page = html.unescape(client.get(f"{PAGE}?f=html").get_data(as_text=True))
    (address,) = re.findall(r'href="(/layers/drevesa/changes[^"]*)"', page)
    listed = client.get(address).get_json(force=True)["features"]

    assert (said(client, "sl"), said(client, "en")) == ([slovenian], [english])
    assert len(listed) == sum(counts.values())
    assert "from=1&to=2" in address


def test_only_words_changed(
    load: Callable[[Mapping[int, Tree]], None], client: FlaskClient, clerk_portal: Path, database: Database
) -> None:
    """The features are the same, and there is no list to lead to."""
    load(trees())
    layers = clerk_portal / "layers"
    (layers / "drevesa.toml").write_text(MANIFEST.replace("Trees", "All trees"), encoding="utf-8")
    load(trees())

    page = client.get(f"{PAGE}?f=html").get_data(as_text=True)

    assert (said(client, "sl"), said(client, "en")) == ([["zapisi so isti"]], [["the features are the same"]])
    assert "/changes?" not in page


@pytest.mark.parametrize(
    ("path", "life"),
    [
        (f"{PAGE}?f=json", "public, max-age=60"),
        (f"{PAGE}?f=html", "no-cache"),
        (f"{PAGE}/changes?from=1&to=2", "public, max-age=60"),
    ],
)
def test_who_has_an_answer_is_told_when_it_holds_no_more(
    load: Callable[[Mapping[int, Tree]], None], client: FlaskClient, database: Database, path: str, life: str
) -> None:
    """Data a minute in shared caches, pages asked for each time: 304, then what is new, 410 once withdrawn.

    Not immutable, although it names two versions: what was withdrawn has to leave every cache.
    """
    load(trees())
    load(changed_trees(added=1, removed=1, moved=1, renamed=1))
    first = client.get(path)
    known = {"If-None-Match": first.headers["ETag"]}

    again = client.get(path, headers=known)
    publish_version(database, "drevesa", 1, who="test", confirm=True)
    moved = client.get(path, headers=known)
    withdraw_layer(database, "drevesa", who="test")
    gone = client.get(path, headers=known)

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == life
    assert moved.status_code == (304 if "changes" in path else 200)
    assert (gone.status_code, gone.headers["Cache-Control"]) == (410, "no-store")
    assert gone.headers.get("ETag") != first.headers["ETag"]
