"""Landlock: this process may open what is listed, and nothing else, whatever a library is talked into.

Works without privileges from Linux 5.13 on; the kernel's number for what it can refuse is its ABI. See
https://docs.kernel.org/userspace-api/landlock.html. Where the kernel has none, `confine` answers 0.
"""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# The same three numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE = (1 << bit for bit in (0, 1, 2, 3, 5))
_MAKE_REGULAR, _TRUNCATE = 1 << 8, 1 << 14
_READ = _READ_FILE | _READ_DIR
_WRITE = _READ | _WRITE_FILE | _REMOVE_FILE | _MAKE_REGULAR | _TRUNCATE
# Rights that mean something for a file; the others are a folder's.
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
# By ABI: file rights the kernel knows. From 4 on it refuses TCP, from 6 on signals and abstract sockets.
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NEWEST = max(_RIGHTS)
_TCP_FROM, _TCP = 4, 0b11
_SCOPES_FROM, _SCOPES = 6, 0b11
_SIZES = ((_SCOPES_FROM, 24), (_TCP_FROM, 16), (0, 8))


class _Ruleset(ctypes.Structure):
    """`struct landlock_ruleset_attr`: everything named here is refused unless a rule allows it."""

    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    """`struct landlock_path_beneath_attr`: rights on a file or a folder with everything in it."""

    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def find_abi() -> int:
    """What the kernel can refuse, as its ABI number; 0 where it has no Landlock or it is switched off."""
    abi = _syscall()(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    return max(int(abi), 0)


def confine(readable: Iterable[Path], writable: Iterable[Path]) -> int:
    """From now on open only what lies in these places, for good; needs `no_new_privs`. The kernel's ABI, or 0.

    Places that do not exist are left out. Raises OSError when the kernel has Landlock and refuses the rules.
    """
    abi = find_abi()
    if abi == 0:
        return 0
    rights = _RIGHTS[min(abi, _NEWEST)]
    ruleset = _create(abi, rights)
    try:
        for path in readable:
            _allow(ruleset, path, _READ & rights)
        for path in writable:
            _allow(ruleset, path, _WRITE & rights)
        _checked(_syscall()(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)))
    finally:
        os.close(ruleset)
    return abi


def _create(abi: int, rights: int) -> int:
    wanted = _Ruleset(rights, _TCP if abi >= _TCP_FROM else 0, _SCOPES if abi >= _SCOPES_FROM else 0)
    size = next(size for needed, size in _SIZES if abi >= needed)
    return _checked(
        _syscall()(_CREATE_RULESET, ctypes.byref(wanted), ctypes.c_size_t(size), ctypes.c_uint32(0))
    )


def _allow(ruleset: int, path: Path, rights: int) -> None:
    if not path.exists():
        return
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        beneath = _Beneath(rights if path.is_dir() else rights & _OF_FILES, place)
        _checked(_syscall()(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(beneath), ctypes.c_uint32(0)))
    finally:
        os.close(place)


def _syscall() -> ctypes._NamedFuncPointer:
    found = ctypes.CDLL(None, use_errno=True).syscall
    found.restype = ctypes.c_long
    return found


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
