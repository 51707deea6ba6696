"""What an import is going to make, decided before anything is made. Pure: no file, no database.

The columns of the data table and the token under which it is served. Whether a person has to look first is
decided in `holding`.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from gis import crs
from layers.reading.job import StoredColumn
from layers.targets import bands_of, coarse_geometry, grid_geometry, safe_zoom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.envelope import Envelope
    from layers.manifest import ColumnType, Manifest
    from layers.reading.job import StoredType
    from layers.targets import TileTarget

# Raise it when stored columns or tiles are made differently: every token changes, every layer is read anew.
ENCODER_VERSION = 4
TOKEN_LENGTH = 16
# Scale limits are round numbers; a hair of map distortion must not move one to the next zoom.
_ZOOM_SLACK = 0.01
_TYPES: dict[ColumnType, StoredType] = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "date": "date",
    "boolean": "boolean",
}


def stored_columns(manifest: Manifest, srid: int, targets: Sequence[TileTarget]) -> tuple[StoredColumn, ...]:
    """The columns of the data table: ours (docs/decisions/0003-stored-columns.md), then the published ones."""
    own = [
        StoredColumn(name="_fid", type="bigint", required=True),
        StoredColumn(name="_key", type="text", required=True),
        StoredColumn(name="_title", type="text"),
        StoredColumn(name="_search", type="text"),
        StoredColumn(name="_geom", type="geometry", srid=srid, heights=manifest.geometry.keep_z),
        *[
            StoredColumn(name=grid_geometry(other), type="geometry", srid=other)
            for other in dict.fromkeys(target.srid for target in targets)
            if other != srid
        ],
        StoredColumn(name="_size", type="real"),
        StoredColumn(name="_label", type="geometry", srid=srid),
        StoredColumn(name="_label_width", type="real"),
        *[StoredColumn(name=safe_zoom(target.name), type="smallint", required=True) for target in targets],
    ]
    published = [
        StoredColumn(name=name, type=_TYPES[column.type], required=name in manifest.key)
        for name, column in manifest.columns.items()
    ]
    # Behind all others: they are made when the rows stand in their final order, neighbours beside each other.
    coarse = [
        StoredColumn(name=coarse_geometry(each, band), type="geometry", srid=each, band=band)
        for band in find_bands(manifest)
        for each in dict.fromkeys((srid, *(target.srid for target in targets)))
    ]
    return (*own, *published, *coarse)


def find_bands(manifest: Manifest) -> tuple[int, ...]:
    """The scales for which a layer has geometry with less detail; points have none to leave out."""
    return () if manifest.geometry.kind == "point" else bands_of(manifest.style.scale.max)


def drawn_targets(
    manifest: Manifest, targets: Sequence[TileTarget], outline: Envelope
) -> tuple[TileTarget, ...]:
    """The targets with `min_zoom` raised to one above where the layer begins to be drawn.

    Coarser zooms hold no tile of the layer, so nothing need be tried out for them.
    """
    coarsest = manifest.style.scale.max
    raised = []
    for target in targets:
        x, y = crs.transform(outline.srid, target.srid, *outline.centre)
        ground = target.resolution0 * crs.ground_scale(target.srid, x, y)
        zoom = math.ceil(math.log2(ground / coarsest) - _ZOOM_SLACK) - 1
        lowest = min(max(zoom, target.min_zoom), target.max_tile_zoom)
        raised.append(replace(target, min_zoom=lowest))
    return tuple(raised)


def table_name(version_id: int) -> str:
    """The name of a version's table in schema `data`."""
    return f"v{version_id}"


def build_token(
    copy_sha256: str, manifest: Manifest, targets: Sequence[TileTarget], *, withdrawals: int = 0
) -> str:
    """16 hex characters that change when features or tiles of the layer do.

    They stand for the rows, for names and types of the columns they are read by, for what of the manifest is in
    tiles, for the grids and the encoder, and for how often the layer was withdrawn: the same data published
    again have another token, and the old one stays gone.
    """
    content = [
        copy_sha256,
        published_columns(manifest),
        tile_relevant(manifest),
        [asdict(target) for target in targets],
        ENCODER_VERSION,
        withdrawals,
    ]
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:TOKEN_LENGTH]


def tile_relevant(manifest: Manifest) -> dict[str, object]:
    """The parts of a manifest that decide what is in a tile; colours are not, they are drawn by the client."""
    label = manifest.style.label
    return {
        "id": manifest.id,
        "kind": manifest.geometry.kind,
        "columns": list(manifest.tile_columns),
        "coarsest": list(manifest.tile_columns.values()),
        "types": [manifest.columns[name].type for name in manifest.tile_columns],
        "label": [label.column, label.max_metres_per_pixel] if label else None,
        "scale": manifest.style.scale.model_dump(),
        "reach": manifest.style.reach_pixels(manifest.geometry.kind),
        "max_features": manifest.tiles.max_features,
    }


def build_fingerprint(manifest: Manifest, targets: Sequence[TileTarget], outline: Envelope) -> str:
    """A hash of everything beside the source that decides what an import makes, wording included."""
    content = [
        manifest.model_dump(mode="json", exclude={"folder": True, "source": {"file"}}),
        [repr(target) for target in targets],
        [*outline.bounds, outline.srid],
        ENCODER_VERSION,
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def describe_manifest(manifest: Manifest) -> dict[str, object]:
    """A manifest as it is stored with a version: everything but the folder it was found in."""
    return manifest.model_dump(mode="json", exclude={"folder"})


def retoken(token: str, version_id: int) -> str:
    """The token of a version while another one with the same content is published; same form, its own."""
    return hashlib.sha256(f"{token} {version_id}".encode()).hexdigest()[:TOKEN_LENGTH]


def published_columns(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    """Names and types of the published columns, in order."""
    return tuple((name, column.type) for name, column in manifest.columns.items())
