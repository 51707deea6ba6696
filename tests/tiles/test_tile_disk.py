"""Tiles on disk: whole or not at all, whose they are, what goes first, and whose turn it is."""

from __future__ import annotations

import errno
import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import brotli
import pytest

from layers.catalogue import Life
from tiles.cache import StoredTile, store_tile, with_brotli
from tiles.disk import DiskStore
from tiles.sweeping import Sweeper
from tiles.turns import Turn, Turns

TOKEN = "0123456789abcdef"  # noqa: S105  names a version
LIFE = Life("parcels", 0)
HOUR = 3600


def address(name: str = "parcels", x: int = 1, token: str = TOKEN) -> str:
    """The path of a tile."""
    return f"/tiles/{name}@{token}/SI-D96/10/{x}/2.mvt"


def tile(body: bytes = b"tile", life: Life = LIFE, truncated: str = "") -> StoredTile:
    """A finished tile in both codings."""
    return with_brotli(store_tile(body, frozenset((life,)), truncated=truncated))


@pytest.fixture
def disk(tmp_path: Path) -> DiskStore:
    """An empty store."""
    return DiskStore(tmp_path / "tiles")


def test_what_is_kept_is_found_by_another_process(disk: DiskStore) -> None:
    """A tile, an empty one and one that was cut come back as they were, with whose they are."""
    kept = [tile(os.urandom(5000)), tile(b""), tile(b"cut", truncated="parcels;max=100")]
    for x, each in enumerate(kept):
        disk.keep(address(x=x), each)

    found = [DiskStore(disk.folder).find(address(x=x)) for x in range(4)]

    assert found[:2] == kept[:2]
    assert found[2] is not None
    assert (found[2].body(), found[2].truncated, found[2].etag) == (b"cut", "parcels;max=100", kept[2].etag)
    assert found[3] is None
    assert DiskStore(disk.folder).lives == {LIFE}


def test_files_can_be_sent_as_they_are(disk: DiskStore) -> None:
    """A web server finds `.gz` and `.br`, a marker of the empty one, and nothing of a tile that was cut."""
    disk.keep(address(x=0), tile(b"body"))
    disk.keep(address(x=1), tile(b""))
    disk.keep(address(x=2), tile(b"cut", truncated="parcels;max=100"))

    place = disk.folder / f"parcels@{TOKEN}" / "SI-D96" / "10"

    assert gzip.decompress((place / "0" / "2.mvt.gz").read_bytes()) == b"body"
    assert brotli.decompress((place / "0" / "2.mvt.br").read_bytes()) == b"body"
    assert [entry.name for entry in (place / "1").iterdir()] == ["2.mvt.empty"]
    assert sorted(entry.name for entry in (place / "2").iterdir()) == ["2.mvt.cut", "2.mvt.cut.gz"]


def test_a_fresh_tile_is_for_us_alone(disk: DiskStore) -> None:
    """Without Brotli it is found by our processes, and by no web server before it is safe on the disk."""
    fresh = store_tile(b"body", frozenset((LIFE,)))
    disk.keep(address(), fresh)
    before = [each.name for each in disk.folder.rglob("2.mvt.*")]
    found = DiskStore(disk.folder).find(address())

    disk.finish(address(), tile(b"body"))

    assert (before, found) == (["2.mvt.fresh"], fresh)
    assert sorted(each.name for each in disk.folder.rglob("2.mvt.*")) == ["2.mvt.br", "2.mvt.gz"]
    assert DiskStore(disk.folder).find(address()) == tile(b"body")


def test_only_what_is_kept_is_finished(disk: DiskStore) -> None:
    """A tile that was swept or withdrawn meanwhile, is empty or was cut leaves nothing for a web server."""
    disk.keep(address(x=0), tile(b"cut", truncated="parcels;max=100"))
    disk.keep(address(x=1), tile(b""))

    finished = [disk.finish(address(x=0), tile(b"cut", truncated="parcels;max=100"))]
    finished += [disk.finish(address(x=x), tile(body)) for x, body in ((1, b""), (2, b"gone"))]

    assert finished == [0, 0, 0]
    assert not [each for ending in ("gz", "br") for each in disk.folder.rglob(f"2.mvt.{ending}")]


@pytest.mark.parametrize("length", [0, 10, 200])
def test_a_torn_fresh_tile_is_not_served(disk: DiskStore, length: int) -> None:
    """What a machine without power made of it is removed when it is read."""
    disk.keep(address(), store_tile(os.urandom(500), frozenset((LIFE,))))
    (file,) = disk.folder.rglob("*.fresh")
    os.truncate(file, length)

    assert disk.find(address()) is None
    assert not file.exists()


@pytest.mark.parametrize(
    "spoil", [lambda content: content[:-4], lambda _content: b"", lambda c: c[:20] + b"x" + c[21:]]
)
def test_a_torn_file_is_not_served(disk: DiskStore, spoil: object) -> None:
    """Cut short, emptied or with another byte: it is removed, and the tile is made anew."""
    disk.keep(address(), tile(os.urandom(500)))
    (file,) = disk.folder.rglob("*.mvt.gz")
    file.write_bytes(spoil(file.read_bytes()))  # type: ignore[operator]

    assert disk.find(address()) is None
    assert not file.exists()
    disk.keep(address(), tile(b"anew"))
    assert disk.find(address()) == tile(b"anew")


def test_a_torn_brotli_file_costs_only_itself(disk: DiskStore) -> None:
    """The tile is served compressed by gzip."""
    disk.keep(address(), tile(os.urandom(500)))
    (file,) = disk.folder.rglob("*.mvt.br")
    file.write_bytes(file.read_bytes()[:-1])

    found = disk.find(address())

    assert found is not None
    assert (found.brotli, len(found.body()), file.exists()) == (b"", 500, False)


def test_a_life_that_is_over_takes_its_tiles_away(disk: DiskStore) -> None:
    """Themes with the layer too, in every process that looks, and nothing else."""
    road = Life("roads", 2)
    disk.keep(address("parcels"), tile())
    disk.keep(address("roads"), tile(life=road))
    both = with_brotli(store_tile(b"both", frozenset((LIFE, road))))
    disk.keep(address("cadastre"), both)
    other = DiskStore(disk.folder)
    assert other.lives == {LIFE, road}

    assert disk.purge({road}) == 2

    assert [other.find(address(name)) is not None for name in ("parcels", "roads", "cadastre")] == [
        True,
        False,
        False,
    ]
    assert other.lives == {LIFE}


def test_another_release_begins_anew(disk: DiskStore) -> None:
    """Tiles that other code made are dropped before the first one is looked for."""
    disk.begin()
    disk.keep(address(), tile())
    DiskStore(disk.folder).begin()
    assert disk.find(address()) is not None

    (disk.folder / ".made-by").write_text("another release", encoding="ascii")
    disk.begin()

    assert disk.find(address()) is None


def test_no_folder_to_write_into(tmp_path: Path) -> None:
    """Looking finds nothing; keeping says so, and leaves nothing half-written."""
    (tmp_path / "tiles").write_text("a file stands here", encoding="ascii")
    store = DiskStore(tmp_path / "tiles")

    assert store.find(address()) is None
    with pytest.raises(OSError, match="Not a directory"):
        store.keep(address(), tile())
    assert store.lives == frozenset()


def _age(store: DiskStore, name: str, x: int, hours: float) -> None:
    for file in store.folder.glob(f"{name}@*/SI-D96/10/{x}/*"):
        os.utime(file, (time.time() - hours * HOUR,) * 2)


def test_what_nobody_asked_for_goes_first(disk: DiskStore) -> None:
    """Over the budget, tiles of old tokens go before current ones, and of each those longest unused."""
    body = os.urandom(10_000)
    old, current = "f" * 16, TOKEN
    for x in range(5):
        disk.keep(address(x=x, token=old), tile(body))
        disk.keep(address(x=x), tile(body))
        for folder in disk.folder.glob("parcels@*"):
            for file in folder.glob(f"SI-D96/10/{x}/*"):
                os.utime(file, (time.time() - (x + 1) * HOUR,) * 2)
    sweeper = Sweeper(disk, 90_000, lambda: frozenset((f"parcels@{current}",)))

    swept = sweeper.sweep()

    assert swept is not None
    assert swept.bytes_before > 200_000
    assert sweeper.sweep().bytes_before <= 90_000  # type: ignore[union-attr]
    assert [disk.find(address(x=x, token=old)) is not None for x in range(5)] == [False] * 5
    kept = [disk.find(address(x=x)) is not None for x in range(5)]
    assert kept == sorted(kept, reverse=True)
    assert kept[0]


def test_old_tokens_go_by_age_too(disk: DiskStore) -> None:
    """Within the budget a version that is published no more loses its tiles after a week."""
    disk.keep(address("parcels"), tile())
    disk.keep(address("roads"), tile())
    for name in ("parcels", "roads"):
        _age(disk, name, 1, 8 * 24)
    sweeper = Sweeper(disk, 10**9, lambda: frozenset((f"roads@{TOKEN}",)))

    sweeper.sweep()

    assert [disk.find(address(name)) is not None for name in ("parcels", "roads")] == [False, True]


def test_nothing_goes_by_token_while_nobody_knows_what_is_current(disk: DiskStore) -> None:
    """While the database is away every token counts as current."""
    disk.keep(address(), tile())
    _age(disk, "parcels", 1, 8 * 24)

    Sweeper(disk, 10**9, lambda: None).sweep()

    assert disk.find(address()) is not None


def test_what_killed_processes_left_is_removed(disk: DiskStore) -> None:
    """Half-made folders of an hour ago go; those of now may still be wanted."""
    for name in (".new-1", ".gone-1", ".new-2"):
        (disk.folder / name / "SI-D96").mkdir(parents=True)
    for name in (".new-1", ".gone-1"):
        os.utime(disk.folder / name, (time.time() - 2 * HOUR,) * 2)

    Sweeper(disk, 10**9, lambda: None).sweep()

    assert [entry.name for entry in disk.folder.iterdir() if entry.is_dir()] == [".new-2"]


def test_one_sweeps_at_a_time(disk: DiskStore) -> None:
    """The second is told that somebody is at it."""
    disk.keep(address(), tile())
    second: list[object] = []

    def find_current() -> None:
        second.append(Sweeper(disk, 10**9, lambda: None).sweep())

    assert Sweeper(disk, 10**9, find_current).sweep() is not None
    assert second == [None]


def test_the_second_waits_for_the_first(tmp_path: Path) -> None:
    """Until the first has ended its turn, or until what was wanted is there."""
    turns, others = Turns(tmp_path / "turns"), Turns(tmp_path / "turns")
    first = turns.take(["/a", "/b"], lambda: False)
    order: list[str] = []

    def wait() -> None:
        others.take(["/b"], lambda: False).end()
        order.append("second")

    second = threading.Thread(target=wait)
    second.start()
    others.take(["/a"], lambda: True).end()
    order.append("found")
    time.sleep(0.05)
    order.append("first")
    first.end()
    second.join(timeout=60)

    assert order == ["found", "first", "second"]


def test_a_killed_holder_keeps_nobody_waiting(tmp_path: Path) -> None:
    """The system frees the locks of a process that is gone."""
    program = (
        "import sys, time; from pathlib import Path; from tiles.turns import Turns; "
        "turn = Turns(Path(sys.argv[1])).take(['/a'], lambda: False); print('held', flush=True); "
        "time.sleep(600)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "turns")],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    waited: list[object] = []
    second = threading.Thread(
        target=lambda: waited.append(Turns(tmp_path / "turns").take(["/a"], lambda: False))
    )
    second.start()

    holder.send_signal(signal.SIGKILL)
    second.join(timeout=60)
    holder.wait()
    holder.stdout.close()

    assert len(waited) == 1


def test_turns_without_a_file(tmp_path: Path) -> None:
    """Where the common file cannot be opened, everybody's turn is now."""
    (tmp_path / "turns").mkdir()

    Turns(tmp_path / "turns").take(["/a"], lambda: False).end()


def test_many_turns_at_once_wait_for_nobody(tmp_path: Path) -> None:
    """Thousands of tiles that are being made, and another process that wants others."""
    turns, others = Turns(tmp_path / "turns"), Turns(tmp_path / "turns")
    held = [turns.take([f"/a/{number}"], lambda: False) for number in range(3000)]
    looks: list[bool] = []

    for number in range(500):
        others.take([f"/b/{number}"], lambda: bool(looks.append(True))).end()
    for turn in held:
        turn.end()

    # Before each lock it is asked once whether the tile is there; whoever waits asks again.
    assert len(looks) == 500


def test_a_new_folder_is_swept_after_a_while(disk: DiskStore) -> None:
    """Not with the first tile, and nobody asks what is current before it is time."""
    asked: list[bool] = []
    sweeper = Sweeper(disk, 10**9, lambda: asked.append(True))
    sweeper.count(disk.keep(address(), tile()))

    sweeper.sweep_if_due()
    at_once = list(asked)
    os.utime(disk.folder / ".swept", (time.time() - HOUR,) * 2)
    sweeper.sweep_if_due()
    sweeper.sweep_if_due()

    assert (at_once, asked) == ([], [True])


def test_threads_take_turns_without_a_folder() -> None:
    """Who wants one of the same tiles waits, others do not; ending twice gives nobody else's turn away."""
    turns = Turns()
    first = turns.take(["/a", "/b"], lambda: False)
    got: list[str] = []
    held: list[Turn] = []

    def take(name: str) -> None:
        held.append(turns.take(["/b"], lambda: False))
        got.append(name)

    second = threading.Thread(target=take, args=("second",))
    third = threading.Thread(target=take, args=("third",))
    second.start()
    turns.take(["/c"], lambda: False).end()
    waited = list(got)
    first.end_here()
    second.join(timeout=60)
    first.end()
    third.start()
    third.join(timeout=0.1)
    after_second = list(got)
    held[0].end()
    third.join(timeout=60)

    assert (waited, after_second, got) == ([], ["second"], ["second", "third"])


def test_nobody_waits_where_the_disk_knows_no_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on some network disks: everybody's turn is now, and the tile is made more than once."""

    def refuse(_file: int, _operation: int, _lock: bytes) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.fcntl", refuse)
    monkeypatch.setattr("tiles.turns._PATIENCE_SECONDS", 600.0)

    Turns(tmp_path / "turns").take(["/a"], lambda: False).end()
    Turns(tmp_path / "turns").take(["/a"], lambda: False).end()
