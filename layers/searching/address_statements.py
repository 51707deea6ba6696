"""Statements that find streets, places and houses by the names beside an address table; running them is
`address_search`.

A table of names holds each street or place once, one of words each of their words.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from layers.model import DATA
from layers.searching.statements import escape_like, has_word_like, select_results
from layers.table import SEARCH, data_table
from layers.targets import names_table, words_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.catalogue import PublishedLayer

# Typing errors take trigrams away: a word of five letters with two of them swapped keeps two of six.
LEAST_LIKENESS = "0.15"
_MOST_ALIKE = 30
_MOST_ORDERED = 1_000
_ESCAPE = "\\"


@lru_cache(maxsize=64)
def _names(table_name: str) -> sa.Table:
    texts = [sa.Column(name, sa.Text) for name in ("title", "name", "street", "place")]
    numbers = [sa.Column(name, sa.Double) for name in ("west", "south", "east", "north")]
    houses = sa.Column("houses", sa.BigInteger)
    words: sa.Column[Any] = sa.Column("words", ARRAY(sa.Text))
    return sa.Table(names_table(table_name), sa.MetaData(schema=DATA), *texts, words, houses, *numbers)


@lru_cache(maxsize=64)
def _words(table_name: str) -> sa.Table:
    columns = (sa.Column("word", sa.Text), sa.Column("houses", sa.BigInteger))
    return sa.Table(words_table(table_name), sa.MetaData(schema=DATA), *columns)


def select_whether_named(layer: PublishedLayer) -> sa.Select[Any]:
    """Whether there are names beside the table: versions of before they were made have none."""
    return sa.select(sa.func.to_regclass(f"{DATA}.{names_table(layer.table_name)}").is_not(None))


def select_names(layer: PublishedLayer, words: Sequence[str], *, limit: int) -> sa.Select[Any]:
    """Streets and places whose name holds a word that begins with each of the words.

    The very name comes first, then names that hold most of the words whole, then those that begin like the
    question, then short ones, then those with many houses. Of what a common word finds some thousand are put
    in order, those that begin like the question before others.
    """
    names = _names(layer.table_name)
    whole = " ".join(words)
    begins = names.c.name.like(f"{escape_like(whole)}%", escape=_ESCAPE)
    holds = sa.and_(*(has_word_like(names.c.name, each) for each in words))
    some = [sa.select(names).where(each).limit(_MOST_ORDERED) for each in (begins, holds)]
    found = sa.union(*(sa.select(each.subquery()) for each in some)).subquery()
    return _order_names(found, words).limit(limit)


def select_names_spelled(
    layer: PublishedLayer, spellings: Sequence[Sequence[str]], *, limit: int
) -> sa.Select[Any]:
    """Streets and places whose name holds, for each word typed, one of the known words it may mean."""
    names = _names(layer.table_name)
    holds = [
        names.c.words.op("&&", is_comparison=True)(sa.cast(list(each), ARRAY(sa.Text))) for each in spellings
    ]
    found = sa.select(names).where(*holds).limit(_MOST_ORDERED).subquery()
    return _order_names(found, [each[0] for each in spellings]).limit(limit)


def _order_names(found: sa.Subquery, words: Sequence[str]) -> sa.Select[Any]:
    whole = " ".join(words)
    plain = sa.func.array_to_string(found.c.words, " ", type_=sa.Text)
    missing = [sa.cast(sa.literal(each) != sa.all_(found.c.words), sa.Integer) for each in dict.fromkeys(words)]
    return sa.select(found).order_by(
        sa.and_(plain != whole, found.c.street != whole),
        sum(missing, start=sa.literal(0)),
        sa.not_(plain.like(f"{escape_like(whole)}%", escape=_ESCAPE)),
        sa.func.length(found.c.street),
        found.c.houses.desc(),
        found.c.name,
    )


def select_words_alike(layer: PublishedLayer, words: Sequence[str]) -> sa.Select[Any]:
    """For each word the words of names that look like it, and those that begin with it."""
    known = _words(layer.table_name)
    parts = []
    for word in words:
        alike = sa.literal(word).op("%", is_comparison=True)(known.c.word)
        likeness = sa.func.similarity(known.c.word, word)
        begun = known.c.word.like(f"{escape_like(word)}%", escape=_ESCAPE)
        for condition in (alike, begun):
            part = sa.select(sa.literal(word).label("typed"), known.c.word).where(condition)
            parts.append(sa.select(part.order_by(likeness.desc(), known.c.word).limit(_MOST_ALIKE).subquery()))
    return sa.select(sa.union(*parts).subquery())


def select_houses(
    layer: PublishedLayer, names: Sequence[sa.RowMapping], house: str, *, limit: int
) -> sa.Select[Any]:
    """Addresses in these streets or places whose house number begins with `house`, small numbers first."""
    found = data_table(layer).c[SEARCH]
    number = sa.func.substring(found, r"([0-9]+)(?:/[0-9]+)? ?[[:alpha:]]?(?:,|$)", type_=sa.Text)
    begins = []
    for name in names:
        before = f"{name['street']} {house}" if name["street"] else house
        begins.append(
            sa.and_(
                found.like(f"{escape_like(before)}%", escape=_ESCAPE),
                found.like(f"%{escape_like(name['place'])}", escape=_ESCAPE),
            )
        )
    return (
        select_results(layer)
        .where(sa.or_(*begins))
        .order_by(sa.func.length(number), number, sa.func.length(found), found)
        .limit(limit)
    )
