"""Where an embedded cluster lies and who runs it: programs, system user, data root, socket folder.

PostgreSQL refuses to run as root, its user cannot enter a 0700 home, and a socket's path may have 107 bytes;
the answers to these three are here. Nothing is started here: see `gis.cluster`.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gis.errors import ConfigurationError

SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_PATH_BYTES = 107
_PROGRAMS = Path("/usr/lib/postgresql")
_EXTENSIONS = Path("/usr/share/postgresql")
_SYSTEM_DATA = Path("/var/lib/prostor")
_SYSTEM_USER = "postgres"
_INSIDE = "cluster"
_OLDEST_VERSION = 15


@dataclass(frozen=True)
class Programs:
    """The folder with initdb, postgres and pg_ctl of one PostgreSQL major version that has PostGIS."""

    version: int
    folder: Path

    def path(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


@dataclass(frozen=True)
class ClusterUser:
    """The system user the cluster runs as; `switched` when that is not the user we run as."""

    name: str
    uid: int
    gid: int
    switched: bool


@dataclass(frozen=True)
class Places:
    """Everything about one embedded cluster that can be known without starting it."""

    home: Path
    root: Path
    socket_folder: Path
    user: ClusterUser

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """The log PostgreSQL writes."""
        return self.root / "postgresql.log"

    @property
    def logins(self) -> Path:
        """The file with the passwords of the three logins."""
        return self.home / "logins.json"

    @property
    def exists(self) -> bool:
        """True when a whole cluster was made here before."""
        return (self.data / "PG_VERSION").exists()


def find_places(home: Path, *, system_data: Path = _SYSTEM_DATA) -> Places:
    """Settle user, data root and socket folder for `home`, which is made when missing.

    `system_data` is where the data root goes when the cluster's user cannot enter the home.
    Raises ConfigurationError when the home cannot be used, or PostgreSQL's user is missing.
    """
    make_home(home)
    user = find_user(home / _INSIDE / "data")
    root = _find_root(home, user, system_data)
    return Places(home=home, root=root, socket_folder=_find_socket_folder(root, user), user=user)


def find_programs(made_with: int | None = None) -> Programs:
    """The newest installed PostgreSQL that has PostGIS, or exactly the version a cluster was made with.

    Raises ConfigurationError naming the Debian packages to install.
    """
    installed = {
        int(folder.name): folder / "bin"
        for folder in _PROGRAMS.glob("[0-9]*")
        if folder.name.isdigit() and _is_usable(int(folder.name), folder / "bin")
    }
    version = made_with if made_with is not None else max(installed, default=None)
    if version is None:
        raise ConfigurationError(
            "PostgreSQL with PostGIS is not installed; "
            "run `apt-get install postgresql-15 postgresql-15-postgis-3`."
        )
    if version not in installed:
        raise ConfigurationError(
            f"The embedded database was made with PostgreSQL {version}, which is not installed here; "
            f"run `apt-get install postgresql-{version} postgresql-{version}-postgis-3`."
        )
    return Programs(version, installed[version])


def find_user(data: Path) -> ClusterUser:
    """Whom the cluster runs as: us; for root the owner of the data, or Debian's `postgres` at first.

    Raises ConfigurationError when that user is not known on this machine.
    """
    uid = os.geteuid()
    try:
        if uid != 0:
            entry = pwd.getpwuid(uid)
        elif data.exists() and data.stat().st_uid != 0:
            entry = pwd.getpwuid(data.stat().st_uid)
        else:
            entry = pwd.getpwnam(_SYSTEM_USER)
    except KeyError as exc:
        raise ConfigurationError(
            "The user who has to run the database has no name on this machine: be a named user, or as root "
            "run `apt-get install postgresql-common`, which makes the user postgres."
        ) from exc
    return ClusterUser(entry.pw_name, entry.pw_uid, entry.pw_gid, switched=uid == 0)


def make_home(home: Path) -> None:
    """Make the home, or check that it may be written. Raises ConfigurationError with what to do."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ConfigurationError(
            f"The folder {home} cannot be made ({exc.strerror}); set PROSTOR_HOME to a folder you may write."
        ) from exc
    if not os.access(home, os.W_OK | os.X_OK):
        raise ConfigurationError(
            f"The folder {home} may not be written by this user; run as the user who made it, "
            "or set PROSTOR_HOME to a folder of your own."
        )


def make_root(places: Places) -> None:
    """Make the data root, enterable by the cluster's user only. Raises ConfigurationError when another's."""
    if places.root.parent != places.home:
        places.root.parent.mkdir(exist_ok=True)
        places.root.parent.chmod(0o755)
    places.root.mkdir(mode=0o700, exist_ok=True)
    if places.root.lstat().st_uid == os.geteuid():
        os.chown(places.root, places.user.uid, places.user.gid, follow_symlinks=False)
    check_owner(places.root, places.user)


def check_owner(folder: Path, user: ClusterUser) -> None:
    """Refuse a folder that is not the cluster user's own. Raises ConfigurationError."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.uid:
        raise ConfigurationError(
            f"{folder} belongs to another user; run Prostor as the user who made it, "
            "or set PROSTOR_HOME to a folder of your own."
        )


def open_lock(path: Path) -> IO[str]:
    """A lock file in the home, made when missing. Raises ConfigurationError when it is another user's."""
    try:
        return path.open("a+", encoding="utf-8")
    except OSError as exc:
        raise ConfigurationError(
            f"The file {path} cannot be used ({exc.strerror}); run as the user who made it, "
            "or set PROSTOR_HOME to a folder of your own."
        ) from exc


def _is_usable(version: int, folder: Path) -> bool:
    has_postgis = (_EXTENSIONS / str(version) / "extension" / "postgis.control").exists()
    return version >= _OLDEST_VERSION and has_postgis and (folder / "pg_ctl").exists()


def _find_root(home: Path, user: ClusterUser, system_data: Path) -> Path:
    """The cluster lies in the home; outside it only when the switched-to user cannot enter the home."""
    inside = home / _INSIDE
    if not user.switched:
        return inside
    outside = system_data / _short_name(home)
    if (outside / "data").exists():
        return outside
    if _can_enter(user, home):
        return inside
    if (inside / "data").exists():
        raise ConfigurationError(
            f"The user {user.name} may no longer enter {home}, where its database lies; "
            "allow it with `chmod a+x` on that folder and the ones above it."
        )
    return outside


def _find_socket_folder(root: Path, user: ClusterUser) -> Path:
    """Beside the data, or a short private folder in /tmp when that path is too long or has odd characters."""
    beside = root / "socket"
    fits = len(os.fsencode(beside / SOCKET_NAME)) <= _SOCKET_PATH_BYTES
    if fits and re.fullmatch(r"[A-Za-z0-9/_.-]+", str(beside)):
        return beside
    return Path("/tmp") / f"prostor-{user.uid}-{_short_name(root)}"  # noqa: S108 - made 0700 and its owner checked


def _can_enter(user: ClusterUser, folder: Path) -> bool:
    asked = subprocess.run(  # noqa: S603 - a fixed program, and the path is no option
        ["/usr/bin/test", "-x", str(folder)],
        check=False,
        cwd="/",
        user=user.uid,
        group=user.gid,
        extra_groups=[],
    )
    return asked.returncode == 0


def _short_name(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
