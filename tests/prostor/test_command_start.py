"""What a command loads before it does anything: its own module, and not those of the others."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Runs `prostor` with the words given, and says which of some large libraries it loaded.
PROGRAM = """
import sys
from prostor.commands import main
try:
    main()
except SystemExit as ended:
    print(ended.code, *sorted({"flask", "folium", "granian", "fiona"} & set(sys.modules)), file=sys.stderr)
"""


def start(*words: str) -> tuple[str, list[str]]:
    """What the command printed, and its exit status followed by what it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout, done.stderr.splitlines()[-1].split()


def test_a_layer_command_loads_no_web_server() -> None:
    """Neither Flask, granian nor folium: they took a second of every import."""
    printed, loaded = start("layer", "import", "--help")

    assert "Import layers and publish them" in printed
    assert loaded[0] == "0"
    assert not {"flask", "folium", "granian"} & set(loaded)


def test_the_help_names_every_command() -> None:
    """In the order in which a newcomer meets them, each with its sentence."""
    printed, loaded = start("--help")

    assert loaded[0] == "0"
    assert re.findall(r"^│ (\w+)", printed, re.M) == [
        "up",
        "serve",
        "doctor",
        "database",
        "layer",
        "parcel",
        "map",
    ]
    assert "Spatial data viewer" in printed


@pytest.mark.parametrize("words", [("nonsense",), ("layer", "nonsense"), ("map",), ()])
def test_a_command_that_is_none_is_wrong_usage(words: tuple[str, ...]) -> None:
    """Exit status 2, as for any wrong word."""
    _, loaded = start(*words)

    assert loaded[0] == "2"
