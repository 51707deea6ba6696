"""`prostor parcel`: the answer on a terminal and in a file, the same as over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest
import typer
from typer.testing import CliRunner

from gis.errors import NotFoundError, ProstorError
from layers.answer.document import read_schema
from prostor.commands.parcel import parcel

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result
    from flask.testing import FlaskClient

    from gis.database import Database

pytestmark = pytest.mark.database

APP = typer.Typer()
APP.command("parcel")(parcel)


@pytest.fixture
def town(sample_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The sample, with the settings of commands pointing at it."""
    urls = sample_database.urls
    for name, value in (
        ("HOME", tmp_path / "home"),
        ("DATABASE_URL", urls.reader),
        ("LOADER_URL", urls.loader),
        ("OWNER_URL", urls.owner),
    ):
        monkeypatch.setenv(f"PROSTOR_{name}", str(value))
    return sample_database


def run(*words: str) -> Result:
    """What the command answers; a refusal is raised as the command line would show it."""
    result = CliRunner().invoke(APP, list(words))
    if isinstance(result.exception, ProstorError):
        raise result.exception
    return result


@pytest.fixture
def names(town: Database, client: FlaskClient) -> tuple[str, str, str]:
    """KO and two numbers of neighbours in the middle of the town."""
    found = client.get("/parcels", query_string={"q": "556000 142600"}).get_json()["parcels"][0]
    document = client.get(found["url"]).get_json()
    return found["ko"], found["number"], document["content"]["parcels"][0]["neighbours"][0]["number"]


def test_words_for_a_clerk(names: tuple[str, str, str]) -> None:
    """Heading, that it is informative, every theme with its state, and the hash."""
    ko, number, _ = names

    said = run(ko, number).stdout

    assert said.startswith(f"Parcela {number}, k. o. {ko}")
    assert "Ni lokacijska informacija" in said
    assert "Namenska raba prostora: Je na parceli" in said
    assert "Akti v pripravi: " in said
    assert "sha256:" in said


def test_the_hash_is_that_of_the_web(names: tuple[str, str, str], client: FlaskClient) -> None:
    """Terminal, file and web service say the same of the same parcels, in the same language."""
    ko, *numbers = names
    over_http = client.get(f"/parcels/{ko}/{','.join(numbers)}?lang=en", follow_redirects=True).get_json()

    said = run(ko, *numbers, "--language", "en").stdout

    assert over_http["hash"] in said


def test_json_in_a_file(names: tuple[str, str, str], tmp_path: Path) -> None:
    """The file is the document of the schema."""
    ko, *numbers = names

    done = run(ko, *numbers, "--format", "json", "--out", str(tmp_path / "answer.json"))
    document = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))

    assert (done.exit_code, done.stdout) == (0, "")
    jsonschema.validate(document, read_schema())
    assert {each["number"] for each in document["content"]["parcels"]} == set(numbers)


def test_a_day_in_the_past(names: tuple[str, str, str]) -> None:
    """The day stands in the heading; one after today is wrong usage; one that nothing is kept of says so."""
    ko, number, _ = names

    assert "na dan 2.\u00a03.\u00a02026" in run(ko, number, "--as-of", "2026-03-02").stdout
    assert run(ko, number, "--as-of", "2999-01-01").exit_code == 2
    with pytest.raises(NotFoundError, match="2020-01-01 or before is kept"):
        run(ko, number, "--as-of", "2020-01-01")


@pytest.mark.parametrize("words", [("9001", "99999999"), ("jelsnica",), ("1",)])
def test_what_is_not_clear_is_refused_in_words(town: Database, words: tuple[str, ...]) -> None:
    """No parcel, or more than one answer holds: the sentence says how to write it."""
    with pytest.raises(NotFoundError, match="prostor parcel 964 123/4"):
        run(*words)


def test_no_web_server_is_loaded() -> None:
    """A clerk's command starts without Flask and granian."""
    loaded = "import sys, prostor.commands.parcel; print(*{'flask', 'granian', 'fiona'} & set(sys.modules))"

    told = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == ""
