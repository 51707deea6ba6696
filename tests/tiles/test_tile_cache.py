"""Memory: what is kept, what makes room, and that a tile is made once however many ask."""

from __future__ import annotations

import os
import threading
import time

import pytest

from gis.errors import UnavailableError
from tiles.cache import StoredTile, TileCache, store_tile
from tiles.flights import Flights

EMPTY = store_tile(b"", frozenset("a"))


def _tile(size: int, layer: str = "a") -> StoredTile:
    """A tile whose compressed body has about that many bytes."""
    return store_tile(os.urandom(size), frozenset((layer,)))


def test_least_recently_used_makes_room() -> None:
    """Past the budget the tile that was not asked for longest goes first."""
    cache = TileCache(35_000)
    for name in "xyz":
        cache.keep(name, _tile(10_000))
    cache.find("x")

    cache.keep("new", _tile(10_000))

    assert [name for name in ("x", "y", "z", "new") if cache.find(name)] == ["x", "z", "new"]
    assert cache.used_bytes <= 35_000


def test_budget_counts_empty_tiles_too() -> None:
    """Empty tiles cost their bookkeeping, so a million of them cannot fill the memory."""
    cache = TileCache(100_000)
    for number in range(1000):
        cache.keep(f"/tiles/a/{number}", EMPTY)

    assert 50 < len(cache) < 200
    assert cache.used_bytes <= 100_000


def test_tile_larger_than_the_budget_is_not_kept() -> None:
    """One huge tile does not throw everything else out."""
    cache = TileCache(5_000)
    cache.keep("small", _tile(100))

    cache.keep("huge", _tile(50_000))

    assert cache.find("huge") is None
    assert cache.find("small") is not None


def test_keeping_again_replaces() -> None:
    """The same path kept twice counts once."""
    cache = TileCache(100_000)
    cache.keep("x", _tile(10_000))

    cache.keep("x", _tile(20))

    assert len(cache) == 1
    assert cache.used_bytes < 2_000


def test_purge_forgets_every_tile_with_the_layer() -> None:
    """Purging a layer takes theme tiles that hold it, and leaves the rest."""
    cache = TileCache(100_000)
    cache.keep("a", _tile(10, "a"))
    cache.keep("b", _tile(10, "b"))
    cache.keep("theme", store_tile(b"both", frozenset("ab")))
    known = cache.lives

    gone = cache.purge({"a"})

    assert gone == 2
    assert (known, cache.lives) == ({"a", "b"}, {"b"})
    assert cache.find("b") is not None


def test_equal_tiles_have_equal_bytes_and_etags() -> None:
    """Two processes that store the same tile at different times store the same."""
    one = store_tile(b"tile" * 1000, frozenset("a"))
    time.sleep(0.01)

    assert store_tile(b"tile" * 1000, frozenset("a")) == one
    assert one.body() == b"tile" * 1000


def test_what_is_asked_for_at_once_is_made_once() -> None:
    """Ten threads that want the same key while it is made all get the one that was made."""
    flights: Flights[object] = Flights()
    begun, made, got = threading.Event(), [], []

    def make() -> object:
        begun.set()
        time.sleep(0.2)
        made.append(object())
        return made[-1]

    threads = [threading.Thread(target=lambda: got.append(flights.make_once("key", make))) for _ in range(10)]
    threads[0].start()
    begun.wait()
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1
    assert sorted(leads for _, leads in got) == [False] * 9 + [True]
    assert [each for each, _ in got] == made * 10


def test_nobody_waits_for_ever_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waited too long is told to come again; the making goes on, and helps the next one."""
    monkeypatch.setattr("tiles.flights._PATIENCE_SECONDS", 0.05)
    flights: Flights[int] = Flights()
    begun, may_end = threading.Event(), threading.Event()
    made: list[tuple[int, bool]] = []

    def make() -> int:
        begun.set()
        may_end.wait(60)
        return 7

    first = threading.Thread(target=lambda: made.append(flights.make_once("key", make)))
    first.start()
    begun.wait(60)
    with pytest.raises(UnavailableError, match="busy"):
        flights.make_once("key", make)
    may_end.set()
    first.join()

    assert made == [(7, True)]


def test_failure_is_everybodys_and_is_not_remembered() -> None:
    """A making that fails raises in whoever waits, and the next one tries anew."""
    flights: Flights[int] = Flights()

    def fail() -> int:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        flights.make_once("key", fail)

    assert flights.make_once("key", lambda: 7) == (7, True)
