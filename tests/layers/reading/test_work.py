"""The work that a source makes grows with its size and not faster, whatever it is made of."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from gis.errors import SourceError
from layers.reading import geojsontext
from layers.reading.delimited import guess_wkt_column
from layers.reading.jsonwindow import JsonError, JsonWindow, unique_members

if TYPE_CHECKING:
    from pathlib import Path

SIZES = (1_000, 2_000, 4_000)


class CountedName(str):
    """A name that counts how often it is compared with another."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        CountedName.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def count_comparisons(size: int) -> int:
    """Comparisons of names in an object with so many members, of which the last comes again."""
    CountedName.compared = 0
    names = [CountedName(f"k{n}") for n in range(size)] + [CountedName(f"k{size - 1}")]
    with pytest.raises(JsonError, match=f"two members called 'k{size - 1}'"):
        unique_members([(name, 1) for name in names])
    return CountedName.compared


def test_a_repeated_member_is_found_in_one_pass() -> None:
    """Not by looking every member up among all others."""
    compared = [count_comparisons(size) for size in SIZES]

    assert all(count < 3 * size for count, size in zip(compared, SIZES, strict=True))


@pytest.mark.parametrize("content", ['["' + "a" * 3_000_000 + '"]', "[" + " " * 3_000_000 + "1]"])
def test_a_long_value_is_read_in_ever_larger_pieces(content: str) -> None:
    """What is read again after each piece is at most as much as the value itself."""

    class CountingFile(io.BytesIO):
        reads = 0

        def read(self, size: int | None = -1, /) -> bytes:
            CountingFile.reads += 1
            return super().read(size)

    window = JsonWindow(CountingFile(content.encode()))

    assert window.value() == json.loads(content)
    assert CountingFile.reads <= 6


@pytest.mark.parametrize("share", ["one feature has all", "each has its own"])
def test_more_columns_than_a_table_holds_never_reach_gdal(tmp_path: Path, share: str) -> None:
    """GDAL looks each column up among all before it; the text is enough to refuse them."""
    names = [f"p{n}" for n in range(4_000)]
    every = [dict.fromkeys(names, 1)] if share == "one feature has all" else [{name: 1} for name in names]
    features = [{"type": "Feature", "properties": properties, "geometry": None} for properties in every]
    path = tmp_path / "source.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))

    with pytest.raises(SourceError, match="has 4000 columns; at most 2000 are read"):
        geojsontext.read_geojson_facts(path)


@pytest.mark.parametrize("beginning", ["", "SRID=3794;", "MULTI", "POINT", "SRID=3794; POLYGON Z"])
def test_spaces_in_a_cell_are_looked_at_once(beginning: str) -> None:
    """Two million of them: with a second way to divide them this would not end today."""
    text = beginning + " " * 2_000_000 + "x"

    assert guess_wkt_column(["a"], [[text]]) is None


def test_wkt_is_known_by_its_beginning() -> None:
    """With and without an SRID, heights and spaces."""
    texts = [
        "POINT (1 2)",
        "  MULTIPOLYGON Z (((",
        "srid=3794; LineString(1 2, 3 4)",
        "POINT ZM EMPTY",
        "POINT  EMPTY",
    ]

    assert [guess_wkt_column(["a"], [[text]]) for text in texts] == ["a"] * len(texts)
