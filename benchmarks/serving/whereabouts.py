"""Where the time of a cold tile goes: PostgreSQL's own clock beside ours, for Prostor and for one peer.

PostgreSQL is told to write down every statement of a login with its plan (auto_explain), while single tiles are
asked for one after the other. What PostgreSQL does not account for is the server's processor time, and waiting.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from psycopg import sql

from benchmarks.serving.asking import Connection
from benchmarks.serving.peers.server import MERCATOR, Running
from benchmarks.serving.portal import PARCELS
from benchmarks.serving.processes import cpu_seconds

if TYPE_CHECKING:
    from benchmarks.serving.peers.server import Server
    from benchmarks.serving.scenarios import Bench

_TILES = {12: 4, 13: 8, 14: 16}
_USUAL_TILES = 40
_LOGINS = {"prostor": "prostor_reader"}
_PEERS_LOGIN = "prostor_loader"
_PLAN_LINES = 60


def explain_time(bench: Bench, server: Server, zooms: tuple[int, ...]) -> None:
    """Write, by zoom, milliseconds a tile: all, in statements, of the server's processors; and one plan."""
    name = f"time {server.label}"
    if name in bench.journal.facts:
        return
    login = _LOGINS.get(server.name, _PEERS_LOGIN)
    _set_explaining(bench, login, on=True)
    try:
        # Timing every node costs time itself; the plan is asked for with buffers and row counts only.
        with bench.run(server, Running(workers=1)) as runs:
            if runs:
                bench.journal.note(name, {str(zoom): _measure(bench, server, zoom) for zoom in zooms})
    finally:
        _set_explaining(bench, login, on=False)
    bench.say(f"where time goes: {server.label}")


def _measure(bench: Bench, server: Server, zoom: int) -> dict[str, Any]:
    measured, others = bench.cold_tiles(PARCELS, MERCATOR, zoom, _TILES.get(zoom, _USUAL_TILES))
    paths = [server.path(PARCELS, tile) for tile in measured]
    connection = Connection(server.port)
    for tile in others:
        connection.ask(server.path(PARCELS, tile))
    log = bench.stage.cluster.places.log
    begins, cpu, begun = log.stat().st_size, cpu_seconds(server.roots), time.perf_counter()
    for path in paths:
        connection.ask(path)
    seconds, cpu = time.perf_counter() - begun, cpu_seconds(server.roots) - cpu
    connection.close()
    with log.open(encoding="utf-8", errors="replace") as file:
        file.seek(begins)
        statements, plan = read_explained(file.read())
    return {
        "tiles": len(paths),
        "all_ms": 1000 * seconds / len(paths),
        "sql_ms": statements / len(paths),
        "server_cpu_ms": 1000 * cpu / len(paths),
        "plan": plan,
    }


def read_explained(log: str) -> tuple[float, str]:
    """The milliseconds of all statements that auto_explain wrote down, and the plan of the longest."""
    entries = re.split(r"^(?=\d{4}-\d\d-\d\d )", log, flags=re.MULTILINE)
    total, longest, plan = 0.0, 0.0, ""
    for entry in entries:
        found = re.search(r"LOG:  duration: ([\d.]+) ms  plan:\n", entry)
        if found is None:
            continue
        spent = float(found[1])
        total += spent
        if spent > longest:
            longest, plan = spent, _without_text(entry[found.end() :])
    return total, plan


def _without_text(entry: str) -> str:
    """The plan without the statement before it, whose end is the first line that names a node's cost."""
    lines = entry.splitlines()
    begins = next((number for number, line in enumerate(lines) if "(cost=" in line), 0)
    return "\n".join(line.removeprefix("\t")[:160] for line in lines[begins : begins + _PLAN_LINES])


def _set_explaining(bench: Bench, login: str, *, on: bool) -> None:
    values = {
        "session_preload_libraries": "auto_explain",
        "auto_explain.log_min_duration": "0",
        "auto_explain.log_analyze": "on",
        "auto_explain.log_timing": "off",
        "auto_explain.log_buffers": "on",
    }
    with bench.stage.cluster.superuser("prostor") as admin:
        for name, value in values.items():
            setting = sql.SQL(".").join([sql.Identifier(part) for part in name.split(".")])
            change = sql.SQL("SET {} = {}").format(setting, sql.Literal(value))
            command = change if on else sql.SQL("RESET {}").format(setting)
            admin.execute(sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(login), command))
