"""`prostor doctor` finds what is wrong with a database, and says how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from pydantic import SecretStr

from gis.errors import ConfigurationError, ConflictError, UnavailableError
from gis.settings import Settings, read_settings
from layers.reading.sandbox import isolation
from prostor.checkup import CautionError, check_database, check_port, check_sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from gis.cluster import EmbeddedCluster
    from gis.database import DatabaseUrls

pytestmark = pytest.mark.database


def _settings(urls: DatabaseUrls, home: Path, **others: object) -> Settings:
    named = {
        "database_url": SecretStr(urls.reader),
        "loader_url": SecretStr(urls.loader),
        "owner_url": SecretStr(urls.owner),
    }
    return read_settings(**{"home": home, **named, **others})


def test_a_good_database_is_fine(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    """A provisioned and migrated database is told by its versions."""
    assert check_database(_settings(database_urls, tmp_path)).startswith("PostGIS 3.")


def test_the_word_for_the_driver_may_stand_in_an_address(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    """An address as SQLAlchemy writes it is as good as a plain one."""
    named = database_urls.reader.replace("postgresql://", "postgresql+psycopg://")

    said = check_database(_settings(database_urls, tmp_path, database_url=SecretStr(named)))

    assert said.startswith("PostGIS 3.")


def test_a_reader_that_may_write_is_found(
    cluster: EmbeddedCluster, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    """A right given to the reader by hand is found, whatever its guards say."""
    name = str(psycopg.conninfo.conninfo_to_dict(database_urls.reader)["dbname"])
    with cluster.superuser(name) as connection:
        connection.execute("GRANT CREATE ON SCHEMA data TO prostor_reader")

    with pytest.raises(ConfigurationError, match="may write"):
        check_database(_settings(database_urls, tmp_path))


def test_too_many_workers_are_told(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    """Workers that could need more connections than the reader may have are counted."""
    with pytest.raises(ConflictError, match="640 connections"):
        check_database(_settings(database_urls, tmp_path, workers=64))


def test_a_wrong_password_names_its_setting(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    """The login that does not get in is named by its variable, without its password."""
    wrong = SecretStr(database_urls.owner.replace("prostor_owner:", "prostor_owner:x"))

    with pytest.raises(UnavailableError, match="PROSTOR_OWNER_URL"):
        check_database(_settings(database_urls, tmp_path, owner_url=wrong))


def test_a_database_without_catalogue_is_told(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    """Migrations that were never run are named with the command that runs them."""
    with psycopg.connect(database_urls.owner) as connection:
        connection.execute("DROP TABLE catalogue.migration")

    with pytest.raises(ConfigurationError, match="prostor database migrate"):
        check_database(_settings(database_urls, tmp_path))


def test_a_database_without_postgis_is_told(cluster: EmbeddedCluster, tmp_path: Path) -> None:
    """A database nobody provisioned is told by what it lacks."""
    with cluster.superuser() as connection:
        connection.execute("CREATE DATABASE bare")
    try:
        with pytest.raises(ConfigurationError, match="no PostGIS"):
            check_database(_settings(cluster.urls("bare"), tmp_path))
    finally:
        with cluster.superuser() as connection:
            connection.execute("DROP DATABASE bare WITH (FORCE)")


def test_a_reader_that_keeps_the_network_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process can be cut off from the network, nothing else is claimed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    isolation.cache_clear()
    try:
        with pytest.raises(CautionError, match=r"Missing here: .*unshare, which takes the network away"):
            check_sandbox(Settings(home=tmp_path))
    finally:
        isolation.cache_clear()


def test_an_address_elsewhere_is_told(tmp_path: Path) -> None:
    """An address that is not this machine's is named by its setting."""
    with pytest.raises(ConflictError, match="PROSTOR_HOST"):
        check_port(Settings(home=tmp_path, host="203.0.113.9"))
