"""Statements that find streets, places and houses by the names beside an address table; running them is
`address_search`.

A table of names holds each street or place once, one of words each of their words.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from layers.model import DATA
from layers.search_statements import escape_like, has_word_like, select_results
from layers.table import SEARCH, data_table
from layers.targets import names_table, words_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.catalogue import PublishedLayer

# Typing errors take trigrams away: a word of five letters with two of them swapped keeps two of six.
LEAST_LIKENESS = "0.15"
_MOST_ALIKE = 60
_ESCAPE = "\\"


@lru_cache(maxsize=64)
def _names(table_name: str) -> sa.Table:
    texts = [sa.Column(name, sa.Text) for name in ("title", "name", "street", "place")]
    numbers = [sa.Column(name, sa.Double) for name in ("west", "south", "east", "north")]
    houses = sa.Column("houses", sa.BigInteger)
    return sa.Table(names_table(table_name), sa.MetaData(schema=DATA), *texts, houses, *numbers)


@lru_cache(maxsize=64)
def _words(table_name: str) -> sa.Table:
    columns = (sa.Column("word", sa.Text), sa.Column("houses", sa.BigInteger))
    return sa.Table(words_table(table_name), sa.MetaData(schema=DATA), *columns)


def select_whether_named(layer: PublishedLayer) -> sa.Select[Any]:
    """Whether there are names beside the table: versions of before they were made have none."""
    return sa.select(sa.func.to_regclass(f"{DATA}.{names_table(layer.table_name)}").is_not(None))


def select_names(layer: PublishedLayer, words: Sequence[Sequence[str]], *, limit: int) -> sa.Select[Any]:
    """Streets and places whose name holds, for each of the words, a word that begins with one of its spellings.

    The very name comes first, then names that hold most of the words whole, then those that begin like the
    question, then short ones, then those with many houses.
    """
    names = _names(layer.table_name)
    name = names.c.name
    whole = " ".join(spellings[0] for spellings in words)
    plain = sa.func.replace(name, ",", "", type_=sa.Text)
    padded = sa.literal(" ").concat(plain).concat(" ")
    held = [padded.like(f"% {escape_like(spellings[0])} %", escape=_ESCAPE) for spellings in words]
    count = sum((sa.cast(each, sa.Integer) for each in held), start=sa.literal(0))
    return (
        sa.select(names)
        .where(*(sa.or_(*(has_word_like(name, each) for each in spellings)) for spellings in words))
        .order_by(
            sa.not_(sa.or_(plain == whole, names.c.street == whole)),
            count.desc(),
            sa.not_(plain.like(f"{escape_like(whole)}%", escape=_ESCAPE)),
            sa.func.length(names.c.street),
            names.c.houses.desc(),
            name,
        )
        .limit(limit)
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
