"""What one answer says of a layer is of one moment, and costs no more questions than it needs."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from layers.catalogue import Catalogue
from layers.loading.publish import publish_version
from layers.loading.withdraw import withdraw_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from gis.database import Database

pytestmark = pytest.mark.database
LAYER = "/layers/addresses"


@pytest.fixture
def two(database: Database, publish: Callable[[Database, str], str]) -> Database:
    """Addresses in two versions, the second with one feature less; version 2 is published."""
    publish(database, "addresses")
    with database.loading() as connection:
        connection.execute(
            "INSERT INTO catalogue.layer_version (layer_id, number, token, content_token, table_name, srid, "
            "row_count, source_name, source_sha256, state_date, operation, state, manifest, quality, grids, "
            "extent, native_extent) "
            "SELECT layer_id, 2, '00000000000000bb', '00000000000000bb', table_name, srid, row_count - 1, "
            "'second.geojson', source_sha256, state_date, operation, 'loaded', manifest, quality, grids, "
            "extent, native_extent FROM catalogue.layer_version"
        )
    publish_version(database, "addresses", 2, who="test", confirm=True)
    return database


def check_one_moment(told: Any) -> None:
    """The layer's own facts are those of the one version that the list calls published."""
    (published,) = [each for each in told["versions"] if each["state"] == "published"]
    assert {each["number"]: each["features"] for each in told["versions"]} == {1: 80, 2: 79}
    for name in ("number", "token", "features", "state_date", "loaded_at", "operation"):
        assert told[name] == published[name], name
    assert told["source"]["name"] == published["source"]["name"]


def test_a_remembered_pointer_does_not_mix_with_a_fresh_list(
    two: Database, make_client: Callable[..., FlaskClient]
) -> None:
    """A worker that has not noticed a publication yet tells of the new version only, or of the old one only."""
    client = make_client(two, catalogue=Catalogue(two, remember_seconds=3600))
    check_one_moment(client.get(LAYER).get_json())

    publish_version(two, "addresses", 1, who="test", confirm=True)

    check_one_moment(client.get(LAYER).get_json())
    changes = client.get(f"{LAYER}/changes?from=2").get_json()
    assert (changes["from"]["number"], changes["to"]["number"]) == (2, 1)


def test_publishing_all_the_time_mixes_nothing(two: Database, make_client: Callable[..., FlaskClient]) -> None:
    """A worker and new processes ask while somebody moves the pointer to and fro."""
    enough = Event()

    def publish_to_and_fro() -> int:
        moved = 0
        for number in itertools.cycle((1, 2)):
            if enough.is_set() and moved >= 10:
                return moved
            publish_version(two, "addresses", number, who="test", confirm=True)
            moved += 1
        return moved

    with ThreadPoolExecutor(1) as pool:
        publishing = pool.submit(publish_to_and_fro)
        try:
            client = make_client(two)
            told = [client.get(LAYER).get_json() for _ in range(40)]
            fresh = [Catalogue(two).history("addresses") for _ in range(40)]
        finally:
            enough.set()
        moved = publishing.result()

    assert moved >= 10
    for each in told:
        check_one_moment(each)
    for history in fresh:
        (published,) = [each for each in history.versions if each.state == "published"]
        assert (history.published.number, history.published.row_count, history.published.state) == (
            published.number,
            published.row_count,
            "published",
        )


def test_gone_at_once_with_its_list(two: Database, make_client: Callable[..., FlaskClient]) -> None:
    """A worker that remembers the layer answers 410, not a layer without versions; so do its changes."""
    client = make_client(two, catalogue=Catalogue(two, remember_seconds=3600))
    before = [client.get(path).status_code for path in (LAYER, f"{LAYER}/changes")]

    withdraw_layer(two, "addresses", who="test")

    assert before == [200, 200]
    assert [client.get(path).status_code for path in (LAYER, f"{LAYER}/changes")] == [410, 410]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent to the database in the block."""
    sent: list[str] = []
    engine = database._engines["api"]

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("path", "questions"),
    [
        ("/layers", 0),
        (LAYER, 1),
        ("/ogc/collections", 0),
        ("/ogc/collections/addresses", 1),
        ("/ogc/collections/addresses/queryables", 0),
        (f"{LAYER}/changes?from=1&to=2", 2),
        ("/identify?x=507005&y=135005", 2),
    ],
)
def test_an_answer_asks_only_what_it_needs(
    two: Database, make_client: Callable[..., FlaskClient], path: str, questions: int
) -> None:
    """A worker that knows the published version reads no manifest and no report for the list of the others."""
    client = make_client(two, catalogue=Catalogue(two, remember_seconds=3600))
    assert client.get(path).status_code == 200

    with counted(two) as sent:
        assert client.get(path).status_code == 200

    assert len(sent) == questions, sent
    assert [statement for statement in sent if "layer_version.quality AS" in statement] == []
    assert "changes" in path or [statement for statement in sent if "layer_version.manifest" in statement] == []
