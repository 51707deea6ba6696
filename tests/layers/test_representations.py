"""GeoJSON is written so that any JSON reader understands it, in chunks."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import TYPE_CHECKING

import pytest

from layers.representations import FeatureRow, PageEnd, write_collection, write_feature

if TYPE_CHECKING:
    from collections.abc import Mapping

POINT = '{"type":"Point","coordinates":[15.1,46.3]}'


def _row(number: int) -> FeatureRow:
    return FeatureRow(number, f"k-{number}", POINT, {"name": f'»{number}« "č" </script>'})


def _finish(end: PageEnd) -> Mapping[str, object]:
    return {"numberReturned": end.returned, "last": end.last_fid, "more": end.more}


@pytest.mark.parametrize(("rows", "limit", "more"), [(0, 5, False), (1, 5, False), (5, 5, False), (6, 5, True)])
def test_a_collection_ends_at_its_limit(rows: int, limit: int, more: bool) -> None:
    """A page holds at most `limit` features and says whether others follow."""
    chunks = write_collection(map(_row, range(rows)), limit=limit, budget_bytes=None, finish=_finish)

    page = json.loads(b"".join(chunks))

    assert page["type"] == "FeatureCollection"
    assert [feature["id"] for feature in page["features"]] == [
        f"k-{number}" for number in range(min(rows, limit))
    ]
    assert (page["numberReturned"], page["more"]) == (min(rows, limit), more)
    assert page["last"] == (min(rows, limit) - 1 if rows else None)


def test_a_page_ends_early_at_its_budget() -> None:
    """Huge features end a page before its limit, but never before the first."""
    chunks = write_collection(map(_row, range(100)), limit=100, budget_bytes=1, finish=_finish)

    page = json.loads(b"".join(chunks))

    assert (page["numberReturned"], page["more"]) == (1, True)


def test_a_long_page_comes_in_chunks() -> None:
    """Nothing larger than about a chunk is ever held."""
    chunks = list(write_collection(map(_row, range(10_000)), limit=10_000, budget_bytes=None, finish=_finish))

    assert len(chunks) > 10
    assert max(map(len, chunks)) < 70_000
    assert len(json.loads(b"".join(chunks))["features"]) == 10_000


def test_values_are_json_whatever_they_are() -> None:
    """Dates are ISO text, long ids stay text, NaN and a missing geometry become null."""
    values = {"date": date(2026, 3, 1), "eid": "100100001379837235", "n": math.nan, "b": True, "none": None}

    feature = json.loads(write_feature(FeatureRow(1, "*45", None, values)))

    assert feature == {
        "type": "Feature",
        "id": "*45",
        "geometry": None,
        "properties": {"date": "2026-03-01", "eid": "100100001379837235", "n": None, "b": True, "none": None},
    }
