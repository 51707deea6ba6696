"""A tile is one question to the database, however many layers it holds; a broken layer is told alone."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from psycopg import sql

from gis.errors import GoneError, UnavailableError
from tiles.vector import LayerQuery, find_query_envelope, read_tiles

pytestmark = pytest.mark.database

HERE = (508000.0, 135970.0)
LABELLED = {"label": {"column": "name"}}


@pytest.fixture(scope="module")
def workshop(shared_workshop: Any) -> Any:
    """One database for all tests of this file."""
    return shared_workshop


def _queries(workshop: Any, names: str) -> tuple[list[LayerQuery], int, int]:
    """What asks for the deepest tile around HERE with these layers."""
    grid = workshop.grids["SI-D96"]
    x, y = grid.tile_at(12, *HERE)
    sources = [workshop.service.find_source(workshop.catalogue.find(name), grid, 12) for name in names]
    return [LayerQuery(source, find_query_envelope(source, x, y)) for source in sources], x, y


def _publish(workshop: Any) -> None:
    """A layer of each kind, with labels."""
    x, y = HERE
    workshop.publish("a", [shapely.box(x, y, x + 9, y + 9)], style=LABELLED)
    workshop.publish("b", [shapely.LineString([(x, y), (x + 9, y + 5)])], kind="line", style=LABELLED)
    workshop.publish("c", [shapely.Point(x + 3, y + 3)], kind="point", style=LABELLED)


def test_layers_come_in_one_statement(workshop: Any) -> None:
    """Three layers of three kinds are one statement, and each is what it is when asked for alone."""
    _publish(workshop)
    queries, x, y = _queries(workshop, "abc")

    with workshop.database.connection() as connection:
        before = connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0]
        together = read_tiles(connection, queries, x, y)
        after = connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0]
        alone = [read_tiles(connection, [query], x, y).made for query in queries]

    assert after - before == 1
    assert together.failure is None
    assert list(together.made) == ["a", "b", "c"]
    assert [together.made[name] for name in "abc"] == [
        made[name] for made, name in zip(alone, "abc", strict=True)
    ]
    assert all(set(workshop.decode(each.body)) == {n, f"{n}:labels"} for n, each in together.made.items())


def test_dropped_table_loses_no_other_layer(workshop: Any) -> None:
    """When a version was cleared away meanwhile, the others are made and the failure names the layer."""
    _publish(workshop)
    queries, x, y = _queries(workshop, "abc")
    with workshop.database.loading() as connection:
        table = sql.Identifier("data", workshop.table_name("b"))
        connection.execute(sql.SQL("DROP TABLE {}").format(table))

    with workshop.database.connection() as connection:
        result = read_tiles(connection, queries, x, y)

    assert list(result.made) == ["a", "c"]
    assert isinstance(result.failure, GoneError)
    assert result.failure.facts == {"layer": "b"}


def test_slow_layer_is_named_and_the_ones_before_it_are_kept(workshop: Any) -> None:
    """A layer that does not answer in time is named; what was made before it is not lost."""
    _publish(workshop)
    queries, x, y = _queries(workshop, "abc")
    with workshop.database.connection() as asking, workshop.database.loading() as connection:
        asking.execute("SET lock_timeout = 0; SET statement_timeout = '300ms'")
        table = sql.Identifier("data", workshop.table_name("b"))
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(table))

        result = read_tiles(asking, queries, x, y)
        asking.execute("RESET lock_timeout; RESET statement_timeout")

    assert list(result.made) == ["a"]
    assert isinstance(result.failure, UnavailableError)
    assert result.failure.facts == {"layer": "b"}


def test_members_made_before_a_failure_are_kept_in_memory(workshop: Any) -> None:
    """A theme that cannot be answered has not worked for nothing: its sound members need not be made again."""
    _publish(workshop)
    grid = workshop.grids["SI-D96"]
    x, y = grid.tile_at(12, *HERE)
    with workshop.database.loading() as connection:
        table = sql.Identifier("data", workshop.table_name("b"))
        connection.execute(sql.SQL("DROP TABLE {}").format(table))

    theme = workshop.client.get(f"/tiles/view/SI-D96/12/{x}/{y}.mvt")
    token = workshop.service.sets.find("a").token
    member = workshop.service.store.memory.find(f"/tiles/a@{token}/SI-D96/12/{x}/{y}.mvt")

    assert theme.status_code == 410
    assert member is not None
