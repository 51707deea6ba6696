"""The shell scripts behind `make`: readable by any POSIX shell, executable where make calls them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "scripts").glob("*.sh"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_plain_shell_reads_it(script: Path) -> None:
    """No construct of a particular shell is used."""
    done = subprocess.run(["sh", "-n", str(script)], capture_output=True, text=True, check=False)

    assert done.stderr == ""


@pytest.mark.parametrize(
    "script", [path for path in SCRIPTS if path.read_text().startswith("#!")], ids=lambda p: p.name
)
def test_it_may_be_executed(script: Path) -> None:
    """A script with a first line saying how to run it can be run."""
    assert os.access(script, os.X_OK)


def test_every_target_is_in_the_help() -> None:
    """`make help` lists each target with its sentence."""
    targets = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY:"))

    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {line.split()[1] for line in said.splitlines()} == set(targets.split()[1:])


def test_ci_runs_the_same_as_make_test() -> None:
    """`.ci/run` adds nothing to `make test` and leaves nothing out."""
    commands = [
        line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")
    ]

    assert commands[-1] == "exec make --no-print-directory test"


@pytest.mark.parametrize("purpose", ["run", "test"])
def test_nothing_is_missing_once_the_tests_run(purpose: str) -> None:
    """What bootstrap looks for is found where it was just installed, whatever its version."""
    asked = f". scripts/common.sh; . scripts/packages.sh; missing_packages {purpose}"

    said = subprocess.run(["sh", "-euc", asked], cwd=ROOT, capture_output=True, text=True, check=True)

    assert said.stdout.strip() == ""
