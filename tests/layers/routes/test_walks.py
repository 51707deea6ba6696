"""A walk through pages while the layer is published anew: versions are never mixed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from layers.loading.importing import import_layer
from layers.portal import read_portal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

    from gis.database import Database
    from layers.portal import Portal

pytestmark = pytest.mark.database

FIRST = "/ogc/collections/addresses/items?limit=30"


def _publish(database: Database, portal: Portal, *, suffix: str) -> str:
    """Publish the addresses with another house number each; gives the token."""
    source = portal.folder / "layers" / "addresses.geojson"
    content = json.loads(source.read_text(encoding="utf-8"))
    for feature in content["features"]:
        feature["properties"]["HS"] += suffix
    source.write_text(json.dumps(content), encoding="utf-8")
    (manifest,) = (each for each in portal.read_manifests() if each.id == "addresses")
    report = import_layer(database, portal, manifest, targets=(), home=portal.folder / "home", who="test")
    assert report.outcome == "published"
    return report.token or ""


def _next(page: Any) -> str:
    return next((str(link["href"]) for link in page["links"] if link["rel"] == "next"), "")


def test_a_walk_stays_on_its_version_and_ends_clearly(
    database: Database, town_portal: Portal, tmp_path: Path, make_client: Callable[..., FlaskClient]
) -> None:
    """After publishing, `next` goes on with the old version; once that is dropped it answers 410."""
    shutil.copytree(town_portal.folder, tmp_path / "town")
    tmp_path.chmod(0o755)
    portal = read_portal(tmp_path / "town")
    client = make_client(database)
    old = _publish(database, portal, suffix=" star")
    first = client.get(FIRST).get_json(force=True)
    new = _publish(database, portal, suffix=" nov")

    second = client.get(_next(first)).get_json(force=True)
    fresh = client.get(FIRST).get_json(force=True)

    houses = [feature["properties"]["house"] for page in (first, second) for feature in page["features"]]
    assert all(house.endswith(" star") for house in houses)
    assert all(feature["properties"]["house"].endswith(" nov") for feature in fresh["features"])
    assert old in _next(second)
    assert new in _next(fresh)

    with database.loading() as connection:
        connection.execute("DROP TABLE data.v1")
    gone = client.get(_next(second))

    assert gone.status_code == 410
    assert "first page" in gone.get_json()["detail"]

    with database.loading() as connection:
        connection.execute("UPDATE catalogue.layer_version SET state = 'dropped' WHERE id = 1")
    assert make_client(database).get(_next(second)).status_code == 410


def test_a_withdrawn_layer_is_gone(
    database: Database,
    town_portal: Portal,
    publish: Callable[[Database, str], str],
    make_client: Callable[..., FlaskClient],
) -> None:
    """Everything of a withdrawn layer answers 410, a walk included."""
    publish(database, "addresses")
    client = make_client(database)
    following = _next(client.get(FIRST).get_json(force=True))
    with database.loading() as connection:
        connection.execute("UPDATE catalogue.layer SET withdrawn_at = now()")

    for path in (
        FIRST,
        following,
        "/ogc/collections/addresses",
        "/layers/addresses",
        "/ogc/collections/addresses/items/1",
    ):
        assert client.get(path).status_code == 410
    assert client.get("/layers").get_json() == {"layers": []}
    (told,) = client.get("/identify?x=507005&y=135005&layers=addresses").get_json()["layers"]
    assert (told["status"], told["reason"]) == ("no_data", "withdrawn")
