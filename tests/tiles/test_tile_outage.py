"""The database away: tiles in memory go on, others say when to come again, and nothing needs a restart."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest
import shapely

from gis.database import Database, DatabaseUrls

pytestmark = pytest.mark.database

HERE = (508000.0, 136000.0)


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Cuts a workshop off from its database, and joins it again."""

    def cut(workshop: Any) -> None:
        away = DatabaseUrls(*["postgresql://nobody@/none?host=/nowhere"] * 3)
        workshop.database.dispose()
        monkeypatch.setattr(workshop.database, "_engines", Database(away)._engines)
        monkeypatch.setattr(workshop.database, "urls", away)

    return cut


def test_tiles_in_memory_outlive_the_database(workshop: Any, nowhere: Any) -> None:
    """A tile that was served once is served while the database is away; one that was not is 503."""
    token = workshop.publish("a", [shapely.box(508001, 135980, 508020, 135999)])
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
    known = f"/tiles/a@{token}/SI-D96/12/{x}/{y}.mvt"
    before = workshop.client.get(known)
    nowhere(workshop)
    workshop.service._withdrawals._next = 0.0

    during = workshop.client.get(known)
    unknown = workshop.client.get(f"/tiles/a@{token}/SI-D96/12/{x}/{y - 1}.mvt")

    assert (during.status_code, during.data) == (200, before.data)
    assert unknown.status_code == 503
    assert unknown.headers["Access-Control-Allow-Origin"] == "*"


def test_recovery_needs_no_restart(workshop: Any, nowhere: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed making leaves nothing behind: the same tile is made when the database is back."""
    workshop.publish("a", [shapely.box(508001, 135980, 508020, 135999)])
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
    path = f"/tiles/a/SI-D96/12/{x}/{y}.mvt"
    nowhere(workshop)
    away = workshop.client.get(path)
    monkeypatch.undo()

    back = workshop.client.get(path)

    assert (away.status_code, back.status_code) == (503, 200)


def test_tile_that_cannot_be_read_in_time_is_not_empty(workshop: Any) -> None:
    """A table that somebody holds locked makes the tile unavailable; never a tile without features."""
    workshop.publish("a", [shapely.box(508001, 135980, 508020, 135999)])
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
    with workshop.database.loading() as connection:
        connection.execute("LOCK TABLE data.v1 IN ACCESS EXCLUSIVE MODE")

        response = workshop.client.get(f"/tiles/a/SI-D96/12/{x}/{y}.mvt")

    assert response.status_code == 503
    assert len(workshop.service.store.memory) == 0


def test_busy_pool_says_when_to_come_again(workshop: Any) -> None:
    """When every connection for tiles is taken, a new tile is 503, and one from memory is served at once."""
    token = workshop.publish("a", [shapely.box(508001, 135980, 508020, 135999)])
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
    known = f"/tiles/a@{token}/SI-D96/12/{x}/{y}.mvt"
    workshop.client.get(known)
    with ExitStack() as taken:
        for _ in range(4):
            taken.enter_context(workshop.database.cursor("tiles"))

        hit = workshop.client.get(known)
        miss = workshop.client.get(f"/tiles/a@{token}/SI-D96/11/{x // 2}/{y // 2}.mvt")

    assert (hit.status_code, miss.status_code) == (200, 503)
