"""Whose name stands in the history for what a command does: the kernel is asked, not the environment."""

from __future__ import annotations

import os
import pwd
from contextlib import suppress
from pathlib import Path

# Who logged in, written once at login; it stays the same through sudo and su. See getlogin(3), proc(5).
_LOGIN = Path("/proc/self/loginuid")
_NOBODY_LOGGED_IN = 2**32 - 1


def find_signature(login: Path = _LOGIN) -> str:
    """The user this process runs as; where somebody else logged in and became that user, both: `root (ana)`.

    LOGNAME, USER and SUDO_USER are not asked: whoever starts a program may write there what they like.
    """
    user = os.getuid()
    logged_in = _read_login(login)
    if logged_in is None or logged_in == user:
        return _name(user)
    return f"{_name(user)} ({_name(logged_in)})"


def _read_login(login: Path) -> int | None:
    with suppress(OSError, ValueError):
        number = int(login.read_bytes())
        return None if number == _NOBODY_LOGGED_IN else number
    return None


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"uid {user}"
