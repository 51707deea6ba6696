"""The machine and the versions a table is of."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.serving.peers.server import MissingError
from benchmarks.serving.wrk import wrk_version

if TYPE_CHECKING:
    from benchmarks.serving.stage import Stage


def describe_machine() -> dict[str, str]:
    """Processors, memory, system; nothing that names a place or a person."""
    words = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = {line.partition(":")[2].strip() for line in words if line.startswith("model name")}
    memory = Path("/proc/meminfo").read_text(encoding="ascii").split()[1]
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return {
        "processors": f"{os.cpu_count()} × {', '.join(sorted(models)) or platform.machine()}",
        "memory": f"{int(memory) / 1e6:.0f} GB",
        "system": f"{system}, Linux {platform.release().split('-')[0]}",
        "load before the run": f"{os.getloadavg()[0]:.1f}",
    }


def describe_database(stage: Stage) -> str:
    """PostgreSQL and its libraries."""
    with stage.cluster.superuser("prostor") as admin:
        row = admin.execute("SELECT current_setting('server_version'), postgis_full_version()").fetchone()
    server, libraries = map(str, row or ("", ""))
    parts = [part for part in ("POSTGIS", "GEOS", "PROJ") if part in libraries]
    words = [f"{part} {libraries.split(part + '=')[1].split(chr(34))[1].split()[0]}" for part in parts]
    return ", ".join([f"PostgreSQL {server.split()[0]}", *words])


def describe_generator() -> str:
    """The load generators."""
    try:
        return f"wrk {wrk_version()} for warm and mixed, Python {platform.python_version()} threads for cold"
    except MissingError as exc:
        return f"Python {platform.python_version()} threads for cold; {exc}"
