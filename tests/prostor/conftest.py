"""The whole service on an empty catalogue, on a database that is away, and a portal for commands."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gis.cluster import EmbeddedCluster
from gis.database import DatabaseUrls
from gis.settings import Settings
from prostor.app import DATABASE, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

CLERK_PORTAL = """
id = "lipovec"
title = { sl = "Lipovec" }
grids = ["WebMercatorQuad"]
outline = { west = 500000, south = 130000, east = 510000, north = 140000 }
[municipality]
name = { sl = "Lipovec" }
office = { sl = "Urad" }
[[themes]]
id = "vse"
title = { sl = "Vse" }
description = { sl = "Vse" }
layers = ["drevesa"]
"""


@pytest.fixture
def clerk_portal(tmp_path: Path, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A portal's folder without layers, with the settings of commands pointing at it and at a new database."""
    (tmp_path / "portal.toml").write_text(CLERK_PORTAL)
    (tmp_path / "layers").mkdir()
    for name, value in (
        ("PORTAL", tmp_path),
        ("HOME", tmp_path / "home"),
        ("DATABASE_URL", database_urls.reader),
        ("LOADER_URL", database_urls.loader),
        ("OWNER_URL", database_urls.owner),
    ):
        monkeypatch.setenv(f"PROSTOR_{name}", str(value))
    return tmp_path


@pytest.fixture
def own_cluster() -> Iterator[EmbeddedCluster]:
    """A cluster that a test may break."""
    home = Path(tempfile.mkdtemp(prefix=f"prostor-test-{os.getpid()}-", dir="/tmp"))
    home.chmod(0o755)
    cluster = EmbeddedCluster(home, durable=False)
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(home)


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
