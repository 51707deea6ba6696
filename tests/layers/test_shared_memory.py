"""What threads of one process share: one table object per version, one set of engines, honest tokens."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from layers.catalogue import Catalogue
from layers.table import data_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from gis.database import Database

pytestmark = pytest.mark.database


def at_once(work: Callable[[], object], count: int = 16) -> list[object]:
    """What the same work gives when many threads begin it together."""
    barrier, found = threading.Barrier(count), []

    def begin() -> None:
        barrier.wait()
        found.append(work())

    threads = [threading.Thread(target=begin) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_threads_get_one_table_per_version(sample_database: Database) -> None:
    """Two table objects in one statement would name the data table twice."""
    layer = Catalogue(sample_database).find("gas")

    tables = at_once(lambda: data_table(layer))

    assert len(tables) == 16
    assert len({id(table) for table in tables}) == 1


def test_threads_read_the_catalogue_together(sample_database: Database) -> None:
    """Many first readers at once all find the layer, whatever is being refreshed or forgotten."""
    catalogue = Catalogue(sample_database, remember_seconds=0.0)
    token = catalogue.find("parcels").token

    found = at_once(lambda: (catalogue.find("parcels").token, catalogue.find_version("parcels", token).token))

    assert found == [(token, token)] * 16


def test_a_doubled_slash_does_not_repeat_the_host(client: FlaskClient) -> None:
    """No redirect names a host that the request made up."""
    answer = client.get("/ogc//conformance", headers={"Host": "evil.example"})

    assert answer.status_code == 404
    assert "evil.example" not in answer.headers.get("Location", "") + answer.text


@pytest.mark.parametrize("name", ["%00.js", "x" * 300 + ".js", "../manifest.json", "js/viewer.js.br"])
def test_strange_static_names_are_not_found(client: FlaskClient, name: str) -> None:
    """A null byte, an endless name, a way out and a packed twin are all simply not there."""
    release = client.get("/").text.split("/static/")[1].split("/")[0]

    assert client.get(f"/static/{release}/{name}").status_code == 404


def test_a_refused_coding_is_not_sent(client: FlaskClient) -> None:
    """`gzip;q=0` means no gzip, on pages as on tiles."""
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "gzip;q=0"}).headers
