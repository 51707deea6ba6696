"""pg_tileserv's statement (Go, Crunchy Data), run by our own threads: the program itself was not to be had.

Its module is not served by Go's proxy, so there is no HTTP, no compression and no process of its own in these
figures; they are what pg_tileserv cannot be quicker than. Statement: `benchmarks/sql/pg_tileserv.sql`, with the
columns, the buffer and the cap that all others have.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from benchmarks.serving.asking import Outcome, quantile
from benchmarks.serving.grids import tile_box
from benchmarks.serving.peers.server import CONNECTIONS
from benchmarks.serving.portal import BUFFER, MAX_FEATURES
from benchmarks.serving.stage import PEERS_SCHEMA
from gis.statements import compose, identifier, identifiers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.serving.peers.server import Tile
    from benchmarks.serving.portal import BenchLayer
    from benchmarks.serving.stage import Stage


class PgTileservStatement:
    """Answers tiles by SQL over as many connections as there are clients, at most those a server has."""

    def __init__(self, stage: Stage, srid: str) -> None:
        self.stage = stage
        self.srid = srid
        self.label = "pg_tileserv (its SQL)" if srid == "3794" else "pg_tileserv (its SQL) 3857"

    def ask_once_each(self, layer: BenchLayer, tiles: Sequence[Tile], clients: int, seconds: float) -> Outcome:
        """As `asking.ask_once_each`, without HTTP."""
        statement = self._statement(layer)
        numbers = iter(range(len(tiles)))
        lock = threading.Lock()
        waits: list[float] = []
        sizes: list[int] = []
        begun: list[float] = []
        start = threading.Barrier(min(clients, CONNECTIONS), lambda: begun.append(time.perf_counter()))

        def ask_on() -> None:
            with psycopg.connect(self.stage.peer_url, autocommit=True) as connection:
                connection.execute(statement, self._values(tiles[0]))
                start.wait()
                while True:
                    with lock:
                        number = next(numbers, None)
                    if number is None or time.perf_counter() - begun[0] >= seconds:
                        return
                    asked = time.perf_counter()
                    row = connection.execute(statement, self._values(tiles[number]), binary=True).fetchone()
                    waits.append(time.perf_counter() - asked)
                    sizes.append(len(row[0]) if row and row[0] else 0)

        threads = [threading.Thread(target=ask_on) for _ in range(min(clients, CONNECTIONS))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        elapsed = time.perf_counter() - begun[0]
        return Outcome(len(waits), elapsed, quantile(waits, 0.5), quantile(waits, 0.99), sum(sizes), 0)

    def read(self, layer: BenchLayer, tile: Tile) -> bytes:
        """One tile."""
        with psycopg.connect(self.stage.peer_url) as connection:
            row = connection.execute(self._statement(layer), self._values(tile), binary=True).fetchone()
            return bytes(row[0]) if row and row[0] else b""

    def _statement(self, layer: BenchLayer) -> bytes:
        return compose(
            "benchmarks",
            "pg_tileserv_rows",
            table=identifier(PEERS_SCHEMA, layer.tables[self.srid]),
            columns=identifiers(layer.columns),
            layer=sql.Literal(layer.id),
            srid=sql.Literal(int(self.srid)),
            buffer=sql.Literal(BUFFER),
            limit=sql.Literal(MAX_FEATURES),
        ).as_bytes(None)

    def _values(self, tile: Tile) -> dict[str, float]:
        return {"z": tile.z, "x": tile.x, "y": tile.y, "margin": tile_box(tile).width * BUFFER / 4096}
