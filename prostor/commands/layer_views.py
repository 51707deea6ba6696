"""What a clerk is told about an import and about a layer: how it ended, how good it is, what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from layers.loading.history import find_waiting
from layers.reading.report import Quality
from prostor.commands.change_views import say_changes
from prostor.commands.console import answer
from prostor.commands.tables import counted, show_facts, show_remarks, show_rows, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.loading.history import LayerSummary, VersionSummary
    from layers.loading.importing import ImportReport

_MAX_REPAIRS_SHOWN = 20


def describe_import(report: ImportReport) -> str:
    """One sentence on how an import ended."""
    rows = counted(report.row_count, "row", "rows")
    if report.outcome == "unchanged":
        return f"{report.layer_id}: nothing changed; version {report.number} stays published ({rows})."
    if report.outcome == "checked":
        same = f" It is what is published as version {report.number}." if report.number else ""
        against = f" It would wait, because {report.hold_reason}." if report.hold_reason else ""
        told = f"{same}{_changed(report)}{against}"
        return f"{report.layer_id}: {rows} could be imported; nothing was written.{told}"
    if report.outcome == "waiting":
        return (
            f"{report.layer_id}: version {report.number} is loaded ({rows}) and waits, because "
            f"{report.hold_reason}.{_changed(report)} To see what differs: "
            f"prostor layer diff {report.layer_id}. {_how_to_publish(report.layer_id, report.number)}"
        )
    return f"{report.layer_id}: version {report.number} is published ({rows})." + _changed(report)


def _changed(report: ImportReport) -> str:
    """What the version changes, as a further sentence."""
    counts = report.changes
    said = say_changes(counts.as_json(), report.row_count) if counts else None
    if said is None:
        return ""
    return " Nothing differs but the wording." if said == "nothing" else f" Features: {said}."


def show_import(report: ImportReport) -> None:
    """How an import ended, and what a clerk should know about the rows."""
    answer(describe_import(report))
    if report.quality is not None:
        show_remarks([*_remarks(report.quality), _moved(report.operation, report.operation_accuracy_m)])
        _show_repairs(report.quality)


def show_layers(layers: Sequence[LayerSummary]) -> None:
    """The list of layers: what is published, and what waits."""
    show_rows(
        ["layer", "version", "rows", "state of data", "loaded", "waiting"],
        [
            (
                each.id,
                "withdrawn" if each.withdrawn_at else each.number,
                each.row_count,
                each.state_date,
                each.loaded_at,
                each.waiting,
            )
            for each in layers
        ],
    )
    if not layers:
        answer("No layer was imported here yet; `prostor layer import` does that.")


def show_layer(layer_id: str, versions: Sequence[VersionSummary]) -> None:
    """One layer: its published version with source and quality, what waits and why, and every version."""
    shown = next((each for each in versions if each.state == "published"), versions[0])
    show_facts(
        [
            ("layer", layer_id),
            ("version", f"{shown.number} ({shown.state})"),
            ("rows", shown.row_count),
            ("state of data", shown.state_date),
            ("loaded", shown.loaded_at),
            ("published", _say_published(shown)),
            ("source", shown.source_name),
            ("sha256", shown.source_sha256),
            ("token", shown.token),
            ("coordinates", shown.operation),
            ("accuracy", f"{shown.operation_accuracy_m:g} m" if shown.operation_accuracy_m else None),
        ]
    )
    quality = _stored_quality(shown.quality)
    waiting = find_waiting((each.number, each.state) for each in versions)
    show_remarks(
        [*_remarks(quality), *(_waiting(layer_id, each) for each in versions if each.number == waiting)]
    )
    _show_repairs(quality)
    show_rows(
        ["version", "state", "rows", "state of data", "loaded", "source", "changes"],
        [
            (
                each.number,
                _say_state(each, waiting),
                each.row_count,
                each.state_date,
                each.loaded_at,
                each.source_name,
                say_changes(each.changes, each.row_count),
            )
            for each in versions
        ],
    )


def _remarks(quality: Quality) -> list[str | None]:
    counts = (
        (
            quality.counts.left_out,
            "row was left out by source.where",
            "rows were left out by source.where",
        ),
        (quality.null_geometries, "row has no geometry", "rows have no geometry"),
        (quality.heights_dropped, "feature lost its height", "features lost their heights"),
        (
            quality.unknown_heights,
            "feature had the height that means unknown",
            "features had the height that means unknown",
        ),
        (sum(quality.unknown_values.values()), "zero became unknown", "zeros became unknown"),
        (
            quality.outside_outline,
            "feature lies outside the portal's outline",
            "features lie outside the portal's outline",
        ),
    )
    return [
        *quality.notes,
        *(f"{counted(*each)}." for each in counts if each[0]),
        _listed(quality.person_columns_left_out, "Columns left out because they seem to name persons"),
        _listed(quality.columns_left_out, "Columns of the source that are not published"),
        _listed(
            tuple(f"{name} from {source!r}" for name, source in quality.column_sources.items()),
            "Columns are published as",
        ),
    ]


def _show_repairs(quality: Quality) -> None:
    if not quality.repairs:
        return
    said = counted(len(quality.repairs), "feature was mended", "features were mended")
    hidden = len(quality.repairs) - _MAX_REPAIRS_SHOWN
    show_remarks([f"{said}; the first {_MAX_REPAIRS_SHOWN} are:" if hidden > 0 else f"{said}:"])
    show_rows(
        ["feature", "key", "reason", "area before m²", "area after m²"],
        [
            (repair.feature, repair.key, repair.reason, repair.area_before_m2, repair.area_after_m2)
            for repair in quality.repairs[:_MAX_REPAIRS_SHOWN]
        ],
    )


def _stored_quality(stored: Mapping[str, object]) -> Quality:
    """The report of a version, without what stands beside it; empty when it has a form nobody knows now."""
    try:
        return Quality.model_validate({name: stored[name] for name in Quality.model_fields if name in stored})
    except ValidationError:
        return Quality()


def _say_published(version: VersionSummary) -> str | None:
    """When and by whom, and what it took the place of when it is one that somebody went back to."""
    if version.published_at is None:
        return None
    said = f"{written(version.published_at)} by {version.published_by}"
    return (
        said
        if version.instead_of is None
        else f"{said}, rolled back to instead of version {version.instead_of}"
    )


def _say_state(version: VersionSummary, waiting: int | None) -> str:
    """What waits, and what was loaded and never published but has newer versions."""
    if version.state != "loaded":
        return version.state
    return "waits" if version.number == waiting else "overtaken"


def _waiting(layer_id: str, version: VersionSummary) -> str | None:
    reason = version.quality.get("hold_reason")
    if not reason:
        return None
    return f"Version {version.number} waits, because {reason}. {_how_to_publish(layer_id, version.number)}"


def _how_to_publish(layer_id: str, number: int | None) -> str:
    return f"If it is right: prostor layer publish {layer_id} {number} --confirm"


def _listed(names: tuple[str, ...], words: str) -> str | None:
    return f"{words}: {', '.join(names)}." if names else None


def _moved(operation: str | None, accuracy_m: float | None) -> str | None:
    if operation is None or operation.startswith("none"):
        return None
    accuracy = f" (accuracy {accuracy_m:g} m)" if accuracy_m else ""
    return f"Coordinates were transformed: {operation}{accuracy}."
