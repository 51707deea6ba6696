"""Figures of several rounds taken together, and the aims held against them. Pure."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.serving.content import Tally
from benchmarks.serving.hotpath import MEMORY, OUR_FILES, STATIC
from benchmarks.serving.peers.server import MERCATOR
from benchmarks.serving.portal import PARCELS
from benchmarks.serving.scenarios import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.serving.journal import Measured

OURS = "prostor"
COLD_AIM = 2.0
WARM_AIM = 1.0
STATIC_AIM = 0.5
# "At par", within what two runs of the same differ by.
FILES_AIM = 0.9
BYTES_AIM = 1.0
# In the name of what is not a server.
STATEMENT = "(its SQL)"


class Place(NamedTuple):
    """A figure without its server and round."""

    scenario: str
    layer: str
    grid: str
    zoom: int
    clients: int


@dataclass(frozen=True)
class Sum:
    """All rounds of one figure: median rate and waits, worst memory, all errors."""

    rate: float
    p50_ms: float
    p99_ms: float
    bytes_per_tile: float
    errors: int
    peak_bytes: int
    usual_error: str = ""


@dataclass(frozen=True)
class Verdict:
    """One aim at one place, and whether it was reached."""

    aim: str
    where: str
    ratio: float
    against: str
    is_met: bool


Sums = dict[Place, dict[str, Sum]]


def add_up(measured: Iterable[Measured]) -> Sums:
    """Figures by place and server."""
    grouped: dict[Place, dict[str, list[Measured]]] = {}
    for each in measured:
        cell = each.cell
        place = Place(cell.scenario, cell.layer, cell.grid, cell.zoom, cell.clients)
        grouped.setdefault(place, {}).setdefault(cell.server, []).append(each)
    return {
        place: {server: _sum(rounds) for server, rounds in servers.items()}
        for place, servers in grouped.items()
    }


def _sum(rounds: list[Measured]) -> Sum:
    outcomes = [each.outcome for each in rounds]
    tiles = sum(each.tiles for each in outcomes)
    return Sum(
        rate=statistics.median(each.rate for each in outcomes),
        p50_ms=statistics.median(each.p50_ms for each in outcomes),
        p99_ms=statistics.median(each.p99_ms for each in outcomes),
        bytes_per_tile=sum(each.bytes for each in outcomes) / tiles if tiles else 0.0,
        errors=sum(each.errors for each in outcomes),
        peak_bytes=max(each.peak_bytes for each in outcomes),
        usual_error=next((each.usual_error for each in outcomes if each.usual_error), ""),
    )


def read_tallies(facts: Mapping[str, Any]) -> dict[str, dict[tuple[str, str, int], Tally]]:
    """Tallies of content by server, then by layer, grid and zoom."""
    return {
        name.removeprefix("content "): {
            (each["layer"], each["grid"], each["zoom"]): Tally(**each["tally"]) for each in tallies
        }
        for name, tallies in facts.items()
        if name.startswith("content ")
    }


def is_peer(server: str) -> bool:
    """True for a tile server beside us: no web server with files, nothing without HTTP or compression."""
    return not (server.startswith((OURS, STATIC)) or STATEMENT in server or server.endswith(PLAIN))


def judge(sums: Sums, facts: Mapping[str, Any]) -> list[Verdict]:
    """Every aim of which there are figures."""
    return [
        *_judge_cold(sums),
        *_judge_warm(sums),
        *_judge_mixed(sums),
        *_judge_hot_path(sums),
        *_judge_bytes(facts),
    ]


def best_peer(servers: Mapping[str, Sum]) -> str | None:
    """The quickest server but ours."""
    return max(filter(is_peer, servers), key=lambda name: servers[name].rate, default=None)


def best_statement(servers: Mapping[str, Sum]) -> str | None:
    """The quickest bare statement, which no server that sends it could pass."""
    bare = (name for name in servers if STATEMENT in name)
    return max(bare, key=lambda name: servers[name].rate, default=None)


def _judge_cold(sums: Sums) -> list[Verdict]:
    return [
        _compare(f"cold ≥ {COLD_AIM:g} × the best peer", place, servers, peer, COLD_AIM)
        for place, servers in sorted(sums.items())
        if place.scenario in ("cold", "national") and OURS in servers and (peer := best_peer(servers))
    ]


def _judge_warm(sums: Sums) -> list[Verdict]:
    return [
        _compare("warm ≥ every peer", place, servers, peer, WARM_AIM)
        for place, servers in sorted(sums.items())
        if place.scenario == "warm" and OURS in servers and (peer := best_peer(servers))
    ]


def _judge_mixed(sums: Sums) -> list[Verdict]:
    return [
        _compare("mixed ≥ every peer", place, servers, peer, WARM_AIM)
        for place, servers in sorted(sums.items())
        if place.scenario == "mixed" and OURS in servers and (peer := best_peer(servers))
    ]


def _compare(aim: str, place: Place, servers: Mapping[str, Sum], peer: str, least: float) -> Verdict:
    ratio = servers[OURS].rate / servers[peer].rate if servers[peer].rate else float("inf")
    zoom = f" z{place.zoom}" if place.zoom else ""
    where = f"{place.layer} {place.grid}{zoom}, {place.clients} clients"
    return Verdict(aim, where, ratio, peer, ratio >= least)


def _judge_hot_path(sums: Sums) -> list[Verdict]:
    servers = next((found for place, found in sums.items() if place.scenario == "hot path"), {})
    if STATIC not in servers:
        return []
    return [
        Verdict(f"{aim} ≥ {least:g} × nginx static", "one processor each", ratio, STATIC, ratio >= least)
        for aim, name, least in (("shim", MEMORY, STATIC_AIM), (OUR_FILES, OUR_FILES, FILES_AIM))
        if name in servers
        for ratio in [servers[name].rate / servers[STATIC].rate]
    ]


def _judge_bytes(facts: Mapping[str, Any]) -> list[Verdict]:
    """Compressed bytes against the smallest peer that sends the same, its buffer included."""
    tallies = read_tallies(facts)
    verdicts = []
    for where, ours in sorted(tallies.get(OURS, {}).items()):
        layer, grid, zoom = where
        equal = {
            name: own[where].gzip_bytes
            for name, own in tallies.items()
            if name != OURS and where in own and own[where].is_whole and not own[where].missing_in_buffer
        }
        if layer != PARCELS.id or grid != MERCATOR or not equal:
            continue
        peer = min(equal, key=lambda name: equal[name])
        ratio = ours.gzip_bytes / equal[peer] if equal[peer] else 1.0
        aim = f"bytes ≤ {BYTES_AIM:g} × the smallest peer of equal content"
        verdicts.append(Verdict(aim, f"{layer} {grid} z{zoom}", ratio, peer, ratio <= BYTES_AIM + 1e-9))
    return verdicts
