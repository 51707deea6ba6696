"""What a clerk's terminal and scripts get: exit status, JSON alone on standard output, no inner matters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.database import DatabaseUrls

pytestmark = pytest.mark.database

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data_samples" / "municipality"
Run = subprocess.CompletedProcess[str]


@pytest.fixture
def prostor(tmp_path: Path, database_urls: DatabaseUrls) -> Callable[..., Run]:
    """Runs `prostor` as a program, on the sample's portal and a database nothing was imported into."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PROSTOR_HOME": str(tmp_path / "home"),
        "PROSTOR_PORTAL": str(SAMPLE),
        "PROSTOR_DATABASE_URL": database_urls.reader,
        "PROSTOR_LOADER_URL": database_urls.loader,
        "PROSTOR_OWNER_URL": database_urls.owner,
    }

    def run(*words: str | Path) -> Run:
        command = [sys.executable, "-c", "from prostor.commands import main; main()", *map(str, words)]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture
def cut_zip(tmp_path: Path) -> Path:
    """A ZIP that the mail has cut."""
    whole = (SAMPLE / "sources" / "parcele.zip").read_bytes()
    (tmp_path / "parcele.zip").write_bytes(whole[: len(whole) // 2])
    return tmp_path / "parcele.zip"


def test_a_refusal_in_words(prostor: Callable[..., Run], cut_zip: Path, tmp_path: Path) -> None:
    """Status 1, one sentence with layer and file on standard error, nothing on standard output."""
    done = prostor("layer", "import", "parcels", "--source", cut_zip)

    assert (done.returncode, done.stdout) == (1, "")
    assert "parcels (parcele.zip): parcele.zip is not a whole ZIP" in done.stderr
    assert not any(word in done.stderr for word in ("Traceback", "staging", str(tmp_path / "home"), "SELECT"))


def test_a_refusal_as_json(prostor: Callable[..., Run], cut_zip: Path) -> None:
    """Standard output is one JSON object, with the refusal in it, and the status still says 1."""
    done = prostor("layer", "import", "parcels", "--source", cut_zip, "--json")

    answer = json.loads(done.stdout)

    assert done.returncode == 1
    assert answer["imported"] == []
    assert "is not a whole ZIP" in answer["refused"][0]


def test_json_of_an_import_and_of_the_lists(prostor: Callable[..., Run]) -> None:
    """What went well is JSON too, with nothing before or after it, and the lists know the layer."""
    imported = prostor("layer", "import", "municipality", "--json")
    listed, shown, told = (
        prostor("layer", *words, "--json")
        for words in (["list"], ["show", "municipality"], ["history", "municipality"])
    )

    assert [done.returncode for done in (imported, listed, shown, told)] == [0] * 4
    assert json.loads(imported.stdout)["imported"][0]["outcome"] == "published"
    assert json.loads(listed.stdout)[0]["id"] == "municipality"
    assert json.loads(shown.stdout)[0]["number"] == 1
    assert json.loads(told.stdout)[0]["action"] == "published"


def test_wrong_usage_is_told_apart(prostor: Callable[..., Run]) -> None:
    """Status 2, so that a script knows the command from the data."""
    assert prostor("layer", "import").returncode == 2
    assert prostor("layer", "publish", "parcels", "soon").returncode == 2


def test_a_missing_manifest_is_a_sentence(prostor: Callable[..., Run]) -> None:
    """Status 1 and the file that was looked for."""
    done = prostor("layer", "import", "meadows")

    assert done.returncode == 1
    assert "There is no file meadows.toml" in done.stderr
    assert "Traceback" not in done.stderr
