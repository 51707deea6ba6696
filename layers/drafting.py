"""The draft of a manifest: everything that can be known from the source filled in, the rest marked for a clerk.

The draft is valid and can be imported as it is; comments say what a person has to look at.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from layers.folding import fold
from layers.known_columns import KnownColumn, find_known_column
from layers.manifest import SYSTEM_COLUMNS
from layers.visible import visible, visible_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geometry import GeometryKind
    from layers.introspect import CrsAdvice, Inspected
    from layers.manifest import ColumnType, Role
    from layers.reading.report import FieldFound, LayerFound

_KINDS: dict[str, GeometryKind] = {
    "Point": "point",
    "MultiPoint": "point",
    "LineString": "line",
    "MultiLineString": "line",
    "Polygon": "polygon",
    "MultiPolygon": "polygon",
}
_STYLES: dict[GeometryKind, str] = {
    "point": '{ fill = "#2f6f8f", line = "#ffffff", line_width = 1, radius = 4 }',
    "line": '{ line = "#2f6f8f", line_width = 2 }',
    "polygon": '{ fill = "#2f6f8f", fill_opacity = 0.25, line = "#2f6f8f", line_width = 1 }',
}
_KEYS: tuple[tuple[str, ...], ...] = (("ko", "number"), ("ko", "building"), ("eid",))
# Words that a property filter or an address could not tell from its own.
_RESERVED = SYSTEM_COLUMNS | {*("bbox", "crs", "datetime", "f", "limit", "next", "properties", "version")}
_LIKE_AN_ID = re.compile(r"(^|_)(m?id|eid|oid|sifra|oznaka|objectid|gml_id)($|_)")
_SEARCH_KINDS: dict[Role, str] = {"parcels": "parcel", "addresses": "address", "zoning": "zone"}


@dataclass(frozen=True)
class _Draft:
    """A column of the draft."""

    name: str
    field: FieldFound
    known: KnownColumn | None

    @property
    def type(self) -> ColumnType:
        return (self.known.type if self.known else None) or self.field.type


def draft_manifest(
    inspected: Inspected,
    layer: LayerFound,
    advice: CrsAdvice,
    *,
    layer_id: str | None = None,
    file: str | None = None,
) -> str:
    """The TOML text of a manifest for one layer of an inspected source.

    `file` is the way to the source from the folder the draft will stand in; its bare name when left out.
    """
    columns = _choose_columns(layer)
    role = _guess_role(columns)
    identifier, title = layer_id or _slug(layer.name), _quoted(layer.name)
    several = len(inspected.inspection.layers) > 1
    lines = [
        "# A draft made by `prostor layer inspect`. Look at every line that has a comment, then import it.",
        f"id = {_quoted(identifier)}  # stands in web addresses; never change it later",
        f"role = {_quoted(role)}",
        f"title = {{ sl = {title}, en = {title} }}  # what people read",
        f"description = {{ sl = {title}, en = {title} }}  # one sentence about the data",
        *_key_lines(layer, columns),
        "",
        *_source_lines(inspected, layer, advice, file=file, several=several),
        "",
        *_geometry_lines(layer),
        "",
        *_column_lines(layer, columns),
        "",
        *_search_lines(role, columns),
        "[style]",
        f"default = {_STYLES[_kind(layer)]}",
        "",
    ]
    return "\n".join(lines)


def name_columns(layer: LayerFound) -> dict[str, str]:
    """The name under which each column of the source would be published; coordinates and persons are left out.

    Always alike for the same columns in the same order, whatever characters stand in their names.
    """
    return {column.field.name: column.name for column in _choose_columns(layer)}


def _choose_columns(layer: LayerFound) -> list[_Draft]:
    taken: set[str] = set()
    columns = []
    placing = (layer.x_column, layer.y_column, layer.wkt_column)
    for field in layer.fields:
        if field.person or field.name in placing:
            continue
        known = find_known_column(field.name)
        if known is not None and known.name in taken:
            known = None
        name = base = known.name if known else _column_name(field.name)
        number = 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        columns.append(_Draft(name, field, known))
    return columns


def _guess_role(columns: Sequence[_Draft]) -> Role:
    roles = [column.known.role for column in columns if column.known and column.known.role]
    return roles[0] if roles else "other"


def _key_lines(layer: LayerFound, columns: Sequence[_Draft]) -> list[str]:
    remark = "# columns that identify a feature for ever; together unique"
    published = {column.field.name: column for column in columns}
    sound = [
        tuple(published[name].name for name in key.columns)
        for key in layer.keys
        if not (key.missing or key.repeated) and all(name in published for name in key.columns)
    ]
    usual = [key for key in _KEYS if key in sound]
    types = {column.name: column.type for column in columns}
    single = [key for key in sound if len(key) == 1 and types[key[0]] in ("text", "integer")]
    named = [key for key in single if _LIKE_AN_ID.search(key[0])]
    for key in [*usual, *named, *single]:
        return [f"key = {_listed(key)}  {remark}"]
    return [
        '# key = ["…"]  # no column is unique; without a key, features have no lasting address',
        *[
            f"# {' and '.join(map(_commented, key.columns))}: {key.repeated} rows repeat a value, the first is "
            f"{_commented(key.repeats[0].value)} (features {key.repeats[0].first} and {key.repeats[0].again})"
            for key in layer.keys[:3]
            if key.repeats
        ],
    ]


def _source_lines(
    inspected: Inspected, layer: LayerFound, advice: CrsAdvice, *, file: str | None, several: bool
) -> list[str]:
    name = file or inspected.inspection.source_name
    lines = [
        "[source]",
        f"file = {_quoted(name)}  # path from this file's folder",
        f"format = {_quoted(inspected.format)}",
    ]
    if several:
        lines.append(f"layer = {_quoted(layer.name)}")
    lines += [f"# {_commented(sentence)}" for sentence in (advice.sentence, *advice.warnings)]
    lines.append(f"crs = {advice.srid or 3794}")
    if layer.encoding is not None:
        shown = ": " + ", ".join(_quoted(sample) for sample in layer.samples) if layer.samples else ""
        lines.append(f"encoding = {_quoted(layer.encoding)}  # {_commented(layer.encoding_reason)}{shown}")
    if inspected.format == "csv":
        lines += _placing_lines(layer)
        lines += [f"decimal = {_quoted(layer.decimal)}"] if layer.decimal != "." else []
    today = datetime.now(tz=UTC).date()
    return [
        *lines,
        f"state_date = {today.isoformat()}  # date of state of the data, as the provider gives it",
        'provider = { sl = "?", en = "?" }  # who made the data',
        'licence = "CC-BY-4.0"  # check it',
        'attribution = { sl = "Vir: ?, stanje ?" }  # the sentence to print',
    ]


def _placing_lines(layer: LayerFound) -> list[str]:
    if layer.wkt_column:
        return [f"wkt = {_quoted(layer.wkt_column)}  # column with the geometry"]
    return [
        f"x = {_quoted(layer.x_column or '?')}  # column with east or longitude",
        f"y = {_quoted(layer.y_column or '?')}  # column with north or latitude",
    ]


def _geometry_lines(layer: LayerFound) -> list[str]:
    found = ", ".join(f"{count} {name}" for name, count in sorted(layer.geometry_types.items()))
    lines = ["[geometry]", f"kind = {_quoted(_kind(layer))}  # found: {found or 'no geometry'}"]
    if layer.null_geometries:
        lines.append(f"allow_null = true  # {layer.null_geometries} rows have no geometry")
    if layer.invalid:
        lines.append(f"# {layer.invalid} shapes are not valid and will be mended, each listed in the report.")
    if layer.has_z:
        lines.append("# Heights are dropped; say keep_z = true to keep them.")
    return lines


def _column_lines(layer: LayerFound, columns: Sequence[_Draft]) -> list[str]:
    lines = ["# The allow-list: only what stands here is loaded. Take out what nobody needs.", "[columns]"]
    persons = [field for field in layer.fields if field.person]
    if persons:
        told = ", ".join(f"{_commented(field.name)} ({field.person_reason})" for field in persons)
        lines.insert(1, f"# Left out because they seem to hold persons: {told}.")
    return [*lines, *[_column_line(column) for column in columns]]


def _column_line(column: _Draft) -> str:
    known, source = column.known, column.field.name
    others = known.sources if known else ()
    parts = [
        f"source = {_listed([source, *[name for name in others if name != source.upper()]])}",
        f"type = {_quoted(column.type)}",
    ]
    if known and known.unit:
        parts.append(f"unit = {_quoted(known.unit)}")
    if known and known.zero_is_unknown and column.type in ("integer", "number"):
        parts.append("zero_is_unknown = true")
    sl, en = (known.sl, known.en) if known else (source, source)
    parts.append(f"title = {{ sl = {_quoted(sl)}, en = {_quoted(en)} }}")
    sample = f"  # e.g. {_commented(column.field.samples[0])}" if column.field.samples else ""
    return f"{column.name} = {{ {', '.join(parts)} }}{sample}"


def _search_lines(role: Role, columns: Sequence[_Draft]) -> list[str]:
    names = [column.name for column in columns]
    patterns = {
        "parcels": ("ko", "number"),
        "addresses": ("street", "house", "settlement"),
        "zoning": ("eup", "use"),
    }
    wanted = [name for name in patterns.get(role, ("name",)) if name in names]
    if not wanted:
        return []
    text = " ".join(f"{{{name}}}" for name in wanted)
    return ["[search]", f"text = {_quoted(text)}", f"kind = {_quoted(_SEARCH_KINDS.get(role, 'other'))}", ""]


def _kind(layer: LayerFound) -> GeometryKind:
    kinds: dict[GeometryKind, int] = {}
    for name, count in layer.geometry_types.items():
        if name in _KINDS:
            kinds[_KINDS[name]] = kinds.get(_KINDS[name], 0) + count
    return max(kinds, key=lambda kind: kinds[kind]) if kinds else "point"


def _slug(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", fold(re.sub(r"\.[A-Za-z0-9]{1,8}$", "", name))).strip("-")
    return (plain if plain[:1].isalpha() else f"layer-{plain}")[:41].strip("-") or "layer"


def _column_name(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")
    if plain in _RESERVED or not plain[:1].isalpha():
        plain = f"column_{plain}"
    return plain[:36].strip("_")


def _quoted(text: str) -> str:
    return visible_json(json.dumps(text, ensure_ascii=False))


def _listed(names: Sequence[str]) -> str:
    return "[" + ", ".join(_quoted(name) for name in names) + "]"


def _commented(text: str) -> str:
    return visible(" ".join(text.split()))
