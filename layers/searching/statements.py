"""Statements that find features by what people type, in SQLAlchemy Core; running them is `search`.

Texts are compared folded, with the `_search` column. Patterns of LIKE are escaped here and nowhere else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from layers.positions import box_columns
from layers.table import FID, GEOMETRY, KEY, LABEL, SEARCH, TITLE, data_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.catalogue import PublishedLayer
    from layers.parcel_columns import ParcelColumns

POINT_EAST = "_point_east"
POINT_NORTH = "_point_north"
KO_NAME = "_ko_name"
NUMBER = "_number"

_ESCAPE = "\\"
_MOST_BEGUN = 1_000

THRESHOLD = sa.select(sa.func.set_config("pg_trgm.word_similarity_threshold", "0.3", sa.true()))
"""Makes `select_alike` of the same transaction find texts that hold typing errors."""
Clause = sa.ColumnElement[bool]


def select_by_words(layer: PublishedLayer, words: Sequence[str], *, limit: int) -> sa.Select[Any]:
    """Features whose text holds a word beginning with each of the words, in any order.

    The very text comes first, then texts that hold most of the words whole, so that house 1 stands before
    house 11, then those that begin like the question, then short ones before long ones.
    """
    found = data_table(layer).c[SEARCH]
    plain = sa.func.replace(found, ",", "", type_=sa.Text)
    whole = " ".join(words)
    begins = plain.like(f"{escape_like(whole)}%", escape=_ESCAPE)
    return (
        select_results(layer)
        .where(*(has_word_like(found, word) for word in words))
        .order_by(
            plain != whole, _count_whole_words(plain, words).desc(), ~begins, sa.func.length(found), found
        )
        .limit(limit)
    )


def select_by_beginning(layer: PublishedLayer, text: str, *, limit: int) -> sa.Select[Any]:
    """Features whose text, without spaces and hyphens, begins with `text` without them."""
    found = data_table(layer).c[SEARCH]
    plain = sa.func.translate(found, " -/", "", type_=sa.Text)
    pattern = f"{escape_like(re.sub('[ /-]', '', text))}%"
    return (
        select_results(layer)
        .where(plain.like(pattern, escape=_ESCAPE))
        .order_by(sa.func.length(found), found)
        .limit(limit)
    )


def select_alike(layer: PublishedLayer, text: str, *, limit: int) -> sa.Select[Any]:
    """Features whose text has a stretch like the question (pg_trgm's word similarity, from `THRESHOLD`)."""
    found = data_table(layer).c[SEARCH]
    likeness = sa.func.word_similarity(text, found)
    return (
        select_results(layer)
        .where(sa.literal(text).op("<%", is_comparison=True)(found))
        .order_by(likeness.desc(), sa.func.length(found), found)
        .limit(limit)
    )


def select_parcels(
    layer: PublishedLayer, columns: ParcelColumns, number: str, kos: Sequence[str] | None, *, limit: int
) -> sa.Select[Any]:
    """Parcels whose number is or begins with `number`, in natural order, the exact one first.

    `kos` are codes of cadastral municipalities, None for all of them.
    """
    column = data_table(layer).c[columns.number]
    return _order_parcels(
        _select_parcels(layer, columns, kos).where(column.like(f"{escape_like(number)}%", escape=_ESCAPE)),
        layer, columns, number, limit,
    )  # fmt: skip


def select_parcels_in_steps(
    layer: PublishedLayer, columns: ParcelColumns, number: str, *, limit: int
) -> list[sa.Select[Any]]:
    """What `select_parcels` finds in all cadastral municipalities, as statements to run until there are enough.

    First the very number, then its parts, then numbers one digit longer, then all that begin so: there may be
    a hundred thousand of these, so no more than some are put in order.
    """
    table = data_table(layer)
    column = table.c[columns.number]
    begun = column.like(f"{escape_like(number)}%", escape=_ESCAPE)
    some = sa.select(table.c[FID]).where(begun).limit(_MOST_BEGUN).scalar_subquery()
    conditions = [
        column == number,
        column.like(f"{escape_like(number)}/%", escape=_ESCAPE),
        column.in_([f"{number}{digit}" for digit in range(10)]),
        table.c[FID].in_(some),
    ]
    return [
        _order_parcels(_select_parcels(layer, columns, None).where(each), layer, columns, number, limit)
        for each in conditions
    ]


def select_parcels_by_eid(layer: PublishedLayer, columns: ParcelColumns, eid: str) -> sa.Select[Any]:
    """The parcels with this identifier; none where the layer has no such column."""
    column = data_table(layer).c[columns.eid] if columns.eid else sa.null()
    return select_results(layer, columns).where(column == eid).limit(2)


def _select_parcels(layer: PublishedLayer, columns: ParcelColumns, kos: Sequence[str] | None) -> sa.Select[Any]:
    statement = select_results(layer, columns)
    return (
        statement
        if kos is None
        else statement.where(sa.cast(data_table(layer).c[columns.ko], sa.Text).in_(kos))
    )


def _order_parcels(
    statement: sa.Select[Any], layer: PublishedLayer, columns: ParcelColumns, number: str, limit: int
) -> sa.Select[Any]:
    table = data_table(layer)
    column = table.c[columns.number]
    return statement.order_by(column != number, *natural_order(column), table.c[columns.ko]).limit(limit)


def select_kos(layer: PublishedLayer, columns: ParcelColumns, *, limit: int) -> sa.Select[Any]:
    """Codes and names of the cadastral municipalities of a layer; without names a code is its own."""
    table = data_table(layer)
    code = sa.cast(table.c[columns.ko], sa.Text)
    name = table.c[columns.ko_name] if columns.ko_name else code
    return sa.select(code.label("code"), name.label("name")).distinct().limit(limit)


def natural_order(column: sa.ColumnElement[str]) -> list[sa.ColumnElement[Any]]:
    """2 before 10, 10 before 10/2 before 10/10, the asterisk series after the others.

    Digits are compared by length and then as text, which orders them as numbers of any size.
    """
    stem = sa.func.substring(column, "[0-9]+")
    part = sa.func.coalesce(sa.func.substring(column, "/([0-9]+)"), "")
    in_series = column.like("*%")
    return [in_series, sa.func.length(stem), stem, sa.func.length(part), part, column]


def has_word_like(column: sa.ColumnElement[str], word: str) -> Clause:
    """A word of the text begins with `word`; both patterns can use the trigram index."""
    pattern = escape_like(word)
    return sa.or_(column.like(f"{pattern}%", escape=_ESCAPE), column.like(f"% {pattern}%", escape=_ESCAPE))


def _count_whole_words(column: sa.ColumnElement[str], words: Sequence[str]) -> sa.ColumnElement[int]:
    padded = sa.literal(" ").concat(column).concat(" ")
    found = [padded.like(f"% {escape_like(word)} %", escape=_ESCAPE) for word in words]
    return sum((sa.cast(each, sa.Integer) for each in found), start=sa.literal(0))


def escape_like(text: str) -> str:
    """The text as a pattern of LIKE that means only itself."""
    for sign in (_ESCAPE, "%", "_"):
        text = text.replace(sign, _ESCAPE + sign)
    return text


def select_results(layer: PublishedLayer, columns: ParcelColumns | None = None) -> sa.Select[Any]:
    """What is told of a feature that was found."""
    table = data_table(layer)
    number = table.c[columns.number] if columns else sa.null()
    ko_name = table.c[columns.ko_name] if columns and columns.ko_name else sa.null()
    return sa.select(
        table.c[FID],
        table.c[KEY],
        table.c[TITLE],
        table.c[SEARCH],
        number.label(NUMBER),
        ko_name.label(KO_NAME),
        sa.func.ST_X(table.c[LABEL], type_=sa.Float).label(POINT_EAST),
        sa.func.ST_Y(table.c[LABEL], type_=sa.Float).label(POINT_NORTH),
        *box_columns(table.c[GEOMETRY]),
    )
