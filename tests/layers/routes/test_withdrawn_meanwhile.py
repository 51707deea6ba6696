"""Answers about many layers while one of them is withdrawn: it is missing, and the others are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import GoneError
from layers.catalogue import Catalogue
from layers.loading.withdraw import withdraw_layer

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from gis.database import Database

pytestmark = pytest.mark.database
HERE = "x=507005&y=135005&tolerance=50"
EVERYWHERE = ("/layers", "/ogc/collections", f"/identify?{HERE}", "/search?q=s")


@pytest.fixture
def sleeping(
    database: Database, publish: Callable[[Database, str], str], make_client: Callable[..., FlaskClient]
) -> tuple[Catalogue, FlaskClient]:
    """A process that remembers addresses and zones for longer than the test lasts."""
    for layer_id in ("addresses", "zoning"):
        publish(database, layer_id)
    catalogue = Catalogue(database, remember_seconds=3600)
    return catalogue, make_client(database, catalogue=catalogue)


def ask(client: FlaskClient, path: str) -> Any:
    """The JSON of a 200."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.get_json(force=True)


def reasons(answer: Any) -> dict[str, tuple[str, str | None, int]]:
    """Status, reason and number of features of each layer that /identify knows as published."""
    return {
        each["layer"]: (each["status"], each["reason"], len(each["features"]))
        for each in answer["layers"]
        if each["layer"] in ("addresses", "zoning")
    }


def test_identify_says_that_a_layer_was_withdrawn(
    sleeping: tuple[Catalogue, FlaskClient], database: Database
) -> None:
    """Before this process knows of it, too; the other layer answers as ever."""
    _, client = sleeping
    before = reasons(ask(client, f"/identify?{HERE}"))

    withdraw_layer(database, "addresses", who="test")

    assert (before["addresses"][0], before["zoning"]) == ("found", ("found", None, 1))
    assert reasons(ask(client, f"/identify?{HERE}")) == {
        "addresses": ("no_data", "withdrawn", 0),
        "zoning": ("found", None, 1),
    }
    only = ask(client, f"/identify?{HERE}&layers=addresses")
    assert reasons(only) == {"addresses": ("no_data", "withdrawn", 0)}


def test_search_leaves_a_withdrawn_layer_out(
    sleeping: tuple[Catalogue, FlaskClient], database: Database
) -> None:
    """Results of the others stand, also when nothing matches exactly and words alike are looked for."""
    _, client = sleeping
    before = ask(client, "/search?q=ss")["groups"] + ask(client, "/search?q=glavni")["groups"]

    withdraw_layer(database, "addresses", who="test")

    assert {group["layer"] for group in before} == {"zoning", "addresses"}
    assert [group["layer"] for group in ask(client, "/search?q=ss")["groups"]] == ["zoning"]
    assert ask(client, "/search?q=glavni")["groups"] == ask(client, "/search?q=glavnni")["groups"] == []


def test_lists_leave_out_what_was_withdrawn_since_the_pointers_were_read(
    sleeping: tuple[Catalogue, FlaskClient], database: Database
) -> None:
    """Pointers are read first and versions after them; a withdrawal in between ends no answer about others."""
    catalogue, client = sleeping
    catalogue.lives()

    withdraw_layer(database, "addresses", who="test")

    answers = {path: ask(client, path) for path in EVERYWHERE}
    assert [layer["id"] for layer in answers["/layers"]["layers"]] == ["zoning"]
    assert [layer["id"] for layer in answers["/ogc/collections"]["collections"]] == ["zoning"]
    assert reasons(answers[f"/identify?{HERE}"])["addresses"] == ("no_data", "withdrawn", 0)
    with pytest.raises(GoneError):
        catalogue.find("addresses")
