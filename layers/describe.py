"""What is published, told to programs: `/layers` and `/layers/{id}`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from layers.links import collection_href
from layers.public_quality import public_quality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.envelope import Envelope
    from layers.catalogue import KeptVersion, LayerHistory, PublishedLayer
    from layers.manifest import Manifest
    from layers.style import Text

Json = dict[str, Any]


def describe_layers(layers: Sequence[PublishedLayer], root: str) -> Json:
    """Every published layer in short."""
    return {"layers": [describe_layer(layer, root) for layer in layers]}


def describe_layer(layer: PublishedLayer, root: str) -> Json:
    """One layer in short: what it is, where it has data, whose it is and under which licence."""
    manifest, source = layer.manifest, layer.manifest.source
    return {
        "id": layer.id,
        "role": manifest.role,
        "title": both_languages(manifest.title),
        "description": both_languages(manifest.description),
        "geometry": manifest.geometry.kind,
        "token": layer.token,
        "number": layer.number,
        "features": layer.row_count,
        "extent": degrees(layer.extent),
        "state_date": layer.state_date.isoformat(),
        "newer_due": due.isoformat() if (due := source.newer_due(layer.state_date)) else None,
        "stale": source.is_stale(layer.state_date, date.today()),  # noqa: DTZ011  days of the reader's calendar
        "loaded_at": layer.loaded_at.isoformat(),
        "provider": both_languages(source.provider),
        "licence": source.licence,
        "licence_url": source.licence_url,
        "attribution": both_languages(source.attribution),
        "coverage": both_languages(manifest.coverage.statement) if manifest.coverage else None,
        "documents": [{"title": both_languages(each.title), "url": each.url} for each in manifest.documents],
        "links": {
            "self": f"{root}/layers/{layer.id}",
            "collection": collection_href(root, layer.id),
            "items": collection_href(root, layer.id, "items"),
        },
    }


def describe_layer_fully(history: LayerHistory, root: str) -> Json:
    """One layer with its columns, how its coordinates came about, its quality, and the kept versions."""
    layer = history.published
    return {
        **describe_layer(layer, root),
        "crs": layer.srid,
        "native_extent": list(layer.native_extent.bounds) if layer.native_extent else None,
        "operation": layer.operation,
        "operation_accuracy_m": layer.operation_accuracy_m,
        "source": {"name": layer.source_name, "sha256": layer.source_sha256, "crs": layer.manifest.source.crs},
        "columns": _describe_columns(layer.manifest),
        "quality": public_quality(layer.quality),
        "versions": [_describe_version(each) for each in history.versions],
    }


def both_languages(text: Text) -> Json:
    """The text in Slovenian and English."""
    return {"sl": text.in_language("sl"), "en": text.in_language("en")}


def degrees(envelope: Envelope | None) -> list[float] | None:
    """An envelope in degrees as four numbers of seven digits."""
    return [round(each, 7) for each in envelope.bounds] if envelope is not None else None


def _describe_columns(manifest: Manifest) -> list[Json]:
    return [
        {
            "name": name,
            "type": column.type,
            "title": both_languages(column.title),
            "unit": column.unit,
            "values": {code: both_languages(words) for code, words in column.values.items()},
            "key": name in manifest.key,
        }
        for name, column in manifest.columns.items()
    ]


def _describe_version(version: KeptVersion) -> Json:
    return {
        "number": version.number,
        "token": version.token,
        "state": version.state,
        "state_date": version.state_date.isoformat(),
        "loaded_at": version.loaded_at.isoformat(),
        "features": version.row_count,
        "source": {"name": version.source_name, "sha256": version.source_sha256},
        "operation": version.operation,
        "changes": version.changes,
        "published_at": version.published_at.isoformat() if version.published_at else None,
        "rolled_back_from": version.instead_of,
    }
