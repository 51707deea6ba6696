"""The test cluster itself: reached by its socket only, provisioned, and copied for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from gis.cluster import EmbeddedCluster
    from gis.database import Database, DatabaseUrls

pytestmark = pytest.mark.database


def test_listens_on_no_address(cluster: EmbeddedCluster) -> None:
    """The cluster has no TCP port at all."""
    with cluster.superuser() as connection:
        row = connection.execute("SHOW listen_addresses").fetchone()

    assert row == ("",)


def test_migrated_database_answers_the_reader(database: Database) -> None:
    """A fresh database holds the catalogue and the reader may ask it."""
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalogue.layer")
        row = cursor.fetchone()

    assert row == (0,)


def test_wrong_password_is_refused(database_urls: DatabaseUrls) -> None:
    """A login needs its own password even on the socket."""
    wrong = database_urls.reader.replace("prostor_reader:", "prostor_reader:x")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
