"""Tiles of a withdrawn layer leave every process, also one that slept, and never come back."""

from __future__ import annotations

import inspect
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.catalogue import Catalogue
from layers.loading.withdraw import withdraw_layer
from tiles.cache import TileCache, store_tile
from tiles.withdrawals import Withdrawals

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.database

HERE = (508000.0, 136000.0)
SQUARE = shapely.box(508001, 135980, 508020, 135999)


def address(workshop: Any, set_id: str, token: str | None = None) -> str:
    """The path of the tile round the square, with or without a token."""
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
    at = f"@{token}" if token else ""
    return f"/tiles/{set_id}{at}/SI-D96/12/{x}/{y}.mvt"


def theme_token(workshop: Any) -> str:
    """The token of the theme as it is now."""
    return str(workshop.client.get("/tiles/view/SI-D96.json").get_json()["prostor"]["token"])


def status(workshop: Any, path: str) -> int:
    """What a path answers."""
    return int(workshop.client.get(path).status_code)


def test_a_process_that_slept_forgets_an_earlier_life(make_workshop: Callable[..., Any]) -> None:
    """Withdrawn and published again while nobody asked: the old tile is gone from this process too."""
    here, sleeper = make_workshop(), make_workshop()
    old = here.publish("a", [SQUARE])
    path = address(here, "a", old)
    assert status(sleeper, path) == 200

    here.withdraw("a")
    new = here.publish("a", [shapely.box(508001, 135990, 508005, 135999)])
    sleeper.service._withdrawals._next = 0.0

    assert status(sleeper, path) == status(here, path) == 410
    assert status(sleeper, address(here, "a", new)) == status(sleeper, address(here, "a")) == 200
    assert {life.withdrawals for life in sleeper.service.store.memory.lives} == {1}


def test_within_two_seconds(make_workshop: Callable[..., Any]) -> None:
    """The pauses of the service add up to less, and a browser that never stops asking learns it."""
    remember_seconds = inspect.signature(Catalogue).parameters["remember_seconds"].default
    workshop = make_workshop(remember_seconds=remember_seconds)
    path = address(workshop, "a", workshop.publish("a", [SQUARE]))
    assert status(workshop, path) == status(workshop, path) == 200

    withdraw_layer(workshop.database, "a", who="test")
    withdrawn_at = time.monotonic()
    while status(workshop, path) == 200 and time.monotonic() - withdrawn_at < 60:
        time.sleep(0.01)

    assert remember_seconds + workshop.service._withdrawals._every_seconds < 2
    assert status(workshop, path) == status(workshop, address(workshop, "a")) == 410


def test_a_tile_still_being_made_is_purged_afterwards(make_workshop: Callable[..., Any]) -> None:
    """It was kept after the purge, but belongs to a life that is over."""
    workshop = make_workshop()
    workshop.publish("a", [SQUARE])
    life = workshop.catalogue.find("a").life
    workshop.withdraw("a")
    workshop.service._withdrawals.look()

    workshop.publish("a", [SQUARE])
    workshop.service.store.memory.keep("/tiles/a@late", store_tile(b"late", frozenset((life,))))
    workshop.service._withdrawals._next = 0.0
    workshop.service._withdrawals.look()

    assert workshop.service.store.memory.find("/tiles/a@late") is None


def test_every_store_is_purged(make_workshop: Callable[..., Any]) -> None:
    """A second store loses the same tiles, and keeps those of layers that live."""
    workshop = make_workshop()
    for name in ("a", "b"):
        workshop.publish(name, [SQUARE])
    stores = (TileCache(100_000), TileCache(100_000))
    for store in stores:
        for name in ("a", "b"):
            store.keep(f"/{name}", store_tile(b"tile", frozenset((workshop.catalogue.find(name).life,))))
    workshop.withdraw("a")

    Withdrawals(workshop.catalogue, stores).look()

    assert [store.find("/a") for store in stores] == [None, None]
    assert all(store.find("/b") for store in stores)


def test_nobody_is_answered_from_memory_while_a_sleeper_wakes(make_workshop: Callable[..., Any]) -> None:
    """Of two requests at once after a long sleep, the second waits until the first has looked."""
    workshop = make_workshop()
    path = address(workshop, "a", workshop.publish("a", [SQUARE]))
    status(workshop, path)
    workshop.withdraw("a")
    withdrawals = workshop.service._withdrawals
    withdrawals._next = 0.0
    purge, entered, answers = withdrawals._purge, threading.Event(), []

    def purge_slowly() -> None:
        entered.set()
        time.sleep(0.3)
        purge()

    withdrawals._purge = purge_slowly
    first = threading.Thread(target=lambda: answers.append(status(workshop, path)))
    first.start()
    entered.wait()
    answers.append(status(workshop, path))
    first.join()

    assert answers == [410, 410]


def test_theme_tiles_with_a_withdrawn_layer_are_gone_everywhere(make_workshop: Callable[..., Any]) -> None:
    """Also where the theme was never asked for, and when the layer has been published again."""
    here, elsewhere = make_workshop(), make_workshop()
    for name in ("a", "b"):
        here.publish(name, [SQUARE])
    path = address(here, "view", theme_token(here))
    assert status(here, path) == 200

    here.withdraw("b")
    here.service._withdrawals._next = 0.0
    assert status(here, path) == status(elsewhere, path) == 410
    assert status(here, address(here, "view", theme_token(here))) == 200

    here.publish("b", [SQUARE])
    assert status(here, path) == status(make_workshop(), path) == 410
    assert status(here, address(here, "view", "0" * 16)) == 404


def test_kept_versions_are_tiles_until_they_are_dropped(make_workshop: Callable[..., Any]) -> None:
    """Layer and theme answer 200 under the token of a kept version, and 410 once the janitor took it."""
    workshop = make_workshop()
    old = workshop.publish("a", [SQUARE])
    paths = [address(workshop, "a", old), address(workshop, "view", theme_token(workshop))]
    workshop.publish("a", [shapely.box(508001, 135990, 508005, 135999)])

    kept = [status(make_workshop(), path) for path in paths]
    with workshop.database.loading() as connection:
        connection.execute("UPDATE catalogue.layer_version SET state = 'dropped' WHERE number = 1")
        connection.execute("DROP TABLE data.v1")

    assert kept == [200, 200]
    assert [status(make_workshop(), path) for path in paths] == [410, 410]


def test_a_waiting_version_has_no_tiles(workshop: Any) -> None:
    """Its token is as unknown as any other."""
    token = workshop.publish("a", [SQUARE])
    workshop.publish("a", [SQUARE])
    with workshop.database.loading() as connection:
        connection.execute("UPDATE catalogue.layer_version SET state = 'loaded' WHERE number = 1")

    assert status(workshop, address(workshop, "a", token)) == 404
