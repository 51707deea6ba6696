"""Who is written into the history: known from the kernel, whatever the environment says."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from prostor.commands.signature import find_signature

ROOT = Path(__file__).parents[2]
ME = pwd.getpwuid(os.getuid()).pw_name


def test_the_environment_is_not_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """LOGNAME and its like name nobody."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER", "SUDO_UID"):
        monkeypatch.setenv(name, "zupan")

    assert find_signature(tmp_path / "nothing") == ME


@pytest.mark.parametrize("login", ["4294967295", "", "kmalu", str(os.getuid())])
def test_without_another_login_the_user_stands_alone(tmp_path: Path, login: str) -> None:
    """In a container or a service nobody logged in."""
    (tmp_path / "loginuid").write_text(login)

    assert find_signature(tmp_path / "loginuid") == ME


def test_who_became_another_user_stands_beside(tmp_path: Path) -> None:
    """After sudo the login says who it was; an account that is gone keeps its number."""
    (tmp_path / "loginuid").write_text("4123456")

    assert find_signature(tmp_path / "loginuid") == f"{ME} (uid 4123456)"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become a user that has no name")
def test_a_user_without_a_name_has_a_number() -> None:
    """As in a container that runs under any number."""
    program = (
        "import os; os.setuid(4123456)\n"
        "from prostor.commands.signature import find_signature; print(find_signature())"
    )

    done = subprocess.run(
        [sys.executable, "-c", f"import prostor.commands.signature\n{program}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("uid 4123456")
