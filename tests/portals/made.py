"""Makes a portal of real data: imports its layers into a database of its own and builds the service on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gis.database import Database
from gis.settings import Settings
from layers.loading.importing import import_layer
from layers.portal import read_portal
from prostor.app import create_app
from tests.portals.sources import DATA, source_path
from tiles.grid import read_grids

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from gis.cluster import EmbeddedCluster

HERE = Path(__file__).parent


def build_portal(name: str, cluster: EmbeddedCluster, copy: Callable[[], str], home: Path) -> Flask:
    """The service on the portal of a folder beside this file; the test is skipped where the data is not."""
    if not DATA.is_dir():
        pytest.skip("the folder shared/data with real data is not beside this checkout")
    portal = read_portal(HERE / name)
    database = Database(cluster.urls(copy()))
    targets = [grid.target() for grid in read_grids(portal).values()]
    for manifest in portal.read_manifests():
        source = source_path(name, manifest.id)
        import_layer(database, portal, manifest, targets=targets, home=home, source=source, who="test")
    urls = database.urls
    database.dispose()
    return create_app(Settings(home=home, portal=HERE / name), urls)
