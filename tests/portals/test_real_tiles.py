"""Tiles of 4,241 real parcels: every one is there, valid and wound right, at coarse zooms as at fine ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
import sqlalchemy as sa

from gis import crs
from gis.envelope import Envelope
from layers.table import data_table
from prostor.app import DATABASE
from tiles.grid import built_in_grid
from tiles.hotpath import EXTENSION

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.database

PARCELS = 4241


def _features(client: FlaskClient, z: int) -> dict[int, list[Any]]:
    """Geometries by feature id from all tiles of a zoom over the parcels."""
    west, south, east, north = client.get("/layers/parcels").json["extent"]
    grid = built_in_grid("WebMercatorQuad")
    box = crs.transform_envelope(Envelope(west, south, east, north, crs.WGS84), grid.srid)
    first_x, first_y, last_x, last_y = grid.tile_range(z, box)
    found: dict[int, list[Any]] = {}
    for x in range(first_x, last_x + 1):
        for y in range(first_y, last_y + 1):
            response = client.get(f"/tiles/parcels/WebMercatorQuad/{z}/{x}/{y}.mvt")
            if response.status_code == 204:
                continue
            tile = mapbox_vector_tile.decode(response.data, default_options={"y_coord_down": True})
            for feature in tile["parcels"]["features"]:
                found.setdefault(feature["id"], []).append(shapely.geometry.shape(feature["geometry"]))
    return found


def _is_wound_right(polygon: shapely.Polygon) -> bool:
    """Outer ring with positive area and holes with negative, y pointing down (MVT 2.1, 4.3.3.3)."""
    areas = []
    for ring in (polygon.exterior, *polygon.interiors):
        x, y = np.array(ring.coords).T
        areas.append(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])))
    return areas[0] > 0 and all(area < 0 for area in areas[1:])


def _ids_large_enough(app: Flask, z: int) -> set[int]:
    """The parcels that leave a mark at a zoom, asked of the table itself."""
    service = app.extensions[EXTENSION]
    layer = service.sets.find_layer("parcels").members[0]
    source = service.find_source(layer, built_in_grid("WebMercatorQuad"), z)
    fid, size = (data_table(layer).c[name] for name in ("_fid", "_size"))
    with app.extensions[DATABASE].reading() as connection:
        return set(connection.scalars(sa.select(fid).where(size >= source.least_size)))


@pytest.mark.parametrize("z", [15, 17])
def test_real_parcels_are_all_there_and_valid(montpellier_app: Flask, z: int) -> None:
    """Tiles hold every parcel that can be seen; each polygon is valid and wound right."""
    features = _features(montpellier_app.test_client(), z)

    polygons = [part for shapes in features.values() for shape in shapes for part in shapely.get_parts(shape)]
    assert features.keys() == _ids_large_enough(montpellier_app, z)
    assert PARCELS - 25 <= len(features) <= PARCELS
    assert [polygon.wkt for polygon in polygons if not polygon.is_valid] == []
    assert all(_is_wound_right(polygon) for polygon in polygons)
