"""Answers stay the same under load, and one bad outline spoils no other theme."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql

from gis.database import plain_url
from gis.envelope import Envelope
from layers.answer.candidates import Wanted, bind_values, select_candidates
from layers.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gis.database import Database

pytestmark = pytest.mark.database


def test_answers_under_load_are_identical(village: Any, answer: Callable[..., Any]) -> None:
    """Eight clients asking for four parcels side by side get, each time, the content of a quiet moment."""
    paths = ("9001/10", "9001/2/1", "9001/*3", "9001/2/1,10,*3")
    quiet = {path: answer(path)["hash"] for path in paths}
    app = village.open().application
    seen: list[tuple[str, str]] = []

    def ask(turn: int) -> None:
        own = app.test_client()
        for place in range(6):
            path = paths[(turn + place) % len(paths)]
            seen.append((path, own.get(f"/parcels/{path}").get_json()["hash"]))

    threads = [threading.Thread(target=ask, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 48
    assert set(seen) == set(quiet.items())


@contextmanager
def crossed(database: Database, layer_id: str, key: str) -> Iterator[None]:
    """A stored outline that crosses itself, as long as it lasts."""
    table = sql.Identifier("data", Catalogue(database).find(layer_id).table_name)
    read = sql.SQL("SELECT _geom FROM {} WHERE _key = %s").format(table)
    change = sql.SQL("UPDATE {} SET _geom = %s::geometry WHERE _key = %s").format(table)
    corners = [(507070, 135010), (507080, 135020), (507080, 135010), (507070, 135020), (507070, 135010)]
    bow = f"SRID=3794;POLYGON (({', '.join(f'{x} {y}' for x, y in corners)}))"
    with psycopg.connect(plain_url(database.urls.loader), autocommit=True) as connection:
        row = connection.execute(read, (key,)).fetchone()
        assert row is not None
        connection.execute(change, (bow, key))
        yield
        connection.execute(change, (row[0], key))


def test_an_invalid_neighbour_degrades_its_theme_only(village: Any, themes: Callable[..., Any]) -> None:
    """An outline that crosses itself is mended for its theme and told there; all others answer as before."""
    before = themes("9001/2/1")

    with crossed(village.database, "protected", "Hrast"):
        after = themes("9001/2/1")

    assert [(each["fault"], each["name"]) for each in after["protected"]["doubts"]] == [("mended", "Hrast")]
    assert [each["drawn_m2"] for each in after["protected"]["restrictions"]] == [50.0]
    assert {name: each for name, each in after.items() if name != "protected"} == {
        name: each for name, each in before.items() if name != "protected"
    }


def test_one_statement_asks_all_layers(village: Any) -> None:
    """However many themes there are, what lies near a parcel is one question, answered by spatial indexes."""
    wanted = [Wanted(layer, (), 25.0) for layer in Catalogue(village.database).published()]
    values = bind_values(wanted, Envelope(507000, 135000, 507060, 135030, 3794))
    statement = select_candidates(wanted)

    with village.database.reading() as connection:
        rows = connection.execute(statement, values).mappings().all()
        compiled = statement.params(**values).compile(connection.engine, compile_kwargs={"literal_binds": True})
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {compiled}"))

    everything = {"parcels", "buildings", "zoning", "protected", "studies", "acts", "power", "flood"}
    assert {row["_layer"] for row in rows} == everything - {"flood"}
    assert plan.count("Index Cond: (_geom && ") == len(everything)
    assert "Seq Scan" not in plan
