"""What is in a tile: features, properties, labels, order, cap; read back with an independent decoder."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from psycopg import sql

pytestmark = pytest.mark.database

HERE = (508000.0, 136000.0)
DEEPEST = {"WebMercatorQuad": 18, "SI-D96": 12}


@pytest.fixture(scope="module")
def workshop(shared_workshop: Any) -> Any:
    """One database for all tests of this file."""
    return shared_workshop


def _square(side: float, *, at: tuple[float, float] = HERE) -> shapely.Polygon:
    """A square whose lower left corner is at a point."""
    x, y = at
    return shapely.box(x, y, x + side, y + side)


def _ids(tile: dict[str, Any], layer: str) -> list[int]:
    return [feature["id"] for feature in tile.get(layer, {}).get("features", [])]


@pytest.mark.parametrize("grid", DEEPEST)
def test_feature_carries_id_and_only_the_columns_asked_for(workshop: Any, grid: str) -> None:
    """A feature has its stable number as id and the tile columns of the manifest as properties."""
    workshop.publish("a", [_square(20)], values=[{"name": "čšž", "code": 7}], tiles={"columns": ["code"]})

    tile = workshop.tile_at("a", grid, DEEPEST[grid], (508005, 136005))

    assert set(tile) == {"a"}
    assert tile["a"]["extent"] == 4096
    assert tile["a"]["version"] == 2
    (feature,) = tile["a"]["features"]
    assert feature["id"] == 1
    assert feature["properties"] == {"code": 7}


@pytest.mark.parametrize("grid", DEEPEST)
def test_geometry_is_right_within_one_unit(workshop: Any, grid: str) -> None:
    """Decoded coordinates lie within one tile unit of the stored ones, in both grids."""
    shape = shapely.Polygon([(508002.3, 136001.7), (508012.9, 136003.1), (508007.7, 136014.2)])
    workshop.publish("a", [shape])

    tile = workshop.tile_at("a", grid, DEEPEST[grid], (508005, 136005))

    (feature,) = tile["a"]["features"]
    drawn = workshop.on_ground(feature["geometry"], grid, DEEPEST[grid], (508005, 136005))
    unit = 256 * {"WebMercatorQuad": 0.4151, "SI-D96": 0.25}[grid] / 4096
    assert drawn.hausdorff_distance(shape) <= unit


def test_label_text_travels_with_labels_only(workshop: Any) -> None:
    """The label's column is no property of the features; the class column is one, at every scale."""
    style = {"label": {"column": "name"}, "by": "code"}
    workshop.publish("a", [_square(900, at=(507600, 135600))], style=style)

    deepest = workshop.tile_at("a", "SI-D96", 12, (508010, 136010))
    coarse = workshop.tile_at("a", "SI-D96", 5, (508010, 136010))

    for tile in (deepest, coarse):
        assert tile["a"]["features"][0]["properties"] == {"code": 1}


def test_largest_come_first(workshop: Any) -> None:
    """Features of half the width are drawn on top of larger ones; about equal ones as they are stored."""
    workshop.publish("a", [_square(4.5), _square(9), _square(7), _square(30)])

    tile = workshop.tile_at("a", "SI-D96", 12, HERE)

    assert _ids(tile, "a") == [4, 2, 1, 3]


def test_cap_keeps_the_largest_and_says_so(workshop: Any) -> None:
    """More features than the cap: the largest stay, and header and status tell that some are missing."""
    workshop.publish("a", [_square(1 + n / 100) for n in range(150)], tiles={"max_features": 100})
    place = workshop.grids["SI-D96"].tile_at(12, *HERE)

    response = workshop.client.get(f"/tiles/a/SI-D96/12/{place[0]}/{place[1]}.mvt")

    assert response.headers["X-Features-Truncated"] == "a;max=100"
    assert _ids(workshop.decode(response.data), "a") == [*range(101, 151), *range(51, 101)]


def test_exactly_the_cap_is_not_truncated(workshop: Any) -> None:
    """A tile with exactly as many features as allowed is whole."""
    workshop.publish("a", [_square(1 + n / 100) for n in range(100)], tiles={"max_features": 100})
    place = workshop.grids["SI-D96"].tile_at(12, *HERE)

    response = workshop.client.get(f"/tiles/a/SI-D96/12/{place[0]}/{place[1]}.mvt")

    assert "X-Features-Truncated" not in response.headers
    assert len(_ids(workshop.decode(response.data), "a")) == 100


def test_features_too_small_to_see_are_left_out_until_the_deepest_zoom(workshop: Any) -> None:
    """A square of 0.3 m is gone at 1 m per pixel and back at the deepest zoom, which clients enlarge."""
    workshop.publish("a", [_square(0.3), _square(5)])

    coarse = workshop.tile_at("a", "SI-D96", 10, HERE)
    deepest = workshop.tile_at("a", "SI-D96", 12, HERE)

    assert _ids(coarse, "a") == [2]
    assert _ids(deepest, "a") == [2, 1]


def test_layer_is_only_in_tiles_of_its_scale(workshop: Any) -> None:
    """A layer drawn from 2 m to 0.5 m per pixel is in those zooms, and in no tile outside them."""
    workshop.publish("a", [_square(500)], style={"scale": {"min": 0.5, "max": 2.0}})

    present = [z for z in range(13) if workshop.tile_at("a", "SI-D96", z, HERE)]

    assert present == [9, 10, 11]


def test_layer_for_finer_scales_than_any_tile_is_in_the_deepest(workshop: Any) -> None:
    """A layer drawn only below 0.1 m per pixel is in the deepest tiles, which clients enlarge."""
    workshop.publish("a", [_square(500)], style={"scale": {"max": 0.1}})

    present = [z for z in range(13) if workshop.tile_at("a", "SI-D96", z, HERE)]

    assert present == [12]


@pytest.mark.parametrize("grid", DEEPEST)
def test_labels_travel_beside_the_layer(workshop: Any, grid: str) -> None:
    """Where the scale is fine enough, a second layer holds label points with text and width in decimetres."""
    label = {"column": "name", "max_metres_per_pixel": 0.6}
    workshop.publish("a", [_square(20)], width=17.26, style={"label": label})

    tile = workshop.tile_at("a", grid, DEEPEST[grid], (508010, 136010))

    (feature,) = tile["a:labels"]["features"]
    assert feature["id"] == 1
    assert feature["properties"] == {"text": "1", "w": 173}
    assert feature["geometry"]["type"] == "Point"


def test_labels_are_left_out_of_coarse_tiles(workshop: Any) -> None:
    """Labels begin one zoom before the style shows them, for clients that draw tiles at half size."""
    label = {"column": "name", "max_metres_per_pixel": 0.6}
    workshop.publish("a", [_square(300)], width=17.26, style={"label": label})

    labelled = [z for z in range(13) if "a:labels" in workshop.tile_at("a", "SI-D96", z, (508150, 136150))]

    assert labelled == [10, 11, 12]


@pytest.mark.parametrize("kind", ["polygon", "line", "point"])
def test_columns_may_have_any_name(workshop: Any, kind: str) -> None:
    """Published columns called as parts of the statement are, such as `label`, stand in nobody's way."""
    names = ("label", "feature", "chosen", "text", "w", "placed", "moved", "clipped", "found", "name", "code")
    columns = {name: {"source": [name], "title": {"sl": name}} for name in names}
    square = _square(20)
    shape = {"polygon": square, "line": square.exterior, "point": square.centroid}[kind]
    line = shapely.LineString(shape) if kind == "line" else shape
    values = [{name: f"{name} 1" for name in names}]
    style = {"by": "text", "label": {"column": "label"}}
    tiles = {"columns": list(names)}
    workshop.publish("a", [line], values=values, kind=kind, columns=columns, style=style, tiles=tiles)

    tile = workshop.tile_at("a", "WebMercatorQuad", 18, (508010, 136010))

    assert tile["a"]["features"][0]["properties"] == values[0]
    assert kind == "line" or tile["a:labels"]["features"][0]["properties"]["text"] == "label 1"


def test_features_without_text_have_no_label(workshop: Any) -> None:
    """An unknown or empty text makes no label."""
    values = [{"name": "", "code": 1}, {"name": None, "code": 2}, {"name": "x", "code": 3}]
    workshop.publish("a", [_square(20)] * 3, values=values, key=["code"], style={"label": {"column": "name"}})

    tile = workshop.tile_at("a", "SI-D96", 12, (508010, 136010))

    assert _ids(tile, "a") == [1, 2, 3]
    assert _ids(tile, "a:labels") == [3]


@pytest.mark.parametrize("grid", DEEPEST)
def test_label_is_in_exactly_one_tile(workshop: Any, grid: str) -> None:
    """Points are repeated in the buffers of neighbours, labels are not, also when on a tile's very corner."""
    z = DEEPEST[grid]
    corner = workshop.corner_near(grid, z, HERE)
    workshop.publish("a", [shapely.Point(corner)], kind="point", style={"label": {"column": "name"}})

    tiles = workshop.tiles_around("a", grid, z, corner)

    assert len([tile for tile in tiles if "a" in tile]) == 4
    assert len([tile for tile in tiles if "a:labels" in tile]) == 1


def test_points_have_no_width(workshop: Any) -> None:
    """A label of a point carries its text only."""
    workshop.publish("a", [shapely.Point(HERE)], kind="point", style={"label": {"column": "name"}})

    tile = workshop.tile_at("a", "SI-D96", 12, HERE)

    (feature,) = tile["a:labels"]["features"]
    assert feature["properties"] == {"text": "1"}


def test_numbers_become_text_in_labels(workshop: Any) -> None:
    """A label column that holds integers is written as text."""
    workshop.publish("a", [_square(20)], style={"label": {"column": "code"}})

    tile = workshop.tile_at("a", "SI-D96", 12, (508010, 136010))

    (feature,) = tile["a:labels"]["features"]
    assert feature["properties"] == {"text": "1"}


def test_wide_strokes_widen_the_buffer(workshop: Any) -> None:
    """A line whose offset paints ten pixels away is in the neighbour tile that it paints into."""
    corner = workshop.corner_near("SI-D96", 12, HERE)
    beside = shapely.LineString([(corner[0] - 2, corner[1] + 5), (corner[0] - 2, corner[1] + 50)])
    workshop.publish("a", [beside], kind="line", style={"default": {"line": "#000000", "offset": 10}})
    workshop.publish("b", [beside], kind="line", style={"default": {"line": "#000000"}})

    wide = workshop.tile_at("a", "SI-D96", 12, (corner[0] + 1, corner[1] + 10))
    narrow = workshop.tile_at("b", "SI-D96", 12, (corner[0] + 1, corner[1] + 10))

    assert _ids(wide, "a") == [1]
    assert narrow == {}


def test_layer_without_stored_grid_geometry_is_transformed(workshop: Any) -> None:
    """A version loaded before a grid was added is served in it all the same, from its native geometry."""
    shape = shapely.Polygon([(508002.3, 136001.7), (508012.9, 136003.1), (508007.7, 136014.2)])
    workshop.publish("a", [shape], grids=["SI-D96"], style={"label": {"column": "name"}})

    tile = workshop.tile_at("a", "WebMercatorQuad", 18, (508005, 136005))

    drawn = workshop.on_ground(tile["a"]["features"][0]["geometry"], "WebMercatorQuad", 18, (508005, 136005))
    assert drawn.hausdorff_distance(shape) <= 256 * 0.4151 / 4096 * 1.5
    assert _ids(tile, "a:labels") == [1]
    assert _ids(workshop.tile("a", "WebMercatorQuad", 0, 0, 0), "a") == []


def test_z_coordinates_stay_out_of_tiles(workshop: Any) -> None:
    """A layer that keeps heights still makes flat tiles."""
    workshop.publish("a", [shapely.LineString([(508001, 136001), (508020, 136009)])], kind="line")
    table = sql.Identifier("data", workshop.table_name("a"))
    with workshop.database.loading() as connection:
        connection.execute(
            sql.SQL(
                "ALTER TABLE {} ALTER _geom TYPE geometry(GeometryZ, 3794) USING ST_Force3DZ(_geom, 350)"
            ).format(table)
        )

    tile = workshop.tile_at("a", "SI-D96", 12, (508005, 136005))

    assert all(len(point) == 2 for point in tile["a"]["features"][0]["geometry"]["coordinates"])


def test_empty_layer_makes_empty_tiles(workshop: Any) -> None:
    """A layer without a single feature answers every tile with nothing."""
    workshop.publish("a", [])

    assert workshop.tile_at("a", "SI-D96", 12, HERE) == {}
