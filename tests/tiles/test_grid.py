"""Grids against two oracles, morecantile and PostGIS, and what is refused of a portal's own grid file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import morecantile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import ConfigurationError
from tiles.grid import BUILT_IN, built_in_grid, parse_grid, read_grids

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gis.database import Database

EXACT_M = 1e-6


@st.composite
def _tiles(draw: Callable[..., Any]) -> tuple[str, int, int, int]:
    """A grid and a tile that exists in it."""
    name = draw(st.sampled_from(BUILT_IN))
    grid = built_in_grid(name)
    z = draw(st.integers(grid.min_zoom, grid.max_zoom))
    columns, rows = grid.size(z)
    return (name, z, draw(st.integers(0, columns - 1)), draw(st.integers(0, rows - 1)))


@given(_tiles())
def test_tile_envelopes_are_those_of_morecantile(tile: tuple[str, int, int, int]) -> None:
    """morecantile, reading the JSON we publish, finds every tile where we do."""
    name, z, x, y = tile
    grid = built_in_grid(name)
    oracle = _oracle(name)

    assert grid.tile_envelope(z, x, y).bounds == pytest.approx(
        tuple(oracle.xy_bounds(morecantile.Tile(x, y, z))), abs=EXACT_M
    )
    assert grid.resolution(z) == pytest.approx(oracle.matrix(z).cellSize, rel=1e-12)


@given(_tiles(), st.floats(0, 0.999999), st.floats(0, 0.999999))
@settings(max_examples=200)
def test_tile_at_finds_the_tile_that_holds_a_point(
    tile: tuple[str, int, int, int], across: float, down: float
) -> None:
    """A point inside a tile is found in that tile; one on its sides in it or a neighbour."""
    name, z, x, y = tile
    grid = built_in_grid(name)
    box = grid.tile_envelope(z, x, y)
    point = (box.west + across * box.width, box.north - down * box.height)

    found = grid.tile_at(z, *point)

    assert found is not None
    assert grid.tile_envelope(z, *found).contains(*point)
    assert abs(found[0] - x) <= 1
    assert abs(found[1] - y) <= 1


@given(_tiles())
def test_neighbours_share_their_side_exactly(tile: tuple[str, int, int, int]) -> None:
    """East of one tile is, to the last bit, west of the next; the same from north to south."""
    name, z, x, y = tile
    grid = built_in_grid(name)
    here = grid.tile_envelope(z, x, y)

    assert here.east == grid.tile_envelope(z, x + 1, y).west
    assert here.south == grid.tile_envelope(z, x, y + 1).north


@pytest.mark.database
def test_tile_envelopes_are_those_of_postgis(database: Database) -> None:
    """ST_TileEnvelope, given the bounds of the grid, finds every tile where we do."""
    for name in BUILT_IN:
        grid = built_in_grid(name)
        wanted = [
            (z, x, y)
            for z in range(grid.max_zoom + 1)
            for x in {0, grid.size(z)[0] // 3, grid.size(z)[0] - 1}
            for y in {0, grid.size(z)[1] // 7, grid.size(z)[1] - 1}
        ]
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b), ST_SRID(b) "
                "FROM unnest(%s::int[], %s::int[], %s::int[]) AS t(z, x, y), "
                "LATERAL (SELECT ST_TileEnvelope(z, x, y, ST_MakeEnvelope(%s, %s, %s, %s, %s)) AS b) e",
                [*(list(each) for each in zip(*wanted, strict=True)), *grid.bounds.bounds, grid.srid],
            )
            rows = cursor.fetchall()

        assert len(rows) == len(wanted) > 60
        for tile, row in zip(wanted, rows, strict=True):
            assert grid.tile_envelope(*tile).bounds == pytest.approx(row[:4], abs=1e-5), tile
            assert row[4] == grid.srid


def test_point_outside_the_grid_has_no_tile() -> None:
    """Outside its bounds a grid has no tiles."""
    grid = built_in_grid("SI-D96")

    assert grid.tile_at(5, 369999.9, 100000) is None
    assert grid.tile_at(5, 400000, 200000.1) is None
    assert grid.tile_at(5, 632144, 100000) is None


def test_slovenian_grid_is_the_one_that_is_agreed() -> None:
    """SI-D96: 1 m per pixel at zoom 10, zooms 0 to 14, tiles made to 12, Slovenia inside."""
    grid = built_in_grid("SI-D96")

    assert (grid.srid, grid.origin, grid.tile_size) == (3794, (370000.0, 200000.0), 256)
    assert (grid.min_zoom, grid.max_zoom, grid.max_tile_zoom) == (0, 14, 12)
    assert grid.resolution(10) == 1.0
    assert grid.bounds.bounds == (370000, -62144, 632144, 200000)


def test_web_mercator_is_the_registered_one() -> None:
    """WebMercatorQuad has the zooms and scales of the OGC register, and ground metres by latitude."""
    grid = built_in_grid("WebMercatorQuad")

    assert (grid.srid, grid.min_zoom, grid.max_zoom, grid.max_tile_zoom) == (3857, 0, 24, 18)
    assert grid.document["tileMatrices"][0]["scaleDenominator"] == pytest.approx(559082264.028717)
    assert grid.ground_resolution(18, (1680000, 5840000)) == pytest.approx(0.413, abs=0.002)


def test_tile_range_covers_an_envelope() -> None:
    """The range of tiles over a box begins and ends with the tiles of its corners."""
    grid = built_in_grid("SI-D96")
    box = grid.tile_envelope(8, 100, 60).grown(-1)

    assert grid.tile_range(8, box) == (100, 60, 100, 60)
    assert grid.tile_range(8, box.grown(2)) == (99, 59, 101, 61)


def test_target_says_what_the_import_needs() -> None:
    """The import gets the same numbers, tile units included."""
    grid = built_in_grid("SI-D96")
    target = grid.target()

    assert (target.name, target.srid, target.max_tile_zoom) == ("SI-D96", 3794, 12)
    assert [target.unit(z) for z in range(13)] == [grid.unit(z) for z in range(13)]


def _document(**changes: Any) -> dict[str, Any]:
    """Two zooms of a grid in Lambert-93."""
    matrices = [
        {
            "id": str(z),
            "scaleDenominator": 1.0,
            "cellSize": 2048 / 2**z,
            "pointOfOrigin": [0, 7200000],
            "tileWidth": 256,
            "tileHeight": 256,
            "matrixWidth": 3 * 2**z,
            "matrixHeight": 2 * 2**z,
        }
        for z in range(2, 16)
    ]
    crs = "http://www.opengis.net/def/crs/EPSG/0/2154"
    return {"id": "FR-L93", "crs": crs, "tileMatrices": matrices, **changes}


def _portal(folder: Path, document: dict[str, Any], *, grids: list[str]) -> Any:
    (folder / "own.json").write_text(json.dumps(document), encoding="utf-8")
    return type("Portal", (), {"folder": folder, "grid_files": ("own.json",), "grids": grids})()


def test_portal_brings_its_own_grid(tmp_path: Path) -> None:
    """A portal elsewhere names a file of the same kind; tiles end where cells go below 25 cm."""
    grids = read_grids(_portal(tmp_path, _document(), grids=["FR-L93", "WebMercatorQuad"]))

    own = grids["FR-L93"]
    assert list(grids) == ["FR-L93", "WebMercatorQuad"]
    assert (own.srid, own.min_zoom, own.max_zoom, own.max_tile_zoom) == (2154, 2, 15, 13)
    assert own.size(2) == (12, 8)
    assert own.bounds.bounds == (0, 7200000 - 8 * 256 * 512, 12 * 256 * 512, 7200000)


def test_grid_nobody_defined_is_refused(tmp_path: Path) -> None:
    """A grid named in portal.toml must come from somewhere; the sentence says where it could."""
    with pytest.raises(ConfigurationError, match=r"there is no grid 'XX'.*grid_files"):
        read_grids(_portal(tmp_path, _document(), grids=["XX"]))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"crs": "http://www.opengis.net/def/crs/EPSG/0/4326"}, "EPSG:4326 must count metres"),
        ({"crs": "nonsense"}, "crs must be an EPSG URI"),
        ({"id": "with space"}, "id: "),
        ({"id": "SI-D96"}, "belongs to a grid that comes with Prostor"),
        ({"tileMatrices": []}, "tileMatrices"),
    ],
)
def test_unusable_grid_file_is_refused(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    """A sentence names the file and what is wrong in it."""
    with pytest.raises(ConfigurationError, match=sentence) as caught:
        read_grids(_portal(tmp_path, _document(**change), grids=["FR-L93"]))

    assert "own.json" in caught.value.sentence


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("cellSize", 500.0, "cellSize must be half"),
        ("tileWidth", 512, "256 pixels"),
        ("pointOfOrigin", [1, 2], "same top left corner"),
        ("cornerOfOrigin", "bottomLeft", "same top left corner"),
        ("id", "9", "without a gap"),
    ],
)
def test_irregular_matrix_is_refused(tmp_path: Path, key: str, value: object, sentence: str) -> None:
    """One zoom that breaks the regular halving is named."""
    document = _document()
    document["tileMatrices"][1][key] = value

    with pytest.raises(ConfigurationError, match=sentence):
        parse_grid(json.dumps(document).encode(), place="own.json")


def test_file_that_is_not_json_is_refused() -> None:
    """So is a file that cannot be read as JSON at all."""
    with pytest.raises(ConfigurationError, match=r"own\.json is not JSON"):
        parse_grid(b"<xml/>", place="own.json")


def _oracle(name: str) -> morecantile.TileMatrixSet:
    document = dict(built_in_grid(name).document)
    return morecantile.TileMatrixSet.model_validate(document)
