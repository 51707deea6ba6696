"""What must hold when a layer is large: indexes are used, memory stays flat, connections come back."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, Executable

from gis.envelope import Envelope
from gis.errors import UnavailableError
from layers import query
from layers.catalogue import Catalogue, PublishedLayer
from layers.features import ByteStream, PageLinks, PageQuestion, open_page
from layers.filters import ItemsRequest, parse_items_request
from layers.identify import select_at
from layers.offered_crs import CRS84
from layers.parcel_columns import ParcelColumns, find_parcel_columns
from layers.positions import find_position
from layers.searching import statements as search_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import sqlalchemy as sa

    from gis.database import Database

pytestmark = pytest.mark.database

ROWS = 20_000
LINKS = PageLinks((), "")
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def large(town: Database) -> PublishedLayer:
    """20,000 parcels of 80 vertices, with the indexes that an import makes."""
    layer = Catalogue(town).find("parcels")
    with town.loading() as connection:
        connection.execute("CREATE TABLE data.large (LIKE data.v1 INCLUDING INDEXES)")
        connection.execute(
            """
            INSERT INTO data.large
              (_fid, _key, _title, _search, _geom, _size, _label, ko, number, ko_name, area)
            SELECT n, '9001-' || n, '9001 ' || n, '9001 ' || n, ST_Segmentize(box, 1), 20, ST_Centroid(box),
                   '9001', n::text, 'Lipovec', 400
            FROM generate_series(1, %s) AS n,
                 ST_MakeEnvelope(507000, 135000, 507020, 135020, 3794) AS first,
                 ST_Translate(first, n %% 100 * 20, n / 100 * 20) AS box
            """,
            [ROWS],
        )
    with town.loading() as connection:
        connection.execute("ANALYZE data.large")
    extent = Envelope(507000, 135000, 509000, 139020, 3794)
    return dataclasses.replace(layer, table_name="large", token="f" * 16, row_count=ROWS, native_extent=extent)


class _Explain(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, statement: sa.Select[Any]) -> None:
        self.statement = statement


@compiles(_Explain, "postgresql")
def _write_explain(element: _Explain, compiler: Any, **options: Any) -> str:
    return "EXPLAIN (FORMAT JSON) " + compiler.process(element.statement, **options)


def _scans(database: Database, statement: sa.Select[Any]) -> set[str]:
    """The indexes in a statement's plan by the column they are on, and `Seq Scan` when it reads everything."""
    with database.reading() as connection:
        (plan,) = connection.execute(_Explain(statement)).scalar_one()
    return set(_walk(plan["Plan"]))


def _walk(node: Mapping[str, Any]) -> Iterator[str]:
    if "Index Name" in node:
        yield re.sub(r"^large_|_(idx|key)\d*$", "", node["Index Name"])
    elif node["Node Type"] == "Seq Scan":
        yield "Seq Scan"
    for part in node.get("Plans", ()):
        yield from _walk(part)


def _ask(layer: PublishedLayer, given: Mapping[str, str]) -> ItemsRequest:
    return parse_items_request(given, layer)


@pytest.mark.parametrize(
    "given",
    [
        {"bbox": "15.0920,46.3550,15.0923,46.3552"},
        {"bbox": "507100,135100,507130,135130", "bbox-crs": "EPSG:3794"},
        {"bbox": "1680000,5840000,1680100,5840100", "bbox-crs": "EPSG:3857", "crs": "EPSG:3857"},
    ],
)
def test_a_box_is_found_by_the_spatial_index(
    town: Database, large: PublishedLayer, given: dict[str, str]
) -> None:
    """The box is transformed and never the column, so the index answers whatever CRS was asked in."""
    box = dataclasses.replace(large, native_extent=Envelope(0, -1e6, 1e6, 1e6, 3794))
    statement = query.select_page(box, _ask(large, given), after_fid=None)

    assert _scans(town, statement) == {"_geom"}


def test_a_page_goes_on_by_the_primary_key(town: Database, large: PublishedLayer) -> None:
    """Deep in a walk nothing before the place is read."""
    statement = query.select_page(large, _ask(large, {}), after_fid=15_000)

    assert _scans(town, statement) == {"pkey"}


def test_items_points_and_texts_use_their_indexes(town: Database, large: PublishedLayer) -> None:
    """One feature by key, what lies at a point, and both kinds of search."""
    columns = find_parcel_columns(large.manifest)
    assert isinstance(columns, ParcelColumns)
    position = find_position(507100, 135100, 3794, 3794)

    assert _scans(town, query.select_one(large, "9001-77", CRS84)) == {"_key"}
    assert _scans(town, select_at(large, position, 3)) == {"_geom"}
    parcels = search_statements.select_parcels(large, columns, "1234", ("9001",), limit=10)
    assert _scans(town, parcels) <= {"_search", "number"}
    for statement in (
        search_statements.select_by_words(large, ["9001", "1234"], limit=10),
        search_statements.select_alike(large, "kidriceva", limit=10),
    ):
        assert _scans(town, statement) == {"_search"}


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _question(layer: PublishedLayer, limit: int) -> PageQuestion:
    return PageQuestion(layer, _ask(layer, {"limit": str(limit)}), {"limit": str(limit)}, None)


def test_the_largest_page_is_streamed_in_flat_memory(town: Database, large: PublishedLayer) -> None:
    """10,000 features of 80 vertices, some 20 MB, grow the process by less than 12 MB."""
    stream = open_page(town, _question(large, 10_000), LINKS)
    before = _resident_bytes()
    size = peak = 0
    for chunk in stream:
        assert isinstance(chunk, bytes)
        size += len(chunk)
        peak = max(peak, _resident_bytes())

    assert size > 18 * MIB
    assert peak - before < 12 * MIB


def test_a_client_that_leaves_gives_its_connection_back(town: Database, large: PublishedLayer) -> None:
    """More streams are opened and left one after the other than the pool has connections."""
    for _ in range(6):
        stream = open_page(town, _question(large, 10_000), LINKS)
        assert isinstance(stream, ByteStream)
        assert next(stream).startswith(b'{"type":"FeatureCollection"')
        stream.close()


def test_slow_readers_of_large_pages_do_not_stop_small_questions(town: Database, large: PublishedLayer) -> None:
    """When every download connection is taken, only further large pages have to wait in vain."""
    streams = [open_page(town, _question(large, 10_000), LINKS) for _ in range(2)]

    small = open_page(town, _question(large, 1_000), LINKS)
    with pytest.raises(UnavailableError):
        open_page(town, _question(large, 10_000), LINKS)

    assert isinstance(small, bytes)
    for stream in streams:
        assert isinstance(stream, ByteStream)
        stream.close()


def test_a_page_of_huge_features_ends_early(
    town: Database, large: PublishedLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small page is cut at its byte budget and leads on to the rest."""
    monkeypatch.setattr("layers.features.WHOLE_PAGE_BYTES", 100_000)

    page = open_page(town, _question(large, 1_000), LINKS)

    assert isinstance(page, bytes)
    content = json.loads(page)
    assert len(page) < 300_000
    assert 0 < content["numberReturned"] < 1_000
    assert [link["rel"] for link in content["links"]] == ["next"]


def test_large_numbers_are_not_counted(town: Database, large: PublishedLayer) -> None:
    """Up to 10,000 matches are counted exactly; of more, numberMatched is left out, as the standard allows."""
    many = PageQuestion(large, _ask(large, {"limit": "1", "area": "400"}), {}, None)
    every = _question(large, 1)

    assert "numberMatched" not in json.loads(bytes(open_page(town, many, LINKS)))  # type: ignore[arg-type]
    assert json.loads(bytes(open_page(town, every, LINKS)))["numberMatched"] == ROWS  # type: ignore[arg-type]
