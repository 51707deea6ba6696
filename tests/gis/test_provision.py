"""What each of the three logins may do, and may not, in a freshly provisioned database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors as pg

from gis.provision import provision

if TYPE_CHECKING:
    from gis.cluster import EmbeddedCluster
    from gis.database import DatabaseUrls

pytestmark = pytest.mark.database

_FORBIDDEN_TO_READERS = [
    "CREATE TEMPORARY TABLE grown (n int)",
    "CREATE TABLE public.grown (n int)",
    "CREATE TABLE data.grown (n int)",
    "CREATE SCHEMA grown",
    "INSERT INTO catalogue.layer (id) VALUES ('forged')",
    "DELETE FROM catalogue.layer",
    "UPDATE public.spatial_ref_sys SET srtext = ''",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_try_advisory_xact_lock(1)",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT database_to_xml(true, true, '')",
    "DO $$ BEGIN PERFORM 1; END $$",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "SELECT rolpassword FROM pg_authid",
    "ALTER ROLE prostor_reader CONNECTION LIMIT -1",
    "SET temp_file_limit = -1",
]


@pytest.mark.parametrize("statement", _FORBIDDEN_TO_READERS)
def test_reader_may_not(database_urls: DatabaseUrls, statement: str) -> None:
    """Even when it lifts its own read-only guard, the reader's login cannot write, lock or look further."""
    with psycopg.connect(database_urls.reader, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")

        with pytest.raises(pg.InsufficientPrivilege):
            connection.execute(statement)


def test_reader_has_its_guards(database_urls: DatabaseUrls) -> None:
    """The reader starts read-only and with time-outs, whoever connects with it."""
    names = ["default_transaction_read_only", "statement_timeout", "lock_timeout", "temp_file_limit"]

    with psycopg.connect(database_urls.reader) as connection:
        found = [connection.execute("SELECT current_setting(%s)", [name]).fetchone() for name in names]

    assert found == [("on",), ("10s",), ("1s",), ("64MB",)]


def test_loader_makes_tables_the_reader_may_read(database_urls: DatabaseUrls) -> None:
    """A table the loader makes in `data` is readable at once, and the loader keeps the catalogue."""
    with psycopg.connect(database_urls.loader) as loader:
        loader.execute("CREATE TABLE data.v1 (_fid bigint PRIMARY KEY, _geom geometry(Point, 3794))")
        loader.execute("INSERT INTO data.v1 VALUES (1, ST_SetSRID(ST_MakePoint(506294, 137964), 3794))")
        loader.execute("INSERT INTO catalogue.layer (id) VALUES ('parcels')")
        loader.execute("SELECT pg_advisory_xact_lock(1)")

    with psycopg.connect(database_urls.reader) as reader:
        assert reader.execute("SELECT _fid, ST_X(_geom) FROM data.v1").fetchone() == (1, 506294.0)
        assert reader.execute("SELECT id FROM catalogue.layer").fetchone() == ("parcels",)


@pytest.mark.parametrize(
    "statement",
    ["DROP TABLE catalogue.layer", "CREATE TABLE catalogue.own (n int)", "CREATE TABLE public.own (n int)"],
)
def test_loader_may_not_change_the_catalogues_shape(database_urls: DatabaseUrls, statement: str) -> None:
    """Tables of the catalogue are made and dropped by migrations only."""
    with psycopg.connect(database_urls.loader) as loader, pytest.raises(pg.InsufficientPrivilege):
        loader.execute(statement)


def test_other_logins_may_not_enter(cluster: EmbeddedCluster, database_urls: DatabaseUrls) -> None:
    """A role of the server that is not one of the three cannot connect to the database."""
    name = psycopg.conninfo.conninfo_to_dict(database_urls.reader)["dbname"]

    with cluster.superuser() as connection:
        connection.execute("CREATE ROLE stranger")
        row = connection.execute("SELECT has_database_privilege('stranger', %s, 'CONNECT')", [name]).fetchone()
        connection.execute("DROP ROLE stranger")

    assert row == (False,)


def test_provisioning_twice_changes_nothing(cluster: EmbeddedCluster, database_urls: DatabaseUrls) -> None:
    """Every start provisions again, so the second time must pass and keep the passwords."""
    name = str(psycopg.conninfo.conninfo_to_dict(database_urls.reader)["dbname"])

    assert provision(cluster, name) == database_urls


def test_slovenian_letters_sort_by_the_named_collation(database_urls: DatabaseUrls) -> None:
    """The database sorts by code points on every machine; lists for people name the Slovenian collation."""
    names = "SELECT array_agg(n ORDER BY n {}) FROM unnest(%s::text[]) AS n"
    unsorted = [["Čatež", "Domžale", "Celje", "Žalec", "Zreče"]]

    with psycopg.connect(database_urls.reader) as reader:
        plain = reader.execute(names.format(""), unsorted).fetchone()
        slovenian = reader.execute(names.format('COLLATE "sl-x-icu"'), unsorted).fetchone()

    assert plain == (["Celje", "Domžale", "Zreče", "Čatež", "Žalec"],)
    assert slovenian == (["Celje", "Čatež", "Domžale", "Zreče", "Žalec"],)


def test_lower_case_knows_accents(database_urls: DatabaseUrls) -> None:
    """The database's locale folds č, š and ž."""
    with psycopg.connect(database_urls.reader) as reader:
        assert reader.execute("SELECT lower('ČŠŽĐ'), 'Škofja' ILIKE 'š%'").fetchone() == ("čšžđ", True)
