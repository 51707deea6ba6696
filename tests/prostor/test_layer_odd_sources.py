"""`prostor layer inspect` and `import` on sources with odd names, in odd places, with odd letters in them."""

from __future__ import annotations

import json
import os
import re
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import fiona
import pytest
import shapely
from shapely.geometry import mapping
from typer.testing import CliRunner

from prostor.commands.layer import app

if TYPE_CHECKING:
    from click.testing import Result

pytestmark = pytest.mark.database

DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON"}


@pytest.fixture
def folder(clerk_portal: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A portal's folder, with the settings pointing at it and at a new database."""
    monkeypatch.chdir(clerk_portal)
    return clerk_portal


def run(*words: str | Path) -> Result:
    """What a command answers; a refusal is raised as the command line would show it."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def write_areas(path: Path, *, column: str = "IME", name: str = "Vrh", **options: str) -> Path:
    """Three squares with an ID and a name."""
    schema = {"geometry": "Polygon", "properties": {"ID": "str:20", column: "str:40"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    crs = "EPSG:4326" if path.suffix == ".geojson" else "EPSG:3794"
    with fiona.open(path, "w", driver=DRIVERS[path.suffix], schema=schema, crs=crs, **options) as file:
        for n in range(3):
            shape = shapely.box(502_000 + 50 * n, 135_000, 502_040 + 50 * n, 135_040)
            if path.suffix == ".geojson":
                shape = shapely.box(15.026 + n / 1000, 46.355, 15.0265 + n / 1000, 46.3555)
            file.write({"geometry": mapping(shape), "properties": {"ID": f"A{n}", column: name}})
    return path


def pack(path: Path) -> Path:
    """A ZIP of the parts of a shapefile."""
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        for part in sorted(path.parent.glob(f"{path.stem}.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    return path.with_suffix(".zip")


@pytest.mark.parametrize("ending", [".gpkg", ".zip"])
def test_any_folder_will_do(folder: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    """Letters that mean something in an address are only letters in the names of folders and files."""
    odd = folder / "občina #1 50% a?b=c&d%20;e"
    monkeypatch.setenv("PROSTOR_HOME", str(odd / "home"))
    written = write_areas(odd / f"območja #2?%.{'shp' if ending == '.zip' else ending[1:]}")
    source = pack(written) if ending == ".zip" else written

    looked = run("inspect", source, "--write-manifest", folder / "layers" / "drevesa.toml")
    imported = run("import", "drevesa")

    assert looked.exit_code == 0
    assert ": version 1 is published (3 rows)." in imported.output


HOSTILE = "Vrh\x1b[2J\x1b]0;x\x07\u202egpj\u2066\nkonec\x9b1m"
RAW = ("\x1b[2J", "\x1b]", "\x07", "\u202e", "\u2066", "\x9b")
NEVER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def hostile(folder: Path) -> Path:
    """A GeoPackage whose name, layer, column and values hold commands for a terminal."""
    name = HOSTILE.replace("/", "")
    return write_areas(folder / f"{name}.gpkg", column=f"IME {HOSTILE}", name=HOSTILE, layer=HOSTILE)


@pytest.mark.parametrize("terminal", [False, True])
def test_nothing_in_a_source_commands_the_terminal(
    folder: Path, hostile: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    """From inspect to history, letters that nobody sees are written out, on a terminal and into a file."""
    if terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "400")
    draft = folder / "layers" / "drevesa.toml"

    inspected = run("inspect", hostile, "--write-manifest", draft).output
    layer_id = tomllib.loads(draft.read_text(encoding="utf-8"))["id"]
    refused = run("import", "drevesa").output
    hostile.unlink()
    write_areas(hostile, column=f"IME {HOSTILE}", layer=HOSTILE)
    outputs = [
        inspected,
        refused,
        run("import", "drevesa").output,
        run("show", layer_id).output,
        run("history", layer_id).output,
        run("import", "drevesa", "--source", folder / f"{HOSTILE}.csv").output,
    ]

    for output in outputs:
        assert not [raw for raw in RAW if raw in output]
        assert r"Vrh\x1b[2J" in output
        assert not re.search(r"^konec", output, re.MULTILINE)
    assert "is published (3 rows)" in outputs[2]


def test_a_draft_of_hostile_names_is_sound(folder: Path, hostile: Path) -> None:
    """It is TOML without a letter that nobody sees, and it says exactly the names of the source."""
    draft = folder / "drevesa.toml"

    run("inspect", hostile, "--write-manifest", draft)
    text = draft.read_text(encoding="utf-8")
    read = tomllib.loads(text)

    assert NEVER.search(text) is None
    assert read["source"]["file"] == f"{HOSTILE}.gpkg"
    assert read["title"]["sl"] == HOSTILE
    assert [f"IME {HOSTILE}"] in [column["source"] for column in read["columns"].values()]


def test_json_says_exactly_what_stands_there(folder: Path, hostile: Path) -> None:
    """Written out as JSON writes it, so that a program reads the very letters and a terminal obeys none."""
    output = run("inspect", hostile, "--json").stdout
    layer = json.loads(output)[0]

    assert NEVER.search(output) is None
    assert layer["name"] == HOSTILE
    assert layer["fields"][1]["name"] == f"IME {HOSTILE}"
    assert layer["fields"][1]["samples"] == [HOSTILE]


def test_a_pipe_and_a_strange_name_end_in_a_sentence(folder: Path) -> None:
    """`import` tells layer and file, and history is readable afterwards."""
    source = write_areas(folder / "areas.gpkg")
    run("inspect", source, "--write-manifest", folder / "layers" / "drevesa.toml")
    os.mkfifo(folder / "pipe.gpkg")
    strange = Path(os.fsdecode(os.fsencode(folder) + b"/obmo\xe8ja.gpkg"))
    source.rename(strange)

    pipe = run("import", "drevesa", "--source", folder / "pipe.gpkg")
    named = run("import", "drevesa", "--source", strange)

    assert "areas (pipe.gpkg): 'pipe.gpkg' is a pipe, not a file. Name the file itself." in pipe.output
    assert r"'obmo\udce8ja.gpkg', is not written in UTF-8. Rename the file." in named.output
    assert (pipe.exit_code, named.exit_code) == (1, 1)
