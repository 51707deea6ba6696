"""The journey of an import: stage the source, read it in the child process, load, publish, report.

Everything that changes the catalogue happens in one transaction at the end. A failed import leaves a line in
the journal and nothing else.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gis.errors import ProstorError, SourceError
from gis.logs import logger
from layers.changes.comparison import ChangeCounts, Stored
from layers.loading.comparing import judge, write_findings
from layers.loading.finding import prepare_finding
from layers.loading.holding import Seen
from layers.loading.journal import enter_layer, open_job
from layers.loading.known import (
    KnownVersion,
    WaitingVersion,
    count_withdrawals,
    find_published,
    find_shareable_table,
    find_waiting,
)
from layers.loading.load import NewVersion, copy_rows, create_table, finish_table, insert_version
from layers.loading.pieces import write_pieces
from layers.loading.plan import (
    build_fingerprint,
    build_token,
    drawn_targets,
    retoken,
    stored_columns,
    table_name,
)
from layers.loading.publish import move_pointer, record
from layers.notes import write_note
from layers.reading.job import ImportJob
from layers.reading.report import Progress
from layers.reading.sandbox import run_import
from layers.reading.staging import StagedSource, stage, staging_folder
from layers.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import psycopg

    from gis.database import Database
    from layers.loading.journal import OpenJob
    from layers.manifest import Manifest
    from layers.portal import Portal
    from layers.reading.job import StoredColumn
    from layers.reading.report import Quality, Reading
    from layers.targets import TileTarget

    Connection = psycopg.Connection[tuple[object, ...]]
    Listener = Callable[[Progress], None]

Outcome = Literal["published", "waiting", "unchanged", "checked"]
_log = logger("loading")


@dataclass(frozen=True)
class ImportReport:
    """How an import ended well. `waiting` versions are loaded but not published; `hold_reason` says why.

    `changes` counts what differs from the version that was published before, None when there was none. What was
    only checked has the `number` of the published version when it is the same.
    """

    layer_id: str
    outcome: Outcome
    row_count: int
    version_id: int | None = None
    number: int | None = None
    token: str | None = None
    hold_reason: str | None = None
    quality: Quality | None = None
    operation: str | None = None
    operation_accuracy_m: float | None = None
    changes: ChangeCounts | None = None


@dataclass(frozen=True)
class _Request:
    """What was asked for, and what follows from the manifest before a file is touched."""

    portal: Portal
    manifest: Manifest
    targets: tuple[TileTarget, ...]
    columns: tuple[StoredColumn, ...]
    fingerprint: str
    home: Path
    source: Path
    hold: bool
    who: str
    progress: Listener


def import_layer(  # noqa: PLR0913  what a command, a test and the sample all say by name
    database: Database,
    portal: Portal,
    manifest: Manifest,
    *,
    targets: Sequence[TileTarget],
    home: Path,
    source: Path | None = None,
    hold: bool = False,
    dry_run: bool = False,
    who: str,
    progress: Listener | None = None,
) -> ImportReport:
    """Import one layer and publish it, unless `hold` or something a person has to confirm stands against it.

    `dry_run` reads, compares, judges, and keeps nothing of it. Raises SourceError when the source is refused,
    ConflictError when the layer is being imported already, UnavailableError when the database is away.
    """
    drawn = drawn_targets(manifest, targets, portal.outline_envelope)
    request = _Request(
        portal=portal,
        manifest=manifest,
        targets=drawn,
        columns=stored_columns(manifest, portal.crs, drawn),
        fingerprint=build_fingerprint(manifest, drawn, portal.outline_envelope),
        home=home,
        source=source or manifest.source_path,
        hold=hold,
        who=who,
        progress=progress or (lambda _progress: None),
    )
    if dry_run:
        with _named(request), staging_folder(home) as folder:
            return _check(database, request, folder)
    with (
        open_job(database, manifest.id, who) as job,
        _ended(job),
        _named(request),
        staging_folder(home) as folder,
    ):
        report = _import(database, request, folder, job)
        _log.info("layer_imported", layer=manifest.id, outcome=report.outcome, rows=report.row_count)
        return report


_ASKED_TO_HOLD = "it was imported with --hold"
_JOB_STATES: Mapping[Outcome, str] = {"published": "published", "waiting": "loaded", "unchanged": "published"}


def _check(database: Database, request: _Request, folder: Path) -> ImportReport:
    """Read, compare as an import would, with a table that nobody sees, and undo it: only the report is left."""
    staged = _stage(request, folder)
    reading = _read(request, staged)
    changes, reason, same = None, None, None
    with database.loading() as connection, connection.transaction(force_rollback=True):
        token = _token(request, reading, count_withdrawals(connection, request.manifest.id))
        previous = find_published(connection, request.manifest.id)
        if previous and previous.is_made_of(request.fingerprint, source_sha256=staged.sha256, token=token):
            same = previous.number
        elif previous:
            table = find_shareable_table(connection, request.manifest, token) or _new_table(
                connection, request, f"check_{secrets.token_hex(8)}", staged
            )
            seen = _seen(request, reading, table)
            changes, reason = _compare(connection, request, previous, seen, (token, staged.sha256))
    return ImportReport(
        layer_id=request.manifest.id,
        outcome="checked",
        row_count=reading.row_count,
        number=same,
        token=token,
        hold_reason=reason,
        quality=reading.quality,
        operation=reading.operation,
        operation_accuracy_m=reading.operation_accuracy_m,
        changes=changes,
    )


def _import(database: Database, request: _Request, folder: Path, job: OpenJob) -> ImportReport:
    staged = _stage(request, folder)
    with database.loading() as connection:
        previous = find_published(connection, request.manifest.id)
        waiting = find_waiting(connection, request.manifest.id)
    if previous and previous.is_made_of(request.fingerprint, source_sha256=staged.sha256):
        return _unchanged(request, previous, job)
    same_waits = waiting and waiting.is_made_of(request.fingerprint, staged.sha256)
    if waiting and same_waits and _waits_still(request, waiting, previous):
        return _waiting(request, waiting, job)
    reading = _read(request, staged)
    with database.loading() as connection, job.noticing_withdrawal(connection):
        token = _token(request, reading, job.withdrawals)
        if previous and previous.is_made_of(request.fingerprint, token=token):
            return _unchanged(request, previous, job)
        enter_layer(connection, request.manifest.id)
        report = _load(connection, request, staged, reading, token, job)
        job.end(
            _JOB_STATES[report.outcome], message=report.hold_reason, version_id=report.version_id, on=connection
        )
        job.check_lock()
        return report


def _stage(request: _Request, folder: Path) -> StagedSource:
    request.progress(Progress(step="stage"))
    return stage(request.source, request.manifest.source.format, folder)


def _read(request: _Request, staged: StagedSource) -> Reading:
    request.progress(Progress(step="read"))
    job = ImportJob(
        manifest=request.manifest.model_copy(update={"folder": staged.folder}),
        folder=staged.folder,
        file=staged.file,
        source_name=staged.name,
        srid=request.portal.crs,
        outline=request.portal.outline_envelope.bounds,
        boundary_wkt=request.portal.boundary_wkt,
        targets=request.targets,
        columns=request.columns,
    )
    reading = run_import(job, request.progress)
    if not staged.left_aside:
        return reading
    note = write_note("files_left_aside", files=", ".join(staged.left_aside))
    quality = reading.quality.model_copy(update={"notes": (*reading.quality.notes, note)})
    return reading.model_copy(update={"quality": quality})


def _load(
    connection: Connection, request: _Request, staged: StagedSource, reading: Reading, token: str, job: OpenJob
) -> ImportReport:
    previous = find_published(connection, request.manifest.id)
    shared = find_shareable_table(connection, request.manifest, token)
    new = NewVersion(
        manifest=request.manifest,
        srid=request.portal.crs,
        reading=reading,
        content_token=token,
        source_name=staged.name,
        source_sha256=staged.sha256,
        grids=request.portal.grids,
        quality={**reading.quality.model_dump(mode="json"), "fingerprint": request.fingerprint},
        shared_table=shared,
    )
    version_id, number = insert_version(connection, new)
    table = shared or _new_table(connection, request, table_name(version_id), staged)
    if shared is None:
        _finish(connection, request, table)
    seen = _seen(request, reading, table)
    changes, reason = _judge(connection, request, previous, seen, (version_id, token, staged.sha256))
    facts = {"number": number, "rows": reading.row_count, "source": staged.name, "sha256": staged.sha256}
    job.claim(connection)
    _publish_or_hold(connection, request, version_id, reason, facts)
    return ImportReport(
        layer_id=request.manifest.id,
        outcome="waiting" if reason else "published",
        row_count=reading.row_count,
        version_id=version_id,
        number=number,
        token=retoken(token, version_id) if reason else token,
        hold_reason=reason,
        quality=reading.quality,
        operation=reading.operation,
        operation_accuracy_m=reading.operation_accuracy_m,
        changes=changes,
    )


def _judge(
    connection: Connection,
    request: _Request,
    previous: KnownVersion | None,
    seen: Seen,
    loaded: tuple[int, str, str],
) -> tuple[ChangeCounts | None, str | None]:
    """What the loaded version changes, and why it waits; both are stored with it.

    `loaded` is its id, the token of its content, and the sha256 of its source.
    """
    version_id, token, sha256 = loaded
    changes, reason, against = None, None, None
    if previous is not None:
        against = previous.number
        changes, reason = _compare(connection, request, previous, seen, (token, sha256))
    reason = reason or (_ASKED_TO_HOLD if request.hold else None)
    write_findings(connection, version_id, against=against, counts=changes, hold_reason=reason)
    return changes, reason


def _compare(
    connection: Connection, request: _Request, previous: KnownVersion, seen: Seen, content: tuple[str, str]
) -> tuple[ChangeCounts, str | None]:
    request.progress(Progress(step="compare"))
    return judge(connection, previous.seen, seen, *content)


def _publish_or_hold(
    connection: Connection, request: _Request, version_id: int, reason: str | None, facts: dict[str, object]
) -> None:
    layer_id, who = request.manifest.id, request.who
    if reason is None:
        request.progress(Progress(step="publish"))
        move_pointer(connection, layer_id, version_id, who=who, facts=facts)
    else:
        record(connection, "loaded", layer_id, version_id, who=who, facts={**facts, "waits": reason})


def _seen(request: _Request, reading: Reading, table: str) -> Seen:
    """The version that is being made, as it is compared."""
    return Seen(Stored(table, request.portal.crs, request.manifest, reading.row_count), reading.native_extent)


def _token(request: _Request, reading: Reading, withdrawals: int) -> str:
    return build_token(reading.copy_sha256, request.manifest, request.targets, withdrawals=withdrawals)


def _new_table(connection: Connection, request: _Request, table: str, staged: StagedSource) -> str:
    """Make a table and load the rows; its name."""
    create_table(connection, table, request.columns)
    copy_rows(connection, table, request.columns, staged.folder / "rows.copy", _told(request, "load"))
    return table


def _finish(connection: Connection, request: _Request, table: str) -> None:
    searched = request.manifest.search is not None
    finish_table(connection, table, request.columns, searched=searched, progress=_told(request, "index"))
    write_pieces(connection, table, request.manifest, request.portal.crs, request.targets)
    prepare_finding(connection, table, request.manifest)


def _told(request: _Request, step: str) -> Callable[[int, int], None]:
    return lambda done, total: request.progress(Progress(step=step, done=done, total=total))


def _unchanged(request: _Request, previous: KnownVersion, job: OpenJob) -> ImportReport:
    job.end(_JOB_STATES["unchanged"], version_id=previous.id)
    return ImportReport(
        layer_id=request.manifest.id,
        outcome="unchanged",
        row_count=previous.seen.stored.row_count,
        version_id=previous.id,
        number=previous.number,
        token=previous.token,
    )


def _waits_still(request: _Request, waiting: WaitingVersion, previous: KnownVersion | None) -> bool:
    """True when the version that waits would wait again: asked to, or compared with what is still published."""
    if waiting.hold_reason == _ASKED_TO_HOLD:
        return request.hold
    return waiting.against == (previous.number if previous else None)


def _waiting(request: _Request, waiting: WaitingVersion, job: OpenJob) -> ImportReport:
    job.end(_JOB_STATES["waiting"], message=waiting.hold_reason, version_id=waiting.id)
    return ImportReport(
        layer_id=request.manifest.id,
        outcome="waiting",
        row_count=waiting.row_count,
        version_id=waiting.id,
        number=waiting.number,
        token=waiting.token,
        hold_reason=waiting.hold_reason,
    )


@contextmanager
def _named(request: _Request) -> Iterator[None]:
    """Every refusal says which layer and which file it is about."""
    try:
        yield
    except SourceError as exc:
        raise SourceError(
            visible(f"{request.manifest.id} ({request.source.name}): {exc.sentence}"), **exc.facts
        ) from exc


@contextmanager
def _ended(job: OpenJob) -> Iterator[None]:
    """A job that does not end well is written down as rejected or failed."""
    state, message = "failed", "The import was interrupted; nothing of it was kept."
    try:
        yield
        state = ""
    except SourceError as exc:
        state, message = "rejected", exc.sentence
        raise
    except ProstorError as exc:
        message = exc.sentence
        raise
    finally:
        if state:
            job.end_badly(state, message=message)
