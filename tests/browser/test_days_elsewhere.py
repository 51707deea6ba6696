"""The days of a citizen, a planner and a phone user on portals of real data, in both languages.

Velenje has settlements and no cadastre, Épinay-sur-Orge a whole cadastre, Montpellier streets, houses and zones
in a CRS that the browser cannot compute. The walk on the sample in test_days.py is their small twin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from prostor.app import DATABASE, PRINTER
from tests.browser.days import walk_citizen, walk_phone, walk_planner
from tests.browser.serving import serving
from tests.browser.towns import Town
from tests.portals.made import build_portal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from playwright.sync_api import Page

    from gis.cluster import EmbeddedCluster

    Walk = Callable[[Town, Callable[..., Page]], None]

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.slow]


@dataclass(frozen=True)
class Served:
    """A portal and where it answers."""

    app: Flask
    address: str


@pytest.fixture(scope="module", params=["velenje", "epinay", "montpellier"])
def served(
    request: pytest.FixtureRequest,
    cluster: EmbeddedCluster,
    _copy_template: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    """One portal of real data."""
    app = build_portal(request.param, cluster, _copy_template, tmp_path_factory.mktemp(request.param))
    with serving(app) as address:
        yield Served(app, address)
    app.extensions[PRINTER].close()
    app.extensions[DATABASE].dispose()


@pytest.mark.parametrize("walk", [walk_citizen, walk_planner, walk_phone])
@pytest.mark.parametrize("language", ["sl", "en"])
def test_a_day_in_a_real_town(served: Served, language: str, walk: Walk, open_url: Callable[..., Page]) -> None:
    """Every step of the day does what its reader expects, without an error, a report or a fault of axe."""
    walk(Town(served.app.test_client(), served.address, language), open_url)
