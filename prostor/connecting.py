"""From settings to a database: an existing PostGIS, or the embedded one for as long as it is needed.

Every command that needs the database goes through here.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gis.cluster import quiet
from gis.cluster_sharing import shared_cluster
from gis.database import Database, DatabaseUrls
from gis.errors import ConfigurationError
from layers.migrations import current_revision, newest_revision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gis.settings import Settings


@contextmanager
def connected(settings: Settings, report: Callable[[str], None] = quiet) -> Iterator[Database]:
    """The database the settings name; the embedded one is started when needed and stopped by its last user.

    Raises ConfigurationError or UnavailableError with a sentence for the person at the terminal.
    """
    if settings.uses_embedded_cluster:
        with shared_cluster(settings.home, report) as cluster, _opened(cluster.urls()) as database:
            yield database
    else:
        with _opened(DatabaseUrls.from_settings(settings)) as database:
            yield database


def check_migrations(database: Database) -> str | None:
    """A sentence when the catalogue is at another revision than this program's, None when all is well.

    Raises ConfigurationError when the catalogue was never made: then there is nothing to serve.
    """
    with database.reading() as connection:
        found = current_revision(connection)
    if found is None:
        raise ConfigurationError("The database has no catalogue yet; run `prostor database migrate` once.")
    if found != newest_revision():
        return (
            f"The catalogue is at revision {found}, and this program knows {newest_revision()}; "
            "run `prostor database migrate` with the newer of the two programs."
        )
    return None


@contextmanager
def _opened(urls: DatabaseUrls) -> Iterator[Database]:
    database = Database(urls)
    try:
        yield database
    finally:
        database.dispose()
