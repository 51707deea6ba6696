"""Tiles after a rollback: the addresses the earlier version had are the present ones again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.loading.rollback import roll_back

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.database

HERE = (508000.0, 136000.0)
SQUARE = shapely.box(508001, 135980, 508020, 135999)
LARGER = shapely.box(508001, 135940, 508060, 135999)


def test_a_rollback_serves_the_earlier_addresses_again(make_workshop: Callable[..., Any]) -> None:
    """TileJSON and alias name the earlier token, in a process that knew the later one too."""
    here, other = make_workshop(), make_workshop()
    x, y = here.grids["SI-D96"].tile_at(12, *HERE)

    def read(workshop: Any, token: str | None = None) -> bytes:
        at = f"@{token}" if token else ""
        answer = workshop.client.get(f"/tiles/a{at}/SI-D96/12/{x}/{y}.mvt")
        assert answer.status_code == 200
        return bytes(answer.get_data())

    first = here.publish("a", [SQUARE])
    old = read(other, first)
    second = here.publish("a", [LARGER])
    new = read(other, second)
    roll_back(here.database, "a", 1, who="test")

    for workshop in (here, other):
        assert workshop.client.get("/tiles/a/SI-D96.json").get_json()["prostor"]["token"] == first
        assert read(workshop) == read(workshop, first) == old
        assert read(workshop, second) == new != old
