"""The files Prostor writes for its embedded cluster: three configuration files and the passwords.

The configuration is written anew at every start; own changes belong in `ALTER SYSTEM`, which wins over it.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from gis.cluster_processes import write_file
from gis.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from gis.cluster_places import ClusterUser, Places

SUPERUSER = "postgres"

# Modest memory, for a municipality's server beside other programs; pages are expected on an SSD.
_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "default_toast_compression": "lz4",
    "wal_compression": "lz4",
    "max_wal_size": "2GB",
    "log_line_prefix": "%m [%p] %u@%d ",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "lc_monetary": "C.UTF-8",
    "lc_numeric": "C.UTF-8",
    "lc_time": "C.UTF-8",
    "dynamic_shared_memory_type": "posix",
}
# For tests only: faster, and worthless after a crash of the machine.
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Logins:
    """The passwords of the three logins; `repr` hides them."""

    prostor_reader: str
    prostor_loader: str
    prostor_owner: str

    def __repr__(self) -> str:
        return "Logins(…)"


def write_configuration(places: Places, *, durable: bool) -> None:
    """Write postgresql.conf, pg_hba.conf and pg_ident.conf into the data folder, as the cluster's user."""
    settings = {**_SETTINGS, "unix_socket_directories": str(places.socket_folder)}
    if not durable:
        settings |= _FORGETFUL
    lines = ["# Written by Prostor at every start; make own changes with ALTER SYSTEM."]
    lines += [f"{name} = '{value}'" for name, value in settings.items()]
    write_file(places, "data/postgresql.conf", "\n".join(lines) + "\n")
    write_file(places, "data/pg_hba.conf", _ACCESS)
    write_file(places, "data/pg_ident.conf", _identities(places.user))


def read_logins(path: Path) -> Logins:
    """The passwords, generated at first. Raises ConfigurationError when the file is damaged or not ours."""
    try:
        if not path.exists():
            _write_logins(path, Logins(*(secrets.token_urlsafe(24) for _ in fields(Logins))))
        return Logins(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as exc:
        raise ConfigurationError(
            f"{path} is damaged; remove it, and new passwords are made at the next start."
        ) from exc
    except PermissionError as exc:
        raise ConfigurationError(
            f"{path} may not be read by this user; run Prostor as the user who made it."
        ) from exc


_ACCESS = """\
# Written by Prostor at every start. No line for TCP: the cluster is reached by its socket only.
local all postgres peer map=prostor
local all prostor_reader,prostor_loader,prostor_owner scram-sha-256
"""


def _identities(user: ClusterUser) -> str:
    """The system users that may be superuser: the cluster's own, and the one Prostor runs as."""
    names = sorted({user.name, pwd.getpwuid(os.geteuid()).pw_name})
    return "".join(f'prostor "{name}" {SUPERUSER}\n' for name in names)


def _write_logins(path: Path, logins: Logins) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(logins), file)
    draft.rename(path)
