"""What of a stored quality report the public may read: an allow-list, so that a new key is private until named.

Held back are what decides about publishing (`fingerprint`, `hold_reason`), `samples`, texts of the source that
may stand in columns nobody publishes, and the names of files in a ZIP that were not used: they may name people.
Of a long list of repairs the first ones are told, and how many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.notes import find_note

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLIC = (
    "counts",
    "geometry_types",
    "null_geometries",
    "invalid",
    "repairs",
    "heights_dropped",
    "unknown_heights",
    "outside_outline",
    "encoding",
    "column_sources",
    "columns_left_out",
    "person_columns_left_out",
    "unknown_values",
    "notes",
)
# So many mended features stand in a public answer; `prostor layer show ID --json` has all of them.
MOST_REPAIRS = 1_000
_PRIVATE_NOTES = frozenset({"files_left_aside"})


def public_quality(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The report without what is nobody else's business."""
    told = {name: stored[name] for name in PUBLIC if name in stored}
    if "notes" in told:
        told["notes"] = [note for note in told["notes"] if not _is_private(note)]
    if "repairs" in told:
        told |= {"repairs": told["repairs"][:MOST_REPAIRS], "repairs_count": len(told["repairs"])}
    return told


def _is_private(sentence: str) -> bool:
    note = find_note(sentence)
    return note is not None and note.kind in _PRIVATE_NOTES
