"""The service with a disk behind its memory: hits without a database, withdrawals, disks that do not work."""

from __future__ import annotations

import gzip
import threading
import time
from typing import TYPE_CHECKING, Any

import brotli
import pytest
import shapely

from gis.database import Database, DatabaseUrls
from tiles import writing
from tiles.cache import store_tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.database

SQUARE = shapely.box(508001, 135980, 508020, 135999)
HERE = (508000.0, 136000.0)


def address(workshop: Any, name: str, token: str | None, *, east: int = 0) -> str:
    """The path of the tile here, or further east."""
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
    version = f"@{token}" if token else ""
    return f"/tiles/{name}{version}/SI-D96/12/{x + east}/{y}.mvt"


def written(workshop: Any) -> None:
    """Wait until everything that was made is on disk."""
    workshop.service.store.writer.wait()


@pytest.fixture
def at_home(make_workshop: Callable[..., Any], tmp_path: Path) -> Iterator[Callable[[], Any]]:
    """Makes processes that share a database and a home."""
    made: list[Any] = []

    def make() -> Any:
        made.append(make_workshop(home=tmp_path / "home"))
        return made[-1]

    yield make
    for workshop in made:
        written(workshop)


def cut_off(workshop: Any) -> None:
    """Take the database away from a process."""
    written(workshop)
    away = DatabaseUrls(*["postgresql://nobody@/none?host=/nowhere"] * 3)
    workshop.database.dispose()
    workshop.database._engines = Database(away)._engines


def test_a_new_process_answers_what_another_made(at_home: Callable[[], Any]) -> None:
    """Also while the database is away: 200 in each coding, 304 and 204, byte for byte."""
    first = at_home()
    token = first.publish("a", [SQUARE])
    full, empty = address(first, "a", token), address(first, "a", token, east=40)
    made = first.client.get(full, headers={"Accept-Encoding": "gzip"})
    assert first.client.get(empty).status_code == 204
    written(first)

    second = at_home()
    cut_off(second)
    again = second.client.get(full, headers={"Accept-Encoding": "gzip"})
    small = second.client.get(full, headers={"Accept-Encoding": "gzip, br"})
    plain = second.client.get(full)
    unchanged = second.client.get(full, headers={"If-None-Match": small.headers["ETag"]})

    assert (again.status_code, again.data, again.headers["ETag"]) == (200, made.data, made.headers["ETag"])
    assert small.headers["Content-Encoding"] == "br"
    assert len({again.headers["ETag"], small.headers["ETag"], plain.headers["ETag"]}) == 3
    assert "immutable" in again.headers["Cache-Control"]
    assert (unchanged.status_code, second.client.get(empty).status_code) == (304, 204)
    assert second.client.get(address(first, "a", token, east=1)).status_code == 503


def test_the_alias_goes_on_with_what_was_published_last(at_home: Callable[[], Any]) -> None:
    """While the database is away, for tiles that are kept; others say when to come again."""
    workshop = at_home()
    workshop.publish("a", [SQUARE])
    before = workshop.client.get(address(workshop, "a", None))
    cut_off(workshop)

    during = workshop.client.get(address(workshop, "a", None))

    assert (during.status_code, during.data) == (200, before.data)
    assert "immutable" not in during.headers["Cache-Control"]
    assert workshop.client.get(address(workshop, "a", None, east=1)).status_code == 503


def test_a_withdrawn_layer_leaves_the_disk(at_home: Callable[[], Any], tmp_path: Path) -> None:
    """In every process, with the themes it was in; and a process that slept does not put it back for long."""
    first, sleeper = at_home(), at_home()
    tokens = {name: first.publish(name, [SQUARE]) for name in ("a", "b")}
    theme = first.service.sets.find("view").token
    paths = [address(first, "a", tokens["a"]), address(first, "view", theme)]
    for path in (*paths, address(first, "b", tokens["b"])):
        assert first.client.get(path).status_code == 200
    written(first)
    life = first.catalogue.find("a").life
    first.withdraw("a")
    for workshop in (first, sleeper):
        workshop.service._withdrawals._next = 0.0

    answers = [workshop.client.get(path).status_code for workshop in (first, sleeper) for path in paths]
    kept = sorted(each.name.partition("@")[0] for each in (tmp_path / "home/cache/tiles").glob("[a-z]*@*"))
    sleeper.service.store.keep({paths[0]: store_tile(b"late", frozenset((life,)))})
    written(sleeper)
    sleeper.service._withdrawals._next = 0.0

    assert answers == [410] * 4
    assert kept == ["b"]
    assert sleeper.client.get(paths[0]).status_code == 410
    assert first.client.get(address(first, "b", tokens["b"])).status_code == 200


def test_a_disk_that_does_not_work_costs_no_answer(at_home: Callable[[], Any], tmp_path: Path) -> None:
    """A file where the folder should be: tiles are served, the trouble is known, and ends with its cause."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "cache").write_text("", encoding="ascii")
    workshop = at_home()
    token = workshop.publish("a", [SQUARE])

    assert workshop.client.get(address(workshop, "a", token)).status_code == 200
    written(workshop)
    trouble = workshop.service.store.trouble
    (tmp_path / "home" / "cache").unlink()
    assert workshop.client.get(address(workshop, "a", token, east=1)).status_code in (200, 204)
    written(workshop)

    assert trouble == "Not a directory"
    assert workshop.service.store.trouble is None
    assert list((tmp_path / "home/cache/tiles").rglob("*.mvt.*"))


def test_two_processes_make_a_tile_once(at_home: Callable[[], Any]) -> None:
    """Who comes second waits, and answers what the first one wrote."""
    first, second = at_home(), at_home()
    token = first.publish("a", [SQUARE])
    path = address(first, "a", token)
    turn = first.service.store.take_turn([path])
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.append(second.client.get(path)))
    asking.start()
    time.sleep(0.2)
    waiting = not answers

    life = first.catalogue.find("a").life
    first.service.store.keep({path: store_tile(b"made by the first", frozenset((life,)))}, turn)
    asking.join(timeout=60)

    assert waiting
    assert answers[0].data == b"made by the first"


def test_a_theme_and_its_layer_are_made_of_the_same_tile(at_home: Callable[[], Any]) -> None:
    """The theme takes the layer's tile from the disk, byte by byte, whoever made it."""
    first, second = at_home(), at_home()
    token = first.publish("a", [SQUARE])
    alone = first.client.get(address(first, "a", token))
    written(first)

    theme = second.client.get(address(second, "view", second.service.sets.find("view").token))

    assert theme.data == alone.data


def test_brotli_comes_later(at_home: Callable[[], Any]) -> None:
    """The first answer is compressed by gzip; a quiet moment later Brotli is in memory and on disk."""
    workshop = at_home()
    token = workshop.publish("a", [SQUARE])
    path = address(workshop, "a", token)
    asked = {"Accept-Encoding": "br, gzip"}

    first = workshop.client.get(path, headers=asked)
    written(workshop)
    second = workshop.client.get(path, headers=asked)
    (file,) = workshop.service.store.disk.folder.rglob("*.br")

    assert [each.headers["Content-Encoding"] for each in (first, second)] == ["gzip", "br"]
    assert brotli.decompress(second.data) == gzip.decompress(first.data)
    assert file.read_bytes() == second.data


def test_in_a_rush_tiles_do_without_brotli(at_home: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """When too many wait for it a tile is kept without, and gets it after it was found on the disk again."""
    workshop = at_home()
    path = address(workshop, "a", workshop.publish("a", [SQUARE]))
    asked = {"Accept-Encoding": "br, gzip"}
    monkeypatch.setattr(writing, "_MAX_WAITING_FOR_BROTLI", 0)
    workshop.client.get(path, headers=asked)
    written(workshop)
    monkeypatch.undo()
    kept = [workshop.client.get(path, headers=asked).headers["Content-Encoding"]]
    other = at_home()

    kept += [other.client.get(path, headers=asked).headers["Content-Encoding"]]
    written(other)
    kept += [other.client.get(path, headers=asked).headers["Content-Encoding"]]

    assert kept == ["gzip", "gzip", "br"]


def test_a_withdrawn_tile_gets_no_brotli(at_home: Callable[[], Any]) -> None:
    """What is taken away before its quiet moment leaves no file behind."""
    workshop = at_home()
    path = address(workshop, "a", workshop.publish("a", [SQUARE]))
    disk = workshop.service.store.disk
    workshop.client.get(path)
    written(workshop)
    tile = workshop.service.store.memory.find(path)
    disk.purge(disk.lives)

    assert disk.finish(path, tile) == 0
    assert not list(disk.set_folders())
