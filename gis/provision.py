"""Roles, database, extensions, schemas and rights: what must stand before the first migration.

The statements are in `gis/sql/roles.sql` and `gis/sql/provision.sql`, which an administrator runs by hand
on an existing PostGIS (docs/operations/existing-postgis.md). Tables are made by migrations, not here.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from gis.cluster import DATABASE
from gis.errors import UnavailableError
from gis.statements import identifier, read_statement

if TYPE_CHECKING:
    from gis.cluster import EmbeddedCluster
    from gis.cluster_files import Logins
    from gis.database import DatabaseUrls

Connection = psycopg.Connection[tuple[object, ...]]

# Two starts at once must not alter the same roles; any number will do that nobody else uses.
_LOCK = 7_776_786


def provision(cluster: EmbeddedCluster, database: str = DATABASE) -> DatabaseUrls:
    """Bring a database of the running embedded cluster to what Prostor needs; may be run again.

    Raises UnavailableError when PostgreSQL refuses, e.g. because PostGIS is not installed.
    """
    try:
        with cluster.superuser() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            connection.execute(read_statement("gis", "roles"))
            _set_passwords(connection, cluster.logins)
            _create_database(connection, database)
            with cluster.superuser(database) as inside:
                inside.execute(read_statement("gis", "provision"))
    except psycopg.Error as exc:
        raise UnavailableError(f"The embedded database could not be prepared: {exc}") from exc
    return cluster.urls(database)


def _set_passwords(connection: Connection, logins: Logins) -> None:
    """Only verifiers travel and reach the log, never a password."""
    for login, password in asdict(logins).items():
        verifier = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(identifier(login), sql.Literal(verifier.decode()))
        )


def _create_database(connection: Connection, name: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(identifier(name)))
