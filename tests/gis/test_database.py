"""Connections: read-only, bounded in time and number, and honest when the database is away."""

from __future__ import annotations

import contextlib

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import errors

from gis.database import Database, DatabaseUrls
from gis.errors import UnavailableError

pytestmark = pytest.mark.database


def test_reading_cannot_write(database: Database) -> None:
    """A session of the web process refuses every write, whatever the login may do."""
    with pytest.raises(errors.ReadOnlySqlTransaction), database.cursor() as cursor:
        cursor.execute("CREATE TABLE data.intruder (id integer)")


def test_a_slow_question_is_ended(database: Database) -> None:
    """A statement beyond its time becomes UnavailableError with a sentence for people."""
    with pytest.raises(UnavailableError, match="took too long"), database.reading("tiles") as connection:
        connection.exec_driver_sql("SET statement_timeout = '50ms'; SELECT pg_sleep(5)")


def test_an_empty_pool_is_told(database: Database) -> None:
    """When every connection of a purpose is taken, the next asker hears so instead of waiting for ever."""
    with contextlib.ExitStack() as taken:
        for _ in range(2):
            taken.enter_context(database.reading("downloads"))

        with pytest.raises(UnavailableError, match="busy"), database.reading("downloads"):
            pass


def test_purposes_do_not_starve_each_other(database: Database) -> None:
    """Downloads that take all their connections leave those of tiles free."""
    with contextlib.ExitStack() as taken:
        for _ in range(2):
            taken.enter_context(database.reading("downloads"))

        with database.reading("tiles") as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1


def test_a_cut_connection_is_replaced(database: Database) -> None:
    """After the server has ended our sessions the next question works, without an error in between."""
    with database.reading("api") as connection:
        pid = connection.scalar(sa.text("SELECT pg_backend_pid()"))
    with psycopg.connect(database.urls.reader) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])

    with database.reading("api") as connection:
        again = connection.scalar(sa.text("SELECT pg_backend_pid()"))

    assert again != pid


def test_an_absent_database_is_told(database_urls: DatabaseUrls) -> None:
    """A database that cannot be reached becomes UnavailableError, and the sentence shows no password."""
    nowhere = "postgresql://reader:s3cret@/prostor?host=/nowhere"
    away = Database(DatabaseUrls(nowhere, nowhere, nowhere))

    with pytest.raises(UnavailableError, match="away") as caught, away.reading():
        pass

    assert "s3cret" not in str(caught.value) + str(caught.value.facts)


def test_reading_settings_hold(database: Database) -> None:
    """JIT and parallel workers are off; plans are custom, but for tiles general ones (decision 0004)."""
    names = ("jit", "max_parallel_workers_per_gather", "plan_cache_mode", "statement_timeout")
    found = {}
    for purpose in ("tiles", "api", "downloads"):
        with database.reading(purpose) as connection:
            found[purpose] = [
                connection.scalar(sa.text("SELECT current_setting(:name)"), {"name": name}) for name in names
            ]

    assert found == {
        "tiles": ["off", "0", "force_generic_plan", "5s"],
        "api": ["off", "0", "force_custom_plan", "10s"],
        "downloads": ["off", "0", "force_custom_plan", "5min"],
    }


def test_tiles_are_asked_for_without_a_transaction(database: Database) -> None:
    """Between two statements of the tiles' pool no transaction stays open; writing is refused all the same."""
    with database.cursor("tiles") as cursor:
        cursor.execute("SELECT 1")

        assert cursor.connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            cursor.execute("CREATE TABLE data.mine (id integer)")


def test_loading_is_one_transaction(database: Database) -> None:
    """What the loader did before an error is gone after it."""
    with contextlib.suppress(ZeroDivisionError), database.loading() as connection:
        connection.execute("CREATE TABLE data.half (id integer)")
        raise ZeroDivisionError

    with database.loading() as connection:
        assert connection.execute("SELECT to_regclass('data.half')").fetchone() == (None,)


def test_readers_notice_a_server_that_is_gone_without_a_word(database: Database) -> None:
    """Over a network: connections ask after a few silent seconds whether anybody is there."""
    for purpose in ("tiles", "api", "downloads"):
        with database.cursor(purpose) as cursor:
            given = cursor.connection.info.get_parameters()
        silent = int(given["keepalives_idle"]) + int(given["keepalives_interval"]) * int(
            given["keepalives_count"]
        )

        assert silent <= 15
        assert int(given["tcp_user_timeout"]) <= 15_000
