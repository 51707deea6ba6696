"""Connections to PostGIS: three logins, and for reading a small pool for each purpose.

`reader` may only read what is published, `loader` writes data tables and moves the pointer, `owner`
owns the schemas and migrates. Three logins, because SET ROLE is no boundary. No statement is built here.
"""

from __future__ import annotations

import select
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

import psycopg
import sqlalchemy
from psycopg import errors as pg
from sqlalchemy import exc as sa
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

from gis.errors import UnavailableError
from gis.metrics import Family, Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from psycopg import Cursor

    from gis.settings import Settings

Purpose = Literal["tiles", "api", "downloads"]

# Measured (docs/decisions/0004-database.md): JIT and parallel workers only cost time on tile-sized queries,
# and a custom plan sees the envelope as numbers.
_READING = {
    "default_transaction_read_only": "on",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "plan_cache_mode": "force_custom_plan",
    "idle_in_transaction_session_timeout": "15s",
    "lock_timeout": "1s",
}
# A tile is one statement asked thousands of times with other numbers: planned once, and without a transaction
# around it, a small tile costs a third less.
_TILES = {"plan_cache_mode": "force_generic_plan"}
# A writer waits for a lock as long as a person would. The server notices within seconds that one was killed
# or its machine is gone, so that nothing of it stands in the next one's way.
_WRITING = {
    "lock_timeout": "20s",
    "client_connection_check_interval": "1s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
_TIMEOUTS: dict[Purpose, str] = {"tiles": "5s", "api": "10s", "downloads": "300s"}
_POOL_SIZES: dict[Purpose, int] = {"tiles": 4, "api": 4, "downloads": 2}
_POOL_WAIT_SECONDS = 2
_CONNECT_SECONDS = 5
# Over a network: a server that is gone without a word is noticed in a quarter of a minute, not in two hours.
_WHEN_UNREACHABLE = {
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
_POOLS = (("pool", tuple(_POOL_SIZES)),)
_WAITS = Family(
    "prostor_database_waits_total", "counter", "Questions that found every connection taken.", _POOLS
)
_WAIT_SECONDS = Family(
    "prostor_database_wait_seconds_total", "counter", "Time they waited for a connection.", _POOLS
)
_REFUSALS = Family("prostor_database_refusals_total", "counter", "Those of them that got none in time.", _POOLS)
FAMILIES = (_WAITS, _WAIT_SECONDS, _REFUSALS)
_NOT_PREPARED = "The database is not prepared for this program. `prostor doctor` says what is missing."

_LOST = (
    "The connection to the database was lost in the middle. Whatever was not finished is undone; "
    "`prostor layer list` shows what is published. Try again."
)
_WRITING_SENTENCES: Mapping[type[psycopg.Error], str] = {
    pg.DiskFull: "The disk of the database is full. Nothing was changed. Make room there, then try again.",
    pg.LockNotAvailable: (
        "Something else in the database is in the way, for example a backup, a migration or an open "
        "administration tool. Nothing was changed. Try again when that is done."
    ),
    pg.QueryCanceled: "The database ended the work before it was done. Nothing was changed. Try again.",
}


@dataclass(frozen=True)
class DatabaseUrls:
    """Connection strings of the three logins; `repr` hides them because they hold passwords."""

    reader: str
    loader: str
    owner: str

    def __repr__(self) -> str:
        return "DatabaseUrls(…)"

    @classmethod
    def from_settings(cls, settings: Settings) -> DatabaseUrls:
        """The three URLs of an existing PostGIS; the caller has checked that they are set."""
        if settings.database_url is None or settings.loader_url is None or settings.owner_url is None:
            msg = "the settings name no existing database"
            raise ValueError(msg)
        return cls(
            settings.database_url.get_secret_value(),
            settings.loader_url.get_secret_value(),
            settings.owner_url.get_secret_value(),
        )


class Database:
    """The one object through which everything reaches PostGIS; engines connect when first used."""

    def __init__(self, urls: DatabaseUrls, metrics: Metrics | None = None) -> None:
        self.urls = urls
        self._waits, self._wait_seconds, self._refusals = map((metrics or Metrics()).counts, FAMILIES)
        # Made at once, because two threads would make two; none of them connects before it is used.
        self._engines = {purpose: _reading_engine(urls.reader, purpose) for purpose in _TIMEOUTS}

    @contextmanager
    def reading(self, purpose: Purpose = "api") -> Iterator[sqlalchemy.Connection]:
        """A read-only SQLAlchemy connection from the pool of that purpose.

        Raises UnavailableError when the database is away, the pool stays empty or time runs out.
        """
        with translated_errors():
            with self._counted_wait(purpose):
                opened = self._engine(purpose).connect()
            with opened as connection:
                yield connection

    @contextmanager
    def cursor(self, purpose: Purpose = "api") -> Iterator[Cursor[tuple[object, ...]]]:
        """A read-only psycopg cursor from the same pool, for composed statements and prepared plans."""
        with translated_errors():
            with self._counted_wait(purpose):
                connection = self._engine(purpose).raw_connection()
            try:
                driver: psycopg.Connection[tuple[object, ...]] = connection.driver_connection  # type: ignore[assignment]
                with driver.cursor() as cursor:
                    yield cursor
                driver.rollback()
            finally:
                connection.close()

    @contextmanager
    def connection(self, purpose: Purpose = "tiles") -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """A read-only psycopg connection from the same pool, without transactions; for `gis.prepared`."""
        with translated_errors():
            with self._counted_wait(purpose):
                pooled = self._engine(purpose).raw_connection()
            try:
                yield cast("psycopg.Connection[tuple[object, ...]]", pooled.driver_connection)
            finally:
                pooled.close()

    @contextmanager
    def loading(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """A psycopg connection of the loader, one transaction: committed at the end, or rolled back.

        Raises UnavailableError with a sentence for whoever imports or publishes.
        """
        with translated_errors():
            opened = psycopg.connect(
                plain_url(self.urls.loader),
                connect_timeout=_CONNECT_SECONDS,
                application_name="prostor-loader",
                options=_options(_WRITING),
                keepalives_idle=30,
                keepalives_interval=10,
                keepalives_count=3,
            )
        with translated_writing_errors(), opened as connection:
            yield connection

    @cached_property
    def loader(self) -> sqlalchemy.Engine:
        """The loader's engine, for catalogue models; unpooled: imports are rare and long."""
        return _engine_without_pool(self.urls.loader)

    @cached_property
    def owner(self) -> sqlalchemy.Engine:
        """The owner's engine, for migrations only."""
        return _engine_without_pool(self.urls.owner)

    def dispose(self) -> None:
        """Close every pooled connection."""
        for engine in self._engines.values():
            engine.dispose()

    def _engine(self, purpose: Purpose) -> sqlalchemy.Engine:
        return self._engines[purpose]

    @contextmanager
    def _counted_wait(self, purpose: Purpose) -> Iterator[None]:
        """Counts taking a connection, when all of them are taken."""
        pool = self._engine(purpose).pool
        if not isinstance(pool, QueuePool) or pool.checkedout() < _POOL_SIZES[purpose]:
            yield
            return
        begun = time.perf_counter()
        try:
            yield
        except sa.TimeoutError:
            self._refusals[purpose,].add()
            raise
        finally:
            self._waits[purpose,].add()
            self._wait_seconds[purpose,].add(time.perf_counter() - begun)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn "the database is away or too slow" of psycopg and SQLAlchemy into UnavailableError."""
    try:
        yield
    except sa.TimeoutError as exc:
        raise UnavailableError("The database is busy. Please try again.", cause="pool") from exc
    except (pg.QueryCanceled, pg.LockNotAvailable) as exc:
        raise UnavailableError("The question took too long. Please ask for less.") from exc
    except (psycopg.OperationalError, psycopg.InterfaceError) as exc:
        raise UnavailableError("The database is away. Please try again.", cause=str(exc)) from exc
    except pg.UndefinedTable as exc:
        raise UnavailableError(_NOT_PREPARED, cause=str(exc)) from exc
    except sa.DBAPIError as exc:
        if isinstance(exc.orig, pg.QueryCanceled | pg.LockNotAvailable):
            raise UnavailableError("The question took too long. Please ask for less.") from exc
        if isinstance(exc.orig, psycopg.OperationalError | psycopg.InterfaceError):
            raise UnavailableError("The database is away. Please try again.", cause=str(exc.orig)) from exc
        if isinstance(exc.orig, pg.UndefinedTable):
            raise UnavailableError(_NOT_PREPARED, cause=str(exc.orig)) from exc
        raise


@contextmanager
def translated_writing_errors() -> Iterator[None]:
    """The same for whoever writes: what stands in the way, and that nothing half done is left."""
    with translated_errors():
        try:
            yield
        except (psycopg.OperationalError, psycopg.InterfaceError) as exc:
            raise UnavailableError(_WRITING_SENTENCES.get(type(exc), _LOST), cause=str(exc)) from exc


def _options(values: Mapping[str, str]) -> str:
    return " ".join(f"-c {name}={value}" for name, value in values.items())


def _reading_engine(url: str, purpose: Purpose) -> sqlalchemy.Engine:
    options = {**_READING, "statement_timeout": _TIMEOUTS[purpose]}
    kind: dict[str, Any] = {}
    if purpose == "tiles":
        options |= _TILES
        kind = {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None}
    engine = sqlalchemy.create_engine(
        _sqlalchemy_url(url),
        hide_parameters=True,
        pool_size=_POOL_SIZES[purpose],
        max_overflow=0,
        pool_timeout=_POOL_WAIT_SECONDS,
        pool_recycle=600,
        **kind,
        connect_args={
            "options": _options(options),
            "connect_timeout": _CONNECT_SECONDS,
            "application_name": f"prostor-{purpose}",
            **_WHEN_UNREACHABLE,
        },
    )
    sqlalchemy.event.listen(engine, "checkout", _replace_ended)
    return engine


def _replace_ended(driver: psycopg.Connection[object], _record: object, _pooled: object) -> None:
    """A connection that was idle has nothing to tell, unless the server ended it: asked without a round trip.

    The pool then opens another one, and so it does for all that are older than this moment.
    """
    poll = select.poll()
    try:
        poll.register(driver.fileno(), select.POLLIN)
        has_ended = bool(poll.poll(0))
    except psycopg.OperationalError:
        has_ended = True
    if has_ended:
        raise sa.InvalidatePoolError("the server ended the connection")


def _engine_without_pool(url: str) -> sqlalchemy.Engine:
    return sqlalchemy.create_engine(
        _sqlalchemy_url(url),
        hide_parameters=True,
        poolclass=sqlalchemy.NullPool,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )


def _sqlalchemy_url(url: str) -> sqlalchemy.URL:
    return make_url(url).set(drivername="postgresql+psycopg")


def plain_url(url: str) -> str:
    """The connection string as psycopg and libpq read it, without SQLAlchemy's word for the driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
