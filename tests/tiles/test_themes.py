"""Themes: several layers side by side in one tile, under a token that follows their versions."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from psycopg import sql

pytestmark = pytest.mark.database

HERE = (508000.0, 136000.0)
SQUARE = shapely.box(508001, 135980, 508020, 135999)
SMALL = shapely.box(508001, 135990, 508005, 135999)


def _tilejson(workshop: Any, set_id: str = "view") -> dict[str, Any]:
    content: dict[str, Any] = workshop.client.get(f"/tiles/{set_id}/SI-D96.json").json
    return content


def _address(workshop: Any, tilejson: dict[str, Any]) -> str:
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
    return tilejson["tiles"][0].format(z=12, x=x, y=y)


def test_theme_tile_holds_its_layers_in_order(workshop: Any) -> None:
    """One tile has the MVT layers of every published member, from the bottom of the drawing upwards."""
    workshop.publish("b", [SQUARE], style={"label": {"column": "name"}})
    workshop.publish("a", [SMALL])

    tile = workshop.tile_at("view", "SI-D96", 12, HERE)

    assert list(tile) == ["a", "b", "b:labels"]


def test_theme_tile_is_its_members_tiles_joined(workshop: Any) -> None:
    """The bytes of a theme's tile are those of its members, one after the other."""
    workshop.publish("a", [SMALL])
    workshop.publish("b", [SQUARE])
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)

    one, other, both = (
        workshop.client.get(f"/tiles/{name}/SI-D96/12/{x}/{y}.mvt").data for name in ("a", "b", "view")
    )

    assert both == one + other


def test_token_follows_the_members(workshop: Any) -> None:
    """A new version of a member makes a new token; the same versions always make the same one."""
    workshop.publish("a", [SQUARE])
    first = _tilejson(workshop)["prostor"]["token"]
    again = _tilejson(workshop)["prostor"]["token"]

    workshop.publish("b", [SQUARE])

    assert first == again
    assert _tilejson(workshop)["prostor"]["token"] != first


def test_earlier_token_answers_after_a_restart(workshop: Any, make_workshop: Any) -> None:
    """A process that never saw a theme's earlier versions finds them by its token, with the old content."""
    workshop.publish("a", [SQUARE])
    workshop.publish("b", [SQUARE])
    address = _address(workshop, _tilejson(workshop))
    before = workshop.client.get(address).data
    workshop.publish("a", [SMALL])
    workshop.publish("b", [SMALL])
    restarted = make_workshop()

    response = restarted.client.get(address)

    assert response.status_code == 200
    assert response.data == before
    assert restarted.tile_at("view", "SI-D96", 12, HERE) != restarted.decode(before)


def test_earlier_token_answers_after_a_rollback(workshop: Any, make_workshop: Any) -> None:
    """A version put back beside newer ones of the others never was the newest; its token is found too."""
    workshop.publish("b", [SQUARE])
    workshop.publish("b", [SMALL])
    workshop.publish("a", [SQUARE])
    with workshop.database.loading() as connection:
        connection.execute("UPDATE catalogue.layer SET current_version_id = 1 WHERE id = 'b'")
    address = _address(workshop, _tilejson(workshop))
    before = workshop.client.get(address).data
    workshop.publish("a", [SMALL])

    response = make_workshop().client.get(address)

    assert (response.status_code, response.data) == (200, before)


def test_unknown_token_is_not_found(workshop: Any) -> None:
    """A token that no versions of the members make is 404."""
    workshop.publish("a", [SQUARE])

    assert workshop.client.get("/tiles/view@0123456789abcdef/SI-D96/0/0/0.mvt").status_code == 404


def test_withdrawn_member_leaves_the_theme(workshop: Any) -> None:
    """The theme goes on without the withdrawn layer; its token with that layer is gone."""
    workshop.publish("a", [SQUARE])
    workshop.publish("b", [SQUARE])
    with_both = _address(workshop, _tilejson(workshop))
    workshop.client.get(with_both)
    workshop.withdraw("b")
    workshop.service._withdrawals._next = 0.0

    assert workshop.client.get(with_both).status_code == 410
    assert list(workshop.tile_at("view", "SI-D96", 12, HERE)) == ["a"]


def test_members_are_made_once_for_layer_and_theme(workshop: Any) -> None:
    """A tile of a member that is in memory is not asked of PostGIS again for the theme."""
    workshop.publish("a", [SQUARE])
    alone = workshop.tile_at("a", "SI-D96", 12, HERE)
    with workshop.database.loading() as connection:
        connection.execute("LOCK TABLE data.v1 IN ACCESS EXCLUSIVE MODE")

        together = workshop.tile_at("view", "SI-D96", 12, HERE)

    assert together == alone


def test_truncated_members_are_all_named(workshop: Any) -> None:
    """The header of a theme's tile names each layer that was cut."""
    many = [shapely.box(508001, 135980, 508002 + n / 100, 135990) for n in range(120)]
    for name in "ab":
        workshop.publish(name, many, tiles={"max_features": 100})
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)

    response = workshop.client.get(f"/tiles/view/SI-D96/12/{x}/{y}.mvt")

    assert response.headers["X-Features-Truncated"] == "a;max=100, b;max=100"


def test_theme_is_sent_without_a_layer_that_does_not_answer(workshop: Any) -> None:
    """A locked layer is left out and named; nobody keeps such a tile, and the next one is whole."""
    for name in "ab":
        workshop.publish(name, [SQUARE])
    address = _address(workshop, _tilejson(workshop))
    with workshop.database.loading() as connection:
        table = sql.Identifier("data", workshop.table_name("a"))
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(table))
        without = workshop.client.get(address)

    whole = workshop.client.get(address)

    assert (without.status_code, without.headers["X-Layers-Missing"]) == (200, "a")
    assert without.headers["Cache-Control"] == "no-store"
    assert "ETag" not in without.headers
    assert list(workshop.decode(without.data)) == ["b"]
    assert list(workshop.decode(whole.data)) == ["a", "b"]
    assert "X-Layers-Missing" not in whole.headers


def test_theme_of_which_nothing_answers_is_refused(workshop: Any) -> None:
    """A tile without any of its layers would look like empty land; it is 503."""
    workshop.publish("a", [SQUARE])
    x, y = workshop.grids["SI-D96"].tile_at(12, *HERE)
    with workshop.database.loading() as connection:
        table = sql.Identifier("data", workshop.table_name("a"))
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(table))

        answer = workshop.client.get(f"/tiles/view/SI-D96/12/{x}/{y}.mvt")

    assert answer.status_code == 503


def test_theme_without_layers_is_empty(workshop: Any) -> None:
    """Before anything is published a theme has empty tiles and a TileJSON without layers."""
    tilejson = _tilejson(workshop)

    assert workshop.tile_at("view", "SI-D96", 12, HERE) == {}
    assert tilejson["vector_layers"] == []
    assert len(tilejson["bounds"]) == 4
