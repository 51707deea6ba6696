"""The embedded PostGIS: a private cluster in Prostor's home, reached by its socket only.

Made, started, adopted and stopped here; never the machine's own cluster. Where it lies and as whom it runs
is `gis.cluster_places`, roles and extensions are `gis.provision`.
"""

from __future__ import annotations

import errno
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import sqlalchemy

from gis.cluster_files import SUPERUSER, read_logins, write_configuration
from gis.cluster_places import SOCKET_NAME, check_owner, find_places, find_programs, make_root
from gis.cluster_processes import end_orphans, find_members, find_postmaster, run_program
from gis.database import DatabaseUrls
from gis.errors import ConfigurationError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gis.cluster_files import Logins
    from gis.cluster_places import Places, Programs

DATABASE = "prostor"

_PORT = "5432"
_PATIENCE_SECONDS = 300
_POLL_SECONDS = 0.1
_LOG_BYTES_KEPT = 10_000_000


@dataclass(frozen=True)
class ClusterStatus:
    """What `prostor database status` tells; `pid` is None when the cluster does not run."""

    pid: int | None
    version: int | None
    data: Path
    log: Path
    socket_folder: Path
    user: str


def quiet(_: str) -> None:
    """A report that nobody reads."""


class EmbeddedCluster:
    """One private PostgreSQL cluster; cheap to make, so every command makes its own object.

    `durable=False` is for tests: quick, and not safe against a crash of the machine.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self._home = home
        self._durable = durable
        self._known_places: Places | None = None

    @property
    def places(self) -> Places:
        """Where it lies and as whom it runs. Raises ConfigurationError when the home cannot be used."""
        if self._known_places is None:
            self._known_places = find_places(self._home)
        return self._known_places

    @property
    def logins(self) -> Logins:
        """The passwords of the three logins, generated when first asked for."""
        return read_logins(self.places.logins)

    def start(self, report: Callable[[str], None] = quiet) -> bool:
        """Make the cluster when there is none, and start it; False when it ran already.

        Raises ConfigurationError or UnavailableError with one sentence saying what to do.
        """
        with _clear_sentences(self.places):
            if self._answers_already(report):
                return False
            programs = find_programs(_version_of(self.places))
            make_root(self.places)
            if not self.places.exists:
                report(f"Making a database cluster in {self.places.root}")
                self._create(programs)
            self._make_way(report)
            self._launch(programs, report)
            return True

    def stop(self, report: Callable[[str], None] = quiet) -> bool:
        """Stop it, ending open questions; False when it did not run. Raises UnavailableError when it stays."""
        if self.status().pid is None:
            return False
        report("Stopping PostgreSQL")
        stop = [find_programs(_version_of(self.places)).path("pg_ctl"), "stop", "-D", "data", "-w", "-s"]
        status, said = run_program([*stop, "-m", "fast", "-t", "60"], self.places)
        if status != 0:
            status, said = run_program([*stop, "-m", "immediate", "-t", "20"], self.places)
        if status != 0:
            raise UnavailableError(f"PostgreSQL did not stop. {said.strip()}")
        return True

    def status(self) -> ClusterStatus:
        """What runs here, and where it lies. Raises ConfigurationError when it is another user's."""
        places = self.places
        with _clear_sentences(places):
            return ClusterStatus(
                pid=find_postmaster(places.data),
                version=_version_of(places),
                data=places.data,
                log=places.log,
                socket_folder=places.socket_folder,
                user=places.user.name,
            )

    def urls(self, database: str = DATABASE) -> DatabaseUrls:
        """Connection strings of the three logins to one database of this cluster."""
        logins = self.logins
        return DatabaseUrls(
            reader=self._url("prostor_reader", logins.prostor_reader, database),
            loader=self._url("prostor_loader", logins.prostor_loader, database),
            owner=self._url("prostor_owner", logins.prostor_owner, database),
        )

    @contextmanager
    def superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """An autocommitting superuser connection over the socket, allowed by the system user's name."""
        with psycopg.connect(
            host=str(self.places.socket_folder),
            port=_PORT,
            user=SUPERUSER,
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        ) as connection:
            yield connection

    def _url(self, login: str, password: str, database: str) -> str:
        return sqlalchemy.URL.create(
            "postgresql",
            username=login,
            password=password,
            database=database,
            query={"host": str(self.places.socket_folder), "port": _PORT},
        ).render_as_string(hide_password=False)

    def _create(self, programs: Programs) -> None:
        """initdb into a draft folder that gets its name when whole, so that a killed start leaves no half."""
        self._run("The database cluster could not be made.", "/bin/rm", "-rf", "data.new")
        self._run(
            "The database cluster could not be made.",
            programs.path("initdb"),
            "-D",
            "data.new",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
            "--auth=peer",
            *([] if self._durable else ["--no-sync"]),
        )
        self._run("The database cluster could not be made.", "/bin/mv", "data.new", "data")

    def _make_way(self, report: Callable[[str], None]) -> None:
        """Clear what a killed cluster leaves: its children, and locks naming a process that is none of ours."""
        if find_members(self.places.data):
            report("Ending what a killed PostgreSQL left behind")
            end_orphans(self.places.data)
        locks = [self.places.data / "postmaster.pid", self.places.socket_folder / f"{SOCKET_NAME}.lock"]
        for lock in locks:
            lock.unlink(missing_ok=True)

    def _launch(self, programs: Programs, report: Callable[[str], None]) -> None:
        places = self.places
        if not places.socket_folder.exists():
            self._run(
                "The socket's folder could not be made.", "/bin/mkdir", "-m", "700", str(places.socket_folder)
            )
        check_owner(places.socket_folder, places.user)
        write_configuration(places, durable=self._durable)
        if places.log.exists() and places.log.stat().st_size > _LOG_BYTES_KEPT:
            self._run("The old log could not be put aside.", "/bin/mv", places.log.name, f"{places.log.name}.1")
        report(f"Starting PostgreSQL {programs.version}")
        start = [programs.path("pg_ctl"), "start", "-D", "data", "-w", "-s"]
        log_begins = places.log.stat().st_size if places.log.exists() else 0
        status, _ = run_program(
            [*start, "-l", places.log.name, "-t", str(_PATIENCE_SECONDS)],
            places,
            waiting=lambda: report("PostgreSQL is getting ready"),
        )
        if status != 0:
            raise UnavailableError(_reason(_read_from(places.log, log_begins), places))

    def _run(self, sentence: str, *command: str) -> None:
        status, said = run_program(command, self.places)
        if status != 0:
            raise UnavailableError(f"{sentence} {_reason(said, self.places)}")

    def _answers_already(self, report: Callable[[str], None]) -> bool:
        """True when the cluster was found running and answers; it may be recovering, or just dying."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        next_report = time.monotonic() + 2
        while find_postmaster(self.places.data) is not None:
            try:
                with self.superuser():
                    return True
            except psycopg.OperationalError as exc:
                if time.monotonic() > deadline:
                    raise UnavailableError(
                        f"The embedded database runs and does not answer; see {self.places.log}."
                    ) from exc
            if time.monotonic() > next_report:
                report("PostgreSQL is getting ready")
                next_report += 2
            time.sleep(_POLL_SECONDS)
        return False


def _version_of(places: Places) -> int | None:
    """The major version a cluster was made with; None when there is no cluster yet."""
    try:
        return int((places.data / "PG_VERSION").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as exc:
        raise ConfigurationError(
            f"{places.data} is not a PostgreSQL cluster; set PROSTOR_HOME elsewhere."
        ) from exc


def _read_from(log: Path, position: int) -> str:
    if not log.exists():
        return ""
    with log.open(encoding="utf-8", errors="replace") as file:
        file.seek(position)
        return file.read()


def _reason(said: str, places: Places) -> str:
    """PostgreSQL's own words as one sentence and what to do about it."""
    if "No space left on device" in said:
        return f"The disk that holds {places.root} is full; make room and start again."
    if "could not map anonymous shared memory" in said or "could not create shared memory" in said:
        return "This machine has too little free memory for PostgreSQL, which asks for 256 MB."
    if "Permission denied" in said:
        return f"The user {places.user.name} may not use {places.root}; give the folder back to that user."
    grave = [line for line in said.splitlines() if "FATAL" in line or "PANIC" in line or "error:" in line]
    last = (grave or said.strip().splitlines() or ["it gave no reason"])[-1]
    return f"PostgreSQL said: {last.strip()} (more in {places.log})"


@contextmanager
def _clear_sentences(places: Places) -> Iterator[None]:
    """Turn what the system refuses into one sentence for the person at the terminal."""
    try:
        yield
    except OSError as exc:
        if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise UnavailableError(
                f"The disk that holds {places.home} is full; make room and start again."
            ) from exc
        raise ConfigurationError(
            f"The embedded database cannot use {places.home} ({exc.strerror}); run as the user who made it, "
            "or set PROSTOR_HOME to a folder of your own."
        ) from exc
