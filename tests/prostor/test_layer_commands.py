"""`prostor layer …` as a clerk uses it: look at a file, draft, import, publish, and see what happened."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from gis.errors import ProstorError
from prostor.commands.layer import app

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

pytestmark = pytest.mark.database


@pytest.fixture
def folder(clerk_portal: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A portal's folder, with the settings pointing at it and at a new database."""
    monkeypatch.chdir(clerk_portal)
    return clerk_portal


def run(*words: str | Path) -> Result:
    """What a command answers; a refusal is raised as the command line would show it."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(result.exception, ProstorError):
        raise result.exception
    return result


def write_trees(folder: Path, rows: int, name: str = "drevesa.csv") -> Path:
    """A table of trees in cp1250, with a column nobody may publish."""
    lines = ["ID;VRSTA;LASTNIK;E;N"]
    lines += [f"{number};Češnja {number};Ana;{501000 + number},5;135000" for number in range(rows)]
    (folder / name).write_bytes("\r\n".join(lines).encode("cp1250"))
    return folder / name


def test_from_a_file_to_a_published_layer(folder: Path) -> None:
    """inspect drafts the manifest, import publishes it, list, show and history tell so."""
    source = write_trees(folder, 40)
    draft = folder / "layers" / "drevesa.toml"

    looked = run("inspect", source, "--write-manifest", draft)
    imported = run("import", "drevesa")

    assert looked.exit_code == 0
    assert "cp1250" in looked.output
    assert 'file = "../drevesa.csv"' in draft.read_text()
    assert re.search(r"^LASTNIK\t.*never publish", looked.output, flags=re.MULTILINE)
    assert imported.exit_code == 0
    assert "drevesa: version 1 is published (40 rows)." in imported.output
    assert "seem to name persons: LASTNIK." in imported.output
    assert "drevesa\t1\t40\t" in run("list").output
    assert "drevesa.csv" in run("show", "drevesa").output
    assert "published\t1\t40\tdrevesa.csv" in run("history", "drevesa").output


def test_json_on_request(folder: Path) -> None:
    """Every answer can be read by a program."""
    source = write_trees(folder, 5)
    run("inspect", source, "--write-manifest", folder / "layers" / "drevesa.toml")

    looked: list[dict[str, Any]] = json.loads(run("inspect", source, "--json").stdout)
    imported: dict[str, Any] = json.loads(run("import", "drevesa", "--source", source, "--json").stdout)
    listed: list[dict[str, Any]] = json.loads(run("list", "--json").stdout)
    shown: list[dict[str, Any]] = json.loads(run("show", "drevesa", "--json").stdout)
    events: list[dict[str, Any]] = json.loads(run("history", "drevesa", "--json").stdout)

    assert looked[0]["row_count"] == 5
    assert imported["imported"][0]["outcome"] == "published"
    assert imported["refused"] == []
    assert listed[0]["id"] == "drevesa"
    assert shown[0]["quality"]["counts"]["written"] == 5
    assert events[0]["action"] == "published"


def test_what_waits_is_said_and_published_on_purpose(folder: Path) -> None:
    """Half the rows gone: the command says how to go on."""
    source = write_trees(folder, 20)
    run("inspect", source, "--write-manifest", folder / "layers" / "drevesa.toml")
    run("import", "drevesa", "--source", source)
    fewer = write_trees(folder, 5, "manj.csv")

    checked = run("import", "drevesa", "--source", fewer, "--dry-run")
    waiting = run("import", "drevesa", "--source", fewer)
    with pytest.raises(ProstorError, match="75 % fewer"):
        run("publish", "drevesa")
    published = run("publish", "drevesa", "--confirm")

    assert "It would wait, because" in checked.output
    assert "prostor layer publish drevesa 2 --confirm" in waiting.output
    assert "Version 2 of drevesa is published." in published.output


def test_one_refusal_does_not_stop_the_others(folder: Path) -> None:
    """The good layer is published, the bad one named, and the exit status is 1."""
    good = write_trees(folder, 5)
    bad = folder / "slabo.csv"
    bad.write_text("ID;E;N\n1;501000;135000\n1;501001;135000\n2;501002\n")
    run("inspect", good, "--write-manifest", folder / "good.toml")
    (folder / "bad.toml").write_text(
        (folder / "good.toml")
        .read_text()
        .replace('"drevesa"', '"slabo"', 1)
        .replace("drevesa.csv", "slabo.csv")
    )

    result = run("import", folder / "bad.toml", folder / "good.toml")

    assert result.exit_code == 1
    assert "slabo (slabo.csv): " in result.output
    assert "drevesa: version 1 is published (5 rows)." in result.output


def test_a_draft_never_overwrites(folder: Path) -> None:
    """A clerk's finished manifest is worth more than a draft."""
    source = write_trees(folder, 5)
    (folder / "mine.toml").write_text("# mine")

    with pytest.raises(ProstorError, match=r"mine\.toml is there already"):
        run("inspect", source, "--write-manifest", folder / "mine.toml")
    assert (folder / "mine.toml").read_text() == "# mine"


def test_a_draft_for_a_folder_that_is_not_there(folder: Path) -> None:
    """The place is named, and what to do."""
    source = write_trees(folder, 5)

    with pytest.raises(ProstorError, match="Name a folder that is there"):
        run("inspect", source, "--write-manifest", folder / "nowhere" / "trees.toml")


def test_a_layer_nobody_knows(folder: Path) -> None:
    """The refusal says where to look."""
    with pytest.raises(ProstorError, match="`prostor layer list` shows"):
        run("show", "travniki")
    with pytest.raises(ProstorError, match=r"no file travniki\.toml"):
        run("import", "travniki")
