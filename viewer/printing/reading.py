"""The features of a sheet: all layers in one snapshot of the database, within bounds of rows, corners and time.

A layer that cannot be read costs itself: it is named on the sheet, and the others are drawn.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely
import sqlalchemy as sa
from shapely.errors import GEOSException

from gis.logs import logger
from layers.query import bound_geometry
from layers.table import FID, GEOMETRY, KEY, LABEL, LABEL_WIDTH, data_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.database import Database
    from gis.envelope import Envelope
    from layers.catalogue import PublishedLayer
    from layers.style import Label

Fault = Literal["too_much", "too_slow", "failed"]

_log = logger("printing")
_ROWS_AT_A_TIME = 500
# Of an outline with more corners only what lies in the frame is sent.
_MANY_CORNERS = 500


@dataclass(frozen=True)
class ReadingLimits:
    """How much of the data a sheet may take; a layer with more is left out of it, and named."""

    rows: int = 20_000
    corners: int = 250_000
    bytes: int = 32 * 2**20
    seconds: float = 4.0
    all_corners: int = 300_000
    all_seconds: float = 12.0


@dataclass(frozen=True)
class Wanted:
    """A layer to be drawn, with the columns its style reads; `keys` are those of its selected features."""

    layer: PublishedLayer
    label: Label | None
    keys: tuple[str, ...] = ()
    is_drawn: bool = True


@dataclass(frozen=True)
class LabelPlace:
    """Text of a label, its place in the CRS and, of a surface, how many metres wide it may be there."""

    text: str
    x: float
    y: float
    room: float | None


@dataclass(frozen=True)
class LayerContent:
    """The features of a layer in the frame, cut to it: shapes, and for each its class value and label."""

    shapes: Sequence[Any]
    values: Sequence[str | None]
    labels: Sequence[LabelPlace | None]
    selected: Mapping[str, Any]


@dataclass(frozen=True)
class SheetContent:
    """What was read, by layer, and why other layers could not be."""

    layers: Mapping[str, LayerContent]
    faults: Mapping[str, Fault]


class _TooMuchError(Exception):
    """There is more of a layer than a sheet may hold."""


class _TooSlowError(Exception):
    """A layer does not answer in time."""


@dataclass(frozen=True)
class ReadFrame:
    """What the map shows, in the layers' CRS; how far beyond it shapes go on; what nobody sees, in metres."""

    envelope: Envelope
    beyond: float
    detail: float

    @property
    def outer(self) -> Envelope:
        """What shapes are cut to, so that no border is seen where the frame cuts them."""
        return self.envelope.grown(self.beyond)


def read_sheet(
    database: Database, wanted: Sequence[Wanted], frame: ReadFrame, limits: ReadingLimits
) -> SheetContent:
    """Every layer as one moment knows it. Raises UnavailableError when the database is away."""
    found: dict[str, LayerContent] = {}
    faults: dict[str, Fault] = {}
    end = time.monotonic() + limits.all_seconds
    corners = 0
    with database.reading() as opened:
        connection = opened.execution_options(isolation_level="REPEATABLE READ")
        for each in wanted:
            name = each.layer.id
            most = min(limits.corners, limits.all_corners - corners)
            seconds = min(limits.seconds, end - time.monotonic())
            try:
                with connection.begin_nested():
                    rows = _read_rows(connection, each, frame, limits, seconds)
                    content = _cut(rows, each, frame)
                corners += _check_corners(content, most)
                found[name] = content
            except _TooMuchError:
                faults[name] = "too_much"
            except _TooSlowError:
                faults[name] = "too_slow"
            except GEOSException as exc:
                faults[name] = _tell(name, exc)
            except sa.exc.DBAPIError as exc:
                if exc.connection_invalidated:
                    raise
                faults[name] = _judge(name, exc)
    return SheetContent(found, faults)


def _judge(name: str, fault: sa.exc.DBAPIError) -> Fault:
    cancelled = getattr(fault.orig, "sqlstate", None) in ("57014", "55P03")
    return "too_slow" if cancelled else _tell(name, fault)


def _tell(name: str, fault: Exception) -> Fault:
    _log.warning("layer_not_printed", layer=name, reason=str(fault).splitlines()[0][:200])
    return "failed"


def _read_rows(
    connection: sa.Connection, wanted: Wanted, frame: ReadFrame, limits: ReadingLimits, seconds: float
) -> list[sa.Row[Any]]:
    """The rows of a layer in the frame. Raises _TooMuchError and _TooSlowError."""
    if seconds <= 0:
        raise _TooSlowError
    end = time.monotonic() + seconds
    milliseconds = str(max(int(seconds * 1000), 1))
    connection.execute(sa.select(sa.func.set_config("statement_timeout", milliseconds, True)))
    rows: list[sa.Row[Any]] = []
    size = 0
    statement = select_in_frame(wanted, frame.outer, limits.rows + 1)
    with connection.execute(statement, execution_options={"yield_per": _ROWS_AT_A_TIME}) as result:
        for part in result.partitions():
            rows += part
            size += sum(len(row.shape) for row in part)
            if len(rows) > limits.rows or size > limits.bytes:
                raise _TooMuchError
            if time.monotonic() > end:
                raise _TooSlowError
    return rows


def select_in_frame(wanted: Wanted, frame: Envelope, limit: int) -> sa.Select[Any]:
    """What of a layer lies in the frame, by boxes, and its selected features wherever they lie."""
    layer, label = wanted.layer, wanted.label
    columns = data_table(layer).c
    geometry = columns[GEOMETRY]
    by = layer.manifest.style.by
    near = geometry.op("&&", is_comparison=True)(bound_geometry(shapely.box(*frame.bounds), layer.srid))
    drawn = near if wanted.is_drawn else sa.false()
    selected = columns[KEY].in_(wanted.keys) if wanted.keys else sa.false()
    clipped = sa.func.ST_ClipByBox2D(geometry, bound_geometry(shapely.box(*frame.bounds), layer.srid))
    shape = sa.case((sa.func.ST_NPoints(geometry) > _MANY_CORNERS, clipped), else_=geometry)
    return (
        sa.select(
            sa.func.ST_AsBinary(sa.func.ST_Force2D(shape)).label("shape"),
            columns[KEY].label("key"),
            _text(columns[by] if by else None).label("value"),
            _text(columns[label.column] if label else None).label("text"),
            sa.func.ST_X(columns[LABEL]).label("x"),
            sa.func.ST_Y(columns[LABEL]).label("y"),
            columns[LABEL_WIDTH].label("room"),
        )
        .where(geometry.is_not(None), sa.or_(drawn, selected))
        # The same rows in the same order each time; the sum keeps the planner from walking the table by it.
        .order_by(columns[FID] + 0)
        .limit(limit)
    )


def _text(column: sa.ColumnElement[Any] | None) -> sa.ColumnElement[Any]:
    return sa.null() if column is None else sa.cast(column, sa.Text)


def _cut(rows: Sequence[sa.Row[Any]], wanted: Wanted, frame: ReadFrame) -> LayerContent:
    """The rows cut to the frame and a little more, without detail nobody sees; others are left out."""
    whole = shapely.from_wkb([bytes(row.shape) for row in rows]) if rows else np.empty(0, dtype=object)
    near = shapely.clip_by_rect(whole, *frame.outer.bounds)
    visible = shapely.intersects(shapely.box(*frame.envelope.bounds), near)
    drawn = shapely.simplify(near, frame.detail, preserve_topology=False)
    kept = [place for place in np.flatnonzero(visible).tolist() if not drawn[place].is_empty]
    keys = set(wanted.keys)
    shown = kept if wanted.is_drawn else []
    return LayerContent(
        shapes=[drawn[place] for place in shown],
        values=[rows[place].value for place in shown],
        labels=[_place_label(rows[place], near[place], wanted, frame.envelope) for place in shown],
        selected={rows[place].key: drawn[place] for place in kept if rows[place].key in keys},
    )


def _place_label(row: sa.Row[Any], shape: Any, wanted: Wanted, frame: Envelope) -> LabelPlace | None:
    """Where the import put the label; where that is out of the frame, in the middle of what is seen."""
    if not row.text:
        return None
    is_surface = wanted.layer.manifest.geometry.kind == "polygon"
    if row.x is not None and frame.contains(row.x, row.y):
        return LabelPlace(row.text, row.x, row.y, row.room if is_surface else None)
    seen = shapely.clip_by_rect(shape, *frame.bounds)
    if not is_surface or seen.is_empty:
        return None
    point, (west, _, east, _) = seen.representative_point(), seen.bounds
    return LabelPlace(row.text, point.x, point.y, (east - west) / 2)


def _check_corners(content: LayerContent, most: int) -> int:
    corners = int(shapely.get_num_coordinates(np.asarray(content.shapes, dtype=object)).sum())
    if corners > most:
        raise _TooMuchError
    return corners
