"""GDAL, as clerks use it inside QGIS, reads our collections over HTTP."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

import layers.ogc
from layers.catalogue import Catalogue
from layers.openapi import build_paths
from prostor import landing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from gis.database import Database
    from layers.portal import Portal


pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def address(town: Database, town_portal: Portal, make_client: Callable[..., FlaskClient]) -> Iterator[str]:
    """The town's service, listening on this machine."""
    client = make_client(town)
    catalogue = Catalogue(town)
    part = landing.ApiPart(layers.ogc.CONFORMANCE, layers.ogc.landing_links, lambda: build_paths(catalogue))
    settings = client.application.extensions["settings"]
    client.application.register_blueprint(landing.build_blueprint(settings, town_portal, (part,)))
    server = make_server("127.0.0.1", 0, client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/ogc"
    server.shutdown()
    thread.join()
    server.server_close()


def _ogr(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=60).stdout


def test_gdal_lists_the_collections(address: str) -> None:
    """Every published layer is a layer of the OAPIF driver."""
    listing = _ogr("ogrinfo", "-ro", "-q", f"OAPIF:{address}")

    for layer_id in ("parcels", "addresses", "zoning", "water", "roads"):
        assert f": {layer_id}" in listing


def test_gdal_reads_every_feature_page_by_page(address: str, asked: Callable[..., Any], tmp_path: Any) -> None:
    """All 400 parcels come, each once, with geometry and properties as we hold them."""
    target = tmp_path / "parcels.geojson"
    _ogr("ogr2ogr", "-f", "GeoJSON", "-oo", "PAGE_SIZE=70", str(target), f"OAPIF:{address}", "parcels")
    read = json.loads(target.read_text(encoding="utf-8"))["features"]
    ours = {
        each["properties"]["eid"]: each
        for each in asked("/ogc/collections/parcels/items", limit=400)["features"]
    }

    assert len(read) == len(ours) == 400
    for feature in read:
        own = ours[feature["properties"]["eid"]]
        assert feature["properties"]["number"] == own["properties"]["number"]
        assert feature["properties"]["area"] == own["properties"]["area"]
        assert feature["geometry"]["coordinates"] == own["geometry"]["coordinates"]


def test_gdal_asks_by_box(address: str) -> None:
    """A spatial filter becomes our bbox."""
    box = ("15.0920", "46.3550", "15.0923", "46.3552")
    summary = _ogr("ogrinfo", "-ro", "-so", "-spat", *box, f"OAPIF:{address}", "parcels")

    assert "Feature Count: 4" in summary
