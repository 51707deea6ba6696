"""Sources with flipped bytes, from a stored seed: each is accepted, repaired or refused in a sentence.

A warm reader is forked for each file and then does all that the child does: limits, barriers, reading, answer.
A fork that GDAL crashes is a refusal, as in the importer; an error of our own that nobody foresaw is a fault.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pytest
import shapely
from pydantic import TypeAdapter

from gis.errors import SourceError
from layers.loading.plan import stored_columns
from layers.reading.job import ImportJob, Limits
from layers.reading.report import Reading, Refusal
from layers.reading.sandbox import environment
from layers.reading.staging import stage
from layers.targets import TileTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from layers.manifest import Format, Manifest

SEED = 20_261_122
KINDS = ("shapefile", "geopackage", "geojson", "csv", "zip")
TARGETS = (
    TileTarget("SI-D96", 3794, 370_000, 200_000, 1024, min_zoom=8, max_tile_zoom=12),
    TileTarget("WebMercatorQuad", 3857, -20037508.34, 20037508.34, 156543.034, min_zoom=15),
)
# A clerk never reads these; see also the catalogue of bad input.
INSIDE = re.compile(
    r"/(tmp|var)/|staging|Traceback|GDAL|fiona|shapely|sqlite|driver|/vsi|Errno|0x[0-9a-f]{6,}|<class"
)
WARM = """
import json, os, select, signal, sys, traceback
from pydantic import TypeAdapter
from layers.reading import child, conversion, copyfile, inspection
from layers.reading.job import Job
seconds = int(sys.argv[1])
channel = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)
for line in sys.stdin.buffer:
    job = TypeAdapter(Job).validate_json(line)
    number = os.fork()
    if number == 0:
        status = 1
        try:
            os.chdir(job.folder)
            errors = os.open('errors.txt', os.O_CREAT | os.O_WRONLY)
            os.dup2(errors, 1)
            os.dup2(errors, 2)
            status = child.answer_job(job)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)
    ended = os.pidfd_open(number)
    watch = select.poll()
    watch.register(ended, select.POLLIN)
    in_time = bool(watch.poll(seconds * 1000))
    os.close(ended)
    if not in_time:
        os.kill(number, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
    channel.write(json.dumps([status, in_time]) + chr(10))
    channel.flush()
"""


@dataclass
class WarmReader:
    """A process with every library loaded, which is forked for each job."""

    kind: Format

    def __enter__(self) -> Self:
        """Start it, in the environment of the child of this format."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-c", WARM, "30"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(self.kind),
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.communicate()

    def read(self, job: ImportJob) -> str:
        """The outcome: accepted, repaired, or the sentence of a refusal. Fails on a hang or a fault of ours."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(job.model_dump_json() + "\n")
        self._process.stdin.flush()
        status, in_time = json.loads(self._process.stdout.readline())
        errors = (job.folder / "errors.txt").read_text(errors="replace")
        assert in_time, "the reader hangs"
        assert status == 0 or status in (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGALRM), errors
        if status:
            return "The reader crashed. Ask the provider for a new copy."
        answer = (job.folder / "answer.json").read_bytes()
        found: Reading | Refusal = TypeAdapter[Reading | Refusal](Reading | Refusal).validate_json(answer)
        if isinstance(found, Refusal):
            return found.sentence
        return "repaired" if found.quality.repairs else "accepted"


@pytest.fixture
def sound(tmp_path: Path, write_source: Callable[..., Path]) -> Callable[[str], list[Path]]:
    """Writes a sound source of a kind: its files, the one to import first."""

    def make(kind: str) -> list[Path]:
        folder = tmp_path / "sound"
        folder.mkdir()
        shapes = [shapely.box(x, 135_000, x + 80, 135_060) for x in range(502_000, 504_000, 200)]
        names = ["Škofja Loka", "Čatež", "Žužemberk", "Vrh"] * 3
        if kind in ("shapefile", "zip"):
            first = write_source(folder / "areas.shp", shapes, names=names, encoding="cp1250")
            parts = [first, *sorted(path for path in folder.iterdir() if path != first)]
            return [_pack(folder / "areas.zip", parts)] if kind == "zip" else parts
        if kind == "csv":
            rows = [f"A{n};{name};{502_000 + n},5;135000,25" for n, name in enumerate(names)]
            (folder / "areas.csv").write_text("\n".join(["ID;IME;E;N", *rows]), encoding="utf-8")
            return [folder / "areas.csv"]
        ending = {"geopackage": "gpkg", "geojson": "geojson"}[kind]
        return [write_source(folder / f"areas.{ending}", shapes, names=names)]

    return make


def _pack(path: Path, parts: Sequence[Path]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, part.name)
    return path


def flip(content: bytes, dice: np.random.Generator) -> bytes:
    """The bytes with one to eight of them changed; mostly where there is something."""
    changed = np.frombuffer(content, np.uint8).copy()
    filled = np.flatnonzero(changed)
    for _ in range(int(dice.integers(1, 9))):
        place = (
            int(dice.choice(filled))
            if dice.random() < 0.9 and len(filled)
            else int(dice.integers(len(changed)))
        )
        bit = np.uint8(1 << int(dice.integers(7)))
        changed[place] = changed[place] ^ bit if dice.random() < 0.5 else np.uint8(dice.integers(256))
    return changed.tobytes()


@pytest.fixture
def fuzz(
    tmp_path: Path, sound: Callable[[str], list[Path]], make_reading_manifest: Callable[..., Manifest]
) -> Callable[[str, int], Counter[str]]:
    """Reads so many spoilt copies of a kind of source, and counts the outcomes."""

    def run(kind: str, count: int) -> Counter[str]:
        parts = sound(kind)
        manifest = _manifest(kind, make_reading_manifest)
        outcomes: Counter[str] = Counter()
        with WarmReader(manifest.source.format) as reader:
            for number in range(count):
                dice = np.random.default_rng([SEED, KINDS.index(kind), number])
                outcome = _read_spoilt(reader, manifest, _spoil(parts, tmp_path / "spoilt", dice), tmp_path)
                _judge(outcome, f"{kind} {number}")
                outcomes[outcome if outcome in ("accepted", "repaired") else "refused"] += 1
        return outcomes

    return run


def _manifest(kind: str, make_reading_manifest: Callable[..., Manifest]) -> Manifest:
    if kind == "csv":
        source = {"format": "csv", "x": "E", "y": "N", "decimal": ","}
        return make_reading_manifest(source=source, geometry={"kind": "point"})
    return make_reading_manifest(source={"format": "shapefile" if kind == "zip" else kind})


def _spoil(parts: Sequence[Path], folder: Path, dice: np.random.Generator) -> Path:
    """A copy of a source in which one file is spoilt."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    spoilt = int(dice.integers(len(parts)))
    for place, part in enumerate(parts):
        content = part.read_bytes()
        (folder / part.name).write_bytes(flip(content, dice) if place == spoilt else content)
    return folder / parts[0].name


def _read_spoilt(reader: WarmReader, manifest: Manifest, source: Path, home: Path) -> str:
    folder = home / "staging"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        staged = stage(source, manifest.source.format, folder)
    except SourceError as refusal:
        return refusal.sentence
    job = ImportJob(
        manifest=manifest,
        folder=folder,
        file=staged.file,
        source_name=staged.name,
        srid=3794,
        outline=(500_000, 130_000, 510_000, 140_000),
        targets=TARGETS,
        columns=stored_columns(manifest, 3794, TARGETS),
        limits=Limits(memory_bytes=2**31, cpu_seconds=25, repair_seconds=5),
    )
    return reader.read(job)


def _judge(outcome: str, which: str) -> None:
    if outcome in ("accepted", "repaired"):
        return
    assert INSIDE.search(outcome) is None, f"{which}: {outcome}"
    assert outcome.endswith("."), f"{which}: {outcome}"
    assert outcome.count(" ") > 4, f"{which}: {outcome}"


@pytest.mark.parametrize("kind", KINDS)
def test_spoilt_bytes_end_in_an_outcome(fuzz: Callable[[str, int], Any], kind: str) -> None:
    """Thirty spoilt copies of each kind; a clerk could act on every refusal."""
    outcomes = fuzz(kind, 30)

    assert outcomes.total() == 30
    assert outcomes["refused"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_spoilt_copies(fuzz: Callable[[str, int], Any], kind: str) -> None:
    """A thousand of each kind, five thousand in all, from the same seed."""
    outcomes = fuzz(kind, 1000)

    assert outcomes.total() == 1000
    assert outcomes["refused"] > outcomes["repaired"]
