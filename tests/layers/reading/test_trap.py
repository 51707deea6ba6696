"""Files that want to open other files or call out: a trap listens, bait lies about, and every open is watched.

Each lure is read as the importer does, and opened with nothing but the driver lock, network and all, so that
the lock itself is proved.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import SourceError
from layers.reading.barriers import readable_places
from layers.reading.drivers import DRIVERS
from layers.reading.job import InspectJob
from layers.reading.sandbox import environment, run_inspection
from layers.reading.staging import find_format, stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from layers.manifest import Format

ROOT = Path(__file__).parents[3]
BAIT = "skrivnost-občine-7261"
TRAP = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Trap(BaseHTTPRequestHandler):
    def do_GET(self):
        with open(sys.argv[1], 'a') as hits:
            hits.write(self.command + ' ' + self.path + chr(10))
        self.send_response(404)
        self.end_headers()
    do_HEAD = do_POST = do_GET
server = ThreadingHTTPServer(('127.0.0.1', 0), Trap)
print(server.server_port, flush=True)
server.serve_forever()
"""
# Opens files with one driver in the environment of the child, without a check of ours before, or a barrier.
UNGUARDED = """
import sys, fiona
for path in sys.argv[2:]:
    try:
        with fiona.open(path, enabled_drivers=[sys.argv[1]]) as rows:
            print([dict(row.properties) for row in rows])
    except Exception as error:
        print(type(error).__name__)
"""
VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="bait"><SrcDataSource>{target}</SrcDataSource>'
    "<GeometryType>wkbNone</GeometryType></OGRVRTLayer></OGRVRTDataSource>"
)
CSVT = "ID,IME\nA1,{bait}\n"
GDALG = '{{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read {target} ! write x"}}'
WFS = "<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>"
ESRI = (
    '{{"layers":[{{"url":"{url}"}}],"features":[],"objectIdFieldName":"a","geometryType":"esriGeometryPoint"}}'
)
LANDING = '{{"links":[{{"rel":"data","href":"{url}/collections","type":"application/json"}}]}}'
LINKED = (
    '{{"type":"FeatureCollection","crs":{{"type":"link","properties":{{"href":"{url}/crs","type":"ogcwkt"}}}},'
    '"features":[{{"type":"Feature","properties":{{"ID":"A1"}},"geometry":null}}]}}'
)
PAGED = (
    '{{"type":"FeatureCollection","links":[{{"rel":"next","href":"{url}/next"}}],"numberMatched":9,'
    '"features":[{{"type":"Feature","properties":{{"ID":"A1"}},"geometry":null}}]}}'
)
LURES = {
    "row 28: a VRT as GeoJSON": ("a.geojson", VRT),
    "row 28: a VRT as CSV": ("a.csv", VRT),
    "row 28: a VRT as GeoPackage": ("a.gpkg", VRT),
    "row 28: a VRT as shapefile": ("a.shp", VRT),
    "row 28: a VRT in a ZIP": ("a.zip", VRT),
    "row 29: a VRT of the network": ("a.geojson", VRT.replace("{target}", "/vsicurl/{url}/bait.csv")),
    "row 29: a VRT of the network in a ZIP": ("a.zip", VRT.replace("{target}", "{url}/bait.geojson")),
    "row 30: a pipeline": ("a.geojson", GDALG),
    "row 31: a service": ("a.geojson", WFS),
    "row 31: a service in a CSV": ("a.csv", WFS),
    "row 31: a service of another kind": ("a.geojson", ESRI),
    "row 31: a landing page": ("a.geojson", LANDING),
    "row 47: a linked CRS": ("a.geojson", LINKED),
    "row 47: a next page": ("a.geojson", PAGED),
    "row 11: a CRS with an address": ("prj.shp", "{url}/crs"),
    "row 11: a CRS in a file": ("prj.shp", "{target}"),
    "row 75: a view": ("view.gpkg", "SELECT fid, geom, readfile('{target}') AS ID FROM areas"),
    "row 75: a table that is a file": ("virtual.gpkg", "CREATE VIRTUAL TABLE v USING VirtualOGR('{target}')"),
}


@pytest.fixture(scope="module")
def hits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A trap that listens on this machine, in a process of its own: its address, and its callers."""
    record = tmp_path_factory.mktemp("trap") / "hits"
    record.touch()
    trap = subprocess.Popen(
        [sys.executable, "-c", TRAP, str(record)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert trap.stdout is not None
    yield f"http://127.0.0.1:{int(trap.stdout.readline())}", record
    trap.kill()
    trap.wait()
    trap.stdout.close()


@pytest.fixture
def lure(tmp_path: Path, hits: tuple[str, Path], write_source: Callable[..., Path]) -> Callable[[str], Path]:
    """Makes a lure that names a bait file outside the staging folder, and the trap."""

    def make(name: str) -> Path:
        file, text = LURES[name]
        folder = tmp_path / "bait"
        folder.mkdir(exist_ok=True)
        bait = folder / "bait.csv"
        bait.write_text(CSVT.format(bait=BAIT), encoding="utf-8")
        content = text.format(target=bait, url=hits[0])
        path = tmp_path / "from-outside" / file
        path.parent.mkdir(exist_ok=True)
        return _make(path, content, write_source)

    return make


def _make(path: Path, content: str, write_source: Callable[..., Path]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.geojson", content)
    elif path.stem == "prj":
        write_source(path, [None]).with_suffix(".prj").write_text(content)
    elif path.suffix == ".gpkg" and path.stem != "a":
        write_source(path, [None], layer="areas")
        _add_to_schema(path, content)
    else:
        path.write_text(content, encoding="utf-8")
    return path


def _add_to_schema(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        if sql.startswith("CREATE"):
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, ?)", (sql,))
        else:
            connection.execute("CREATE VIEW v AS " + sql)
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "SELECT 'v', 'features', 'v', srs_id FROM gpkg_contents"
        )
        connection.commit()


def make_job(source: Path, folder: Path) -> InspectJob:
    """Stage a source, as the importer does."""
    folder.mkdir()
    staged = stage(source, find_format(source), folder)
    return InspectJob(folder=folder, file=staged.file, source_name=staged.name, format=find_format(source))


def test_the_trap_and_the_bait_work(
    tmp_path: Path, hits: tuple[str, Path], lure: Callable[[str], Path]
) -> None:
    """Without the driver lock GDAL does follow these files: what the other tests find is no accident."""
    program = (
        "import sys, fiona\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        with fiona.open(path) as rows: print([dict(row.properties) for row in rows])\n"
        "    except Exception as error: print(type(error).__name__)\n"
    )
    network = lure("row 29: a VRT of the network")
    network = network.rename(network.with_name("b.geojson"))
    before = hits[1].read_text()

    shown = subprocess.run(
        [sys.executable, "-c", program, str(lure("row 28: a VRT as GeoJSON")), str(network)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    called = hits[1].read_text() != before
    hits[1].write_text("")
    assert called
    assert shown


@pytest.mark.parametrize("name", LURES)
def test_a_lure_opens_nothing_and_calls_nobody(
    tmp_path: Path, hits: tuple[str, Path], lure: Callable[[str], Path], name: str
) -> None:
    """The importer refuses it, or reads what is in it; nothing of the bait is in the answer, nobody called."""
    source = lure(name)
    try:
        answer = run_inspection(make_job(source, tmp_path / "staging")).model_dump_json()
    except SourceError as refusal:
        answer = refusal.sentence

    assert BAIT not in answer
    assert hits[1].read_text() == ""


@pytest.mark.parametrize("kind", sorted(DRIVERS))
def test_the_driver_lock_alone_holds(
    tmp_path: Path, hits: tuple[str, Path], lure: Callable[[str], Path], kind: Format
) -> None:
    """With the network on, every file open to it and no check of ours before, GDAL still reaches nothing."""
    paths = []
    for number, name in enumerate(LURES):
        made = lure(name)
        (tmp_path / str(number)).mkdir()
        paths += [part.rename(tmp_path / str(number) / part.name) for part in made.parent.glob("*")]

    shown = subprocess.run(
        [sys.executable, "-P", "-s", "-c", UNGUARDED, DRIVERS[kind], *map(str, paths)],
        env=environment(kind),
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert len(shown.splitlines()) == len(paths)
    assert BAIT not in shown
    assert hits[1].read_text() == ""


@pytest.mark.parametrize(
    "name",
    [
        "WFS:http://127.0.0.1/",
        "-overwrite.csv",
        "--config.csv",
        "PG:dbname=prostor.csv",
        '{"type":"Point"}.csv',
        "vsizip.csv",
    ],
)
def test_row_32_and_33_names_are_never_paths(tmp_path: Path, name: str) -> None:
    """row 32, row 33: whatever a file or a layer is called, the reader opens `source` with a known ending."""
    path = tmp_path / "in" / name.replace("/", "_")
    path.parent.mkdir()
    path.write_text("ID,X,Y\nA1,502000,135000\n")
    if path.suffix != ".csv":
        with pytest.raises(SourceError, match="is not one that can be read"):
            make_job(path, tmp_path / "staging")
        return

    job = make_job(path, tmp_path / "staging")

    assert job.file == "source.csv"
    assert run_inspection(job).layers[0].row_count == 1


@pytest.mark.parametrize(
    "layer", ["-overwrite", "--config", "/vsicurl/http://127.0.0.1:1/", "a' OR 1=1 --", "../x"]
)
def test_row_33_layer_names_are_looked_up(
    tmp_path: Path, write_source: Any, make_reading_manifest: Any, read_source: Any, layer: str
) -> None:
    """row 33: a layer's name is looked for in a list, and is never an option of anything."""
    source = write_source(tmp_path / "areas.gpkg", [None], layer="areas")
    manifest = make_reading_manifest(source={"format": "geopackage", "layer": layer})

    with pytest.raises(SourceError, match=r"has no layer .*; it has areas\. Correct source\.layer"):
        read_source(manifest, source)


# The read-only shows of the kernel that Python and C look at, besides what the child may open for good.
_TRIED = re.compile(
    r'^(?:\[pid +\d+\] |\d+ +)?(?:openat\([^,]+, |open\(|execve\(|connect\()"?([^",]*)"?.*= (-?\d+)'
)


def test_every_open_is_watched(tmp_path: Path, lure: Callable[[str], Path]) -> None:
    """Traced from its start, the child opens the programs' own files and its staging folder, nothing else."""
    if shutil.which("strace") is None or not _may_trace(tmp_path):
        pytest.skip(
            "strace is missing or not allowed here; the lures above still prove that nothing of a bait is read"
        )
    job = make_job(lure("row 28: a VRT as GeoJSON"), tmp_path / "staging")
    trace = tmp_path / "trace"
    # What the importer has done in a fork, but for the network: strace follows through `shut_in` to the end.
    program = "from layers.reading.child import main; main()"

    subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=openat,open,connect,execve", "-o", str(trace),
         sys.executable, "-P", "-s", "-c", program],
        input=job.model_dump_json().encode(),
        env=environment(job.format),
        cwd=job.folder,
        check=True,
        capture_output=True,
    )  # fmt: skip

    after = _opened_after_the_barriers(trace.read_text(errors="replace"))
    allowed = [str(place) for place in (*readable_places(), job.folder, Path("/dev/null"))]
    assert after
    assert [path for path in after if not _lies_in(path, allowed, job.folder)] == []
    assert json.loads((job.folder / "answer.json").read_text())["status"] == "refused"


def _opened_after_the_barriers(trace: str) -> list[str]:
    """Paths that were opened for real once the last barrier stood; Landlock's own opens come before."""
    lines = trace.splitlines()
    last = max(n for n, line in enumerate(lines) if "O_PATH" in line)
    found = (_TRIED.match(line) for line in lines[last + 1 :])
    return [match[1] for match in found if match and not match[2].startswith("-")]


def _lies_in(path: str, places: list[str], folder: Path) -> bool:
    whole = str((folder / path).resolve()) if not path.startswith("/") else path
    resolved = [str(Path(place).resolve()) for place in places]
    return any(whole == place or whole.startswith(place.rstrip("/") + "/") for place in (*places, *resolved))


def _may_trace(folder: Path) -> bool:
    command = ["strace", "-o", str(folder / "tried"), "true"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
