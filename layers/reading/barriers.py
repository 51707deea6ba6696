"""What the reading child is shut in with, before any library of a file format is loaded.

It may read the programs and their data, read and write its staging folder, and that is all: no other file, no
socket, no new program, none of root's privileges. docs/decisions/0015-reading-in-a-cell.md says why each.
"""

from __future__ import annotations

import socket
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path

import gis
import layers
from layers.reading.landlock import confine, find_abi
from layers.reading.privileges import can_refuse_calls, give_up_privileges, refuse_calls

_SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/urandom")
# Installed from a wheel, our packages lie beside all others, and that folder is needed.
_PACKAGES = ("site-packages", "dist-packages")
# This machine, and an address that is nobody's (RFC 5737): a datagram socket is told of them, nothing is sent.
_PLACES = (("127.0.0.1", 9), ("192.0.2.1", 9))
_DATA = ("/usr/share/proj", "/usr/share/gdal", "/usr/local/share/proj", "/usr/local/share/gdal")


def shut_in(folder: Path) -> None:
    """Shut this process in with its staging folder. A barrier that the kernel lacks is left out.

    Raises OSError where the kernel has one and does not put it up.
    """
    give_up_privileges()
    confine(readable_places(), (folder, Path("/dev/null")))
    refuse_calls()


def readable_places() -> tuple[Path, ...]:
    """Where programs and what they need lie: Python, packages, our code, the system's libraries, PROJ's data.

    The folder our packages lie in is not among them: in a checkout it also holds the home.
    """
    ours = [Path(package.__file__).parent for package in (gis, layers) if package.__file__]
    above = {path.parent for path in ours}
    python = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    searched = [Path(entry) for entry in (*sys.path, *python) if entry]
    packages = [path for path in searched if path not in above or path.name in _PACKAGES]
    return tuple(dict.fromkeys([*packages, *ours, *map(Path, (*_SYSTEM, *_DATA))]))


def reaches_network() -> bool:
    """Whether this process could send anything, to this machine or another, whatever stands in the way."""
    for place in _PLACES:
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
            tried.connect(place)
            return True
    return False


def missing_barriers() -> tuple[str, ...]:
    """What this machine's kernel cannot do, in words for an operator; empty when everything stands."""
    missing = []
    if find_abi() == 0:
        missing.append("Landlock, which keeps other files closed")
    if not can_refuse_calls():
        missing.append("seccomp for this processor, which refuses sockets and programs")
    return tuple(missing)
