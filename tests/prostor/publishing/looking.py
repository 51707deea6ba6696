"""What a town shows after something went wrong: through the web service, and in the database itself."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
from psycopg import sql

from gis.database import Database
from gis.settings import Settings
from layers.loading.retire import sweep
from prostor.app import DATABASE, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import LiteralString

    from flask.testing import FlaskClient

    from tests.prostor.publishing.town import Town

_CATCH_UP_SECONDS = 30
# The one tile that holds every field of a town, so one decoded tile shows a whole version.
TILE = "WebMercatorQuad/12/2219/1451"


@dataclass(frozen=True)
class Served:
    """What a version shows: the editions its features speak of, and how many features there are."""

    editions: frozenset[int]
    rows: int


@dataclass(frozen=True)
class State:
    """What of a layer is published: the edition of its source, the number of the version, and its rows."""

    edition: int
    number: int
    rows: int

    def next(self, rows: int) -> State:
        """What an import of the next edition publishes."""
        return State(self.edition + 1, self.number + 1, rows)


@dataclass(frozen=True)
class Onlooker:
    """Looks at one town, as a reader does and as the database's administrator would."""

    town: Town
    database: Database
    client: FlaskClient

    def items(self, layer: str) -> Served:
        """The layer as GeoJSON, in one page."""
        answer = self.client.get(f"/ogc/collections/{layer}/items?limit=1000")
        assert answer.status_code == 200, answer.text
        return _served(each["properties"] for each in json.loads(answer.text)["features"])

    def catch_up(self, layer: str) -> None:
        """Wait until the service shows what is published: it goes on for a second with what it remembers."""
        now = self.state(layer)
        deadline = time.monotonic() + _CATCH_UP_SECONDS
        while self.items(layer) != Served(frozenset([now.edition]), now.rows):
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def tile(self, layer: str) -> Served:
        """The layer as the tile that holds all of it."""
        answer = self.client.get(f"/tiles/{layer}/{TILE}.mvt", headers={"Accept-Encoding": "identity"})
        assert answer.status_code == 200, answer.text
        return _served(each["properties"] for each in mapbox_vector_tile.decode(answer.data)[layer]["features"])

    def published(self, layer: str) -> tuple[int, int]:
        """Number of the version the pointer names, and rows it says it has; its table has as many."""
        number, rows, table, state = self.row(
            "SELECT v.number, v.row_count, v.table_name, v.state FROM catalogue.layer AS l "
            "JOIN catalogue.layer_version AS v ON v.id = l.current_version_id WHERE l.id = {}",
            layer,
        )
        with self.database.reading() as connection:
            statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("data", table))
            found = connection.exec_driver_sql(statement.as_string()).scalar()
        assert (state, found) == ("published", rows)
        return number, rows

    def table(self, layer: str) -> str:
        """The table of the published version."""
        (table,) = self.row(
            "SELECT v.table_name FROM catalogue.layer AS l "
            "JOIN catalogue.layer_version AS v ON v.id = l.current_version_id WHERE l.id = {}",
            layer,
        )
        return str(table)

    def edition(self, layer: str) -> int:
        """The edition in the table of the published version."""
        statement = sql.SQL("SELECT DISTINCT edition FROM {}").format(sql.Identifier("data", self.table(layer)))
        with self.database.reading() as connection:
            ((edition,),) = connection.exec_driver_sql(statement.as_string()).all()
        return int(edition)

    def tables(self) -> list[str]:
        """Every table of schema data that anybody can see."""
        with self.database.loading() as connection:
            rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'data'").fetchall()
        return sorted(str(row[0]) for row in rows)

    def state(self, layer: str) -> State:
        """Edition, number and rows of what is published."""
        return State(self.edition(layer), *self.published(layer))

    def half_visible(self, *, swept: bool) -> list[str]:
        """Tables anybody can see without a version that says so; versions of any state count before a sweep."""
        gone = () if swept else ("dropped", "withdrawn")
        # Asked first: meanwhile another layer may get a version and its table, but none is lost.
        tables = set(self.tables())
        with self.database.loading() as connection:
            rows = connection.execute(
                "SELECT table_name FROM catalogue.layer_version WHERE state = ANY(%s)",
                [["loaded", "published", "kept", *gone]],
            ).fetchall()
        return sorted(tables - {str(row[0]) for row in rows})

    def jobs(self, layer: str) -> list[tuple[str, str | None]]:
        """State and message of every job of a layer, oldest first."""
        with self.database.loading() as connection:
            return connection.execute(
                "SELECT state, message FROM catalogue.import_job WHERE layer_id = %s ORDER BY id", [layer]
            ).fetchall()  # type: ignore[return-value]

    def sweep(self) -> None:
        """What every command that changes a layer begins with, without the quiet period."""
        sweep(self.database, self.town.home, quiet_seconds=0)

    def left_folders(self) -> list[str]:
        """Staging folders there are."""
        return [path.name for path in (self.town.home / "staging").iterdir()]

    def row(self, statement: LiteralString, layer: str) -> tuple[Any, ...]:
        """The one row of a statement about a layer."""
        with self.database.loading() as connection:
            (row,) = connection.execute(sql.SQL(statement).format(sql.Literal(layer))).fetchall()
        return row


@contextmanager
def looking_at(town: Town) -> Iterator[Onlooker]:
    """An onlooker with a service of its own."""
    database = Database(town.urls)
    app = create_app(Settings(portal=town.folder, home=town.home), town.urls)
    try:
        yield Onlooker(town, database, app.test_client())
    finally:
        app.extensions[DATABASE].dispose()
        database.dispose()


def _served(properties: Iterator[dict[str, Any]]) -> Served:
    editions = [int(each["edition"]) for each in properties]
    return Served(frozenset(editions), len(editions))
