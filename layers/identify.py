"""What lies at a point: every layer asked, from the stored geometry, never from what a map has drawn.

*Nothing here* and *no data* are different answers. Polygons hold the point; lines and points lie within a
tolerance in metres, nearest first. Distances, areas and lengths are measured in the portal's CRS.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import shapely
import sqlalchemy as sa

from gis.errors import GoneError, RequestError, UnavailableError
from layers.features import reading_version
from layers.filters import parse_number
from layers.plain_words import say_value
from layers.positions import box_columns, read_box
from layers.query import bound_geometry
from layers.table import FID, GEOMETRY, KEY, SIZE, TITLE, data_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.manifest import Manifest
    from layers.portal import Portal
    from layers.positions import Position

Json = dict[str, Any]
Reason = Literal["never_loaded", "outside_coverage", "failed", "withdrawn"]

MAX_FEATURES = 20
DEFAULT_TOLERANCE_M = 3.0
MAX_TOLERANCE_M = 50.0
PATIENCE_SECONDS = 5.0

# Parcels and zones lie wall to wall: where none is, somebody has to say that none is missing.
_WALL_TO_WALL = ("parcels", "zoning")

_MEASURES = ("_distance_m", "_area_m2", "_length_m")


@dataclass(frozen=True)
class AskedLayer:
    """A layer that is asked: its manifest, its published version if it has one, else why there is none."""

    manifest: Manifest
    published: PublishedLayer | None
    reason: Reason | None = None


def parse_tolerance(text: str | None) -> float:
    """Metres round the point within which lines and points count, from 0 to 50."""
    if text is None:
        return DEFAULT_TOLERANCE_M
    tolerance = parse_number("tolerance", text)
    if not 0 <= tolerance <= MAX_TOLERANCE_M:
        raise RequestError("tolerance", f"write metres from 0 to {MAX_TOLERANCE_M:g}", value=text[:100])
    return tolerance


def identify(
    database: Database,
    portal: Portal,
    asked: Sequence[AskedLayer],
    position: Position,
    *,
    tolerance: float,
    language: str,
) -> Json:
    """The whole answer. Raises UnavailableError when every layer that has data failed to answer.

    A layer that was withdrawn since `asked` were looked up says so.
    """
    inside = portal.outline_envelope.contains(position.east, position.north)
    ends_at = time.monotonic() + PATIENCE_SECONDS
    answers: list[Json] = []
    failures: list[UnavailableError] = []
    answered = 0
    for each in asked:
        told, features = each, None
        try:
            if each.published is not None:
                check_time(ends_at)
                features = _find_features(database, each.published, position, tolerance, language)
                answered += 1
        except GoneError:
            told = AskedLayer(each.manifest, None, "withdrawn")
        except UnavailableError as exc:
            failures.append(exc)
            told = AskedLayer(each.manifest, None, "failed")
        covered = inside and not _is_beyond(told, position)
        answers.append(_describe_answer(told, features, covered=covered, language=language))
    if failures and not answered:
        raise failures[0]
    return {"position": position.as_json(), "inside": inside, "layers": answers}


def select_at(layer: PublishedLayer, position: Position, tolerance: float) -> sa.Select[Any]:
    """The features of a layer at the point: polygons from the smallest, others from the nearest."""
    table = data_table(layer)
    geometry = table.c[GEOMETRY]
    point = bound_geometry(shapely.Point(position.east, position.north), layer.srid)
    distance = sa.func.ST_Distance(geometry, point, type_=sa.Float)
    statement = sa.select(
        table.c[FID],
        table.c[KEY],
        table.c[TITLE],
        distance.label(_MEASURES[0]),
        sa.func.ST_Area(geometry, type_=sa.Float).label(_MEASURES[1]),
        sa.func.ST_Length(geometry, type_=sa.Float).label(_MEASURES[2]),
        *box_columns(geometry),
        *(table.c[name] for name in layer.manifest.columns),
    ).limit(MAX_FEATURES)
    if layer.manifest.geometry.kind == "polygon":
        return statement.where(sa.func.ST_Intersects(geometry, point)).order_by(table.c[SIZE], table.c[FID])
    within = sa.func.ST_DWithin(geometry, point, tolerance)
    return statement.where(within).order_by(distance, table.c[FID])


def check_time(ends_at: float) -> None:
    """Raise UnavailableError once the monotonic clock has passed `ends_at`."""
    if time.monotonic() > ends_at:
        raise UnavailableError("The layers took too long to answer. Please ask for fewer.")


def _is_beyond(asked: AskedLayer, position: Position) -> bool:
    """Whether a layer that states no coverage is asked beyond the box of its own features."""
    layer, manifest = asked.published, asked.manifest
    if layer is None or manifest.coverage is not None or manifest.role not in _WALL_TO_WALL:
        return False
    box = layer.native_extent
    return box is None or not box.contains(position.east, position.north)


def _find_features(
    database: Database, layer: PublishedLayer, position: Position, tolerance: float, language: str
) -> list[Json]:
    with reading_version(database, "api") as connection:
        rows = connection.execute(select_at(layer, position, tolerance)).mappings().all()
    return [_describe_feature(layer, row, language) for row in rows]


def _describe_feature(layer: PublishedLayer, row: sa.RowMapping, language: str) -> Json:
    kind = layer.manifest.geometry.kind
    distance, area, length = (row[name] for name in _MEASURES)
    return {
        "id": row[KEY],
        "fid": row[FID],
        "title": row[TITLE],
        "properties": [
            {
                "name": name,
                "title": column.title.in_language(language),
                "value": row[name],
                "text": say_value(layer.manifest, name, row[name], language),
                "unit": column.unit,
            }
            for name, column in layer.manifest.columns.items()
        ],
        "distance_m": round(distance, 3),
        "area_m2": round(area, 2) if kind == "polygon" else None,
        "length_m": round(length, 2) if kind == "line" else None,
        **read_box(row, layer.srid),
    }


def _describe_answer(asked: AskedLayer, features: list[Json] | None, *, covered: bool, language: str) -> Json:
    manifest, source = asked.manifest, asked.manifest.source
    state_date = asked.published.state_date if asked.published else source.state_date
    reason: Reason | None = asked.reason
    if reason is None and not features and not covered:
        reason = "outside_coverage"
    return {
        "layer": manifest.id,
        "role": manifest.role,
        "title": manifest.title.in_language(language),
        "status": "found" if features else "no_data" if reason else "none",
        "reason": reason,
        "coverage": manifest.coverage.statement.in_language(language) if manifest.coverage else None,
        "features": features or [],
        "source": {
            "provider": source.provider.in_language(language),
            "state_date": state_date.isoformat(),
            "licence": source.licence,
            "licence_url": source.licence_url,
            "attribution": source.attribution.in_language(language),
        },
        "documents": [
            {"title": each.title.in_language(language), "url": each.url} for each in manifest.documents
        ],
    }
