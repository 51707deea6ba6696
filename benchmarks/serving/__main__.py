"""Measure Prostor beside Martin, tipg, MapServer, pg_tileserv's statement and nginx; write docs/performance.md.

    python -m benchmarks.serving --prepare         make tipg's environment; says how to get the other peers
    python -m benchmarks.serving                   1,000,000 parcels, up to 40 minutes
    python -m benchmarks.serving --small           50,000 parcels, for trying; prints the page, writes no file

A run that was ended goes on where it stopped, when it is still the same commit; otherwise it begins anew.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.serving.content import compare_content
from benchmarks.serving.hotpath import measure_hot_path
from benchmarks.serving.journal import Journal
from benchmarks.serving.machine import describe_database, describe_generator, describe_machine
from benchmarks.serving.peers import tipg
from benchmarks.serving.peers.mapserver import MapServer
from benchmarks.serving.peers.martin import Martin
from benchmarks.serving.peers.nginx import NginxStatic
from benchmarks.serving.peers.pg_tileserv import PgTileservStatement
from benchmarks.serving.peers.prostor import Prostor
from benchmarks.serving.peers.server import MissingError, Server
from benchmarks.serving.plan import PLANS, Plan
from benchmarks.serving.report import build_report
from benchmarks.serving.scenarios import (
    Bench,
    measure_ceiling,
    measure_cold,
    measure_mixed,
    measure_national,
    measure_warm,
)
from benchmarks.serving.stage import Stage, Wish, staged
from benchmarks.serving.sums import add_up, best_peer
from benchmarks.serving.whereabouts import explain_time
from benchmarks.serving.wrk import find_wrk

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "performance.md"
_FINISHED = "finished"
PEERS: tuple[type[Server], ...] = (Prostor, Martin, tipg.Tipg, MapServer)


def main() -> None:
    """Parse what is wanted, and do it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a run for trying")
    parser.add_argument("--fresh", action="store_true", help="make data and figures anew")
    parser.add_argument("--prepare", action="store_true", help="make what peers need, and end")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var" / "bench", help="where data and figures lie"
    )
    parser.add_argument("--tools", type=Path, default=ROOT / "var" / "peers", help="where peers are installed")
    parser.add_argument(
        "--real", type=Path, default=ROOT.parent / "shared" / "data", help="layers nobody made up"
    )
    given = parser.parse_args()
    if given.prepare:
        prepare(given.tools)
        return
    plan = PLANS["small" if given.small else "full"]
    page = measure(plan, given.folder / plan.name, given.tools, given.real, fresh=given.fresh)
    sys.stdout.write("\n" + page)
    if plan.name == "full":
        PAGE.write_text(page, encoding="utf-8")
        say(f"Written: {PAGE.relative_to(ROOT)}")


def prepare(tools: Path) -> None:
    """Install what can be installed beside the project, and say how to get the rest."""
    tools.mkdir(parents=True, exist_ok=True)
    tipg.prepare(tools)
    sys.stdout.write(_PREPARING.format(tools=tools))


def measure(plan: Plan, folder: Path, tools: Path, real: Path | None, *, fresh: bool = False) -> str:
    """The whole run, and its page."""
    begun = time.perf_counter()
    say(f"{plan.name} run: about {plan.expected_minutes} minutes on a quiet machine with two processors")
    machine = describe_machine()
    built = Prostor.find_build()
    with staged(folder, Wish(plan.parcels, plan.lines, real, built), say, fresh=fresh) as stage:
        journal = Journal(folder / "figures.jsonl")
        if _FINISHED in journal.facts:
            journal = journal.begun_anew()
        bench = gather(stage, plan, journal, tools)
        _note_run(bench, machine)
        _measure_all(bench)
        journal.note(_FINISHED, "yes")
    say(f"Took {(time.perf_counter() - begun) / 60:.0f} minutes")
    return build_report(add_up(journal.all()), journal.facts)


def gather(
    stage: Stage, plan: Plan, journal: Journal, tools: Path, kinds: tuple[type[Server], ...] = PEERS
) -> Bench:
    """Every server that can be started here; a line for each one that cannot."""
    versions: dict[str, str] = {}
    servers: list[Server] = []
    for kind in kinds:
        found = [kind(stage, tools, srid) for srid in kind.sources]
        if _is_here(found[0], versions):
            servers += found
    nginx = NginxStatic(stage, tools)
    has_nginx = _is_here(nginx, versions)
    journal.note("versions", versions)
    statements = [PgTileservStatement(stage, srid) for srid in ("3794", "3857")]
    return Bench(stage, plan, journal, servers, statements, nginx if has_nginx else None, say)


def _is_here(server: Server, versions: dict[str, str]) -> bool:
    try:
        versions[server.name] = server.find_version()
    except MissingError as exc:
        versions[server.name] = f"skipped: {exc}"
        say(f"{server.name} is skipped: {exc}")
        return False
    return True


def _note_run(bench: Bench, machine: dict[str, str]) -> None:
    plan, journal = bench.plan, bench.journal
    real = [layer.id for layer in bench.layers if layer.is_real]
    cautions = []
    if plan.name != "full":
        cautions.append("**A run for trying, with few data and few tiles: nothing here is to be quoted.**")
    if journal.is_resumed:
        cautions.append("The run was interrupted and went on later; figures of both parts stand here.")
    run: dict[str, Any] = {
        "arguments": "" if plan.name == "full" else f" --{plan.name}",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "parcels": plan.parcels,
        "lines": plan.lines,
        "real": f", real layers ({', '.join(real)})" if real else "",
        "caution": "\n".join(["", *cautions]) if cautions else "",
    }
    journal.note("run", run)
    journal.note("machine", machine)
    journal.note("database", describe_database(bench.stage))
    journal.note("generator", describe_generator())


def _measure_all(bench: Bench) -> None:
    measure_cold(bench)
    measure_national(bench)
    measure_ceiling(bench)
    compare_content(bench)
    _explain(bench)
    try:
        find_wrk()
    except MissingError as exc:
        say(f"Warm, mixed and hot path are skipped: {exc}")
        return
    measure_warm(bench)
    measure_mixed(bench)
    measure_hot_path(bench)


def _explain(bench: Bench) -> None:
    """Ours, and the peer that was quickest most often."""
    sums = add_up(bench.journal.all())
    best = [best_peer(servers) for place, servers in sums.items() if place.scenario == "cold"]
    labels = {server.label: server for server in bench.servers}
    quickest = max((name for name in best if name in labels), key=best.count, default=None)
    zooms = tuple(zoom for zoom in bench.plan.zooms if zoom % 2 == 0)
    for label in dict.fromkeys(["prostor", quickest]):
        if label in labels:
            explain_time(bench, labels[label], zooms)


def say(line: str) -> None:
    """A line of progress, apart from the page."""
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")
    sys.stderr.flush()


_PREPARING = """\
tipg: made in {tools}/tipg from requirements/tipg.txt
Martin: cargo install martin --version 1.14.0 --locked --no-default-features --features postgres \\
            --root {tools}/martin
MapServer, nginx, wrk: apt-get install cgi-mapserver nginx-light wrk
"""

if __name__ == "__main__":
    main()
