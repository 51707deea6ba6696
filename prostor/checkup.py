"""What `prostor doctor` looks at: each check answers with a sentence, or raises one that says how to mend it.

Something that works, but not as well as it could, is raised as a CautionError.
Looking starts and changes nothing; only the home is made when it is missing.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg.rows import class_row

from gis.cluster import EmbeddedCluster
from gis.cluster_places import find_programs
from gis.database import Database, DatabaseUrls, plain_url
from gis.errors import ConfigurationError, ConflictError, ProstorError, UnavailableError
from gis.statements import read_statement
from layers.migrations import current_revision, newest_revision
from layers.reading.barriers import missing_barriers
from layers.reading.sandbox import isolation
from prostor.portal_choice import read_chosen_portal
from prostor.serving import reserve_address
from prostor.single_run import find_run
from tiles.grid import read_grids
from viewer.assets import read_assets

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.settings import Settings

_LEAST_FREE_BYTES = 1_000_000_000
_CONNECTIONS_PER_WORKER = 10


class CautionError(ProstorError):
    """It works, but not as well as it could; the sentence says what is missed."""


def check_programs(settings: Settings) -> str:
    """PostgreSQL with PostGIS is installed, when Prostor has to run its own."""
    if not settings.uses_embedded_cluster:
        return "an existing PostGIS is named, so none is needed here"
    return f"PostgreSQL {find_programs().version} with PostGIS is installed"


def check_home(settings: Settings) -> str:
    """The home may be written and its disk has room."""
    places = EmbeddedCluster(settings.home).places
    free = shutil.disk_usage(settings.home).free
    if free < _LEAST_FREE_BYTES:
        raise UnavailableError(
            f"The disk that holds {settings.home} has only {free // 10**6} MB left; make room."
        )
    return f"{settings.home} has {free // 10**9} GB free; an embedded database lies in {places.root}"


def check_portal(settings: Settings) -> str:
    """portal.toml, every manifest and every grid can be read."""
    portal = read_chosen_portal(settings)
    manifests = portal.read_manifests()
    read_grids(portal)
    return f"{portal.title.en}: {len(manifests)} manifests, all readable ({portal.folder})"


def check_front_end(_settings: Settings) -> str:
    """The viewer's files are built."""
    read_assets("")
    return "the viewer's files are built"


def check_sandbox(_settings: Settings) -> str:
    """The process that reads source files can open nothing else, where the machine allows that."""
    missing = list(missing_barriers())
    if not isolation():
        missing.append("unshare, which takes the network away")
    if missing:
        raise CautionError(
            "The process that reads source files is less shut in than it could be. Missing here: "
            f"{'; '.join(missing)}. Imports work; import files you do not trust on a machine that has it. See "
            "docs/operations/untrusted-files.md."
        )
    return "source files are read without network, other files, or root's privileges"


def check_port(settings: Settings) -> str:
    """Nobody else listens where we want to."""
    run = find_run(settings.home)
    if run is not None:
        return f"Prostor runs: {run}"
    reserve_address(settings)
    return f"port {settings.port} on {settings.host} is free"


def check_database(settings: Settings) -> str:
    """All three logins get in, the reader may only read, and the catalogue is up to date."""
    urls = _find_urls(settings)
    if urls is None:
        return "the embedded database does not run; `prostor up` starts it"
    for login, url in (("PROSTOR_LOADER_URL", urls.loader), ("PROSTOR_OWNER_URL", urls.owner)):
        _try_login(login, url)
    facts = _ask_as_reader(urls)
    needed = settings.workers * _CONNECTIONS_PER_WORKER
    if needed > facts.connections:
        raise ConflictError(
            f"{settings.workers} workers may need {needed} connections and the server allows the reader "
            f"{facts.connections}; lower PROSTOR_WORKERS or raise the server's limits."
        )
    if facts.may_write:
        raise ConfigurationError(
            "The reader's login may write; provision the database as docs/operations/existing-postgis.md says."
        )
    return f"PostGIS {facts.postgis}, catalogue at revision {_check_revision(urls)}"


@dataclass(frozen=True)
class _ReaderFacts:
    """The answer of `reader_facts.sql`."""

    postgis: str
    connections: int
    may_write: bool


CHECKS: dict[str, Callable[[Settings], str]] = {
    "programs": check_programs,
    "home": check_home,
    "database": check_database,
    "portal": check_portal,
    "viewer": check_front_end,
    "imports": check_sandbox,
    "port": check_port,
}


def _find_urls(settings: Settings) -> DatabaseUrls | None:
    if not settings.uses_embedded_cluster:
        return DatabaseUrls.from_settings(settings)
    cluster = EmbeddedCluster(settings.home)
    return cluster.urls() if cluster.status().pid is not None else None


def _try_login(name: str, url: str) -> None:
    try:
        psycopg.connect(plain_url(url), connect_timeout=5).close()
    except psycopg.Error as exc:
        raise UnavailableError(f"{name} cannot be used: {str(exc).strip()}") from exc


def _ask_as_reader(urls: DatabaseUrls) -> _ReaderFacts:
    _try_login("PROSTOR_DATABASE_URL", urls.reader)
    try:
        with (
            psycopg.connect(plain_url(urls.reader), connect_timeout=5) as connection,
            connection.cursor(row_factory=class_row(_ReaderFacts)) as cursor,
        ):
            return cursor.execute(read_statement("prostor", "reader_facts")).fetchall()[0]
    except psycopg.errors.UndefinedFunction as exc:
        raise ConfigurationError(
            "The database has no PostGIS; provision it as docs/operations/existing-postgis.md says."
        ) from exc


def _check_revision(urls: DatabaseUrls) -> str:
    database = Database(urls)
    try:
        with database.reading() as connection:
            found = current_revision(connection)
    finally:
        database.dispose()
    if found != newest_revision():
        raise ConfigurationError(
            f"The catalogue is at revision {found or 'none'} and this program needs {newest_revision()}; "
            "run `prostor database migrate`."
        )
    return found
