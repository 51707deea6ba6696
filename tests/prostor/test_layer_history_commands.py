"""`prostor layer diff`, `rollback` and `history` as a clerk uses them."""

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

MANIFEST = """
id = "drevesa"
title = { sl = "Drevesa" }
description = { sl = "Drevesa." }
key = ["id"]
[source]
file = "../drevesa.csv"
format = "csv"
x = "E"
y = "N"
crs = 3794
state_date = 2026-03-01
provider = { sl = "Občina" }
licence = "CC-BY-4.0"
attribution = { sl = "Vir: Občina" }
[geometry]
kind = "point"
[columns]
id = { source = ["ID"], title = { sl = "Oznaka" } }
species = { source = ["VRSTA"], title = { sl = "Vrsta" }, values = { C = { sl = "češnja", en = "cherry" } } }
[style.default]
fill = "#00aa00"
"""


@pytest.fixture
def folder(clerk_portal: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A portal's folder with one layer, and the settings pointing at it and at a new database."""
    (clerk_portal / "layers" / "drevesa.toml").write_text(MANIFEST)
    monkeypatch.chdir(clerk_portal)
    return clerk_portal


def run(*words: str | Path) -> Result:
    """What a command answers; a refusal is raised as the command line would show it."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def plant(folder: Path, trees: dict[int, tuple[str, float]]) -> Result:
    """Import trees: number → species and easting."""
    lines = ["ID;VRSTA;E;N", *(f"{number};{kind};{east};135000" for number, (kind, east) in trees.items())]
    (folder / "drevesa.csv").write_text("\n".join(lines))
    return run("import", "drevesa")


FIRST = {number: ("C", 501_000.0 + number) for number in range(10)}
SECOND = {**FIRST, 3: ("H", 501_003.0), 4: ("C", 501_010.0), 20: ("H", 501_020.0)}
del SECOND[9]


def test_what_changed_is_said_by_every_command(folder: Path) -> None:
    """import, show, history and diff, the last with plain words, and everything as GeoJSON in a new file."""
    plant(folder, FIRST)
    imported = plant(folder, SECOND)

    diff = run("diff", "drevesa", "--geojson", folder / "razlike.geojson").output

    assert "Features: 1 added, 1 removed, 2 changed." in imported.output
    assert "1 added, 1 removed, 2 changed" in run("show", "drevesa").output
    assert "1 added, 1 removed, 2 changed" in run("history", "drevesa").output
    assert "drevesa: version 1 (kept, 10 rows) → version 2 (published, 10 rows)" in diff
    assert "\nunchanged           7\n" in diff
    assert "\tspecies: cherry → H" in diff
    assert "4\t4\tchanged\tgeometry (label moved 6.00 m)" in diff
    written = json.loads((folder / "razlike.geojson").read_text())
    assert [feature["id"] for feature in written["features"]] == ["20", "3", "4", "9"]
    with pytest.raises(ProstorError, match=r"razlike\.geojson is there already"):
        run("diff", "drevesa", "--geojson", folder / "razlike.geojson")


def test_diff_for_programs_and_in_parts(folder: Path) -> None:
    """JSON, one kind, a limit that says what is left, versions by number, and refusals."""
    plant(folder, FIRST)
    plant(folder, SECOND)

    told: dict[str, Any] = json.loads(run("diff", "drevesa", "1", "2", "--kind", "attributes", "--json").stdout)
    few = run("diff", "drevesa", "--limit", "1").output
    back = run("diff", "drevesa", "2", "1", "--kind", "added").output

    assert told["counts"] == {"added": 1, "removed": 1, "geometry": 1, "attributes": 1, "unchanged": 7}
    (change,) = told["changes"]
    assert (change["key"], change["differences"][0]["before_words"]) == ("3", {"sl": "češnja", "en": "cherry"})
    assert "3 more features differ; --limit shows more" in few
    assert "\n9\t9\tadded" in back
    for words, sentence in (
        (("7",), "no data of version 7 of 'drevesa'. There are: 2, 1"),
        (("--kind", "moved"), "choose one of added, removed, geometry, attributes"),
    ):
        with pytest.raises(ProstorError, match=sentence):
            run("diff", "drevesa", *words)
    with pytest.raises(ProstorError, match="no version of 'travniki'"):
        run("diff", "travniki")


def test_a_waiting_version_is_looked_at_first(folder: Path) -> None:
    """diff without numbers is published against waiting, with the reason it waits."""
    plant(folder, FIRST)
    with pytest.raises(ProstorError, match="Version 1 of drevesa is the first one that is kept"):
        run("diff", "drevesa")
    waiting = plant(folder, {1: FIRST[1]})

    diff = run("diff", "drevesa").output

    assert "prostor layer diff drevesa" in waiting.output
    assert "version 1 (published, 10 rows) → version 2 (waits, 1 row)" in diff
    assert "· Version 2 waits, because it has 1 row and the published version 10 (90 % fewer)" in diff


def test_rollback_and_what_history_keeps(folder: Path) -> None:
    """Back, and forward again by publish; who, when, which version, source, sha256 and why."""
    plant(folder, FIRST)
    plant(folder, SECOND)

    said = run("rollback", "drevesa").output
    with pytest.raises(ProstorError, match="No version of 'drevesa' was published before version 1"):
        run("rollback", "drevesa")
    run("publish", "drevesa", "2")

    assert "Version 1 of drevesa is published again." in said
    events: list[dict[str, Any]] = json.loads(run("history", "drevesa", "--json").stdout)
    assert [(event["action"], event["number"]) for event in events] == [
        ("published", 2),
        ("rolled back", 1),
        ("published", 2),
        ("published", 1),
    ]
    assert events[1]["message"] == "instead of version 2"
    assert len(events[0]["source_sha256"]) == 64
    table = run("history", "drevesa").output
    assert f"\t{events[0]['source_sha256'][:12]}\t" in table


def test_what_was_overtaken_does_not_wait_again_after_a_rollback(folder: Path) -> None:
    """Neither show nor diff offers it; show says who went back, when, and instead of which version."""
    plant(folder, FIRST)
    plant(folder, {1: FIRST[1]})
    plant(folder, SECOND)
    run("rollback", "drevesa", "1")

    shown, diff = run("show", "drevesa").output, run("diff", "drevesa", "1", "3").output

    assert "Version 2 waits" not in shown
    assert "\n2\tovertaken\t" in shown
    assert re.search(
        r"published +\d\d\.\d\d\.20\d\d \d\d:\d\d by \S+, rolled back to instead of version 3", shown
    )
    assert "version 1 (published, 10 rows) → version 3 (kept, 10 rows)" in diff
    with pytest.raises(ProstorError, match="Version 1 of drevesa is the first one that is kept"):
        run("diff", "drevesa")
    again = plant(folder, SECOND).output
    assert "it is the same as version 3, which was rolled back on 20" in again
    assert "\n4\twaits\t" in run("show", "drevesa").output
    assert "→ version 4 (waits, 10 rows)" in run("diff", "drevesa").output
