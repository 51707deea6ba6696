"""What `prostor layer inspect` tells a clerk about a source: facts, then small tables, then what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.drafting import name_columns
from prostor.commands.console import answer
from prostor.commands.tables import show_facts, show_remarks, show_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.introspect import CrsAdvice, Inspected
    from layers.reading.report import Bounds, LayerFound, Repeat

_MAX_KEYS_SHOWN = 3


def show_inspection(inspected: Inspected, layer: LayerFound, advice: CrsAdvice) -> None:
    """One inspected layer for people."""
    show_facts(
        [
            ("layer", layer.name),
            ("format", inspected.format),
            ("rows", layer.row_count),
            *_shape_facts(layer),
            ("extent", _written_bounds(layer.bounds, decimals=_decimals(layer.bounds))),
            ("in degrees", _written_bounds(advice.degrees, decimals=5)),
            ("CRS", advice.sentence),
            *_encoding_facts(layer),
            ("coordinates", _placing(layer)),
        ]
    )
    show_remarks([*advice.warnings, *layer.notes])
    _show_counts(layer)
    _show_encodings(layer)
    _show_faults(layer)
    _show_columns(layer)
    _show_keys(layer)


def inspection_as_json(layer: LayerFound, advice: CrsAdvice) -> dict[str, Any]:
    """The same for programs; the sample of places is left out."""
    published = name_columns(layer)
    found = layer.model_dump(mode="json", exclude={"places"})
    fields = [{**field, "published_as": published.get(field["name"])} for field in found["fields"]]
    return {**found, "fields": fields, "crs_advice": advice}


def _shape_facts(layer: LayerFound) -> list[tuple[str, object]]:
    curved = f"{layer.curved} with arcs, which become chords at most 1 mm off" if layer.curved else None
    return [
        ("shapes", ", ".join(f"{count} {name}" for name, count in sorted(layer.geometry_types.items()))),
        ("curves", curved),
        ("without shape", _with_first(layer.null_geometries + layer.empty_geometries, layer.without_shape)),
        ("of these empty", layer.empty_geometries or None),
        ("not valid", _reasons(layer.invalid_reasons)),
        ("same shape twice", _with_pairs(layer.duplicate_geometries, layer.duplicate_shapes)),
        ("heights", "yes" if layer.has_z else None),
        ("height unknown", f"{layer.unknown_heights} (a height of -99)" if layer.unknown_heights else None),
        ("measures", "yes; they are not kept" if layer.has_m else None),
    ]


def _encoding_facts(layer: LayerFound) -> list[tuple[str, object]]:
    return [
        ("encoding", f"{layer.encoding} ({layer.encoding_reason})" if layer.encoding else None),
        (".cpg says", layer.encoding_stated),
        ("but", layer.encoding_fault),
        ("samples", " · ".join(layer.samples)),
    ]


def _show_counts(layer: LayerFound) -> None:
    counts = layer.counts
    found = {
        "the file says": counts.declared,
        "shapes (.shp, .shx)": counts.geometry_records,
        "rows (.dbf)": counts.attribute_records,
        "of these deleted": counts.deleted or None,
        "read one by one": counts.read,
    }
    rows = [(place, number) for place, number in found.items() if number is not None]
    if len(rows) > 1:
        show_rows(["counted in", "rows"], rows)


def _show_encodings(layer: LayerFound) -> None:
    if layer.encoding is None or not layer.samples or not layer.other_samples:
        return
    mine = [(f"{layer.encoding} (chosen)", " · ".join(layer.samples))]
    others = [(name, " · ".join(samples)) for name, samples in layer.other_samples.items()]
    show_rows(["read as", "samples"], [*mine, *others])


def _show_faults(layer: LayerFound) -> None:
    if layer.invalid_features:
        show_rows(
            ["feature", "not valid because"], [(each.feature, each.reason) for each in layer.invalid_features]
        )


def _show_columns(layer: LayerFound) -> None:
    published = name_columns(layer)
    show_rows(
        ["column", "published as", "type", "filled", "different", "examples"],
        [
            (
                field.name,
                published.get(field.name, "–"),
                field.type,
                field.filled,
                field.distinct,
                f"never publish: {field.person_reason}" if field.person else " · ".join(field.samples[:3]),
            )
            for field in layer.fields
        ],
    )


def _show_keys(layer: LayerFound) -> None:
    types = {field.name: field.type for field in layer.fields}
    keys = [key for key in layer.keys if all(types[name] in ("text", "integer") for name in key.columns)]
    if not keys:
        answer("· No column tells the features apart; without a key they have no lasting address.")
        return
    show_rows(
        ["possible key", "rows without it", "values that come again", "the first of them"],
        [
            (
                " and ".join(key.columns),
                key.missing,
                key.repeated,
                ", ".join(f"{each.value} ({each.first} and {each.again})" for each in key.repeats),
            )
            for key in keys[:_MAX_KEYS_SHOWN]
        ],
    )


def _placing(layer: LayerFound) -> str | None:
    return layer.wkt_column or (f"{layer.x_column}, {layer.y_column}" if layer.x_column else None)


def _written_bounds(bounds: Bounds | None, *, decimals: int) -> str | None:
    if bounds is None:
        return None
    west, south, east, north = (f"{number:.{decimals}f}" for number in bounds)
    return f"{west} {south} – {east} {north}"


def _decimals(bounds: Bounds | None) -> int:
    return 3 if bounds and max(map(abs, bounds)) > 180 else 6


def _with_first(count: int, features: Sequence[int]) -> str | None:
    if not count:
        return None
    return f"{count} (features {', '.join(map(str, features))}{' …' if count > len(features) else ''})"


def _with_pairs(count: int, pairs: Sequence[Repeat]) -> str | None:
    if not count:
        return None
    listed = ", ".join(f"{pair.first} = {pair.again}" for pair in pairs)
    return f"{count} (features {listed}{' …' if count > len(pairs) else ''})"


def _reasons(reasons: Mapping[str, int]) -> str | None:
    return ", ".join(f"{count} {reason}" for reason, count in reasons.items()) or None
