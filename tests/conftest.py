"""Fixtures every floor's tests may use: a private PostGIS cluster, fresh databases, the sample, a client.

The cluster lives in a short folder under /tmp for one test run; the machine's own cluster is never touched.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import settings
from psycopg import sql

from gis.cluster import EmbeddedCluster
from gis.database import Database
from gis.provision import provision
from gis.settings import Settings
from gis.statements import read_statement
from layers.migrations import migrate
from tests.sample_backup import SampleBackup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from gis.database import DatabaseUrls

# The same examples every time, and no clock: `pytest --hypothesis-profile=default` looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

_TEMPLATE = "prostor_template"
_HOMES = Path("/tmp")  # noqa: S108 - a socket path is short, and pytest's own folders are long
_PREFIX = "prostor-test-"


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Where events go ends with the test that said so."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def cluster() -> Iterator[EmbeddedCluster]:
    """A running private cluster for this test run; what killed runs left behind is removed first."""
    _remove_abandoned_homes()
    home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_HOMES))
    home.chmod(0o755)
    started = EmbeddedCluster(home, durable=False)
    started.start()
    yield started
    started.stop()
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def _template(cluster: EmbeddedCluster) -> str:
    """A provisioned and migrated database that fresh ones are copied from."""
    migrate(Database(provision(cluster, _TEMPLATE)))
    return _TEMPLATE


@pytest.fixture(scope="session")
def _copy_template(cluster: EmbeddedCluster, _template: str) -> Callable[[], str]:
    numbers = itertools.count(1)

    def copy() -> str:
        name = f"prostor_{next(numbers)}"
        with cluster.superuser() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(_template)
                )
            )
        # Rights on the database itself are not copied; roles stand already.
        with cluster.superuser(name) as connection:
            connection.execute(read_statement("gis", "provision"))
        return name

    return copy


@pytest.fixture
def fresh_database(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str]
) -> Iterator[Callable[[], DatabaseUrls]]:
    """Makes a new migrated database at each call; they are dropped when the test ends."""
    names: list[str] = []

    def make() -> DatabaseUrls:
        names.append(_copy_template())
        return cluster.urls(names[-1])

    yield make
    with cluster.superuser() as connection:
        for name in names:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database_urls(fresh_database: Callable[[], DatabaseUrls]) -> DatabaseUrls:
    """The connection strings of one new migrated database."""
    return fresh_database()


@pytest.fixture
def database(database_urls: DatabaseUrls) -> Iterator[Database]:
    """One new migrated database, its pools closed when the test ends."""
    opened = Database(database_urls)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def sample_database(
    cluster: EmbeddedCluster, _template: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Database]:
    """The sample municipality, imported once for the whole run; read from it only.

    Of several processes the first imports it, and the others restore its backup into their own clusters.
    """
    from prostor.portal_choice import read_chosen_portal  # noqa: PLC0415 - pure tests need no service
    from prostor.sample import import_missing_layers  # noqa: PLC0415 - as above

    home = tmp_path_factory.mktemp("staging")
    own = tmp_path_factory.getbasetemp()
    backup = SampleBackup(cluster, own if worker_id == "master" else own.parent)
    urls = backup.make(
        "prostor_sample",
        _template,
        lambda made: import_missing_layers(made, read_chosen_portal(Settings(home=home)), home, lambda _: None),
    )
    opened = Database(urls)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def app(sample_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole service on the sample."""
    from prostor.app import DATABASE, PAINTER, PRINTER, create_app  # noqa: PLC0415 - pure tests need no service

    made = create_app(Settings(home=tmp_path_factory.mktemp("home")), sample_database.urls)
    yield made
    made.extensions[PRINTER].close()
    made.extensions[PAINTER].close()
    made.extensions[DATABASE].dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the whole service."""
    return app.test_client()


def _remove_abandoned_homes() -> None:
    for home in _HOMES.glob(f"{_PREFIX}*"):
        pid = home.name.removeprefix(_PREFIX).split("-")[0]
        # Another process of this run may remove the same one.
        with suppress(FileNotFoundError):
            if home.owner() == Path("/proc/self").owner() and not Path("/proc", pid).exists():
                EmbeddedCluster(home).stop()
                shutil.rmtree(home, ignore_errors=True)
