"""What a file has to say about itself: what it is, whose, under which licence, of which date, in which CRS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis import crs
from layers.representations import time_stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.catalogue import PublishedLayer
    from layers.style import Text


@dataclass(frozen=True)
class About:
    """Facts by name, in the order people want them, and the columns with their titles."""

    title: str
    description: str
    facts: Mapping[str, str]
    columns: Mapping[str, str]

    def as_text(self, *, remarks: tuple[str, ...] = ()) -> str:
        """All of it as plain text, for a file beside the data."""
        facts = [f"{name}: {value}" for name, value in self.facts.items()]
        columns = [f"  {name}: {title}" for name, title in self.columns.items()]
        notes = ["", "remarks:", *(f"  {remark}" for remark in remarks)] if remarks else []
        return "\n".join([*facts, "", "columns:", *columns, *notes, ""])


def describe(layer: PublishedLayer, srid: int) -> About:
    """What is told about an exported version; `srid` is the CRS it is written in."""
    manifest, source = layer.manifest, layer.manifest.source
    facts = {
        "title": _both(manifest.title),
        "description": _both(manifest.description),
        "provider": _both(source.provider),
        "attribution": _both(source.attribution),
        "licence": source.licence,
        "licence_url": source.licence_url or "",
        "state_date": layer.state_date.isoformat(),
        "source": layer.source_name,
        "source_sha256": layer.source_sha256,
        "crs": f"EPSG:{srid} ({crs.find_crs(srid).name})",
        "coordinate_operation": layer.operation,
        "layer": layer.id,
        "version": str(layer.number),
        "token": layer.token,
        "features": str(layer.row_count),
        "loaded_at": layer.loaded_at.isoformat(timespec="seconds"),
        "exported_at": time_stamp(),
        "documents": "; ".join(f"{each.title.in_language('sl')} {each.url}" for each in manifest.documents),
    }
    return About(
        title=manifest.title.in_language("sl"),
        description=manifest.description.in_language("sl"),
        facts={name: value for name, value in facts.items() if value},
        columns={
            name: _both(column.title) + (f" [{column.unit}]" if column.unit else "")
            for name, column in manifest.columns.items()
        },
    )


def _both(text: Text) -> str:
    return " / ".join(dict.fromkeys((text.in_language("sl"), text.in_language("en"))))
