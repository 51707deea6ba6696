"""A town on a fresh database, and one that a whole file of tests shares, each going on from where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.prostor.publishing.looking import Onlooker, looking_at
from tests.prostor.publishing.town import Town, import_here, make_town
from tests.prostor.publishing.warm import Warm, warm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gis.cluster import EmbeddedCluster
    from gis.database import DatabaseUrls


@pytest.fixture
def make_a_town(tmp_path: Path, database_urls: DatabaseUrls) -> Callable[..., Town]:
    """Makes the town with these layers."""

    def make(*layers: str) -> Town:
        folder = tmp_path / "town"
        folder.mkdir()
        return make_town(folder, database_urls, layers)

    return make


@pytest.fixture(scope="module")
def town(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Town:
    """Two layers, each published in its first edition."""
    made = make_town(tmp_path_factory.mktemp("town"), cluster.urls(_copy_template()), ("fields", "meadows"))
    for layer in made.layers:
        made.write_source(layer, 1, 200)
        import_here(made, layer)
    return made


@pytest.fixture(scope="module")
def program(town: Town) -> Iterator[Warm]:
    """Begins commands in that town."""
    with warm(town) as started:
        yield started


@pytest.fixture(scope="module")
def onlooker(town: Town) -> Iterator[Onlooker]:
    """Looks at what that town serves."""
    with looking_at(town) as looking:
        yield looking
