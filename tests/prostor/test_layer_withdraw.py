"""`prostor layer withdraw` as a clerk uses it: first told what would go, then on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gis.errors import ProstorError
from gis.settings import Settings
from prostor.app import DATABASE, create_app
from tests.prostor.trees import publish_trees, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from gis.database import DatabaseUrls

pytestmark = pytest.mark.database


@pytest.fixture
def folder(clerk_portal: Path) -> Path:
    """A portal with one published layer of trees, and the settings pointing at it."""
    return publish_trees(clerk_portal)


@pytest.fixture
def worker(database_urls: DatabaseUrls) -> Iterator[Callable[[], FlaskClient]]:
    """Makes clients of the service as a new worker process has it."""
    made = []

    def make() -> FlaskClient:
        made.append(create_app(Settings(), database_urls))
        return made[-1].test_client()

    yield make
    for each in made:
        each.extensions[DATABASE].dispose()


def statuses(client: FlaskClient, token: str) -> dict[str, int]:
    """What each address of the layer answers."""
    below = ("", "/items", "/items/1", "/queryables", "/schema", "/tiles", "/tiles/WebMercatorQuad",
             f"/items?version={token}")  # fmt: skip
    paths = [f"/ogc/collections/drevesa{path}" for path in below]
    paths += [
        "/layers/drevesa",
        "/tiles/drevesa/WebMercatorQuad.json",
        "/tiles/drevesa/WebMercatorQuad/14/8878/5813.mvt",
        f"/tiles/drevesa@{token}/WebMercatorQuad/14/8878/5813.mvt",
    ]
    return {path: client.get(path).status_code for path in paths}


def test_without_confirm_nothing_is_withdrawn(folder: Path) -> None:
    """Versions and rows are told, how to go on too, and the exit status is 1."""
    told = run("withdraw", "drevesa")

    assert told.exit_code == 1
    assert "1\tpublished\t40" in told.output
    assert "This would withdraw 1 version (40 rows) of drevesa" in told.output
    assert "prostor layer withdraw drevesa --reason TEXT --confirm" in told.output
    assert "drevesa\t1\t40" in run("list").output


def test_withdrawn_with_a_reason(folder: Path) -> None:
    """Said once, seen in list and history, and said again when it is repeated."""
    done = run("withdraw", "drevesa", "--reason", "napačen vir", "--confirm")

    assert (done.exit_code, "drevesa: withdrawn, with 1 version (40 rows)." in done.output) == (0, True)
    assert "drevesa\twithdrawn" in run("list").output
    assert "withdrawn\t–\t–\t–\t–\t–\tnapačen vir" in run("history", "drevesa").output
    again = run("withdraw", "drevesa", "--confirm")
    assert (again.exit_code, "drevesa is withdrawn already since 2" in again.output) == (0, True)
    assert "there is nothing left to withdraw" in run("withdraw", "drevesa").output
    with pytest.raises(ProstorError, match="`prostor layer list` shows"):
        run("withdraw", "travniki", "--confirm")
    with pytest.raises(ProstorError, match="The layer 'drevesa' was withdrawn"):
        run("diff", "drevesa")
    with pytest.raises(ProstorError, match="Version 1 of 'drevesa' was withdrawn"):
        run("publish", "drevesa", "1")


def test_every_address_is_gone_and_comes_back_new(folder: Path, worker: Callable[[], FlaskClient]) -> None:
    """410 everywhere, absent from lists and search; imported again everything answers but the old token."""
    client = worker()
    token = client.get("/layers/drevesa").get_json()["token"]
    before = statuses(client, token)

    run("withdraw", "drevesa", "--confirm")
    client = worker()
    gone = statuses(client, token)

    assert set(before.values()) <= {200, 204}, before
    assert set(gone.values()) == {410}, gone
    assert client.get("/layers").get_json()["layers"] == []
    assert client.get("/ogc/collections").get_json()["collections"] == []
    assert client.get("/search?q=lipa").get_json()["groups"] == []
    told = client.get("/identify?x=501000&y=135000&layers=drevesa").get_json()["layers"]
    assert [(each["status"], each["reason"]) for each in told] == [("no_data", "withdrawn")]
    assert client.get("/ogc/api").status_code == client.get("/").status_code == 200

    assert run("import", "drevesa").exit_code == 0
    client = worker()
    fresh = client.get("/layers/drevesa").get_json()["token"]
    assert fresh != token
    assert set(statuses(client, fresh).values()) <= {200, 204}
    old = {path: status for path, status in statuses(client, token).items() if token in path}
    assert set(old.values()) == {410}


def test_publishing_right_after_a_withdrawal_says_what_to_do(folder: Path) -> None:
    """Neither the version that waits nor the one before is looked for in a layer that is withdrawn."""
    run("withdraw", "drevesa", "--confirm")

    for words in (("publish", "drevesa"), ("rollback", "drevesa"), ("rollback", "drevesa", "1")):
        with pytest.raises(ProstorError, match=r"'drevesa' is withdrawn.*Import it again to publish it"):
            run(*words)


def test_a_layer_that_was_only_refused(clerk_portal: Path) -> None:
    """What the history quotes is offered for deletion, deleted, and then there is nothing to withdraw."""
    rows = [f"{number};Janez;501000;135000" for number in (1, 2, 3)]
    (clerk_portal / "drevesa.csv").write_text("\n".join(["ID;VRSTA;E;N", *rows]))
    draft = clerk_portal / "layers" / "drevesa.toml"
    run("inspect", clerk_portal / "drevesa.csv", "--write-manifest", draft)
    draft.write_text(draft.read_text().replace('file = "drevesa.csv"', 'file = "../drevesa.csv"'))
    (clerk_portal / "drevesa.csv").write_text("\n".join(["ID;VRSTA;E;N", *rows, rows[0]]))
    with pytest.raises(ProstorError, match="There is no layer 'drevesa'"):
        run("withdraw", "drevesa", "--confirm")
    assert "not unique" in run("import", "drevesa").output

    told, done, again = (run("withdraw", "drevesa", *words) for words in ((), ("--confirm",), ()))

    assert "Nothing of drevesa is published or kept. This would delete what the history says" in told.output
    assert "so there was nothing to withdraw" in done.output
    assert "was deleted, because it may quote the data" in done.output
    assert "drevesa has no version whose data are stored; there is nothing to withdraw." in again.output
    assert "not unique" not in run("history", "drevesa").output


def test_while_the_database_is_away(clerk_portal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who withdraws is told that the data are still public."""
    for name in ("DATABASE_URL", "LOADER_URL", "OWNER_URL"):
        monkeypatch.setenv(f"PROSTOR_{name}", "postgresql://ana:x@127.0.0.1:1/none")

    with pytest.raises(ProstorError, match=r"away.*Until this command says that drevesa is withdrawn"):
        run("withdraw", "drevesa", "--confirm")
