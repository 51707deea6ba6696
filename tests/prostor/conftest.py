"""The whole service on an empty catalogue, and on a database that is away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gis.database import DatabaseUrls
from gis.settings import Settings
from prostor.app import DATABASE, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient


@pytest.fixture
def settings() -> Settings:
    """A portal, and no database of its own."""
    return Settings(portal=Path(__file__).parents[1] / "portals" / "velenje")


@pytest.fixture
def empty(settings: Settings, database_urls: DatabaseUrls) -> Iterator[FlaskClient]:
    """A client of the service before anything was published."""
    app = create_app(settings, database_urls)
    yield app.test_client()
    app.extensions[DATABASE].dispose()


@pytest.fixture
def stranded(settings: Settings, tmp_path: Path) -> FlaskClient:
    """A client of the service whose database is away."""
    nowhere = f"postgresql://prostor_reader@/prostor?host={tmp_path}"
    return create_app(settings, DatabaseUrls(nowhere, nowhere, nowhere)).test_client()
