"""How soon a process looks for withdrawals again: soon when the pool is busy, later when all is away."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from gis.database import Database, DatabaseUrls
from tiles import withdrawals

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.database
HERE = (508000.0, 136000.0)
SQUARE = shapely.box(508001, 135980, 508020, 135999)


@contextmanager
def busy(database: Database) -> Iterator[None]:
    """Every connection for questions of this process is taken."""
    with ExitStack() as taken:
        for _ in range(4):
            taken.enter_context(database.cursor("api"))
        yield


def served_tile(workshop: Any) -> str:
    """The address of a tile that is in memory."""
    token = workshop.publish("a", [SQUARE])
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
    path = f"/tiles/a@{token}/SI-D96/12/{x}/{y}.mvt"
    assert workshop.client.get(path).status_code == 200
    return path


def look_again(workshop: Any) -> float:
    """Look now, wait for what comes of it, and say after how many seconds the next look is due."""
    watching = workshop.service._withdrawals
    watching._next = time.monotonic()
    watching.look()
    asking = watching._asking
    assert asking is None or asking.done.wait(60)
    return float(watching._next - time.monotonic())


def test_a_busy_pool_is_asked_again_soon(workshop: Any) -> None:
    """The tile goes on being served meanwhile; when a connection is free, the withdrawal is seen."""
    path = served_tile(workshop)
    with busy(workshop.database):
        pause = look_again(workshop)
        workshop.withdraw("a")
        during = workshop.client.get(path).status_code
    time.sleep(max(0.0, workshop.service._withdrawals._next - time.monotonic()))

    after = workshop.client.get(path).status_code

    assert pause <= withdrawals._AFTER_BUSY_SECONDS < withdrawals._AFTER_FAILURE_SECONDS / 10
    assert (during, after) == (200, 410)


def test_nobody_else_waits_while_the_pool_is_known_to_be_busy(
    workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks again may wait for a connection; requests beside it are answered from memory at once."""
    served_tile(workshop)
    watching = workshop.service._withdrawals
    with busy(workshop.database):
        look_again(workshop)
    watching._next = time.monotonic() - 60
    monkeypatch.setattr(withdrawals, "_PATIENCE_SECONDS", 600.0)
    beside = threading.Thread(target=watching.look)
    watching._asking = asking = withdrawals._Asking(time.monotonic(), threading.Event())

    beside.start()
    beside.join(30)
    waits = beside.is_alive()
    asking.done.set()

    beside.join()
    assert not waits


def test_nobody_waits_long_for_a_database_that_stands_still(workshop: Any) -> None:
    """A question that has been under way for a second holds up no request any more."""
    path = served_tile(workshop)
    watching = workshop.service._withdrawals
    watching._next = time.monotonic() - 60
    never = withdrawals._Asking(time.monotonic() - withdrawals._PATIENCE_SECONDS, threading.Event())
    watching._asking = never

    answers = [workshop.client.get(path).status_code for _ in range(100)]

    assert set(answers) == {200}
    assert watching._asking is never


def test_a_database_that_is_away_is_left_alone_for_a_while(
    workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking it would take seconds of every request."""
    path = served_tile(workshop)
    away = DatabaseUrls(*["postgresql://nobody@/none?host=/nowhere"] * 3)
    workshop.database.dispose()
    monkeypatch.setattr(workshop.database, "_engines", Database(away)._engines)

    pause = look_again(workshop)

    assert withdrawals._AFTER_BUSY_SECONDS < pause <= withdrawals._AFTER_FAILURE_SECONDS
    assert workshop.client.get(path).status_code == 200
