"""Two portals of real data, imported once each: Velenje in D96/TM, and a French one in Lambert-93."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from prostor.app import DATABASE
from tests.portals.made import build_portal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from gis.cluster import EmbeddedCluster


@pytest.fixture(scope="session")
def velenje_app(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The portal of the municipality of Velenje."""
    made = build_portal("velenje", cluster, _copy_template, tmp_path_factory.mktemp("velenje"))
    yield made
    made.extensions[DATABASE].dispose()


@pytest.fixture(scope="session")
def montpellier_app(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The portal in Lambert-93 with one grid."""
    made = build_portal("montpellier", cluster, _copy_template, tmp_path_factory.mktemp("montpellier"))
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
