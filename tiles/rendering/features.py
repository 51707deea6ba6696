"""The features of a layer that a frame shows, as they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
import sqlalchemy as sa

from layers import table
from layers.features import reading_version
from layers.query import bound_geometry
from tiles.rendering.drawing import DrawnLabel, DrawnLayer
from tiles.styles.choices import list_symbols

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.database import Database
    from layers.catalogue import PublishedLayer
    from layers.style import Label, Style
    from tiles.rendering.frames import Frame

# More marks than this make a picture nobody can read, and a document nobody can open.
MAX_FEATURES = 50_000


def read_drawn_layer(
    database: Database, layer: PublishedLayer, frame: Frame, *, most: int = MAX_FEATURES
) -> DrawnLayer | None:
    """The layer as the frame shows it; None where its style does not draw it at this scale.

    The frame is in the layer's CRS. Largest features come first, as in tiles, so that a cap takes the least.
    Raises GoneError, UnavailableError.
    """
    style, kind = layer.manifest.style, layer.manifest.geometry.kind
    if not style.scale.holds(frame.metres_per_pixel):
        return None
    label = _shown_label(style, frame)
    with reading_version(database, "api") as connection:
        rows = connection.execute(_select(layer, frame, label, most + 1)).all()
    place_of = place_finder(style)
    shown = rows[:most]
    return DrawnLayer(
        id=layer.id,
        kind=kind,
        style=style,
        shapes=[bytes(row.shape) for row in shown],
        places=[place_of(row.value) for row in shown],
        labels=_labels(shown, polygons=kind == "polygon") if label else (),
        is_cut=len(rows) > most,
    )


def _shown_label(style: Style, frame: Frame) -> Label | None:
    label = style.label
    return label if label and label.shown and frame.metres_per_pixel <= label.max_metres_per_pixel else None


def _select(layer: PublishedLayer, frame: Frame, label: Label | None, limit: int) -> sa.Select[Any]:
    columns = table.data_table(layer).c
    style = layer.manifest.style
    geometry = columns[table.GEOMETRY]
    seen = frame.grown(style.reach_pixels(layer.manifest.geometry.kind))
    around = bound_geometry(shapely.box(*seen.bounds), layer.srid)
    order: list[Any] = [columns[table.FID]]
    if layer.manifest.geometry.kind != "point":
        order.insert(0, columns[table.SIZE].desc())
    return (
        sa.select(
            sa.func.ST_AsBinary(sa.func.ST_Force2D(geometry)).label("shape"),
            _text(columns[style.by] if style.by else None).label("value"),
            _text(columns[label.column] if label else None).label("text"),
            sa.func.ST_X(columns[table.LABEL]).label("x"),
            sa.func.ST_Y(columns[table.LABEL]).label("y"),
            columns[table.LABEL_WIDTH].label("room"),
        )
        .where(geometry.op("&&")(around))
        .order_by(*order)
        .limit(limit)
    )


def _text(column: sa.ColumnElement[Any] | None) -> sa.ColumnElement[Any]:
    return sa.null() if column is None else sa.cast(column, sa.Text)


def _labels(rows: Sequence[sa.Row[Any]], *, polygons: bool) -> list[DrawnLabel]:
    return [
        DrawnLabel(row.text, row.x, row.y, row.room if polygons else None)
        for row in rows
        if row.text and row.x is not None
    ]


def place_finder(style: Style) -> Callable[[str | None], int]:
    """Value of the class column → place of its symbol in `list_symbols`; each value is looked up once."""
    symbols = list_symbols(style)
    known: dict[str | None, int] = {}

    def find(value: str | None) -> int:
        if value not in known:
            found = style.find_class(value)
            known[value] = symbols.index(found.symbol) if found else 0
        return known[value]

    return find
