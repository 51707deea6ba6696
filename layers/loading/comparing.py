"""What a version that was just loaded changes, held against the one published now and written down with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from gis.statements import read_statement
from layers.changes.comparison import count_changes, find_shift
from layers.loading.holding import Comparison, Seen, find_hold_reason, is_shift_worth_measuring
from layers.loading.known import find_gone_back

if TYPE_CHECKING:
    import psycopg

    from layers.changes.comparison import ChangeCounts

    Connection = psycopg.Connection[tuple[object, ...]]


def compare(connection: Connection, before: Seen, after: Seen) -> Comparison:
    """Hold two versions against each other, on the caller's transaction."""
    counts = count_changes(connection, before.stored, after.stored)
    if not is_shift_worth_measuring(counts):
        return Comparison(counts)
    return Comparison(counts, find_shift(connection, before.stored, after.stored))


def judge(
    connection: Connection, before: Seen, after: Seen, content_token: str, source_sha256: str
) -> tuple[ChangeCounts, str | None]:
    """What the rows of a version change, and why a person has to confirm it, if anything stands against it."""
    comparison = compare(connection, before, after)
    gone_back = find_gone_back(
        connection, after.stored.manifest, content_token=content_token, source_sha256=source_sha256
    )
    return comparison.counts, find_hold_reason(before, after, comparison, gone_back)


def write_findings(
    connection: Connection,
    version_id: int,
    *,
    against: int | None,
    counts: ChangeCounts | None,
    hold_reason: str | None,
) -> None:
    """Store with a version what it changes against the version with number `against`, and why it waits."""
    changes = None if counts is None else Jsonb({"against": against, **counts.as_json()})
    connection.execute(
        read_statement("layers", "set_version_findings"),
        {"id": version_id, "changes": changes, "hold_reason": hold_reason},
    )
