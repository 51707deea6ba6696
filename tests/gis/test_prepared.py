"""Statements asked thousands of times: what is bound stays bound, and plans survive what befalls a session."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from gis import prepared
from gis.errors import UnavailableError
from gis.prepared import parse_statement, read_rows

if TYPE_CHECKING:
    from gis.database import Database

_ECHO = parse_statement("SELECT %(word)s::text, %(count)s + 1, %(share)s, %(word)s::text, 7 %% 4, NULL::bytea")
_PLANS = "SELECT count(*) FROM pg_prepared_statements"


def test_names_become_numbers() -> None:
    """A value that is named twice is sent once; a doubled percent sign is one."""
    assert _ECHO.names == ("word", "count", "share")
    assert _ECHO.text == b"SELECT $1::text, $2 + 1, $3, $1::text, 7 % 4, NULL::bytea"


@pytest.mark.database
def test_values_are_bound(database: Database) -> None:
    """Texts, whole numbers and fractions arrive exactly, whatever they contain; rows are in binary form."""
    values = {"word": "'; DROP TABLE x; -- $2 %(č)s", "count": 41, "share": 0.1 + 0.2}

    with database.connection() as connection:
        ((word, count, share, again, rest, nothing),) = read_rows(connection, _ECHO, values)
        exact = connection.execute("SELECT float8send(%s)", [values["share"]]).fetchone()

    assert word == again == values["word"].encode()
    assert (int.from_bytes(count), int.from_bytes(rest), nothing) == (42, 3, None)
    assert exact == (share,)


@pytest.mark.database
def test_lists_are_bound(database: Database) -> None:
    """Whole numbers arrive as an array; also none at all."""
    ask = parse_statement("SELECT cardinality(%(all)s::bigint[]), 2 ^ 40 = ANY(%(all)s::bigint[])")

    with database.connection() as connection:
        found = [read_rows(connection, ask, {"all": all_}) for all_ in ([1, -2, 2**40], ())]

    assert found == [[(b"\0\0\0\3", b"\1")], [(b"\0\0\0\0", b"\0")]]


@pytest.mark.database
def test_a_statement_is_prepared_once(database: Database) -> None:
    """However often it is asked in a connection, there is one plan."""
    with database.connection() as connection:
        before = connection.execute(_PLANS).fetchone()
        for count in range(5):
            read_rows(connection, _ECHO, {"word": "a", "count": count, "share": 0.5})
        after = connection.execute(_PLANS).fetchone()

    assert after[0] - before[0] == 1


@pytest.mark.database
def test_a_connection_keeps_few_plans(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past a number of statements the one not used for longest is dropped, and made again when asked for."""
    monkeypatch.setattr(prepared, "_MAX_PLANS", 3)
    statements = [parse_statement(f"SELECT {number}, %(n)s::integer") for number in range(5)]

    with psycopg.connect(database.urls.reader, autocommit=True) as connection:
        rounds = [
            [int.from_bytes(read_rows(connection, each, {"n": 1})[0][0]) for each in statements]
            for _ in range(2)
        ]
        kept = connection.execute(_PLANS).fetchone()

    assert rounds == [[0, 1, 2, 3, 4]] * 2
    assert kept == (3,)


@pytest.mark.database
@pytest.mark.parametrize("lost", ["DEALLOCATE ALL", "DISCARD ALL"])
def test_lost_plans_are_made_again(database: Database, lost: str) -> None:
    """Whoever throws a session's plans away, a pooler for example, costs nobody an answer."""
    values = {"word": "a", "count": 1, "share": 0.5}
    with psycopg.connect(database.urls.reader, autocommit=True) as connection:
        before = read_rows(connection, _ECHO, values)
        connection.pgconn.exec_(lost.encode())

        after = read_rows(connection, _ECHO, values)

    assert after == before


@pytest.mark.database
def test_errors_are_those_of_psycopg(database: Database) -> None:
    """A fault in the statement has its own class, and the connection can be used afterwards."""
    with database.connection() as connection:
        with pytest.raises(psycopg.errors.DivisionByZero):
            read_rows(connection, parse_statement("SELECT 1 / %(n)s"), {"n": 0})
        with pytest.raises(psycopg.errors.UndefinedTable):
            read_rows(connection, parse_statement("SELECT FROM data.nothing"), {})

        assert read_rows(connection, parse_statement("SELECT 1"), {}) == [(b"\x00\x00\x00\x01",)]


@pytest.mark.database
def test_other_threads_go_on_meanwhile(database: Database) -> None:
    """Who waits for PostgreSQL keeps no other thread of the process from working."""
    waited = threading.Event()

    def wait() -> None:
        with database.connection() as connection:
            read_rows(connection, parse_statement("SELECT pg_sleep(0.5)"), {})
        waited.set()

    thread = threading.Thread(target=wait)
    thread.start()
    steps = 0
    while not waited.is_set():
        steps += 1
        time.sleep(0.001)
    thread.join()

    assert steps > 20


@pytest.mark.database
def test_an_ended_session_is_replaced_unnoticed(database: Database) -> None:
    """A session that the server ended while it was idle is replaced; one that ends meanwhile is told."""
    ask = parse_statement("SELECT pg_backend_pid()")
    with database.connection() as connection:
        before = read_rows(connection, ask, {})
        pid = connection.info.backend_pid
    _end_session(database, pid)

    with database.connection() as connection:
        after = read_rows(connection, ask, {})
        pid = connection.info.backend_pid
        ending = threading.Timer(0.2, _end_session, (database, pid))
        ending.start()
        with pytest.raises(UnavailableError, match="away"), database.connection():
            read_rows(connection, parse_statement("SELECT pg_sleep(5)"), {})
    ending.join()
    with database.connection() as connection:
        again = read_rows(connection, ask, {})

    assert len({before[0], after[0], again[0]}) == 3


@pytest.mark.database
def test_a_server_that_hangs_up_without_a_word_is_away(database: Database) -> None:
    """A killed backend says nothing: that is no fault of the statement."""
    with psycopg.connect(database.urls.reader, autocommit=True) as connection:
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

        with pytest.raises(psycopg.OperationalError):
            read_rows(connection, parse_statement("SELECT 1"), {})


def _end_session(database: Database, pid: int) -> None:
    # A transaction would see the sessions of its beginning for ever.
    with psycopg.connect(database.urls.reader, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
        while other.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone() is not None:
            time.sleep(0.01)
