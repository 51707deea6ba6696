"""Importing a GeoPackage: `prostor layer import` against ogr2ogr on the same file and the same cluster.

    python -m benchmarks.imports [--parcels 300000] [--rounds 3]

Both are run as people run them, whole commands, in turn. ogr2ogr copies rows (PG_USE_COPY) and makes its
spatial index; Prostor also validates, mends, measures, prepares both grids and the search, and publishes. The
third line is ogr2ogr followed by SQL in which PostGIS makes of its table what Prostor's has. What all loaded is
compared. Memory is that of the command and its children, PostgreSQL left out.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from benchmarks.parcels import CORNER, LOT, side_of, write_parcels
from benchmarks.private_cluster import private_database
from gis.statements import read_statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.database import DatabaseUrls

_SAMPLE_SECONDS = 0.05
_OGR_TABLE = "ogr_parcels"
_PREPARED_TABLE = "ogr_prepared"
_WITH_SQL = "ogr2ogr, then SQL"
# Mended parcels have another area than ogr2ogr's unmended ones; the others must agree to a millionth.
_AREA_TOLERANCE_M2 = 20 * 2 * LOT[0] * LOT[1]


@dataclass(frozen=True)
class Run:
    """One run of one command."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Content:
    """What a table holds: rows, area, extent in millimetres, and a hash over all keys."""

    rows: int
    area: float
    extent: tuple[int, ...]
    keys: str


def main() -> None:
    """Generate, import in turn, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    # Durable, as `prostor up` makes it: writing to the disk is part of an import.
    with private_database(durable=True) as (database, home):
        urls = database.urls
        source = home / "parcels.gpkg"
        write_parcels(source, given.parcels)
        write_portal(home / "portal", given.parcels, given.rounds)
        runs: dict[str, list[Run]] = {"ogr2ogr": [], _WITH_SQL: [], "prostor": []}
        for number in range(given.rounds):
            copied = run_ogr2ogr(source, urls)
            runs["ogr2ogr"].append(copied)
            runs[_WITH_SQL].append(replace(copied, seconds=copied.seconds + run_sql(urls)))
            runs["prostor"].append(run_prostor(home, urls, number))
            compare(urls, number)
        report(runs, given.parcels)


def run_ogr2ogr(source: Path, urls: DatabaseUrls) -> Run:
    """Debian's ogr2ogr into a table of its own."""
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier("data", _OGR_TABLE)))
    info = conninfo_to_dict(urls.owner)
    target = "PG:" + " ".join(f"{name}={value}" for name, value in info.items())
    options = ["-nln", _OGR_TABLE, "-lco", "SCHEMA=data", "-lco", "GEOMETRY_NAME=geom"]
    command = ["ogr2ogr", "-f", "PostgreSQL", target, str(source), *options]
    return run(command, {"PG_USE_COPY": "YES", "PATH": os.environ["PATH"]})


def run_sql(urls: DatabaseUrls) -> float:
    """Seconds PostGIS takes to make of ogr2ogr's table what Prostor's has, ANALYZE included."""
    begun = time.perf_counter()
    with psycopg.connect(urls.owner) as connection:
        connection.execute(read_statement("benchmarks", "prepare_ogr_parcels"))
    return time.perf_counter() - begun


def run_prostor(home: Path, urls: DatabaseUrls, number: int) -> Run:
    """The command a clerk gives; each round is a layer of its own, so that each one is loaded."""
    settings = {
        "PROSTOR_HOME": str(home / "home"),
        "PROSTOR_PORTAL": str(home / "portal"),
        "PROSTOR_DATABASE_URL": urls.reader,
        "PROSTOR_LOADER_URL": urls.loader,
        "PROSTOR_OWNER_URL": urls.owner,
    }
    manifest = home / "portal" / "layers" / f"parcels-{number}.toml"
    program = "from prostor.commands import main; main()"
    command = [sys.executable, "-c", program, "layer", "import", str(manifest)]
    return run(command, {**os.environ, **settings})


def run(command: list[str], environment: dict[str, str]) -> Run:
    """Run to the end, watching memory."""
    begun, cpu_begun = time.perf_counter(), _children_cpu()
    child = subprocess.Popen(  # noqa: S603  words of ours
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    watch = MemoryWatch(child.pid)
    watch.start()
    _, errors = child.communicate()
    seconds = time.perf_counter() - begun
    watch.stop()
    if child.returncode:
        sys.exit(f"{command[0]} failed: {errors}")
    return Run(seconds, _children_cpu() - cpu_begun, watch.peak)


class MemoryWatch(threading.Thread):
    """Samples the memory of a process and of everything below it; shared pages are counted by their share."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._ended = threading.Event()
        self.peak = 0

    def run(self) -> None:
        """Sample until told to stop."""
        while not self._ended.wait(_SAMPLE_SECONDS):
            self.peak = max(self.peak, sum(map(_own_bytes, _tree(self._root))))

    def stop(self) -> None:
        """The process has ended."""
        self._ended.set()
        self.join()


def _tree(root: int) -> Iterator[int]:
    yield root
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _own_bytes(process: int) -> int:
    try:
        with Path(f"/proc/{process}/smaps_rollup").open(encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def compare(urls: DatabaseUrls, number: int) -> None:
    """End when one of the two left something out."""
    with psycopg.connect(urls.loader) as loader, psycopg.connect(urls.owner) as owner:
        row = loader.execute(
            "SELECT table_name FROM catalogue.layer_version WHERE layer_id = %s", [f"parcels-{number}"]
        ).fetchone()
        ours = read_content(loader, str(row[0]) if row else "", shape="_geom", key="eid")
        for table in (_OGR_TABLE, _PREPARED_TABLE):
            theirs = read_content(owner, table, shape="geom", key="eid_parcela")
            same = (ours.rows, ours.extent, ours.keys) == (theirs.rows, theirs.extent, theirs.keys)
            if not same or abs(ours.area - theirs.area) > _AREA_TOLERANCE_M2:
                sys.exit(f"The contents differ:\n{ours}\n{theirs}")


def read_content(
    connection: psycopg.Connection[tuple[object, ...]], table: str, *, shape: str, key: str
) -> Content:
    """Rows, area, extent and keys of one table."""
    statement = sql.SQL(
        "SELECT count(*), sum(ST_Area({shape})), ST_Extent({shape})::box3d, "
        "md5(string_agg({key}, ',' ORDER BY {key} COLLATE \"C\")) FROM {table}"
    ).format(
        shape=sql.Identifier(shape),
        key=sql.Identifier(key),
        table=sql.Identifier("data", table),
    )
    rows, area, box, keys = connection.execute(statement).fetchone() or (0, 0.0, "", "")
    numbers = [float(part) for corner in str(box)[6:-1].split(",") for part in corner.split()[:2]]
    return Content(int(str(rows)), float(str(area)), tuple(round(each * 1000) for each in numbers), str(keys))


def report(runs: dict[str, list[Run]], count: int) -> None:
    """One line per command; the ratio is of the median seconds."""
    peer = statistics.median(each.seconds for each in runs["ogr2ogr"])
    lines = [f"{count} parcels      median s    min    max    rows/s  x ogr2ogr   CPU s  peak MB"]
    for name, each in runs.items():
        seconds = [one.seconds for one in each]
        middle = statistics.median(seconds)
        cpu = statistics.median(one.cpu_seconds for one in each)
        peak = max(one.peak_bytes for one in each) / 1e6
        lines.append(
            f"  {name:18} {middle:8.1f} {min(seconds):6.1f} {max(seconds):6.1f} {count / middle:9.0f} "
            f"{middle / peer:10.2f} {cpu:7.1f} {peak:8.0f}"
        )
    sys.stdout.write("\n".join(lines) + "\n")


def write_portal(folder: Path, count: int, rounds: int) -> None:
    """A portal around the parcels, and a manifest per round."""
    (folder / "layers").mkdir(parents=True)
    side = side_of(count)
    layers = ", ".join(f'"parcels-{number}"' for number in range(rounds))
    (folder / "portal.toml").write_text(
        _PORTAL.format(
            west=CORNER[0] - 100,
            south=CORNER[1] - 100,
            east=CORNER[0] + side * LOT[0] + 100,
            north=CORNER[1] + side * LOT[1] + 100,
            layers=layers,
        ),
        encoding="utf-8",
    )
    for number in range(rounds):
        manifest = folder / "layers" / f"parcels-{number}.toml"
        manifest.write_text(_MANIFEST.format(number=number), encoding="utf-8")


_PORTAL = """\
id = "bench"
title = {{ sl = "Merjenje" }}
crs = 3794
grids = ["SI-D96", "WebMercatorQuad"]
outline = {{ west = {west}, south = {south}, east = {east}, north = {north} }}

[municipality]
name = {{ sl = "Merjenje" }}
office = {{ sl = "Merjenje" }}

[[themes]]
id = "cadastre"
title = {{ sl = "Kataster" }}
description = {{ sl = "Parcele." }}
layers = [{layers}]
"""
_MANIFEST = """\
id = "parcels-{number}"
role = "parcels"
title = {{ sl = "Parcele" }}
description = {{ sl = "Parcele." }}
key = ["ko", "number"]

[source]
file = "../../parcels.gpkg"
format = "geopackage"
crs = 3794
state_date = 2026-03-01
provider = {{ sl = "Merjenje" }}
licence = "CC0-1.0"
attribution = {{ sl = "Merjenje" }}

[geometry]
kind = "polygon"
area_tolerance = 1.0

[columns]
ko = {{ source = ["KO_ID"], type = "integer", title = {{ sl = "Katastrska občina" }} }}
number = {{ source = ["ST_PARCELE"], title = {{ sl = "Številka parcele" }} }}
eid = {{ source = ["EID_PARCELA"], title = {{ sl = "Identifikator EID" }} }}
area = {{ source = ["POVRSINA"], type = "integer", unit = "m²", title = {{ sl = "Površina" }} }}
land_use = {{ source = ["RABA"], title = {{ sl = "Raba" }} }}
origin = {{ source = ["VIR"], title = {{ sl = "Vir" }} }}
changed = {{ source = ["DATUM_SPR"], type = "date", title = {{ sl = "Datum spremembe" }} }}
rating = {{ source = ["BONITETA"], type = "number", title = {{ sl = "Boniteta" }} }}

[search]
text = "{{ko}} {{number}}"
kind = "parcel"

[style]
scale = {{ max = 1.7 }}
default = {{ line = "#94765c", line_width = 0.7 }}
label = {{ column = "number", max_metres_per_pixel = 0.6 }}
"""


if __name__ == "__main__":
    main()
