"""A town whose one layer a running service serves, shared by the tests of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.prostor.publishing.town import Town, import_here, make_town
from tests.prostor.serving.holding import Notes, noted
from tests.prostor.serving.running import Service, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gis.cluster import EmbeddedCluster

ROWS = 1600


@pytest.fixture(scope="module")
def town(
    cluster: EmbeddedCluster, _copy_template: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Town:
    """Fields and meadows on two square kilometres, published once."""
    made = make_town(tmp_path_factory.mktemp("town"), cluster.urls(_copy_template()), ("fields", "meadows"))
    for layer in made.layers:
        made.write_source(layer, 1, ROWS)
        import_here(made, layer)
    return made


@pytest.fixture(scope="module")
def notes(town: Town, cluster: EmbeddedCluster) -> Iterator[Notes]:
    """What PostgreSQL is asked for tiles."""
    with noted(cluster, town) as notes:
        yield notes


@pytest.fixture(scope="module")
def service(town: Town, notes: Notes) -> Iterator[Service]:
    """`prostor serve` with two workers, for all tests of a file."""
    with running(town) as started:
        yield started
