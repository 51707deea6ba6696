"""What lies near a parcel, of all layers in one statement: PostGIS chooses by boxes, shapely judges afterwards.

Boxes cannot fail, so one outline that is not valid spoils nobody else's answer. Of outlines with very many
corners only what lies near is sent.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import shapely
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from gis.prepared import parse_statement, read_rows
from layers.features import reading_version_prepared
from layers.table import FID, GEOMETRY, KEY, TITLE, data_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from gis.database import Database
    from gis.envelope import Envelope
    from gis.prepared import Statement
    from layers.catalogue import PublishedLayer
    from layers.plain_words import Value

# More of one layer on one parcel are not told one by one; the answer says that there were more.
MAX_OF_A_LAYER = 2_000
_MANY_CORNERS = 500
# Of a clipped outline everything is true that far round the parcel, and a little more.
_CLIP_MARGIN_M = 5.0
_LAYER, _VALUES, _SHAPE = "_layer", "_values", "_shape"
_CORNERS, _MARGIN = ("west", "south", "east", "north"), "margin"
_MAX_QUESTIONS = 64
_questions: dict[tuple[object, ...], _Question] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Wanted:
    """A version to look into, the columns to read, and how far round the parcel."""

    layer: PublishedLayer
    columns: tuple[str, ...]
    margin_m: float


@dataclass(frozen=True)
class _Question:
    """The statement that reads all layers, and those of its values that are the same for every parcel."""

    statement: Statement
    constants: Mapping[str, Any]


@dataclass(frozen=True)
class Candidate:
    """A feature near the parcel; `shape` is None when it cannot be read."""

    key: str
    title: str | None
    values: Mapping[str, Value]
    shape: BaseGeometry | None = field(compare=False, repr=False)


@dataclass(frozen=True)
class Near:
    """The features of one layer near the parcel; `more` when there are others that were not read."""

    features: tuple[Candidate, ...] = ()
    more: bool = False


def read_candidates(database: Database, wanted: Sequence[Wanted], box: Envelope) -> dict[str, Near]:
    """The features of each layer near a box, by layer. Raises GoneError when a version was dropped."""
    if not wanted:
        return {}
    by_id = {each.layer.id: each for each in wanted}
    question = _find_question(wanted)
    with reading_version_prepared(database, "api") as connection:
        rows = read_rows(connection, question.statement, {**question.constants, **bind_values(wanted, box)})
    found: dict[str, list[Candidate]] = {layer_id: [] for layer_id in by_id}
    shapes = shapely.from_wkb([row[-1] for row in rows], on_invalid="ignore") if rows else ()
    for (layer_id, key, title, values, _), shape in zip(rows, shapes, strict=True):
        if shape is not None and shape.is_empty:
            # Of a large outline only its box is near: nothing of it was left by the cut.
            continue
        layer = by_id[_read_text(layer_id) or ""].layer
        told = _read_values(layer, json.loads(values or b"{}"))
        found[layer.id].append(Candidate(_read_text(key) or "", _read_text(title), told, shape))
    return {
        layer_id: Near(tuple(features[:MAX_OF_A_LAYER]), len(features) > MAX_OF_A_LAYER)
        for layer_id, features in found.items()
    }


def select_candidates(wanted: Sequence[Wanted]) -> sa.CompoundSelect[Any]:
    """One SELECT for each layer, put together by UNION ALL; every row says which layer it is of.

    The box and how far round it is looked at are bound: `bind_values` gives them.
    """
    return sa.union_all(*(_select_near(each, place) for place, each in enumerate(wanted)))


def bind_values(wanted: Sequence[Wanted], box: Envelope) -> dict[str, float]:
    """The values of a statement of `select_candidates`; `box` is in the CRS of the layers."""
    values = dict(zip(_CORNERS, box.bounds, strict=True))
    return values | {f"{_MARGIN}_{place}": each.margin_m for place, each in enumerate(wanted)}


def _find_question(wanted: Sequence[Wanted]) -> _Question:
    """The question for these versions and columns, written once: writing it takes as long as asking it."""
    key = tuple((each.layer.version_id, each.layer.token, each.columns) for each in wanted)
    with _lock:
        found = _questions.get(key)
        if found is None:
            if len(_questions) >= _MAX_QUESTIONS:
                _questions.clear()
            found = _questions[key] = _write_question(wanted)
    return found


def _write_question(wanted: Sequence[Wanted]) -> _Question:
    asked = dict.fromkeys([*_CORNERS, *(f"{_MARGIN}_{place}" for place in range(len(wanted)))], 0.0)
    compiled = select_candidates(wanted).compile(dialect=postgresql.dialect(paramstyle="pyformat"))  # type: ignore[no-untyped-call]
    written = compiled.construct_expanded_state(asked)
    constants = {name: value for name, value in written.parameters.items() if name not in asked}
    return _Question(parse_statement(written.statement), constants)


def _select_near(wanted: Wanted, place: int) -> sa.Select[Any]:
    table = data_table(wanted.layer)
    geometry = table.c[GEOMETRY]
    corners = [sa.bindparam(name, type_=sa.Float) for name in _CORNERS]
    box = sa.func.ST_MakeEnvelope(*corners, wanted.layer.srid)
    near = sa.func.ST_Expand(box, sa.bindparam(f"{_MARGIN}_{place}", type_=sa.Float))
    clipped = sa.func.ST_ClipByBox2D(geometry, sa.func.ST_Expand(near, _CLIP_MARGIN_M))
    shape = sa.case((sa.func.ST_NPoints(geometry) > _MANY_CORNERS, clipped), else_=geometry)
    pairs = [
        part for name in wanted.columns for part in (sa.literal(name, literal_execute=True), table.c[name])
    ]
    inner = (
        sa.select(
            sa.literal(wanted.layer.id).label(_LAYER),
            table.c[KEY],
            table.c[TITLE],
            sa.func.json_build_object(*pairs, type_=sa.JSON).label(_VALUES),
            sa.func.ST_AsBinary(sa.func.ST_Force2D(shape), type_=sa.LargeBinary).label(_SHAPE),
        )
        .where(geometry.op("&&", is_comparison=True)(near))
        # The same rows in the same order each time; the sum keeps the planner from walking the table by it.
        .order_by(table.c[FID] + 0)
        .limit(MAX_OF_A_LAYER + 1)
    )
    return sa.select(inner.subquery())


def _read_text(value: bytes | None) -> str | None:
    return value.decode() if value is not None else None


def _read_values(layer: PublishedLayer, values: Mapping[str, Any]) -> dict[str, Value]:
    """Values as they were before JSON: it knows no dates."""
    return {
        name: date.fromisoformat(value) if value and layer.manifest.columns[name].type == "date" else value
        for name, value in values.items()
    }
