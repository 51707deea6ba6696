"""What of a stored quality report the public may read: an allow-list, so that a new key is private until named.

Held back are what decides about publishing (`fingerprint`, `hold_reason`) and `samples`: texts of the source
that may stand in columns nobody publishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLIC = (
    "counts",
    "geometry_types",
    "null_geometries",
    "invalid",
    "repairs",
    "heights_dropped",
    "unknown_heights",
    "outside_outline",
    "encoding",
    "column_sources",
    "columns_left_out",
    "person_columns_left_out",
    "unknown_values",
    "notes",
)


def public_quality(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The report without what is nobody else's business."""
    return {name: stored[name] for name in PUBLIC if name in stored}
