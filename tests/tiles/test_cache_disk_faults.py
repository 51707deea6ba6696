"""The disk under the tiles is full, or closed to writing: every answer is right, and it mends itself."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from gis.metrics import Metrics
from tiles.cache import name_content
from tiles.disk import DiskStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

needs_mount = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")

HERE = (508000.0, 136000.0)
ROOT = Path(__file__).parents[2]
NO_ROOM = "No space left on device"

# Has two processes write the same tiles, each body naming its path, and kills them after a while that differs.
KILLER = """
import os, random, signal, sys, time
from pathlib import Path
from layers.catalogue import Life
from tiles.cache import store_tile, with_brotli
from tiles.disk import DiskStore

disk = DiskStore(Path(sys.argv[1]))

def write(seed):
    dice = random.Random(seed)
    while True:
        path = f"/tiles/a@0123456789abcdef/SI-D96/12/{dice.randrange(40)}/7.mvt"
        body = path.encode() + random.Random(path).randbytes(20_000)
        disk.keep(path, with_brotli(store_tile(body, frozenset((Life("a", 0),)))))

for number in range(int(sys.argv[2])):
    writers = []
    for each in range(2):
        pid = os.fork()
        if pid == 0:
            write(2 * number + each)
        writers.append(pid)
    time.sleep(0.003 * (number % 40))
    for pid in writers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
"""


class Kitchen:
    """A service with its tiles on a small disk, and the right answer to each of its tiles."""

    def __init__(self, workshop: Any, right: Any, counted: Metrics) -> None:
        self.workshop = workshop
        self._right = right
        self._counted = counted
        token = workshop.publish("a", [shapely.box(507000, 135000, 509000, 137000)])
        x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
        self._paths = [f"/tiles/a@{token}/SI-D96/12/{x + n}/{y}.mvt" for n in range(-700, 700)]

    def ask(self, first: int, count: int) -> None:
        """Ask for so many tiles; each is as a service makes it that keeps nothing."""
        for path in self._paths[first : first + count]:
            answer = self.workshop.client.get(path)
            expected = self._right.client.get(path)
            assert (answer.status_code, answer.data) == (expected.status_code, expected.data)
            self.store.writer.wait()

    def files(self, number: int) -> list[Path]:
        """The files of a tile that are compressed by gzip."""
        path = self._paths[number].removeprefix("/tiles/")
        return list(self.store.disk.folder.glob(f"{path}.gz"))

    def forget(self) -> None:
        """Nothing in memory any more."""
        self.store.memory.purge(self.store.memory.lives)

    def count(self, name: str) -> float:
        """One number of the metrics."""
        return self._counted.read()[name]

    @property
    def store(self) -> Any:
        """Memory and disk."""
        return self.workshop.service.store


@pytest.fixture
def kitchen(
    make_workshop: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Kitchen]]:
    """Makes one whose cache lies on a tmpfs with these options."""
    cache = tmp_path / "home" / "cache"
    cache.mkdir(parents=True)

    def make(options: str) -> Kitchen:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", cache], check=True)
        counted = Metrics()
        return Kitchen(make_workshop(home=tmp_path / "home", metrics=counted), make_workshop(), counted)

    yield make
    subprocess.run(["umount", "--lazy", cache], check=True)


def fill(file: Path) -> None:
    """Take what is left of a disk."""
    with suppress(OSError), file.open("wb", buffering=0) as filler:
        while filler.write(bytes(4096)):
            pass


def remount(folder: Path, options: str) -> None:
    """The same disk in another way."""
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


@needs_mount
@pytest.mark.database
def test_a_disk_that_others_filled(kitchen: Callable[[str], Kitchen], tmp_path: Path) -> None:
    """Tiles are made and answered, the trouble is told, what is there is served; with room all is as before."""
    cache = tmp_path / "home" / "cache"
    made = kitchen("size=256k")
    made.ask(700, 3)
    filler = cache / "filler"
    fill(filler)

    made.ask(703, 10)
    told = made.workshop.service.store.trouble
    failed = made.count('prostor_tile_disk_writes_total{result="failed"}')
    made.forget()
    made.ask(700, 13)
    filler.unlink()
    made.ask(720, 3)

    assert told == NO_ROOM
    assert failed > 0
    assert made.store.trouble is None
    assert made.store.disk.find(made._paths[722]) is not None
    assert [each for each in cache.rglob("*") if each.name.startswith(".new-")] == []


@needs_mount
@pytest.mark.database
def test_a_disk_smaller_than_the_budget(kitchen: Callable[[str], Kitchen], tmp_path: Path) -> None:
    """Tiles that are asked for take the place of those nobody asks for, and nobody gets a wrong one."""
    made = kitchen("size=128k")
    made.ask(690, 22)

    assert made.count('prostor_tile_disk_writes_total{result="failed"}') == 0
    assert made.count("prostor_tile_disk_removed_bytes_total") > 0
    assert made.store.trouble is None
    made.forget()
    assert made.store.find(made._paths[711]).origin == "disk"
    made.ask(690, 22)


@needs_mount
@pytest.mark.database
def test_a_disk_that_is_closed_to_writing(kitchen: Callable[[str], Kitchen], tmp_path: Path) -> None:
    """What is there is served, the rest is made; opened again, tiles are kept again."""
    cache = tmp_path / "home" / "cache"
    made = kitchen("size=1m")
    made.ask(700, 3)
    remount(cache, "ro")
    made.forget()

    made.ask(700, 6)
    from_disk = made.count('prostor_tile_answers_total{origin="disk",status="200"}')
    told = made.store.trouble
    remount(cache, "rw")
    made.ask(706, 2)

    assert from_disk == 3
    assert told == "Read-only file system"
    assert made.store.trouble is None
    assert made.store.disk.find(made._paths[707]) is not None


@needs_mount
@pytest.mark.database
@pytest.mark.parametrize(
    "spoil", [lambda content: content[:-4], lambda _: b"", lambda c: c[:9] + b"xx" + c[11:]]
)
def test_a_torn_file_below_a_running_service(
    kitchen: Callable[[str], Kitchen], spoil: Callable[[bytes], bytes]
) -> None:
    """The tile is answered right, made anew and written anew; metrics say that it was torn."""
    made = kitchen("size=1m")
    made.ask(700, 3)
    (file,) = made.files(701)
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    made.forget()

    made.ask(700, 3)

    assert made.count("prostor_tile_disk_torn_total") == 1
    assert made.count("prostor_tile_making_seconds_count") == 4
    assert file.read_bytes() == whole


def test_writers_that_are_killed_leave_whole_tiles(tmp_path: Path) -> None:
    """Two processes write the same tiles and are killed at any moment, forty times: what is found is whole."""
    check_killed_writers(tmp_path / "tiles", kills=40)


@pytest.mark.slow
def test_writers_that_are_killed_a_thousand_times(tmp_path: Path) -> None:
    """The same for minutes."""
    check_killed_writers(tmp_path / "tiles", kills=1000)


def check_killed_writers(folder: Path, *, kills: int) -> None:
    """Each tile is the one its path names, or absent; and nothing else has the name of a tile."""
    subprocess.run(
        [sys.executable, "-c", KILLER, str(folder), str(kills)],
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    disk = DiskStore(folder)
    paths = [f"/tiles/a@0123456789abcdef/SI-D96/12/{x}/7.mvt" for x in range(40)]
    found = {path: tile for path in paths if (tile := disk.find(path)) is not None}

    assert len(found) > 10
    for path, tile in found.items():
        assert tile.body().startswith(path.encode())
        assert len(tile.body()) == len(path) + 20_000
        assert tile.etag == name_content(tile.body())
    assert len(list(folder.rglob("[0-9]*.mvt.gz"))) == len(found)
