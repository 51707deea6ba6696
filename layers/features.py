"""Features of one version, read with flat memory: a page as a stream of bytes, or one item.

The first bytes are made before an answer begins, so a fault still becomes an error and not half a page.
Small pages are read whole and the connection given back at once: a slow client then holds nothing.
"""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import errors as pg
from sqlalchemy import exc as sa

from gis.errors import GoneError, NotFoundError
from layers import query
from layers.filters import ItemsRequest
from layers.links import GEOJSON_TYPE, build_link
from layers.paging import Place, write_next
from layers.representations import FeatureRow, PageEnd, time_stamp, write_collection, write_feature
from layers.table import FID, KEY

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    import psycopg
    import sqlalchemy

    from gis.database import Database, Purpose
    from layers.catalogue import PublishedLayer
    from layers.links import Link
    from layers.offered_crs import OfferedCrs

# Pages up to this many features are read whole, and end early when they grow beyond the byte budget.
WHOLE_PAGE_LIMIT = 1_000
WHOLE_PAGE_BYTES = 8 * 1024 * 1024

# Matches are counted up to here; a larger number is left out of the answer, which the standard allows.
COUNT_LIMIT = 10_000

_ROWS_AT_A_TIME = 200
_MAX_KEY_LENGTH = 500
_REPLACED = "These data were replaced by newer ones while you read. Begin again with the first page."


@dataclass(frozen=True)
class PageQuestion:
    """A page to read: of which version, what was asked, and where in the walk it begins."""

    layer: PublishedLayer
    asked: ItemsRequest
    given: Mapping[str, str]
    after_fid: int | None

    @property
    def is_small(self) -> bool:
        """True when the page is read whole before it is sent."""
        return self.asked.limit <= WHOLE_PAGE_LIMIT

    @property
    def purpose(self) -> Purpose:
        """The pool it is read from: streams may be slow, so they do not use the pool of quick questions."""
        return "api" if self.is_small else "downloads"

    def next_token(self, end: PageEnd) -> str | None:
        """The token of the page after this one, None when this is the last."""
        if not end.more or end.last_fid is None:
            return None
        return write_next(Place(self.layer.token, end.last_fid), self.layer.id, self.given)


@dataclass(frozen=True)
class PageLinks:
    """The links of a page; the one to the next page is `next_href` with the token put at its end."""

    fixed: Sequence[Link]
    next_href: str

    def with_next(self, token: str | None) -> list[Link]:
        """All links of the page."""
        if token is None:
            return list(self.fixed)
        return [*self.fixed, build_link("next", f"{self.next_href}{token}", GEOJSON_TYPE, "next page")]


class ByteStream:
    """Chunks of a page whose first chunk is already made; `close` gives the connection back."""

    def __init__(self, chunks: Generator[bytes]) -> None:
        self._chunks = chunks
        self._first: bytes | None = next(chunks)

    def __iter__(self) -> ByteStream:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._chunks)

    def close(self) -> None:
        """End the reading, whether or not everything was sent."""
        self._chunks.close()


def open_page(database: Database, question: PageQuestion, links: PageLinks) -> bytes | ByteStream:
    """The page as bytes when it is small, else as a stream. Raises GoneError, UnavailableError."""
    stream = ByteStream(_write_page(database, question, links))
    if not question.is_small:
        return stream
    return b"".join(stream)


def open_whole(database: Database, layer: PublishedLayer, crs: OfferedCrs, links: Sequence[Link]) -> ByteStream:
    """Every feature of a version as one FeatureCollection. Raises GoneError, UnavailableError.

    It is read in pages and the connection given back after each, so that a slow client holds none. When the
    version is dropped or the database goes away meanwhile, the stream ends with the error, and so without the
    end that a reader of JSON waits for: never a half that looks whole.
    """
    return ByteStream(_write_whole(database, layer, crs, links))


def read_item(
    database: Database, layer: PublishedLayer, key: str, crs: OfferedCrs, links: Sequence[Link]
) -> bytes:
    """One feature as GeoJSON. Raises NotFoundError when no feature has this key."""
    if len(key) <= _MAX_KEY_LENGTH and "\x00" not in key:
        with reading_version(database, "api") as connection:
            row = connection.execute(query.select_one(layer, key, crs)).one_or_none()
        if row is not None:
            return write_feature(_feature(row, tuple(layer.manifest.columns)), links)
    raise NotFoundError(f"There is no feature {key[:100]!r} in the layer {layer.id}.")


@contextmanager
def reading_version(database: Database, purpose: Purpose) -> Iterator[sqlalchemy.Connection]:
    """A reading connection; a data table dropped under a long walk becomes GoneError."""
    with database.reading(purpose) as connection:
        try:
            yield connection
        except sa.ProgrammingError as exc:
            if isinstance(exc.orig, pg.UndefinedTable):
                raise GoneError(_REPLACED) from exc
            raise


@contextmanager
def reading_version_prepared(
    database: Database, purpose: Purpose
) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The same for `gis.prepared`: a connection without a transaction around its statements."""
    with database.connection(purpose) as connection:
        try:
            yield connection
        except pg.UndefinedTable as exc:
            raise GoneError(_REPLACED) from exc


def _write_page(database: Database, question: PageQuestion, links: PageLinks) -> Generator[bytes]:
    with reading_version(database, question.purpose) as connection:
        matched = _count(connection, question)

        def finish(end: PageEnd) -> Mapping[str, object]:
            counts = {"numberMatched": matched} if matched is not None else {}
            return {
                **counts,
                "numberReturned": end.returned,
                "timeStamp": time_stamp(),
                "links": links.with_next(question.next_token(end)),
            }

        with closing(_read_rows(connection, question)) as rows:
            yield from write_collection(
                rows,
                limit=question.asked.limit,
                budget_bytes=WHOLE_PAGE_BYTES if question.is_small else None,
                finish=finish,
            )


def _write_whole(
    database: Database, layer: PublishedLayer, crs: OfferedCrs, links: Sequence[Link]
) -> Generator[bytes]:
    asked = ItemsRequest(crs=crs, limit=WHOLE_PAGE_LIMIT, columns=tuple(layer.manifest.columns))

    def finish(end: PageEnd) -> Mapping[str, object]:
        return {"numberReturned": end.returned, "timeStamp": time_stamp(), "links": links}

    with closing(_walk(database, layer, asked)) as rows:
        yield from write_collection(rows, limit=sys.maxsize, budget_bytes=None, finish=finish)


def _walk(database: Database, layer: PublishedLayer, asked: ItemsRequest) -> Generator[FeatureRow, None, None]:
    after_fid, more = None, True
    while more:
        question = PageQuestion(layer, asked, {}, after_fid)
        with reading_version(database, "api") as connection, closing(_read_rows(connection, question)) as found:
            rows, more = _take_some(found)
        yield from rows
        after_fid = rows[-1].fid if rows else None


def _take_some(found: Iterator[FeatureRow]) -> tuple[list[FeatureRow], bool]:
    """As many rows as are held in memory at once, and whether more may follow."""
    rows: list[FeatureRow] = []
    size = 0
    for row in found:
        rows.append(row)
        size += len(row.geojson or "")
        if len(rows) == WHOLE_PAGE_LIMIT or size > WHOLE_PAGE_BYTES:
            return rows, True
    return rows, False


def _count(connection: sqlalchemy.Connection, question: PageQuestion) -> int | None:
    """How many features match in all; None when they are too many to count at each request."""
    layer, asked = question.layer, question.asked
    if not asked.equals and asked.boxes is None:
        return layer.row_count
    number: int = connection.scalar(query.count_matches(layer, asked, most=COUNT_LIMIT)) or 0
    return number if number <= COUNT_LIMIT else None


def _read_rows(connection: sqlalchemy.Connection, question: PageQuestion) -> Generator[FeatureRow, None, None]:
    statement = query.select_page(question.layer, question.asked, after_fid=question.after_fid)
    streaming = connection.execution_options(yield_per=_ROWS_AT_A_TIME)
    with streaming.execute(statement) as result:
        for row in result:
            yield _feature(row, question.asked.columns)


def _feature(row: sqlalchemy.Row[Any], columns: Sequence[str]) -> FeatureRow:
    values = row._mapping  # noqa: SLF001  # the documented way to read a row by column name
    return FeatureRow(values[FID], values[KEY], values[query.GEOJSON], {name: values[name] for name in columns})
