"""PROSTOR_HOME fails an import: its disk is full, or closed to writing. It is said, and nothing changes."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.prostor.publishing.looking import Onlooker, State
    from tests.prostor.publishing.town import Town
    from tests.prostor.publishing.warm import Running, Warm

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk"),
]
ROWS = 3000


def test_the_home_has_too_little_room(town: Town, program: Warm, onlooker: Onlooker) -> None:
    """Said before anything is copied, with how much is needed."""
    before = onlooker.state("fields")
    town.write_source("fields", before.edition + 1, ROWS)

    with mounted(town.home, f"size={town.source('fields').stat().st_size}"):
        refused = program.run("layer", "import", "fields")

    assert "The disk of PROSTOR_HOME has" in refused.text
    check_refused(refused, town, program, onlooker, before)


def test_the_home_fills_up_while_a_source_is_read(town: Town, program: Warm, onlooker: Onlooker) -> None:
    """Something else took the room meanwhile; the reading child cannot even write its answer."""
    before = onlooker.state("fields")
    town.write_source("fields", before.edition + 1, ROWS)

    with mounted(town.home, f"size={3 * town.source('fields').stat().st_size}"):
        with program.begin("layer", "import", "fields") as refused:
            assert refused.wait_for("fields: reading and checking")
            fill(town.home)
            assert refused.wait()
        left = onlooker.left_folders()

    assert left == []
    assert "There is no room left on the disk of PROSTOR_HOME" in refused.text
    check_refused(refused, town, program, onlooker, before)


def test_nobody_may_write_to_the_home(town: Town, program: Warm, onlooker: Onlooker) -> None:
    """Neither staging nor a log: one sentence, and the log is missed by nobody."""
    before = onlooker.state("fields")
    town.write_source("fields", before.edition + 1, ROWS)

    with mounted(town.home, "size=1m,ro"):
        refused = program.run("layer", "import", "fields")

    assert refused.status == 1
    assert "The folder that PROSTOR_HOME names cannot be written to by this user." in refused.text
    assert "Traceback" not in refused.text
    assert onlooker.state("fields") == before


def check_refused(refused: Running, town: Town, program: Warm, onlooker: Onlooker, before: State) -> None:
    """The old version is served, and with more room the same import succeeds."""
    assert refused.status == 1
    assert str(town.home) not in refused.text
    assert onlooker.state("fields") == before
    assert onlooker.jobs("fields")[-1][0] == "failed"
    assert program.run("layer", "import", "fields").status == 0
    assert onlooker.state("fields") == before.next(ROWS)


def fill(folder: Path) -> None:
    """Take what is left of a disk."""
    with suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small disk of its own in place of a folder."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
