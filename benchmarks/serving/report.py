"""The tables, as Markdown: printed, and written to docs/performance.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.serving.peers.server import MERCATOR, NATIONAL
from benchmarks.serving.portal import PARCELS
from benchmarks.serving.sums import OURS, best_peer, best_statement, judge, read_tallies
from benchmarks.serving.wording import AIMS, CONTENT, HEAD, READING, REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.serving.content import Tally
    from benchmarks.serving.sums import Place, Sum, Sums, Verdict

_MEGA = 1e6


def build_report(sums: Sums, facts: Mapping[str, Any]) -> str:
    """The whole page."""
    verdicts = judge(sums, facts)
    parts = [
        HEAD.format(**facts["run"]),
        _machine(facts),
        READING,
        "## Aims\n",
        AIMS,
        _verdict_table(verdicts),
        *_cold_tables(sums),
        *_other_tables(sums),
        _ceiling_table(sums),
        _warm_tables(sums),
        _mixed_table(sums),
        _hot_path_table(sums, facts),
        _bytes_table(facts),
        _content_table(facts),
        _memory_table(sums),
        _time_tables(facts),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _machine(facts: Mapping[str, Any]) -> str:
    rows = [*facts["machine"].items(), ("database", facts["database"]), ("load generators", facts["generator"])]
    rows += sorted(facts["versions"].items())
    rows += [
        (name.removeprefix("failed "), f"did not start: {said}")
        for name, said in facts.items()
        if name.startswith("failed ")
    ]
    return _table(("what", "which"), rows)


def _verdict_table(verdicts: Sequence[Verdict]) -> str:
    aims = list(dict.fromkeys(each.aim for each in verdicts))
    rows = []
    for aim in aims:
        of_aim = [each for each in verdicts if each.aim == aim]
        met = sum(each.is_met for each in of_aim)
        ratios = sorted(each.ratio for each in of_aim)
        middle = ratios[len(ratios) // 2]
        rows.append((aim, f"{met} of {len(of_aim)}", f"{ratios[0]:.2f}", f"{middle:.2f}", f"{ratios[-1]:.2f}"))
    table = _table(("aim", "reached", "least ratio", "middle", "greatest"), rows)
    missed = [(each.aim, each.where, f"{each.ratio:.2f}", each.against) for each in verdicts if not each.is_met]
    if not missed:
        return table + "\n\nEvery aim was reached everywhere."
    return f"{table}\n\nMissed:\n\n" + _table(("aim", "where", "ratio", "against"), missed)


def _cold_tables(sums: Sums) -> list[str]:
    places = [place for place in sums if place.scenario == "cold" and place.layer == PARCELS.id]
    parts = ["## Cold: parcels, WebMercatorQuad"]
    parts += [
        f"{_clients(clients)}:\n\n" + _by_zoom(sums, [place for place in places if place.clients == clients])
        for clients in sorted({place.clients for place in places})
    ]
    return parts


def _other_tables(sums: Sums) -> list[str]:
    parts = []
    layers = sorted({p.layer for p in sums if p.scenario == "cold" and p.layer != PARCELS.id})
    for layer in layers:
        places = [place for place in sums if place.scenario == "cold" and place.layer == layer]
        parts.append(
            f"## Cold: {layer}, WebMercatorQuad, {places[0].clients} clients\n\n" + _by_zoom(sums, places)
        )
    places = [place for place in sums if place.scenario == "national"]
    if places:
        cannot = (
            "Martin cannot: it has WebMercatorQuad only. pg_tileserv cannot beside it: one CRS per service."
        )
        head = f"## Cold: parcels, {NATIONAL} (EPSG:3794), {places[0].clients} clients\n\n"
        parts.append(head + _by_zoom(sums, places) + f"\n\n{cannot}")
    return parts


def _by_zoom(sums: Sums, places: Sequence[Place]) -> str:
    """Rows are servers, columns zooms; the last rows are ours against the best peer and the bare statement."""
    places = sorted(places, key=lambda place: place.zoom)
    servers = _in_order({name for place in places for name in sums[place]})
    rows = [[name, *(_cell(sums[place].get(name)) for place in places)] for name in servers]
    ratios = [
        [f"**× {title}**", *(_ratio(sums[place], choose(sums[place])) for place in places)]
        for title, choose in (("best peer", best_peer), ("bare statement", best_statement))
    ]
    ratios = [row for row in ratios if any(row[1:])]
    return _table(["tiles/s · p50/p99 ms", *(f"z{place.zoom}" for place in places)], [*rows, *ratios])


def _ratio(servers: Mapping[str, Sum], other: str | None) -> str:
    ours = servers.get(OURS)
    if ours is None or other is None or not servers[other].rate:
        return ""
    return f"**{ours.rate / servers[other].rate:.2f}**"


def _in_order(servers: Iterable[str]) -> list[str]:
    return sorted(servers, key=lambda name: (not name.startswith(OURS), name))


def _cell(found: Sum | None) -> str:
    if found is None:
        return ""
    errors = f" · **{found.errors} errors**" if found.errors else ""
    errors += f" ({found.usual_error})" if found.usual_error else ""
    return f"{_round(found.rate)} · {_round(found.p50_ms)}/{_round(found.p99_ms)}{errors}"


def _round(number: float) -> str:
    return (
        f"{number:,.0f}" if number >= 100 or not number else f"{number:.1f}" if number >= 1 else f"{number:.2f}"
    )


def _clients(number: int) -> str:
    return f"{number} client{'s' if number > 1 else ''}"


def _ceiling_table(sums: Sums) -> str:
    places = [place for place in sums if place.scenario == "ceiling"]
    if not places:
        return ""
    clients = sorted({place.clients for place in places})
    rows = []
    for zoom in sorted({place.zoom for place in places}):
        found = {place.clients: sums[place] for place in places if place.zoom == zoom}
        rows.append([f"z{zoom}", *(_cell(found[each].get("nginx static")) for each in clients)])
    head = ["tiles/s · p50/p99 ms", *map(_clients, clients)]
    note = "The same lists of tiles, as files from nginx: a server's rate far below these is its own."
    return f"## The limit of the cold generator\n\n{_table(head, rows)}\n\n{note}"


def _warm_tables(sums: Sums) -> str:
    places = [place for place in sums if place.scenario == "warm"]
    if not places:
        return "## Warm\n\nNot measured: wrk was not here."
    tables = [
        f"{_clients(clients)}:\n\n" + _by_zoom(sums, [place for place in places if place.clients == clients])
        for clients in sorted({place.clients for place in places})
    ]
    note = "Martin compresses every answer anew; the row without compression shows its cache. "
    note += "A rate of 0 means that no answer was finished even in six times the usual seconds."
    return "## Warm: parcels, the same tiles again, caches on\n\n" + "\n\n".join([*tables, note])


def _mixed_table(sums: Sums) -> str:
    places = sorted((place for place in sums if place.scenario == "mixed"), key=lambda place: place.clients)
    if not places:
        return ""
    servers = _in_order({name for place in places for name in sums[place]})
    rows = [[name, *(_cell(sums[place].get(name)) for place in places)] for name in servers]
    head = ["tiles/s · p50/p99 ms", *(f"{place.clients} clients" for place in places)]
    return "## Mixed: all zooms, Zipf, caches empty at first\n\n" + _table(head, rows)


def _hot_path_table(sums: Sums, facts: Mapping[str, Any]) -> str:
    rows = [
        (name, f"{found.rate:,.0f}", _round(found.p50_ms), _round(found.p99_ms), str(found.errors))
        for place, servers in sums.items()
        if place.scenario == "hot path"
        for name, found in sorted(servers.items(), key=lambda pair: -pair[1].rate)
    ]
    notes = [f"{name}: {facts[name]}." for name in ("hot path", "prostor, from the disk") if name in facts]
    table = _table(("what answers", "tiles/s", "p50 ms", "p99 ms", "errors"), rows) if rows else ""
    head = "## Hot path: one worker on one processor, wrk with 32 connections on the other"
    return "\n\n".join(part for part in (head, table, " ".join(notes)) if part)


def _bytes_table(facts: Mapping[str, Any]) -> str:
    tallies = read_tallies(facts)
    places = sorted({key for own in tallies.values() for key in own if key[:2] == (PARCELS.id, MERCATOR)})
    if not places:
        return ""
    rows = []
    for name in _in_order(tallies):
        cells = [_bytes(tallies[name].get(place)) for place in places]
        rows.append([name, *cells])
    head = ["kB a tile, gzip (plain)", *(f"z{zoom}" for _, _, zoom in places)]
    note = "An asterisk marks tiles from which something visible, or something in the buffer, is missing."
    return f"## Bytes: parcels, WebMercatorQuad\n\n{_table(head, rows)}\n\n{note}"


def _bytes(tally: Tally | None) -> str:
    if tally is None or not tally.tiles:
        return ""
    short = "" if tally.is_whole and not tally.missing_in_buffer else " *"
    return f"{tally.gzip_bytes / tally.tiles / 1000:.1f} ({tally.plain_bytes / tally.tiles / 1000:.1f}){short}"


def _content_table(facts: Mapping[str, Any]) -> str:
    rows = []
    for name, own in sorted(
        read_tallies(facts).items(), key=lambda pair: (not pair[0].startswith(OURS), pair[0])
    ):
        for layer, grid in sorted({key[:2] for key in own}):
            tallies = [tally for key, tally in own.items() if key[:2] == (layer, grid)]
            sums = [sum(getattr(each, field) for each in tallies) for field in _FIELDS]
            rows.append([name, layer, grid, *(f"{number:,}" if number else "·" for number in sums)])
    reasons = "\n".join(f"* {name}: {reason}" for name, reason in REASONS.items())
    head = ["server", "layer", "grid", *(field.replace("_", " ") for field in _FIELDS)]
    return f"## Content\n\n{CONTENT}\n\n{_table(head, rows)}\n\n{reasons}" if rows else ""


_FIELDS = (
    "tiles", "expected", "missing_large", "missing_small", "missing_in_buffer", "extra", "wrong", "repeated",
    "invalid", "errors",
)  # fmt: skip


def _memory_table(sums: Sums) -> str:
    peaks: dict[str, dict[str, int]] = {}
    for place, servers in sums.items():
        for name, found in servers.items():
            known = peaks.setdefault(name, {})
            known[place.scenario] = max(known.get(place.scenario, 0), found.peak_bytes)
    scenarios = ("cold", "warm", "mixed")
    rows = [
        [name, *(f"{peaks[name][each] / _MEGA:.0f}" if peaks[name].get(each) else "" for each in scenarios)]
        for name in _in_order(peaks)
        if any(peaks[name].get(each) for each in scenarios)
    ]
    note = "PSS of all processes of a server; those of PostgreSQL are left out."
    return f"## Peak memory, MB\n\n{_table(['server', *scenarios], rows)}\n\n{note}" if rows else ""


def _time_tables(facts: Mapping[str, Any]) -> str:
    rows, plans = [], []
    for name, zooms in facts.items():
        if not name.startswith("time "):
            continue
        for zoom, spent in zooms.items():
            rest = max(0.0, spent["all_ms"] - spent["sql_ms"] - spent["server_cpu_ms"])
            figures = (spent["all_ms"], spent["sql_ms"], spent["server_cpu_ms"], rest)
            share = spent["sql_ms"] / spent["all_ms"] if spent["all_ms"] else 0
            rows.append([name.removeprefix("time "), f"z{zoom}", *map(_round, figures), f"{share:.0%}"])
            if name == f"time {OURS}" and zoom == _typical(zooms):
                plans.append(
                    f"The plan of one of our tiles at z{zoom}, without times:\n\n```\n{spent['plan']}\n```"
                )
    if not rows:
        return ""
    head = ("server", "zoom", "ms a tile", "in statements", "server's CPU", "the rest", "statements' share")
    note = (
        "One client, one worker, cold. *In statements*: PostgreSQL's executor by its own clock (auto_explain). "
        "*Server's CPU*: its language, compression and HTTP. The rest is planning, transfer and waiting."
    )
    return "\n\n".join(["## Where the time goes", _table(head, rows), note, *plans])


def _typical(zooms: Mapping[str, Any]) -> str:
    return "14" if "14" in zooms else next(iter(zooms))
