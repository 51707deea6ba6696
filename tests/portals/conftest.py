"""Two portals of real data, imported once each: Velenje in D96/TM, and a French one in Lambert-93."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gis.database import Database
from gis.settings import Settings
from layers.loading.importing import import_layer
from layers.portal import read_portal
from prostor.app import DATABASE, create_app
from tests.portals.sources import DATA, source_path
from tiles.grid import read_grids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from gis.cluster import EmbeddedCluster

HERE = Path(__file__).parent


def _serve(name: str, cluster: EmbeddedCluster, copy: Callable[[], str], home: Path) -> Flask:
    if not DATA.is_dir():
        pytest.skip("the folder shared/data with real data is not beside this checkout")
    portal = read_portal(HERE / name)
    database = Database(cluster.urls(copy()))
    targets = [grid.target() for grid in read_grids(portal).values()]
    for manifest in portal.read_manifests():
        source = source_path(name, manifest.id)
        import_layer(database, portal, manifest, targets=targets, home=home, source=source, who="test")
    database.dispose()
    return create_app(Settings(home=home, portal=HERE / name), database.urls)


@pytest.fixture(scope="session")
def velenje_app(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The portal of the municipality of Velenje."""
    made = _serve("velenje", cluster, _copy_template, tmp_path_factory.mktemp("velenje"))
    yield made
    made.extensions[DATABASE].dispose()


@pytest.fixture(scope="session")
def montpellier_app(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The portal in Lambert-93 with one grid."""
    made = _serve("montpellier", cluster, _copy_template, tmp_path_factory.mktemp("montpellier"))
    yield made
    made.extensions[DATABASE].dispose()


@pytest.fixture
def velenje(velenje_app: Flask) -> FlaskClient:
    """A client of the Velenje portal."""
    return velenje_app.test_client()


@pytest.fixture
def montpellier(montpellier_app: Flask) -> FlaskClient:
    """A client of the French portal."""
    return montpellier_app.test_client()
