"""Parts of a layer's page: how its coordinates came about, its columns, and its versions with what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gis import crs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.catalogue import PublishedLayer
    from layers.manifest import Column
    from viewer.phrases import Phrases

# What people in Slovenia call them; elsewhere the registry's name says it.
_NAMES = {crs.D96: "D96/TM", crs.D48: "D48/GK", crs.WGS84: "WGS 84"}
_KINDS_OF_CHANGE = ("added", "removed", "geometry", "attributes")


@dataclass(frozen=True)
class Link:
    """Words and an address."""

    title: str
    href: str


@dataclass(frozen=True)
class Coordinates:
    """How coordinates came about in a sentence, and the operation by its exact name when there was one."""

    sentence: str
    operation: str | None


@dataclass(frozen=True)
class ColumnRow:
    """One published column; `values` pairs codes with their meaning."""

    title: str
    name: str
    type: str
    unit: str | None
    is_key: bool
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class VersionRow:
    """One kept version. `changes` is empty when there was nothing before to compare it with."""

    number: int
    is_published: bool
    state: str
    state_date: str
    loaded: str
    rows: str
    source: str
    changes: tuple[str, ...]
    changes_href: str | None
    data_href: str


def describe_coordinates(layer: PublishedLayer, phrases: Phrases) -> Coordinates:
    """From which CRS into which, and how exactly."""
    source, target = layer.manifest.source.crs, layer.srid
    if source == target:
        return Coordinates(phrases.say("about.coordinates_as_they_are", crs=_name(target)), None)
    names = {"source": _name(source), "target": _name(target)}
    if layer.operation_accuracy_m is None:
        return Coordinates(phrases.say("about.coordinates_moved", **names), layer.operation)
    accuracy = phrases.length(layer.operation_accuracy_m)
    return Coordinates(
        phrases.say("about.coordinates_moved_within", accuracy=accuracy, **names), layer.operation
    )


def describe_columns(layer: PublishedLayer, phrases: Phrases) -> tuple[ColumnRow, ...]:
    """The published columns in the order of the manifest."""
    manifest = layer.manifest
    return tuple(
        ColumnRow(
            title=column.title.in_language(phrases.language),
            name=name,
            type=phrases.say("about.type_" + column.type),
            unit=column.unit,
            is_key=name in manifest.key,
            values=_code_list(column, phrases),
        )
        for name, column in manifest.columns.items()
    )


def describe_versions(
    published: PublishedLayer, versions: Sequence[PublishedLayer], phrases: Phrases, prefix: str
) -> tuple[VersionRow, ...]:
    """The versions that can be read, newest first."""
    readable = {each.number for each in versions}
    return tuple(_version(each, published, readable, phrases, prefix) for each in versions)


def _version(
    version: PublishedLayer, published: PublishedLayer, readable: set[int], phrases: Phrases, prefix: str
) -> VersionRow:
    is_published = version.version_id == published.version_id
    changes = version.changes or {}
    return VersionRow(
        number=version.number,
        is_published=is_published,
        state=phrases.say("about.version_published" if is_published else "about.version_kept"),
        state_date=phrases.date(version.state_date),
        loaded=phrases.moment(version.loaded_at),
        rows=phrases.number(version.row_count),
        source=version.source_name,
        changes=_say_changes(changes, phrases),
        changes_href=_changes_address(version, changes, readable, prefix),
        data_href=_data_address(version, prefix, is_published=is_published),
    )


def _say_changes(changes: Mapping[str, Any], phrases: Phrases) -> tuple[str, ...]:
    """`3 dodani`, `1 odstranjen` …; a version that changes nothing says so."""
    if not changes:
        return ()
    said = [
        phrases.count("about.changed_" + kind, int(changes[kind]))
        for kind in _KINDS_OF_CHANGE
        if changes.get(kind)
    ]
    return tuple(said) or (phrases.say("about.changed_nothing"),)


def _changes_address(
    version: PublishedLayer, changes: Mapping[str, Any], readable: set[int], prefix: str
) -> str | None:
    """Where the changes can be read; None when there are none or the version before is no longer kept."""
    before = changes.get("against")
    if before not in readable or not any(changes.get(kind) for kind in _KINDS_OF_CHANGE):
        return None
    return f"{prefix}/layers/{quote(version.id)}/changes?from={before}&to={version.number}&f=geojson"


def _data_address(version: PublishedLayer, prefix: str, *, is_published: bool) -> str:
    items = f"{prefix}/ogc/collections/{quote(version.id)}/items?limit=1000"
    return items if is_published else f"{items}&version={quote(version.token)}"


def _code_list(column: Column, phrases: Phrases) -> tuple[tuple[str, str], ...]:
    return tuple((code, words.in_language(phrases.language)) for code, words in column.values.items())


def _name(srid: int) -> str:
    return f"{_NAMES.get(srid) or crs.find_crs(srid).name} (EPSG:{srid})"
