"""Both grids hold the same: at equal ground resolution, the features, properties and order of any place.

The national grid stands beside one in Web Mercator whose zooms have exactly its ground metres per pixel.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import fiona
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gis import crs
from gis.database import Database
from gis.envelope import Envelope
from gis.geometry import transform_geometry
from tests.tiles.conftest import build_workshop
from tests.tiles.nasty_shapes import nasty_lines, nasty_polygons
from tests.tiles.strict_reading import read_strictly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gis.cluster import EmbeddedCluster

pytestmark = pytest.mark.database

HERE = (508240.0, 135488.0)
EQUAL = "Equal-3857"
# What rounding, thinning and clipping may move a border by, in tile units.
_SLACK_UNITS = 3


@pytest.fixture(scope="module")
def workshop(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A portal with both grids; layer `a` are nasty polygons, `b` nasty lines, `c` parcels of the sample."""
    folder = tmp_path_factory.mktemp("portal")
    (folder / "equal.json").write_text(json.dumps(_equal_grid()), encoding="utf-8")
    database = Database(cluster.urls(_copy_template()))
    made = build_workshop(database, grids=["SI-D96", EQUAL], grid_files=["equal.json"], folder=folder)
    made.publish("a", list(nasty_polygons(*HERE).values()), tiles={"columns": ["name", "code"]})
    made.publish("b", list(nasty_lines(*HERE).values()), kind="line", tiles={"columns": ["code"]})
    made.publish("c", _parcels_of_the_sample(), tiles={"columns": ["name"]})
    yield made
    database.dispose()


def _equal_grid() -> dict[str, Any]:
    """Web Mercator's plane, cut so that a zoom has the ground metres per pixel of the same zoom of SI-D96."""
    ground = crs.ground_scale(3794, *HERE) / crs.ground_scale(3857, *crs.transform(3794, 3857, *HERE))
    edge = 20037508.342789244
    matrices = [
        {
            "id": str(z),
            "scaleDenominator": 1.0,
            "cellSize": 1024 * ground / 2**z,
            "pointOfOrigin": [-edge, edge],
            "tileWidth": 256,
            "tileHeight": 256,
            "matrixWidth": 120 * 2**z,
            "matrixHeight": 120 * 2**z,
        }
        for z in range(13)
    ]
    return {"id": EQUAL, "crs": "http://www.opengis.net/def/crs/EPSG/0/3857", "tileMatrices": matrices}


def _parcels_of_the_sample() -> list[shapely.Geometry]:
    """Some hundred parcels of the sample's town, moved to where the others are."""
    with fiona.open("zip://data_samples/municipality/sources/parcele.zip") as source:
        town = source.filter(bbox=(555800, 142200, 556200, 142600))
        shapes = [shapely.geometry.shape(feature["geometry"]) for feature in town]
    return [shapely.affinity.translate(shape, HERE[0] - 556000, HERE[1] - 142400) for shape in shapes]


@st.composite
def _windows(draw: Callable[..., Any]) -> tuple[str, int, shapely.Polygon]:
    """A layer, a zoom and a window on the ground, at most two tiles wide."""
    z = draw(st.integers(5, 12))
    x, y = (draw(st.floats(-220, 200)) for _ in range(2))
    wide, high = (draw(st.floats(0.05, min(300.0, 300 * 1024 / 2**z))) for _ in range(2))
    window = shapely.box(HERE[0] + x, HERE[1] + y, HERE[0] + x + wide, HERE[1] + y + high)
    return (draw(st.sampled_from("abc")), z, window)


@given(_windows())
@settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate])
def test_any_window_shows_the_same_in_both_grids(
    workshop: Any, window: tuple[str, int, shapely.Polygon]
) -> None:
    """What one grid shows in a window the other shows there too, with the same properties in the same order."""
    name, z, area = window
    slack = _SLACK_UNITS * workshop.grids["SI-D96"].unit(z)

    shown = {grid: _show(workshop, name, grid, z, area) for grid in ("SI-D96", EQUAL)}
    around = {grid: _show(workshop, name, grid, z, area.buffer(slack)) for grid in ("SI-D96", EQUAL)}

    assert shown["SI-D96"].items() <= around[EQUAL].items()
    assert shown[EQUAL].items() <= around["SI-D96"].items()


def _show(workshop: Any, name: str, grid_id: str, z: int, window: shapely.Polygon) -> dict[int, Any]:
    """Properties by id of what is drawn in a window, over all tiles that meet it; each is in the one order."""
    grid = workshop.grids[grid_id]
    box = crs.transform_envelope(Envelope(*window.bounds, srid=3794), grid.srid)
    first_x, first_y, last_x, last_y = grid.tile_range(z, box)
    found: dict[int, Any] = {}
    order = workshop.order(name)
    for x, y in itertools.product(range(first_x, last_x + 1), range(first_y, last_y + 1)):
        response = workshop.client.get(f"/tiles/{name}/{grid_id}/{z}/{x}/{y}.mvt")
        features = read_strictly(response.data).get(name, [])
        ids = [feature.id for feature in features]
        assert ids == [fid for fid in order if fid in ids]
        tile = grid.tile_envelope(z, x, y)
        for feature in features:
            drawn = feature.geometry.intersection(shapely.box(0, 0, 4096, 4096))
            if _on_ground(drawn, grid, z, tile).intersects(window):
                found[feature.id] = tuple(feature.properties.items())
    return found


def _on_ground(shape: shapely.Geometry, grid: Any, z: int, tile: Envelope) -> shapely.Geometry:
    unit = grid.unit(z)
    in_grid = shapely.transform(shape, lambda c: (tile.west, tile.north) + c * (unit, -unit))
    return transform_geometry(in_grid, grid.srid, 3794)
