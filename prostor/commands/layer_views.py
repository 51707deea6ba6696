"""What `prostor layer inspect` and `import` tell a clerk about a source and about how its import went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prostor.commands.console import answer
from prostor.commands.tables import show_facts, show_rows

if TYPE_CHECKING:
    from layers.introspect import CrsAdvice, Inspected
    from layers.loading.importing import ImportReport
    from layers.reading.report import LayerFound

_MAX_REPAIRS_SHOWN = 20


def show_inspection(inspected: Inspected, layer: LayerFound, advice: CrsAdvice) -> None:
    """One inspected layer: facts, then a table of its columns."""
    west, south, east, north = layer.bounds or (None,) * 4
    show_facts(
        [
            ("layer", layer.name),
            ("format", inspected.format),
            ("rows", layer.row_count),
            ("shapes", ", ".join(f"{count} {name}" for name, count in sorted(layer.geometry_types.items()))),
            ("without shape", layer.null_geometries or None),
            ("not valid", layer.invalid or None),
            ("same shape twice", layer.duplicate_geometries or None),
            ("heights", "yes" if layer.has_z else None),
            ("height unknown", layer.unknown_heights or None),
            ("extent", f"{west:.3f} {south:.3f} – {east:.3f} {north:.3f}" if layer.bounds else None),
            ("CRS", advice.sentence),
            ("encoding", f"{layer.encoding} ({layer.encoding_reason})" if layer.encoding else None),
            ("samples", " · ".join(layer.samples)),
            ("coordinates", f"{layer.x_column}, {layer.y_column}" if layer.x_column else None),
        ]
    )
    for note in layer.notes:
        answer(f"· {note}")
    show_rows(
        ["column", "type", "filled", "different", "examples"],
        [
            (
                f"{field.name} (persons: never publish)" if field.person else field.name,
                field.type,
                field.filled,
                field.distinct,
                " · ".join(field.samples[:3]),
            )
            for field in layer.fields
        ],
    )


def describe_import(report: ImportReport) -> str:
    """One sentence on how an import ended."""
    rows = "1 row" if report.row_count == 1 else f"{report.row_count} rows"
    if report.outcome == "unchanged":
        return f"{report.layer_id}: nothing changed; version {report.number} stays published ({rows})."
    if report.outcome == "checked":
        against = f" It would wait, because {report.hold_reason}." if report.hold_reason else ""
        return f"{report.layer_id}: {rows} could be imported; nothing was written.{against}"
    if report.outcome == "waiting":
        return (
            f"{report.layer_id}: version {report.number} is loaded ({rows}) and waits, because "
            f"{report.hold_reason}. If it is right: "
            f"prostor layer publish {report.layer_id} {report.number} --confirm"
        )
    return f"{report.layer_id}: version {report.number} is published ({rows})."


def show_quality(report: ImportReport) -> None:
    """What a clerk should know about the rows: notes, what was left out, and every repair."""
    quality = report.quality
    if quality is None:
        return
    zeros = sum(quality.unknown_values.values())
    remarks = [
        *quality.notes,
        _counted(
            quality.counts.left_out, "row was left out by source.where", "rows were left out by source.where"
        ),
        _counted(quality.null_geometries, "row has no geometry", "rows have no geometry"),
        _counted(quality.heights_dropped, "feature lost its height", "features lost their heights"),
        _counted(
            quality.unknown_heights,
            "feature had the height that means unknown",
            "features had the height that means unknown",
        ),
        _counted(zeros, "zero became unknown", "zeros became unknown"),
        _counted(
            quality.outside_outline,
            "feature lies outside the portal's outline",
            "features lie outside the portal's outline",
        ),
        _listed(quality.person_columns_left_out, "Columns left out because they seem to name persons"),
        _listed(quality.columns_left_out, "Columns of the source that are not published"),
        _moved(report),
    ]
    for remark in remarks:
        if remark:
            answer(f"· {remark}")
    if quality.repairs:
        count = len(quality.repairs)
        answer("· 1 feature was mended:" if count == 1 else f"· {count} features were mended:")
        show_rows(
            ["feature", "key", "reason", "area before m²", "area after m²"],
            [
                (repair.feature, repair.key, repair.reason, repair.area_before_m2, repair.area_after_m2)
                for repair in quality.repairs[:_MAX_REPAIRS_SHOWN]
            ],
        )


def _counted(count: int, one: str, many: str) -> str | None:
    return f"{count} {one if count == 1 else many}." if count else None


def _listed(names: tuple[str, ...], words: str) -> str | None:
    return f"{words}: {', '.join(names)}." if names else None


def _moved(report: ImportReport) -> str | None:
    if report.operation is None or report.operation.startswith("none"):
        return None
    accuracy = f" (accuracy {report.operation_accuracy_m:g} m)" if report.operation_accuracy_m else ""
    return f"Coordinates were transformed: {report.operation}{accuracy}."
