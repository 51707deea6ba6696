"""Parts of a layer's page: how its coordinates came about, its columns, and its versions with what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gis import crs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.catalogue import KeptVersion, LayerHistory, PublishedLayer
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
        return Coordinates(phrases.say("about.coordinates_as_they_are", crs=name_crs(target)), None)
    names = {"source": name_crs(source), "target": name_crs(target)}
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


def describe_versions(history: LayerHistory, phrases: Phrases, prefix: str) -> tuple[VersionRow, ...]:
    """The versions that can be read, newest first."""
    return tuple(_version(each, history, phrases, prefix) for each in history.versions)


def _version(version: KeptVersion, history: LayerHistory, phrases: Phrases, prefix: str) -> VersionRow:
    layer_id, is_published = history.published.id, version.version_id == history.published.version_id
    readable = {each.number for each in history.versions}
    changes = version.changes or {}
    return VersionRow(
        number=version.number,
        is_published=is_published,
        state=_say_state(version, phrases, is_published=is_published),
        state_date=phrases.date(version.state_date),
        loaded=phrases.moment(version.loaded_at),
        rows=phrases.number(version.row_count),
        source=version.source_name,
        changes=_say_changes(changes, phrases),
        changes_href=_changes_address(layer_id, version.number, changes, readable, prefix),
        data_href=_data_address(layer_id, None if is_published else version.token, prefix),
    )


def _say_state(version: KeptVersion, phrases: Phrases, *, is_published: bool) -> str:
    """Published or earlier; of what somebody went back to, when, and instead of which version."""
    if not is_published:
        return phrases.say("about.version_kept")
    if version.published_at is None or version.instead_of is None:
        return phrases.say("about.version_published")
    day = phrases.date(version.published_at.astimezone().date())
    return phrases.say("about.version_again", date=day, number=version.instead_of)


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
    layer_id: str, number: int, changes: Mapping[str, Any], readable: set[int], prefix: str
) -> str | None:
    """Where the changes can be read; None when there are none or the version before is no longer kept."""
    before = changes.get("against")
    if before not in readable or not any(changes.get(kind) for kind in _KINDS_OF_CHANGE):
        return None
    return f"{prefix}/layers/{quote(layer_id)}/changes?from={before}&to={number}&f=geojson"


def _data_address(layer_id: str, token: str | None, prefix: str) -> str:
    """Features of the version with this token; without one those of the published version."""
    data = f"{prefix}/layers/{quote(layer_id)}/data.geojson"
    return data if token is None else f"{data}?version={quote(token)}"


def _code_list(column: Column, phrases: Phrases) -> tuple[tuple[str, str], ...]:
    return tuple((code, words.in_language(phrases.language)) for code, words in column.values.items())


def name_crs(srid: int) -> str:
    """What people call a CRS, with its number."""
    return f"{_NAMES.get(srid) or crs.find_crs(srid).name} (EPSG:{srid})"
