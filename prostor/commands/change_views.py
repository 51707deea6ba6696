"""What a clerk is told about the differences between two versions: in one phrase, in counts, and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.changes.documents import describe_comparison, say_stored
from prostor.commands.console import answer
from prostor.commands.tables import counted, show_facts, show_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from layers.catalogue import PublishedLayer
    from layers.changes.comparison import Change, ChangeCounts
    from layers.changes.documents import ChangesQuestion

_STATES = {"loaded": "waits", "kept": "kept", "published": "published"}
_UNITS = {"polygon": "m²", "line": "m"}
_LANGUAGE = "en"


def say_changes(changes: Mapping[str, Any] | None, row_count: int | None) -> str | None:
    """`12 added, 3 removed, 40 changed`, from the counts stored with a version; None when none are."""
    if changes is None or row_count is None:
        return None
    changed = row_count - int(changes["added"]) - int(changes["unchanged"])
    counts = (("added", changes["added"]), ("removed", changes["removed"]), ("changed", changed))
    return ", ".join(f"{count} {word}" for word, count in counts if count) or "nothing"


def show_comparison(question: ChangesQuestion, counts: ChangeCounts) -> None:
    """Which two versions, and how much differs."""
    told = describe_comparison(question.before, question.after, counts)
    answer(f"{question.after.id}: {_version(question.before)} → {_version(question.after)}")
    show_facts(
        [
            ("added", counts.added),
            ("removed", counts.removed),
            ("geometry changed", counts.geometry),
            ("attributes changed", counts.attributes),
            ("unchanged", counts.unchanged),
            *((f"columns {what}", ", ".join(names)) for what, names in told["columns"].items()),
        ]
    )
    if told["note"]:
        answer(f"· {told['note'][_LANGUAGE]}")
    reason = question.after.quality.get("hold_reason") if question.after.state == "loaded" else None
    if reason:
        answer(f"· Version {question.after.number} waits, because {reason}.")


def show_changes(question: ChangesQuestion, changes: Iterable[Change]) -> int:
    """A table of features that differ; how many they are."""
    rows = [(each.key, each.title, each.change, _differences(question, each)) for each in changes]
    if rows:
        show_rows(["key", "title", "change", "what"], rows)
    return len(rows)


def _version(layer: PublishedLayer) -> str:
    rows = counted(layer.row_count, "row", "rows")
    return f"version {layer.number} ({_STATES[layer.state]}, {rows})"


def _differences(question: ChangesQuestion, change: Change) -> str:
    old, new = question.before.manifest, question.after.manifest
    said = [
        f"{each.name}: {say_stored(old, each.name, each.before, _LANGUAGE) or '–'} → "
        f"{say_stored(new, each.name, each.after, _LANGUAGE) or '–'}"
        for each in change.differences
    ]
    if change.geometry:
        said.insert(0, _geometry(question, change))
    return "; ".join(said)


def _geometry(question: ChangesQuestion, change: Change) -> str:
    unit = _UNITS.get(question.after.manifest.geometry.kind)
    parts = []
    if unit and change.size_difference is not None:
        parts.append(f"{change.size_difference:+.1f} {unit}")
    if change.moved_m is not None:
        parts.append(f"label moved {change.moved_m:.2f} m")
    return f"geometry ({', '.join(parts)})" if parts else "geometry"
